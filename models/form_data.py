"""What somebody typed into a form, checked against its fields and made into what is stored.

Decisions (2026-11):
- Text is kept as typed: `=1+1`, `<b>` and Markdown are text, and whoever shows it must show it as text. Only the form
  of its characters (NFC), the blanks around it and Windows line ends are evened out.
- What no sheet, page or database can carry is refused rather than removed: control characters, NUL, lone surrogates,
  U+FFFE and U+FFFF. Somebody who pasted one must see that the text was not taken as it stands.
- A field that is not shown is not stored, whatever was sent for it; so a reporter's name cannot slip in through a
  channel whose form does not ask for it.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime

from models.errors import N_, Invalid, Problem
from models.sop_form import Condition, Field, FieldType

Stored = str | bool | int | float | list[str]

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_PEOPLE = 50
LARGEST_NUMBER = 10**12
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,13}", re.ASCII)
_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class _Wrong(Exception):
    """What is wrong with one value."""

    def __init__(self, msgid: str, **params: object) -> None:
        super().__init__(msgid)
        self.problem = Problem(msgid, params)


def clean(
    fields: Sequence[Field], raw: Mapping[str, object], *, outcome: str | None = None
) -> dict[str, Stored]:
    """Return what to store, in the order of `fields`; raise Invalid with every field's problem.

    Stored are: text, places and choices as str; choices and people as list[str]; dates as "YYYY-MM-DD"; moments as
    "YYYY-MM-DDTHH:MMZ" (UTC); numbers; yes/no as bool. Fields that are not shown or left empty are absent, unknown keys
    of `raw` are ignored, and stored values pass unchanged when given again. Defaults are the form's business: nothing
    is filled in here. `fields` must hold what their conditions look at: a field whose condition looks at one that is
    not there counts as not shown.
    """
    kept: dict[str, Stored] = {}
    problems: dict[str, Problem] = {}
    for field in fields:
        if not is_shown(field, kept, outcome=outcome):
            continue
        try:
            value = _READERS[field.type](field, raw.get(field.key))
            if value is not None:
                kept[field.key] = value
            elif field.required:
                problems[field.key] = Problem(N_("This field is required."))
        except _Wrong as wrong:
            problems[field.key] = wrong.problem
    if problems:
        raise Invalid(problems)
    return kept


def is_shown(field: Field, values: Mapping[str, object], *, outcome: str | None = None) -> bool:
    """Whether the form asks for `field`, given the values of the fields before it (of shown ones only)."""
    return field.show_if is None or holds(field.show_if, values, outcome=outcome)


def holds(condition: Condition, values: Mapping[str, object], *, outcome: str | None = None) -> bool:
    """Whether a condition of the SOP's file holds for these values of a form."""
    looked_at = values.get(condition.field)
    if condition.field == "outcome":
        looked_at = outcome
    if isinstance(looked_at, bool):
        looked_at = "yes" if looked_at else "no"
    answers = looked_at if isinstance(looked_at, list) else [looked_at]
    return any(answer in condition.values for answer in answers)


def _text(value: object, *, longest: int, lines: bool = False) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Wrong(N_("Must be text."))
    text = value.strip(" \t\r\n")
    if lines:
        text = text.replace("\r\n", "\n")
    allowed = "\n\t" if lines else ""
    for character in _UNSTORABLE.findall(text):
        if character not in allowed:
            code = f"U+{ord(character):04X}"
            raise _Wrong(N_("Contains a character that cannot be stored ({code})."), code=code)
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > longest:
        raise _Wrong(N_("At most {limit} characters; this has {length}."), limit=longest, length=len(text))
    return text or None


def _line(field: Field, value: object) -> str | None:
    return _text(value, longest=field.max_length)


def _lines(field: Field, value: object) -> str | None:
    return _text(value, longest=field.max_length, lines=True)


def _choice(field: Field, value: object) -> str | None:
    if value is None or (isinstance(value, str) and not value):
        return None
    if not isinstance(value, str) or all(value != choice.key for choice in field.choices):
        raise _Wrong(N_("Choose one of the choices offered."))
    return value


def _choices(field: Field, value: object) -> list[str] | None:
    """The chosen keys, each once, in the order of the list and not of the clicks."""
    if value is None or (isinstance(value, str) and not value):
        return None
    if not isinstance(value, list | tuple):
        raise _Wrong(N_("Must be a list."))
    chosen = [_choice(field, item) for item in value]
    return [choice.key for choice in field.choices if choice.key in chosen] or None


def _people(field: Field, value: object) -> list[str] | None:
    """Names as a list, or as a text with one name a line; commas are part of a name ("Siti, S.H.")."""
    if value is None:
        return None
    if isinstance(value, str):
        value = value.strip(" \t\r\n").replace("\r\n", "\n").split("\n")
    if not isinstance(value, list | tuple):
        raise _Wrong(N_("Must be a list."))
    names = [name for item in value if (name := _text(item, longest=field.max_length))]
    if len(names) > MOST_PEOPLE:
        raise _Wrong(N_("At most {limit} names; these are {count}."), limit=MOST_PEOPLE, count=len(names))
    return names or None


def _number(_: Field, value: object) -> int | float | None:
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        # "1.234" is a thousand here and a fraction elsewhere: only plain digits are read from text.
        value = int(text) if _WHOLE.fullmatch(text) else None
    elif value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or _no_number(value):
        raise _Wrong(N_("Must be a number."))
    if abs(value) > LARGEST_NUMBER:
        raise _Wrong(N_("The number is too large."))
    return value


def _no_number(value: float) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _yes_no(_: Field, value: object) -> bool | None:
    if value is None or (isinstance(value, str) and not value):
        return None
    if not isinstance(value, bool):
        raise _Wrong(N_("Choose yes or no."))
    return value


def _date(_: Field, value: object) -> str | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        with suppress(ValueError):
            value = date.fromisoformat(value.strip())
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Wrong(N_("Must be a date."))
    _check_year(value)
    return value.isoformat()


def _datetime(_: Field, value: object) -> str | None:
    """A moment of any zone, but of a named one: a clock time without a zone is a mistake of the program."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    wrong = _Wrong(N_("Must be a date and time."))
    if isinstance(value, str) and _MOMENT.fullmatch(value.strip()):
        with suppress(ValueError):
            value = datetime.fromisoformat(value.strip())
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise wrong
    try:
        value = value.astimezone(UTC)
    except OverflowError:  # before the year 1 or after 9999 in UTC
        raise wrong from None
    _check_year(value)
    return value.strftime("%Y-%m-%dT%H:%MZ")


def _check_year(on: date) -> None:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise _Wrong(N_("The year must lie between {first} and {last}."), first=FIRST_YEAR, last=LAST_YEAR)


_READERS: Mapping[FieldType, Callable[[Field, object], Stored | None]] = {
    FieldType.TEXT: _line,
    FieldType.LONG_TEXT: _lines,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.PEOPLE: _people,
    FieldType.NUMBER: _number,
    FieldType.PLACE: _line,
    FieldType.YES_NO: _yes_no,
}
