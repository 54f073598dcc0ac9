"""Signing in: the cookie, the waits after failures, the address one is led to, what the trail keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from dashboard.web import origin
from dashboard.web.site import Site
from models import passwords
from models.access import Actor, Role
from models.commands import sessions, users
from models.database import reading, transaction
from models.errors import Invalid
from models.tables import AuditEntry, SignInFailure, SignInSession
from seed.demo_accounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
from tests.conftest import NOW
from tests.web.conftest import PASSWORD, Browser, Clock, People, application


def sign_in(store: Engine, clock: Clock, username: str, password: str, address: str = "10.1.1.7") -> str:
    return sessions.sign_in(store, username=username, password=password, address=address, now=clock())


def wait_after_failing(
    store: Engine, clock: Clock, username: str = "budi", address: str = "10.1.1.7"
) -> timedelta:
    """Fail once and say how long one must now wait; the clock is left where it was."""
    with pytest.raises(Invalid):
        sign_in(store, clock, username, "salah sama sekali", address)
    return standing_wait(store, clock, username, address)


def standing_wait(
    store: Engine, clock: Clock, username: str = "budi", address: str = "10.1.1.7"
) -> timedelta:
    keys = (f"account:{username}", f"address:{address}")
    blocked = select(SignInFailure.blocked_until).where(SignInFailure.key.in_(keys))
    with reading(store) as connection:
        return max([until - clock() for until in connection.execute(blocked).scalars()] + [timedelta(0)])


def test_the_cookie_is_exactly_as_it_must_be(browser: Browser, budi: Actor) -> None:
    header = browser.sign_in().headers["set-cookie"]
    name, _, rest = header.partition("=")
    token, *flags = rest.split("; ")
    assert name == "patuh_session"
    assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=lax"]
    assert len(token) == 43  # 256 bits in URL-safe base64


def test_the_cookie_is_secure_behind_tls(site: Site, budi: Actor) -> None:
    inside = application(site)
    by_tls = Browser(inside, home="https://patuh.test")
    proxied = Browser(inside, client_address=("127.0.0.1", 40_000))
    pretending = Browser(inside)
    assert "; Secure" in by_tls.sign_in().headers["set-cookie"]
    assert "; Secure" not in pretending.sign_in().headers["set-cookie"]
    answer = proxied.post("/masuk", {"username": "budi", "password": PASSWORD}, x_forwarded_proto="https")
    assert "; Secure" in answer.headers["set-cookie"]
    answer = pretending.post("/masuk", {"username": "budi", "password": PASSWORD}, x_forwarded_proto="https")
    assert "; Secure" not in answer.headers["set-cookie"]


def test_username_is_folded_and_password_is_not(browser: Browser, budi: Actor) -> None:
    assert browser.sign_in(" BuDi ").status_code == 303
    assert browser.sign_in("budi", PASSWORD.upper()).status_code == 401


def test_a_wrong_password_keeps_what_was_typed_but_the_password(browser: Browser, budi: Actor) -> None:
    answer = browser.sign_in("budi", "salah sama sekali", ke="/tugas")
    assert answer.status_code == 401
    assert "Nama pengguna atau kata sandi salah." in answer.text
    assert 'value="budi"' in answer.text
    assert 'value="/tugas"' in answer.text
    assert "salah sama sekali" not in answer.text
    assert browser.cookie is None


def test_unknown_and_known_accounts_get_the_same_answer(browser: Browser, budi: Actor) -> None:
    known, unknown = browser.sign_in("budi", "salah"), browser.sign_in("tono", "salah")
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("budi", "tono") == unknown.text


class Counting:
    """The real hasher, counting how often it verifies."""

    def __init__(self) -> None:
        self.real = passwords._hasher
        self.verified = 0

    def verify(self, stored: str, password: str) -> bool:
        self.verified += 1
        return self.real.verify(stored, password)

    def hash(self, password: str) -> str:
        return self.real.hash(password)

    def check_needs_rehash(self, stored: str) -> bool:
        return self.real.check_needs_rehash(stored)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr(passwords, "_hasher", counting)
    return counting


def hashes_spent(store: Engine, clock: Clock, hasher: Counting, username: str) -> int:
    before = hasher.verified
    with pytest.raises(Invalid):
        sign_in(store, clock, username, "salah sama sekali")
    return hasher.verified - before


def test_unknown_and_known_accounts_cost_one_hash_each(
    store: Engine, clock: Clock, budi: Actor, hasher: Counting
) -> None:
    assert hashes_spent(store, clock, hasher, "budi") == 1
    assert hashes_spent(store, clock, hasher, "tono") == 1


def test_an_unknown_account_would_be_told_apart_without_the_dummy(
    store: Engine, clock: Clock, budi: Actor, hasher: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda stored, typed: stored is not None and real(stored, typed)
    )
    assert hashes_spent(store, clock, hasher, "budi") == 1
    assert hashes_spent(store, clock, hasher, "tono") == 0


def test_the_waits_grow_and_end_at_a_quarter_of_an_hour(store: Engine, clock: Clock, budi: Actor) -> None:
    waits = []
    for number in range(20):  # each time from another address, so that only the account's wait is seen
        waits.append(wait_after_failing(store, clock, address=f"10.2.2.{number}"))
        clock.moment += waits[-1]
    assert waits[:8] == [timedelta(seconds=s) for s in (0, 0, 0, 5, 10, 20, 40, 80)]
    assert waits == sorted(waits)
    assert max(waits) == timedelta(minutes=15)
    assert sign_in(store, clock, "budi", PASSWORD)
    assert wait_after_failing(store, clock) == timedelta(0)  # a success starts anew


def test_the_right_password_must_wait_too(store: Engine, clock: Clock, budi: Actor) -> None:
    for _ in range(4):
        wait_after_failing(store, clock)
    with pytest.raises(sessions.Waiting) as refused:
        sign_in(store, clock, "budi", PASSWORD)
    assert refused.value.wait == timedelta(seconds=5)
    clock.forward(seconds=5)
    assert sign_in(store, clock, "budi", PASSWORD)


def keeps_a_stranger_from_locking(store: Engine, clock: Clock) -> bool:
    """Whether an attacked account opens a quarter of an hour after its last counted failure."""
    while (wait := wait_after_failing(store, clock)) < timedelta(minutes=15):
        clock.moment += wait
    for _ in range(14):
        clock.forward(minutes=1)
        with pytest.raises(Invalid):
            sign_in(store, clock, "budi", "salah sama sekali", "10.9.9.9")
    clock.forward(minutes=1)
    return standing_wait(store, clock) <= timedelta(0)


def test_attempts_during_the_wait_do_not_lengthen_it(store: Engine, clock: Clock, budi: Actor) -> None:
    assert keeps_a_stranger_from_locking(store, clock)
    assert sign_in(store, clock, "budi", PASSWORD)


def test_attempts_during_the_wait_would_lengthen_it_if_they_counted(
    store: Engine, clock: Clock, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sessions.count_attempt

    def counting_always(source: Engine, keys: dict[str, int], now: object) -> None:
        with transaction(source) as connection:
            connection.execute(
                sessions.update(sessions.SignInFailure).values(blocked_until=clock() - timedelta(1))
            )
        real(source, keys, clock())

    monkeypatch.setattr(sessions, "count_attempt", counting_always)
    assert not keeps_a_stranger_from_locking(store, clock)


def test_one_address_trying_many_accounts_must_wait_and_others_need_not(
    store: Engine, clock: Clock, budi: Actor
) -> None:
    for number in range(20):
        wait_after_failing(store, clock, f"orang{number}")
    with pytest.raises(sessions.Waiting):
        sign_in(store, clock, "budi", PASSWORD)
    assert sign_in(store, clock, "budi", PASSWORD, "10.1.1.8")


def test_an_hour_without_a_failure_forgets_them(store: Engine, clock: Clock, budi: Actor) -> None:
    for _ in range(4):
        wait_after_failing(store, clock)
    clock.forward(minutes=61)
    assert wait_after_failing(store, clock) == timedelta(0)


def guesses_that_were_looked_at(store: Engine, clock: Clock, hasher: Counting) -> int:
    def guess(_: int) -> None:
        with pytest.raises(Invalid):
            sign_in(store, clock, "budi", "salah sama sekali")

    before = hasher.verified
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(guess, range(24)))
    return hasher.verified - before


def test_many_guesses_at_once_gain_nothing(
    store: Engine, clock: Clock, budi: Actor, hasher: Counting
) -> None:
    assert guesses_that_were_looked_at(store, clock, hasher) == 4


def test_many_guesses_at_once_would_all_be_looked_at_uncounted(
    store: Engine, clock: Clock, budi: Actor, hasher: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "count_attempt", lambda store, keys, now: None)
    assert guesses_that_were_looked_at(store, clock, hasher) == 24


def test_waiting_is_told_with_the_time(browser: Browser, clock: Clock, budi: Actor) -> None:
    for _ in range(4):
        browser.sign_in("budi", "salah sama sekali")
    answer = browser.sign_in()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "6")
    assert "Coba lagi dalam 5 detik." in answer.text


def test_a_disabled_account_is_told_so_only_with_the_right_password(
    store: Engine, browser: Browser, budi: Actor, admin: Actor
) -> None:
    users.set_active(
        store, actor=admin, token="t", now=NOW, user_id=budi.user_id, active=False, expected_version=1
    )
    assert "Akun ini tidak aktif." in browser.sign_in().text
    assert "Nama pengguna atau kata sandi salah." in browser.sign_in("budi", "salah sama sekali").text
    assert browser.cookie is None


def test_the_trail_names_the_account_and_never_the_password(
    store: Engine, browser: Browser, budi: Actor
) -> None:
    browser.sign_in("budi", "salah sama sekali")
    browser.sign_in("kata sandi di kolom yang salah", PASSWORD)
    browser.sign_in()
    with reading(store) as connection:
        kept = connection.execute(
            select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.details).order_by(AuditEntry.seq)
        ).all()
    assert [tuple(row) for row in kept] == [
        ("sign_in_refused", None, '{"account": "budi", "address": "10.1.1.7"}'),
        ("sign_in_refused", None, '{"account": null, "address": "10.1.1.7"}'),
        ("signed_in", budi.user_id, '{"address": "10.1.1.7"}'),
    ]


def test_the_token_is_nowhere_in_the_database(store: Engine, browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    with store.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        dump = "\n".join(raw.iterdump())
    assert browser.cookie
    assert browser.cookie not in dump
    assert sessions.token_hash(browser.cookie) in dump


ELSEWHERE = (
    "https://jahat.test/", "//jahat.test", "///jahat.test", "/\\jahat.test", "\\\\jahat.test", "/%2Fjahat.test",
    "/%5cjahat.test", "http:jahat.test", "javascript:alert(1)", "/\tjahat", "/\r\nSet-Cookie: a=b", "/%0d%0aX: y",
    "jahat", "", "/" + "a" * 600, " /tugas", "/masuk", "/keluar", "/auth/logout?x", "data:text/html,x", "/ /jahat.test",
)  # fmt: skip


def test_nobody_is_led_elsewhere(browser: Browser, budi: Actor) -> None:
    led = {wanted: browser.sign_in(ke=wanted).headers["location"] for wanted in ELSEWHERE}
    assert led == dict.fromkeys(ELSEWHERE, "/")
    led = {
        wanted: browser.client.get("/masuk", params={"ke": wanted}).headers["location"]
        for wanted in ELSEWHERE
    }
    assert led == dict.fromkeys(ELSEWHERE, "/")


def test_everybody_would_be_led_elsewhere_unasked(
    browser: Browser, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "local_target", lambda wanted: wanted)
    assert browser.sign_in(ke=ELSEWHERE[0]).headers["location"] == ELSEWHERE[0]


def test_a_form_of_17_kilobytes_is_not_read(browser: Browser, budi: Actor) -> None:
    answer = browser.sign_in("budi", "x" * 17_000)
    assert answer.status_code == 413
    assert "Terlalu besar" in answer.text


@pytest.mark.parametrize(
    "username", ["", "\x00", "a" * 4_000, "' OR 1=1 --", "<script>alert(1)</script>", "\ud83d"]
)
def test_odd_usernames_are_refused_plainly(browser: Browser, budi: Actor, username: str) -> None:
    body = "username=" + "".join(f"%{byte:02x}" for byte in username.encode("utf-8", "surrogatepass"))
    answer = browser.client.post(
        "/masuk",
        content=body + "&password=salah",
        headers={"origin": browser.home, "content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 401
    assert "<script>alert" not in answer.text


def test_each_sign_in_has_a_token_of_its_own_and_ends_the_former(
    store: Engine, browser: Browser, budi: Actor
) -> None:
    browser.sign_in()
    first = browser.cookie
    browser.sign_in()
    assert first
    assert browser.cookie != first
    with reading(store) as connection:
        alive = connection.execute(
            select(SignInSession.token_hash).where(SignInSession.ended_at.is_(None))
        ).scalars()
        assert list(alive) == [sessions.token_hash(str(browser.cookie))]


@pytest.fixture
def sample_browser(store: Engine, clock: Clock, people: People) -> Browser:
    people.add("budi", Role.ADMINISTRATOR)
    return Browser(application(Site(store=lambda: store, instant=clock, sample=True)))


def test_sample_accounts_stand_on_the_sign_in_page_of_the_sample(sample_browser: Browser) -> None:
    page = sample_browser.get("/masuk").text
    assert "DATA CONTOH" in page
    assert SAMPLE_PASSWORD in page
    for username, full_name, _ in SAMPLE_ACCOUNTS:
        assert f'value="{username}"' in page
        assert full_name in page
    assert {role for _, _, role in SAMPLE_ACCOUNTS} == set(Role)


def test_nothing_of_the_sample_stands_on_the_page_of_an_office(browser: Browser, budi: Actor) -> None:
    page = browser.get("/masuk").text
    assert SAMPLE_PASSWORD not in page
    assert "DATA CONTOH" not in page


def test_the_page_speaks_english_when_asked(browser: Browser, budi: Actor) -> None:
    page = browser.get("/masuk?bahasa=en").text
    assert '<html lang="en">' in page
    assert "Username" in page
    assert "Nama pengguna" not in page
    answer = browser.post("/masuk?bahasa=en", {"username": "budi", "password": "salah"})
    assert "The username or the password is not right." in answer.text
    assert '<html lang="id">' in browser.get("/masuk?bahasa=fr").text


def test_pages_carry_no_inline_script_or_handler(sample_browser: Browser) -> None:
    page = sample_browser.get("/masuk").text
    assert page.count("<script") == 1
    assert '<script src="/masuk/isian.js" defer></script>' in page
    assert " onclick" not in page
    assert " style=" not in page


def test_somebody_signed_in_is_led_past_the_sign_in_page(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    assert browser.get("/masuk?ke=/tugas").headers["location"] == "/tugas"
