"""What a form takes, in which form it is kept, and what it refuses."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from models.errors import Invalid, Problem
from models.form_data import MOST_PEOPLE, clean, is_shown
from models.sop import Choice, Condition, Field, FieldType, Label
from models.sop_file import load

WIB = timezone(timedelta(hours=7))
SOPS = Path(__file__).parents[2] / "seed" / "sops"
REQUIRED = "This field is required."
UNSTORABLE = "Contains a character that cannot be stored ({code})."

HARMLESS = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "@SUM(A1)",
    "+62 812 0000 0000",
    "-5",
    "**tebal** _miring_ [x](javascript:alert(1)) ![](http://x/p.png)",
    "<b>tebal</b><img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} $\\url{x}$ :material/home:",
    "'; DROP TABLE cases; --",
    "kiri \u202eterbalik\u202c \u2066terpisah\u2069",
    "مرحبا بالعالم",
    "👩\u200d🌾🇮🇩 emoji",
    "Ompung d’Alu “kutip”",
    "000123",
    "NULL",
    "\u2028baris\u2029 khusus",
]
UNSTORABLE_CHARACTERS = [
    "\x00",
    "\x01",
    "\x0b",
    "\x1b",
    "\x1f",
    "\x7f",
    "\x85",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\uffff",
]


def field(type: FieldType = FieldType.TEXT, **changes: object) -> Field:
    """A field named `it`, shown, optional and of the usual length."""
    plain = Field(
        key="it",
        label=Label(id="Itu", en="It"),
        group="",
        type=type,
        required=False,
        show_if=None,
        choices=(),
        in_table=False,
        in_report=False,
        confidential=False,
        max_length=4000 if type is FieldType.LONG_TEXT else 200,
        help=None,
        default=None,
    )
    if type in (FieldType.CHOICE, FieldType.CHOICES):
        names = [Label(id=name, en=name) for name in ("Satu", "Dua", "Tiga")]
        choices = zip(("one", "two", "three"), names, strict=True)
        plain = replace(plain, choices=tuple(Choice(key=key, label=label) for key, label in choices))
    return replace(plain, **changes)  # type: ignore[arg-type]


def kept(type: FieldType, value: object, **changes: object) -> object:
    """What is stored for one value; "absent" when nothing is."""
    return clean([field(type, **changes)], {"it": value}).get("it", "absent")


def refusal(type: FieldType, value: object, **changes: object) -> Problem:
    """The problem one value is refused with."""
    with pytest.raises(Invalid) as caught:
        clean([field(type, **changes)], {"it": value})
    assert list(caught.value.problems) == ["it"]
    return caught.value.problems["it"]


@pytest.mark.parametrize("text", HARMLESS)
@pytest.mark.parametrize("type", [FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE])
def test_text_hostile_but_harmless_stays_as_typed(type: FieldType, text: str) -> None:
    expected = unicodedata.normalize("NFC", text).strip()
    assert kept(type, text) == expected
    assert kept(FieldType.PEOPLE, [text]) == [expected]


@pytest.mark.parametrize("character", UNSTORABLE_CHARACTERS, ids=lambda c: f"U+{ord(c):04X}")
@pytest.mark.parametrize("type", [FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE, FieldType.PEOPLE])
@pytest.mark.parametrize("around", ["a{}b", "{}b", "a{}"])
def test_text_with_unstorable_character_is_refused(type: FieldType, character: str, around: str) -> None:
    text = around.format(character)
    problem = refusal(type, [text] if type is FieldType.PEOPLE else text)
    assert problem == Problem(UNSTORABLE, {"code": f"U+{ord(character):04X}"})
    str(problem).encode()  # the message itself can be shown and logged


def test_line_ends_and_tabs_stay_in_long_text_only() -> None:
    assert kept(FieldType.LONG_TEXT, "satu\n\tdua") == "satu\n\tdua"
    assert kept(FieldType.LONG_TEXT, "satu\r\ndua") == "satu\ndua"
    assert refusal(FieldType.LONG_TEXT, "satu\rdua").params == {"code": "U+000D"}
    assert refusal(FieldType.TEXT, "satu\ndua").params == {"code": "U+000A"}
    assert refusal(FieldType.PLACE, "satu\tdua").params == {"code": "U+0009"}
    assert kept(FieldType.TEXT, "  satu \r\n") == "satu"


def test_text_is_composed_so_that_equal_words_are_equal() -> None:
    assert kept(FieldType.TEXT, "Rene\u0301") == "Ren\u00e9"
    assert len("Rene\u0301") == 5
    assert kept(FieldType.TEXT, "Rene\u0301", max_length=4) == "Ren\u00e9"


@pytest.mark.parametrize(
    ("type", "limit"),
    [(FieldType.TEXT, 200), (FieldType.PLACE, 200), (FieldType.LONG_TEXT, 4000), (FieldType.PEOPLE, 200)],
)
def test_text_too_long_is_refused_with_both_lengths(type: FieldType, limit: int) -> None:
    def given(length: int) -> object:
        return ["a" * length] if type is FieldType.PEOPLE else "a" * length

    assert kept(type, given(limit)) == given(limit)
    for length in (limit + 1, 10_000):
        problem = refusal(type, given(length))
        assert problem.params == {"limit": limit, "length": length}
        assert str(limit) in str(problem)
        assert str(length) in str(problem)


def test_unstorable_characters_would_break_a_page_or_a_sheet() -> None:
    """The twin: without the refusal each of these reaches an encoder, a sheet or an XML writer that fails on it."""
    for character in UNSTORABLE_CHARACTERS:
        control = unicodedata.category(character) == "Cc"
        if control and ord(character) < 32:
            with pytest.raises(IllegalCharacterError):
                Workbook().create_sheet().append([f"a{character}b"])
        elif not control:
            element = etree.Element("t")
            with pytest.raises((ValueError, UnicodeEncodeError)):
                element.text = f"a{character}b"


@pytest.mark.parametrize("value", [None, "", "   ", "\n\t ", "\u00a0\u3000"])
@pytest.mark.parametrize("type", [FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE, FieldType.PEOPLE])
def test_empty_text_is_absent_or_demanded(type: FieldType, value: object) -> None:
    assert kept(type, value) == "absent"
    assert refusal(type, value, required=True) == Problem(REQUIRED)


@pytest.mark.parametrize("type", list(FieldType))
def test_empty_string_is_no_value_for_any_type(type: FieldType) -> None:
    assert kept(type, "") == "absent"


@pytest.mark.parametrize("type", list(FieldType))
def test_field_not_given_is_absent_or_demanded(type: FieldType) -> None:
    assert clean([field(type)], {}) == {}
    with pytest.raises(Invalid) as caught:
        clean([field(type, required=True)], {})
    assert caught.value.problems == {"it": Problem(REQUIRED)}


WRONG_TYPES: dict[FieldType, tuple[str, list[object]]] = {
    FieldType.TEXT: ("Must be text.", [1, 1.5, True, b"a", ["a"], {"a": 1}, date(2026, 1, 1), ...]),
    FieldType.LONG_TEXT: ("Must be text.", [0, False, b"", [], {}]),
    FieldType.PLACE: ("Must be text.", [1, [], {}]),
    FieldType.CHOICE: (
        "Choose one of the choices offered.",
        ["four", "One", " one", "Satu", 1, True, ["one"], {"one": 1}, b"one"],
    ),
    FieldType.CHOICES: ("Must be a list.", ["one", 1, True, {"one": 1}, {"one"}, b"one"]),
    FieldType.PEOPLE: ("Must be a list.", [1, True, {"a": 1}, b"Siti"]),
    FieldType.NUMBER: (
        "Must be a number.",
        ["satu", "1.234", "1,5", "1e3", "0x10", "٣", True, False, [], {}, b"1", float("nan"), 1j],
    ),
    FieldType.DATE: (
        "Must be a date.",
        [
            *("20-11-2026", "2026-13-01", "2026-02-30", "2026-1-1", "20261120", "2026-W47-5", "besok"),
            *(datetime(2026, 11, 20, tzinfo=UTC), "2026-11-20T00:00Z", 20261120, True, []),
        ],
    ),
    FieldType.DATETIME: (
        "Must be a date and time.",
        [
            *("2026-11-20", "2026-11-20T09:00", "20 November 2026", "2026-11-20T25:00Z", "20261120T0900Z"),
            *("2026-11-20T09:00+99:00", datetime(2026, 11, 20, 9, 0), date(2026, 11, 20), 0, True, []),
        ],
    ),
    FieldType.YES_NO: ("Choose yes or no.", ["yes", "ya", " ", 1, 0, [], "true"]),
}


def test_wrong_types_are_listed_for_every_field_type() -> None:
    assert set(WRONG_TYPES) == set(FieldType)


@pytest.mark.parametrize(
    ("type", "value", "msgid"),
    [(type, value, msgid) for type, (msgid, values) in WRONG_TYPES.items() for value in values],
    ids=repr,
)
def test_value_of_wrong_type_is_refused(type: FieldType, value: object, msgid: str) -> None:
    assert refusal(type, value).msgid == msgid


def test_choices_hold_listed_keys_once_in_the_order_of_the_list() -> None:
    assert kept(FieldType.CHOICE, "two") == "two"
    assert kept(FieldType.CHOICE, "") == "absent"
    assert kept(FieldType.CHOICES, ["three", "one", "three"]) == ["one", "three"]
    assert kept(FieldType.CHOICES, ()) == "absent"
    assert refusal(FieldType.CHOICES, ["one", "four"]).msgid == "Choose one of the choices offered."
    assert refusal(FieldType.CHOICES, [], required=True).msgid == REQUIRED


def test_people_come_as_list_or_one_a_line_and_commas_belong_to_names() -> None:
    names = ["Siti Contoh, S.H.", "Budi Contoh"]
    assert kept(FieldType.PEOPLE, names) == names
    assert kept(FieldType.PEOPLE, "Siti Contoh, S.H.\r\n\n  Budi Contoh \n") == names
    assert kept(FieldType.PEOPLE, ["", "  "]) == "absent"
    assert refusal(FieldType.PEOPLE, ["Siti", 5]).msgid == "Must be text."
    many = refusal(FieldType.PEOPLE, ["Siti"] * (MOST_PEOPLE + 1))
    assert many.params == {"limit": MOST_PEOPLE, "count": MOST_PEOPLE + 1}


def test_numbers_stay_whole_or_broken_as_given() -> None:
    assert kept(FieldType.NUMBER, 0) == 0
    assert kept(FieldType.NUMBER, 2.5) == 2.5
    assert kept(FieldType.NUMBER, " 12 ") == 12
    assert kept(FieldType.NUMBER, "-3") == -3
    assert kept(FieldType.NUMBER, " ") == "absent"
    for value in (10**12 + 1, -(10**13), 10**400, float("inf"), -float("inf")):
        assert refusal(FieldType.NUMBER, value).msgid == "The number is too large."


def test_no_is_an_answer() -> None:
    assert kept(FieldType.YES_NO, False, required=True) is False
    assert kept(FieldType.YES_NO, True) is True


def test_dates_are_kept_in_iso_form_within_a_century() -> None:
    assert kept(FieldType.DATE, date(2026, 11, 20)) == "2026-11-20"
    assert kept(FieldType.DATE, " 2024-02-29 ") == "2024-02-29"
    assert kept(FieldType.DATE, "2000-01-01") == "2000-01-01"
    assert kept(FieldType.DATE, "2100-12-31") == "2100-12-31"
    for outside in ("1999-12-31", "2101-01-01", date(1900, 1, 1), date(9999, 12, 31), "0001-01-01"):
        assert refusal(FieldType.DATE, outside).params == {"first": 2000, "last": 2100}


def test_moments_are_kept_in_utc_to_the_minute() -> None:
    expected = "2026-11-20T02:05Z"
    assert kept(FieldType.DATETIME, datetime(2026, 11, 20, 9, 5, 59, 999999, tzinfo=WIB)) == expected
    assert kept(FieldType.DATETIME, datetime(2026, 11, 20, 2, 5, tzinfo=UTC)) == expected
    for written in ("2026-11-20T02:05Z", "2026-11-20 09:05+07:00", "2026-11-20T09:05:30.5+07:00"):
        assert kept(FieldType.DATETIME, written) == expected
    for outside in (
        datetime(1999, 12, 31, 23, 59, tzinfo=UTC),
        "2101-01-01T00:00Z",
        "2100-12-31T23:59-07:00",  # already 2101 where it is kept
    ):
        assert refusal(FieldType.DATETIME, outside).params == {"first": 2000, "last": 2100}
    for beyond in (
        datetime.min.replace(tzinfo=WIB),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=7))),
    ):
        assert refusal(FieldType.DATETIME, beyond).msgid == "Must be a date and time."


def form() -> list[Field]:
    """channel -> category -> name, note by a list, detail by a yes, letter by the outcome."""
    return [
        field(FieldType.CHOICE, key="channel", required=True),
        field(FieldType.CHOICE, key="category", required=True, show_if=Condition("channel", ("one", "two"))),
        field(key="name", required=True, show_if=Condition("category", ("one",))),
        field(FieldType.CHOICES, key="kinds"),
        field(key="note", required=True, show_if=Condition("kinds", ("two", "three"))),
        field(FieldType.YES_NO, key="sure"),
        field(key="detail", required=True, show_if=Condition("sure", ("no",))),
        field(key="letter", required=True, show_if=Condition("outcome", ("away",))),
    ]


def test_required_counts_only_where_the_field_is_shown() -> None:
    assert clean(form(), {"channel": "three"}) == {"channel": "three"}
    assert clean(form(), {"channel": "one", "category": "two"}) == {"channel": "one", "category": "two"}
    for raw, outcome, missing in (
        ({}, None, {"channel"}),
        ({"channel": "one"}, None, {"category"}),
        ({"channel": "one", "category": "one"}, None, {"name"}),
        ({"channel": "three", "kinds": ["one", "three"]}, None, {"note"}),
        ({"channel": "three", "sure": False}, None, {"detail"}),
        ({"channel": "three", "sure": True}, "away", {"letter"}),
    ):
        with pytest.raises(Invalid) as caught:
            clean(form(), raw, outcome=outcome)
        assert set(caught.value.problems) == missing
    assert clean(form(), {"channel": "three", "sure": True}, outcome="stay") == {
        "channel": "three",
        "sure": True,
    }


def test_hidden_fields_are_dropped_even_when_hidden_at_second_hand() -> None:
    sent = {"channel": "three", "category": "one", "name": "Siti", "note": "x", "detail": "x", "letter": "x"}
    assert clean(form(), sent) == {"channel": "three"}
    shown = {**sent, "channel": "one"}
    assert clean(form(), shown) == {"channel": "one", "category": "one", "name": "Siti"}
    bare = [replace(each, show_if=None) for each in form()]  # the twin: without conditions all of it is kept
    assert clean(bare, sent) == sent


def test_hidden_fields_are_not_even_looked_at() -> None:
    assert clean(form(), {"channel": "three", "name": "\x00", "category": 5}) == {"channel": "three"}


def test_a_sent_outcome_does_not_count_as_the_chosen_one() -> None:
    sent = {"channel": "three", "outcome": "away", "letter": "x"}
    assert clean(form(), sent, outcome="stay") == {"channel": "three"}
    assert not is_shown(form()[-1], {"outcome": "away"})


def test_every_problem_is_told_at_once_by_field() -> None:
    with pytest.raises(Invalid) as caught:
        clean(form(), {"channel": "nine", "kinds": 5, "sure": "ya"}, outcome="away")
    assert {key: problem.msgid for key, problem in caught.value.problems.items()} == {
        "channel": "Choose one of the choices offered.",
        "kinds": "Must be a list.",
        "sure": "Choose yes or no.",
        "letter": REQUIRED,
    }


def test_unknown_keys_are_ignored_and_the_order_is_the_forms() -> None:
    fields = [field(key="first"), field(key="second")]
    cleaned = clean(fields, {"second": "b", "third": "c", "first": "a", "": "d"})
    assert list(cleaned.items()) == [("first", "a"), ("second", "b")]


COMPLAINT = {
    "channel": "direct",
    "subject": "=1+1 honor KPPS belum dibayar",
    "description": "Satu\n\n<b>dua</b>",
    "reporter_category": "individual",
    "reporter_name": "Pelapor Contoh",
    "reporter_phone": "0812-0000-0000",
    "identity_withheld": True,
    "reported_element": "kpps",
    "district": "sipora_utara",
    "evidence_kinds": ["photo", "document"],
}


def test_what_was_stored_passes_unchanged_when_edited() -> None:
    for code, raw in (
        ("pengaduan", COMPLAINT),
        (
            "pengawalan",
            {
                "leader": "Pimpinan Contoh",
                "activity": "Rapat koordinasi",
                "place": "Padang",
                "departs_at": datetime(2026, 11, 24, 8, 0, tzinfo=WIB),
                "returns_at": datetime(2026, 11, 26, 17, 30, tzinfo=WIB),
                "request_letter_on": date(2026, 11, 18),
                "personnel": "Danru Contoh\nAnggota Contoh",
            },
        ),
    ):
        fields = load(SOPS / f"{code}.toml").fields
        stored = clean(fields, raw)
        assert set(stored) == set(raw)
        assert clean(fields, json.loads(json.dumps(stored))) == stored


def test_complaint_through_wbs_keeps_only_its_reference() -> None:
    fields = load(SOPS / "pengaduan.toml").fields
    through_wbs = clean(fields, {**COMPLAINT, "channel": "wbs", "reference_number": "WBS-0001"})
    assert through_wbs["reference_number"] == "WBS-0001"
    assert not [key for key in through_wbs if key.startswith("reporter") or key == "identity_withheld"]
    assert "reporter_name" in clean(fields, COMPLAINT)


def test_anonymous_complaint_needs_neither_name_nor_contact() -> None:
    fields = load(SOPS / "pengaduan.toml").fields
    bare = {key: value for key, value in COMPLAINT.items() if not key.startswith(("reporter", "identity"))}
    anonymous = clean(fields, {**bare, "reporter_category": "anonymous"})
    assert "reporter_name" not in anonymous
    with pytest.raises(Invalid) as caught:
        clean(fields, {**bare, "reporter_category": "ngo"})
    assert set(caught.value.problems) == {"reporter_name", "reporter_phone", "identity_withheld"}


def test_review_asks_for_what_its_outcome_needs() -> None:
    fields = load(SOPS / "pengaduan.toml").step("review").fields
    for outcome, asked in {
        "oversight": set(),
        "not_oversight": set(),
        "other_agency": {"other_agency", "cover_letter_number", "cover_letter_on"},
        "other_unit": {"other_unit"},
        "not_actionable": {"not_actionable_reason"},
    }.items():
        problems: dict[str, Problem] = {}
        try:
            clean(fields, {}, outcome=outcome)
        except Invalid as refused:
            problems = refused.problems
        assert set(problems) == asked, outcome
    letter = {"cover_letter_number": "1/X", "cover_letter_on": "2026-11-20"}
    with pytest.raises(Invalid) as caught:
        clean(fields, {"other_agency": "other", **letter}, outcome="other_agency")
    assert set(caught.value.problems) == {"other_agency_name"}
