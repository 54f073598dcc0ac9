"""The rows of a report as plain values: the same for the same frames, none hidden, and what has moved between two."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from dashboard.reports import facts as module
from dashboard.reports.facts import Moved, facts, moved
from dashboard.reports.sheets import Column, Kind, Office, Sheet, Workbook
from tests.moments import wib

OFFICE = Office(("KPU",), "Tuapejat", "SEKRETARIS", "IRMAN", "", "A4")


def sheet(
    keys: str, *rows: tuple[Any, ...], name: str = "Matriks", kind: Kind = "text", **more: Any
) -> Sheet:
    """A sheet with these columns, each titled by its key in capitals."""
    columns = tuple(Column(key, key.upper(), kind, 10) for key in keys.split())
    frame = pd.DataFrame(list(rows), columns=keys.split())
    return Sheet(name=name, heading=("x",), columns=columns, frame=frame, **more)


def told(*sheets: Sheet) -> dict[str, Any]:
    return facts(Workbook(OFFICE, "Laporan", sheets, "Dicetak", "Tuapejat, 1 Januari 2027"))


def rows_of(*sheets: Sheet) -> list[str]:
    return list(told(*sheets)[sheets[0].name])


REGISTER = sheet("register_no status", ("001/DUMAS", "Diterima"), ("002/DUMAS", "Ditelaah"))


def test_same_frames_give_the_same_json_and_survive_it() -> None:
    def build() -> Sheet:
        return sheet(
            "label n rate at on",
            ("Juli 2026", 3, 2 / 3, wib("Senin 2026-11-09 08:00"), date(2026, 11, 9)),
            ("Agustus 2026", None, float("nan"), pd.NaT, None),
        )

    first, again = told(build()), told(build())
    said = json.dumps(first, allow_nan=False)
    assert said == json.dumps(again, allow_nan=False)
    assert json.loads(said) == first
    assert list(moved(json.loads(said), again)) == []
    assert first == {
        "Matriks": {
            "Juli 2026": {
                "LABEL": "Juli 2026", "N": 3, "RATE": 0.666667, "AT": "2026-11-09T01:00Z", "ON": "2026-11-09",
            },
            "Agustus 2026": {"LABEL": "Agustus 2026", "N": None, "RATE": None, "AT": None, "ON": None},
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (pd.NA, None), (pd.NaT, None), (None, None), (float("nan"), None), ("", ""), ("=1+1", "=1+1"), ("007", "007"),
        (True, True), (0, 0), (-0.0, 0), (3.0, 3), (0.1 + 0.2, 0.3), (1 / 3, 0.333333), (10**15, 10**15),
        (pd.Timestamp("2026-11-09 08:00", tz="Asia/Jakarta"), "2026-11-09T01:00Z"),
        (datetime(2026, 11, 9, 1, tzinfo=UTC), "2026-11-09T01:00Z"), (date(2026, 11, 9), "2026-11-09"),
    ],
)  # fmt: skip
def test_value_is_kept_as_json_can_hold_it(value: object, plain: object) -> None:
    (found,) = told(sheet("label x", ("baris", value)))["Matriks"].values()
    assert (found["X"], type(found["X"])) == (plain, type(plain))


@pytest.mark.parametrize(
    "frame",
    [
        pd.Series([1, None], dtype="Int64"), pd.Series([1, float("nan")], dtype="float64"),
        pd.Series([1, None], dtype="object"),
    ],
)  # fmt: skip
def test_type_of_a_column_does_not_matter(frame: "pd.Series[Any]") -> None:
    one = sheet("label n", ("a", 0), ("b", 0))
    one.frame["n"] = frame
    assert [row["N"] for row in told(one)["Matriks"].values()] == [1, None]


NAMED = [
    (sheet("no register_no subject", (1, "001/DUMAS", "x")), "001/DUMAS"),
    (sheet("register_no subject step", ("001/DUMAS", "x", "2. Mencatat")), "001/DUMAS · 2. Mencatat"),
    (sheet("number step over", ("001/DUMAS", "2. Mencatat", 5)), "001/DUMAS · 2. Mencatat"),
    (sheet("number step over", ("2026-2", "9. Laporan", 5)), "2026-2 · 9. Laporan"),
    (
        sheet("register_no subject happened_at", ("001/KAWAL", "x", wib("Senin 2026-11-09 08:05"))),
        "001/KAWAL · 09/11/2026 08.05",
    ),
    (sheet("no name n", ("2", "Mencatat", 5)), "2 · Mencatat"),
    (sheet("no name n", ("", "Semua langkah", 5)), "Semua langkah"),
    (sheet("label n", ("Juli 2026", 5)), "Juli 2026"),
    (sheet("month n", ("Juli 2026", 5)), "Juli 2026"),
]


@pytest.mark.parametrize(("one", "name"), NAMED, ids=[name for _, name in NAMED])
def test_row_is_named_by_what_tells_it_apart(one: Sheet, name: str) -> None:
    assert rows_of(one) == [name]


def test_no_row_hides_another() -> None:
    """Neither one of its name, nor one that is called as a numbered one would be, nor one without a name."""
    names = ["a", "a", "a · (2)", "a", "", "", None, "a · (2)", float("nan")]
    one = sheet("label n", *((name, place) for place, name in enumerate(names)))
    found = told(one)["Matriks"]
    assert [row["N"] for row in found.values()] == list(range(len(names)))
    assert list(found)[:4] == ["a", "a · (2)", "a · (2) · (2)", "a · (3)"]


def test_twin_without_numbers_the_last_row_of_a_name_would_stand_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_apart", lambda name, _: name)
    assert [row["N"] for row in told(sheet("label n", ("a", 1), ("a", 2)))["Matriks"].values()] == [2]


def test_no_column_hides_another() -> None:
    """A logbook's own field may be called as a column of the report is."""
    columns = (Column("register_no", "Waktu", "text", 9), Column("field.time", "Waktu", "text", 9))
    frame = pd.DataFrame([["001", "pagi"]], columns=["register_no", "field.time"])
    one = Sheet(name="Buku", heading=("x",), columns=columns, frame=frame)
    assert told(one) == {"Buku": {"001": {"Waktu": "001", "Waktu · (2)": "pagi"}}}


def test_register_number_stands_first_in_every_name() -> None:
    """By it the acts upon the case are found, also of a second row of the same case."""
    one = sheet("register_no n", ("001/KAWAL", 1), ("001/KAWAL", 2))
    assert [name.partition(module.BETWEEN)[0] for name in rows_of(one)] == ["001/KAWAL", "001/KAWAL"]


def test_running_number_is_no_fact_and_a_steps_number_is() -> None:
    matrix = sheet("no register_no", (1, "001/DUMAS"), (2, "002/DUMAS"))
    assert "NO" not in told(matrix)["Matriks"]["001/DUMAS"]
    assert told(sheet("no name n", ("2", "Mencatat", 5)))["Matriks"]["2 · Mencatat"]["NO"] == "2"
    without_first = sheet("no register_no", (1, "002/DUMAS"))
    assert [row.row for row in moved(told(matrix), told(without_first))] == ["001/DUMAS"]


def test_sheet_that_explains_is_no_fact() -> None:
    """It says who made the report and when, which is different for everybody who looks at it."""
    explained = sheet("topic said", ("Dibuat oleh", "Akun sekretaris"), name="Keterangan", explains=True)
    assert list(told(REGISTER, explained)) == ["Matriks"]


def test_empty_sheet_is_kept_as_one_without_rows() -> None:
    assert told(sheet("label n")) == {"Matriks": {}}


# What has moved.


def test_nothing_has_moved_between_equal_reports() -> None:
    assert list(moved(told(REGISTER), told(REGISTER))) == []


def test_changed_new_and_gone_rows_are_told_with_old_and_new() -> None:
    now = sheet("register_no status", ("001/DUMAS", "Selesai"), ("003/DUMAS", "Diterima"))
    found = list(moved(told(REGISTER), told(now)))
    assert found == [
        Moved("Matriks", "001/DUMAS", {"REGISTER_NO": "001/DUMAS", "STATUS": "Diterima"},
              {"REGISTER_NO": "001/DUMAS", "STATUS": "Selesai"}),
        Moved("Matriks", "003/DUMAS", None, {"REGISTER_NO": "003/DUMAS", "STATUS": "Diterima"}),
        Moved("Matriks", "002/DUMAS", {"REGISTER_NO": "002/DUMAS", "STATUS": "Ditelaah"}, None),
    ]  # fmt: skip
    assert [row.columns() for row in found] == [["STATUS"], [], []]


def test_every_sheet_is_compared_also_one_that_is_new_or_gone() -> None:
    rekap, telat = (sheet("label n", ("Juli", n), name=name) for n, name in ((1, "Rekap"), (2, "Telat")))
    found = [
        (row.sheet, row.row, row.old is None, row.new is None) for row in moved(told(rekap), told(telat))
    ]
    assert sorted(found) == [("Rekap", "Juli", False, True), ("Telat", "Juli", True, False)]


def test_order_of_rows_is_no_change() -> None:
    turned = sheet("register_no status", ("002/DUMAS", "Ditelaah"), ("001/DUMAS", "Diterima"))
    assert list(moved(told(REGISTER), told(turned))) == []
