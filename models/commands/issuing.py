"""Issuing a report: its files are kept byte for byte, with all that they rest on.

Decided 2026-11. The files are made before and handed in here; the data version they were made from must still be the
present one, so that nothing is issued that was overtaken while it was being made. A report that was issued is never
changed: what changes afterwards leads to a revision, which has its own files and says why. Issuing ends the periodic
steps that it fulfils (complaint SOP, steps 8 and 9), at that very moment.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, stand_in_line
from models.commands.intake import once
from models.commands.outputs import periodic_outputs
from models.commands.steps import author, finish_columns, held_round, record, write_round
from models.database import data_version
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.queries.sight import hidden_from
from models.queries.sops import codes, sop_in_force
from models.sop import Sop
from models.step_form import output_key
from models.tables import CaseFile, Counter, IssuedFile, IssuedReport, StepRound

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Made:
    """A report as it was made: its files by kind with their names, the rows they show, and what they were made from."""

    files: Mapping[str, tuple[str, bytes]]  # "xlsx", "pdf" -> file name, bytes
    facts: Mapping[str, Any]
    as_of: datetime
    data_version: int


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
        sop = _sop(connection, code, actor, made.as_of.date())
        _refuse_incomplete(connection, actor, code)
        if data_version(connection) != made.data_version:
            raise Conflict(
                Problem(N_("The figures have changed since this report was made. Look at it again."))
            )
        columns = _checked(signed)
        stand_in_line(connection, name=f"issue:{code}")
        revision = _next_revision(connection, code, months)
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
            _fulfil(connection, round_id, actor=actor, now=now, number=columns["number"])
        details = {"report": report_id, "sop": code, "months": list(months), "revision": revision}
        audit.append(
            connection,
            actor=actor,
            action="report.issued",
            now=now,
            reason=why,
            details={**details, "number": columns["number"], "sha256": digests},
        )
        return {"report_id": report_id, "revision": revision}

    return once(store, actor=actor, token=token, now=now, action="report.issue", act=act)


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


def _checked(signed: Signed) -> dict[str, Any]:
    """What was typed, as columns; every field's problem at once."""
    problems: dict[str, Problem] = {}
    columns: dict[str, Any] = {}
    for key in ("number", "place", "signatory_title", "signatory_name"):
        try:
            columns[key] = given(getattr(signed, key), key=key)
        except Invalid as refusal:
            problems |= refusal.problems
    columns["signatory_id"] = signed.signatory_id.strip()
    for key, value in columns.items():
        if len(value) > LONGEST:
            params = {"limit": LONGEST, "length": len(value)}
            problems[key] = Problem(N_("At most {limit} characters; this has {length}."), params)
    if signed.issued_on is None:
        problems["issued_on"] = Problem(N_("This field is required."))
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


def _fulfil(connection: Connection, round_id: int, *, actor: Actor, now: datetime, number: str) -> None:
    """Record a periodic step as finished by this report; its outputs are the report's number."""
    version = connection.execute(
        select(StepRound.version).where(StepRound.id == round_id, StepRound.state == "open")
    ).scalar_one_or_none()
    if version is None:
        raise Conflict
    held = held_round(connection, actor=actor, now=now, round_id=round_id, expected_version=version)
    if held.step.periodic is None:
        raise Conflict
    at = max(now.replace(second=0, microsecond=0), held.row["started_at"])
    data: dict[str, object] = {output_key(output): number for output in held.step.outputs}
    columns = finish_columns(held, data=data, outcome=None, note="", late_reason=None, finished_at=at)
    columns |= author(held, actor, now) | {"recorded_late": False} | periodic_outputs(held.step)
    write_round(connection, held, {**columns, "state": "done"})
    record(connection, held, actor=actor, now=now, action="step.finished", happened_at=at, columns=columns)
