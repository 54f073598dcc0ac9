"""Looking at what is confidential."""

from datetime import datetime

from sqlalchemy import Engine, select

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, locked_case
from models.commands.intake import answered, remember
from models.database import transaction
from models.errors import N_, Forbidden, Invalid, Problem
from models.tables import VaultEntry
from models.vault import Vault


def reveal_identity(
    store: Engine, *, vault: Vault, actor: Actor, token: str, now: datetime, case_id: int, reason: str
) -> dict[str, str]:
    """The case's confidential fields by key, for this actor; every look is on the trail with its reason.

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
        return {
            row["field_key"]: vault.open(
                row["sealed"], case_id=case_id, field_key=row["field_key"], key_id=row["key_id"]
            )
            for row in rows
        }
