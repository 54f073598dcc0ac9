"""A form that was begun stays with what was typed when somebody else is faster, on every screen; and says why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from dashboard import drafts
from dashboard.text import _, in_language
from models.access import Actor, Role
from models.commands.attachments import withdraw_attachment
from models.commands.closing import close_case
from models.commands.duty_checks import record_check, strike_check
from models.commands.journals import strike_entry
from models.commands.links import link_cases, unlink_cases
from models.commands.pauses import pause_case, resume_case
from models.tables import Attachment, DutyEntry, JournalEntry, Pause
from tests.commands.books import add_file, stored, write
from tests.commands.duty_rows import Run, escort
from tests.conftest import NOW
from tests.factories import Office, case_row, finish, latest, token
from tests.moments import wib
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

MINE = "catatan saya"
BEGUN = wib("Jumat 2026-11-20 06:00")
BACK = wib("Minggu 2026-11-22 06:00")


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def under_way(office: Office) -> int:
    """An escort that left this morning."""
    return escort(office, BEGUN, BACK, Run(begun=BEGUN, started=BEGUN))


def at(office: Office, case_id: int, who: Actor | None = None) -> Visitor:
    return Visitor(office, who or office.sekretaris).open("berkas", id=str(case_id))


def at_the_books(office: Office, case_id: int, book: str, who: Actor | None = None) -> Visitor:
    visitor = at(office, case_id, who).choose("case.tab", _("Books"))
    return visitor.choose("case.book", book)


def close(office: Office, case_id: int) -> None:
    close_case(
        office.store, actor=office.second, token=token(), now=NOW, case_id=case_id, status="withdrawn",
        expected_version=case_row(office, case_id)["version"], closed_at=NOW, reason="Dicabut",
    )  # fmt: skip


@dataclass
class Typed:
    """A form with something in it, what somebody else does meanwhile, and what the sender is told."""

    visitor: Visitor
    form: str
    faster: Callable[[], object]
    told: str


def new_entry(office: Office) -> Typed:
    case_id = under_way(office)
    visitor = at_the_books(office, case_id, "Catatan internal").fill(note=MINE)
    return Typed(visitor, f"entry.{case_id}.notes", lambda: close(office, case_id), _("The case is closed."))


def correction(office: Office) -> Typed:
    case_id = under_way(office)
    entry_id = write(office, case_id, at=NOW, now=NOW)
    visitor = at_the_books(office, case_id, "Catatan internal (1)")
    opened(visitor, f"entry.more.{entry_id}")
    form = f"entry.correct.{entry_id}"
    visitor.fill_key(f"{form}.", ".note", MINE)
    struck = {"entry_id": entry_id, "expected_version": stored(office, JournalEntry, entry_id)["version"]}

    def strike() -> None:
        strike_entry(office.store, actor=office.second, token=token(), now=NOW, reason="Keliru", **struck)

    return Typed(visitor, form, strike, faster_words())


def quick_entry(office: Office) -> Typed:
    case_id = under_way(office)
    visitor = Visitor(office, office.actors[Role.JAGAT_SAKSANA]).open("tugas")
    visitor.fill(account=MINE, location="Sikakap")

    def finished() -> None:
        finish(office, case_id, "escort", at=NOW)
        close(office, case_id)

    return Typed(visitor, f"entry.{case_id}.mutation_book", finished, _("The case is closed."))


def departure(office: Office) -> Typed:
    case_id = escort(office, BEGUN, BACK, Run(started=BEGUN))
    form = f"begin.{latest(office, case_id, 'escort')['id']}"
    visitor = at(office, case_id).fill_key(f"{form}.", ".at", NOW.replace(tzinfo=None))
    return Typed(visitor, form, lambda: finish(office, case_id, "escort", at=NOW), faster_words())


def end_of_a_pause(office: Office) -> Typed:
    case_id = under_way(office)
    answer = pause_case(
        office.store, actor=office.second, token=token(), now=NOW, case_id=case_id, kind="other",
        started_at=NOW - timedelta(hours=1), reason="Menunggu cuaca",
    )  # fmt: skip
    pause_id = answer["pause_id"]
    form = f"resume.{pause_id}"
    visitor = at(office, case_id).act("Jeda").fill_key(f"{form}.", ".at", NOW.replace(tzinfo=None))

    def resume() -> None:
        resume_case(
            office.store, actor=office.second, token=token(), now=NOW, case_id=case_id, pause_id=pause_id,
            expected_version=stored(office, Pause, pause_id)["version"], ended_at=NOW,
        )  # fmt: skip

    return Typed(visitor, form, resume, faster_words())


def beginning_of_a_pause(office: Office) -> Typed:
    case_id = under_way(office)
    form = f"pause.{case_id}"
    visitor = at(office, case_id).act("Jeda").fill_key(f"{form}.", ".reason", MINE)

    def pause() -> None:
        pause_case(
            office.store, actor=office.second, token=token(), now=NOW, case_id=case_id, kind="other",
            started_at=NOW, reason="Menunggu cuaca",
        )  # fmt: skip

    return Typed(visitor, form, pause, "Jeda sedang berjalan sejak")


def withdrawal(office: Office) -> Typed:
    case_id = under_way(office)
    attachment_id = add_file(office, case_id)
    visitor = at(office, case_id).choose("case.tab", _("Attachments"))
    opened(visitor, f"file.more.{attachment_id}")
    form = f"withdraw.{attachment_id}"
    visitor.fill_key(f"{form}.", ".reason", MINE)

    def withdraw() -> None:
        withdraw_attachment(
            office.store, actor=office.second, token=token(), now=NOW, attachment_id=attachment_id,
            expected_version=stored(office, Attachment, attachment_id)["version"], reason="Salah berkas",
        )  # fmt: skip

    return Typed(visitor, form, withdraw, faster_words())


def tie_taken_back(office: Office) -> Typed:
    case_id, other_id = under_way(office), under_way(office)
    link_cases(
        office.store, actor=office.second, token=token(), now=NOW, case_id=case_id,
        other_no=case_row(office, other_id)["register_no"], reason="Satu rombongan",
    )  # fmt: skip
    form = f"unlink.{case_id}.{other_id}"
    visitor = at(office, case_id).act("Berkas terkait")
    opened(visitor, f"{form}.more").fill_key(f"{form}.", ".reason", MINE)

    def unlink() -> None:
        unlink_cases(
            office.store, actor=office.second, token=token(), now=NOW, case_id=case_id, other_id=other_id,
            reason="Keliru",
        )  # fmt: skip

    return Typed(visitor, form, unlink, "idak ditemukan")


def struck_check(office: Office) -> Typed:
    answer = record_check(
        office.store, actor=office.second, token=token(), now=NOW, code="pengaduan", duty_key="email_check",
        happened_at=NOW, data={"complaints_found": 0},
    )  # fmt: skip
    entry_id = answer["entry_id"]
    form = f"duty.strike.{entry_id}"
    visitor = Visitor(office, office.actors[Role.DESK_PELAYANAN]).open("tugas")
    opened(visitor, f"{form}.more").fill_key(f"{form}.", ".reason", MINE)

    def strike() -> None:
        strike_check(
            office.store, actor=office.second, token=token(), now=NOW, entry_id=entry_id,
            expected_version=stored(office, DutyEntry, entry_id)["version"], reason="Keliru",
        )  # fmt: skip

    return Typed(visitor, form, strike, faster_words())


def faster_words() -> str:
    return _("Somebody else has changed this in the meantime.")


def opened(visitor: Visitor, key: str) -> Visitor:
    """Open a popover, as a click on it does."""
    visitor.at.session_state[key] = True
    return visitor.rerun()


FORMS = [
    new_entry, correction, quick_entry, departure, end_of_a_pause, beginning_of_a_pause, withdrawal,
    tie_taken_back, struck_check,
]  # fmt: skip


def typed_fields(visitor: Visitor, form: str) -> dict[str, object]:
    return {node.key: node.value for node in visitor.widgets() if node.key.startswith(f"{form}.") and "." in
            node.key.removeprefix(f"{form}.") and node.type != "button"}  # fmt: skip


@pytest.mark.parametrize("make", FORMS)
def test_form_that_was_begun_stays_and_the_refusal_is_read(
    office: Office, make: Callable[[Office], Typed]
) -> None:
    typed = make(office)
    typed.visitor.rerun()
    before = typed_fields(typed.visitor, typed.form)
    assert before
    typed.faster()
    assert typed_fields(typed.visitor.rerun(), typed.form) == before
    typed.visitor.press(f"{typed.form}.send")
    assert any(typed.told in error for error in typed.visitor.errors()), typed.visitor.errors()
    assert typed_fields(typed.visitor, typed.form) == before


@pytest.mark.parametrize("make", FORMS)
def test_without_drafts_the_form_would_vanish_without_a_word(
    office: Office, make: Callable[[Office], Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    typed = make(office)
    typed.visitor.rerun()
    monkeypatch.setattr(drafts, "stays", lambda _form: False)
    monkeypatch.setattr(drafts, "is_begun", lambda _form: False)
    typed.faster()
    assert typed_fields(typed.visitor.rerun(), typed.form) == {}
    assert typed.visitor.errors() == []


@pytest.mark.parametrize("make", [new_entry, quick_entry, beginning_of_a_pause, tie_taken_back])
def test_form_that_is_over_can_be_let_go(office: Office, make: Callable[[Office], Typed]) -> None:
    typed = make(office)
    typed.visitor.rerun()
    typed.faster()
    typed.visitor.rerun().press(f"{typed.form}.let_go")
    assert typed_fields(typed.visitor, typed.form) == {}


def test_draft_of_the_tasks_is_there_in_the_book(office: Office) -> None:
    case_id = under_way(office)
    guard = office.actors[Role.JAGAT_SAKSANA]
    Visitor(office, guard).open("tugas").fill(account=MINE).rerun()
    visitor = at_the_books(office, case_id, "Buku mutasi", guard)
    assert visitor.field("account").value == MINE
    assert _("What you had typed before is here again.") in "\n".join(visitor.texts("caption"))


def test_entry_of_a_step_that_has_ended_is_written_in_the_tasks(office: Office) -> None:
    typed = quick_entry(office)
    typed.visitor.rerun()
    case_id = int(typed.form.split(".")[1])
    finish(office, case_id, "escort", at=NOW)
    words = "The step has ended meanwhile; an entry can be written until the case is closed."
    assert any(_(words) in text for text in typed.visitor.rerun().texts("caption"))
    typed.visitor.press(f"{typed.form}.send")
    assert typed.visitor.errors() == []
    assert typed_fields(typed.visitor, typed.form) == {}
    assert at_the_books(office, case_id, "Buku mutasi (1)").shows(MINE)


KEPT = [
    ("Jeda", "pause", "kind", "other"),
    ("Tutup", "close", "status", "archived"),
    ("Berkas terkait", "link", "no", "ADU-1"),
]


@pytest.mark.parametrize(("act", "form", "field", "value"), KEPT)
@pytest.mark.parametrize("marked", [True, False], ids=["", "twin"])
def test_choice_that_is_marked_outlives_the_page(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch, *, act: str, form: str, field: str, value: str,
    marked: bool,
) -> None:  # fmt: skip
    """The twin: a field that is not marked is lost with the page."""
    if not marked:
        monkeypatch.setattr(drafts, "mark", lambda _prefix: None)
    begin = f"{form}.{cases.recorded_complaint}."
    at(office, cases.recorded_complaint).act(act).fill_key(begin, f".{field}", value).rerun()
    again = at(office, cases.recorded_complaint).act(act)
    key = again.key_of(begin, f".{field}")
    found = next(node.value for node in again.widgets() if node.key == key)
    assert (found == value) is marked
