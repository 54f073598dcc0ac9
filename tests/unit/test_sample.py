"""The sample year on disk: built once a day, and an interrupted build is never taken for a finished one."""

from datetime import date
from pathlib import Path

import pytest

from dashboard import sample
from models.vault import Vault

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)


class PowerCut(Exception):
    """What interrupts a build."""


def build(path: Path, vault: Vault, today: date) -> None:
    path.write_text(f"year up to {today}", "utf-8")


def interrupted(path: Path, vault: Vault, today: date) -> None:
    build(path, vault, today)
    raise PowerCut


def test_the_sample_is_built_once_for_its_day(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    assert sample.built_for(folder) is None
    assert sample.ensure(folder, today=TODAY, build=build)
    assert not sample.ensure(folder, today=TODAY, build=interrupted)
    assert sample.built_for(folder) == TODAY
    assert (folder / sample.DATABASE).read_text("utf-8") == "year up to 2026-11-20"
    assert (folder / sample.KEY).exists()


def test_another_day_makes_another_sample(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    sample.ensure(folder, today=TODAY, build=build)
    (folder / "leftover").write_text("x", "utf-8")
    assert sample.ensure(folder, today=TOMORROW, build=build)
    assert (folder / sample.DATABASE).read_text("utf-8") == "year up to 2026-11-21"
    assert not (folder / "leftover").exists()


def test_an_interrupted_build_is_not_taken_for_a_finished_one(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    with pytest.raises(PowerCut):
        sample.ensure(folder, today=TODAY, build=interrupted)
    assert sample.built_for(folder) is None
    assert sample.ensure(folder, today=TODAY, build=build)
    assert sample.built_for(folder) == TODAY
    assert [path.name for path in tmp_path.iterdir()] == ["contoh"]


def test_a_sample_built_in_place_would_be_taken_for_a_finished_one(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    sample.ensure(folder, today=TODAY, build=build)
    with pytest.raises(
        PowerCut
    ):  # in place, without the folder beside it: the day's mark of before is still there
        interrupted(
            folder / sample.DATABASE, Vault((folder / sample.KEY).read_text("utf-8").strip()), TOMORROW
        )
    assert sample.built_for(folder) == TODAY
    assert (folder / sample.DATABASE).read_text("utf-8") == "year up to 2026-11-21"


@pytest.mark.parametrize("mark", ["", "besok", "2026-13-01"])
def test_an_unreadable_mark_means_not_built(tmp_path: Path, mark: str) -> None:
    folder = tmp_path / "contoh"
    sample.ensure(folder, today=TODAY, build=build)
    (folder / "dibuat-untuk").write_text(mark, "utf-8")
    assert sample.built_for(folder) is None
    assert sample.ensure(folder, today=TODAY, build=build)
