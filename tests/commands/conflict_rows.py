"""The commands on conflicts of interest and assignments, each at work on a case of its own.

The person they are about is the second Sekretaris, the author of what is ended is the administrator.
"""

from collections.abc import Callable
from typing import Any

from models.access import Permission, Role
from models.commands import conflicts
from tests.commands.command_row import Request, Row, holders, readers
from tests.factories import RECEIVED_AT, Office, open_one, sop, token

_Command = Callable[..., dict[str, Any]]


def conflict_rows() -> list[Row]:
    """All of them."""
    declaring, assigning = holders(Permission.DECLARE_CONFLICT), holders(Permission.REASSIGN_CASE)
    return [
        *(
            Row(
                f"declare conflict {code}",
                conflicts.declare_conflict,
                lambda office, code=code: about(office, code),  # type: ignore[misc]
                declaring & readers(sop(code)),
                readers(sop(code)),
            )
            for code in ("pengaduan", "pengawalan")
        ),
        _row("lift conflict", conflicts.lift_conflict, assigning, first=conflicts.declare_conflict),
        _row("assign case", conflicts.reassign, assigning),
        _row("end assignment", conflicts.end_assignment, assigning, first=conflicts.reassign),
    ]


def about(office: Office, code: str = "pengaduan") -> Request:
    """What is said about the second Sekretaris in a new case."""
    return {
        "now": RECEIVED_AT,
        "case_id": open_one(office, code),
        "user_id": office.second.user_id,
        "reason": "keluarga terlapor",
    }


def _row(name: str, command: _Command, allowed: frozenset[Role], *, first: _Command | None = None) -> Row:
    def prepare(office: Office) -> Request:
        request = about(office)
        if first is not None:
            first(office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), **request)
        return request

    return Row(name, command, prepare, allowed & readers(sop("pengaduan")), readers(sop("pengaduan")))
