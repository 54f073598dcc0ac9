"""The two languages, and that nothing a person reads is missing from the catalogue."""

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from dashboard.language import ngettext, remembered_by
from dashboard.text import _, in_language, language, speak, translate, translate_all
from models.errors import Conflict, Problem

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT / "dashboard" / "locale" / "id.po"
MARKERS = {"_", "N_", "gettext", "ngettext"}


def said_in(source: str) -> set[str]:
    """The msgids that a Python source marks: each literal given to one of the markers."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            texts = node.args[: 2 if node.func.id == "ngettext" else 1]
            found |= {
                text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)
            }
    return found


def msgids() -> set[str]:
    found = set()
    for folder in ("dashboard", "models", "pages", "seed"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= said_in(path.read_text("utf-8"))
    for path in (ROOT / "dashboard").rglob("*.html"):
        found |= set(re.findall(r'_\("((?:[^"\\]|\\.)+)"\)', path.read_text("utf-8")))
    return found


def translations() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="id", abort_invalid=True)
    pairs = {}
    for message in catalogue:
        assert not message.fuzzy or not message.id, message.id
        ids = (message.id,) if isinstance(message.id, str) else message.id
        said = message.string if isinstance(message.string, str) else message.string[0]
        pairs |= dict.fromkeys(filter(None, ids), said)
    return pairs


def test_every_word_has_an_indonesian_translation() -> None:
    known = translations()
    assert sorted(msgid for msgid in msgids() if not known.get(msgid)) == []


def test_an_untranslated_word_would_be_found() -> None:
    assert said_in('st.title(_("Never translated"))\nN_("Nor this")\nngettext("one", "many", 2)\n_(name)') == {
        "Never translated", "Nor this", "one", "many",
    }  # fmt: skip


def test_translations_fill_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    assert {msgid for msgid, said in translations().items() if places(msgid) != places(said)} == set()


def test_the_source_is_english_and_the_default_indonesian() -> None:
    assert (language(), _("Required.")) == ("id", "Wajib diisi.")
    with in_language("en"):
        assert (language(), _("Required.")) == ("en", "Required.")
    assert _("Required.") == "Wajib diisi."


def test_an_unknown_language_is_indonesian_and_an_unknown_word_stays() -> None:
    with in_language("fr"):
        assert language() == "id"
    assert _("No such entry {x}", x=1) == "No such entry 1"


def test_braces_in_a_text_without_parameters_are_left_alone() -> None:
    assert _("a {b") == "a {b"


def test_only_english_has_a_plural() -> None:
    assert [ngettext("{count} hour", "{count} hours", n) for n in (1, 2)] == ["1 jam", "2 jam"]
    with in_language("en"):
        assert [ngettext("{count} hour", "{count} hours", n) for n in (1, 2)] == ["1 hour", "2 hours"]


def test_one_thread_does_not_change_the_language_of_another() -> None:
    def spoken(code: str) -> str:
        speak(code)
        return _("Required.")

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as two:
        assert one.submit(spoken, "en").result() == "Required."
        assert two.submit(lambda: _("Required.")).result() == "Wajib diisi."
        assert one.submit(lambda: _("Required.")).result() == "Required."


def test_a_thread_without_a_language_asks_where_it_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.language._memory", [])
    remembered_by(lambda: "en")
    with ThreadPoolExecutor(1) as fresh:
        assert fresh.submit(language).result() == "en"


def test_a_refusal_is_translated_with_its_values_written_out() -> None:
    problem = Problem(
        "No such entry: {at}, {on}, {n}, {who}, {why}",
        {
            "at": datetime(2025, 7, 4, 9, 30, tzinfo=UTC),
            "on": date(2026, 11, 21),
            "n": 1650,
            "who": "Budi",
            "why": Problem("Required."),
        },
    )
    assert translate(problem) == (
        "No such entry: Jumat, 4 Juli 2025 pukul 16.30 WIB, Sabtu, 21 November 2026, 1.650, Budi, Wajib diisi."
    )
    with in_language("en"):
        assert translate(problem).endswith("Saturday, 21 November 2026, 1,650, Budi, Required.")


def test_refusals_of_a_form_keep_their_fields() -> None:
    assert translate_all({"a": Problem("Required."), "": Conflict().problem}) == {
        "a": "Wajib diisi.",
        "": "Sementara Anda mengisi, orang lain telah mengubahnya. Isian Anda masih ada di bawah.",
    }
