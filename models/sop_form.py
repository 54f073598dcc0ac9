"""The fields of a form as a SOP file defines them: what may be entered, where it is shown, how it is kept.

`models.sop` hands these out too; they stand apart because a logbook, a duty and a step have forms as a case has one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar


class Keyed(Protocol):
    """Anything a SOP file names by a key."""

    @property
    def key(self) -> str: ...  # noqa: D102


K = TypeVar("K", bound=Keyed)


def named(things: tuple[K, ...], key: str) -> K:
    """Return the one with this key; KeyError when the file has none."""
    for thing in things:
        if thing.key == key:
            return thing
    raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Label:
    """Our words for something, in both languages of the screen."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English words for "en" and any "en-..."; the Indonesian ones for everything else."""
        return self.en if language.lower().startswith("en") else self.id


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a choice field may hold: `key` is stored, `label` is shown."""

    key: str
    label: Label


class FieldType(StrEnum):
    """What a field holds; `models.form_data` says how each is stored."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    DATETIME = "datetime"
    PEOPLE = "people"
    NUMBER = "number"
    PLACE = "place"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when `field` has one of `values`: choice keys, or "yes"/"no"; in a step's form `field` may be "outcome"."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `required` counts only where the field is shown; `max_length` is per person in PEOPLE.

    A report counts the cases by each `breakdown` of the case's form.
    """

    key: str
    label: Label
    group: str
    type: FieldType
    required: bool
    show_if: Condition | None
    choices: tuple[Choice, ...]
    in_table: bool
    in_report: bool
    confidential: bool
    max_length: int
    help: Label | None
    default: str | bool | None
    breakdown: bool = False

    def choice(self, key: str) -> Choice:
        """Return the choice stored as `key`; KeyError when this version has none."""
        return named(self.choices, key)


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the case's form; `note` stands under it (a privacy notice)."""

    key: str
    label: Label
    note: Label | None
