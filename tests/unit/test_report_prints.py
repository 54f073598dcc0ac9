"""The semester report on paper: its words and numbers read back from the PDF, against the frames."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
import typst
from pypdfium2 import PdfDocument

from dashboard import periods
from dashboard.compliance import Figures
from dashboard.prints import render, report_words
from dashboard.prints.report import ReportSummary, report_pdf, summary_of
from dashboard.prints.report_summary import WeakStep, paragraphs
from dashboard.reports import semester
from dashboard.reports.sheets import Paper, Sheet, Workbook
from dashboard.text import in_language
from tests import factories
from tests.conftest import NOW, sqlite_database
from tests.factories import Office, advance_to, finish, office_in, open_one
from tests.moments import wib

CODES = ("pengaduan", "pengawalan")
HALF = "2026-S2"
DAYS = ("Senin 2026-06-29", "Rabu 2026-07-08", "Senin 2026-08-10", "Selasa 2026-09-01", "Senin 2026-09-14",
        "Senin 2026-10-05", "Selasa 2026-10-20", "Senin 2026-11-09", "Jumat 2026-11-13")  # fmt: skip
HOSTILE = (
    '#panic("x") #import "@preview/evil:1.0.0": *', "$x^2$ *tebal* _miring_ `kode` @rujuk <label> = Judul",
    "// komentar /* lain */ --- ~ \\ # [ ] - + / 1.", '=HYPERLINK("http://jahat.test")', "{case.reporter_name} %s",
)  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("printed") / "patuh.db"
    with sqlite_database(path) as made:
        factories.prepare_office(made)
        office = office_in(made)
        for place, day in enumerate(DAYS):
            _live(office, wib(f"{day} 08:00"), place)
        yield office


def _live(office: Office, received: Any, place: int) -> None:
    """A complaint and an escort of that day: some closed, some under way, one step in four late."""
    complaint = open_one(
        office, "pengaduan", received_at=received, district=("sikakap", "sipora_utara")[place % 2]
    )
    if place % 3:
        finish(office, complaint, "recording", at=received + timedelta(minutes=20 if place % 4 else 90))
    if place % 3 == 2:
        advance_to(office, complaint, "review")
        finish(
            office, complaint, "review", outcome="not_actionable", data={"not_actionable_reason": "illogical"}
        )
    departs = received + timedelta(days=9)
    escort = open_one(
        office,
        "pengawalan",
        received_at=received,
        departs_at=departs,
        returns_at=departs + timedelta(days=1),
    )
    if place % 2:
        advance_to(office, escort, "prepare_papers")


def told(office: Office, code: str, key: str = HALF) -> tuple[Workbook, ReportSummary]:
    """The report in Indonesian and what its figures say."""
    months, sop = periods.parse(key), factories.sop(code)
    assert months is not None
    with in_language("id"), office.reading() as connection:
        workbook = semester.build(connection, actor=office.sekretaris, sop=sop, months=months, as_of=NOW)
    return workbook, summary_of(workbook, sop=sop, months=months, as_of=NOW)


def at(workbook: Workbook, column: str) -> int:
    """The place of the sheet that has this column: kept (matrix), carried (recapitulation), late, due_at."""
    return next(n for n, sheet in enumerate(workbook.sheets) if column in sheet.frame.columns)


def sheet_with(workbook: Workbook, column: str) -> Sheet:
    return workbook.sheets[at(workbook, column)]


def printed(office: Office, code: str, key: str = HALF, **more: Any) -> list[str]:
    workbook, summary = told(office, code, key)
    return pages(report_pdf(workbook, summary=summary, made_at=NOW, **more))


def pages(pdf: bytes) -> list[str]:
    """The text of each page as a reader takes it: lines joined, and words that a hyphen parted at a line's end."""
    with PdfDocument(pdf) as file:
        found = [page.get_textpage().get_text_bounded() for page in file]
    whole = (re.sub("[\ufffe\u00ad\x02]\\s*|\u200b", "", text) for text in found)
    return [" ".join(text.split()) for text in whole]


def with_rows(workbook: Workbook, place: int, frame: pd.DataFrame) -> Workbook:
    sheets = list(workbook.sheets)
    sheets[place] = replace(sheets[place], frame=frame)
    return replace(workbook, sheets=tuple(sheets))


def repeated(frame: pd.DataFrame, count: int) -> pd.DataFrame:
    """So many cases like those of the frame, numbered anew."""
    many = pd.concat([frame] * (count // len(frame) + 1), ignore_index=True).iloc[:count]
    return many.assign(
        no=range(1, count + 1), register_no=[f"N{n:04}/DUMAS/XI/2026" for n in range(1, count + 1)]
    )


# ---------------------------------------------------------------- figures


def said(value: Any, kind: str) -> str:
    """A figure as an Indonesian office writes it, spelled here a second time."""
    if pd.isna(value):
        return "-" if kind in ("percent", "duration") else ""
    if kind in ("text", "long_text"):
        return str(value)
    scale = {"percent": Decimal(100), "duration": Decimal(1) / 60}.get(kind, Decimal(1))
    places = Decimal(1) if kind == "integer" else Decimal("0.1")
    number = (Decimal(str(value)) * scale).quantize(places, ROUND_HALF_UP)
    return f"{number:,}".translate(str.maketrans(",.", ".,")) + ("%" if kind == "percent" else "")


def lines(sheet: Sheet) -> list[str]:
    found = []
    for record in sheet.frame.to_dict("records"):
        cells = [said(record[column.key], column.kind) for column in sheet.columns]
        if "carried" in record:
            cells[0] = cells[0].partition(": ")[2] or cells[0]
        found.append(" ".join(" ".join(cells).split()))
    return found


@pytest.mark.parametrize("code", CODES)
def test_every_figure_of_recap_and_compliance_stands_on_paper(office: Office, code: str) -> None:
    workbook, _ = told(office, code)
    whole = " ".join(printed(office, code))
    for sheet in (sheet_with(workbook, "carried"), sheet_with(workbook, "late")):
        assert len(lines(sheet)) >= 6
        for line in lines(sheet):
            assert line in whole


def test_twin_a_figure_that_differs_is_noticed(office: Office) -> None:
    workbook, _ = told(office, "pengaduan")
    frame = sheet_with(workbook, "late").frame.copy()
    frame.loc[1, "on_time"] = 99
    whole = " ".join(printed(office, "pengaduan"))
    assert not all(line in whole for line in lines(replace(sheet_with(workbook, "late"), frame=frame)))


@pytest.mark.parametrize("code", CODES)
def test_every_case_stands_in_the_matrix(office: Office, code: str) -> None:
    workbook, _ = told(office, code)
    whole = " ".join(printed(office, code)).replace(" ", "")
    assert len(sheet_with(workbook, "kept").frame) == len(DAYS)
    for number in sheet_with(workbook, "kept").frame["register_no"]:
        assert number in whole


def test_summary_holds_the_counts_of_the_frames(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    whole = sheet_with(workbook, "carried").frame.set_index("label").loc["Seluruh periode"]
    assert (summary.carried, summary.received, summary.left) == (1, 8, whole["left"])
    assert dict(summary.closed)["Diarsipkan"] == whole["status.archived"] == 3
    assert summary.total == summary.left + sum(count for _, count in summary.closed)
    measured = sheet_with(workbook, "late").frame.iloc[-1]
    assert (summary.figures.n, summary.figures.rate) == (measured["n"], measured["rate"])
    text = printed(office, "pengaduan")[0]
    assert "Selama Semester II 2026 tercatat 8 pengaduan baru. Bersama 1 pengaduan sisa semester lalu" in text
    assert f"dari {summary.figures.n} langkah yang dinilai" in text


def test_chart_says_each_share_with_its_number(office: Office) -> None:
    workbook, _ = told(office, "pengaduan")
    whole = " ".join(printed(office, "pengaduan"))
    steps = sheet_with(workbook, "late").frame.iloc[:-1]
    drawn = [f"{said(row['rate'], 'percent')} (n = {row['n']})" for row in steps.to_dict("records")
             if not pd.isna(row["n"]) and row["n"]]  # fmt: skip
    assert len(drawn) >= 3
    assert all(end in whole for end in drawn)


# ---------------------------------------------------------------- sentences

PLAIN = ReportSummary(
    noun="pengaduan", period="Semester II 2026", former_name="semester lalu", until=NOW.date(),
    carried=0, received=0, closed=(("Selesai", 0), ("Disalurkan ke Instansi Lain", 0), ("Diarsipkan", 0)), left=0,
    figures=Figures(n=0, on_time=0, late=0, overdue=0, rate=None), weakest=(),
)  # fmt: skip
FORMER = replace(PLAIN, period="Semester I 2026")


def figures(on_time: int, late: int = 0, overdue: int = 0) -> Figures:
    n = on_time + late + overdue
    return Figures(n=n, on_time=on_time, late=late, overdue=overdue, rate=on_time / n if n else None)


def cases(done: int = 0, forwarded: int = 0, archived: int = 0) -> tuple[tuple[str, int], ...]:
    return (("Selesai", done), ("Disalurkan ke Instansi Lain", forwarded), ("Diarsipkan", archived))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({},
         "Selama Semester II 2026 tidak ada pengaduan baru dan tidak ada sisa pengaduan dari semester lalu (NIHIL)."),
        ({"received": 1, "left": 1},
         "Selama Semester II 2026 tercatat 1 pengaduan baru, tanpa sisa dari semester lalu. "
         "Keadaan per 20 November 2026: pengaduan tersebut masih dalam proses."),
        ({"received": 1, "closed": cases(forwarded=1)},
         "Selama Semester II 2026 tercatat 1 pengaduan baru, tanpa sisa dari semester lalu. "
         "Keadaan per 20 November 2026: pengaduan tersebut disalurkan ke instansi lain."),
        ({"carried": 1, "closed": cases(done=1)},
         "Selama Semester II 2026 tidak ada pengaduan baru; yang ditangani adalah 1 pengaduan sisa semester lalu. "
         "Keadaan per 20 November 2026: pengaduan tersebut selesai."),
        ({"carried": 3, "left": 3},
         "Selama Semester II 2026 tidak ada pengaduan baru; yang ditangani adalah 3 pengaduan sisa semester lalu. "
         "Keadaan per 20 November 2026: seluruhnya masih dalam proses."),
        ({"received": 1200, "carried": 3, "closed": cases(1190, 5, 8)},
         "Selama Semester II 2026 tercatat 1.200 pengaduan baru. Bersama 3 pengaduan sisa semester lalu, seluruhnya "
         "1.203 pengaduan ditangani. Keadaan per 20 November 2026: 1.190 selesai, 5 disalurkan ke instansi lain, dan "
         "8 diarsipkan; tidak ada yang tersisa."),
        ({"received": 5, "closed": cases(done=2), "left": 3},
         "Selama Semester II 2026 tercatat 5 pengaduan baru, tanpa sisa dari semester lalu. "
         "Keadaan per 20 November 2026: 2 selesai dan 3 masih dalam proses."),
    ],
)  # fmt: skip
def test_cases_are_told_in_words_that_fit_their_number(changed: dict[str, Any], sentence: str) -> None:
    assert paragraphs(replace(PLAIN, **changed))[0] == sentence


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "Belum ada langkah yang dapat dinilai ketepatan waktunya."),
        ({"figures": figures(1)},
         "Kepatuhan terhadap waktu yang ditetapkan SOP adalah 100,0% dari 1 langkah yang dinilai: tepat waktu. "
         "Jumlah itu terlalu sedikit untuk ditarik kesimpulan."),
        ({"figures": figures(10)},
         "Kepatuhan terhadap waktu yang ditetapkan SOP adalah 100,0% dari 10 langkah yang dinilai: "
         "seluruhnya tepat waktu."),
        ({"figures": figures(10, 2, 3)},
         "Kepatuhan terhadap waktu yang ditetapkan SOP adalah 66,7% dari 15 langkah yang dinilai: 10 tepat waktu, "
         "2 terlambat, dan 3 lewat tenggat dan belum selesai."),
        ({"figures": figures(4, 2), "weakest": (WeakStep("4", "Penelaahan", 6, 4 / 6),)},
         "Kepatuhan terhadap waktu yang ditetapkan SOP adalah 66,7% dari 6 langkah yang dinilai: 4 tepat waktu dan "
         "2 terlambat. Yang belum selalu tepat waktu adalah Penelaahan (langkah 4: 66,7%, n = 6)."),
        ({"figures": figures(8, 2), "former": replace(FORMER, received=4, figures=figures(9, 1))},
         "Kepatuhan terhadap waktu yang ditetapkan SOP adalah 80,0% dari 10 langkah yang dinilai: 8 tepat waktu dan "
         "2 terlambat. Pada Semester I 2026 tercatat 4 pengaduan baru dengan kepatuhan 90,0% (n = 10); kepatuhan turun "
         "10,0 poin persen."),
        ({"figures": figures(9, 1), "former": replace(FORMER, received=1, figures=figures(9, 1))},
         "Kepatuhan terhadap waktu yang ditetapkan SOP adalah 90,0% dari 10 langkah yang dinilai: 9 tepat waktu dan "
         "1 terlambat. Pada Semester I 2026 tercatat 1 pengaduan baru dengan kepatuhan 90,0% (n = 10); kepatuhan tidak "
         "berubah."),
        ({"figures": figures(10), "former": FORMER},
         "Kepatuhan terhadap waktu yang ditetapkan SOP adalah 100,0% dari 10 langkah yang dinilai: "
         "seluruhnya tepat waktu."),
    ],
)  # fmt: skip
def test_times_are_told_in_words_that_fit_their_number(changed: dict[str, Any], sentence: str) -> None:
    assert paragraphs(replace(PLAIN, **({"received": 2, "left": 2} | changed)))[1] == sentence


def test_weakest_steps_have_enough_behind_them_and_come_worst_first(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    frame = sheet_with(workbook, "late").frame.copy()
    for row, (n, on_time) in enumerate([(4, 0), (5, 5), (10, 8), (20, 16), (6, 1), (9, 8)], start=1):
        frame.loc[row, ["n", "on_time"]] = (n, on_time)
    worse = with_rows(workbook, at(workbook, "late"), frame)
    months = periods.of_semester(2026, 2)
    changed = summary_of(worse, sop=factories.sop("pengaduan"), months=months, as_of=NOW)
    assert [(step.no, step.n) for step in changed.weakest] == [("6", 6), ("5", 20), ("4", 10)]
    assert summary.weakest != changed.weakest


def test_workbook_in_english_has_the_same_counts(office: Office) -> None:
    sop, months = factories.sop("pengaduan"), periods.of_semester(2026, 2)
    with in_language("en"), office.reading() as connection:
        english = semester.build(connection, actor=office.sekretaris, sop=sop, months=months, as_of=NOW)
    found = summary_of(english, sop=sop, months=months, as_of=NOW)
    counts = [replace(one, weakest=(), closed=()) for one in (found, told(office, "pengaduan")[1])]
    assert counts[0] == counts[1]
    assert [count for _, count in found.closed] == [count for _, count in told(office, "pengaduan")[1].closed]


def test_semester_without_a_case_is_nihil(office: Office) -> None:
    made = printed(office, "pengaduan", "2025-S1")
    assert "tidak ada pengaduan baru dan tidak ada sisa pengaduan dari semester lalu (NIHIL)" in made[0]
    assert " ".join(made).count("NIHIL") >= 3  # the sentence, the matrix, the late steps
    assert "IRMAN SUSANTO" in made[-1]
    assert "Seluruh periode 0 0 0" in " ".join(made)


# ---------------------------------------------------------------- hostile text


def test_hostile_text_comes_out_as_text(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    frame = sheet_with(workbook, "kept").frame.copy()
    frame.loc[: len(HOSTILE) - 1, "subject"] = list(HOSTILE)
    frame.loc[7, "subject"] = "kata\x00\x07\x1b[31m\x9f baris\nkedua"
    frame.loc[8, "remark"] = "Kalimat panjang. " * 240 + "AKHIR"
    made = report_pdf(with_rows(workbook, at(workbook, "kept"), frame), summary=summary, made_at=NOW)
    whole = " ".join(pages(made)).replace(" ", "")
    for hostile in HOSTILE:
        assert hostile.replace(" ", "") in whole
    assert "kata��[31m�" in whole.replace("���", "��")
    assert (whole.count("Kalimat"), whole.count("panjang.")) == (240, 240)
    assert "AKHIR" in whole
    assert outside(made) == []


def test_letters_of_other_scripts_print(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    for text, archival in (("قضية", True), ("😀 你好", False)):
        frame = sheet_with(workbook, "kept").frame.copy()
        frame.loc[0, "subject"] = f"{text} Saibi"
        made = report_pdf(with_rows(workbook, at(workbook, "kept"), frame), summary=summary, made_at=NOW)
        assert (b"pdfaid" in made) == archival
        assert "Saibi" in " ".join(pages(made))


def outside(pdf: bytes) -> list[str]:
    """The letters that reach over a side of the page's print area."""
    found = []
    with PdfDocument(pdf) as file:
        for page in file:
            signs = page.get_textpage()
            aside = page.get_width() > page.get_height()
            left, right = (15, 12) if aside else (25, 20)
            edges = left / 25.4 * 72 - 1, page.get_width() - right / 25.4 * 72 + 1
            for n in range(signs.count_chars()):
                box = signs.get_charbox(n)
                if (box[0] < edges[0] or box[2] > edges[1]) and signs.get_text_range(n, 1).strip(
                    "\u200b \r\n"
                ):
                    found.append(signs.get_text_range(n, 1))
    return found


def with_endless_words(office: Office) -> tuple[Workbook, ReportSummary]:
    workbook, summary = told(office, "pengaduan")
    for place, sheet in enumerate(workbook.sheets):
        frame = sheet.frame.copy()
        for column in sheet.columns:
            if (
                column.kind in ("text", "long_text")
                and len(frame) > 1
                and column.key not in ("label", "kept")
            ):
                frame.loc[0, column.key] = "W" * 300
        workbook = with_rows(workbook, place, frame)
    return workbook, summary


def test_endless_words_stay_within_the_page(office: Office) -> None:
    workbook, summary = with_endless_words(office)
    assert outside(report_pdf(workbook, summary=summary, made_at=NOW)) == []


def test_twin_without_breaking_words_run_off_the_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncut = render._REPORT.replace(b"word.clusters().chunks(4)", b"(word.clusters(),)")
    assert uncut != render._REPORT
    monkeypatch.setattr(render, "_REPORT", uncut)
    workbook, summary = with_endless_words(office)
    assert outside(report_pdf(workbook, summary=summary, made_at=NOW))


# ---------------------------------------------------------------- pages


def last_pages(office: Office) -> Iterator[str]:
    """The last page, for numbers of late steps that move the signature over the end of a page."""
    workbook, summary = told(office, "pengaduan")
    late = sheet_with(workbook, "due_at").frame
    kept = (sheet_with(workbook, name) for name in ("carried", "late", "due_at"))
    alone = replace(workbook, sheets=tuple(kept))
    for count in range(1, 40):
        frame = pd.concat([late] * (count // len(late) + 1), ignore_index=True).iloc[:count]
        many = with_rows(alone, 2, frame.assign(number=[f"{n:03}/DUMAS/2026" for n in range(1, count + 1)]))
        yield pages(report_pdf(many, summary=summary, made_at=NOW))[-1]


def test_signature_never_stands_alone_on_a_page(office: Office) -> None:
    found = list(last_pages(office))
    assert len({page.split("Halaman")[1] for page in found}) >= 2  # the signature did move
    for count, page in enumerate(found, start=1):
        assert "IRMAN SUSANTO" in page
        assert "Nomor register Pokok Langkah" in page  # the head of the table
        for number in range(max(1, count - 1), count + 1):
            assert f"{number:03}/DUMAS/2026" in page.replace(" ", "")


def test_twin_rows_that_do_not_stay_leave_the_signature_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = render._REPORT.replace(b"#let stays = 2", b"#let stays = 0")
    assert loose != render._REPORT
    monkeypatch.setattr(render, "_REPORT", loose)
    assert not all("/DUMAS/2026" in page.replace(" ", "") for page in last_pages(office))


def pages_with_notes(office: Office) -> Iterator[str]:
    """The page on which the notes of a list stand that is not the last, for lists of every length about a page."""
    workbook, summary = told(office, "pengaduan")
    late = sheet_with(workbook, "due_at").frame
    kept = (sheet_with(workbook, name) for name in ("carried", "late", "due_at"))
    explained = replace(sheet_with(workbook, "said"), notes=())
    alone = replace(workbook, sheets=(*kept, explained))
    for count in range(1, 40):
        frame = pd.concat([late] * (count // len(late) + 1), ignore_index=True).iloc[:count]
        many = with_rows(alone, 2, frame.assign(number=[f"{n:03}/DUMAS/2026" for n in range(1, count + 1)]))
        made = pages(report_pdf(many, summary=summary, made_at=NOW))
        yield next(page for page in made if "Kolom selesai yang kosong" in page).replace(" ", "")


def test_notes_never_stand_alone_on_a_page(office: Office) -> None:
    found = list(pages_with_notes(office))
    assert len({page.split("Halaman")[1] for page in found}) >= 2  # they did move
    for count, page in enumerate(found, start=1):
        assert f"{count:03}/DUMAS/2026" in page


def test_twin_rows_that_do_not_stay_leave_notes_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = render._REPORT.replace(b"#let stays = 2", b"#let stays = 0")
    monkeypatch.setattr(render, "_REPORT", loose)
    found = enumerate(pages_with_notes(office), start=1)
    assert not all(f"{count:03}/DUMAS/2026" in page for count, page in found)


def test_words_that_fit_their_column_are_not_parted(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    full = {
        "subject": "Dugaan kehadiran pegawai sekretariat pada kegiatan partai politik di Mongan Poula",
        "field.channel": "Surat elektronik (email)",
        "field.problem_category": "Data pemilih",
        "field.reported_element": "Pegawai Sekretariat KPU",
        "field.district": "Pagai Selatan",
        "outcome.review": "Bukan tupoksi KPU: disalurkan ke instansi lain (Nomor surat pengantar: 548/HK.07-SD/1309)",
        "step.written_follow_up.follow_up_forms": "Klarifikasi, Konfirmasi",
        "step.examination.examination_kind": "Audit investigatif",
        "step.result_receipt.result_letter_number": "551/HK.07-SD/1309/2026",
        "status": "Menunggu Persetujuan",
        "kept": "1 dari 4 terlambat",
        "remark": "Sisa semester lalu; Pelapor menyatakan persoalan telah diselesaikan",
    }
    frame = repeated(sheet_with(workbook, "kept").frame, 40)
    assert set(full) <= set(frame.columns)
    many = with_rows(workbook, at(workbook, "kept"), frame.assign(**full))
    with PdfDocument(report_pdf(many, summary=summary, made_at=NOW)) as file:
        text = " ".join(page.get_textpage().get_text_bounded() for page in file)
    for word in ("elektronik", "pemilih", "Selatan", "terlambat"):
        found = re.findall("[\ufffe\u00ad\x02\\s]*".join(word), text)
        assert found, word
        # a place where it may break is no break
        assert {re.sub("\u00ad(?!\\s)", "", one) for one in found} == {word}


def test_report_of_500_cases_has_every_case_and_a_head_on_each_page(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    many = with_rows(workbook, at(workbook, "kept"), repeated(sheet_with(workbook, "kept").frame, 500))
    made = pages(report_pdf(many, summary=summary, made_at=NOW))
    whole = " ".join(made).replace(" ", "")
    assert all(whole.count(f"N{n:04}/DUMAS/XI/2026") == 1 for n in range(1, 501))
    listed = [page for page in made if re.search(r"N\d{4}/", page)]
    assert len(listed) > 15
    assert all("Nomor register" in page for page in listed)
    assert made[-1].count(f"Halaman {len(made)} dari {len(made)}") == 1


def test_a_mark_stands_once_at_the_foot(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    secret = replace(workbook, footer_left=f"RAHASIA · {workbook.footer_left}")
    for page in pages(report_pdf(secret, summary=summary, made_at=NOW, mark="RAHASIA")):
        assert page.count("RAHASIA") == 2  # at the head, at the foot


def test_a_long_title_breaks_before_its_period(office: Office) -> None:
    workbook, summary = told(office, "pengawalan")
    with PdfDocument(report_pdf(workbook, summary=summary, made_at=NOW)) as file:
        lines = file[0].get_textpage().get_text_bounded().replace("\u00a0", " ").splitlines()
    assert "SEMESTER II TAHUN 2026" in [line.strip() for line in lines]


@pytest.mark.parametrize(("mark", "head"), [("RAHASIA", True), ("RAHASIA · KONSEP", True), ("KONSEP", False)])
def test_mark_stands_on_every_page(office: Office, mark: str, head: bool) -> None:
    for page in printed(office, "pengaduan", mark=mark):
        assert page.count(mark) == (2 if head else 1)
    assert all("KONSEP" not in page and "RAHASIA" not in page for page in printed(office, "pengaduan"))


def test_head_names_report_office_number_basis_and_who_printed(office: Office) -> None:
    first = printed(office, "pengaduan", number="12/HK/2026")[0]
    for words in ("LAPORAN PENGADUAN", "(Periode 1 Juli 2026 s.d. 31 Desember 2026)", "Nomor: 12/HK/2026",
                  "KOMISI PEMILIHAN UMUM KABUPATEN KEPULAUAN MENTAWAI", "Dasar: SOP Nomor 14 Tahun 2022",
                  "Perhitungan waktu: hari kerja", "Dicetak Jumat, 20 November 2026 pukul 09.00 WIB oleh",
                  "TUAPEJAT"):  # fmt: skip
        assert words in first
    assert "Nomor:" not in printed(office, "pengaduan")[0]


def test_paper_is_that_of_the_office_and_wide_tables_lie_on_their_side(office: Office) -> None:
    workbook, summary = told(office, "pengaduan")
    papers: dict[Paper, tuple[int, int]] = {"A4": (210, 297), "F4": (215, 330)}
    for paper, size in papers.items():
        made = replace(workbook, office=replace(workbook.office, paper=paper))
        with PdfDocument(report_pdf(made, summary=summary, made_at=NOW)) as file:
            sizes = [
                tuple(round(side / 72 * 25.4) for side in file.get_page_size(n)) for n in range(len(file))
            ]
        assert sizes[0] == size
        assert set(sizes) == {size, size[::-1]}
        assert sum(one != other for one, other in pairwise(sizes)) <= 2  # turns of the paper


def digest(workbook: Workbook, summary: ReportSummary) -> str:
    return hashlib.sha256(report_pdf(workbook, summary=summary, made_at=NOW)).hexdigest()


def test_same_report_is_the_same_file_in_another_process(office: Office) -> None:
    """Not by `multiprocessing`: it starts with the main module, which a screen tested before may have replaced."""
    workbook, summary = told(office, "pengawalan")
    words = report_words.build(
        workbook, summary=summary, made_at=NOW, number_of_letter="", mark="", logo=None
    )
    apart = subprocess.run(
        [sys.executable, "-m", "tests.unit.print_apart"],
        input=json.dumps(words),
        capture_output=True,
        check=True,
        text=True,
    )
    assert apart.stdout == digest(workbook, summary)
    later = report_pdf(workbook, summary=summary, made_at=NOW + timedelta(minutes=1))
    assert hashlib.sha256(later).hexdigest() != apart.stdout
    assert b"pdfaid" in later  # PDF/A, as archives want it


@pytest.mark.parametrize("code", CODES)
def test_template_compiles_without_a_warning(office: Office, code: str) -> None:
    for workbook, summary in (told(office, code), told(office, code, "2025-S1")):
        made = report_words.build(
            workbook, summary=summary, made_at=NOW, number_of_letter="", mark="", logo=None
        )
        _, warnings = typst.compile_with_warnings(
            render._REPORT, format="pdf", ignore_system_fonts=True, sys_inputs={"data": render._json(made)}
        )
        assert [str(warning) for warning in warnings] == []
