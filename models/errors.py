"""What a command refuses, and in which words.

Messages are English msgids with named parameters; the dashboard translates them through its catalogue, so nothing
here knows a language. `N_` only marks a msgid for the catalogue's extractor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(msgid: str) -> str:
    """Mark `msgid` for the catalogue without translating it."""
    return msgid


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: a msgid with `{name}` places and the values that fill them."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid.format(**self.params)


class PatuhError(Exception):
    """Base of every refusal a person may see; nothing was stored when one is raised."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Forbidden(PatuhError):
    """The actor's roles do not allow it."""

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__(problem or Problem(N_("You may not do this.")))


class NotFound(PatuhError):
    """No such thing, or not for this actor: the two are not told apart."""

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__(problem or Problem(N_("Not found.")))


class Conflict(PatuhError):
    """Somebody else changed it after it was shown. `current` is what stands now, for the screen to put beside."""

    def __init__(
        self, problem: Problem | None = None, *, current: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(problem or Problem(N_("Somebody else has changed this in the meantime.")))
        self.current = dict(current or {})


class Invalid(PatuhError):
    """Input that cannot be stored. `problems` maps a field's key to what is wrong with it ("" for the whole form)."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__(next(iter(problems.values())))
        self.problems = dict(problems)
