"""Opening and editing cases.

Decisions (2026-11): register numbers are drawn inside the transaction that stores the case, so an error leaves no gap
and two people never get the same one. A changed journey or moment of receipt moves the clocks of open steps, because
their start or end was held wrongly; finished steps keep theirs. A number once given stays, also when the moment of
receipt is put right across a month.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from models import audit
from models.access import Actor, Permission, may
from models.commands.case_form import case_columns, clean_edit, forget_unasked, opened, seal
from models.commands.case_rounds import rounds_of
from models.commands.checks import given, locked_case, next_seq, refuse_future
from models.commands.clocks import (
    CaseClock,
    advance,
    case_clock,
    insert_round,
    measured_steps,
    month_of,
    move_open_clocks,
)
from models.commands.in_clear import refuse_in_clear
from models.commands.intake import answered, remember
from models.commands.rounds import revise
from models.database import transaction
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.form_data import clean
from models.journey import short_notice
from models.queries.calendar import work_calendar
from models.queries.sops import codes, sop_in_force
from models.sop import Sop, register_number
from models.tables import CaseFile, StepRound
from models.vault import Vault
from models.work_calendar import WorkCalendar


def open_case(
    store: Engine,
    *,
    vault: Vault,
    actor: Actor,
    token: str,
    now: datetime,
    code: str,
    received_at: datetime,
    data: Mapping[str, object],
) -> dict[str, Any]:
    """Register a case of the SOP `code` and start its first clocks.

    Returns case_id, register_no, status and `opened` (step keys). Raises `Forbidden`, `NotFound` (no such SOP on the
    day of receipt), or `Invalid` by field key ("received_at" for the moment of receipt).
    """
    received_at = received_at.replace(second=0, microsecond=0)
    with transaction(store) as connection:
        if (earlier := answered(connection, token=token, action="case.open", actor=actor)) is not None:
            return earlier
        calendar = work_calendar(connection)
        on = calendar.local_date(received_at)
        version_id, sop = _sop_for(connection, code, on)
        if not may(actor, Permission.OPEN_CASE, sop):
            raise Forbidden
        refuse_future(received_at, now=now, key="received_at")
        cleaned = clean(sop.fields, data)
        refuse_in_clear(sop, cleaned)
        seq = next_seq(connection, f"register:{code}:{on.year}")
        number = register_number(sop, seq=seq, received_on=on)
        columns = {
            **case_columns(sop, cleaned, register_no=number),
            "sop_version_id": version_id,
            "code": code,
            "register_no": number,
            "register_year": on.year,
            "register_seq": seq,
            "received_at": received_at,
            "recorded_at": now,
            "recorded_by": actor.user_id,
        }
        columns |= _derived(sop, columns, calendar)
        first_status = sop.case_steps[0].status
        case_id = connection.execute(
            insert(CaseFile).values(**columns, status=first_status).returning(CaseFile.id)
        ).scalar_one()
        sealed = seal(connection, vault, case_id=case_id, sop=sop, cleaned=cleaned)
        audit.append(
            connection,
            actor=actor,
            action="case.opened",
            now=now,
            case_id=case_id,
            happened_at=received_at,
            details={
                "register_no": number,
                "data": columns["data"],
                "confidential": sealed,
                "sop": [code, sop.version],
            },
        )
        row = connection.execute(select(CaseFile.__table__).where(CaseFile.id == case_id)).mappings().one()
        clock = case_clock(connection, case=row, sop=sop, actor=actor, now=now)
        _do_automatic_steps(clock)
        answer = {"case_id": case_id, "register_no": number, **advance(clock)}
        return remember(connection, token=token, action="case.open", actor=actor, now=now, answer=answer)


def _sop_for(connection: Connection, code: str, on: date) -> tuple[int, Sop]:
    """The version in force on the day of receipt; `Invalid` beside the moment when there was none yet."""
    if code not in codes(connection):
        raise NotFound
    try:
        return sop_in_force(connection, code, on)
    except NotFound:
        problem = Problem(N_("On {on} this SOP was not in force yet."), {"on": on})
        raise Invalid({"received_at": problem}) from None


def _derived(sop: Sop, columns: Mapping[str, Any], calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "received_month": month_of(columns["received_at"], calendar),
        "short_notice": short_notice(
            received_at=columns["received_at"],
            departs_at=columns["departs_at"],
            targets=[step.target for step in sop.case_steps if step.before_departure],
            calendar=calendar,
        ),
    }


def _do_automatic_steps(clock: CaseClock) -> None:
    for step in clock.sop.first_steps:
        if step.automatic:
            insert_round(
                clock,
                step,
                state="done",
                started_at=clock.received_at,
                finished_at=clock.received_at,
                worked_minutes=0,
                recorded_at=clock.now,
                recorded_by=clock.actor.user_id,
            )


def edit_case(
    store: Engine,
    *,
    vault: Vault,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    expected_version: int,
    received_at: datetime,
    data: Mapping[str, object],
    reason: str,
) -> dict[str, Any]:
    """Change a case's own data; the old values stay in the trail, together with the reason.

    Confidential fields that are empty in `data` keep their sealed value, unless the form no longer asks for them.
    Raises `Conflict` with the data that stand now when the case was changed since it was shown.
    """
    received_at = received_at.replace(second=0, microsecond=0)
    with transaction(store) as connection:
        if (earlier := answered(connection, token=token, action="case.edit", actor=actor)) is not None:
            return earlier
        case, sop = locked_case(connection, actor=actor, case_id=case_id)
        if not may(actor, Permission.EDIT_CASE, sop):
            raise Forbidden
        if case["version"] != expected_version:
            raise Conflict(current={"version": case["version"], "data": case["data"]})
        if case["closed_at"] is not None:
            raise Invalid({"": Problem(N_("The case is closed."))})
        refuse_future(received_at, now=now, key="received_at")
        why = given(reason, key="reason")
        clock = case_clock(connection, case=case, sop=sop, actor=actor, now=now)
        _refuse_after_first_finish(clock, received_at)
        cleaned = clean_edit(connection, sop=sop, case_id=case_id, data=data)
        refuse_in_clear(sop, cleaned, held=opened(connection, vault, case_id=case_id))
        columns = {**case_columns(sop, cleaned, register_no=case["register_no"]), "received_at": received_at}
        columns |= _derived(sop, columns, clock.calendar)
        sealed = seal(connection, vault, case_id=case_id, sop=sop, cleaned=cleaned)
        forgotten = forget_unasked(connection, sop=sop, case_id=case_id, cleaned=cleaned)
        changed = connection.execute(
            update(CaseFile)
            .where(CaseFile.id == case_id, CaseFile.version == expected_version)
            .values(**columns, version=CaseFile.version + 1)
        )
        if changed.rowcount != 1:
            raise Conflict
        vault_acts = {"confidential": sealed, "forgotten": forgotten}
        _record_edit(clock, before=case, columns=columns, vault_acts=vault_acts, reason=why)
        _move_clocks(clock, before=case, reason=why)
        answer = {"case_id": case_id, "version": expected_version + 1}
        return remember(connection, token=token, action="case.edit", actor=actor, now=now, answer=answer)


def _refuse_after_first_finish(clock: CaseClock, received_at: datetime) -> None:
    first = [step.key for step in clock.sop.case_steps if not step.automatic]
    finished_at = clock.connection.execute(
        select(func.min(StepRound.finished_at)).where(
            StepRound.case_id == clock.case_id, StepRound.step_key.in_(first)
        )
    ).scalar_one()
    if finished_at is not None and received_at > finished_at:
        params = {"received": received_at, "finished": finished_at}
        problem = Problem(N_("Received {received}, after the first step was finished ({finished})."), params)
        raise Invalid({"received_at": problem})


def _record_edit(
    clock: CaseClock,
    *,
    before: RowMapping,
    columns: Mapping[str, Any],
    vault_acts: Mapping[str, list[str]],
    reason: str,
) -> None:
    moments = ("received_at", "departs_at", "returns_at")
    audit.append(
        clock.connection,
        actor=clock.actor,
        action="case.edited",
        now=clock.now,
        case_id=clock.case_id,
        reason=reason,
        details={
            "data": [before["data"], columns["data"]],
            **{key: fields for key, fields in vault_acts.items() if fields},
            **{key: [before[key], columns[key]] for key in moments if before[key] != columns[key]},
        },
    )


def _move_clocks(clock: CaseClock, *, before: RowMapping, reason: str) -> None:
    connection = clock.connection
    row = connection.execute(select(CaseFile.__table__).where(CaseFile.id == clock.case_id)).mappings().one()
    moved = case_clock(connection, case=row, sop=clock.sop, actor=clock.actor, now=clock.now)
    starts = {}
    if before["received_at"] != moved.received_at:
        automatic = {step.key for step in clock.sop.first_steps if step.automatic}
        revise(
            connection,
            StepRound.case_id == clock.case_id,
            StepRound.step_key.in_(automatic),
            now=clock.now,
            touch=False,
            started_at=moved.received_at,
            finished_at=moved.received_at,
        )
        first = [step for step in clock.sop.case_steps if set(step.after) <= automatic]
        starts = {step.key: (before["received_at"], moved.received_at) for step in first}
    journey_moved = (before["departs_at"], before["returns_at"]) != (moved.departs_at, moved.returns_at)
    move_open_clocks(
        moved,
        reason=reason,
        starts=starts,
        journey_moved=journey_moved,
        measured_before=measured_steps(clock),
    )
    connection.execute(
        update(CaseFile)
        .where(CaseFile.id == clock.case_id)
        .values(next_due_at=rounds_of(connection, clock.case_id).earliest_due())
    )
