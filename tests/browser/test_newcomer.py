"""A newcomer's way: staff register and record, leaders see the bars move, the workbook says what the screen says."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.figures import (
    FIGURES,
    bars,
    counted,
    differences,
    in_workbook,
    on_screen,
    percent_said,
    sentence,
)
from tests.browser.paperwork import record, register_complaint, register_escort, task

pytestmark = pytest.mark.xdist_group("browser")

SOPS = {"pengawalan": "Rekap_Pengawalan", "pengaduan": "Laporan_Dumas"}  # and what their files are called


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
    refusal = desk.page.get_by_test_id("stToast").filter(has_text="Belum ada yang disimpan")
    expect(refusal).to_be_in_viewport()  # the box beside the button may have been pushed out of it
    desk.said("Belum ada yang disimpan")
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
        assert download.suggested_filename == f"{name}_Semester_II_2026.xlsx"
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
