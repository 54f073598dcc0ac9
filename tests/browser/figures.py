"""Figures as they stand on the overview, in the table of Laporan and in its workbook, to be held against each other."""

import re
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.browser.person import Person

FIGURES = ("Jumlah dinilai", "Tepat waktu", "Terlambat", "Lewat tenggat")
WHOLE = "Seluruh langkah yang dinilai"


def bars(leader: Person, code: str) -> dict[str, tuple[str, int]]:
    """What stands at the end of each step's bar: percentage and n, by the step's number; ("-", 0) where n = 0."""
    words = leader.keyed(f"summary.bars.{code}").locator(".annotation-text").all_text_contents()
    found: dict[str, tuple[str, int]] = {}
    step = ""
    for text in words:
        if named := re.match(r"(\d+)\. ", text):
            step = named[1]
        elif figure := re.fullmatch(r"(\d+,\d%) \(n = (\d+)\)", text):
            found[step] = figure[1], int(figure[2])
        elif text == "-":
            found[step] = "-", 0
    assert found, words
    return found


def counted(leader: Person, code: str) -> dict[str, int]:
    return {step: n for step, (_percent, n) in bars(leader, code).items()}


def sentence(leader: Person) -> tuple[str, int, int]:
    """Percentage, steps on time and steps judged, as the sentence of the overview has them."""
    words = leader.page.get_by_test_id("stMain").inner_text()
    found = re.search(r"(\d+,\d%) langkah tepat waktu \((\d+) dari (\d+)\)", words)
    assert found, words
    return found[1], int(found[2]), int(found[3])


def on_screen(person: Person, code: str) -> list[dict[str, str]]:
    """The rows of the table of compliance on Laporan."""
    person.open(f"/laporan?sop={code}")
    heading, *rows = person.table()
    assert rows[-1][1] == WHOLE
    return [dict(zip(heading, row, strict=True)) for row in rows]


def in_workbook(path: Path) -> list[dict[str, Any]]:
    """The rows of sheet Kepatuhan SOP."""
    found = sheet_rows(path, "Kepatuhan SOP", FIGURES[0])
    names = [row["Kegiatan"] for row in found]
    return found[: names.index(WHOLE) + 1]


def percent_said(share: object) -> str:
    """A share of the workbook as the screen writes it."""
    return "-" if share in (None, "-") else f"{float(str(share)) * 100:.1f}%".replace(".", ",")


def differences(screen: list[dict[str, str]], sheet: list[dict[str, Any]]) -> list[str]:
    """Where the screen and the workbook do not say the same; empty when they agree."""
    found = [] if len(screen) == len(sheet) else [f"{len(screen)} rows against {len(sheet)}"]
    for shown, written in zip(screen, sheet, strict=False):
        for name in FIGURES:
            if shown[name] != ("" if written[name] is None else str(written[name])):
                found.append(f"{shown['Kegiatan']}: {name} {shown[name]!r} against {written[name]!r}")
        if shown["Kepatuhan"] != percent_said(written["Kepatuhan"]):
            found.append(f"{shown['Kegiatan']}: {shown['Kepatuhan']!r} against {written['Kepatuhan']!r}")
    return found


def share_of(leader: Person, duty: str) -> tuple[int, int]:
    """How many of a recurring duty were done and owed, as its line on the overview has it."""
    words = leader.page.get_by_test_id("stMain").inner_text()
    found = re.search(rf"{re.escape(duty)}\s[^()]*\(([\d.]+) dari ([\d.]+)\)", words)
    assert found, words
    done, owed = (int(number.replace(".", "")) for number in found.groups())
    return done, owed


def sheet_rows(path: Path, sheet: str, column: str) -> list[dict[str, Any]]:
    """The rows of a sheet below the heading in which that column stands, with what is written under the table."""
    rows = [list(row) for row in load_workbook(path)[sheet].iter_rows(values_only=True)]
    top = next(number for number, row in enumerate(rows) if column in row)
    heading = [str(name) for name in rows[top] if name is not None]
    return [dict(zip(heading, row, strict=False)) for row in rows[top + 1 :]]
