"""What a case says of its books: how it stands, and which entries were recorded late."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from dashboard.text import _, in_language
from models.commands.journals import record_entry
from tests.commands.duty_rows import Run, entry, escort
from tests.conftest import NOW
from tests.factories import Office, token
from tests.moments import wib
from tests.pages.visitor import Visitor

SAFE = "Aman: kendali di personel pengamanan"
EARLIER, LATER = wib("Kamis 2026-11-19 06:00"), wib("Senin 2026-11-23 06:00")
BACK = wib("Rabu 2026-11-25 06:00")


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


@pytest.mark.parametrize(
    ("departs", "begun", "said"),
    [(LATER, None, False), (EARLIER, None, True), (LATER, EARLIER, True), (None, None, False)],
)
def test_escort_is_called_safe_once_it_has_set_out(
    office: Office, departs: datetime | None, begun: datetime | None, said: bool
) -> None:
    case_id = escort(office, departs, BACK, Run(begun=begun, started=EARLIER))
    assert any(SAFE in text for text in head(office, case_id)) is said


def test_entry_says_how_the_escort_stands_before_it_sets_out(office: Office) -> None:
    case_id = escort(office, LATER, BACK, Run(started=EARLIER))
    entry(office, case_id, EARLIER, journal="situation_log", situation="safe")
    assert any(SAFE in text for text in head(office, case_id))


def head(office: Office, case_id: int) -> list[str]:
    return Visitor(office, office.sekretaris).open("berkas", id=str(case_id)).texts("markdown")


@pytest.mark.parametrize(
    ("happened", "recorded", "late"),
    [
        ("Jumat 2026-11-13 10:00", "Senin 2026-11-16 15:00", False),  # the next working day, three days on
        ("Jumat 2026-11-13 10:00", "Selasa 2026-11-17 08:00", True),
        ("Senin 2026-11-16 08:00", "Selasa 2026-11-17 23:00", False),  # 39 hours
        ("Senin 2026-11-16 08:00", "Rabu 2026-11-18 08:00", True),
    ],
)
def test_entry_of_a_book_without_slots_is_late_after_more_than_one_working_day(
    office: Office, happened: str, recorded: str, late: bool
) -> None:
    case_id = escort(office, EARLIER, BACK, Run(begun=EARLIER))
    entry(office, case_id, wib(happened), recorded=wib(recorded), journal="notes", note="Ditelepon")
    assert is_late(office, case_id, "Catatan internal (1)") is late


@pytest.mark.parametrize(("recorded", "late"), [("12:00", False), ("12:01", True)])
def test_entry_of_a_book_with_slots_is_late_after_two_hours(
    office: Office, recorded: str, late: bool
) -> None:
    case_id = escort(office, EARLIER, BACK, Run(begun=EARLIER))
    at = wib("Kamis 2026-11-19 10:00")
    entry(
        office, case_id, at, recorded=wib(f"Kamis 2026-11-19 {recorded}"), location="Padang", account="Aman"
    )
    assert is_late(office, case_id, "Buku mutasi (1)") is late


def is_late(office: Office, case_id: int, book: str) -> bool:
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(case_id))
    visitor.choose("case.tab", _("Books")).choose("case.book", book)
    return any(_("recorded late") in text for text in visitor.texts("text"))


def test_log_entry_begins_as_the_case_stands_and_says_so_when_it_says_otherwise(office: Office) -> None:
    case_id = escort(office, EARLIER, BACK, Run(begun=EARLIER))
    warned = "Situasi Aman/Rawan masih menyebut: {}. Catat juga perubahannya di sana."
    visitor = at_the_log(office, case_id)
    assert visitor.field("situation").value == "safe"
    visitor.fill(situation="unsafe").rerun()
    assert visitor.shows(warned.format("Aman"))
    entry(
        office,
        case_id,
        wib("Kamis 2026-11-19 09:00"),
        journal="situation_log",
        situation="unsafe",
        cause="Massa",
    )
    visitor = at_the_log(office, case_id)
    assert visitor.field("situation").value == "unsafe"
    assert not visitor.shows("masih menyebut")
    visitor.fill(situation="safe").rerun()
    assert visitor.shows(warned.format("Rawan"))


def test_history_tells_what_an_entry_says(office: Office) -> None:
    case_id = escort(office, EARLIER, BACK, Run(begun=EARLIER))
    record_entry(
        office.store, actor=office.sekretaris, token=token(), now=NOW, case_id=case_id, journal_key="situation_log",
        happened_at=NOW, data={"situation": "unsafe", "cause": "Massa *ramai*\n" + "x" * 300, "police_unit": "Polsek",
        "police_contact": "Aiptu M", "police_phone": "110", "control_handed_over_at": NOW},
    )  # fmt: skip
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(case_id))
    visitor.choose("case.tab", _("History"))
    (told,) = (words for words in visitor.texts("text") if "Rawan" in words)
    assert told.startswith("Rawan: kendali di Kepolisian setempat · Massa *ramai* xxx")
    assert (len(told), told[-1]) == (201, "…")


def at_the_log(office: Office, case_id: int) -> Visitor:
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(case_id))
    return visitor.choose("case.tab", _("Books"))
