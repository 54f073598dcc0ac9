"""The commands on accounts: who may, which version, the last administrator, the trail."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select

from models import passwords
from models.access import PERMISSIONS, Actor, Permission, Role
from models.commands import rescue, users
from models.database import engine, reading
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.queries.accounts import accounts, actor_by_id
from models.tables import AuditEntry, Submission, User
from tests.conftest import NOW
from tests.web.conftest import PASSWORD, People

TEMPORARY = "tiga ekor penyu"
Command = Callable[[Engine, Actor, str, Actor], dict[str, Any]]

MANAGING: dict[str, Command] = {
    "create_user": lambda store, actor, token, other: users.create_user(
        store, actor=actor, token=token, now=NOW, username="tono", full_name="Tono", roles={"pimpinan"},
        password=TEMPORARY,
    ),
    "set_roles": lambda store, actor, token, other: users.set_roles(
        store, actor=actor, token=token, now=NOW, user_id=other.user_id, roles={"pimpinan"}, expected_version=1
    ),
    "set_active": lambda store, actor, token, other: users.set_active(
        store, actor=actor, token=token, now=NOW, user_id=other.user_id, active=False, expected_version=1
    ),
    "reset_password": lambda store, actor, token, other: users.reset_password(
        store, actor=actor, token=token, now=NOW, user_id=other.user_id, password=TEMPORARY, expected_version=1
    ),
}  # fmt: skip


def written(store: Engine) -> tuple[Any, ...]:
    """What the commands can have changed."""
    with reading(store) as connection:
        rows = connection.execute(select(User.__table__).order_by(User.id)).all()
        acts = connection.execute(select(func.count()).select_from(AuditEntry)).scalar_one()
        forms = connection.execute(select(func.count()).select_from(Submission)).scalar_one()
        roles = [account.roles for account in accounts(connection)]
    return (*map(tuple, rows), *roles, acts, forms)


def acts(store: Engine) -> list[tuple[str, Any]]:
    with reading(store) as connection:
        rows = connection.execute(
            select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.seq)
        ).all()
    return [(action, json.loads(details)) for action, details in rows]


@pytest.mark.parametrize("name", sorted(MANAGING))
def test_only_who_manages_users_may_change_accounts(
    store: Engine, people: People, budi: Actor, name: str
) -> None:
    people.add("cadangan", Role.ADMINISTRATOR)
    for role in Role:
        actor = people.add(f"si-{role}".replace("_", "-"), role)
        before = written(store)
        if Permission.MANAGE_USERS in PERMISSIONS[role]:
            continue
        with pytest.raises(Forbidden):
            MANAGING[name](store, actor, "t", budi)
        assert written(store) == before


@pytest.mark.parametrize("name", sorted(MANAGING))
def test_who_manages_users_may_and_the_same_form_counts_once(
    store: Engine, admin: Actor, budi: Actor, name: str
) -> None:
    first = MANAGING[name](store, admin, "t", budi)
    after = written(store)
    assert MANAGING[name](store, admin, "t", budi) == first
    assert written(store) == after
    assert len(acts(store)) == 1


@pytest.mark.parametrize("name", ["set_roles", "set_active", "reset_password"])
def test_a_change_decided_on_an_older_version_is_refused(
    store: Engine, admin: Actor, budi: Actor, name: str
) -> None:
    users.set_roles(
        store, actor=admin, token="s", now=NOW, user_id=budi.user_id, roles={"sekretaris"}, expected_version=1
    )
    before = written(store)
    with pytest.raises(Conflict) as refused:
        MANAGING[name](store, admin, "t", budi)
    assert refused.value.current == {"username": "budi", "full_name": "Budi", "active": True, "version": 2}
    assert written(store) == before


@pytest.mark.parametrize("name", ["set_roles", "set_active", "reset_password"])
def test_an_unknown_account_is_not_found(store: Engine, admin: Actor, name: str) -> None:
    with pytest.raises(NotFound):
        MANAGING[name](store, admin, "t", Actor(999, "Siapa", frozenset()))


def test_a_new_account_has_a_temporary_password_that_the_record_does_not_know(
    store: Engine, admin: Actor, people: People
) -> None:
    made = MANAGING["create_user"](store, admin, "t", admin)
    with reading(store) as connection:
        account = next(row for row in accounts(connection) if row.user_id == made["user_id"])
        submitted = connection.execute(select(Submission.answer)).scalar_one()
    assert account.must_change_password
    assert acts(store) == [
        (
            "user_created",
            {"user_id": account.user_id, "username": "tono", "full_name": "Tono", "roles": ["pimpinan"]},
        )
    ]
    assert submitted == {"user_id": account.user_id}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "Budi"}, "username"),
        ({"username": "x"}, "username"),
        ({"username": "a" * 65}, "username"),
        ({"username": "budi<script>"}, "username"),
        ({"username": "б" * 5}, "username"),
        ({"full_name": ""}, "full_name"),
        ({"full_name": "a" * 121}, "full_name"),
        ({"full_name": "Budi\nSantoso"}, "full_name"),
        ({"roles": set()}, "roles"),
        ({"roles": {"raja"}}, "roles"),
        ({"password": "pendek"}, "password"),
        ({"password": "password1234"}, "password"),
    ],
)
def test_a_bad_account_is_refused_at_its_field(
    store: Engine, admin: Actor, budi: Actor, changed: dict[str, Any], field: str
) -> None:
    form = {"username": "tono", "full_name": "Tono", "roles": {"pimpinan"}, "password": TEMPORARY}
    before = written(store)
    with pytest.raises(Invalid) as refused:
        users.create_user(store, actor=admin, token="t", now=NOW, **{**form, **changed})
    assert set(refused.value.problems) == {field}
    assert written(store) == before


@pytest.mark.parametrize("name", ["set_roles", "set_active"])
def test_the_last_active_administrator_stays(store: Engine, admin: Actor, people: People, name: str) -> None:
    asleep = people.add("asleep", Role.ADMINISTRATOR)
    users.set_active(
        store, actor=admin, token="s", now=NOW, user_id=asleep.user_id, active=False, expected_version=1
    )
    before = written(store)
    with pytest.raises(Invalid):
        MANAGING[name](store, admin, "t", admin)
    assert written(store) == before


def removals_that_went_through(store: Engine, people: People, monkeypatch: pytest.MonkeyPatch) -> int:
    """Two administrators disable one another; each has looked at who is left before the other one writes.

    In two programs, for the writers of one stand in line.
    """
    one, two = (people.add(name, Role.ADMINISTRATOR) for name in ("satu", "dua"))
    both_have_looked, real = Barrier(2), users.active_administrators

    def look_and_wait(connection: Connection) -> set[int]:
        seen = real(connection)
        with suppress(BrokenBarrierError):
            both_have_looked.wait(timeout=1)
        return seen

    def remove(program: Engine, actor: Actor, other: Actor) -> bool:
        try:
            MANAGING["set_active"](program, actor, str(actor.user_id), other)
        except Invalid:
            return False
        return True

    monkeypatch.setattr(users, "active_administrators", look_and_wait)
    rival = engine(store.url)
    try:
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(remove, (store, rival), (one, two), (two, one)))
    finally:
        rival.dispose()


def test_two_administrators_cannot_remove_one_another_at_once(
    any_store: Engine, sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert removals_that_went_through(any_store, People(any_store, sealed), monkeypatch) == 1


def test_two_administrators_would_remove_one_another_out_of_line(
    any_store: Engine, sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "stand_in_line", lambda connection: None)
    went_through = removals_that_went_through(any_store, People(any_store, sealed), monkeypatch)
    assert went_through == (
        2 if any_store.dialect.name == "postgresql" else 1
    )  # SQLite has a line of its own


def test_the_version_of_the_account_counts_every_change(store: Engine, admin: Actor, budi: Actor) -> None:
    answers = [
        users.set_roles(
            store,
            actor=admin,
            token="a",
            now=NOW,
            user_id=budi.user_id,
            roles={"pimpinan"},
            expected_version=1,
        ),
        users.set_active(
            store, actor=admin, token="b", now=NOW, user_id=budi.user_id, active=False, expected_version=2
        ),
        users.reset_password(
            store,
            actor=admin,
            token="c",
            now=NOW,
            user_id=budi.user_id,
            password=TEMPORARY,
            expected_version=3,
        ),
    ]
    assert answers == [{"version": 2}, {"version": 3}, {"version": 4}]
    assert [(action, details) for action, details in acts(store)] == [
        ("roles_set", {"user_id": budi.user_id, "roles": [["sub_bagian_hukum"], ["pimpinan"]]}),
        ("active_set", {"user_id": budi.user_id, "active": [True, False]}),
        ("password_reset", {"user_id": budi.user_id}),
    ]


def test_a_person_chooses_the_language(store: Engine, budi: Actor) -> None:
    assert users.set_language(store, actor=budi, token="t", now=NOW, language="en") == {"language": "en"}
    with reading(store) as connection:
        changed = actor_by_id(connection, budi.user_id)
    assert changed
    assert changed.language == "en"
    with pytest.raises(Invalid):
        users.set_language(store, actor=budi, token="u", now=NOW, language="fr")


def test_the_terminal_rescues_a_disabled_administrator(store: Engine, admin: Actor, people: People) -> None:
    other = people.add("lain", Role.ADMINISTRATOR)
    MANAGING["set_active"](store, other, "t", admin)
    rescue.give_password(store, username="ADMIN", password=TEMPORARY, now=NOW)
    with reading(store) as connection:
        account = next(row for row in accounts(connection) if row.username == "admin")
        stored = connection.execute(select(User.password_hash).where(User.id == admin.user_id)).scalar_one()
    assert (account.active, account.must_change_password) == (True, True)
    assert passwords.matches(stored, TEMPORARY)
    assert not passwords.matches(stored, PASSWORD)
    assert acts(store)[-1] == ("password_reset", {"user_id": admin.user_id, "from": "terminal"})
    with pytest.raises(NotFound):
        rescue.give_password(store, username="siapa", password=TEMPORARY, now=NOW)


def test_accounts_are_listed_with_roles_and_last_activity(store: Engine, admin: Actor, budi: Actor) -> None:
    with reading(store) as connection:
        listed = [(row.username, row.roles, row.active, row.seen_at) for row in accounts(connection)]
    assert listed == [
        ("admin", ("administrator",), True, None),
        ("budi", ("sub_bagian_hukum",), True, None),
    ]
