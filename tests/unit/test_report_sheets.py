"""What the sheets of a report say case by case: which columns, and where a value comes from."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import periods, report_screen
from dashboard.reports import recap_sheet, semester, source
from dashboard.reports.sheets import Sheet, Workbook
from dashboard.reports.workbook import write
from dashboard.text import in_language
from models.access import Actor, Role
from models.commands.conflicts import declare_conflict
from models.commands.papers import save_paper
from models.commands.seeding import take_in
from models.queries.reported_sop import ReportedSop
from models.sop import Sop
from models.sop_file import parse
from models.sop_form import Label
from seed import calendar_file
from tests import factories
from tests.commands.books import UNSAFE, strike
from tests.commands.books import write as write_entry
from tests.conftest import NOW, sqlite_database
from tests.factories import BEGAN_ON, RECEIVED_AT, Office, advance_to, finish, open_one, token
from tests.moments import wib
from tests.unit.broken_sops import SMALL

HOUR = timedelta(hours=1)
ESCORT_AT = wib("Senin 2026-11-09 13:00")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with sqlite_database(tmp_path / "patuh.db") as made:
        factories.prepare_office(made)
        yield factories.office_in(made)


def build(
    office: Office, code: str, key: str = "2026-11", *, by: Actor | None = None, of: Sop | None = None
) -> Workbook:
    months = periods.parse(key)
    assert months is not None
    with in_language("id"), office.reading() as connection:
        return semester.build(
            connection, actor=by or office.sekretaris, sop=of or factories.sop(code), months=months, as_of=NOW
        )


def sheet_of(workbook: Workbook, name: str) -> Sheet:
    return next(sheet for sheet in workbook.sheets if sheet.name == name)


def cases_of(workbook: Workbook) -> Sheet:
    """The list of cases, whatever the SOP calls it."""
    return workbook.sheets[0]


def row(office: Office, code: str, **named: Any) -> dict[str, Any]:
    """The one row of the matrix."""
    (found,) = cases_of(build(office, code, **named)).frame.to_dict("records")
    return {str(key): value for key, value in found.items()}


# ---------------------------------------------------------------- columns


def test_complaints_stand_in_the_columns_of_the_matrix_of_complaints(office: Office) -> None:
    titles = [column.title for column in sheet_of(build(office, "pengaduan"), "Matriks").columns]
    assert titles == [
        "No.", "Nomor register", "Diterima", "Pokok pengaduan", "Kanal", "Kategori masalah", "Unsur terlapor",
        "Kecamatan", "Pelapor", "3. Disposisi Sekretaris", "4. Penelaahan", "Klasifikasi/hasil", "Bentuk tindak lanjut",
        "Bentuk pemeriksaan", "Nomor surat hasil", "Tanggal surat hasil", "Status", "Selesai", "Hari kerja",
        "Ketepatan", "Keterangan",
    ]  # fmt: skip


def test_escorts_stand_in_the_columns_of_the_list_of_escorts(office: Office) -> None:
    titles = [column.title for column in cases_of(build(office, "pengawalan")).columns]
    assert titles == [
        "No.", "Nomor register", "Diterima", "Kegiatan", "Pimpinan", "Tempat", "Rencana berangkat", "Rencana kembali",
        "Moda", "Kendaraan (nomor polisi/nama)", "Personel", "Nomor Surat Tugas", "Tanggal Surat Tugas",
        "7. Penyusunan laporan", "Nilai", "Situasi Aman/Rawan", "Status", "Selesai", "Hari kerja", "Ketepatan",
        "Keterangan",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_matrix_is_no_wider_than_can_be_read(office: Office, code: str) -> None:
    """On A4 across: at most about twice what prints at full size."""
    columns = cases_of(build(office, code)).columns
    assert sum(column.width for column in columns) <= 265


def test_result_says_what_it_asked_for(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    advance_to(office, case_id, "review")
    told = {"other_agency": "bawaslu", "cover_letter_number": "12/HK/2026", "cover_letter_on": "2026-11-10"}
    finish(office, case_id, "review", outcome="other_agency", data=told)
    assert row(office, "pengaduan")["outcome.review"] == (
        "Bukan tupoksi KPU: disalurkan ke instansi lain (Instansi tujuan: Bawaslu Kabupaten Kepulauan Mentawai; "
        "Nomor surat pengantar: 12/HK/2026; Tanggal surat pengantar: 10 Nov 2026)"
    )


# ---------------------------------------------------------------- the number of a letter


def with_letter(office: Office, **typed: object) -> int:
    case_id = open_one(office, "pengawalan", personnel=["Simon Tuapejat"])
    advance_to(office, case_id, "prepare_papers")
    finish(office, case_id, "prepare_papers", data=typed)
    return case_id


def save_letter(office: Office, case_id: int, **data: object) -> None:
    save_paper(
        office.store, actor=office.sekretaris, token=token(), now=RECEIVED_AT, case_id=case_id,
        document_key="assignment_letter", expected_version=0, data=data,
    )  # fmt: skip


NUMBER, ON = (f"step.prepare_papers.assignment_letter_{what}" for what in ("number", "on"))


def test_number_of_a_letter_is_that_of_the_paper(office: Office) -> None:
    typed = {"assignment_letter_number": "1/ketik", "output_assignment_letter": "1/keluaran"}
    case_id = with_letter(office, **typed, assignment_letter_on="2026-11-10")
    assert row(office, "pengawalan")[NUMBER] == "1/ketik"
    save_letter(office, case_id, number="1/naskah", signed_on="2026-11-11")
    found = row(office, "pengawalan")
    assert found[NUMBER] == "1/naskah"
    assert f"{found[ON]:%Y-%m-%d}" == "2026-11-11"


def test_number_of_a_letter_is_that_of_the_output_where_nothing_else_says_it(office: Office) -> None:
    with_letter(office, output_assignment_letter="1/keluaran")
    assert row(office, "pengawalan")[NUMBER] == "1/keluaran"


def test_personnel_are_those_of_the_letter_by_name_alone(office: Office) -> None:
    case_id = with_letter(office)
    assert row(office, "pengawalan")["field.personnel"] == "Simon Tuapejat"
    save_letter(office, case_id, personnel=["Yudas Sikakap; 1980; Danru; Ketua", "Markus Sioban"])
    assert row(office, "pengawalan")["field.personnel"] == "Yudas Sikakap, Markus Sioban"


# ---------------------------------------------------------------- situation


def situations(
    office: Office, *entries: tuple[datetime, bool], received_at: datetime = RECEIVED_AT
) -> list[int]:
    case_id = open_one(office, "pengawalan", received_at=received_at)
    ids = []
    for at, unsafe in entries:
        data = UNSAFE | {"control_handed_over_at": at} if unsafe else None
        ids.append(write_entry(office, case_id, "situation_log", at=at, data=data))
    return ids


def test_escort_is_safe_until_the_book_says_otherwise(office: Office) -> None:
    situations(office)
    assert row(office, "pengawalan")["standing.situation_log"].startswith("Aman")


def test_escort_that_was_unsafe_once_stays_so_in_the_report(office: Office) -> None:
    entries = situations(office, (ESCORT_AT, True), (ESCORT_AT + HOUR, False))
    assert row(office, "pengawalan")["standing.situation_log"].startswith("Rawan")
    labels = sheet_of(build(office, "pengawalan"), "Rekapitulasi").frame["label"].tolist()
    assert [label for label in labels if label.startswith("Situasi")] == [
        "Situasi Aman/Rawan: Rawan: kendali di Kepolisian setempat"
    ]
    strike(office, entries[0])
    assert row(office, "pengawalan")["standing.situation_log"].startswith("Aman")


def test_situation_after_the_period_is_no_part_of_it(office: Office) -> None:
    """The escort is carried over; what October's report says of it stays."""
    received = wib("Jumat 2026-10-30 09:00")
    situations(office, (wib("Minggu 2026-11-01 00:00"), True), received_at=received)
    assert row(office, "pengawalan", key="2026-10")["standing.situation_log"].startswith("Aman")
    assert row(office, "pengawalan", key="2026-11")["standing.situation_log"].startswith("Rawan")


# ---------------------------------------------------------------- logbooks, outputs


def test_logbook_is_listed_in_its_fields_of_the_report(office: Office) -> None:
    situations(office, (ESCORT_AT, True))
    sheet = sheet_of(build(office, "pengawalan"), "Situasi Aman Rawan")
    assert [column.title for column in sheet.columns] == [
        "Nomor register", "Pokok", "Waktu", "Situasi menjadi", "Dasar/penyebab", "Pengendali (nama petugas)",
        "Satuan polisi", "Waktu serah terima kendali", "Dicatat oleh", "Dicatat",
    ]  # fmt: skip
    told = json.dumps(report_screen.words(sheet).to_dict("records"))
    assert "Polres Kepulauan Mentawai" in told
    assert "0759-000000" not in told
    assert sheet_of(build(office, "pengawalan", "2026-10"), "Situasi Aman Rawan").frame.empty


def test_logbook_of_a_hidden_case_is_counted_and_not_listed(office: Office) -> None:
    situations(office, (ESCORT_AT, True))
    declare_conflict(
        office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=NOW, case_id=1,
        user_id=office.second.user_id, reason="Kerabat.",
    )  # fmt: skip
    sheet = sheet_of(build(office, "pengawalan", by=office.second), "Situasi Aman Rawan")
    assert sheet.frame.empty
    assert sheet.notes[0] == "Jumlah entri dalam periode: 1."


def test_missing_outputs_are_named_until_they_are_there(office: Office) -> None:
    case_id = with_letter(office)
    workbook = build(office, "pengawalan")
    lacking = sheet_of(workbook, "Berkas belum lengkap").frame
    assert lacking["outputs"].tolist() == [
        "Data inventaris permasalahan dan penyelesaian permasalahan", "Laporan pada buku saku", "Surat Tugas",
    ]  # fmt: skip
    assert sheet_of(workbook, "Kelengkapan").frame[["n", "held", "missing"]].to_numpy().tolist() == [
        [1, 0, 1], [1, 0, 1], [1, 0, 1], [3, 0, 3],
    ]  # fmt: skip
    save_letter(office, case_id, number="1/naskah")
    workbook = build(office, "pengawalan")
    assert "Surat Tugas" not in sheet_of(workbook, "Berkas belum lengkap").frame["outputs"].tolist()
    assert sheet_of(workbook, "Kelengkapan").frame["held"].tolist() == [0, 0, 1, 1]


# ---------------------------------------------------------------- nothing, words, other SOPs


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_period_without_a_case_says_nihil(office: Office, code: str) -> None:
    workbook = build(office, code, "2024-S1")
    for sheet in workbook.sheets:
        says = sheet.frame.empty or any("NIHIL" in note for note in sheet.notes) or sheet.explains
        assert says, sheet.name
    recap = sheet_of(workbook, "Rekapitulasi").frame
    assert recap["label"].tolist()[-1] == "Seluruh periode"
    assert recap.drop(columns="label").to_numpy().sum() == 0
    with in_language("id"):
        assert write(workbook, made_at=NOW)


def test_texts_are_one_value_whatever_their_capitals_and_blanks() -> None:
    names, group = recap_sheet._texts(["Ketua KPU", "ketua  kpu", "Ketua KPU", "Anggota", None, ""])
    assert list(names) == ["Ketua KPU", "Anggota", "Tidak diisi"]
    assert group.tolist() == [0, 0, 0, 1, 2, 2]


def test_very_many_texts_are_told_together() -> None:
    values = ["sering"] * 3 + [f"nama {n:03}" for n in range(100)]
    names, group = recap_sheet._texts(values)
    assert len(names) == recap_sheet.MOST_VALUES + 1  # and who has none
    assert names[recap_sheet.MOST_VALUES - 1] == "62 lainnya"
    assert (group == recap_sheet.MOST_VALUES - 1).sum() == 62
    assert len(group) == len(values)


def test_logbooks_with_the_names_of_sheets_keep_names_of_their_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = factories.sop("pengawalan")
    journals = tuple(
        replace(journal, label=Label("daftar", "list")) if journal.in_report else journal
        for journal in of.journals
    )
    named = replace(of, journals=journals)
    with in_language("id"), office.reading() as connection:
        found = list(_sheets_of(office, named, monkeypatch, connection))
    sheets = [name for name, _ in found]
    assert sheets == [name for _, name in found]
    assert len({name.casefold() for name in sheets}) == len(sheets)
    assert [name for name in sheets if name.casefold().startswith("daftar")] == [
        "Daftar", "daftar (2)", "daftar (3)",
    ]  # fmt: skip


@pytest.mark.parametrize("called", ["Kepatuhan SOP", "kepatuhan sop", "REKAPITULASI", "Keterangan"])
def test_list_with_the_name_of_another_sheet_gives_way(
    office: Office, monkeypatch: pytest.MonkeyPatch, called: str
) -> None:
    """The screen begins with the sheet of compliance, by its name."""
    of = factories.sop("pengaduan")
    assert of.report is not None
    named = replace(of, report=replace(of.report, list=Label(called, "list")))
    with in_language("id"), office.reading() as connection:
        found = list(_sheets_of(office, named, monkeypatch, connection))
    names = [name for name, _ in found]
    assert names == [name for _, name in found]
    assert names[:3] == [f"{called} (2)", "Rekapitulasi", "Kepatuhan SOP"]
    assert names[-1] == "Keterangan"


def _sheets_of(
    office: Office, of: Sop, monkeypatch: pytest.MonkeyPatch, connection: Any
) -> Iterator[tuple[str, str]]:
    """The names under which the sheets are announced, and those that they have."""
    months = periods.of_range(202611, 202611)
    monkeypatch.setattr(source, "reported_sop", lambda *_, **__: ReportedSop(of, (of,)))
    asked: dict[str, Any] = {"actor": office.sekretaris, "sop": of, "months": months, "as_of": NOW}
    for name in semester.sheet_names(connection, **asked):
        yield name, semester.sheet(connection, **asked, name=name).name


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_each_sheet_made_alone_is_that_of_the_report(office: Office, code: str) -> None:
    advance_to(office, open_one(office, code), factories.sop(code).case_steps[-1].key)
    whole = build(office, code)
    months = periods.of_range(202611, 202611)
    asked: dict[str, Any] = {
        "actor": office.sekretaris, "sop": factories.sop(code), "months": months, "as_of": NOW,
    }  # fmt: skip
    with in_language("id"), office.reading() as connection:
        names = semester.sheet_names(connection, **asked)
        alone = [semester.sheet(connection, **asked, name=name) for name in names]
    assert [sheet.name for sheet in whole.sheets] == names
    for made, shown in zip(whole.sheets, alone, strict=True):
        assert vars(made) | {"frame": None} == vars(shown) | {"frame": None}
        pd.testing.assert_frame_equal(made.frame, shown.frame)


@pytest.mark.parametrize("name", ["Kepatuhan SOP", "Matriks"])
def test_one_sheet_reads_what_it_shows_and_no_more(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The list of cases, which is long, is read for the sheet that shows it alone."""

    def read(*_: Any, **__: Any) -> Any:
        raise LookupError

    monkeypatch.setattr(source, "report_cases", read)
    months = periods.of_range(202611, 202611)
    refused = nullcontext() if name == "Kepatuhan SOP" else pytest.raises(LookupError)
    with in_language("id"), office.reading() as connection, refused:
        semester.sheet(
            connection, actor=office.sekretaris, sop=factories.sop("pengaduan"), months=months, as_of=NOW, name=name
        )  # fmt: skip


def test_third_sop_has_its_report_by_its_file_alone(office: Office) -> None:
    third = parse(SMALL, name="small.toml")
    take_in(
        office.store, now=NOW, began_on=BEGAN_ON, calendar=calendar_file.load(), decrees=calendar_file.decrees(),
        sops=[third], profile={},
    )  # fmt: skip
    workbook = build(office, third.code, of=third, by=office.actors[Role(third.readers[0])])
    assert [sheet.name for sheet in workbook.sheets][:3] == ["Matriks", "Rekapitulasi", "Kepatuhan SOP"]
    with in_language("id"):
        assert write(workbook, made_at=NOW)


@pytest.mark.parametrize(
    ("key", "remark"),
    [
        ("2026-S2", "Sisa semester lalu"),
        ("2026-11", "Sisa bulan sebelumnya"),
        ("2026-10..2026-11", "Sisa periode sebelumnya"),
    ],
)
def test_case_of_before_is_called_after_the_period_before(office: Office, key: str, remark: str) -> None:
    open_one(office, "pengaduan", received_at=wib("Selasa 2026-06-30 09:00"))
    assert row(office, "pengaduan", key=key)["remark"] == remark


def test_explanation_names_what_the_figures_rest_on(office: Office) -> None:
    open_one(office, "pengaduan")
    of = factories.sop("pengaduan")
    frame = build(office, "pengaduan", "2026-S2").sheets[-1].frame
    said = dict(zip(frame["topic"], frame["said"], strict=True))
    assert of.sha256 in said[f"SOP versi {of.version}"]
    assert "1 Juli 2026 s.d. 31 Desember 2026" in said["Periode"]
    assert "SKB" in said["Hari libur 2026"]
    assert said["Dibuat oleh"] == office.sekretaris.name
    assert "Nama pelapor" in said["Tidak dimuat"]
    assert frame["said"].isin([one.text.id for one in of.assumptions]).sum() == len(of.assumptions)
    later = build(office, "pengaduan", "2028-01..2029-02").sheets[-1].frame
    assert later["said"].str.contains("belum ditetapkan").sum() == 2


@pytest.mark.parametrize(
    ("code", "title", "name", "file"),
    [
        (
            "pengaduan",
            "LAPORAN PENGADUAN MASYARAKAT SEMESTER II TAHUN 2026",
            "Matriks",
            "Laporan_Dumas_Semester_II_2026.xlsx",
        ),
        (
            "pengawalan",
            "REKAPITULASI PENGAWALAN INTERNAL PIMPINAN SEMESTER II TAHUN 2026",
            "Daftar",
            "Rekap_Pengawalan_Semester_II_2026.xlsx",
        ),
    ],
)
def test_report_list_and_file_are_called_as_the_office_calls_them(
    office: Office, code: str, title: str, name: str, file: str
) -> None:
    workbook = build(office, code, "2026-S2")
    assert {sheet.heading[0] for sheet in workbook.sheets} == {title}
    assert workbook.sheets[0].name == name
    months = periods.parse("2026-S2")
    assert months is not None
    assert semester.file_name(factories.sop(code), months) == file


def test_a_sop_without_words_of_its_own_for_the_report_is_called_by_its_short_name(office: Office) -> None:
    bare = replace(factories.sop("pengaduan"), report=None)
    with in_language("id"):
        months = periods.parse("2026-11")
        assert months is not None
        assert semester.file_name(bare, months) == "Laporan_Pengaduan_November_2026.xlsx"
