"""The sheets of the recurring duties: what they say slot by slot and day by day, opened again as Excel would."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from dashboard import report_screen
from dashboard.formats import moment_short
from dashboard.periods import Months, of_range, of_semester
from dashboard.reports import semester
from dashboard.reports.sheets import Sheet, sheet_name
from dashboard.reports.workbook import write
from dashboard.text import in_language
from models.access import Actor
from models.commands.conflicts import declare_conflict
from tests import factories
from tests.commands.duty_rows import Run, check, entry, escort
from tests.conftest import NOW, sqlite_database
from tests.factories import Office, office_in, token
from tests.moments import wib

DUTIES = {"pengawalan": "Buku mutasi", "pengaduan": "Cek surel pengaduan"}
NOVEMBER = of_range(202611, 202611)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("duties") / "patuh.db"
    with sqlite_database(path) as made:
        factories.prepare_office(made)
        office = office_in(made)
        _fill(office)
        yield office


def _fill(office: Office) -> None:
    """One escort over the end of October, one filled at once afterwards, one under way and hidden from one person."""
    start, end = wib("Sabtu 2026-10-31 18:00"), wib("Minggu 2026-11-01 08:00")
    over = escort(office, start, end, Run(begun=start, finished=end), activity="Rapat di Padang")
    for clock in ("Sabtu 2026-10-31 18:30", "Minggu 2026-11-01 02:00", "Minggu 2026-11-01 02:10"):
        entry(office, over, wib(clock))
    start, end = wib("Senin 2026-11-09 08:00"), wib("Senin 2026-11-09 15:00")
    at_once = escort(office, start, end, Run(begun=start, finished=end), activity="=1+1")
    for clock in ("08:30", "10:30", "12:30", "14:00"):
        recorded = wib("Senin 2026-11-09 16:00") if clock != "14:00" else None
        entry(office, at_once, wib(f"Senin 2026-11-09 {clock}"), recorded=recorded)
    hidden = escort(office, wib("Kamis 2026-11-19 07:00"), wib("Kamis 2026-11-19 09:30"), Run())
    declare_conflict(
        office.store, actor=office.sekretaris, token=token(), now=NOW, case_id=hidden,
        user_id=office.second.user_id, reason="Kerabat.",
    )  # fmt: skip
    check(office, wib("Senin 2026-11-02 09:00"), found=3)
    check(office, wib("Selasa 2026-11-03 09:00"), recorded=wib("Rabu 2026-11-04 08:00"))
    check(office, wib("Sabtu 2026-11-07 09:00"), found=2)


def sheet_of(office: Office, code: str, *, months: Months = NOVEMBER, by: Actor | None = None) -> Sheet:
    """The sheet of the SOP's recurring duty."""
    with in_language("id"), office.reading() as connection:
        workbook = semester.build(
            connection, actor=by or office.sekretaris, sop=factories.sop(code), months=months, as_of=NOW
        )
    return next(sheet for sheet in workbook.sheets if sheet.name == DUTIES[code])


def lines(sheet: Sheet) -> list[list[str]]:
    with in_language("id"):
        return [[str(value) for value in row] for row in report_screen.words(sheet).to_numpy().tolist()]


def test_slot_sheet_names_what_was_missed_and_what_was_recorded_together(office: Office) -> None:
    sheet = sheet_of(office, "pengawalan")
    assert sheet.name == "Buku mutasi"
    assert [row[1:] for row in lines(sheet)] == [
        ["Rapat di Padang", "31/10/2026 18.00", "01/11/2026 08.00", "5", "1", "1", "20,0%",
         "31/10/2026 22.00 s/d 01/11/2026 02.00 (2 slot); 01/11/2026 04.00 s/d 01/11/2026 08.00 (2 slot)", ""],
        ["=1+1", "09/11/2026 08.00", "09/11/2026 15.00", "4", "4", "1", "100,0%", "",
         "09/11/2026 08.00 s/d 09/11/2026 14.00 (3 slot)"],
        ["Rapat koordinasi di Padang", "19/11/2026 07.00", "", "13", "0", "0", "0,0%",
         "19/11/2026 07.00 s/d 20/11/2026 09.00 (13 slot)", ""],
        ["", "", "", "22", "5", "2", "22,7%", "", ""],
    ]  # fmt: skip


def test_slot_sheet_counts_each_slot_in_the_month_in_which_it_ended(office: Office) -> None:
    october = lines(sheet_of(office, "pengawalan", months=of_range(202610, 202610)))
    assert [row[4:7] for row in october] == [["2", "1", "1"], ["2", "1", "1"]]
    both = lines(sheet_of(office, "pengawalan", months=of_semester(2026, 2)))
    assert both[-1][4:7] == ["24", "6", "3"]


def test_single_missed_slot_is_named_by_its_hours(office: Office) -> None:
    october = lines(sheet_of(office, "pengawalan", months=of_range(202610, 202610)))
    assert october[0][8] == "31/10/2026 20.00–22.00"


def test_hidden_escort_has_no_row_and_stays_in_the_total(office: Office) -> None:
    seen, named = (
        lines(sheet_of(office, "pengawalan", by=who)) for who in (office.sekretaris, office.second)
    )
    assert len(named) == len(seen) - 1
    assert not any("19/11/2026" in cell for row in named for cell in row)
    assert named[-1] == seen[-1]


def test_daily_sheet_names_the_days_without_a_check(office: Office) -> None:
    sheet = sheet_of(office, "pengaduan")
    assert sheet.name == "Cek surel pengaduan"
    month, total = lines(sheet)
    assert month[:6] == ["November 2026", "14", "2", "14,3%", "1", "5"]
    assert month[6].startswith("04/11/2026, 05/11/2026, 06/11/2026, 09/11/2026")
    assert total[:6] == ["Seluruh periode", *month[1:6]]


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_period_without_a_duty_is_nihil(office: Office, code: str) -> None:
    sheet = sheet_of(office, code, months=of_range(202603, 202603))
    assert sheet.frame.empty
    assert not sheet.total
    assert any(
        "NIHIL" in str(value) for row in opened(office, code, of_range(202603, 202603)) for value in row
    )


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_duty_sheet_opened_again_holds_numbers_and_shares(office: Office, code: str) -> None:
    sheet = sheet_of(office, code)
    rows = opened(office, code, NOVEMBER)
    titles = [column.title for column in sheet.columns]
    header = next(n for n, row in enumerate(rows) if row[: len(titles)] == titles)
    last = rows[header + len(sheet.frame)]
    counted = {column.key: last[place] for place, column in enumerate(sheet.columns)}
    assert counted["n"] == {"pengawalan": 22, "pengaduan": 14}[code]
    assert counted["rate"] == pytest.approx({"pengawalan": 5 / 22, "pengaduan": 2 / 14}[code])


def opened(office: Office, code: str, months: Months) -> list[list[Any]]:
    with in_language("id"):
        with office.reading() as connection:
            workbook = semester.build(
                connection, actor=office.sekretaris, sop=factories.sop(code), months=months, as_of=NOW
            )
        book = openpyxl.load_workbook(BytesIO(write(workbook, made_at=NOW)))
    return [list(row) for row in book[DUTIES[code]].iter_rows(values_only=True)]


def test_sheet_speaks_english_to_an_english_reader(office: Office) -> None:
    with in_language("en"), office.reading() as connection:
        workbook = semester.build(
            connection, actor=office.sekretaris, sop=factories.sop("pengawalan"), months=NOVEMBER, as_of=NOW
        )
        sheet = next(sheet for sheet in workbook.sheets if sheet.name == "Log book")
        assert moment_short(wib("Minggu 2026-11-01 02:00")) in sheet.frame["missed"][0]


def test_words_of_a_sop_become_the_name_of_a_sheet() -> None:
    assert sheet_name("Aman/Rawan: [situasi] *?\\") == "Aman Rawan   situasi"
    assert len(sheet_name("a" * 40)) == 31
    assert sheet_name("'Buku'") == "Buku"
