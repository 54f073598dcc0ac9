"""A reporter's identity reaches nobody without the permission: no element of any page carries it, nor what is kept."""

import pytest
from sqlalchemy import select

from dashboard import case_data
from dashboard.text import _, in_language
from models.access import Role
from models.tables import Submission
from tests.factories import Office, acts
from tests.pages.conftest import REPORTER, Cases
from tests.pages.test_doors import OPEN_TO, query_of
from tests.pages.visitor import Visitor

WITHOUT = [role for role in Role if role in (Role.ADMINISTRATOR, Role.KASUBBAG_KUL, Role.JAGAT_SAKSANA)]
WITH = [role for role in Role if role not in WITHOUT]


def carried(visitor: Visitor) -> set[str]:
    """Which of the planted words any element, any widget's value or the session's state carries."""
    kept = repr(visitor.at.session_state.to_dict())
    return {word for word in REPORTER.values() if visitor.shows(word) or word in kept}


def reveal(office: Office, role: Role, case_id: int, reason: str = "Menghubungi pelapor") -> Visitor:
    visitor = Visitor(office, office.actors[role]).open("berkas", id=str(case_id))
    visitor.fill_key(f"reveal.{case_id}.", ".reason", reason)
    return visitor.press(f"reveal.{case_id}.send")


@pytest.mark.parametrize("role", WITHOUT)
def test_no_screen_carries_an_identity_to_a_role_without_the_permission(
    office: Office, cases: Cases, role: Role
) -> None:
    assert carried(reveal(office, Role.SUB_BAGIAN_HUKUM, cases.new_complaint)) == set(REPORTER.values())
    for address in OPEN_TO:
        url, query = query_of(address, cases)
        visitor = Visitor(office, office.actors[role]).open(url, **query)
        assert carried(visitor) == set(), address
        if address == "berkas?pengaduan" and role is Role.ADMINISTRATOR:
            visitor.open("berkas", id=str(cases.examined_complaint))
            assert visitor.segments("case.tab") == 6
            for tab in range(6):
                assert carried(visitor.choose("case.tab", tab)) == set(), tab
            assert not any("reveal" in node.key for node in visitor.widgets())


@pytest.mark.parametrize("role", WITH)
def test_identity_is_masked_until_it_is_asked_for(shared_office: Office, cases: Cases, role: Role) -> None:
    for address in ("berkas?pengaduan", "pengaduan", "tugas", "laporan"):
        url, query = query_of(address, cases)
        assert carried(Visitor(shared_office, shared_office.actors[role]).open(url, **query)) == set(), (
            address
        )


@pytest.mark.parametrize("role", WITH)
def test_identity_is_shown_once_for_a_reason_and_masked_at_the_next_run(
    office: Office, cases: Cases, role: Role
) -> None:
    visitor = reveal(office, role, cases.new_complaint)
    assert carried(visitor) == set(REPORTER.values())
    assert visitor.kinds_with("Teuku Rahasia") == {"text"}
    looks = acts(office, "identity.revealed", case_id=cases.new_complaint)
    assert [(look["actor_id"], look["reason"]) for look in looks] == [
        (office.actors[role].user_id, "Menghubungi pelapor")
    ]
    assert carried(visitor.rerun()) == set()
    assert carried(visitor.open("berkas", id=str(cases.new_complaint))) == set()


def test_identity_without_a_reason_is_not_shown(office: Office, cases: Cases) -> None:
    visitor = reveal(office, Role.SUB_BAGIAN_HUKUM, cases.new_complaint, reason="   ")
    with in_language("id"):
        assert visitor.errors() == [_("This field is required.")]
    assert carried(visitor) == set()
    assert acts(office, "identity.revealed") == []


def test_reason_that_names_the_reporter_is_refused_and_kept_nowhere(office: Office, cases: Cases) -> None:
    visitor = reveal(office, Role.SUB_BAGIAN_HUKUM, cases.new_complaint, reason="Menelepon teuku rahasia")
    assert carried(visitor) == set()
    with in_language("id"):
        assert visitor.errors() == [_("This holds what was entered as confidential. Leave it out here.")]
    assert acts(office, "identity.revealed") == []


def test_search_that_finds_nothing_says_that_names_are_not_searched(office: Office, cases: Cases) -> None:
    with in_language("id"):
        said = _("Confidential fields, such as the reporter's name, are not searched.")
    for address, role, told in (
        ("pengaduan", Role.DESK_PELAYANAN, True),
        ("pengawalan", Role.KASUBBAG_KUL, False),
    ):
        visitor = Visitor(office, office.actors[role]).open(address, cari="Teuku Rahasia")
        assert (said in visitor.texts("caption")) is told
        assert said not in visitor.open(address).texts("caption")


def test_each_look_needs_a_reason_of_its_own(office: Office, cases: Cases) -> None:
    visitor = reveal(office, Role.SUB_BAGIAN_HUKUM, cases.new_complaint)
    visitor.press(f"reveal.{cases.new_complaint}.send")
    assert carried(visitor) == set()
    assert len(acts(office, "identity.revealed")) == 1


def test_identity_is_in_no_row_of_trail_or_forms(office: Office, cases: Cases) -> None:
    reveal(office, Role.SUB_BAGIAN_HUKUM, cases.new_complaint)
    with office.reading() as connection:
        answers = [str(answer) for answer in connection.execute(select(Submission.answer)).scalars()]
    kept = " ".join([*(act["details"] for act in acts(office)), *answers])
    assert not any(word in kept for word in REPORTER.values())


def test_command_refuses_the_look_that_a_screen_should_not_have_offered(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the screen's own check taken off, the form is there, and the command still says no."""
    monkeypatch.setattr(case_data, "may", lambda *_: True)
    visitor = reveal(office, Role.ADMINISTRATOR, cases.new_complaint)
    assert carried(visitor) == set()
    assert acts(office, "identity.revealed") == []
