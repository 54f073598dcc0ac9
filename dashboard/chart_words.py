"""The words of the charts: labels, hover boxes, figures, and what a chart says to somebody who cannot see it.

Plotly reads a small HTML, and TeX between dollar signs, in every text: whatever comes from data passes `escaped`. The
functions ending in `_text` return plain text and escape nothing.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.compliance import records
from dashboard.formats import month_abbr, month_name, number, percent
from dashboard.text import _

LETTERS = 56  # of 12 px, as many as stand side by side at 350 px
HOVER_LETTERS = 42


def step_bars_text(matrix: pd.DataFrame) -> str:
    """Say what the bars show: the whole, the weakest step, then each step. Plain text, not for HTML."""
    steps = records(matrix)
    each = "; ".join(f"{_named(step)}: {step['reason'] or plain_figure(step)}" for step in steps) + "."
    return f"{whole_text(matrix)} {each}"


def whole_text(matrix: pd.DataFrame) -> str:
    """The whole and the weakest step. Plain text, not for HTML."""
    n, on_time, overdue = (int(matrix[name].sum()) for name in ("n", "on_time", "overdue"))
    if n == 0:
        return _("No step has been judged yet.")
    whole = _(
        "{rate} of {n} steps on time, {overdue} overdue.",
        rate=percent(on_time / n),
        n=number(n),
        overdue=number(overdue),
    )
    return " ".join([whole, *_lowest(matrix[matrix["enough"]])])


def trend_lines_text(lines: Mapping[str, pd.DataFrame]) -> str:
    """Say for each line its first and last month that has a percentage. Plain text, not for HTML."""
    return " ".join(_trend_sentence(label, frame.dropna(subset=["rate"])) for label, frame in lines.items())


def step_label(step: Mapping[Any, Any], *, lesser_ink: str) -> str:
    """The step's name and, lesser, its target where the bar does not say the same; in lines of LETTERS."""
    target = "" if step["target_text"] == step["reason"] else step["target_text"]
    return label_in_lines(_named(step), target, ink=lesser_ink)


def label_in_lines(name: str, small: str, *, ink: str) -> str:
    """A name and lesser words beside it where there is room, else under it; escaped, in lines of LETTERS."""
    room = LETTERS - 2 - len(textwrap.wrap(name, LETTERS)[-1])
    lines = _broken(name, LETTERS)
    lesser_lines = [lesser(line, ink=ink) for line in textwrap.wrap(small, LETTERS)]
    if 0 < len(small) <= room:
        lines[-1] += f"  {lesser_lines.pop()}"
    return "<br>".join([*lines, *lesser_lines])


def figure_at_end(step: Mapping[Any, Any]) -> str:
    """What stands at a bar's end; "" where there is no measure."""
    if not step["n"]:
        return "-" if step["measured"] else ""
    return f"<b>{percent(step['rate'])}</b> (n = {number(int(step['n']))})"


def hover(step: Mapping[Any, Any]) -> str:
    """All a row knows, for its hover box; escapes."""
    title = [f"<b>{line}</b>" for line in _broken(_named(step), HOVER_LETTERS)]
    lines = [*title, *_broken(_("Target: {target}", target=step["target_text"]), HOVER_LETTERS)]
    if step["reason"]:
        return "<br>".join([*lines, *_broken(step["reason"], HOVER_LETTERS)])
    words = {
        **state_names(),
        "at_risk": _("Due soon"),
        "running": _("Running"),
        "skipped": _("Not applicable"),
    }
    counts = (f"{word}: {number(int(step[state]))}" for state, word in words.items())
    return "<br>".join([*lines, plain_figure(step), *counts])


def state_names() -> dict[str, str]:
    """The states that make up a percentage, in the order of a bar."""
    return {"on_time": _("On time"), "late": _("Late"), "overdue": _("Overdue")}


def month_ticks(months: Sequence[int]) -> list[str]:
    """Short names, the year under the first label and wherever it changes."""
    years = [month // 100 for month in months]
    return [
        month_abbr(month % 100) + (f"<br>{year}" if place == 0 or year != years[place - 1] else "")
        for place, (month, year) in enumerate(zip(months, years, strict=True))
    ]


def month_said(yyyymm: float) -> str:
    """ "Juli 2026" for 202607."""
    year, month = divmod(int(yyyymm), 100)
    return f"{month_name(month)} {year}"


def _named(step: Mapping[Any, Any]) -> str:
    return f"{step['no']}. {step['name']}"


def plain_figure(row: Mapping[Any, Any]) -> str:
    """ "87,6% (n = 15)", "-" when n = 0. Plain text, safe as HTML too."""
    return f"{percent(row['rate'])} (n = {number(int(row['n']))})" if row["n"] else "-"


def lesser(text: str, *, ink: str) -> str:
    """Smaller and paler words; escapes."""
    return f'<span style="color:{ink};font-size:11px">{escaped(text)}</span>'


def escaped(text: str) -> str:
    """Text that Plotly shows as it stands."""
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("$", "&#36;")):
        text = text.replace(mark, entity)
    return text


def _broken(text: str, letters: int) -> list[str]:
    return [escaped(line) for line in textwrap.wrap(text, letters)]


def _lowest(judged: pd.DataFrame) -> Iterator[str]:
    """The weakest of the steps with enough cases to be judged, none when there is no such step."""
    if not judged.empty:
        step = judged.iloc[int(judged["rate"].argmin())].to_dict()
        yield _("Lowest: {step}, {figure}.", step=_named(step), figure=plain_figure(step))


def _trend_sentence(label: str, judged: pd.DataFrame) -> str:
    if judged.empty:
        return _("{label}: no step has been judged yet.", label=label)
    first, last = (judged.iloc[place].to_dict() for place in (0, -1))
    return _(
        "{label}: {first} in {first_month}, {last} in {last_month}.",
        label=label,
        first=plain_figure(first),
        first_month=month_said(first["month"]),
        last=plain_figure(last),
        last_month=month_said(last["month"]),
    )
