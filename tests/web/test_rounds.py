"""The server opens the semester duties by itself, and a failure does not end its rounds."""

from datetime import UTC, date, datetime

import anyio
import pytest
from sqlalchemy import Engine, select

from dashboard import rounds
from dashboard.web.site import Site
from models.database import reading
from models.tables import StepRound
from seed import shipped

BEGAN_ON = date(2026, 3, 2)
IN_MARCH = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
IN_JULY = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def _duties(store: Engine) -> list[tuple[str, str | None]]:
    with reading(store) as connection:
        rows = connection.execute(
            select(StepRound.step_key, StepRound.period).where(StepRound.period.is_not(None))
        )
        return sorted((row.step_key, row.period) for row in rows)


async def _some_rounds(site: Site) -> None:
    with anyio.move_on_after(3):
        await rounds.make_rounds(site)


def test_rounds_open_the_duties_of_an_ended_semester_once(
    store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped.prepare(store, now=IN_MARCH, began_on=BEGAN_ON)
    assert _duties(store) == []
    monkeypatch.setattr(rounds, "EVERY_SECONDS", 0.05)
    anyio.run(_some_rounds, Site(store=lambda: store, instant=lambda: IN_JULY))
    assert _duties(store) == [("recapitulation", "2026-1"), ("semester_report", "2026-1")]


def test_rounds_go_on_after_a_failure(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped.prepare(store, now=IN_MARCH, began_on=BEGAN_ON)
    monkeypatch.setattr(rounds, "EVERY_SECONDS", 0.05)
    asked = []

    def failing_once() -> Engine:
        asked.append(1)
        if len(asked) == 1:
            raise OSError("the database is away")
        return store

    anyio.run(_some_rounds, Site(store=failing_once, instant=lambda: IN_JULY))
    assert _duties(store) == [("recapitulation", "2026-1"), ("semester_report", "2026-1")]
