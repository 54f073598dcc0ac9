"""An office to test in: everything the program ships, an account for each role, and ways to a case at a given step.

All through the commands, but for the accounts: their password hash is a cheap one, because a true one takes a tenth of
a second.
Times are written as in `tests.moments`. Unless told otherwise every step is finished half an hour after it began, by
the Sekretaris, and recorded at that very moment.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, RowMapping, insert, select

from models.access import Actor, Role
from models.commands.cases import open_case
from models.commands.steps import finish_step
from models.database import reading, transaction
from models.migrate import migrate
from models.queries.case_file import case_view
from models.sop import Sop
from models.tables import AuditEntry, CaseFile, StepRound, User, UserRole
from models.vault import Vault
from seed import shipped
from tests.moments import wib

PASSWORD = "perahu-kertas-hijau-41"
BEGAN_ON = date(2026, 9, 1)
TAKEN_IN_AT = wib("Selasa 2026-09-01 08:00")
RECEIVED_AT = wib("Senin 2026-11-09 08:00")
HALF_AN_HOUR = timedelta(minutes=30)
VAULT = Vault("A" * 43 + "=")
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

_numbers = count(1)


def token() -> str:
    """A form's token as no other form has it."""
    return f"form-{next(_numbers)}"


@dataclass(frozen=True, slots=True)
class Office:
    """A database with one account for each role, one with no role, and a second Sekretaris."""

    store: Engine
    actors: Mapping[Role, Actor]
    nobody: Actor
    second: Actor

    @property
    def sekretaris(self) -> Actor:
        """Who may do almost anything for anybody."""
        return self.actors[Role.SEKRETARIS]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to look with."""
        with reading(self.store) as connection:
            yield connection


def prepare_office(store: Engine) -> None:
    """Migrate an empty database, take in what is shipped, and make the accounts."""
    migrate(store)
    shipped.prepare(store, now=TAKEN_IN_AT, began_on=BEGAN_ON)
    with transaction(store) as connection:
        for role in (*Role, None):
            add_account(connection, str(role or "nobody"), role)
        add_account(connection, "second", Role.SEKRETARIS)


def add_account(connection: Connection, username: str, *roles: Role | None) -> int:
    """An active account with `PASSWORD`; its full name tells what it may do."""
    user_id = connection.execute(
        insert(User)
        .values(
            username=username,
            full_name=f"Akun {username}",
            password_hash=_password_hash(),
            created_at=TAKEN_IN_AT,
        )
        .returning(User.id)
    ).scalar_one()
    rows = [{"user_id": user_id, "role": role} for role in roles if role is not None]
    if rows:
        connection.execute(insert(UserRole), rows)
    return user_id


@cache
def _password_hash() -> str:
    return CHEAP_HASHER.hash(PASSWORD)


def office_in(store: Engine) -> Office:
    """The office that `prepare_office` has made in this database."""
    with reading(store) as connection:
        ids = {row.username: row.id for row in connection.execute(select(User.username, User.id))}

    def actor(username: str, *roles: Role) -> Actor:
        return Actor(ids[username], f"Akun {username}", frozenset(roles))

    return Office(
        store=store,
        actors={role: actor(role, role) for role in Role},
        nobody=actor("nobody"),
        second=actor("second", Role.SEKRETARIS),
    )


@cache
def sop(code: str) -> Sop:
    """The shipped SOP of that code."""
    return next(known for known in shipped.sops() if known.code == code)


def escort_form(**changed: object) -> dict[str, object]:
    """The least an escort's form needs; it leaves Senin 2026-11-30 and is back on Rabu."""
    form: dict[str, object] = {
        "leader": "Saibi Taileleu",
        "activity": "Rapat koordinasi di Padang",
        "place": "Padang",
        "departs_at": wib("Senin 2026-11-30 07:00"),
        "returns_at": wib("Rabu 2026-12-02 18:00"),
    }
    return form | changed


def complaint_form(**changed: object) -> dict[str, object]:
    """The least a complaint's form needs, from a reporter who gives a name."""
    form: dict[str, object] = {
        "channel": "direct",
        "subject": "Pungutan dalam rekrutmen PPS",
        "description": "Pelapor diminta membayar agar lulus.",
        "reporter_category": "individual",
        "reporter_name": "Teuku Rahasia",
        "reporter_phone": "0812-7777-0001",
        "identity_withheld": True,
        "reported_element": "pps",
        "district": "sikakap",
    }
    return form | changed


FORMS = {"pengawalan": escort_form, "pengaduan": complaint_form}


def open_one(
    office: Office,
    code: str,
    *,
    by: Actor | None = None,
    received_at: datetime = RECEIVED_AT,
    now: datetime | None = None,
    **changed: object,
) -> int:
    """Open a case of that SOP and return its id; `changed` are fields of its form."""
    answer = open_case(
        office.store,
        vault=VAULT,
        actor=by or office.sekretaris,
        token=token(),
        now=now or received_at,
        code=code,
        received_at=received_at,
        data=FORMS[code](**changed),
    )
    return int(answer["case_id"])


def case_row(office: Office, case_id: int) -> RowMapping:
    """The case as it is stored."""
    with office.reading() as connection:
        query = select(CaseFile.__table__).where(CaseFile.id == case_id)
        return connection.execute(query).mappings().one()


def rounds(office: Office, case_id: int, step_key: str | None = None) -> list[RowMapping]:
    """All rounds of the case, or of one of its steps, the oldest first."""
    query = select(StepRound.__table__).where(StepRound.case_id == case_id).order_by(StepRound.id)
    if step_key is not None:
        query = query.where(StepRound.step_key == step_key)
    with office.reading() as connection:
        return list(connection.execute(query).mappings())


def latest(office: Office, case_id: int, step_key: str) -> RowMapping:
    """The latest round of a step of the case."""
    return rounds(office, case_id, step_key)[-1]


def open_steps(office: Office, case_id: int) -> list[str]:
    """The keys of the steps that run now."""
    return [row["step_key"] for row in rounds(office, case_id) if row["state"] == "open"]


def acts(office: Office, action: str | None = None, *, case_id: int | None = None) -> list[RowMapping]:
    """The trail's rows, all or of one action or case, the oldest first."""
    query = select(AuditEntry.__table__).order_by(AuditEntry.seq)
    if action is not None:
        query = query.where(AuditEntry.action == action)
    if case_id is not None:
        query = query.where(AuditEntry.case_id == case_id)
    with office.reading() as connection:
        return list(connection.execute(query).mappings())


def finish(
    office: Office,
    case_id: int,
    step_key: str,
    *,
    at: datetime | None = None,
    by: Actor | None = None,
    now: datetime | None = None,
    data: Mapping[str, object] | None = None,
    outcome: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Finish the step's latest round and return the command's answer."""
    row = latest(office, case_id, step_key)
    at = at or row["started_at"] + HALF_AN_HOUR
    return finish_step(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=now or at,
        round_id=row["id"],
        expected_version=row["version"],
        finished_at=at,
        data=finishing_form(step_key) if data is None else data,
        outcome=outcome,
        **more,
    )


def finishing_form(step_key: str) -> dict[str, object]:
    """What a step's form requires, no more."""
    return {"assigned_unit": "Sub Bagian Hukum"} if step_key == "disposition" else {}


def advance_to(office: Office, case_id: int, step_key: str) -> RowMapping:
    """Finish what comes before the step, the review as `oversight`, and return its open round."""
    waiting = open_steps(office, case_id)
    while step_key not in waiting:
        assert waiting, f"{step_key} never opens"
        finish(office, case_id, waiting[0], outcome="oversight" if waiting[0] == "review" else None)
        waiting = open_steps(office, case_id)
    return latest(office, case_id, step_key)


def verdicts(office: Office, case_id: int, as_of: datetime) -> list[tuple[str, int, str]]:
    """Step, number of the round and verdict, in the order in which the rounds began."""
    with office.reading() as connection:
        view = case_view(connection, actor=office.sekretaris, case_id=case_id, as_of=as_of)
    return [(one.step_key, one.round_no, one.verdict) for one in view.rounds]
