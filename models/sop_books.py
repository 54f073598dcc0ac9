"""What a SOP asks for beside its steps: logbooks of a case, duties of the office, limits that others set."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from models.sop_form import Field, Label

NUMBERED = re.compile(r"n[0-9]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest entry's choice `field` says how the case stands; `otherwise` before the first entry.

    Where that is one of `alarm`, the case and the overview say `text` ("control is with the local police").
    """

    field: str
    otherwise: str
    alarm: tuple[str, ...]
    text: Label


@dataclass(frozen=True, slots=True)
class Band:
    """What a score up to and including `upto` is called."""

    upto: int
    label: Label


@dataclass(frozen=True, slots=True)
class Score:
    """The product of choice fields with keys "n1", "n2", … (likelihood x impact), put into words."""

    label: Label
    of: tuple[str, ...]
    bands: tuple[Band, ...]

    def value(self, data: Mapping[str, object]) -> int | None:
        """The product; None while one of the two is not chosen."""
        product = 1
        for key in self.of:
            chosen = data.get(key)
            if not isinstance(chosen, str) or not NUMBERED.fullmatch(chosen):
                return None
            product *= int(chosen[1:])
        return product

    def band(self, value: int) -> Band:
        """The band that holds `value`; the last one also holds what lies above it."""
        return next((band for band in self.bands if value <= band.upto), self.bands[-1])


@dataclass(frozen=True, slots=True)
class Journal:
    """A logbook of a case.

    With `every_minutes` an entry is owed in each slot while the step `during` runs. An entry is expected before the
    step `before` begins (checks before leaving). `executor` writes it; None: whoever records steps of the case. With
    `in_report` a report lists its entries, in the fields that are in the report.
    """

    key: str
    label: Label
    help: Label | None
    every_minutes: int | None
    during: str | None
    before: str | None
    executor: str | None
    fields: tuple[Field, ...]
    standing: Standing | None
    score: Score | None
    in_report: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the office owes without a case; `every` is "working_day" or "semester"."""

    key: str
    label: Label
    every: str
    executor: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of `days` working days from the receipt that others set; it informs and enters no figure.

    It holds once the case has one of `outcomes`; before that it is named as what may come to hold.
    """

    key: str
    label: Label
    days: int
    outcomes: tuple[str, ...]
