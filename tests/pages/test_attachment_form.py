"""The form of an attachment: what is attached is what was chosen last, and each of its fields is kept."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from dashboard import drafts
from dashboard.text import _, in_language
from models.access import Actor
from models.attachment_content import MOST_BYTES
from models.attachment_refusal import TOO_LARGE
from models.tables import Attachment
from tests.commands.books import picture
from tests.factories import Office, latest, sop
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

MB = 1024**2


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def at_the_attachments(office: Office, case_id: int, who: Actor | None = None) -> Visitor:
    visitor = Visitor(office, who or office.sekretaris).open("berkas", id=str(case_id))
    return visitor.choose("case.tab", _("Attachments"))


def chosen(visitor: Visitor, name: str, body: bytes) -> Visitor:
    visitor.at.file_uploader[0].set_value((name, body, "image/png"))
    return visitor.rerun()


def attached(office: Office) -> list[str]:
    with office.reading() as connection:
        return list(connection.execute(select(Attachment.filename)).scalars())


def test_file_that_is_too_large_takes_the_place_of_the_one_before_and_is_refused(
    office: Office, cases: Cases
) -> None:
    case_id = cases.new_escort
    visitor = chosen(at_the_attachments(office, case_id), "pertama.png", picture())
    assert any("pertama.png" in text for text in visitor.texts("text"))
    chosen(visitor, "kedua.png", picture() + bytes(MOST_BYTES))
    assert not any("pertama.png" in text for text in visitor.texts("text"))
    visitor.press(f"attach.case.{case_id}.send")
    begin = _(TOO_LARGE).partition("{")[0]
    assert any(error.startswith(begin) for error in visitor.errors()), visitor.errors()
    assert attached(office) == []
    chosen(visitor, "ketiga.png", picture()).press(f"attach.case.{case_id}.send")
    assert attached(office) == ["ketiga.png"]


def test_browser_lets_a_file_through_that_the_command_refuses(office: Office, cases: Cases) -> None:
    visitor = at_the_attachments(office, cases.new_escort)
    assert visitor.at.file_uploader[0].proto.max_upload_size_mb * MB > 2 * MOST_BYTES
    assert "10 MB" in visitor.at.file_uploader[0].label


def test_every_field_of_the_form_is_kept(office: Office, cases: Cases) -> None:
    assert kept_after_a_reload(office, cases) == ("Pindaian surat", False, True)


def test_fields_that_are_not_marked_are_lost(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(drafts, "mark", lambda _prefix: None)
    assert kept_after_a_reload(office, cases) == ("", True, False)


def kept_after_a_reload(office: Office, cases: Cases) -> tuple[str, bool, bool]:
    case_id = cases.recorded_complaint
    visitor = at_the_attachments(office, case_id)
    round_id = latest(office, case_id, "recording")["id"]
    output = f"{round_id}.{sop('pengaduan').step('recording').outputs[0].key}"
    visitor.fill(title="Pindaian surat", secret=False, output=output).rerun()
    again = at_the_attachments(office, case_id)
    return again.field("title").value, again.field("secret").value, again.field("output").value == output


def test_chosen_file_counts_as_begun(office: Office, cases: Cases) -> None:
    form = f"attach.case.{cases.new_escort}"
    visitor = at_the_attachments(office, cases.new_escort)
    prefix = visitor.key_of(f"{form}.", ".title").removesuffix(".title")
    assert f"typed.{prefix}" not in visitor.at.session_state
    chosen(visitor, "pertama.png", picture())
    assert visitor.at.session_state[f"typed.{prefix}"]
