"""The conformance examples hold: those of the folder that CONFORMANCE_DIR names, or the copy beside the tests."""

import json
import os
from pathlib import Path

import pytest

from tests.spec.conformance_examples import Json, check

COPY = Path(__file__).parent.parent / "data" / "conformance"


def demand(folder: Path) -> None:
    count, wrong = check(folder)
    assert count > 0, f"no example in {folder}"
    assert wrong == [], "\n".join(wrong)


def test_conformance_examples_all_hold() -> None:
    demand(Path(os.environ.get("CONFORMANCE_DIR", COPY)))


def test_conformance_copy_has_every_example() -> None:
    assert check(COPY)[0] == 31


# The reader bites.


def folder_of(path: Path, *examples: Json) -> Path:
    (path / "calendar.json").write_text(
        (COPY / "calendar.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (path / "deadlines.json").write_text(json.dumps(examples), encoding="utf-8")
    return path


RIGHT: Json = {"start": "2025-07-01T09:00:00+07:00", "target": 1, "unit": "working_days"}


def test_conformance_of_an_empty_folder_fails(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        demand(tmp_path)
    with pytest.raises(AssertionError, match="no example"):
        demand(folder_of(tmp_path))


@pytest.mark.parametrize(
    ("expectation", "complaint"),
    [
        ({"expect_due": "2025-07-02T16:01:00+07:00"}, "expected 2025-07-02 16:01"),
        ({"expect_moon": "full"}, "expect_moon cannot be read"),
        ({}, "nothing is expected"),
    ],
)
def test_conformance_of_a_wrong_example_fails(tmp_path: Path, expectation: Json, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        demand(folder_of(tmp_path, RIGHT | expectation))


def test_conformance_reads_every_field_an_example_may_use(tmp_path: Path) -> None:
    demand(
        folder_of(
            tmp_path,
            RIGHT | {"expect_late_from": "2025-07-03T00:00:00+07:00", "expect_due": "2025-07-02"},
            RIGHT | {"departure": "2025-07-02T06:00:00+07:00", "expect_due": "2025-07-02T06:00:00+07:00"},
            RIGHT | {"target": {"upper": 2, "lower": 1}, "expect_ideal": "2025-07-02T16:00:00+07:00"},
            RIGHT
            | {"overrides": {"2025-07-02": [["07:30", "12:00"]]}, "expect_due": "2025-07-02T12:00:00+07:00"},
            RIGHT | {"elections": [["2025-07-01", "2025-07-31"]], "target": 4, "expect_due": "2025-07-07"},
            {
                "start": "2025-07-14T06:00",
                "unit": "schedule",
                "planned_end": "2025-07-16T20:00",
                "finished": "2025-07-16T20:01",
                "expect": "late",
                "expect_due": "2025-07-16T20:00:00+07:00",
            },
            {
                "start": "2025-07-14T06:00",
                "target": None,
                "unit": None,
                "as_of": "2025-08-01T06:00",
                "expect": "unmeasured",
            },
            {"period_last_on": "2026-12-31", "working_day": 2, "expect_due": "2027-01-06T16:00:00+07:00"},
        )
    )
