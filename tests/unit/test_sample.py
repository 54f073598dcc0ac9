"""The sample year on disk: built once a day, and an interrupted build is never taken for a finished one."""

from datetime import date
from pathlib import Path

import pytest

from dashboard import sample
from models.vault import Vault

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
SEED = "0123456789abcdef"


class PowerCut(Exception):
    """What interrupts a build."""


def build(path: Path, vault: Vault, today: date) -> None:
    path.write_text(f"year up to {today}", "utf-8")


def built(folder: Path) -> bool:
    return sample.is_built(folder, today=TODAY, source=SEED)


def interrupted(path: Path, vault: Vault, today: date) -> None:
    build(path, vault, today)
    raise PowerCut


def test_the_sample_is_built_once_for_its_day(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    assert not built(folder)
    assert sample.ensure(folder, today=TODAY, source=SEED, build=build)
    assert not sample.ensure(folder, today=TODAY, source=SEED, build=interrupted)
    assert built(folder)
    assert (folder / sample.DATABASE).read_text("utf-8") == "year up to 2026-11-20"
    assert (folder / sample.KEY).exists()


def test_another_day_makes_another_sample(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    sample.ensure(folder, today=TODAY, source=SEED, build=build)
    (folder / "leftover").write_text("x", "utf-8")
    assert sample.ensure(folder, today=TOMORROW, source=SEED, build=build)
    assert (folder / sample.DATABASE).read_text("utf-8") == "year up to 2026-11-21"
    assert not (folder / "leftover").exists()


def test_an_interrupted_build_is_not_taken_for_a_finished_one(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    with pytest.raises(PowerCut):
        sample.ensure(folder, today=TODAY, source=SEED, build=interrupted)
    assert not built(folder)
    assert sample.ensure(folder, today=TODAY, source=SEED, build=build)
    assert built(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["contoh"]


def test_a_sample_built_in_place_would_be_taken_for_a_finished_one(tmp_path: Path) -> None:
    folder = tmp_path / "contoh"
    sample.ensure(folder, today=TODAY, source=SEED, build=build)
    with pytest.raises(
        PowerCut
    ):  # in place, without the folder beside it: the day's mark of before is still there
        interrupted(
            folder / sample.DATABASE, Vault((folder / sample.KEY).read_text("utf-8").strip()), TOMORROW
        )
    assert built(folder)
    assert (folder / sample.DATABASE).read_text("utf-8") == "year up to 2026-11-21"


@pytest.mark.parametrize("mark", ["", "besok", "2026-11-20", f"2026-11-20 {SEED}0", "\udcff"])
def test_an_unreadable_mark_means_not_built(tmp_path: Path, mark: str) -> None:
    folder = tmp_path / "contoh"
    sample.ensure(folder, today=TODAY, source=SEED, build=build)
    (folder / "dibuat-untuk").write_bytes(mark.encode("utf-8", "surrogateescape"))
    assert not built(folder)
    assert sample.ensure(folder, today=TODAY, source=SEED, build=build)


def test_another_seed_makes_another_sample(tmp_path: Path) -> None:
    seed, folder = tmp_path / "seed", tmp_path / "contoh"
    (seed / "sops").mkdir(parents=True)
    (seed / "sops" / "a.toml").write_text("version = 1", "utf-8")
    first = sample.fingerprint(seed)
    sample.ensure(folder, today=TODAY, source=first, build=build)
    assert sample.fingerprint(seed) == first
    (seed / "sops" / "a.toml").write_text("version = 2", "utf-8")
    assert sample.fingerprint(seed) != first
    assert sample.ensure(folder, today=TODAY, source=sample.fingerprint(seed), build=build)
