"""Fifty people at once on one server: each looks, thinks for two seconds on average, and looks again.

They come through the websocket as browsers do, one in three times to another screen. Told beside it: the same while
somebody records a step every few seconds, after each of which nothing that was remembered counts any more.
"""

import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event

from sqlalchemy import Engine, select

from models.access import Actor, Role
from models.commands.steps import finish_step
from models.database import engine, reading
from models.tables import StepRound
from seed.demo_accounts import SAMPLE_ACCOUNTS
from tests.bench import large_office
from tests.bench.browserless import Server, server, tab
from tests.bench.figures import Figure, percentile, spoken, time_figure
from tests.bench.screens import Screen, screens
from tests.conftest import NOW
from tests.factories import token

PEOPLE, THINKING = 50, 2.0  # seconds between two looks of a person, on average
LASTS, WARMING = 60.0, 8.0  # seconds; the first ones are not counted
RECORDED_EVERY = 5.0  # seconds
BUDGET = 0.200
AT = large_office.ONE_HUNDRED_THOUSAND.name
SEEN = ("Ringkasan", "Kepatuhan, langkah", "Kepatuhan, bulan", "Kepatuhan, terlambat", "Tugas", "Pengaduan",
        "Pengawalan", "a complaint", "an escort", "Laporan, pengaduan")  # fmt: skip


@dataclass
class Seen:
    """How long each look took, in seconds, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def measure(folder: Path) -> Iterator[Figure]:
    """Build the office in `folder` and let everybody in."""
    place = folder / "large"
    large_office.build(place).dispose()
    known = {screen.name: screen for screen in screens(place)}
    shown = [known[name] for name in SEEN]
    with server(place, clock=NOW) as started:
        cookies = [started.sign_in(_username(person, shown)) for person in range(PEOPLE)]
        what = f"{PEOPLE} people, {THINKING:.0f} s apart"
        with _recording(place, every=math.inf) as recorded:
            yield from _figures(what, started, shown, cookies, recorded, must=BUDGET)
        with _recording(place, every=RECORDED_EVERY) as recorded:
            what = f"{what}, a step every {RECORDED_EVERY:.0f} s"
            yield from _figures(what, started, shown, cookies, recorded, must=None)


def _figures(
    what: str,
    started: Server,
    shown: list[Screen],
    cookies: list[str],
    recorded: list[int],
    *,
    must: float | None,
) -> Iterator[Figure]:
    before, began = started.cpu_seconds(), time.monotonic()
    with ThreadPoolExecutor(PEOPLE) as pool:
        people = [
            pool.submit(_look, started, cookie, _screens_of(person, shown), person, began)
            for person, cookie in enumerate(cookies)
        ]
        found = [person.result() for person in people]
    used = (started.cpu_seconds() - before) / (time.monotonic() - began)
    seconds = [one for seen in found for one in seen.seconds]
    errors = [one for seen in found for one in seen.errors]
    yield time_figure(what, at=AT, seconds=seconds, must=must, judged_by=0.95)
    said = f"{len(errors)} in {len(seconds):,} looks"
    yield Figure(f"{what}, errors", AT, "0", said, math.inf if errors else 0.0)
    worst = f"longest {spoken(max(seconds))}, p99 {spoken(percentile(seconds, 0.99))}"
    said = f"{worst}; {len(recorded)} steps recorded; {used:.0%} of a processor"
    yield Figure(f"{what}, besides", AT, "", said, None)


def _username(person: int, shown: list[Screen]) -> str:
    """Half of them leaders, the rest whoever the screens are for."""
    return "pimpinan" if person % 2 else ("sekretaris", "hukum")[person // 2 % 2]


def _screens_of(person: int, shown: list[Screen]) -> list[Screen]:
    names = ("Tugas", "an escort", "Pengawalan")
    kept = {"pimpinan": ("Tugas",), "hukum": names[1:], "sekretaris": ()}[_username(person, shown)]
    return [screen for screen in shown if screen.name not in kept]


def _look(started: Server, cookie: str, shown: list[Screen], person: int, began: float) -> Seen:
    dice, seen = Random(person), Seen()
    with tab(started, cookie) as page:
        first = True
        while (now := time.monotonic() - began) < LASTS:
            time.sleep(min(dice.expovariate(1 / THINKING), 4 * THINKING))
            screen = dice.choice(shown)
            try:
                took = (
                    page.open(screen.path, screen.query) if first or dice.random() < 1 / 3 else page.rerun()
                )
            except Exception as error:
                seen.errors.append(f"{screen.name}: {error}")
                continue
            if now > WARMING:
                seen.seconds.append(took)
            first = False
    return seen


@contextmanager
def _recording(place: Path, *, every: float) -> Iterator[list[int]]:
    """Somebody else records what waits longest, a step every few seconds; gives the rounds."""
    over, done = Event(), list[int]()
    store = engine(f"sqlite:///{place / 'patuh.db'}")

    def work() -> None:
        while not over.wait(min(every, 2 * LASTS)):
            done.append(_record_one(store))

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        try:
            yield done
        finally:
            over.set()
            working.result()
            store.dispose()


def _record_one(store: Engine) -> int:
    names = [username for username, _, _ in SAMPLE_ACCOUNTS]
    actor = Actor(names.index("sekretaris") + 1, "Sekretaris", frozenset({Role.SEKRETARIS}))
    r = StepRound
    with reading(store) as connection:
        row = connection.execute(
            select(r.id, r.version)
            .where(r.state == "open", r.step_key == "recording", r.started_at < NOW)
            .order_by(r.due_at)
            .limit(1)
        ).one()
    finish_step(
        store, actor=actor, token=token(), now=NOW, round_id=row.id, expected_version=row.version, finished_at=NOW,
        data={},
    )  # fmt: skip
    return row.id
