"""One figure: what the screen shows, what the workbook holds when it is read back, and a second computation agree.

The second one is plain pandas over the tables as they lie in the database; it knows nothing of the program but the
names of columns and the labels of the SOP's file. All on more than a thousand cases, on both engines.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from sqlalchemy import func, insert, select, text, update

from dashboard import periods
from dashboard.reports import digest, semester, source
from dashboard.reports.sheets import Sheet, Workbook
from dashboard.reports.workbook import write
from dashboard.text import in_language
from models.commands.seeding import take_in
from models.database import transaction
from models.queries.reported_sop import ReportedSop
from models.queries.sops import sop_in_force
from models.sop import Sop
from models.sop_file import parse
from models.tables import Counter, DayOffRow, StepRound
from seed import calendar_file
from tests import factories
from tests.commands.thousand import prepare_thousand
from tests.conftest import ENGINES, NOW, sqlite_database
from tests.factories import BEGAN_ON, Office, office_in

PERIODS = ("2025-S2", "2026-S1", "2026-S2", "2026-02", "2025-11..2026-08")
CLOSED = "2026-S1"
AS_OF = NOW.replace(tzinfo=None)
WIB = pd.Timedelta(hours=7)
MEASURED_BY_CALENDAR = {
    "days",
    "over",
}  # working time by the calendar in force now: the sheet Keterangan says so


@pytest.fixture(scope="session")
def thousand_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the office in it, to copy from."""
    path = tmp_path_factory.mktemp("thousand") / "thousand.db"
    with sqlite_database(path) as made:
        prepare_thousand(made)
    return path


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, quick_folder: Path) -> Iterator[Office]:
    if request.param == "postgresql":
        with request.getfixturevalue("postgres").database("thousand", prepare_thousand) as made:
            yield office_in(made)
        return
    shutil.copyfile(request.getfixturevalue("thousand_file"), quick_folder / "thousand.db")
    with sqlite_database(quick_folder / "thousand.db") as made:
        yield office_in(made)


def build(office: Office, code: str, key: str, of: Sop | None = None) -> Workbook:
    months = periods.parse(key)
    assert months is not None
    with in_language("id"), office.reading() as connection:
        return semester.build(
            connection, actor=office.sekretaris, sop=of or factories.sop(code), months=months, as_of=NOW
        )


class Raw:
    """The tables of one SOP as frames: moments as naive UTC, what is JSON as dicts."""

    def __init__(self, office: Office, code: str, key: str) -> None:
        months = periods.parse(key)
        assert months is not None
        self.sop = factories.sop(code)
        self.months = months.months()
        self.first = pd.Timestamp(months.first // 100, months.first % 100, 1)
        last = pd.Timestamp(months.last // 100, months.last % 100, 1)
        self.after = last + pd.offsets.MonthBegin(1)
        with office.reading() as connection:

            def table(name: str) -> pd.DataFrame:
                statements = {
                    "case_file": text("SELECT * FROM case_file WHERE code = :code ORDER BY id"),
                    "step_round": text("SELECT * FROM step_round WHERE code = :code ORDER BY id"),
                    "journal_entry": text(
                        "SELECT * FROM journal_entry WHERE code = :code ORDER BY happened_at, id"
                    ),
                    "day_off": text("SELECT on_date FROM day_off WHERE :code = :code"),
                }
                rows = connection.execute(statements[name], {"code": code}).mappings().all()
                return _plain(pd.DataFrame([dict(row) for row in rows]))

            self.cases, self.rounds = table("case_file"), table("step_round")
            self.entries, self.days_off = table("journal_entry"), table("day_off")
        self.labels = {status.key: status.label.id for status in self.sop.statuses}

    def wib(self, column: pd.Series) -> pd.Series:
        return column + WIB

    @cached_property
    def of_report(self) -> pd.DataFrame:
        """The cases received in the period or carried into it, in the order of the register."""
        received, closed = self.wib(self.cases["received_at"]), self.wib(self.cases["closed_at"])
        inside = (received < self.after) & ~(closed < self.first)
        return self.cases[inside].sort_values(["register_year", "register_seq"])

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Counted rounds with a verdict that enters the percentage."""
        rounds = self.rounds[self.rounds["late_from"].notna()]
        rounds = rounds[rounds["counted"].astype(bool) & ~rounds["state"].isin(["void", "skipped"])]
        late = rounds["finished_at"] >= rounds["late_from"]
        in_time = (rounds["finished_at"] < rounds["late_from"]) & (rounds["state"] != "stopped")
        overdue = rounds["finished_at"].isna() & (rounds["late_from"] <= AS_OF)
        verdict = np.select([late, in_time, overdue], ["late", "on_time", "overdue"], default="")
        return rounds.assign(verdict=verdict)[verdict != ""]

    def due_here(self, rounds: pd.DataFrame) -> pd.DataFrame:
        due = self.wib(rounds["due_at"])
        return rounds[(due >= self.first) & (due < self.after)]

    def finished_here(self) -> pd.DataFrame:
        at = self.wib(self.rounds["finished_at"])
        return self.rounds[(at >= self.first) & (at < self.after)]

    def balance(self, cases: pd.DataFrame, first: pd.Timestamp, after: pd.Timestamp) -> dict[str, int]:
        received, closed = self.wib(cases["received_at"]), self.wib(cases["closed_at"])
        carried = (received < first) & ~(closed < first)
        came = (received >= first) & (received < after)
        ended = (carried | came) & (closed >= first) & (closed < after)
        row = {"carried": int(carried.sum()), "received": int(came.sum()), "sum": int((carried | came).sum())}
        for status in self.sop.statuses:
            if status.final:
                row[f"status.{status.key}"] = int((ended & (cases["status"] == status.key)).sum())
        return row | {"left": row["sum"] - int(ended.sum())}

    @cached_property
    def outcome(self) -> pd.Series:
        """The result of each case's latest review, by case."""
        reviews = self.rounds[(self.rounds["step_key"] == "review") & (self.rounds["state"] != "void")]
        latest = reviews.sort_values("id").groupby("case_id").tail(1).set_index("case_id")
        return latest["outcome"].where(latest["state"] != "skipped")

    @cached_property
    def unsafe(self) -> set[int]:
        if self.entries.empty:
            return set()
        before = self.entries[self.wib(self.entries["happened_at"]) < self.after]
        return {
            int(row["case_id"]) for row in before.to_dict("records") if row["data"]["situation"] == "unsafe"
        }

    def breakdowns(self) -> Iterator[tuple[str, pd.Series]]:
        """Title, and the name under which each case of the report falls."""
        cases = self.of_report
        if self.sop.outcomes:
            labels = {outcome.key: outcome.label.id for outcome in self.sop.outcomes}
            yield "Klasifikasi", cases["id"].map(self.outcome).map(labels).fillna("Belum diklasifikasi")
        for field in self.sop.fields:
            if field.breakdown and field.choices:
                labels = {choice.key: choice.label.id for choice in field.choices}
                values = cases["data"].map(lambda data, key=field.key: data.get(key))
                yield field.label.id, values.map(labels).fillna("Tidak diisi")
        if self.sop.code == "pengawalan":
            leaders = cases["data"].map(lambda data: data["leader"]).str.split().str.join(" ")
            spelled = pd.DataFrame({"name": leaders, "key": leaders.str.lower()}).value_counts().reset_index()
            spelled = spelled.sort_values(["count", "name"], ascending=[False, True]).drop_duplicates("key")
            yield "Pimpinan", leaders.str.lower().map(spelled.set_index("key")["name"])
            situation = cases["id"].isin(self.unsafe)
            field = next(f for f in self.sop.journal("situation_log").fields if f.key == "situation")
            said = {False: field.choice("safe").label.id, True: field.choice("unsafe").label.id}
            yield "Situasi Aman/Rawan", situation.map(said)

    def working_days(self, cases: pd.DataFrame) -> list[int | None]:
        """Mondays to Fridays without days off, after the day of receipt up to the day of closing."""
        off = pd.to_datetime(self.days_off["on_date"]).dt.date.tolist()
        one = timedelta(days=1)
        days = []
        for received, closed in zip(
            self.wib(cases["received_at"]), self.wib(cases["closed_at"]), strict=True
        ):
            if pd.isna(closed):
                days.append(None)
                continue
            begin, end = received.date() + one, closed.date() + one
            days.append(int(np.busday_count(begin, end, holidays=off)) if begin <= end else 0)
        return days


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    for name in frame.columns:
        if name.endswith(("_at", "_from")):
            frame[name] = pd.to_datetime(frame[name], format="ISO8601")
        if name == "data":
            frame[name] = frame[name].map(
                lambda value: json.loads(value) if isinstance(value, str) else value
            )
    return frame


def records(sheet: Sheet) -> list[dict[str, Any]]:
    """The frame's rows, what is empty as None."""
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in sheet.frame.to_dict("records")
    ]


def sheet_of(workbook: Workbook, name: str) -> Sheet:
    return next(sheet for sheet in workbook.sheets if sheet.name == name)


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_report_is_the_second_computation(office: Office, code: str) -> None:
    counted = 0
    for key in PERIODS:
        workbook, raw = build(office, code, key), Raw(office, code, key)
        counted += len(raw.of_report)
        _matrix_agrees(records(workbook.sheets[0]), raw)
        _recap_agrees(records(sheet_of(workbook, "Rekapitulasi")), raw)
        _compliance_agrees(records(sheet_of(workbook, "Kepatuhan SOP")), raw)
        _lateness_agrees(records(sheet_of(workbook, "Keterlambatan")), raw)
        _completeness_agrees(records(sheet_of(workbook, "Kelengkapan")), raw)
    assert counted > 600


def test_there_are_more_than_a_thousand_cases(office: Office) -> None:
    assert sum(len(Raw(office, code, CLOSED).cases) for code in ("pengaduan", "pengawalan")) > 1_000


def _matrix_agrees(found: list[dict[str, Any]], raw: Raw) -> None:
    cases = raw.of_report
    judged = raw.judged.groupby("case_id")["verdict"].agg(
        [len, lambda verdicts: (verdicts != "on_time").sum()]
    )
    kept = []
    for case_id in cases["id"]:
        n, late = judged.loc[case_id] if case_id in judged.index else (0, 0)
        kept.append(f"{late} dari {n} terlambat" if late else "Tepat waktu" if n else "-")
    expected = {
        "register_no": cases["register_no"].tolist(),
        "subject": cases["subject"].tolist(),
        "received": [moment.date() for moment in raw.wib(cases["received_at"])],
        "closed": [None if pd.isna(moment) else moment.date() for moment in raw.wib(cases["closed_at"])],
        "status": cases["status"].map(raw.labels).tolist(),
        "days": raw.working_days(cases),
        "kept": kept,
        "no": list(range(1, len(cases) + 1)),
    }
    for name, values in expected.items():
        assert [row[name] for row in found] == values, name


def _recap_agrees(found: list[dict[str, Any]], raw: Raw) -> None:
    expected = []
    for month in raw.months:
        first = pd.Timestamp(month // 100, month % 100, 1)
        if first <= AS_OF + WIB:
            with in_language("id"):
                label = periods.of_range(month, month).label()
            expected.append(
                {"label": label} | raw.balance(raw.cases, first, first + pd.offsets.MonthBegin(1))
            )
    expected.append({"label": "Seluruh periode"} | raw.balance(raw.cases, raw.first, raw.after))
    for title, names in raw.breakdowns():
        for name in set(names):
            chosen = raw.of_report[names.to_numpy() == name]
            expected.append({"label": f"{title}: {name}"} | raw.balance(chosen, raw.first, raw.after))
    by_label = {row["label"]: row for row in expected}
    assert {row["label"]: row for row in found} == by_label
    assert len(found) == len(expected)


def _compliance_agrees(found: list[dict[str, Any]], raw: Raw) -> None:
    verdicts = raw.due_here(raw.judged)
    counts = pd.crosstab(verdicts["step_key"], verdicts["verdict"]) if len(verdicts) else pd.DataFrame()
    done = raw.due_here(raw.rounds[(raw.rounds["state"] == "done") & raw.rounds["worked_minutes"].notna()])
    took = done.groupby("step_key")["worked_minutes"].agg(["mean", "median", "max"])
    *steps, whole = found
    assert [row["no"] for row in steps] == [step.no for step in raw.sop.steps]
    for row, step in zip(steps, raw.sop.steps, strict=True):
        known = counts.loc[step.key].to_dict() if step.key in counts.index else {}
        expected = {name: known.get(name, 0) for name in ("on_time", "late", "overdue")}
        n = sum(expected.values())
        if step.counted:
            assert {name: row[name] for name in expected} == expected
            assert (row["n"], row["rate"]) == (n, expected["on_time"] / n if n else None)
            assert row["with_pauses"] == row["rate"]  # no case here has a pause
        else:
            assert n == 0
            assert row["n"] is row["rate"] is None
        lengths = took.loc[step.key].tolist() if step.key in took.index else [None] * 3
        assert [row["mean"], row["median"], row["max"]] == lengths
    sums = verdicts["verdict"].value_counts()
    assert [whole[name] for name in ("on_time", "late", "overdue")] == [
        sums.get(name, 0) for name in ("on_time", "late", "overdue")
    ]
    assert (whole["n"], whole["rate"]) == (len(verdicts), sums.get("on_time", 0) / len(verdicts))
    late = raw.due_here(raw.rounds)
    assert whole["recorded_late"] == int(
        (late["counted"].astype(bool) & late["recorded_late"].astype(bool)).sum()
    )


def _lateness_agrees(found: list[dict[str, Any]], raw: Raw) -> None:
    late = raw.due_here(raw.judged)
    late = late[late["verdict"] != "on_time"].sort_values(["due_at", "id"])
    numbers = raw.cases.set_index("id")["register_no"]
    names = late["case_id"].map(numbers).fillna(late["period"])
    assert [row["number"] for row in found] == names.tolist()
    for column in ("due_at", "finished_at"):
        moments = [None if pd.isna(moment) else moment.tz_localize("UTC") for moment in late[column]]
        assert [row[column] for row in found] == moments
    assert [bool(row["reason"]) for row in found] == late["late_reason"].notna().tolist()


def _completeness_agrees(found: list[dict[str, Any]], raw: Raw) -> None:
    sums = raw.finished_here().groupby("step_key")[["outputs_due", "outputs_held"]].sum()
    sums = sums[sums["outputs_due"] > 0]
    expected = {
        raw.sop.step(str(key)).no: (row["outputs_due"], row["outputs_held"]) for key, row in sums.iterrows()
    }
    assert {row["no"]: (row["n"], row["held"]) for row in found[:-1]} == expected
    assert (found[-1]["n"], found[-1]["held"]) == tuple(sums.sum())
    assert [row["rate"] for row in found] == [row["held"] / row["n"] for row in found]


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_workbook_read_back_holds_the_very_frames(office: Office, code: str) -> None:
    workbook = build(office, code, CLOSED)
    with in_language("id"):
        book = openpyxl.load_workbook(BytesIO(write(workbook, made_at=NOW)))
    for worksheet, sheet in zip(book.worksheets, workbook.sheets, strict=True):
        titles = [column.title for column in sheet.columns]
        lines = list(worksheet.iter_rows(max_col=len(titles), values_only=True))
        header = next(n for n, line in enumerate(lines) if list(line) == titles)
        for line, row in zip(lines[header + 1 :], records(sheet), strict=False):
            expected = [_in_cell(column.kind, row[column.key]) for column in sheet.columns]
            assert list(line) == expected, sheet.name
        assert len(lines) - header > len(sheet.frame)


def _in_cell(kind: str, value: Any) -> Any:
    """What Excel holds of a value, by rules of its own."""
    if value is None:
        return "-" if kind == "percent" else None
    if kind == "moment":
        return value.to_pydatetime().replace(tzinfo=None) + timedelta(hours=7)
    if kind == "date":
        return datetime(value.year, value.month, value.day)
    if kind == "duration":
        return value / 60
    return value or (None if kind in ("text", "long_text") else value)


# Months that are over stay as they were.


def data_of(workbook: Workbook) -> dict[str, dict[str, list[Any]]]:
    """Every sheet's columns but for the sheet that explains."""
    return {
        sheet.name: {
            column.title: [_known(value) for value in sheet.frame[column.key]] for column in sheet.columns
        }
        for sheet in workbook.sheets
        if not sheet.explains
    }


def _known(value: Any) -> Any:
    return None if pd.isna(value) else value


def hash_of(workbook: Workbook) -> str:
    return digest.sha256_of(sheet for sheet in workbook.sheets if not sheet.explains)


def add_days_off(office: Office, *days: date) -> None:
    """As a decree does, or an office that is closed."""
    with transaction(office.store) as connection:
        for day in days:
            row = {"on": day, "kind": "local", "name": "Libur lokal", "decree": "x"}
            connection.execute(insert(DayOffRow).values(**row))
        connection.execute(
            update(Counter).where(Counter.name == "calendar_version").values(value=Counter.value + 1)
        )


def add_version(office: Office, code: str) -> Sop:
    """A later version with other words, other times, a further status and a further step."""
    original = factories.sop(code).source
    changed = (
        original.replace("version = 3\n", "version = 4\n", 1)
        .replace(f"effective_from = {factories.sop(code).effective_from}", "effective_from = 2026-08-01", 1)
        .replace('number = "', 'number = "99 Baru ', 1)
        .replace("upper = 7, unit", "upper = 9, unit")
        .replace("upper = 3, unit", "upper = 4, unit")
        .replace('label = { id = "Selesai"', 'label = { id = "Rampung"')
        .replace('short = { id = "', 'short = { id = "Baru ', 1)
    )
    newer = parse(changed, name="newer.toml")
    take_in(
        office.store, now=NOW, began_on=BEGAN_ON, calendar=calendar_file.load(), decrees=calendar_file.decrees(),
        sops=[newer], profile={},
    )  # fmt: skip
    with office.reading() as connection:
        assert sop_in_force(connection, code, NOW.date())[1].version == 4
    return newer


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_closed_months_stay_when_a_version_of_the_sop_comes(office: Office, code: str) -> None:
    before = build(office, code, CLOSED)
    newer = add_version(office, code)
    after = build(office, code, CLOSED, of=newer)
    assert data_of(after) == data_of(before)
    assert hash_of(after) == hash_of(before)
    assert [sheet.heading for sheet in after.sheets] == [sheet.heading for sheet in before.sheets]
    later = build(office, code, "2026-S2", of=newer)  # what it is about does change
    assert "Rampung" in [column.title for column in sheet_of(later, "Rekapitulasi").columns]
    assert "99 BARU" in " ".join(later.sheets[0].heading).upper()


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_closed_months_stay_when_next_years_calendar_comes(office: Office, code: str) -> None:
    before = build(office, code, CLOSED)
    add_days_off(office, date(2026, 12, 30), *(date(2028, 1, 1) + timedelta(days=n) for n in range(30)))
    after = build(office, code, CLOSED)
    assert data_of(after) == data_of(before)
    assert hash_of(after) == hash_of(before)


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_holiday_within_closed_months_moves_no_figure(office: Office, code: str) -> None:
    """Declared afterwards, it changes how many working days lay in between, and that alone."""
    before = build(office, code, CLOSED)
    add_days_off(office, date(2026, 3, 4), date(2026, 5, 6), date(2026, 6, 3))
    after = build(office, code, CLOSED)
    for old, new in zip(before.sheets, after.sheets, strict=True):
        if old.explains:
            continue
        stays = [column.key for column in old.columns if column.key not in MEASURED_BY_CALENDAR]
        kept_old, kept_new = (
            replace(sheet, columns=tuple(c for c in sheet.columns if c.key in stays)) for sheet in (old, new)
        )
        assert digest.sha256_of([kept_new]) == digest.sha256_of([kept_old]), old.name
    if code == "pengaduan":
        assert hash_of(after) != hash_of(before)  # or the test would not see a difference


def test_twin_read_with_the_latest_version_closed_months_move(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build(office, "pengaduan", CLOSED)
    newer = add_version(office, "pengaduan")
    monkeypatch.setattr(source, "reported_sop", lambda _, sop, **__: ReportedSop(sop, (sop,)))
    assert data_of(build(office, "pengaduan", CLOSED, of=newer)) != data_of(before)


def test_twin_one_round_moved_by_a_day_is_noticed(office: Office) -> None:
    workbook = build(office, "pengaduan", CLOSED)
    with transaction(office.store) as connection:
        r = StepRound
        wanted = select(func.min(r.id)).where(r.due_month == 202603, r.finished_at < r.late_from, r.counted)
        found = connection.execute(select(r.id, r.late_from).where(r.id == wanted.scalar_subquery())).one()
        connection.execute(
            update(r).where(r.id == found.id).values(finished_at=found.late_from, recorded_at=NOW)
        )
    raw = Raw(office, "pengaduan", CLOSED)
    with pytest.raises(AssertionError):
        _compliance_agrees(records(sheet_of(workbook, "Kepatuhan SOP")), raw)
    with pytest.raises(AssertionError):
        _lateness_agrees(records(sheet_of(workbook, "Keterlambatan")), raw)
