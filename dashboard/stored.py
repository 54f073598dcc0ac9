"""Stored values of a SOP's fields as a person reads them. Plain text, never Markdown."""

from datetime import date, datetime
from typing import Any

from dashboard.formats import date_medium, moment_medium, number
from dashboard.text import _, language
from models.sop import Field, FieldType

NOTHING: tuple[Any, ...] = (None, "", [])  # what a field holds in which nothing was written


def stored_words(field: Field, value: Any) -> str:
    """A stored value as a person reads it."""
    if value in NOTHING:
        return "-"
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        return ", ".join(_choice_words(field, one) for one in ([value] if isinstance(value, str) else value))
    if field.type is FieldType.DATETIME:
        return moment_medium(datetime.fromisoformat(str(value).replace("Z", "+00:00")))
    if field.type is FieldType.DATE:
        return date_medium(date.fromisoformat(value))
    if field.type is FieldType.YES_NO:
        return _("Yes") if value else _("No")
    if field.type is FieldType.NUMBER:
        return number(value)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _choice_words(field: Field, key: str) -> str:
    """The choice's label, the key itself where the field knows no such choice."""
    label = next((choice.label for choice in field.choices if choice.key == key), None)
    return label.in_language(language()) if label else key
