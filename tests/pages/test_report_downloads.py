"""The print-out of the semester report under /unduh/laporan.pdf."""

import json
from dataclasses import replace

import pytest

from dashboard import exports, report_downloads
from dashboard.web.downloads import Download
from models.access import Actor, Role
from models.errors import Forbidden, Invalid, NotFound
from tests.factories import Office, acts
from tests.pages.conftest import REPORTER, Cases
from tests.print_cases import pages

ASKED = {"sop": "pengaduan", "periode": "2026-S2"}


def print_out(who: Actor) -> Download:
    made = report_downloads.report_print(who, ASKED)
    assert isinstance(made, Download)
    return made


def words(made: Download) -> list[str]:
    assert isinstance(made.body, bytes)
    return pages(made.body)


def test_print_out_is_a_draft_and_an_act(office: Office, cases: Cases) -> None:
    who = replace(office.sekretaris, language="en")
    made = print_out(who)
    assert (made.filename, made.media_type) == ("Laporan_Dumas_Semester_II_2026.pdf", "application/pdf")
    printed = words(made)
    assert "tercatat 5 pengaduan baru" in printed[0]  # Indonesian whoever asks
    assert all("KONSEP" in page for page in printed)
    (act,) = acts(office, "exported")
    assert act["actor_id"] == who.user_id
    assert json.loads(act["details"]) == {
        "what": "report",
        "sop": "pengaduan",
        "period": "2026-S2",
        "kind": "pdf",
    }


def test_no_reporter_is_in_the_print_out(office: Office, cases: Cases) -> None:
    whole = " ".join(words(print_out(office.sekretaris)))
    assert "Netralitas anggota PPK" in whole
    for value in REPORTER.values():
        assert value not in whole


@pytest.mark.parametrize("changed", [{"sop": "tiada"}, {"sop": ""}, {"periode": "2026-S3"}, {"periode": ""}])
def test_what_is_not_there_is_not_found(office: Office, cases: Cases, changed: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        report_downloads.report_print(office.sekretaris, ASKED | changed)
    assert acts(office, "exported") == []


def test_who_may_not_see_reports_gets_none(office: Office, cases: Cases) -> None:
    for role, refusal in ((Role.DESK_PELAYANAN, Forbidden), (Role.JAGAT_SAKSANA, NotFound)):
        with pytest.raises(refusal):
            report_downloads.report_print(office.actors[role], ASKED)
    with pytest.raises(NotFound):
        report_downloads.report_print(office.nobody, ASKED)
    assert acts(office, "exported") == []


def test_period_that_the_working_calendar_does_not_know_is_refused_in_words(
    office: Office, cases: Cases
) -> None:
    for made in (report_downloads.report_print, exports.report_xlsx):
        with pytest.raises(Invalid) as refusal:
            made(office.sekretaris, ASKED | {"periode": "2010-S1"})
        assert "lies outside the working calendar" in refusal.value.problem.msgid
    assert acts(office, "exported") == []
