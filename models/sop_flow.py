"""Whether the steps of a SOP file begin, end and branch without contradiction.

Decisions (2026-11):
- A step opens when every step in its `after` is done or skipped. An outcome says again which steps it opens; the two
  must agree, because the first is what happens and the second is what the author meant.
- An outcome that closes the case skips, with a reason, all that would have followed: no step stays open in a closed
  case.
"""

from collections.abc import Mapping

from models.sop import Outcome, Sop, Step
from models.toml_table import Findings, Where

EVERY_PERIOD = frozenset({"semester"})


def check_flow(sop: Sop, findings: Findings) -> None:
    """Gather the contradictions in the order of the steps and in their outcomes."""
    order = {step.key: set(step.after) for step in sop.case_steps if step.key}
    for position, step in enumerate(sop.steps):
        where: Where = ("step", position)
        if step.periodic is None:
            _after(step, order, where, findings)
        else:
            _periodic(step, where, findings)
    if sop.steps and not sop.first_steps:
        findings.add(("step",), "there is no first step: each comes after another")
    if not sop.steps:
        findings.add(("step",), "there is none")
    if circle := _circle(order):
        position = next(i for i, step in enumerate(sop.steps) if step.key == circle[0])
        findings.add(("step", position, "after"), f"turns in a circle: {' -> '.join([*circle, circle[0]])}")
    elif not any(findings.has(("step", position, "after")) for position in range(len(sop.steps))):
        _outcomes(sop, order, findings)


def _after(step: Step, order: Mapping[str, set[str]], where: Where, findings: Findings) -> None:
    for key in step.after:
        if key == step.key:
            findings.add((*where, "after"), "comes after itself")
        elif key not in order:
            findings.add((*where, "after"), f"{key!r} is no step of a case")
    if len(set(step.after)) < len(step.after):
        findings.add((*where, "after"), "names a step twice")
    if step.automatic and (step.after or step.outcomes or step.optional):
        findings.add(
            (*where, "automatic"),
            "only a first step without outcomes, not optional, is done by opening a case",
        )
    if step.optional and step.outcomes:
        findings.add(
            (*where, "optional"), "a step with outcomes cannot be left out: nothing would choose among them"
        )


def _periodic(step: Step, where: Where, findings: Findings) -> None:
    if step.periodic and step.periodic.every not in EVERY_PERIOD:
        findings.add(
            (*where, "periodic", "every"), f"{step.periodic.every!r} is none of {', '.join(EVERY_PERIOD)}"
        )
    given = {
        "after": step.after,
        "outcomes": step.outcomes,
        "optional": step.optional,
        "automatic": step.automatic,
        "before_departure": step.before_departure,
        "unmeasured_unless": step.unmeasured_unless,
    }
    for key, value in given.items():
        if value:
            findings.add((*where, key), "cannot stand in a periodic step, which belongs to no case")


def _circle(order: Mapping[str, set[str]]) -> list[str]:
    """Return one circle of steps, each after the one before it, or nothing."""
    left = {key: after & set(order) for key, after in order.items()}
    while ready := [key for key, after in left.items() if not after & set(left)]:
        for key in ready:
            del left[key]
    path: list[str] = []
    key = next(iter(left), "")
    while key and key not in path:  # each step still left comes after another one still left
        path.append(key)
        key = min(left[key] & set(left))
    return path[path.index(key) :][::-1] if key else []


def _outcomes(sop: Sop, order: Mapping[str, set[str]], findings: Findings) -> None:
    final = {status.key for status in sop.statuses if status.final}
    used = {key for step in sop.steps for key in step.outcomes}
    for position, step in enumerate(sop.steps):
        _choice_of(sop, step, order, ("step", position, "outcomes"), findings)
    for position, outcome in enumerate(sop.outcomes):
        if outcome.key and outcome.key not in used:
            findings.add(("outcome", position, "key"), f"no step has the outcome {outcome.key!r}")
        if outcome.closes is not None and outcome.closes not in final:
            findings.add(("outcome", position, "closes"), f"{outcome.closes!r} is no final status")
        if bool(outcome.skips) != (outcome.skip_reason is not None):
            findings.add(
                ("outcome", position, "skip_reason"), "is needed where steps are skipped, and only there"
            )


def _choice_of(sop: Sop, step: Step, order: Mapping[str, set[str]], where: Where, findings: Findings) -> None:
    places = {outcome.key: place for place, outcome in enumerate(sop.outcomes)}
    if len(set(step.outcomes)) < len(step.outcomes):
        findings.add(where, "names an outcome twice")
    if len(step.outcomes) == 1:
        findings.add(where, "one outcome is no choice")
    for key in step.outcomes:
        if key not in places:
            findings.add(where, f"{key!r} is no outcome")
        elif step.periodic is None:
            _branch(sop.outcomes[places[key]], step, order, ("outcome", places[key]), findings)


def _branch(
    outcome: Outcome, step: Step, order: Mapping[str, set[str]], where: Where, findings: Findings
) -> None:
    """Compare what the outcome says with what `after` makes of it."""
    earlier = _reach(step.key, order)
    later = {key for key in order if step.key in _reach(key, order)}
    for name, keys in (("opens", outcome.opens), ("skips", outcome.skips)):
        for key in keys:
            if key not in later:
                findings.add((*where, name), f"{key!r} is no step that comes after {step.key!r}")
    if both := sorted(set(outcome.opens) & set(outcome.skips)):
        findings.add((*where, "opens"), f"{', '.join(both)} cannot be opened and skipped")
    skips = set(outcome.skips)
    settled = earlier | {step.key} | skips
    would_open = {key for key in later - skips if order[key] <= settled}
    if outcome.closes is not None:
        if outcome.opens:
            findings.add((*where, "opens"), "an outcome that closes the case opens nothing")
        if left := later - skips:
            findings.add((*where, "skips"), f"closes the case but leaves {_listed(left, order)} open")
    elif not would_open:
        findings.add((*where, "skips"), "nothing is left to open; say with which status the case closes")
    elif would_open != set(outcome.opens):
        given = _listed(set(outcome.opens), order) or "nothing"
        findings.add((*where, "opens"), f"says {given}, but `after` would open {_listed(would_open, order)}")


def _reach(key: str, order: Mapping[str, set[str]]) -> set[str]:
    """Every step that must be settled before `key`."""
    found: set[str] = set()
    ahead = list(order[key])
    while ahead:
        before = ahead.pop()
        if before not in found:
            found.add(before)
            ahead.extend(order[before])
    return found


def _listed(keys: set[str], order: Mapping[str, set[str]]) -> str:
    return ", ".join(key for key in order if key in keys) or ", ".join(sorted(keys))
