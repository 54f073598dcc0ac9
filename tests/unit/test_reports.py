"""The semester report against a second count of the database, and the workbook, opened again, against the screen."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from dashboard import periods, report_screen
from dashboard.reports import semester
from dashboard.reports.sheets import Column, Sheet, Workbook
from dashboard.reports.workbook import write
from dashboard.text import in_language
from models.access import Role
from models.commands.closing import close_case
from models.commands.corrections import return_step
from models.commands.steps import skip_step
from models.errors import Forbidden
from models.period import Period
from models.sop import Sop
from tests import factories
from tests.conftest import NOW, sqlite_database
from tests.factories import (
    Office,
    case_row,
    finish,
    finishing_form,
    latest,
    office_in,
    open_one,
    open_steps,
    token,
)
from tests.moments import shipped_calendar, wib, written
from tests.unit.recount import Recount, Row, first_of_next_month, in_office

AS_OF = "2026-11-20 02:00"
PERIODS = ("2025-S1", "2025-S2", "2026-S1", "2026-S2", "2026-03", "2025-11..2026-08")
LONG_STEPS = {"review": 14, "examination": 12, "escort": 3}
OUTCOMES = ("oversight", "not_oversight", "other_agency", "other_unit", "not_actionable")
REVIEWED: dict[str, dict[str, object]] = {
    "other_agency": {
        "other_agency": "bawaslu",
        "cover_letter_number": "12/HK/2026",
        "cover_letter_on": date(2026, 1, 5),
    },
    "other_unit": {"other_unit": "Sub Bagian Keuangan"},
    "not_actionable": {"not_actionable_reason": "illogical"},
}


@dataclass(frozen=True)
class Reported:
    """An office with two years of cases, and where its database lies."""

    office: Office
    path: Path


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reported]:
    path = tmp_path_factory.mktemp("reports") / "patuh.db"
    with sqlite_database(path) as made:
        factories.prepare_office(made)
        office = office_in(made)
        at_the_borders(office)
        chance = random.Random(14)
        for number in range(60):
            live(office, "pengawalan" if number % 3 == 0 else "pengaduan", chance)
        yield Reported(office, path)


def at_the_borders(office: Office) -> None:
    """Received, due and closed on each side of the midnight between two semesters of the office."""
    for received in ("Senin 2025-06-30 23:59", "Selasa 2025-07-01 00:00"):
        open_one(office, "pengaduan", received_at=wib(received), subject=f"Diterima {received}")
    for departs in ("Senin 2025-06-30 23:59", "Selasa 2025-07-01 00:00"):
        open_one(
            office, "pengawalan", received_at=wib("Senin 2025-06-30 09:00"), activity=f"Berangkat {departs}",
            departs_at=wib(departs), returns_at=wib("Rabu 2025-07-02 12:00"),
        )  # fmt: skip
    for closed in ("Rabu 2025-12-31 23:59", "Kamis 2026-01-01 00:00"):
        close(office, open_one(office, "pengaduan", received_at=wib("Senin 2025-12-01 08:00")), wib(closed))


def live(office: Office, code: str, chance: random.Random) -> None:
    """Open a case and take it as far as chance will have it."""
    received = wib("Senin 2025-02-03 08:00") + timedelta(minutes=chance.randrange(0, 640 * 24 * 60))
    case_id = _opened(office, code, received, chance)
    for _step in range(chance.randrange(10)):
        waiting = open_steps(office, case_id)
        if not waiting or not _move(office, case_id, waiting[0], chance):
            break
    if chance.random() < 0.15 and case_row(office, case_id)["closed_at"] is None:
        close(office, case_id, NOW - timedelta(hours=1))


def _opened(office: Office, code: str, received: datetime, chance: random.Random) -> int:
    if code == "pengaduan":
        return open_one(
            office, code, received_at=received,
            channel=chance.choice(["direct", "email", "whatsapp"]),
            reported_element=chance.choice(["ppk", "pps", "kpps"]),
            district=chance.choice(["sikakap", "sipora_utara", "siberut_barat"]),
        )  # fmt: skip
    departs = received + timedelta(days=chance.randrange(1, 14))
    return open_one(
        office, code, received_at=received, departs_at=departs, returns_at=departs + timedelta(days=2)
    )


def _move(office: Office, case_id: int, key: str, chance: random.Random) -> bool:
    """Finish the open step, now and then leave it out or hand it back; False when it lies too near to the present."""
    row = latest(office, case_id, key)
    at = row["started_at"] + timedelta(minutes=chance.randrange(5, LONG_STEPS.get(key, 4) * 24 * 60))
    if at > NOW:
        return False
    named = {"actor": office.sekretaris, "round_id": row["id"], "expected_version": row["version"]}
    if key == "examination" and chance.random() < 0.4:
        skip_step(office.store, token=token(), now=at, reason="Cukup bukti tertulis.", **named)
        return True
    if key in ("review", "prepare_papers") and row["round_no"] == 1 and chance.random() < 0.3:
        back = "disposition" if key == "review" else "prepare_personnel"
        return_step(
            office.store,
            token=token(),
            now=at,
            to_step=back,
            returned_at=at,
            reason="Belum lengkap.",
            **named,
        )
        return True
    outcome = chance.choice(OUTCOMES) if key == "review" else None
    data = finishing_form(key) | REVIEWED.get(outcome or "", {})
    finish(office, case_id, key, at=at, outcome=outcome, data=data)
    return True


def close(office: Office, case_id: int, at: datetime) -> None:
    row = case_row(office, case_id)
    close_case(
        office.store, actor=office.sekretaris, token=token(), now=max(at, NOW), case_id=case_id,
        expected_version=row["version"], status="withdrawn", closed_at=at, reason="Dicabut oleh pelapor.",
    )  # fmt: skip


def build(reported: Reported, code: str, key: str) -> tuple[Workbook, Recount]:
    """The report in Indonesian, and the second count of the same rows."""
    months = periods.parse(key)
    assert months is not None
    with in_language("id"), reported.office.reading() as connection:
        workbook = semester.build(
            connection, actor=reported.office.sekretaris, sop=factories.sop(code), months=months, as_of=NOW
        )
    first = date(months.first // 100, months.first % 100, 1)
    last = date(months.last // 100, months.last % 100, 1)
    recount = Recount(
        reported.path, code=code, first_on=first, after_on=first_of_next_month(last), as_of=AS_OF
    )
    return workbook, recount


def rows(sheet: Sheet) -> list[dict[str, Any]]:
    """The sheet's frame, what is empty as None."""
    return [
        {str(key): None if value is None or value is pd.NaT or value is pd.NA or value != value else value
         for key, value in record.items()}
        for record in sheet.frame.to_dict("records")
    ]  # fmt: skip


EACH = pytest.mark.parametrize(
    ("code", "key"), [(code, key) for code in ("pengawalan", "pengaduan") for key in PERIODS]
)


def test_made_up_years_hold_every_case_that_could_be_miscounted(reported: Reported) -> None:
    """Otherwise the comparisons below would compare nothing."""
    recount = Recount(
        reported.path, code="pengaduan", first_on=date(2025, 1, 1), after_on=date(2027, 1, 1), as_of=AS_OF
    )
    states = {one["state"] for one in recount.rounds}
    assert states >= {"open", "done", "returned", "stopped", "skipped"}
    verdicts = recount.verdicts()
    assert min(verdicts[name] for name in ("on_time", "late", "overdue")) >= 3
    assert {outcome for case in recount.cases for outcome in recount.outcomes(case)} == set(OUTCOMES)
    assert {case["status"] for case in recount.cases} >= {"withdrawn", "archived", "forwarded", "done"}


@EACH
def test_compliance_sheet_is_the_second_count(reported: Reported, code: str, key: str) -> None:
    workbook, recount = build(reported, code, key)
    *steps, whole = rows(workbook.sheets[2])
    sop = factories.sop(code)
    assert [row["no"] for row in steps] == [step.no for step in sop.steps]
    for row, step in zip(steps, sop.steps, strict=True):
        counted = recount.verdicts(step.key)
        if step.counted:
            assert (row["on_time"], row["late"], row["overdue"]) == tuple(
                counted[name] for name in ("on_time", "late", "overdue")
            )
            assert row["n"] == counted.total()
            assert row["rate"] == (counted["on_time"] / counted.total() if counted.total() else None)
        else:
            assert counted.total() == 0
            assert row["n"] is row["rate"] is row["late"] is None
        took = recount.took(step.key)
        assert (row["mean"], row["median"], row["max"]) == (
            pytest.approx(took) if took else (None, None, None)
        )
    total = recount.verdicts()
    assert (whole["n"], whole["on_time"], whole["late"], whole["overdue"]) == (
        total.total(), total["on_time"], total["late"], total["overdue"],
    )  # fmt: skip
    assert whole["rate"] == (total["on_time"] / total.total() if total.total() else None)


@EACH
def test_recapitulation_is_the_second_count(reported: Reported, code: str, key: str) -> None:
    workbook, recount = build(reported, code, key)
    found = {row["label"]: row for row in rows(workbook.sheets[1])}
    sop = factories.sop(code)
    expected = {"Seluruh periode": recount.balance(recount.cases, recount.first_on, recount.after_on)}
    month = recount.first_on
    while month < recount.after_on and month <= NOW.date():
        after = first_of_next_month(month)
        with in_language("id"):
            label = periods.of_range(month.year * 100 + month.month, month.year * 100 + month.month).label()
        expected[label] = recount.balance(recount.cases, month, after)
        month = after
    cases = recount.of_report()
    for title, name_of in breakdowns(sop, recount):
        for name in {name_of(case) for case in cases}:
            chosen = [case for case in cases if name_of(case) == name]
            expected[f"{title}: {name}"] = recount.balance(chosen, recount.first_on, recount.after_on)
    assert set(found) == set(expected)
    for label, balance in expected.items():
        row = found[label]
        assert (row["carried"], row["received"], row["left"]) == (
            balance["carried"], balance["received"], balance["left"],
        ), label  # fmt: skip
        assert row["sum"] == balance["carried"] + balance["received"]
        finals = {status.key: row[f"status.{status.key}"] for status in sop.statuses if status.final}
        assert {status: count for status, count in finals.items() if count} == dict(balance["closed"]), label


def breakdowns(sop: Sop, recount: Recount) -> Iterator[tuple[str, Callable[[Row], str]]]:
    """What the shipped SOPs count by, written out: title, and under which name a case falls."""
    outcomes = {outcome.key: outcome.label.id for outcome in sop.outcomes}
    if outcomes:
        yield "Klasifikasi", lambda case: outcomes.get(*recount.outcomes(case), "") or "Belum diklasifikasi"
    chosen = {
        "pengaduan": ("channel", "problem_category", "reported_element", "district"),
        "pengawalan": ("transport",),
    }
    for key in chosen[sop.code]:
        field = sop.field(key)
        labels = {choice.key: choice.label.id for choice in field.choices}
        yield field.label.id, partial(_label, labels, key)
    if sop.code == "pengawalan":
        yield "Pimpinan", lambda case: str(case["data"]["leader"])
        yield "Situasi Aman/Rawan", lambda case: "Aman: kendali di personel pengamanan"


def _label(labels: dict[str, str], key: str, case: Row) -> str:
    return labels.get(case["data"].get(key), "Tidak diisi")


@EACH
def test_each_breakdown_adds_up_to_the_whole(reported: Reported, code: str, key: str) -> None:
    workbook, _recount = build(reported, code, key)
    found = rows(workbook.sheets[1])
    whole = next(row for row in found if row["label"] == "Seluruh periode")
    sums: dict[str, Counter[str]] = {}
    for row in found[found.index(whole) + 1 :]:
        title = row["label"].partition(": ")[0]
        sums.setdefault(title, Counter()).update({name: n for name, n in row.items() if name != "label"})
    expected = {
        "pengaduan": ["Klasifikasi", "Kanal", "Kategori masalah", "Unsur terlapor", "Kecamatan"],
        "pengawalan": ["Pimpinan", "Moda", "Situasi Aman/Rawan"],
    }
    assert list(sums) == expected[code]
    for title, counts in sums.items():
        assert counts == {name: n for name, n in whole.items() if name != "label"}, title


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_what_is_left_of_a_semester_is_carried_into_the_next(reported: Reported, code: str) -> None:
    """Sisa semester lalu: counted over four semesters, nothing appears and nothing vanishes."""
    whole = []
    for key in ("2025-S1", "2025-S2", "2026-S1", "2026-S2"):
        workbook, _recount = build(reported, code, key)
        whole.append(next(row for row in rows(workbook.sheets[1]) if row["label"] == "Seluruh periode"))
    assert [row["left"] for row in whole[:-1]] == [row["carried"] for row in whole[1:]]
    assert any(row["carried"] for row in whole)
    everything = Recount(
        reported.path, code=code, first_on=date(2025, 1, 1), after_on=date(2027, 1, 1), as_of=AS_OF
    )
    assert sum(row["received"] for row in whole) == len(everything.cases)


@EACH
def test_lateness_sheet_is_the_second_count(reported: Reported, code: str, key: str) -> None:
    workbook, recount = build(reported, code, key)
    found = rows(workbook.sheets[3])
    steps = {step.key: step for step in factories.sop(code).steps}
    numbers = {case["id"]: case["register_no"] for case in recount.cases}
    calendar = shipped_calendar()
    assert len(found) == len(recount.late())
    for row, one in zip(found, recount.late(), strict=True):
        assert row["number"] == (numbers[one["case_id"]] if one["case_id"] else one["period"])
        assert row["step"].startswith(f"{steps[one['step_key']].no}. ")
        assert row["due_at"] == aware(one["due_at"])
        assert row["finished_at"] == (aware(one["finished_at"]) if one["finished_at"] else None)
        assert row["over"] == calendar.elapsed(aware(one["due_at"]), aware(one["finished_at"] or AS_OF))


@EACH
def test_matrix_sheet_has_a_row_for_each_case_of_the_period(reported: Reported, code: str, key: str) -> None:
    workbook, recount = build(reported, code, key)
    found = rows(workbook.sheets[0])
    assert [row["register_no"] for row in found] == [case["register_no"] for case in recount.of_report()]
    for row, case in zip(found, recount.of_report(), strict=True):
        assert row["received"] == in_office(case["received_at"]).date()
        assert row["closed"] == (in_office(case["closed_at"]).date() if case["closed_at"] else None)
        assert row["subject"] == case["subject"]
        finished = {
            one["step_key"]: one["finished_at"] for one in recount.rounds_of(case) if one["state"] != "void"
        }
        listed = {"pengaduan": {"disposition", "review"}, "pengawalan": {"write_report"}}[code]
        assert {key for key in finished if f"step.{key}" in workbook.sheets[0].frame} == listed & set(
            finished
        )
        for step_key, moment in finished.items():
            if step_key in listed:
                assert row[f"step.{step_key}"] == (in_office(moment).date() if moment else None)
        judged = [verdict for one in recount.rounds_of(case) if (verdict := recount.verdict(one))]
        late = sum(verdict != "on_time" for verdict in judged)
        assert row["kept"] == (
            f"{late} dari {len(judged)} terlambat" if late else "Tepat waktu" if judged else "-"
        )
        assert ("Sisa" in row["remark"]) is (in_office(case["received_at"]).date() < recount.first_on)


def aware(moment: str) -> datetime:
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def test_midnight_of_the_office_parts_the_semesters(reported: Reported) -> None:
    """2025-06-30T17:00Z is 1 July: received, due and closed belong to the semester of the office's own date."""
    assert written(datetime(2025, 6, 30, 17, tzinfo=UTC)) == "Selasa 2025-07-01 00:00"
    received = {}
    late: dict[str, list[str]] = {}
    for key in ("2025-S1", "2025-S2"):
        workbook, _recount = build(reported, "pengaduan", key)
        received[key] = [
            row["subject"] for row in rows(workbook.sheets[0]) if row["subject"].startswith("Diterima")
        ]
        carried = [row["subject"] for row in rows(workbook.sheets[0]) if "Sisa" in row["remark"]]
        assert ("Diterima Senin 2025-06-30 23:59" in carried) is (key == "2025-S2")
        escorts, _recount = build(reported, "pengawalan", key)
        late[key] = [
            row["subject"] for row in rows(escorts.sheets[3]) if row["subject"].startswith("Berangkat")
        ]
    assert received["2025-S1"] == ["Diterima Senin 2025-06-30 23:59"]
    assert received["2025-S2"] == ["Diterima Senin 2025-06-30 23:59", "Diterima Selasa 2025-07-01 00:00"]
    assert late == {
        "2025-S1": ["Berangkat Senin 2025-06-30 23:59"],
        "2025-S2": ["Berangkat Selasa 2025-07-01 00:00"],
    }


def test_case_closed_at_midnight_is_left_over_for_the_new_year(reported: Reported) -> None:
    left = {}
    for key in ("2025-S2", "2026-S1"):
        _workbook, recount = build(reported, "pengaduan", key)
        left[key] = {
            case["closed_at"]: (case["closed_at"], case in recount.of_report()) for case in recount.cases
        }
    before, after = "2025-12-31 16:59", "2025-12-31 17:00"
    assert [left["2026-S1"][moment][1] for moment in (before, after)] == [False, True]
    workbook, _recount = build(reported, "pengaduan", "2026-S1")
    closed = [row["closed"] for row in rows(workbook.sheets[0])]
    assert date(2026, 1, 1) in closed
    assert date(2025, 12, 31) not in closed


@EACH
def test_workbook_opened_again_holds_what_the_screen_shows(reported: Reported, code: str, key: str) -> None:
    workbook, _recount = build(reported, code, key)
    with in_language("id"):
        book = openpyxl.load_workbook(BytesIO(write(workbook, made_at=NOW)))
        shown = [report_screen.words(sheet) for sheet in workbook.sheets]
    books = {
        "pengawalan": ["Buku mutasi", "Situasi Aman Rawan", "Buku saku (kejadian)"],
        "pengaduan": ["Cek surel pengaduan"],
    }
    begin = [
        "Matriks" if code == "pengaduan" else "Daftar",
        "Rekapitulasi",
        "Kepatuhan SOP",
        "Keterlambatan",
        "Kelengkapan",
        "Berkas belum lengkap",
    ]
    assert book.sheetnames == [*begin, *books[code], "Keterangan"]
    for worksheet, sheet, words in zip(book.worksheets, workbook.sheets, shown, strict=True):
        titles = [column.title for column in sheet.columns]
        lines = [list(line) for line in worksheet.iter_rows(max_col=len(titles))]
        header = next(n for n, line in enumerate(lines) if [cell.value for cell in line] == titles)
        body = lines[header + 1 : header + 1 + len(words)]
        read = [
            [said(cell.value, column) for cell, column in zip(line, sheet.columns, strict=True)]
            for line in body
        ]
        assert read == words.to_numpy().tolist()
        assert {cell.data_type for line in body for cell in line} <= {"s", "n", "d"}


def said(value: Any, column: Column) -> str:
    """A cell's value in the words of the screen, by rules of its own."""
    if value is None:
        return "-" if column.kind in ("percent", "duration") else ""
    if value == "-":
        return "-"
    if column.kind == "percent":
        return f"{int(value * 1000 + 0.5) / 10:.1f}".replace(".", ",") + "%"
    if column.kind == "duration":
        tenths = int(value * 10 + 0.5 + 1e-9)
        return f"{tenths // 10:,}".replace(",", ".") + f",{tenths % 10}"
    if column.kind == "date":
        return f"{value:%d/%m/%Y}"
    if column.kind == "moment":
        return f"{value:%d/%m/%Y %H.%M}"
    if column.kind == "integer":
        return f"{value:,}".replace(",", ".")
    return str(value)


def test_report_is_for_those_who_may_read_the_sop(reported: Reported) -> None:
    months = periods.of_semester(2026, 2)
    with reported.office.reading() as connection, pytest.raises(Forbidden):
        semester.build(
            connection, actor=reported.office.actors[Role.KASUBBAG_KUL], sop=factories.sop("pengaduan"),
            months=months, as_of=NOW,
        )  # fmt: skip
    assert Period.semester(2026, 2) == Period(*semester.bounds(months))
