"""A new case through its form: fields come and go with the choices, bad input stores nothing and loses nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.formats import moment_long
from dashboard.text import _, in_language
from models.tables import AuditEntry, CaseFile, Counter, StepRound, VaultEntry
from tests.conftest import NOW
from tests.factories import Office, case_row, open_steps
from tests.moments import wib
from tests.pages.visitor import Visitor

ESCORT: dict[str, Any] = {
    "leader": "Saibi Taileleu",
    "activity": "Rapat pleno",
    "place": "Tuapejat",
    "departs_at": wib("Senin 2026-12-07 07:00"),
    "returns_at": wib("Rabu 2026-12-09 18:00"),
}
COMPLAINT: dict[str, Any] = {
    "subject": "Pungutan liar",
    "description": "Diminta membayar.",
    "reporter_name": "Maria Siribere",
    "reporter_phone": "0812-1111-2222",
    "reported_element": "pps",
    "district": "sikakap",
}
FORMS = {"pengawalan": ESCORT, "pengaduan": COMPLAINT}


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def at_the_form(office: Office, code: str) -> Visitor:
    return Visitor(office, office.sekretaris).open("baru", sop=code)


def stored(office: Office) -> list[int]:
    """How many rows each table has that opening a case writes to, and the counters."""
    with office.reading() as connection:
        tables = (CaseFile, StepRound, VaultEntry, AuditEntry)
        rows = [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
        return [*rows, *connection.execute(select(Counter.value).order_by(Counter.name)).scalars()]


def newest(office: Office) -> int:
    with office.reading() as connection:
        return connection.execute(select(func.max(CaseFile.id))).scalar_one()


def test_escort_is_registered_through_its_form(office: Office) -> None:
    visitor = at_the_form(office, "pengawalan").fill(**ESCORT, received_at=NOW - timedelta(hours=1))
    visitor.fill(personnel="Bonar S.\n Siti, S.H. \n\n").press("open.pengawalan.send")
    assert visitor.is_at("berkas")
    case_id = newest(office)
    row = case_row(office, case_id)
    assert visitor.at.query_params == {"id": str(case_id)} or visitor.at.query_params == {
        "id": [str(case_id)]
    }
    assert row["data"]["leader"] == "Saibi Taileleu"
    assert row["data"]["personnel"] == ["Bonar S.", "Siti, S.H."]
    assert row["data"]["departs_at"] == "2026-12-07T00:00Z"
    assert row["received_at"] == NOW - timedelta(hours=1)
    assert open_steps(office, case_id) == ["confirm_schedule"]
    assert _("Registered as {number}.", number=row["register_no"]) in visitor.texts("success")


def test_complaint_is_registered_through_its_form_and_the_reporter_goes_to_the_vault(office: Office) -> None:
    visitor = at_the_form(office, "pengaduan").fill(**COMPLAINT).press("open.pengaduan.send")
    case_id = newest(office)
    assert visitor.is_at("berkas")
    data = case_row(office, case_id)["data"]
    assert {key: data[key] for key in ("subject", "channel", "identity_withheld")} == {
        "subject": "Pungutan liar",
        "channel": "direct",
        "identity_withheld": True,
    }
    assert not any(key.startswith("reporter_name") for key in data)
    with office.reading() as connection:
        held = connection.execute(select(VaultEntry.field_key).where(VaultEntry.case_id == case_id)).scalars()
        assert set(held) == {"reporter_name", "reporter_phone"}
    assert not visitor.shows("Maria Siribere")


def test_fields_come_and_go_with_the_channel_and_the_reporter(office: Office) -> None:
    visitor = at_the_form(office, "pengaduan")

    def there(*names: str) -> list[bool]:
        return [visitor.has_field(name) for name in names]

    asked = ("reference_number", "letter_number", "reporter_category", "reporter_name")
    assert there(*asked) == [False, False, True, True]
    visitor.fill(channel="letter").rerun()
    assert there(*asked) == [False, True, True, True]
    visitor.fill(channel="lapor").rerun()
    assert there(*asked) == [True, False, True, True]
    visitor.fill(channel="wbs").rerun()
    assert there(*asked) == [True, False, False, False]
    visitor.fill(
        channel="direct",
    ).rerun()
    visitor.fill(reporter_category="anonymous").rerun()
    assert there(*asked) == [False, False, True, False]


def test_anonymous_complaint_stores_no_name_typed_before(office: Office) -> None:
    visitor = at_the_form(office, "pengaduan").fill(**COMPLAINT).rerun()
    visitor.fill(reporter_category="anonymous").rerun().press("open.pengaduan.send")
    with office.reading() as connection:
        held = select(func.count()).where(VaultEntry.case_id == newest(office))
        assert connection.execute(held).scalar_one() == 0


REQUIRED = "This field is required."
BAD: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "nothing typed": (
        "pengaduan",
        {},
        dict.fromkeys(["subject", "description", "reporter_name", "reporter_phone", "district"], REQUIRED),
    ),
    "only blanks": ("pengaduan", COMPLAINT | {"subject": " \t "}, {"subject": REQUIRED}),
    "too long": (
        "pengaduan",
        COMPLAINT | {"subject": "panjang " * 40},
        {"subject": "At most {limit} characters; this has {length}."},
    ),
    "control character": (
        "pengaduan",
        COMPLAINT | {"subject": "bunyi\x07bel", "reporter_name": "nol\x00"},
        dict.fromkeys(["subject", "reporter_name"], "Contains a character that cannot be stored ({code})."),
    ),
    "received in the future": (
        "pengaduan",
        COMPLAINT | {"received_at": NOW + timedelta(hours=1)},
        {"received_at": "{at} lies in the future; it is now {now}."},
    ),
    "place missing": ("pengawalan", ESCORT | {"place": ""}, {"place": REQUIRED}),
    "no departure": ("pengawalan", ESCORT | {"departs_at": None}, {"departs_at": REQUIRED}),
    "back before leaving": (
        "pengawalan",
        ESCORT | {"returns_at": wib("Minggu 2026-12-06 18:00")},
        {"returns_at": "The return ({returns}) lies before the departure ({departs})."},
    ),
}
PARAMS = {
    "returns": wib("Minggu 2026-12-06 18:00"), "departs": ESCORT["departs_at"],
    "limit": 200, "length": 319, "at": NOW + timedelta(hours=1), "now": NOW, "code": "U+0007",
}  # fmt: skip


def beside(visitor: Visitor, name: str) -> str:
    """What stands on the screen right below a field."""
    elements = list(visitor.elements())
    place = next(
        n for n, node in enumerate(elements) if (getattr(node, "key", "") or "").endswith(f".{name}")
    )
    following = elements[place + 1]
    assert following.type == "error", f"below {name} stands {following.type}: {following.value}"
    return str(following.value)


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_refused_beside_its_field_and_nothing_typed_is_lost(office: Office, kind: str) -> None:
    code, typed, refused = BAD[kind]
    visitor = at_the_form(office, code)
    before = stored(office)
    visitor.fill(**typed).press(f"open.{code}.send")
    assert visitor.is_at("baru")
    assert stored(office) == before
    assert not visitor.at.exception
    for name, msgid in refused.items():
        words = beside(visitor, name)
        assert words != msgid, "not in Indonesian"
        if name != "reporter_name" or "{" not in msgid:
            said = {
                key: moment_long(value) if isinstance(value, datetime) else value
                for key, value in PARAMS.items()
            }
            assert words == _(msgid, **said)
    for name, value in typed.items():
        kept = visitor.field(name).value
        shown = (
            value.astimezone(wib("Senin 2026-11-09 08:00").tzinfo).replace(tzinfo=None)
            if isinstance(value, datetime)
            else value
        )
        assert kept == shown, name


def test_form_put_right_after_a_refusal_is_stored_once(office: Office) -> None:
    visitor = at_the_form(office, "pengawalan").fill(**ESCORT | {"place": ""}).press("open.pengawalan.send")
    visitor.fill(place="Sikakap").press("open.pengawalan.send")
    assert visitor.is_at("berkas")
    assert case_row(office, newest(office))["data"]["place"] == "Sikakap"
    again = visitor.open("baru", sop="pengawalan")
    assert again.field("leader").value == ""
    assert again.errors() == []


def test_form_left_for_another_page_still_holds_what_was_typed(office: Office) -> None:
    visitor = at_the_form(office, "pengaduan").fill(**COMPLAINT).rerun()
    visitor.open("ringkasan").open("baru", sop="pengaduan")
    assert {name: visitor.field(name).value for name in COMPLAINT} == COMPLAINT


def test_form_sent_twice_opens_one_case(office: Office) -> None:
    """The second press arrives with the screen of the first, as with a double click."""
    visitor = at_the_form(office, "pengawalan").fill(**ESCORT)
    next(button for button in visitor.at.button if button.key == "open.pengawalan.send").click()
    sent = visitor.at._tree.get_widget_states()
    before = stored(office)[0]
    visitor.at._run(sent)
    first = newest(office)
    visitor.at._run(sent)
    assert stored(office)[0] == before + 1
    assert newest(office) == first


@pytest.mark.parametrize("code", ["", "x", "PENGADUAN", "pengaduan ", "<script>", "../pengaduan"])
def test_form_of_a_sop_that_there_is_not_is_not_found(shared_office: Office, code: str) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open("baru", sop=code)
    assert visitor.texts("error") == [_("Not found.")]
    assert not visitor.at.exception
