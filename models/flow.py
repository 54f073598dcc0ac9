"""What follows from what: which steps of a case open, given how its steps stand. Pure.

Decisions (2026-11):
- A step opens when all of its `after` are resolved, and its clock starts when the last of them was finished: a
  hand-over that nobody can delay (rules of time, 2). A step that was skipped, for a branch or because it is optional,
  passes on the moment at which it could itself have started; deciding not to take an optional step buys no time.
- A step that was handed back opens anew, in a further round, once the step it was handed to is finished again.
- A case ends when no step is open and none can open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.sop import Sop, Step


@dataclass(frozen=True, slots=True)
class Standing:
    """How one step of a case stands: the latest of its rounds that is not void. States as in `StepRound`."""

    state: str
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A step to open, and when its clock started."""

    step: Step
    start_at: datetime


def resolved_at(
    sop: Sop, standings: Mapping[str, Standing], step_key: str, received_at: datetime
) -> datetime | None:
    """When the step was out of the way of its successors; None while it is not."""
    standing = standings.get(step_key)
    if standing is None or standing.state not in ("done", "skipped"):
        return None
    if standing.state == "done":
        return standing.finished_at
    return ready_at(sop, standings, sop.step(step_key), received_at)


def ready_at(
    sop: Sop, standings: Mapping[str, Standing], step: Step, received_at: datetime
) -> datetime | None:
    """When the step's clock starts: the last of its predecessors, the receipt for a first step; None if not yet."""
    moments = [resolved_at(sop, standings, key, received_at) for key in step.after]
    if any(moment is None for moment in moments):
        return None
    return max((moment for moment in moments if moment is not None), default=received_at)


def openings(sop: Sop, standings: Mapping[str, Standing], received_at: datetime) -> list[Opening]:
    """The steps that are due to open now and have not."""
    found = []
    for step in sop.case_steps:
        standing = standings.get(step.key)
        if standing is not None and standing.state != "returned":
            continue
        start_at = ready_at(sop, standings, step, received_at)
        if start_at is not None:
            found.append(Opening(step, start_at))
    return found


def descendants(sop: Sop, step_key: str) -> set[str]:
    """All steps that come after `step_key`, directly or not."""
    found: set[str] = set()
    waiting = [step_key]
    while waiting:
        for step in sop.successors(waiting.pop()):
            if step.key not in found:
                found.add(step.key)
                waiting.append(step.key)
    return found


def returnable_to(sop: Sop, standings: Mapping[str, Standing], step_key: str) -> list[Step]:
    """The finished steps to which an open step can be handed back: its predecessors, seen through skipped ones.

    A step of somebody outside the office, or one done by opening the case, takes nothing back.
    """
    found: list[Step] = []
    waiting = list(sop.step(step_key).after)
    while waiting:
        step = sop.step(waiting.pop(0))
        standing = standings.get(step.key)
        if standing is not None and standing.state == "skipped":
            waiting.extend(step.after)
        elif (
            standing is not None
            and standing.state == "done"
            and not (step.automatic or sop.executor(step.executor).outside)
        ):
            found.append(step)
    return found


def status_key(sop: Sop, open_steps: Iterable[str]) -> str | None:
    """The case's status while steps are open: that of the first open step in the SOP's order; None when none is."""
    waiting = set(open_steps)
    return next((step.status for step in sop.case_steps if step.key in waiting), None)
