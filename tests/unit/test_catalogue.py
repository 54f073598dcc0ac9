"""Every word on screen stands in both languages: nothing missing, nothing empty, nothing left over.

Babel's extractor misses calls inside f-strings before Python 3.12, so calls are found in the syntax tree; templates
are read with Babel.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dashboard import language
from models.sop import Sop
from models.sop_form import Label
from seed import shipped

ROOT = Path(__file__).resolve().parents[2]
CALLS = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2}


def msgids(source: str) -> Iterator[str]:
    """The literals a text gives to the catalogue; a msgid that is no literal cannot be looked up and fails."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for argument in node.args[: CALLS.get(name, 0)]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def used() -> set[str]:
    found: set[str] = set()
    for folder in ("dashboard", "models", "pages", "seed"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(msgids(path.read_text(encoding="utf-8")))
    templates = extract_from_dir(
        ROOT / "dashboard" / "web" / "templates",
        method_map=[("**.html", "jinja2.ext:babel_extract")],
        options_map={"**.html": {"trimmed": "true"}},
    )
    for _file, _line, said, *_rest in templates:
        found |= {said} if isinstance(said, str) else {one for one in said if one}
    return found


def catalogue() -> dict[str, str]:
    with (ROOT / "dashboard" / "locale" / "id.po").open("rb") as file:
        read = read_po(file, locale="id", abort_invalid=True)
    found: dict[str, str] = {}
    for message in read:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        found |= {one: (said or [""])[0] for one in ids if one}
        assert not message.fuzzy or not message.id, message.id
    return found


def places(text: str) -> set[str]:
    """The names in braces."""
    return {name for _text, name, _format, _conversion in Formatter().parse(text) if name}


def marks(text: str) -> list[str]:
    """The Markdown that a translation must keep."""
    return sorted(re.findall(r"\*\*|`|\[|\]", text))


def test_extractor_finds_calls_wherever_they_stand() -> None:
    source = (
        'f"{_(\'a\')} {x}"; N_("b"); ngettext("c", "d", n); text.gettext("e"); f(_("f", n=1)); other("g")'
    )
    assert set(msgids(source)) == set("abcdef")


def test_catalogue_has_every_msgid_and_no_other() -> None:
    wanted, held = used(), catalogue()
    assert len(wanted) > 300
    assert sorted(wanted - set(held)) == []
    assert sorted(set(held) - wanted) == []


def test_catalogue_translates_everything() -> None:
    held = catalogue()
    assert [msgid for msgid, said in held.items() if not said.strip()] == []
    assert [msgid for msgid in held if not msgid.strip()] == []


def test_translation_keeps_places_and_marks() -> None:
    assert places("{a} and {b:03}") == {"a", "b"}
    held = catalogue()
    assert {msgid: said for msgid, said in held.items() if places(msgid) != places(said)} == {}
    assert {msgid: said for msgid, said in held.items() if marks(msgid) != marks(said)} == {}
    sentences = {msgid: said for msgid, said in held.items() if not msgid.casefold().endswith("no.")}
    assert {msgid: said for msgid, said in sentences.items() if msgid[-1:] == "." != said[-1:]} == {}


def test_translation_keeps_the_blanks_at_its_ends() -> None:
    def ends(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    assert {msgid: said for msgid, said in catalogue().items() if ends(msgid) != ends(said)} == {}


def test_step_is_langkah_and_tahapan_only_a_stage_of_an_election() -> None:
    for msgid, said in catalogue().items():
        if re.search(r"\btahap(an)?\b", said, re.IGNORECASE):
            assert "election" in msgid.casefold(), f"{msgid}: {said}"


@pytest.mark.parametrize(
    ("msgid", "said"), [("Overdue", "Lewat tenggat"), ("On time", "Tepat waktu"), ("Late", "Terlambat")]
)
def test_state_is_called_as_in_the_rules_of_time(msgid: str, said: str) -> None:
    assert catalogue()[msgid] == said
    with language.in_language("id"):
        assert language.gettext(msgid) == said
    with language.in_language("en"):
        assert language.gettext(msgid) == msgid


def labels(value: object, where: str) -> Iterator[tuple[str, Label]]:
    """Every label within a SOP, with the way to it."""
    if isinstance(value, Label):
        yield where, value
    elif isinstance(value, tuple | list):
        for number, one in enumerate(value):
            yield from labels(one, f"{where}[{getattr(one, 'key', number)}]")
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from labels(getattr(value, name), f"{where}.{name}")


@pytest.mark.parametrize("sop", shipped.sops(), ids=lambda sop: sop.code)
def test_label_of_a_sop_stands_in_both_languages(sop: Sop) -> None:
    found = list(labels(sop, sop.code))
    assert len(found) > 60
    assert [where for where, label in found if not label.id.strip() or not label.en.strip()] == []
    stages = [(where, label) for where, label in found if re.search(r"\btahapan\b", label.id, re.IGNORECASE)]
    assert [where for where, label in stages if "election" not in label.en.casefold()] == []
