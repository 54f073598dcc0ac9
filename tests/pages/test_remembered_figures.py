"""Figures are remembered between runs; never longer than they are true, nor for somebody who may not see them."""

import pytest

from dashboard import reads, report_screen, summary
from dashboard.periods import of_semester
from dashboard.text import in_language
from models.access import Role
from models.commands.users import set_language
from models.errors import Forbidden
from tests.conftest import NOW
from tests.factories import Office, finish, sop, token
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

PERIOD = of_semester(2026, 2)


@pytest.fixture
def filled(office: Office) -> Office:
    """The office after the Ketua's people have looked at everything, so that all of it is remembered."""
    leader = office.actors[Role.PIMPINAN]
    both = [sop("pengawalan"), sop("pengaduan")]
    summary.overview(leader, both, PERIOD, NOW)
    Visitor(office, leader).open("laporan", sop="pengaduan")
    return office


def _on_time(office: Office) -> int:
    leader = office.actors[Role.PIMPINAN]
    return summary.overview(leader, [sop("pengaduan")], PERIOD, NOW).whole.on_time


def test_overview_moves_with_a_step_recorded_since(filled: Office, cases: Cases) -> None:
    before = _on_time(filled)
    finish(filled, cases.recorded_complaint, "disposition")
    assert _on_time(filled) == before + 1


def test_overview_without_the_data_version_in_its_key_would_stand_still(
    filled: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "data_version", lambda connection: 1)
    before = _on_time(filled)
    finish(filled, cases.recorded_complaint, "disposition")
    assert _on_time(filled) == before


def test_overview_remembered_for_a_leader_is_refused_to_who_may_not_read_it(filled: Office) -> None:
    for role in (Role.JAGAT_SAKSANA, Role.KASUBBAG_KUL):
        with pytest.raises(Forbidden):
            summary.overview(filled.actors[role], [sop("pengaduan")], PERIOD, NOW)
    with pytest.raises(Forbidden):
        summary.overview(filled.nobody, [sop("pengawalan")], PERIOD, NOW)


def test_report_remembered_for_a_leader_is_refused_to_who_may_not_read_it(filled: Office) -> None:
    with pytest.raises(Forbidden):
        report_screen.show(filled.actors[Role.JAGAT_SAKSANA], sop("pengaduan"), PERIOD, NOW)


def test_overview_remembered_in_indonesian_is_english_for_an_english_reader(filled: Office) -> None:
    leader = filled.actors[Role.PIMPINAN]
    set_language(filled.store, actor=leader, token=token(), now=NOW, language="en")
    with in_language("id"):
        indonesian = summary.overview(leader, [sop("pengaduan")], PERIOD, NOW).matrices_in_words["pengaduan"]
    with in_language("en"):
        english = summary.overview(leader, [sop("pengaduan")], PERIOD, NOW).matrices_in_words["pengaduan"]
    assert "tepat waktu" in indonesian
    assert "on time" in english
    assert "tepat waktu" not in english
