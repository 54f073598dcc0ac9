"""Identity in a running script: looked up anew at each run, in the person's language, at the one clock."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from dashboard import session, settings
from models.access import Actor, Role
from models.commands import sessions, users
from models.commands.sessions import open_session, token_hash
from models.database import engine, reading, transaction
from models.migrate import migrate
from models.tables import SignInSession
from tests.conftest import NOW
from tests.web.conftest import People

TINY = Path(__file__).parent / "scripts" / "tiny.py"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The installation's own database, as a running script finds it: in the data folder, with the clock stopped."""
    monkeypatch.setenv("PATUH_DATA", str(tmp_path))
    monkeypatch.setenv("PATUH_SAMPLE", "1")
    monkeypatch.setenv("PATUH_NOW", NOW.isoformat())
    monkeypatch.delenv("PATUH_DATABASE_URL", raising=False)
    settings.store.cache_clear()
    migrate(settings.store())
    yield settings.store()
    settings.store().dispose()
    settings.store.cache_clear()


def signed_in(store: Engine, actor: Actor) -> dict[str, str]:
    """What Streamlit would put into `st.user` for a new session of `actor`."""
    with transaction(store) as connection:
        token = open_session(connection, user_id=actor.user_id, now=NOW)
    return {"user_id": str(actor.user_id), "sid": token_hash(token)}


def run(user: dict[str, str]) -> AppTest:
    screen = AppTest.from_file(str(TINY), default_timeout=20)
    screen.user = user
    return screen.run()


def shown(screen: AppTest) -> list[str]:
    assert not screen.exception
    return [element.value for element in [*screen.text, *screen.error]]


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    monkeypatch.setenv("PATUH_NOW", (NOW + timedelta(**by)).isoformat())


def test_a_script_knows_who_it_is_and_what_time_it_is(store: Engine, budi: Actor) -> None:
    screen = run(signed_in(store, budi))
    assert shown(screen) == [
        "Budi|sub_bagian_hukum|Jumat, 20 November 2026 pukul 09.00 WIB|Keluar",
        "Masuk",
    ]


def test_words_follow_the_language_of_the_person_at_the_next_run(store: Engine, budi: Actor) -> None:
    screen = run(signed_in(store, budi))
    users.set_language(store, actor=budi, token="t", now=NOW, language="en")
    assert shown(screen.run()) == [
        "Budi|sub_bagian_hukum|Friday, 20 November 2026 at 09:00 WIB|Sign out",
        "Sign in",
    ]


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"user_id": "1"},
        {"user_id": "1", "sid": ""},
        {"user_id": "1", "sid": "0" * 64},
        {"email": "test@example.com", "is_logged_in": "true"},
    ],
)
def test_a_forged_identity_shows_nothing(store: Engine, budi: Actor, forged: dict[str, str]) -> None:
    assert shown(run(forged)) == []


def test_the_session_of_another_person_shows_nothing(store: Engine, people: People, budi: Actor) -> None:
    other = people.add("tono", Role.ADMINISTRATOR)
    mixed = {**signed_in(store, other), "user_id": str(budi.user_id)}
    assert shown(run(mixed)) == []


def test_forged_session_state_changes_nobody(store: Engine, people: People) -> None:
    reader = people.add("tono", Role.PIMPINAN)
    screen = AppTest.from_file(str(TINY), default_timeout=20)
    screen.user = signed_in(store, reader)
    for key in ("actor", "role", "roles", "user_id", "sid", "token", "_actor"):
        screen.session_state[key] = "administrator"
    assert shown(screen.run()) == ["Anda tidak memiliki akses ke halaman ini."]


def test_a_role_without_the_permission_is_refused_in_plain_words(store: Engine, people: People) -> None:
    reader = people.add("tono", Role.PIMPINAN)
    assert shown(run(signed_in(store, reader))) == ["Anda tidak memiliki akses ke halaman ini."]


def test_a_role_withdrawn_between_two_runs_counts(store: Engine, people: People, budi: Actor) -> None:
    admin = people.add("admin", Role.ADMINISTRATOR)
    screen = run(signed_in(store, budi))
    users.set_roles(
        store, actor=admin, token="t", now=NOW, user_id=budi.user_id, roles={"pimpinan"}, expected_version=1
    )
    assert shown(screen.run()) == ["Anda tidak memiliki akses ke halaman ini."]


def test_a_disabled_account_is_gone_at_the_next_run(store: Engine, people: People, budi: Actor) -> None:
    admin = people.add("admin", Role.ADMINISTRATOR)
    screen = run(signed_in(store, budi))
    users.set_active(
        store, actor=admin, token="t", now=NOW, user_id=budi.user_id, active=False, expected_version=1
    )
    assert shown(screen.run()) == []


def test_an_account_with_a_temporary_password_has_no_screen(store: Engine, people: People) -> None:
    fresh = people.add("baru", Role.DESK_PELAYANAN, must_change_password=True)
    assert shown(run(signed_in(store, fresh))) == []


def test_a_session_grown_idle_is_gone_at_the_next_run(
    store: Engine, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = run(signed_in(store, budi))
    later(monkeypatch, minutes=29)
    assert len(shown(screen.run())) == 2
    later(monkeypatch, minutes=58)
    assert len(shown(screen.run())) == 2  # the run at 29 minutes kept it awake
    later(monkeypatch, minutes=88)
    assert shown(screen.run()) == []


def test_leaving_ends_the_session_in_the_database(store: Engine, budi: Actor) -> None:
    screen = run(signed_in(store, budi))
    screen.button(key="leave").click().run()
    with reading(store) as connection:
        assert connection.execute(select(SignInSession.ended_at)).scalar_one() == NOW
    assert shown(screen.run()) == []


def test_only_a_full_run_keeps_a_session_awake(
    store: Engine, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = run(signed_in(store, budi))
    monkeypatch.setattr(session, "_is_fragment_run", lambda: True)
    later(monkeypatch, minutes=20)
    screen.run()
    with reading(store) as connection:
        assert connection.execute(select(SignInSession.seen_at)).scalar_one() == NOW
    monkeypatch.setattr(session, "_is_fragment_run", lambda: False)
    screen.run()
    with reading(store) as connection:
        assert connection.execute(select(SignInSession.seen_at)).scalar_one() == NOW + timedelta(minutes=20)


def test_nothing_would_be_looked_up_anew_if_the_first_answer_were_kept(
    store: Engine, people: People, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the two tests above: a remembered identity outlives the session."""
    user = signed_in(store, budi)
    screen = run(user)
    with reading(store) as connection:
        kept = session.signed_in(connection, user["sid"], NOW)
    monkeypatch.setattr(session, "_lookup", lambda: kept)
    sessions.sign_out(store, session_hash=user["sid"], now=NOW)
    assert len(shown(screen.run())) == 2


def test_a_database_of_its_own_is_used(store: Engine, tmp_path: Path) -> None:
    other = engine(f"sqlite:///{tmp_path / 'patuh.db'}")
    assert str(store.url) == str(other.url)
    other.dispose()
