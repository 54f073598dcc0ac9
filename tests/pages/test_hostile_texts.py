"""Whatever somebody types stays text: on every screen, in every field of both SOPs, in notes and in reasons."""

import unicodedata
from itertools import cycle, islice
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import update

from dashboard import settings
from models.access import Role
from models.database import transaction
from models.errors import Invalid
from models.form_data import is_shown
from models.queries.case_file import case_view
from models.sop import Field, FieldType
from models.tables import User
from tests.conftest import NOW
from tests.factories import Office, finish, latest, open_one, sop
from tests.pages.conftest import Cases
from tests.pages.hostile import REFUSED, SIGN, STORABLE
from tests.pages.visitor import PLAIN, Visitor

TEXTS = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE, FieldType.PEOPLE)


def text_fields(code: str) -> list[Field]:
    """The fields of an ordinary case that anybody may read."""
    ordinary = {"channel": "direct"}
    return [field for field in sop(code).fields if field.type in TEXTS and is_shown(field, ordinary)]


def filled(fields: list[Field], start: int) -> dict[str, Any]:
    """A text for each field, going round from `start`."""
    texts = islice(cycle(STORABLE), start, None)
    return {
        field.key: [next(texts), next(texts)] if field.type is FieldType.PEOPLE else next(texts)
        for field in fields
    }


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_text_comes_back_identical_from_every_field(office: Office, code: str) -> None:
    fields = text_fields(code)
    assert len(fields) >= 5
    seen: set[tuple[str, str]] = set()
    for start in range(len(STORABLE)):
        typed = filled(fields, start)
        case_id = open_one(office, code, now=NOW, **typed)
        with office.reading() as connection:
            data = case_view(connection, actor=office.sekretaris, case_id=case_id, as_of=NOW).data
        for key, text in typed.items():
            assert data[key] == composed(text), key
            seen |= {(key, text)} if isinstance(text, str) else {(key, one) for one in text}
    assert len(seen) == len(STORABLE) * len(fields)


def composed(text: Any) -> Any:
    """As it is stored: one way of writing each letter."""
    if isinstance(text, list):
        return [composed(one) for one in text]
    return unicodedata.normalize("NFC", str(text))


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
@pytest.mark.parametrize("text", REFUSED, ids=["nul", "bel", "del", "long"])
def test_text_that_cannot_be_stored_is_refused_in_every_field(office: Office, code: str, text: str) -> None:
    for field in text_fields(code):
        if field.type is FieldType.LONG_TEXT and len(text) > 100:
            text *= 10
        typed: dict[str, Any] = {field.key: [text] if field.type is FieldType.PEOPLE else text}
        with pytest.raises(Invalid) as refusal:
            open_one(office, code, now=NOW, **typed)
        assert set(refusal.value.problems) == {field.key}


def hostile_cases(office: Office, code: str) -> list[int]:
    """Cases full of hostile texts, a step of each finished with such texts in its fields and its note."""
    found = []
    first = {"pengawalan": "confirm_schedule", "pengaduan": "recording"}[code]
    fields = text_fields(code)
    for start in range(0, len(STORABLE), len(fields)):  # so that each text stands in some field
        case_id = open_one(office, code, **filled(fields, start))
        step = sop(code).step(first)
        data = {
            field.key: text
            for field, text in zip(step.fields, STORABLE[start:], strict=False)
            if field.type in (FieldType.TEXT, FieldType.LONG_TEXT) and field.show_if is None
        }
        data |= {f"output_{output.key}": STORABLE[start] for output in step.outputs}
        finish(office, case_id, first, data=data, note=STORABLE[start - 1])
        found.append(case_id)
    return found


def rendered(visitor: Visitor) -> set[str]:
    """The kinds of elements that carry such a text and may read it as more than text."""
    assert not visitor.at.exception
    return visitor.kinds_with(SIGN) - PLAIN


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_hostile_text_reaches_every_screen_as_plain_text_only(office: Office, code: str) -> None:
    cases = hostile_cases(office, code)
    visitor = Visitor(office, office.sekretaris)
    for url in (code, "ringkasan", "laporan", "tugas"):
        assert rendered(visitor.open(url)) == set(), url
    assert visitor.open(code).kinds_with(SIGN) == {"dataframe", "selectbox"}
    for sheet in range(4):
        visitor.open("laporan", sop=code).choose("reports.sheet", sheet)
        assert rendered(visitor) == set(), sheet
    visitor.open("tugas").at.toggle(key="tasks.others").set_value(True).run()
    for key in [str(one.key) for one in visitor.widgets() if str(one.key).startswith("tasks.more.")]:
        visitor.press(key)
    assert visitor.kinds_with(SIGN) == {"text"}
    said: list[str] = []
    for case_id in cases:
        assert visitor.open("berkas", id=str(case_id)).kinds_with(SIGN) == {"text"}
        said += visitor.texts("text")
        for tab in range(visitor.segments("case.tab")):
            assert rendered(visitor.choose("case.tab", tab)) == set(), tab
        visitor.choose("case.tab", 0)
    assert {text for text in STORABLE if composed(text) not in "\n".join(said)} == set()


def test_hostile_reason_is_plain_text_where_it_is_shown(office: Office, cases: Cases) -> None:
    text = "\n".join(STORABLE[:12])
    case_id = cases.new_escort
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(case_id))
    visitor.act("Tutup").fill_key(f"close.{case_id}.", ".reason", text)
    visitor.press(f"close.{case_id}.send")
    visitor.open("berkas", id=str(case_id)).choose("case.tab", "Riwayat")
    assert text in visitor.texts("text")
    assert rendered(visitor) == set()
    assert rendered(visitor.open("laporan", sop="pengawalan").choose("reports.sheet", 0)) == set()


def test_hostile_text_refused_or_in_conflict_is_plain_text(office: Office, cases: Cases) -> None:
    """What was typed and what somebody else stored stand beside each other, neither of them rendered."""
    row = latest(office, cases.recorded_complaint, "disposition")
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(cases.recorded_complaint))
    visitor.fill(note=STORABLE[0], assigned_unit="").press(f"finish.{row['id']}.send")  # the unit is missing
    assert visitor.errors() != []
    assert rendered(visitor) == set()
    data = {"assigned_unit": STORABLE[4], "secretary_note": STORABLE[5]}
    finish(office, cases.recorded_complaint, "disposition", data=data, note=STORABLE[6], now=NOW)
    visitor.fill(assigned_unit=STORABLE[1]).press(f"finish.{row['id']}.send")
    assert any(STORABLE[4] in text for text in visitor.texts("text"))
    assert rendered(visitor) == set()


def test_hostile_name_of_a_person_is_plain_text(office: Office, cases: Cases) -> None:
    """A name comes from the administrator, yet stands on many screens."""
    row = latest(office, cases.new_escort, "confirm_schedule")
    with transaction(settings.store()) as connection:
        renamed = update(User).where(User.id == office.sekretaris.user_id)
        connection.execute(renamed.values(full_name=SIGN + "[x](http://x.example)<b>**"))
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(cases.new_escort))
    visitor.press(f"finish.{row['id']}.send")
    for tab in range(visitor.segments("case.tab")):
        assert "](http" not in "".join(
            visitor.choose("case.tab", tab).texts("markdown", "caption", "success")
        )
    visitor.open("akun")
    assert SIGN + "[x](http://x.example)<b>**" in visitor.texts("text")
    assert rendered(visitor) == set()
    assert rendered(Visitor(office, office.actors[Role.ADMINISTRATOR]).open("pengguna")) == set()


def test_rendered_text_would_be_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: where the screens wrote Markdown instead of text, the checks above would see it."""
    case_id = hostile_cases(office, "pengawalan")[0]
    monkeypatch.setattr(st, "text", st.markdown)
    assert rendered(Visitor(office, office.sekretaris).open("berkas", id=str(case_id))) == {"markdown"}
