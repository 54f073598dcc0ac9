"""A measured time beside its budget, and the table they make."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

RUNS = 3  # of what a single stumble of the machine spoils
HEADINGS = ("what", "at", "must", "measured", "ratio", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured (`measured` as it is printed) and how it stands to its budget.

    `ratio` is the judged value divided by the budget: up to 1 it holds. None where there is no budget; `note` then
    says what the figure is good for.
    """

    what: str
    at: str
    must: str
    measured: str
    ratio: float | None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the budget holds."""
        if self.ratio is None:
            return self.note
        return "holds" if self.ratio <= 1 else "FALLS SHORT"


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that at least `share` of them do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def time_figure(
    what: str, *, at: str, seconds: Sequence[float], must: float | None, judged_by: float | None = None
) -> Figure:
    """Repeated times (seconds) against at most `must` seconds, by their median or by the share `judged_by`.

    The best is printed too: on a busy machine it says most about the program, and the rest about its neighbours.
    With `must` None it is there to be read and nothing is promised.
    """
    said = f"{spoken(median(seconds))} (best {spoken(min(seconds))})"
    value = median(seconds)
    name = ""
    if judged_by is not None:
        value = percentile(seconds, judged_by)
        name = f"p{judged_by * 100:.0f} "
        said = f"{said}, {name}{spoken(value)}"
    if must is None:
        return Figure(what, at, "", said, None)
    return Figure(what, at, f"{name}<= {spoken(must)}", said, value / must)


def best_of(what: str, *, at: str, runs: Sequence[Sequence[float]], must: float, judged_by: float) -> Figure:
    """Several runs of repeated times (seconds), the best of them judged by the share `judged_by`; all are told."""
    best, *others = sorted(runs, key=lambda run: percentile(run, judged_by))
    figure = time_figure(what, at=at, seconds=best, must=must, judged_by=judged_by)
    again = ", ".join(spoken(percentile(run, judged_by)) for run in others)
    return replace(figure, measured=f"{figure.measured} (again: {again})") if others else figure


def spoken(seconds: float) -> str:
    """A time in the unit one would say it in."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines of equal columns."""
    rows = [HEADINGS]
    for figure in figures:
        ratio = "-" if figure.ratio is None else f"{figure.ratio:.2f}"
        rows.append((figure.what, figure.at, figure.must, figure.measured, ratio, figure.verdict))
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
