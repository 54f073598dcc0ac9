"""From a report's sheets to plain words for the template: the same frames that the workbook is written from.

Decided 2026-11:
- A report on paper is Indonesian whatever the screen speaks; give it a workbook that was built in Indonesian.
- Nothing is counted here. A figure is written as the screen writes it, and a sheet without a row says NIHIL.
- What no font can show and no file can hold becomes U+FFFD, as in the workbook.
- In the recapitulation the breakdowns stand under a line that names them, instead of repeating its name in each row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dashboard.formats import number, percent
from dashboard.grades import COUNTED, ENOUGH, FAIR_FROM, GOOD_FROM
from dashboard.language import LANGUAGES, _, in_language
from dashboard.palette import STATUS_COLOURS
from dashboard.prints.report_summary import ReportSummary, paragraphs, whole_place
from dashboard.reports.cell_words import cell_words
from dashboard.reports.cells import printable
from dashboard.reports.sheets import Column, Kind, Office, Sheet, Workbook
from dashboard.reports.styles import TINTS

AT_THE_HEAD = "RAHASIA"  # a mark with this word stands at the head of every page too
TALL = 400  # letters of a cell from which its row may break between pages
_LONGEST_FEW = 6  # words and lines of a column that the template measures
_SIDES: dict[Kind, str] = {"text": "left", "long_text": "left", "date": "center", "moment": "center"}
_BETWEEN_WORDS = re.compile(r"\s+|(?<=[/-])(?=[^\W\d])")  # where a line may break
_PERIOD = re.compile("(?<=SEMESTER) | (?=TAHUN)|(?<=TAHUN) |(?<=BULAN) ")  # where a title may not break
_BROAD = re.compile("[A-Z0-9mwMW@%—…]")

Row = dict[str, Any]


def build(
    workbook: Workbook,
    *,
    summary: ReportSummary,
    made_at: datetime,
    number_of_letter: str,
    mark: str,
    logo: bytes | None,
) -> dict[str, Any]:
    """All words of the report, ready for JSON."""
    with in_language("id"):
        first = workbook.sheets[0].heading
        return {
            "name": printable(workbook.title),
            "paper": workbook.office.paper,
            "kop": _kop(workbook.office, logo),
            "heading": _heading(first, workbook.office),
            "under": [printable(line) for line in _under(first, number_of_letter)],
            "summary": paragraphs(summary),
            "tables": [_table(sheet) for sheet in workbook.sheets],
            "signature": {"left": None, "right": _signatory(workbook.office, workbook.signed_on)},
            "foot": _foot(mark, printable(workbook.footer_left)),
            "mark": mark,
            "at_the_head": AT_THE_HEAD in mark,
            "colours": {state: STATUS_COLOURS[state] for state in COUNTED},
            "tints": {grade: f"#{colour}" for grade, colour in TINTS.items()},
            "made_at": int(made_at.astimezone(UTC).timestamp()),
        }


def _foot(mark: str, printed: str) -> str:
    """The mark before who printed it, unless that begins with it already."""
    parts = (printed,) if printed.startswith(f"{mark} · ") else (mark, printed)
    return " · ".join(part for part in parts if part)


def _kop(office: Office, logo: bytes | None) -> dict[str, Any]:
    lines = [printable(line) for line in office.lines]
    return {
        "lines": lines[:2],
        "address": lines[2:],
        "seat": printable(office.seat),
        "logo": list(logo) if logo else None,
    }


def _heading(heading: Sequence[str], office: Office) -> list[str]:
    """Title, period, and whose report it is, unless the title says so."""
    whose = " ".join(office.lines[:2]).upper()
    title, period = heading[:2]
    lines = [
        _PERIOD.sub("\u00a0", title),
        period,
        *([] if any(whose in line.upper() for line in heading) else [whose]),
    ]
    return [printable(line) for line in lines]


def _under(heading: Sequence[str], number_of_letter: str) -> Iterator[str]:
    if number_of_letter:
        yield f"Nomor: {number_of_letter}"
    yield from heading[2:]


def _signatory(office: Office, signed_on: str) -> dict[str, list[str | None]]:
    return {
        "above": [printable(signed_on)],
        "title": [f"{printable(office.signatory_title)},"],
        "name": [printable(office.signatory_name) or None],
        "number": [f"NIP. {printable(office.signatory_id)}"] if office.signatory_id else [],
    }


# ---------------------------------------------------------------- tables


def _table(sheet: Sheet) -> dict[str, Any]:
    columns = [
        [printable(cell_words(column.kind, value)) for value in sheet.frame[column.key].tolist()]
        for column in sheet.columns
    ]
    rows = [_row(cells) for cells in zip(*columns, strict=True)]
    if sheet.total and rows:
        rows[-1]["kind"] = "total"
    _colour(rows, sheet)
    whole = whole_place(sheet)
    if whole is not None:
        rows = list(_grouped(rows, whole))
    for row in rows:
        row["marked"] = _marked(row)
    return {
        "name": printable(sheet.name),
        "columns": [_column(*found) for found in zip(sheet.columns, columns, strict=True)],
        "rows": rows,
        "notes": [printable(note) for note in sheet.notes],
        "chart": _chart(sheet) if sheet.chart else None,
        "figures": whole is not None or sheet.chart is not None,
    }


def _row(cells: Sequence[str]) -> Row:
    tall = any(len(words) > TALL or words.count("\n") > 8 for words in cells)
    return {"kind": "row", "cells": list(cells), "tall": tall, "states": {}, "tints": {}}


def _marked(row: Row) -> list[int]:
    """The cells that are more than plain words on a line; the template looks at no other one by one."""
    broken = {place for place, words in enumerate(row["cells"]) if "\n" in words}
    return sorted(broken.union(map(int, row["states"]), map(int, row["tints"])))


def _column(column: Column, values: Sequence[str]) -> dict[str, Any]:
    """A column with the few words and lines by whose size the template gives it its width."""
    texts = {column.title, *values}
    words = {word for text in texts for word in _BETWEEN_WORDS.split(text)}
    lines = {line for text in set(values) for line in text.split("\n")}
    longest = max(map(len, lines), default=0)
    return {
        "title": printable(column.title),
        "side": _SIDES.get(column.kind, "right"),
        "most": column.width * (1 + min(max(longest - 60, 0) / 100, 1)),  # long texts would make high rows
        "date": column.kind == "date",
        "words": _longest(words),
        "lines": [line[:200] for line in _longest(lines)],
    }


def _longest(found: set[str]) -> list[str]:
    """The longest, broad letters counting for more; of equal ones always the same."""
    return sorted(found, key=lambda words: (-len(words) - 0.4 * len(_BROAD.findall(words)), words))[
        :_LONGEST_FEW
    ]


def _colour(rows: Sequence[Row], sheet: Sheet) -> None:
    """Verdicts in their colour, beside their word; shares shaded where enough was judged, as in the workbook."""
    places = {column.key: place for place, column in enumerate(sheet.columns)}
    if {"rate", "n"} <= places.keys():
        judged = sheet.frame["n"].fillna(0) >= ENOUGH
        for row, rate, enough in zip(rows, sheet.frame["rate"], judged, strict=True):
            if enough:
                row["tints"] = {str(places["rate"]): _grade(float(rate))}
    if "kept" in places:
        kept = _in_time()
        for row, words in zip(rows, sheet.frame["kept"], strict=True):
            if words and words != "-":
                row["states"] = {str(places["kept"]): "on_time" if words in kept else "late"}


def _grade(rate: float) -> str:
    return "good" if rate >= GOOD_FROM else "fair" if rate >= FAIR_FROM else "poor"


def _in_time() -> set[str]:
    found = set()
    for code in LANGUAGES:
        with in_language(code):
            found.add(_("On time"))
    return found


def _grouped(rows: Sequence[Row], whole: int) -> Iterator[Row]:
    """The months, the whole period in bold, then each breakdown under its name."""
    yield from rows[:whole]
    yield rows[whole] | {"kind": "total"}
    group = ""
    for row in rows[whole + 1 :]:
        head, apart, rest = row["cells"][0].partition(": ")
        if not apart:
            yield row
            continue
        if head != group:
            group = head
            yield _row([head]) | {"kind": "group"}
        yield row | {"cells": [rest, *row["cells"][1:]]}


# ---------------------------------------------------------------- chart


def _chart(sheet: Sheet) -> dict[str, Any] | None:
    """The bars per measured step, the first on top; None where nothing was judged."""
    steps = sheet.frame.iloc[:-1] if sheet.total else sheet.frame
    judged = steps[steps["n"].fillna(0) > 0]
    bars = [_bar(record) for record in judged.to_dict("records")]
    titles = {column.key: column.title for column in sheet.columns}
    if not bars:
        return None
    return {
        "title": "Jumlah langkah tepat waktu, terlambat, dan lewat tenggat",
        "states": [{"state": state, "words": printable(titles[state])} for state in COUNTED],
        "bars": bars,
    }


def _bar(record: Mapping[Any, Any]) -> dict[str, Any]:
    counts = {state: int(record[state]) for state in COUNTED}
    n = int(record["n"])
    return counts | {
        "name": printable(f"{record['no']}. {record['name']}"),
        "n": n,
        "end": f"{percent(float(record['rate']))} (n = {number(n)})",
    }
