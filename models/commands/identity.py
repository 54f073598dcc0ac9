"""Looking at what is confidential: of one case, or for a report of many.

Decided 2026-11. A report takes the confidential fields that the SOP wants in its report and no more, of the cases that
the actor may see; one row of the trail names them all, because they leave together.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, RowMapping, select

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, locked_case
from models.commands.in_clear import refuse_text_in_clear
from models.commands.intake import answered, remember
from models.database import transaction
from models.errors import N_, Forbidden, Invalid, NotFound, Problem
from models.period import Period
from models.queries.calendar import work_calendar
from models.queries.reports import belongs
from models.queries.sight import hidden_from
from models.queries.sops import codes, sop_in_force
from models.sop import Sop
from models.tables import CaseFile, VaultEntry
from models.vault import Vault


def reveal_identity(
    store: Engine, *, vault: Vault, actor: Actor, token: str, now: datetime, case_id: int, reason: str
) -> dict[str, str]:
    """The case's confidential fields by key, for this actor; every look is on the trail with its reason.

    A reason that holds one of them is refused and nothing is shown.
    Under the token only the fact is remembered: the values never reach another table.
    """
    action = "identity.reveal"
    with transaction(store) as connection:
        _, sop = locked_case(connection, actor=actor, case_id=case_id)
        if not may(actor, Permission.VIEW_IDENTITY, sop):
            raise Forbidden
        why = given(reason, key="reason")
        rows = (
            connection.execute(select(VaultEntry.__table__).where(VaultEntry.case_id == case_id))
            .mappings()
            .all()
        )
        earlier = answered(connection, token=token, action=action, actor=actor)
        if earlier is None:
            audit.append(
                connection,
                actor=actor,
                action="identity.revealed",
                now=now,
                case_id=case_id,
                reason=why,
                details={"fields": sorted(row["field_key"] for row in rows)},
            )
            remember(
                connection, token=token, action=action, actor=actor, now=now, answer={"case_id": case_id}
            )
        elif earlier["case_id"] != case_id:  # or one look on the record would open every case
            raise Invalid({"": Problem(N_("This form is no longer valid. Open it again."))})
        found = {
            row["field_key"]: vault.open(
                row["sealed"], case_id=case_id, field_key=row["field_key"], key_id=row["key_id"]
            )
            for row in rows
        }
        refuse_text_in_clear(sop, found, why, key="reason")  # or the trail would keep it for good
        return found


def reveal_for_report(
    store: Engine,
    *,
    vault: Vault,
    actor: Actor,
    token: str,
    now: datetime,
    code: str,
    months: tuple[int, int],
    reason: str,
) -> dict[int, dict[str, str]]:
    """The confidential fields for the report of those months (yyyymm, both included), by case and field.

    Hidden cases are left out. Raises `NotFound`, `Forbidden`, `Invalid` beside "reason". Under the token only the fact
    is remembered, as with one case.
    """
    action = "identity.export"
    with transaction(store) as connection:
        sop = _reported(connection, actor, code, now)
        why = given(reason, key="reason")
        rows = _sealed(connection, actor, sop, months)
        earlier = answered(connection, token=token, action=action, actor=actor)
        if earlier is None:
            cases = list(dict.fromkeys(row["register_no"] for row in rows))
            details = {"what": "report", "sop": code, "months": list(months), "cases": cases}
            audit.append(
                connection, actor=actor, action="identity.exported", now=now, reason=why, details=details
            )
            asked = {"code": code, "months": list(months)}
            remember(connection, token=token, action=action, actor=actor, now=now, answer=asked)
        elif (earlier["code"], earlier["months"]) != (code, list(months)):
            raise Invalid({"": Problem(N_("This form is no longer valid. Open it again."))})
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        opened = vault.open(
            row["sealed"], case_id=row["case_id"], field_key=row["field_key"], key_id=row["key_id"]
        )
        found.setdefault(row["case_id"], {})[row["field_key"]] = opened
    return found


def _reported(connection: Connection, actor: Actor, code: str, now: datetime) -> Sop:
    if code not in codes(connection):
        raise NotFound
    sop = sop_in_force(connection, code, work_calendar(connection).local_date(now))[1]
    if not may(actor, Permission.VIEW_CASES, sop):
        raise NotFound
    if not (may(actor, Permission.EXPORT_IDENTITY, sop) and may(actor, Permission.VIEW_REPORTS, sop)):
        raise Forbidden
    return sop


def _sealed(connection: Connection, actor: Actor, sop: Sop, months: tuple[int, int]) -> Sequence[RowMapping]:
    """The sealed fields that the report takes, in the order of the register."""
    calendar = work_calendar(connection)
    first, last = (Period.month(month // 100, month % 100) for month in months)
    start = calendar.midnight(first.first_on)
    end = calendar.midnight(last.last_on + timedelta(days=1))
    v, c = VaultEntry, CaseFile
    wanted = [field.key for field in sop.confidential_fields if field.in_report]
    return (
        connection.execute(
            select(v.case_id, v.field_key, v.key_id, v.sealed, c.register_no)
            .join(c, c.id == v.case_id)
            .where(belongs(sop.code, start, end), v.field_key.in_(wanted), ~hidden_from(actor))
            .order_by(c.register_year, c.register_seq, v.field_key)
        )
        .mappings()
        .all()
    )
