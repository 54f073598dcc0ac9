"""What the server does by itself while it runs: opening semester duties when due, clearing away drafts and memory."""

from itertools import count

import anyio
from anyio import to_thread

from dashboard import mishaps, warm
from dashboard.web.site import Site
from models.commands.duties import open_duties
from models.commands.form_drafts import clear_old_drafts

EVERY_SECONDS = 600
TIDIED_EVERY_SECONDS = 5
THOROUGHLY_EVERY = 24  # of those times


async def make_rounds(site: Site) -> None:
    """Open what has fallen due, now and every ten minutes, until cancelled; a failure waits for the next round."""
    while True:
        try:
            await to_thread.run_sync(lambda: open_duties(site.store(), now=site.instant()))
            await to_thread.run_sync(lambda: clear_old_drafts(site.store(), now=site.instant()))
        except Exception as error:
            mishaps.record(error)
        await anyio.sleep(EVERY_SECONDS)


async def tidy() -> None:
    """Keep what lives on out of the sight of the collector of garbage, until cancelled."""
    for time in count(1):
        await anyio.sleep(TIDIED_EVERY_SECONDS)
        warm.put_away(thorough=time % THOROUGHLY_EVERY == 0)
