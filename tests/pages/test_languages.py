"""Every screen speaks one language: no Indonesian word of the catalogue in English, no English one in Indonesian.

What the SOP says itself stays Indonesian in both; its labels carry both.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from dashboard import register_screen
from dashboard.text import in_language
from models.access import Role
from models.database import transaction
from models.tables import User
from tests.factories import Office, sop
from tests.pages.conftest import Cases
from tests.pages.test_doors import OPEN_TO, query_of
from tests.pages.visitor import Visitor
from tests.unit.test_catalogue import catalogue

_MARKS = re.compile(r"\*\*|^#+ |:\w+(?:-badge)?\[|\]|:material/\w+:|\\|\*$")


def pattern(text: str) -> re.Pattern[str] | None:
    """What a text of the catalogue looks like on a screen; None for one that is little but places."""
    if len(re.findall(r"[A-Za-z]", re.sub(r"\{[^}]*\}", "", text))) < 4:
        return None
    return re.compile(re.sub(r"\\\{[^}]*\\\}", ".+?", re.escape(_MARKS.sub("", text).strip())))


def patterns(language: str) -> dict[str, re.Pattern[str]]:
    """The catalogue's texts in one language, without those that are the same in both, by the other language's."""
    both = catalogue()
    same = set(both) & set(both.values()) | {said for msgid, said in both.items() if msgid == said}
    found = both.items() if language == "en" else ((said, msgid) for msgid, said in both.items())
    return {text: made for text, _other in found if text not in same and (made := pattern(text)) is not None}


def words(visitor: Visitor) -> Iterator[str]:
    """Whatever a person can read on the screen, piece by piece."""
    for node in visitor.elements():
        pieces: list[Any] = [node.value] if node.type not in ("dataframe", "table", "plotly_chart") else []
        if node.type in ("dataframe", "table"):
            pieces += [*map(str, node.value.columns), str(node.value.index.name)]
        pieces += [getattr(node.proto, name, "") for name in ("label", "help", "placeholder")]
        pieces += list(getattr(node.proto, "options", []))
        for piece in pieces:
            if isinstance(piece, str):
                for part in _MARKS.sub("", piece).split(" · "):
                    yield part.strip()


def foreign(visitor: Visitor, language: str) -> set[str]:
    """What stands on the screen in the other language."""
    other = patterns("id" if language == "en" else "en")
    seen = set(words(visitor))
    return {text for text in seen if any(made.fullmatch(text) for made in other.values())}


def speak(office: Office, language: str) -> None:
    with transaction(office.store) as connection:
        connection.execute(update(User).values(language=language))


def test_foreign_words_are_found(office: Office, cases: Cases) -> None:
    """The check bites: an Indonesian screen is full of words that are foreign to an English one."""
    visitor = Visitor(office, office.actors[Role.ADMINISTRATOR]).open("berkas", id=str(cases.new_escort))
    assert len(foreign(visitor, "en")) > 20
    speak(office, "en")
    visitor = Visitor(office, office.actors[Role.ADMINISTRATOR]).open("berkas", id=str(cases.new_escort))
    assert len(foreign(visitor, "id")) > 20


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_screen_speaks_one_language(office: Office, cases: Cases, language: str) -> None:
    speak(office, language)
    for role in (Role.SEKRETARIS, Role.ADMINISTRATOR):
        for address in OPEN_TO:
            if role is Role.SEKRETARIS or address in ("pengguna",):
                url, query = query_of(address, cases)
                visitor = Visitor(office, office.actors[role]).open(url, **query)
                assert foreign(visitor, language) == set(), address
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(cases.reviewed_complaint))
    for tab in range(visitor.segments("case.tab")):
        with in_language(language):
            assert foreign(visitor.choose("case.tab", tab), language) == set(), tab
    for sheet in range(4):
        with in_language(language):  # AppTest finds an option by its words, outside of the run that made them
            visitor.open("laporan", sop="pengaduan").choose("reports.sheet", sheet)
        assert foreign(visitor, language) == set(), sheet


@pytest.mark.parametrize("language", ["id", "en"])
def test_labels_of_a_sop_stand_in_the_language_of_the_reader(office: Office, language: str) -> None:
    speak(office, language)
    visitor = Visitor(office, office.sekretaris).open("baru", sop="pengaduan")
    shown = {getattr(node.proto, "label", "").removesuffix(" *") for node in visitor.widgets()}
    asked = [field for field in sop("pengaduan").fields if field.show_if is None]
    assert {field.label.in_language(language) for field in asked} <= shown


def test_language_is_chosen_at_the_account_and_kept(office: Office) -> None:
    visitor = Visitor(office, office.sekretaris).open("akun")
    visitor.at.radio(key="account.language").set_value("en").run()
    assert foreign(visitor, "en") == set()
    assert foreign(Visitor(office, office.sekretaris).open("ringkasan"), "en") == set()


def test_register_that_was_remembered_speaks_the_language_of_whoever_looks(
    office: Office, cases: Cases
) -> None:
    assert columns_of_two(office) == ("Tenggat", "Due")


def test_twin_register_remembered_for_both_languages(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = register_screen._remembered_page
    monkeypatch.setattr(
        register_screen, "_remembered_page", lambda **named: original(**{**named, "spoken": "id"})
    )
    assert columns_of_two(office) == ("Tenggat", "Tenggat")


def columns_of_two(office: Office) -> tuple[str, str]:
    """What the column of the due date is called for one who reads Indonesian, then for one who reads English."""
    english = office.actors[Role.ADMINISTRATOR]
    visitors = [Visitor(office, office.sekretaris), Visitor(office, english)]
    with transaction(office.store) as connection:
        connection.execute(update(User).where(User.id == english.user_id).values(language="en"))
    tables = [visitor.open("pengaduan").at.dataframe[0].value for visitor in visitors]
    first, second = ({"Tenggat", "Due"}.intersection(table.columns) for table in tables)
    return first.pop(), second.pop()
