"""What two thousand runs of all screens leave behind in the server's memory."""

import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import large_office
from tests.bench.browserless import Server, server, tab
from tests.bench.figures import Figure
from tests.bench.screens import Screen, screens
from tests.conftest import NOW

WARMING, RUNS = 500, 2_000
VISIT = 10  # runs of a screen before the next is opened, in a tab of its own
BUDGET = 0.05
_AT_REST = 1.0  # seconds in which the server can let go of the last tab


def measure(folder: Path) -> Iterator[Figure]:
    """Build the office in `folder`, run every screen until nothing of it is new, then count."""
    place = folder / "large"
    large_office.build(place).dispose()
    shown = screens(place)
    with server(place, clock=NOW) as started:
        cookies = {name: started.sign_in(name) for name in {screen.username for screen in shown}}
        _run(started, shown, cookies, runs=max(WARMING, VISIT * len(shown)))
        before = started.resident_bytes()
        _run(started, shown, cookies, runs=RUNS)
        after = started.resident_bytes()
    grown = after / before - 1
    said = f"{grown:+.1%} ({before / 2**20:.0f} MB, then {after / 2**20:.0f} MB)"
    yield Figure(
        f"memory after {RUNS:,} runs", "100 k steps", f"< {BUDGET:.0%}", said, max(0, grown) / BUDGET
    )


def _run(started: Server, shown: list[Screen], cookies: dict[str, str], *, runs: int) -> None:
    for visit in range(runs // VISIT):
        screen = shown[visit % len(shown)]
        with tab(started, cookies[screen.username]) as page:
            page.open(screen.path, screen.query)
            for _ in range(VISIT - 1):
                page.rerun()
    time.sleep(_AT_REST)
