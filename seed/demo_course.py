"""The course of a made-up case: what will become of it, decided before it begins."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.queries.case_file import CaseView


@dataclass(frozen=True, slots=True)
class Scripted:
    """A step of a staged case, ended exactly then; `how` is "finished", "skipped" or "handed_back".

    Beside the steps it is "paused" or "resumed": the case, then.
    """

    step_key: str
    at: datetime
    how: str = "finished"


@dataclass(frozen=True, slots=True)
class Ending:
    """When a round is to be finished, and when that will be recorded."""

    finished_at: datetime
    recorded_at: datetime


@dataclass(slots=True)
class Course:
    """One case: when it comes in, what its form says, and its turns.

    `handed_back` names the step that hands the file back to the one before it; `taken_back_at` the step during which
    the case is withdrawn; `corrected` the step whose record is put right later. A staged case follows its `script`
    and then stands still; `pauses` go beside it. `view` is the case as the last act left it.
    """

    code: str
    received_at: datetime
    opened_at: datetime
    form: dict[str, Any]
    subject: dict[str, Any]
    outcome: str | None = None
    needs_examination: bool = True
    handed_back: str | None = None
    taken_back_at: str | None = None
    corrected: str | None = None
    script: deque[Scripted] | None = None
    pauses: tuple[Scripted, ...] = ()
    case_id: int = 0
    view: CaseView | None = None
    planned: set[int] = field(default_factory=set)

    @property
    def departs_at(self) -> datetime | None:
        """The planned departure of an escort; None for a complaint."""
        found: datetime | None = self.form.get("departs_at")
        return found

    @property
    def is_closed(self) -> bool:
        """Whether the case has ended."""
        return self.view is not None and self.view.closed_at is not None

    @property
    def by_boat(self) -> bool:
        """Whether the way leads over the sea."""
        return bool(self.form.get("transport") == "boat")
