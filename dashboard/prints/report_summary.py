"""What the figures of a semester report say in a few Indonesian sentences, and the counts they are made of.

Decided 2026-11. The counts are read out of the report's own frames, so that the sentences cannot disagree with the
tables. A step is named as weak only where enough of it was judged (`compliance.ENOUGH`); a former period is compared
only where it holds a case, because before the program was taken up there was none to count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard.compliance import Figures, difference_in_points
from dashboard.formats import date_plain, in_wib, number, percent
from dashboard.grades import COUNTED, ENOUGH
from dashboard.language import LANGUAGES, _, in_language
from dashboard.periods import Months
from dashboard.reports.sheets import Sheet, Workbook
from models.period import Period
from models.sop import Sop

WEAKEST = 3


@dataclass(frozen=True, slots=True)
class WeakStep:
    """A step that did not always keep its time; `rate` is below 1 and stands on `n` judged."""

    no: str
    name: str
    n: int
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """The counts of one report. `closed` are the final statuses with how many cases reached each in the period.

    `former_name` is what the period before is called ("semester lalu"); `former` its counts, None for no comparison.
    """

    noun: str
    period: str
    former_name: str
    until: date
    carried: int
    received: int
    closed: tuple[tuple[str, int], ...]
    left: int
    figures: Figures
    weakest: tuple[WeakStep, ...]
    former: "ReportSummary | None" = None

    @property
    def total(self) -> int:
        """All cases of the period: those carried into it and those received in it."""
        return self.carried + self.received


def summary_of(
    workbook: Workbook, *, sop: Sop, months: Months, as_of: datetime, former: ReportSummary | None = None
) -> ReportSummary:
    """The counts as they stand in the frames of `semester.build`; ValueError for a workbook without its sheets.

    Give a workbook in Indonesian: statuses and steps are named as it names them.
    """
    places = ((sheet, whole_place(sheet)) for sheet in workbook.sheets)
    recap, row = next(((sheet, place) for sheet, place in places if place is not None), (None, 0))
    compliance = next((sheet for sheet in workbook.sheets if sheet.chart == "compliance"), None)
    if recap is None or compliance is None:
        raise ValueError("the workbook is not a semester report")
    whole = recap.frame.iloc[row].to_dict()
    with in_language("id"):
        return ReportSummary(
            noun=sop.case_noun.id,
            period=months.label(),
            former_name=months.before_label(),
            until=min(Period.month(*divmod(months.last, 100)).last_on, in_wib(as_of).date()),
            carried=int(whole["carried"]),
            received=int(whole["received"]),
            closed=tuple(
                (column.title, int(whole[column.key]))
                for column in recap.columns
                if column.key.startswith("status.")
            ),
            left=int(whole["left"]),
            figures=_figures(compliance.frame.iloc[-1].to_dict()),
            weakest=tuple(_weakest(compliance.frame.iloc[:-1])),
            former=former,
        )


def whole_place(sheet: Sheet) -> int | None:
    """At which row of the recapitulation the whole period stands; below it follow the breakdowns. None elsewhere."""
    if not {"label", "carried", "left"} <= {column.key for column in sheet.columns}:
        return None
    names = set()
    for code in LANGUAGES:
        with in_language(code):
            names.add(_("The whole period"))
    labels = sheet.frame["label"].tolist()
    return next((place for place, label in enumerate(labels) if label in names), None)


def _figures(whole: Mapping[Any, Any]) -> Figures:
    n, on_time, late, overdue = (int(whole[name]) for name in ("n", *COUNTED))
    return Figures(n=n, on_time=on_time, late=late, overdue=overdue, rate=on_time / n if n else None)


def _weakest(steps: pd.DataFrame) -> Iterator[WeakStep]:
    """The steps with the lowest share, worst first; of equal shares the one with more behind it."""
    found = [
        WeakStep(no, name, int(n), on_time / n)
        for no, name, n, on_time in zip(
            steps["no"], steps["name"], steps["n"].fillna(0), steps["on_time"].fillna(0), strict=True
        )
        if n >= ENOUGH and on_time < n
    ]
    yield from sorted(found, key=lambda step: (step.rate, -step.n))[:WEAKEST]


# ---------------------------------------------------------------- sentences


def paragraphs(summary: ReportSummary) -> list[str]:
    """The cases, then the times, as an Indonesian letter would say it."""
    with in_language("id"):
        said = [" ".join(_cases(summary))]
        if summary.figures.n or summary.total:
            said.append(" ".join(_times(summary)))
        return said


def _cases(summary: ReportSummary) -> Iterator[str]:
    noun, period, former = summary.noun, summary.period, summary.former_name
    received, carried = number(summary.received), number(summary.carried)
    if not summary.total:
        yield f"Selama {period} tidak ada {noun} baru dan tidak ada sisa {noun} dari {former} (NIHIL)."
        return
    if not summary.received:
        yield f"Selama {period} tidak ada {noun} baru; yang ditangani adalah {carried} {noun} sisa {former}."
    elif not summary.carried:
        yield f"Selama {period} tercatat {received} {noun} baru, tanpa sisa dari {former}."
    else:
        yield (
            f"Selama {period} tercatat {received} {noun} baru. Bersama {carried} {noun} sisa {former}, seluruhnya "
            f"{number(summary.total)} {noun} ditangani."
        )
    yield _outcome(summary)


def _outcome(summary: ReportSummary) -> str:
    """Where the cases stand at the end; one case is spoken of by itself."""
    closed = [(_running(label), count) for label, count in summary.closed if count]
    state = f"Keadaan per {date_plain(summary.until)}:"
    if summary.total == 1:
        return f"{state} {summary.noun} tersebut {closed[0][0] if closed else 'masih dalam proses'}."
    if not closed:
        return f"{state} seluruhnya masih dalam proses."
    parts = [f"{number(count)} {label}" for label, count in closed]
    if not summary.left:
        return f"{state} {_listed(parts)}; tidak ada yang tersisa."
    return f"{state} {_listed([*parts, f'{number(summary.left)} masih dalam proses'])}."


def _times(summary: ReportSummary) -> Iterator[str]:
    figures = summary.figures
    if not figures.n:
        yield "Belum ada langkah yang dapat dinilai ketepatan waktunya."
    else:
        yield (
            f"Kepatuhan terhadap waktu yang ditetapkan SOP adalah {percent(figures.rate)} dari "
            f"{number(figures.n)} langkah yang dinilai: {_verdicts(figures)}."
        )
        if figures.n < ENOUGH:
            yield "Jumlah itu terlalu sedikit untuk ditarik kesimpulan."
    if summary.weakest:
        yield _weak(summary.weakest)
    if summary.former is not None and summary.former.total:
        yield _compared(summary, summary.former)


def _weak(steps: Sequence[WeakStep]) -> str:
    said = [f"{step.name} (langkah {step.no}: {percent(step.rate)}, n = {number(step.n)})" for step in steps]
    head = (
        "Langkah dengan kepatuhan terendah adalah"
        if len(said) > 1
        else "Yang belum selalu tepat waktu adalah"
    )
    return f"{head} {_listed(said)}."


def _verdicts(figures: Figures) -> str:
    if figures.on_time == figures.n:
        return "seluruhnya tepat waktu" if figures.n > 1 else "tepat waktu"
    parts = [(figures.on_time, "tepat waktu"), (figures.late, "terlambat")]
    parts.append((figures.overdue, "lewat tenggat dan belum selesai"))
    return _listed([f"{number(count)} {words}" for count, words in parts if count])


def _compared(summary: ReportSummary, former: ReportSummary) -> str:
    said = f"Pada {former.period} tercatat {number(former.received)} {former.noun} baru"
    points = difference_in_points(summary.figures, former.figures)
    if points is None:
        return f"{said}."
    said += f" dengan kepatuhan {percent(former.figures.rate)} (n = {number(former.figures.n)})"
    moved = number(abs(points), 1)
    if moved == number(0, 1):
        return f"{said}; kepatuhan tidak berubah."
    return f"{said}; kepatuhan {'naik' if points > 0 else 'turun'} {moved} poin persen."


def _running(label: str) -> str:
    """A status within a sentence: in small letters, but for abbreviations."""
    return " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in label.split())


def _listed(parts: Sequence[str]) -> str:
    """ "a", "a dan b", "a, b, dan c"."""
    if len(parts) < 3:
        return " dan ".join(parts)
    return f"{', '.join(parts[:-1])}, dan {parts[-1]}"
