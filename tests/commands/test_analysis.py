"""What Kepatuhan reads, against a recount in plain Python on a busy year: lists, durations, records, order, outlook."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import RowMapping

from models.access import Role
from models.commands.conflicts import declare_conflict, reassign
from models.errors import Forbidden
from models.queries.behind import KINDS, NO_REASON, NOT_IN_TIME, Behind, late_reasons, rounds_behind
from models.queries.compliance import step_counts
from models.queries.open_cases import open_by_month
from models.queries.outlook import coming
from models.queries.record_keeping import by_record, left_order
from models.queries.spread import spread, where_time_goes
from tests.commands import recount
from tests.conftest import NOW
from tests.factories import Office, open_one, sop, token
from tests.moments import shipped_calendar, wib

pytestmark = pytest.mark.xdist_group("busy_year")

CODES = ("pengaduan", "pengawalan")
MONTHS = (202608, 202611)
START, END = wib("Sabtu 2026-08-01 00:00"), wib("Selasa 2026-12-01 00:00")
ASKED = Behind(MONTHS, START, END)


def of_code(office: Office, code: str) -> list[RowMapping]:
    return [one for one in recount.read(office).rounds if one["code"] == code]


def due_within(one: RowMapping) -> bool:
    return one["due_month"] is not None and MONTHS[0] <= one["due_month"] <= MONTHS[1]


def within(at: datetime | None) -> bool:
    return at is not None and START <= at < END


def is_listed(one: RowMapping, kind: str, ended: frozenset[int] = frozenset()) -> bool:
    """The definition of each kind, once more."""
    due = due_within(one)
    left = ("returned", "skipped", "out_of_order")
    if kind == "left_order":
        return any(is_listed(one, other, ended) for other in left)
    return bool(
        {
            "due": due and one["counted"] and one["state"] != "void",
            "recorded_late": due and one["counted"] and one["recorded_late"],
            "returned": one["state"] == "returned" and within(one["finished_at"]),
            "skipped": one["state"] == "skipped" and within(one["recorded_at"]),
            "out_of_order": one["begun_at"]
            and one["begun_at"] < one["started_at"]
            and within(one["begun_at"]),
            "finished": one["state"] == "done"
            and (due or (one["due_month"] is None and within(one["finished_at"]))),
            "open": one["state"] == "open" and one["counted"],
            "ended": one["case_id"] in ended and one["worked_minutes"] is not None,
            "lacking": within(one["finished_at"]) and (one["outputs_held"] or 0) < (one["outputs_due"] or 0),
        }[kind]
    )


def listed(office: Office, code: str, asked: Behind) -> list[int]:
    with office.reading() as connection:
        rows, total = rounds_behind(
            connection, actor=office.sekretaris, sop=sop(code), asked=asked, as_of=NOW, limit=10_000
        )
    assert total == len(rows)
    return sorted(row.round_id for row in rows)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", CODES)
def test_list_holds_the_rounds_of_its_kind(busy: Office, code: str, kind: Any) -> None:
    ended = frozenset(case["id"] for case in recount.read(busy).cases if within(case["closed_at"]))
    expected = sorted(one["id"] for one in of_code(busy, code) if is_listed(one, kind, ended))
    assert listed(busy, code, Behind(MONTHS, START, END, kind)) == expected
    assert expected or kind in ("out_of_order", "skipped"), "nothing to compare"


@pytest.mark.parametrize("code", CODES)
def test_lists_are_as_long_as_the_figures_say(busy: Office, code: str) -> None:
    with busy.reading() as connection:
        counts = step_counts(connection, actor=busy.sekretaris, sop=sop(code), months=MONTHS, as_of=NOW)
    for verdict in ("on_time", "late", "overdue", "at_risk", "running"):
        for step in {one.step_key for one in counts}:
            figure = sum(getattr(one, verdict) for one in counts if one.step_key == step)
            asked = Behind(MONTHS, START, END, step=step, verdict=verdict)
            assert len(listed(busy, code, asked)) == figure, (step, verdict)


def test_pages_of_a_list_follow_one_another(busy: Office) -> None:
    whole = listed(busy, "pengaduan", ASKED)
    found: list[int] = []
    with busy.reading() as connection:
        for offset in range(0, len(whole), 7):
            rows, total = rounds_behind(
                connection,
                actor=busy.sekretaris,
                sop=sop("pengaduan"),
                asked=ASKED,
                as_of=NOW,
                limit=7,
                offset=offset,
            )
            assert total == len(whole)
            found += [row.round_id for row in rows]
    assert len(found) == len(set(found))
    assert sorted(found) == whole


def test_hidden_case_is_counted_and_not_listed(busy: Office) -> None:
    case_id = next(one["case_id"] for one in of_code(busy, "pengaduan") if is_listed(one, "due"))
    hukum = busy.actors[Role.SUB_BAGIAN_HUKUM]
    declare_conflict(
        busy.store,
        actor=busy.sekretaris,
        token=token(),
        now=NOW,
        case_id=case_id,
        user_id=hukum.user_id,
        reason="disebut",
    )
    with busy.reading() as connection:
        asked: dict[str, Any] = {"sop": sop("pengaduan"), "asked": ASKED, "as_of": NOW, "limit": 10_000}
        theirs, total = rounds_behind(connection, actor=hukum, **asked)
        whole, everything = rounds_behind(connection, actor=busy.sekretaris, **asked)
    assert (len(theirs), len(whole)) == (total, everything)
    assert total < everything
    assert {row.case_id for row in whole} - {row.case_id for row in theirs} == {case_id}


def test_list_of_a_day_and_of_no_reason(busy: Office) -> None:
    day = wib("Senin 2026-11-09 00:00")
    found = listed(
        busy, "pengaduan", Behind(MONTHS, START, END, due_from=day, due_until=day + timedelta(days=1))
    )
    rows = [one for one in of_code(busy, "pengaduan") if is_listed(one, "due")]
    assert found == sorted(one["id"] for one in rows if day <= one["due_at"] < day + timedelta(days=1))
    assert found
    silent = listed(busy, "pengaduan", Behind(MONTHS, START, END, verdict="late", late_reason=NO_REASON))
    late = [one for one in rows if recount.verdict_of(one, NOW) == "late"]
    assert silent == sorted(one["id"] for one in late if one["late_reason"] is None)


@pytest.mark.parametrize("code", CODES)
def test_reasons_are_counted(busy: Office, code: str) -> None:
    late = Behind(MONTHS, START, END, verdict=NOT_IN_TIME)
    with busy.reading() as connection:
        found = late_reasons(connection, actor=busy.sekretaris, sop=sop(code), asked=late, as_of=NOW)
    expected = Counter(
        one["late_reason"] or ""
        for one in of_code(busy, code)
        if is_listed(one, "due") and recount.verdict_of(one, NOW) in ("late", "overdue")
    )
    assert found == expected


@pytest.mark.parametrize("code", CODES)
def test_durations_are_those_of_the_finished_rounds(busy: Office, code: str) -> None:
    asked = Behind(MONTHS, START, END, "finished")
    with busy.reading() as connection:
        found = spread(connection, actor=busy.sekretaris, sop=sop(code), asked=asked, as_of=NOW)
    expected = Counter(
        (one["step_key"], one["executor"], one["worked_minutes"])
        for one in of_code(busy, code)
        if is_listed(one, "finished") and one["worked_minutes"] is not None
    )
    assert {(one.step_key, one.executor, one.minutes): one.count for one in found} == expected


@pytest.mark.parametrize("code", CODES)
def test_time_of_a_case_is_that_of_its_rounds(busy: Office, code: str) -> None:
    with busy.reading() as connection:
        cases, shares = where_time_goes(
            connection, actor=busy.sekretaris, sop=sop(code), asked=ASKED, as_of=NOW
        )
    ended = {
        case["id"] for case in recount.read(busy).cases if case["code"] == code and within(case["closed_at"])
    }
    expected: Counter[str] = Counter()
    for one in of_code(busy, code):
        if one["case_id"] in ended and one["worked_minutes"] is not None:
            expected[one["step_key"]] += one["worked_minutes"]
    assert cases == len(ended) > 0
    assert {one.step_key: one.minutes for one in shares} == expected


@pytest.mark.parametrize("code", CODES)
def test_by_record_judges_by_when_it_was_entered(busy: Office, code: str) -> None:
    with busy.reading() as connection:
        found = by_record(connection, actor=busy.sekretaris, sop=sop(code), asked=ASKED, as_of=NOW)
    rows = [one for one in of_code(busy, code) if is_listed(one, "due")]
    for one in found:
        own = [row for row in rows if row["step_key"] == one.step_key]
        verdicts = Counter(recount.verdict_of(row, NOW) for row in own)
        assert (one.on_time, one.n) == (
            verdicts["on_time"], verdicts["on_time"] + verdicts["late"] + verdicts["overdue"]
        )  # fmt: skip
        assert one.recorded_in_time == sum(
            recount.verdict_of(row, NOW) == "on_time" and row["recorded_at"] < row["late_from"] for row in own
        )
    assert any(one.recorded_in_time < one.on_time for one in found)  # something was written down afterwards


@pytest.mark.parametrize("code", CODES)
def test_what_left_the_order_is_counted_by_step(busy: Office, code: str) -> None:
    with busy.reading() as connection:
        found = left_order(connection, actor=busy.sekretaris, sop=sop(code), asked=ASKED, as_of=NOW)
    for kind, counts in found.items():
        assert counts == Counter(one["step_key"] for one in of_code(busy, code) if is_listed(one, kind))


def test_coming_names_the_people_it_lies_with(office: Office) -> None:
    first = open_one(office, "pengaduan", received_at=wib("Jumat 2026-11-20 08:50"))
    second = open_one(office, "pengaduan", received_at=wib("Jumat 2026-11-20 08:55"))
    desk, ketua = office.actors[Role.DESK_PELAYANAN], office.actors[Role.PIMPINAN]
    reassign(
        office.store,
        actor=ketua,
        token=token(),
        now=NOW,
        case_id=second,
        user_id=office.actors[Role.SUB_BAGIAN_HUKUM].user_id,
        reason="benturan",
    )
    with office.reading() as connection:
        found = coming(
            connection,
            actor=office.sekretaris,
            sop=sop("pengaduan"),
            as_of=NOW,
            until=NOW + timedelta(days=1),
        )
    assert {one.step.case_id: one.people for one in found} == {
        first: (desk.name,),
        second: (f"Akun {Role.SUB_BAGIAN_HUKUM}",),
    }
    assert [one.step.due_at for one in found] == sorted(one.step.due_at for one in found if one.step.due_at)


@pytest.mark.parametrize("code", CODES)
def test_open_cases_at_the_end_of_each_month(busy: Office, code: str) -> None:
    months, calendar = [202608, 202609, 202610, 202611, 202612], shipped_calendar()
    with busy.reading() as connection:
        found = open_by_month(
            connection, actor=busy.sekretaris, sop=sop(code), months=months, calendar=calendar, as_of=NOW
        )
    ends = [
        wib("Selasa 2026-09-01 00:00"),
        wib("Kamis 2026-10-01 00:00"),
        wib("Minggu 2026-11-01 00:00"),
        NOW,
    ]
    cases = [case for case in recount.read(busy).cases if case["code"] == code]
    assert found == [
        sum(
            case["received_at"] <= end and (case["closed_at"] is None or case["closed_at"] > end)
            for case in cases
        )
        for end in ends
    ]


def test_figures_of_a_sop_are_for_its_readers(busy: Office) -> None:
    jagat = busy.actors[Role.JAGAT_SAKSANA]
    asked: dict[str, Any] = {"actor": jagat, "sop": sop("pengaduan"), "as_of": NOW}
    with busy.reading() as connection:
        for query in (rounds_behind, late_reasons, spread, where_time_goes, by_record, left_order):
            with pytest.raises(Forbidden):
                query(connection, asked=ASKED, **asked)  # type: ignore[operator]
        with pytest.raises(Forbidden):
            coming(connection, until=NOW, **asked)
        with pytest.raises(Forbidden):
            open_by_month(connection, months=[202611], calendar=shipped_calendar(), **asked)
