"""Checks that several commands share: the case and who may see it, moments, reasons, register numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, text

from models.access import Actor
from models.commands.case_rounds import OF_CASE, CaseRounds
from models.commands.rounds import ROUND
from models.errors import N_, Invalid, NotFound, Problem
from models.form_data import FIRST_YEAR, LAST_YEAR
from models.queries.calendar import STANDS, work_calendar
from models.queries.outputs import ANY_KEPT
from models.queries.sight import ASSIGNED, HIDDEN, require_sight
from models.queries.sops import JOINED, joined_sop, sop_version
from models.sop import Sop
from models.tables import CaseFile, SopVersion
from models.work_calendar import WorkCalendar

FUTURE_ALLOWED = timedelta(minutes=5)  # clocks of office computers differ; rules of time, 4
LONGEST_REASON = 2000
_CASE: Any = CaseFile.__table__
_HELD = select(_CASE).where(_CASE.c.id == bindparam("of_case")).with_for_update()
_WHOSE = select(ROUND.c.case_id).where(ROUND.c.id == bindparam("of_round")).scalar_subquery()
_OF_CLOCK = ("id", "sop_version_id", "code", "received_at", "departs_at", "returns_at", "data")
_HELD_OF_ROUND = (  # what its clock needs, and its SOP
    select(*(_CASE.c[name] for name in _OF_CLOCK), JOINED)
    .join(SopVersion, SopVersion.id == _CASE.c.sop_version_id)
    .where(_CASE.c.id == _WHOSE)
    .with_for_update(of=_CASE)
)
_BESIDE = (
    HIDDEN.label("hidden"),
    ASSIGNED.label("assigned"),
    STANDS.scalar_subquery().label("calendar"),
    ANY_KEPT.label("any_kept"),
)
_OF_ROUND = (  # what is asked of a round that is held, or shown of it to whoever was slower: a column costs its time
    "id", "case_id", "step_key", "round_no", "state", "started_at", "begun_at", "finished_at", "due_at",
    "outcome", "data", "note", "reason", "late_reason", "worked_minutes", "recorded_late", "outputs_due",
    "outputs_held", "version",
)  # fmt: skip
_ROUNDS = (
    select(*(ROUND.c[name] for name in _OF_ROUND), *_BESIDE)
    .where(OF_CASE)
    .order_by(ROUND.c.round_no, ROUND.c.id)
)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case that is held against other writers, and what was read once it was held."""

    row: RowMapping
    sop: Sop
    rounds: CaseRounds
    calendar: WorkCalendar
    assigned: bool  # to the actor


def locked_case(connection: Connection, *, actor: Actor, case_id: int) -> tuple[RowMapping, Sop]:
    """The case's row, held against other writers, and its SOP; `NotFound` also where the actor may not see it."""
    case = connection.execute(_HELD, {"of_case": case_id}).mappings().one_or_none()
    if case is None:
        raise NotFound
    sop = sop_version(connection, case["sop_version_id"])
    require_sight(connection, actor=actor, sop=sop, case_id=case_id)
    return case, sop


def case_of_round(connection: Connection, *, actor: Actor, round_id: int) -> HeldCase | None:
    """The round's case as `locked_case` gives it, with all of its rounds; None where the round has no case."""
    case = connection.execute(_HELD_OF_ROUND, {"of_round": round_id}).mappings().one_or_none()
    if case is None:
        return None
    sop = joined_sop(connection, case)
    asked = {"of_case": case["id"], "of_user": actor.user_id}
    found = connection.execute(_ROUNDS, asked)
    names = found.keys()
    rows = [dict(zip(names, row, strict=True)) for row in found]
    beside = rows[0]
    require_sight(connection, actor=actor, sop=sop, case_id=case["id"], hidden=beside["hidden"])
    calendar = work_calendar(connection, version=beside["calendar"])
    return HeldCase(case, sop, CaseRounds(rows, any_kept=beside["any_kept"]), calendar, beside["assigned"])


def refuse_future(at: datetime, *, now: datetime, key: str) -> None:
    """Refuse a moment more than five minutes ahead, naming both times beside `key`, or in an impossible year."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        problem = Problem(
            N_("The year must lie between {first} and {last}."), {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
        raise Invalid({key: problem})
    if at > now + FUTURE_ALLOWED:
        problem = Problem(N_("{at} lies in the future; it is now {now}."), {"at": at, "now": now})
        raise Invalid({key: problem})


def given(typed: str, *, key: str) -> str:
    """The text without outer blanks; `Invalid` beside `key` when it is empty, over-long or cannot be shown."""
    stripped = typed.strip()
    if not stripped:
        raise Invalid({key: Problem(N_("This field is required."))})
    return short_text(stripped, key=key)


def short_text(typed: str, *, key: str) -> str:
    """The text as typed, empty allowed; `Invalid` when it is over-long or holds control characters."""
    if len(typed) > LONGEST_REASON:
        params = {"limit": LONGEST_REASON, "length": len(typed)}
        raise Invalid({key: Problem(N_("At most {limit} characters; this has {length}."), params)})
    if any((ord(sign) < 32 and sign not in "\n\t\r") or 0xD800 <= ord(sign) <= 0xDFFF for sign in typed):
        raise Invalid({key: Problem(N_("Contains characters that cannot be shown."))})
    return typed


def stand_in_line(connection: Connection, *, name: str) -> None:
    """Let one transaction of that name through at a time; on SQLite every writer stands in line anyway."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 2))")
        connection.execute(statement, {"name": name})


def next_seq(connection: Connection, name: str) -> int:
    """The next number of a counter, held until this transaction ends: an error gives the number back."""
    statement = text(
        "INSERT INTO counter (name, value) VALUES (:name, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
    )
    return int(connection.execute(statement, {"name": name}).scalar_one())
