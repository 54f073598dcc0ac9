"""Issuing a report: its files are kept byte for byte, with all that they rest on.

Decided 2026-11. The files are made before and handed in here; the data version they were made from must still be the
present one when they are stored, and the revision they name the one they are stored as, so that nothing is issued
that was overtaken while it was being made. A report that was issued is never changed: what changes afterwards leads
to a revision, which has its own files and says why. Issuing ends the periodic steps of that very semester that it
fulfils (complaint SOP, steps 8 and 9), at that very moment.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, short_text, stand_in_line
from models.commands.duties import period_key
from models.commands.intake import once
from models.commands.outputs import periodic_outputs
from models.commands.steps import author, finish_columns, held_round, record, write_round
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.form_data import FIRST_YEAR, LAST_YEAR
from models.queries.calendar import work_calendar
from models.queries.sight import hidden_from
from models.queries.sops import codes, sop_in_force
from models.sop import Sop
from models.step_form import output_key
from models.tables import CaseFile, Counter, IssuedFile, IssuedReport, StepRound

LONGEST = {"number": 100, "place": 100, "signatory_title": 100, "signatory_name": 100, "signatory_id": 40}
_OVERTAKEN = Problem(N_("The figures have changed since this report was made. Look at it again."))


@dataclass(frozen=True, slots=True)
class Made:
    """A report as it was made: its files by kind with their names, the rows they show, and what they were made from."""

    files: Mapping[str, tuple[str, bytes]]  # "xlsx", "pdf" -> file name, bytes
    facts: Mapping[str, Any]
    as_of: datetime
    data_version: int
    revision: int


@dataclass(frozen=True, slots=True)
class Signed:
    """What is typed when a report is issued."""

    number: str
    place: str
    issued_on: date | None
    signatory_title: str
    signatory_name: str
    signatory_id: str


def issue_report(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    code: str,
    months: tuple[int, int],
    made: Made,
    signed: Signed,
    fulfils: Sequence[int] = (),
    reason: str = "",
) -> dict[str, Any]:
    """Keep a report as issued and end the rounds `fulfils`; returns report_id and revision.

    Raises `Forbidden`, `NotFound`, `Conflict` when the data moved since the files were made, `Invalid` by field key.
    """

    def act(connection: Connection) -> dict[str, Any]:
        sop = _sop(connection, code, actor, work_calendar(connection).local_date(made.as_of))
        _refuse_incomplete(connection, actor, code)
        columns = _checked(signed)
        stand_in_line(connection, name=f"issue:{code}")
        revision = _next_revision(connection, code, months)
        if revision != made.revision:  # somebody else has issued it since
            raise Conflict(_OVERTAKEN)
        why = given(reason, key="reason") if revision > 1 else None
        report_id = connection.execute(
            insert(IssuedReport)
            .values(
                code=code,
                first_month=months[0],
                last_month=months[1],
                revision=revision,
                as_of=made.as_of,
                rests_on=_rests_on(connection, sop),
                facts=dict(made.facts),
                reason=why,
                recorded_at=now,
                recorded_by=actor.user_id,
                **columns,
            )
            .returning(IssuedReport.id)
        ).scalar_one()
        digests = _keep_files(connection, report_id, made)
        for round_id in fulfils:
            _fulfil(
                connection, round_id, code=code, months=months, actor=actor, now=now, number=columns["number"]
            )
        details = {"report": report_id, "sop": code, "months": list(months), "revision": revision}
        audit.append(
            connection,
            actor=actor,
            action="report.issued",
            now=now,
            reason=why,
            details={**details, "number": columns["number"], "sha256": digests},
        )
        _refuse_overtaken(connection, made)
        return {"report_id": report_id, "revision": revision}

    return once(store, actor=actor, token=token, now=now, action="report.issue", act=act, alone=True)


def _sop(connection: Connection, code: str, actor: Actor, on: date) -> Sop:
    if code not in codes(connection):
        raise NotFound
    _, sop = sop_in_force(connection, code, on)
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise NotFound
    if not may(actor, Permission.ISSUE_REPORT, sop):
        raise Forbidden
    return sop


def _refuse_incomplete(connection: Connection, actor: Actor, code: str) -> None:
    """Somebody from whom a case is hidden would sign a list that lacks it."""
    hidden = select(CaseFile.id).where(CaseFile.code == code, hidden_from(actor)).limit(1)
    if connection.execute(hidden).first() is not None:
        raise Forbidden(Problem(N_("This report has to be issued by somebody else.")))


def _refuse_overtaken(connection: Connection, made: Made) -> None:
    """Asked last, and held to the end: nobody else's change is stored between the answer and the commit."""
    present = connection.execute(
        select(Counter.value).where(Counter.name == "data_version").with_for_update()
    ).scalar_one()
    if present != made.data_version:
        raise Conflict(_OVERTAKEN)


def _checked(signed: Signed) -> dict[str, Any]:
    """What was typed, as columns; every field's problem at once."""
    problems: dict[str, Problem] = {}
    columns: dict[str, Any] = {}
    for key, limit in LONGEST.items():
        typed = getattr(signed, key).strip()
        try:
            columns[key] = short_text(typed, key=key) if key == "signatory_id" else given(typed, key=key)
        except Invalid as refusal:
            problems |= refusal.problems
        if len(typed) > limit:
            params = {"limit": limit, "length": len(typed)}
            problems[key] = Problem(N_("At most {limit} characters; this has {length}."), params)
    if signed.issued_on is None:
        problems["issued_on"] = Problem(N_("This field is required."))
    elif not FIRST_YEAR <= signed.issued_on.year <= LAST_YEAR:
        years = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}  # as text, or they are written as counts
        problems["issued_on"] = Problem(N_("The year must lie between {first} and {last}."), years)
    if problems:
        raise Invalid(problems)
    return {**columns, "issued_on": signed.issued_on}


def _next_revision(connection: Connection, code: str, months: tuple[int, int]) -> int:
    last = connection.execute(
        select(func.max(IssuedReport.revision)).where(
            IssuedReport.code == code,
            IssuedReport.first_month == months[0],
            IssuedReport.last_month == months[1],
        )
    ).scalar_one()
    return (last or 0) + 1


def _rests_on(connection: Connection, sop: Sop) -> dict[str, Any]:
    calendar = connection.execute(
        select(Counter.value).where(Counter.name == "calendar_version")
    ).scalar_one()
    return {"sop_version": sop.version, "sop_sha256": sop.sha256, "calendar_version": calendar}


def _keep_files(connection: Connection, report_id: int, made: Made) -> dict[str, str]:
    digests = {}
    for kind, (filename, body) in made.files.items():
        digests[kind] = hashlib.sha256(body).hexdigest()
        connection.execute(
            insert(IssuedFile).values(
                report_id=report_id, kind=kind, filename=filename, sha256=digests[kind], body=body
            )
        )
    return digests


def _fulfil(
    connection: Connection,
    round_id: int,
    *,
    code: str,
    months: tuple[int, int],
    actor: Actor,
    now: datetime,
    number: str,
) -> None:
    """Record a periodic step of these months as finished by this report; its outputs are the report's number."""
    version = connection.execute(
        select(StepRound.version).where(StepRound.id == round_id, StepRound.state == "open")
    ).scalar_one_or_none()
    if version is None:
        raise Conflict
    held = held_round(connection, actor=actor, now=now, round_id=round_id, expected_version=version)
    if held.step.periodic is None or (held.row["code"], held.row["period"]) != (code, _period(months)):
        raise Conflict
    at = max(now.replace(second=0, microsecond=0), held.row["started_at"])
    data: dict[str, object] = {output_key(output): number for output in held.step.outputs}
    columns = finish_columns(held, data=data, outcome=None, note="", late_reason=None, finished_at=at)
    columns |= author(held, actor, now) | {"recorded_late": False} | periodic_outputs(held.step)
    write_round(connection, held, {**columns, "state": "done"}, now=now)
    record(connection, held, actor=actor, now=now, action="step.finished", happened_at=at, columns=columns)


def _period(months: tuple[int, int]) -> str | None:
    """How the rounds of these months' semester are marked; None where the months are no semester."""
    year, month = divmod(months[0], 100)
    is_semester = month in (1, 7) and months[1] == months[0] + 5
    return period_key(year, 1 if month == 1 else 2) if is_semester else None
