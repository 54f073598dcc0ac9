"""A newcomer's way: staff register and record, leaders see the bars move, the workbook says what the screen says."""

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.paperwork import record, register_complaint, register_escort, task
from tests.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")

SOPS = {"pengawalan": "Pengawalan", "pengaduan": "Pengaduan"}
FIGURES = ("Jumlah dinilai", "Tepat waktu", "Terlambat", "Lewat tenggat")
WHOLE = "Seluruh langkah yang dinilai"


def bars(leader: Person, code: str) -> dict[str, tuple[str, int]]:
    """What stands at the end of each step's bar: percentage and n, by the step's number; ("-", 0) where n = 0."""
    words = leader.keyed(f"summary.bars.{code}").locator(".annotation-text").all_text_contents()
    found: dict[str, tuple[str, int]] = {}
    step = ""
    for text in words:
        if named := re.match(r"(\d+)\. ", text):
            step = named[1]
        elif figure := re.fullmatch(r"(\d+,\d%) \(n = (\d+)\)", text):
            found[step] = figure[1], int(figure[2])
        elif text == "-":
            found[step] = "-", 0
    assert found, words
    return found


def counted(leader: Person, code: str) -> dict[str, int]:
    return {step: n for step, (_percent, n) in bars(leader, code).items()}


def sentence(leader: Person) -> tuple[str, int, int]:
    """Percentage, steps on time and steps judged, as the sentence of the overview has them."""
    words = leader.page.get_by_test_id("stMain").inner_text()
    found = re.search(r"(\d+,\d%) langkah tepat waktu \((\d+) dari (\d+)\)", words)
    assert found, words
    return found[1], int(found[2]), int(found[3])


def on_screen(person: Person, code: str) -> list[dict[str, str]]:
    """The rows of the table of compliance on Laporan."""
    person.open(f"/laporan?sop={code}")
    heading, *rows = person.table()
    assert rows[-1][1] == WHOLE
    return [dict(zip(heading, row, strict=True)) for row in rows]


def in_workbook(path: Path) -> list[dict[str, Any]]:
    """The rows of sheet Kepatuhan SOP."""
    sheet = load_workbook(path)["Kepatuhan SOP"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = next(number for number, row in enumerate(rows) if FIGURES[0] in row)
    heading = [str(name) for name in rows[top] if name is not None]
    found = [dict(zip(heading, row, strict=False)) for row in rows[top + 1 :]]
    names = [row["Kegiatan"] for row in found]
    return found[: names.index(WHOLE) + 1]


def percent_said(share: object) -> str:
    """A share of the workbook as the screen writes it."""
    return "-" if share in (None, "-") else f"{float(str(share)) * 100:.1f}%".replace(".", ",")


def differences(screen: list[dict[str, str]], sheet: list[dict[str, Any]]) -> list[str]:
    """Where the screen and the workbook do not say the same; empty when they agree."""
    found = [] if len(screen) == len(sheet) else [f"{len(screen)} rows against {len(sheet)}"]
    for shown, written in zip(screen, sheet, strict=False):
        for name in FIGURES:
            if shown[name] != ("" if written[name] is None else str(written[name])):
                found.append(f"{shown['Kegiatan']}: {name} {shown[name]!r} against {written[name]!r}")
        if shown["Kepatuhan"] != percent_said(written["Kepatuhan"]):
            found.append(f"{shown['Kegiatan']}: {shown['Kepatuhan']!r} against {written['Kepatuhan']!r}")
    return found


def test_differences_between_screen_and_workbook_are_found() -> None:
    shown = {"Kegiatan": "Penelaahan", "Kepatuhan": "66,7%", **dict(zip(FIGURES, "3210", strict=True))}
    written = {"Kegiatan": "Penelaahan", "Kepatuhan": 2 / 3, **dict(zip(FIGURES, (3, 2, 1, 0), strict=True))}
    assert differences([shown], [written]) == []
    assert differences([shown], [{**written, "Terlambat": 2}]) == ["Penelaahan: Terlambat '1' against 2"]
    assert differences([shown], [{**written, "Kepatuhan": 0.66}]) == ["Penelaahan: '66,7%' against 0.66"]
    assert differences([shown], []) == ["1 rows against 0"]


def test_newcomer_registers_records_and_sees_the_bars_move(people: People) -> None:
    leader = people("pimpinan")
    assert leader.address()[0] == "/ringkasan"
    before = {code: counted(leader, code) for code in SOPS}
    judged_before = sentence(leader)[2]

    complaint = complaint_is_handled(people)
    escort = escort_is_prepared(people)
    assert complaint != escort

    leader.open("/ringkasan")
    moved = {
        code: {step: n - before[code].get(step, 0) for step, n in counted(leader, code).items()}
        for code in SOPS
    }
    assert {step for step, by in moved["pengawalan"].items() if by} == set("12345")
    assert {step for step, by in moved["pengaduan"].items() if by} == set("2345")
    assert {*moved["pengawalan"].values(), *moved["pengaduan"].values()} <= {0, 1}
    assert sentence(leader)[2] == judged_before + 9


def complaint_is_handled(people: People) -> str:
    """From the desk over the Sekretaris to the review and what follows it, each by its own role."""
    desk, secretary, lawyer = people("desk"), people("sekretaris"), people("hukum")
    assert desk.address()[0] == "/tugas"
    number = register_complaint(desk, subject="Pungutan dalam rekrutmen PPS")
    expect(task(secretary.open("/tugas"), number)).to_have_count(0)
    said = record(desk, number, "2")
    assert 1 <= desk.clicks() <= 3
    assert "Berikutnya: 3. Disposisi Sekretaris oleh Sekretaris" in said
    assert "tenggat Selasa, 24 November 2026 pukul 16.00 WIB" in said
    secretary.open("/tugas")
    record(secretary, number, "3")
    lawyer.open("/tugas")
    said = record(lawyer, number, "4", result="Berkadar pengawasan")
    assert "Berikutnya: 5. Tindak lanjut tertulis" in said
    record(lawyer, number, "5")
    return number


def escort_is_prepared(people: People) -> str:
    """Steps 1 to 4 by the Kasubbag, the fifth by the guard, on the case itself, whose history tells of it."""
    head, guard = people("kasubbag"), people("jagat")
    number = register_escort(head, activity="Supervisi logistik di Sikakap")
    case = head.page.url
    for step in "1234":
        said = record(head, number, step)
    assert "Berikutnya: 5. Koordinasi rencana kegiatan dan keberangkatan oleh Anggota Jagat Saksana" in said
    guard.open(case)
    guard.page.get_by_role("button", name="Catat selesai").click()
    guard.said("Langkah 5 tercatat selesai.")
    guard.settled().show("Riwayat")
    history = guard.page.get_by_test_id("stMain").inner_text()
    assert "Langkah 5. Koordinasi rencana kegiatan dan keberangkatan selesai" in history
    assert "20 Nov 2026, 10.35 oleh Bonar Samaloisa" in history
    return number


def test_refused_form_says_so_where_its_button_is(people: People) -> None:
    desk = people("desk").open("/baru?sop=pengaduan")
    desk.type("subject", "Tanpa yang lain").press("open.pengaduan.send")
    refusal = desk.page.get_by_test_id("stAlert").filter(has_text="Belum ada yang disimpan")
    expect(refusal).to_be_in_viewport()
    expect(desk.page.get_by_text("Bidang ini wajib diisi.")).to_have_count(5)
    expect(desk.field("subject").locator("input")).to_have_value("Tanpa yang lain")
    assert desk.address()[0] == "/baru"


def test_workbook_holds_the_figures_of_the_screens(people: People, tmp_path: Path) -> None:
    secretary = people("sekretaris").open("/ringkasan")
    share, on_time, judged = sentence(secretary)
    shown_bars = {code: bars(secretary, code) for code in SOPS}
    wholes = []
    for code, name in SOPS.items():
        screen = on_screen(secretary, code)
        clicked = secretary.clicks()
        download = secretary.download(secretary.page.get_by_role("link", name="Unduh Excel"))
        assert secretary.clicks() == clicked + 1
        assert download.suggested_filename == f"Laporan_{name}_Semester_II_2026.xlsx"
        download.save_as(tmp_path / f"{code}.xlsx")
        sheet = in_workbook(tmp_path / f"{code}.xlsx")
        assert differences(screen, sheet) == []
        steps = {str(row["Langkah"]): row for row in sheet if row["Jumlah dinilai"]}
        assert {
            step: (percent_said(row["Kepatuhan"]), row["Jumlah dinilai"])
            for step, row in steps.items()
            if step in shown_bars[code]
        } == {step: figure for step, figure in shown_bars[code].items() if figure[1]}
        wholes.append(sheet[-1])
    assert sum(row["Tepat waktu"] for row in wholes) == on_time
    assert sum(row["Jumlah dinilai"] for row in wholes) == judged
    assert percent_said(on_time / judged) == share
