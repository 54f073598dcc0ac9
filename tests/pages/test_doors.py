"""Every screen for every role and for nobody, by its address, past the menu, by its file alone, with forged sessions.

`OPEN_TO` is written out here and not read from the program: a permission given by mistake fails a test.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from dashboard import session
from dashboard.settings import ROOT
from dashboard.text import _, in_language
from models.access import Actor, Role
from models.database import transaction
from models.queries.accounts import IDLE_FOR
from models.tables import SignInSession, User, UserRole
from tests.conftest import NOW
from tests.factories import Office
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor, signed_in

OPEN_MENU = Path(__file__).with_name("open_menu.py")
PAGES = sorted((ROOT / "pages").glob("*.py"))

A, P, S, K, H, D, J, T = Role
ALL = frozenset(Role)
ESCORTS, COMPLAINTS = {A, P, S, K, J}, {A, P, S, H, D, T}
OPEN_TO = {
    "ringkasan": ALL,
    "tugas": ALL - {P},
    "pengawalan": ESCORTS,
    "pengaduan": COMPLAINTS,
    "kepatuhan": ALL,
    "laporan": {A, P, S, K, H},
    "sop": ALL,
    "pengguna": {A},
    "akun": ALL,
    "berkas?pengawalan": ESCORTS,
    "berkas?pengaduan": COMPLAINTS,
    "baru?pengawalan": {A, S, K},
    "baru?pengaduan": {A, S, H, D},
}
# what stands on the screen, and on no other, when it was opened
TELLS = {
    "ringkasan": "summary.bars.",
    "tugas": "task.open.",
    "pengawalan": "register.pengawalan.cari",
    "pengaduan": "register.pengaduan.cari",
    "kepatuhan": "compliance.lihat",
    "laporan": "reports.sop",
    "sop": "sops.code",
    "pengguna": "users.chosen",
    "akun": "account.language",
    "berkas?pengawalan": "Rapat koordinasi di Padang",
    "berkas?pengaduan": "Pelapor diminta membayar agar lulus.",
    "baru?pengawalan": ".departs_at",
    "baru?pengaduan": ".description",
}
FORGED = {
    "role": "administrator",
    "roles": ["administrator"],
    "user": 1,
    "user_id": "1",
    "sid": "0" * 64,
    "token": "0" * 64,
    "who": "administrator",
    "actor": Actor(1, "Akun administrator", frozenset({A})),
    "_language": "id",
    "navigation.sop": "pengaduan",
}


def query_of(address: str, cases: Cases) -> tuple[str, dict[str, str]]:
    url, _, about = address.partition("?")
    if not about:
        return url, {}
    if url == "baru":
        return url, {"sop": about}
    return url, {"id": str(cases.new_escort if about == "pengawalan" else cases.new_complaint)}


def visit(visitor: Visitor, address: str, cases: Cases) -> Visitor:
    url, query = query_of(address, cases)
    return visitor.open(url, **query)


def refused(visitor: Visitor) -> bool:
    """Whether the screen holds nothing but one sentence of refusal."""
    with in_language("id"):
        words = {_("You may not open this page."), _("Not found.")}
    return [node.type for node in visitor.elements()] == ["error"] and set(visitor.errors()) <= words


@pytest.mark.parametrize("address", OPEN_TO)
@pytest.mark.parametrize("role", Role)
def test_page_opens_for_the_roles_that_may_and_for_no_other(
    shared_office: Office, cases: Cases, role: Role, address: str
) -> None:
    visitor = visit(Visitor(shared_office, shared_office.actors[role]), address, cases)
    assert not visitor.at.exception
    if role in OPEN_TO[address]:
        assert visitor.is_at(address.partition("?")[0])
        assert visitor.shows(TELLS[address]) or (role, address) == (A, "tugas")
        assert visitor.errors() == []
        return
    assert not visitor.shows(TELLS[address])
    past_the_menu = Visitor(shared_office, shared_office.actors[role], script=OPEN_MENU)
    assert refused(visit(past_the_menu, address, cases))


def test_page_past_the_menu_opens_when_its_own_guard_is_taken_off(
    shared_office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: without `require` the way past the menu shows everything, so the refusals above come from it."""
    monkeypatch.setattr(session, "may", lambda *_: True)
    for address in ("pengguna",):
        visitor = Visitor(shared_office, shared_office.actors[D], script=OPEN_MENU)
        assert visit(visitor, address, cases).shows(TELLS[address])


def test_administrator_finds_the_tasks_of_others(shared_office: Office, cases: Cases) -> None:
    visitor = Visitor(shared_office, shared_office.actors[A]).open("tugas")
    visitor.at.toggle(key="tasks.others").set_value(True).run()
    assert visitor.shows(TELLS["tugas"])


@pytest.mark.parametrize("address", OPEN_TO)
def test_page_without_any_role_shows_no_data(shared_office: Office, cases: Cases, address: str) -> None:
    visitor = visit(Visitor(shared_office, shared_office.nobody), address, cases)
    assert not visitor.at.exception
    assert visitor.shows(TELLS[address]) is (address == "akun")
    if address != "akun":
        assert refused(visit(Visitor(shared_office, shared_office.nobody, script=OPEN_MENU), address, cases))


@pytest.mark.parametrize("script", [None, OPEN_MENU], ids=["app", "past-the-menu"])
@pytest.mark.parametrize("address", OPEN_TO)
def test_page_for_nobody_is_empty_whatever_the_session_claims(
    shared_office: Office, cases: Cases, address: str, script: Path | None
) -> None:
    visitor = Visitor(shared_office, None) if script is None else Visitor(shared_office, None, script=script)
    for name, value in FORGED.items():
        visitor.at.session_state[name] = value
    visit(visitor, address, cases)
    assert list(visitor.elements()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_page_file_alone_shows_nobody_anything(shared_office: Office, cases: Cases, page: Path) -> None:
    visitor = Visitor(shared_office, None, script=page)
    for name, value in FORGED.items():
        visitor.at.session_state[name] = value
    visitor.open(id=str(cases.new_complaint), sop="pengaduan")
    assert list(visitor.elements()) == []


@pytest.mark.parametrize(
    "page", [path for path in PAGES if path.stem not in ("account", "home")], ids=lambda p: p.stem
)
def test_page_file_alone_refuses_who_has_no_role(shared_office: Office, cases: Cases, page: Path) -> None:
    visitor = Visitor(shared_office, shared_office.nobody, script=page)
    for name, value in FORGED.items():
        visitor.at.session_state[name] = value
    assert refused(visitor.open(id=str(cases.new_complaint), sop="pengaduan"))


def test_session_counts_only_for_its_own_account_and_while_it_lives(office: Office) -> None:
    admin = office.actors[A]
    good = signed_in(office, admin)
    someone = signed_in(office, office.actors[D])
    stale = signed_in(office, admin, now=NOW - IDLE_FOR - timedelta(minutes=1))
    for user in (
        {"user_id": str(admin.user_id)},
        {"sid": good["sid"]},
        {"user_id": str(admin.user_id), "sid": someone["sid"]},
        {"user_id": str(admin.user_id), "sid": "0" * 64},
        {"user_id": str(admin.user_id), "sid": ""},
        {"user_id": str(admin.user_id), "sid": "' OR 1=1 --"},
        {"user_id": str(admin.user_id), "sid": None},
        stale,
    ):
        visitor = Visitor(office, None)
        visitor.at.user = user
        assert list(visitor.open("pengguna").elements()) == [], user
    visitor = Visitor(office, None)
    visitor.at.user = good
    assert visitor.open("pengguna").shows(TELLS["pengguna"])


@pytest.mark.parametrize(
    "how", ["role withdrawn", "session ended", "account disabled", "password to be changed"]
)
def test_page_open_already_shows_nothing_more_once_the_right_is_gone(office: Office, how: str) -> None:
    admin = office.actors[A]
    visitor = Visitor(office, admin).open("pengguna")
    assert visitor.shows(TELLS["pengguna"])
    with transaction(office.store) as connection:
        connection.execute(
            {
                "role withdrawn": delete(UserRole).where(UserRole.user_id == admin.user_id),
                "session ended": update(SignInSession).values(ended_at=NOW),
                "account disabled": update(User).where(User.id == admin.user_id).values(active=False),
                "password to be changed": update(User).values(must_change_password=True),
            }[how]
        )
    visitor.rerun()
    assert not visitor.shows(TELLS["pengguna"])
    assert not visitor.shows("Akun second")


@pytest.mark.parametrize(
    ("role", "url"), [(P, "ringkasan"), (S, "ringkasan"), (A, "ringkasan"), (D, "tugas"), (J, "tugas")]
)
def test_bare_address_leads_leaders_to_the_overview_and_staff_to_their_tasks(
    shared_office: Office, role: Role, url: str
) -> None:
    assert Visitor(shared_office, shared_office.actors[role]).open().is_at(url)


def test_bare_address_leads_who_has_no_role_to_the_account(shared_office: Office) -> None:
    """And does not lead in a circle: the overview is not in this person's menu."""
    assert Visitor(shared_office, shared_office.nobody).open().is_at("akun")
