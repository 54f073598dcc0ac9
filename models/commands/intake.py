"""One form, one count: what every command does with the token of the form that was sent.

A form carries a token made when it was shown. The first arrival stores the command's answer under it, in the same
transaction as the change; any later arrival gets that answer back and changes nothing. So a double click, a resend
after a lost connection and a press after a crash are all counted once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from models.access import Actor
from models.audit import refuse_unwritable
from models.database import at_the_end, reading, transaction
from models.errors import N_, Invalid, PatuhError, Problem
from models.tables import Submission

_TABLE: Any = Submission.__table__
_BY_TOKEN = select(_TABLE).where(_TABLE.c.token == bindparam("shown"))
_LONGEST_TOKEN: int = _TABLE.c.token.type.length
_REMEMBER = insert(_TABLE)
_REMEMBER_IF_NEW = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(),
}


def answered(connection: Connection, *, token: str, action: str, actor: Actor) -> dict[str, Any] | None:
    """The answer given to this form before, or None when it is new.

    On PostgreSQL the same form arriving twice at once waits here, so that the second sees the first's answer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:token, 1))"), {"token": token}
        )
    return _earlier(connection, token=token, action=action, actor=actor)


def _earlier(connection: Connection, *, token: str, action: str, actor: Actor) -> dict[str, Any] | None:
    row = connection.execute(_BY_TOKEN, {"shown": token}).one_or_none()
    if row is None:
        return None
    if (row.user_id, row.action) != (actor.user_id, action):
        raise Invalid({"": Problem(N_("This form is no longer valid. Open it again."))})
    return dict(row.answer)


def remember(
    connection: Connection, *, token: str, action: str, actor: Actor, now: datetime, answer: Mapping[str, Any]
) -> dict[str, Any]:
    """Store `answer` under the form's token and give it back."""
    connection.execute(_REMEMBER, _row(token, action, actor, now, answer))
    return dict(answer)


def _row(token: str, action: str, actor: Actor, now: datetime, answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "token": token,
        "action": action,
        "user_id": actor.user_id,
        "recorded_at": now,
        "answer": dict(answer),
    }


def _refuse_unwritable(token: str) -> None:
    """What would be refused only at the end, and then for everybody who shares the transaction."""
    refuse_unwritable(token)
    if len(token) > _LONGEST_TOKEN:
        raise ValueError("a form's token is too long")


def _remember_all(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(_REMEMBER_IF_NEW[connection.dialect.name], rows)


def once(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    action: str,
    act: Callable[[Connection], Mapping[str, Any]],
    alone: bool = False,
    shown: bool = False,
) -> dict[str, Any]:
    """Run `act` in one transaction for this form and remember its answer; give the earlier answer if there is one.

    What takes long is done `alone`, see `transaction`. `shown` is for an act that compares the version that was shown,
    which a second arrival finds changed (any other act would be done twice): only who is refused looks for an earlier
    answer then, so that the first need not, and the answer is written right before the commit.
    """
    form: dict[str, Any] = {"token": token, "action": action, "actor": actor}
    try:
        with transaction(store, alone=alone) as connection:
            if not shown and (earlier := answered(connection, **form)) is not None:
                return earlier
            answer = dict(act(connection))
            if not shown:
                return remember(connection, **form, now=now, answer=answer)
            _refuse_unwritable(token)
            at_the_end(connection, _remember_all, _row(token, action, actor, now, answer))
            return answer
    except (PatuhError, IntegrityError):
        if not shown:
            raise
        with reading(store) as connection:
            earlier = _earlier(connection, **form)
        if earlier is None:
            raise
        return earlier
