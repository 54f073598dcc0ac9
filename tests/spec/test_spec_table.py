"""The specification table holds: one test a row of spec_table.txt, and the table covers what it promises."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from models.sla import Deadline, Target, Unit, Verdict, deadline, duty_due, verdict
from models.sop_file import load as load_sop
from models.work_calendar import Span, WorkCalendar
from seed.calendar_file import load
from tests.moments import WrongWeekday, on, shipped_calendar, wib, written

TABLE = Path(__file__).with_name("spec_table.txt")
SOPS = Path(__file__).parents[2] / "seed" / "sops"
COLUMNS = 7
MINUTE = timedelta(minutes=1)
VERDICTS = {
    "tepat waktu": Verdict.ON_TIME,
    "terlambat": Verdict.LATE,
    "lewat tenggat": Verdict.OVERDUE,
    "menjelang tenggat": Verdict.AT_RISK,
    "berjalan": Verdict.RUNNING,
    "tidak diukur": Verdict.UNMEASURED,
}
UNITS = {
    "hari": Unit.WORKING_DAYS,
    "hari kalender": Unit.CALENDAR_DAYS,
    "menit": Unit.WORKING_MINUTES,
}
# What the two SOPs prescribe; D1 is the reporter's own and counts in no percentage, yet it has a clock.
PRESCRIBED = {
    "P1": "3 hari",
    "P2": "1 hari",
    "P3": "1 hari",
    "P4": "5 menit",
    "P5": "1 hari",
    "P6": "jadwal",
    "P7": "tidak diatur",
    "P8": "tidak diatur",
    "D1": "1 hari",
    "D2": "30 menit",
    "D3": "1 s/d 2 hari",
    "D4": "7 hari",
    "D5": "3 hari",
    "D6": "5 s/d 7 hari",
    "D7": "3 hari",
    "D8": "hari kerja ke-1",
    "D9": "hari kerja ke-2",
}
WITHOUT_LIMIT = ("P7", "P8")


class BadRow(ValueError):
    """A line of the table that cannot be read; names the line."""


@dataclass(frozen=True)
class Row:
    """One judgement. `departure_at` and `planned_end_at` come from the condition; `due_at` is None where none is."""

    line: int
    step: str
    start: str
    target: str
    election: bool
    departure_at: datetime | None
    planned_end_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    as_of: datetime
    expected: Verdict


def parse(text: str) -> list[Row]:
    """Every row of the table; BadRow with the line's number for a wrong weekday, word or number of columns."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != COLUMNS:
            raise BadRow(f"line {number}: {len(cells)} columns, not {COLUMNS}")
        try:
            rows.append(row(number, cells))
        except (ValueError, KeyError) as error:
            raise BadRow(f"line {number}: {error}") from error
    return rows


def row(number: int, cells: list[str]) -> Row:
    step, start, target, condition, due, seen, expected = cells
    for pattern in (r"\d+( s/d \d+)? (hari|menit|hari kalender)|jadwal|tidak diatur", r"hari kerja ke-\d"):
        if re.fullmatch(pattern, target):
            break
    else:
        raise ValueError(f"no target: {target}")
    _ = on(start) if target.startswith("hari kerja") else wib(start)
    conditions = {name: condition.removeprefix(name + " ") for name in ("berangkat", "rencana kembali")}
    bounds = {name: wib(text) for name, text in conditions.items() if text != condition}
    if not bounds and condition not in ("-", "masa tahapan"):
        raise ValueError(f"no condition: {condition}")
    how, moment = seen.split(" ", 1)
    if how not in ("selesai", "dilihat"):
        raise ValueError(f"neither finished nor looked at: {how}")
    return Row(
        line=number,
        step=step,
        start=start,
        target=target,
        election=condition == "masa tahapan",
        departure_at=bounds.get("berangkat"),
        planned_end_at=bounds.get("rencana kembali"),
        due_at=None if due == "-" else wib(due),
        finished_at=wib(moment) if how == "selesai" else None,
        as_of=wib(moment),
        expected=VERDICTS[expected],
    )


def target_of(text: str) -> Target:
    if text == "jadwal":
        return Target(Unit.SCHEDULE)
    if text == "tidak diatur":
        return Target(Unit.NONE)
    numbers, unit = re.fullmatch(r"([\d s/]+) ([a-z ]+)", text.replace("s/d", "s/")).groups()  # type: ignore[union-attr]
    bounds = [int(number) for number in numbers.split("s/")]
    return Target(UNITS[unit], bounds[-1], bounds[0] if len(bounds) == 2 else None)


@cache
def election_calendar() -> WorkCalendar:
    return WorkCalendar(replace(load(), elections=(Span(date(2026, 11, 1), date(2026, 12, 31)),)))


def deadline_of(found: Row) -> Deadline:
    calendar = election_calendar() if found.election else shipped_calendar()
    if found.target.startswith("hari kerja ke-"):
        return duty_due(period_last_on=on(found.start), working_day=int(found.target[-1]), calendar=calendar)
    return deadline(
        start_at=wib(found.start),
        target=target_of(found.target),
        calendar=calendar,
        planned_end_at=found.planned_end_at,
        not_after_at=found.departure_at,
    )


ROWS = parse(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("found", ROWS, ids=lambda found: f"line {found.line} {found.step}")
def test_spec_row_holds(found: Row) -> None:
    reckoned = deadline_of(found)
    shown = written(reckoned.due_at) if reckoned.due_at else None
    assert shown == (written(found.due_at) if found.due_at else None)
    assert judged(found, reckoned, late_from=reckoned.late_from) is found.expected


def judged(found: Row, reckoned: Deadline, *, late_from: datetime | None) -> Verdict:
    return verdict(
        late_from=late_from,
        at_risk_from=reckoned.at_risk_from,
        finished_at=found.finished_at,
        as_of=found.as_of,
    )


def test_judging_by_the_shown_due_time_would_fail_the_table() -> None:
    wrong = 0
    for found in ROWS:
        reckoned = deadline_of(found)
        wrong += judged(found, reckoned, late_from=reckoned.due_at) is not found.expected
    assert wrong > 50


# The table covers what it promises.


def test_spec_table_has_enough_rows() -> None:
    assert len(ROWS) >= 120


@pytest.mark.parametrize("step", sorted(PRESCRIBED))
def test_spec_table_covers_each_step_around_its_limits(step: str) -> None:
    of_step = [found for found in ROWS if found.step == step and found.target == PRESCRIBED[step]]
    assert of_step
    if step in WITHOUT_LIMIT:
        assert {found.expected for found in of_step} == {Verdict.UNMEASURED}
        return
    first = next(found for found in of_step if found.due_at)
    same = [
        found for found in of_step if (found.start, found.departure_at) == (first.start, first.departure_at)
    ]
    reckoned = deadline_of(first)
    assert reckoned.late_from is not None
    assert reckoned.due_at is not None
    finished = {found.finished_at for found in same}
    looked_at = {found.as_of for found in same if found.finished_at is None}
    assert {reckoned.late_from + offset * MINUTE for offset in (-1, 0, 1)} <= finished
    around_due = {reckoned.due_at + offset * MINUTE for offset in (-1, 0, 1)}
    assert around_due <= finished | looked_at


def test_spec_table_starts_on_each_weekday() -> None:
    for step in ("P2", "D2"):
        weekdays = {found.start.split(" ")[0] for found in ROWS if found.step == step}
        assert weekdays == {"Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"}


def test_spec_table_knows_only_the_steps_of_the_two_sops() -> None:
    assert {found.step for found in ROWS} == set(PRESCRIBED)
    assert {found.expected for found in ROWS} == set(VERDICTS.values())


def test_spec_table_names_the_targets_of_the_sop_files() -> None:
    seeded = {}
    for letter, name in (("P", "pengawalan"), ("D", "pengaduan")):
        for step in load_sop(SOPS / f"{name}.toml").steps:
            due_on = step.periodic.working_day if step.periodic else None
            seeded[f"{letter}{step.no}"] = due_on or step.target
    numbers = {
        step: int(text[-1]) if text.startswith("hari kerja ke-") else None
        for step, text in PRESCRIBED.items()
    }
    assert seeded == {step: numbers[step] or target_of(text) for step, text in PRESCRIBED.items()}


# The parser bites.

LINE = (
    "P2 | Senin 2025-07-07 10:00 | 1 hari | - | Selasa 2025-07-08 16:00 "
    "| selesai Selasa 2025-07-08 23:59 | tepat waktu"
)


def test_spec_parser_reads_a_line() -> None:
    assert parse("# heading\n\n" + LINE)[0].due_at == wib("Selasa 2025-07-08 16:00")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("Senin 2025-07-07", "Selasa 2025-07-07", "line 1: 2025-07-07 is a Senin, not a Selasa"),
        ("Selasa 2025-07-08 16:00", "Rabu 2025-07-08 16:00", "2025-07-08 is a Selasa"),
        ("Selasa 2025-07-08 23:59", "Kamis 2025-07-08 23:59", "2025-07-08 is a Selasa"),
        ("| - |", "| berangkat Senin 2025-07-08 06:00 |", "2025-07-08 is a Selasa"),
        ("| - |", "| hujan |", "no condition: hujan"),
        ("1 hari", "1 minggu", "no target: 1 minggu"),
        ("selesai", "kira-kira", "neither finished nor looked at"),
        ("tepat waktu", "lumayan", "lumayan"),
        ("| tepat waktu", "", "6 columns, not 7"),
    ],
)
def test_spec_parser_refuses_a_wrong_line(right: str, wrong: str, message: str) -> None:
    assert right in LINE
    with pytest.raises(BadRow, match=re.escape(message)):
        parse(LINE.replace(right, wrong, 1))


def test_wrong_weekdays_are_their_own_error() -> None:
    with pytest.raises(WrongWeekday):
        wib("Senin 2025-07-08 10:00")
    with pytest.raises(WrongWeekday):
        on("Senin 2025-07-08")
