"""What is confidential must not stand in the open part of the same form.

Decided 2026-11. Desk staff copy a letter, and the letter names its writer: the name would then stand in the register,
the search and the report, though the vault holds it well. So a value that was typed as confidential is looked for in
the form's other texts, and the form is refused beside the text that holds it. Only what tells a person apart is looked
for: something with digits or an @, and of the fields that the form requires (the name) what has several words. A single
word ("Bai") or an occupation ("anggota KPPS") stands in many an honest text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.errors import N_, Invalid, Problem
from models.sop import Field, FieldType, Sop

_TEXTS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE, FieldType.PEOPLE})
_DIGITS = 8  # from here on a number tells a person apart however it is spaced
_IN_CLEAR = N_("This holds what was entered as confidential. Leave it out here.")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s.\-]+(?=\d)")


def refuse_in_clear(sop: Sop, cleaned: Mapping[str, Any], *, held: Mapping[str, str] | None = None) -> None:
    """`Invalid` beside each open text that holds a confidential value of `cleaned`, or of `held` (opened, by field)."""
    patterns = _sought(sop, {**(held or {}), **cleaned})
    problems = {
        field.key: Problem(_IN_CLEAR)
        for field in sop.fields
        if _is_open_text(field, cleaned) and _holds(cleaned[field.key], patterns)
    }
    if problems:
        raise Invalid(problems)


def refuse_text_in_clear(sop: Sop, held: Mapping[str, str], text: str, *, key: str) -> None:
    """`Invalid` beside `key` when a single text, as the reason of a look, holds one of the opened values."""
    if _holds(text, _sought(sop, held)):
        raise Invalid({key: Problem(_IN_CLEAR)})


def _sought(sop: Sop, secret: Mapping[str, Any]) -> list[re.Pattern[str]]:
    return [
        pattern
        for field in sop.confidential_fields
        if field.type in _TEXTS and field.key in secret
        for pattern in _patterns(str(secret[field.key]), named=field.required)
    ]


def _is_open_text(field: Field, cleaned: Mapping[str, Any]) -> bool:
    return not field.confidential and field.type in _TEXTS and field.key in cleaned


def _patterns(value: str, *, named: bool) -> Iterator[re.Pattern[str]]:
    words = value.casefold().split()
    if (named and len(words) > 1) or any(sign.isdigit() or sign == "@" for sign in value):
        yield re.compile(r"(?<!\w)" + r"\s+".join(re.escape(word) for word in words) + r"(?!\w)")
    digits = _BETWEEN_DIGITS.sub("", value)
    if digits.isdigit() and len(digits) >= _DIGITS:
        yield re.compile(rf"(?<!\d){digits}(?!\d)")


def _holds(stored: Any, patterns: Iterable[re.Pattern[str]]) -> bool:
    text = ("\n".join(stored) if isinstance(stored, list) else str(stored)).casefold()
    packed = _BETWEEN_DIGITS.sub("", text)
    return any(pattern.search(text) or pattern.search(packed) for pattern in patterns)
