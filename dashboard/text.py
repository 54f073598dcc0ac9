"""Words on screen: `_("English source", name=value)`, and the refusals of the commands in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime

from dashboard import formats
from dashboard.language import LANGUAGES, _, in_language, language, ngettext, speak
from models.errors import Problem

_MARKS = frozenset(r"\`*_{}[]()#+-.!|~<>$:^&")
__all__ = [
    "LANGUAGES",
    "_",
    "in_language",
    "language",
    "ngettext",
    "plain",
    "speak",
    "translate",
    "translate_all",
]


def translate(problem: Problem) -> str:
    """A command's refusal in the spoken language; moments, dates, numbers and nested problems are written out in it."""
    return _(problem.msgid, **{name: _said(value) for name, value in problem.params.items()})


def translate_all(problems: Mapping[str, Problem]) -> dict[str, str]:
    """Each field's refusal in the spoken language, by the field's key."""
    return {key: translate(problem) for key, problem in problems.items()}


def _said(value: object) -> str:
    if isinstance(value, Problem):
        return translate(value)
    if isinstance(value, datetime):
        return formats.moment_long(value)
    if isinstance(value, date):
        return formats.date_long(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return formats.number(value)
    return str(value)


def plain(text: str) -> str:
    """Words that Markdown shows as they stand, whoever wrote them."""
    return "".join(f"\\{sign}" if sign in _MARKS else sign for sign in text)
