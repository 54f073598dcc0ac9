"""The server: Streamlit's application with our routes, gate and headers around it.

`app` is what uvicorn runs (`patuh run` does so, with one worker: sessions, caches and uploads live in this process).
Nothing here keeps state: Streamlit may import this file twice.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from anyio import create_task_group, to_thread
from starlette.middleware import Middleware

from dashboard import mishaps
from dashboard.language import _
from dashboard.rounds import make_rounds, tidy
from dashboard.settings import ROOT
from dashboard.warm import warm
from dashboard.web import downloads, preparing
from dashboard.web.entrance import Entrance
from dashboard.web.gate import Gate
from dashboard.web.index_page import IndexPage
from dashboard.web.shell import Shell
from dashboard.web.site import Site, this_site
from models.migrate import migrate

ENTRY_SCRIPT = ROOT / "dashboard" / "app.py"


def build(script_path: Path, site: Site | None = None) -> st.App:
    """The application that runs `script_path` (an absolute path) for `site`, by default the installation itself."""
    site = site or this_site()

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        mishaps.guard_logs()
        await to_thread.run_sync(migrate, site.store())
        warm()  # registers the files under /unduh/ too
        async with create_task_group() as rounds:
            rounds.start_soon(make_rounds, site)
            rounds.start_soon(tidy)
            yield
            rounds.cancel_scope.cancel()
        preparing.close()

    return st.App(
        script_path,
        lifespan=lifespan,
        routes=[*Entrance(site).routes(), *downloads.routes()],
        middleware=[Middleware(Shell), Middleware(Gate, site=site), Middleware(IndexPage)],
        on_script_error=show_mishap,
    )


def show_mishap(error: Exception) -> bool:
    """Show a reference number in place of the error; its places go to the log under the same number."""
    number = mishaps.record(error)
    st.error(
        _("Something went wrong. Nothing half-done was stored. Reference number: {number}", number=number),
        icon=":material/error:",
    )
    return True


app = build(ENTRY_SCRIPT)
