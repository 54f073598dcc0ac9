"""A column that a round has not is refused; left to the database's driver it would vanish without a word."""

from typing import Any

import pytest

from models.commands import rounds
from models.database import transaction
from models.tables import StepRound
from tests.conftest import NOW
from tests.factories import Office, latest, open_one


def misspelt(office: Office) -> list[Any]:
    """What comes of a misspelt note by each way of writing; the transaction is given up."""
    row = latest(office, open_one(office, "pengaduan"), "recording")
    ways = (
        lambda connection: rounds.revise(connection, StepRound.id == row["id"], now=NOW, notee="x"),
        lambda connection: rounds.revise_shown(
            connection, round_id=row["id"], version=row["version"], now=NOW, notee="x"
        ),
        lambda connection: rounds.enter(
            connection, now=NOW,
            **{key: row[key] for key in row if key not in ("id", "round_no", "known_from")},
            round_no=9, notee="x",
        ),
    )  # fmt: skip
    found: list[Any] = []
    for way in ways:
        try:
            with transaction(office.store) as connection:
                found.append(way(connection))
        except TypeError as error:
            found.append(str(error))
    return found


def test_misspelt_column_is_refused(office: Office) -> None:
    assert misspelt(office) == ["a round has no notee"] * 3


def test_twin_without_the_check_it_is_left_out(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_known", lambda _columns: None)
    assert all(isinstance(what, int) for what in misspelt(office))
