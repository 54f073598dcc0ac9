"""The screen Laporan: months and ranges beside semesters, links of before, and the variant with identities."""

import io
import re
import zipfile

import pytest

from dashboard import secret_reports
from dashboard.text import _, in_language
from dashboard.web import tickets
from models.access import Role
from models.errors import Forbidden, NotFound
from tests.factories import Office, acts
from tests.pages.conftest import REPORTER, Cases
from tests.pages.visitor import Visitor

NAME = REPORTER["reporter_name"]
FORM = "secret.pengaduan.2026-S2"


def download_of(visitor: Visitor) -> str:
    """Where the page's own download leads."""
    return next(found for found in addresses(visitor) if "laporan.xlsx" in found)


def addresses(visitor: Visitor) -> list[str]:
    return [node.proto.url for node in visitor.at.get("link_button")]


@pytest.mark.parametrize(
    "key", ["2026-S2", "2026-S1", "2024-S1", "2026-11", "2026-03..2026-11", "2023-01..2026-11"]
)
def test_report_is_shown_for_any_run_of_months(shared_office: Office, key: str) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open("laporan", sop="pengaduan", periode=key)
    assert not visitor.at.exception
    assert f"periode={key}" in download_of(visitor)


def test_link_of_before_leads_where_it_led(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris)
    visitor.open("laporan", sop="pengawalan", semester="2026-S1")
    assert {"sop=pengawalan", "periode=2026-S1"} <= set(re.split(r"[?&]", download_of(visitor)))
    visitor.at.selectbox(key="reports.kind").set_value("2026-08").run()
    assert "periode=2026-08" in download_of(visitor)
    assert "semester" not in visitor.at.query_params


def test_range_is_chosen_by_its_ends(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open("laporan", periode="2026-03..2026-04")
    (first,) = (node for node in visitor.widgets() if node.key.startswith("reports.from."))
    first.set_value(202601).run()
    assert "periode=2026-01..2026-04" in download_of(visitor)


def prepared(office: Office, role: Role, reason: str = "Permintaan Inspektorat") -> Visitor:
    visitor = Visitor(office, office.actors[role]).open("laporan", sop="pengaduan", periode="2026-S2")
    visitor.fill_key(f"{FORM}.", ".reason", reason)
    return visitor.press(f"{FORM}.send")


def ticket_in(visitor: Visitor, kind: str) -> dict[str, str]:
    (address,) = (found for found in addresses(visitor) if f"laporan-rahasia.{kind}" in found)
    return {"tiket": address.partition("tiket=")[2]}


def test_variant_with_identities_is_fetched_once_for_a_reason(office: Office, cases: Cases) -> None:
    visitor, who = prepared(office, Role.SEKRETARIS), office.sekretaris
    assert not visitor.shows(NAME)
    assert NAME not in repr(visitor.at.session_state.to_dict())
    (act,) = acts(office, "identity.exported")
    assert (act["actor_id"], act["reason"]) == (who.user_id, "Permintaan Inspektorat")
    query = ticket_in(visitor, "xlsx")
    made = secret_reports.secret_xlsx(who, query)
    assert made.filename == "Laporan_Dumas_Semester_II_2026_RAHASIA.xlsx"
    assert isinstance(made.body, bytes)
    with zipfile.ZipFile(io.BytesIO(made.body)) as book:
        told = "".join(book.read(name).decode() for name in book.namelist())
    assert NAME in told
    with pytest.raises(NotFound):
        secret_reports.secret_xlsx(who, query)
    printed = secret_reports.secret_pdf(who, ticket_in(visitor, "pdf"))
    assert printed.filename == "Laporan_Dumas_Semester_II_2026_RAHASIA.pdf"
    assert len(acts(office, "identity.exported")) == 1


def test_ticket_is_of_no_use_to_others_or_for_another_format(office: Office, cases: Cases) -> None:
    visitor = prepared(office, Role.SEKRETARIS)
    query = ticket_in(visitor, "xlsx")
    with pytest.raises(NotFound):
        secret_reports.secret_xlsx(office.second, query)
    with pytest.raises(NotFound):
        secret_reports.secret_pdf(office.sekretaris, query)


def test_who_lost_the_permission_meanwhile_gets_nothing(office: Office, cases: Cases) -> None:
    query = ticket_in(prepared(office, Role.SEKRETARIS), "xlsx")
    demoted = type(office.sekretaris)(
        office.sekretaris.user_id, office.sekretaris.name, frozenset({Role.PIMPINAN})
    )
    with pytest.raises(Forbidden):
        secret_reports.secret_xlsx(demoted, query)


def test_without_a_reason_there_is_no_ticket(office: Office, cases: Cases) -> None:
    before = len(tickets._kept)
    visitor = prepared(office, Role.SEKRETARIS, reason="  ")
    with in_language("id"):
        assert _("This field is required.") in visitor.errors()
    assert not any("rahasia" in address for address in addresses(visitor))
    assert len(tickets._kept) == before
    assert acts(office, "identity.exported") == []


@pytest.mark.parametrize("role", [Role.PIMPINAN, Role.ADMINISTRATOR])
def test_form_is_for_those_who_may(shared_office: Office, role: Role) -> None:
    visitor = Visitor(shared_office, shared_office.actors[role]).open("laporan", sop="pengaduan")
    assert not any(node.key.startswith("secret.") for node in visitor.widgets())


def test_sop_without_identities_has_no_form(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open("laporan", sop="pengawalan")
    assert not any(node.key.startswith("secret.") for node in visitor.widgets())


def test_command_refuses_what_a_screen_should_not_have_offered(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_reports, "may", lambda *_: True)
    visitor = prepared(office, Role.PIMPINAN)
    assert not any("rahasia" in address for address in addresses(visitor))
    assert acts(office, "identity.exported") == []


def test_period_that_the_working_calendar_does_not_know_is_said_to_be_so(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open("laporan", periode="2010-S1")
    assert not visitor.at.exception
    (error,) = visitor.at.error
    assert "kalender kerja" in error.value
    assert "rujukan" not in error.value
    assert [one.label for one in visitor.at.expander] == ["Periksa keaslian berkas"]
