"""The sample year on disk: built when missing or meant for another day, and never taken for finished when it is not.

It is built in a folder of its own beside its place and moved there only when whole, so an interrupted build leaves
nothing that looks like a sample. `dibuat-untuk` in it names the day up to which the made-up year runs.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from models.vault import Vault, load_or_create_key

DATABASE, KEY = "patuh.db", "vault.key"
_BUILT_FOR = "dibuat-untuk"

Builder = Callable[[Path, Vault, date], None]


def built_for(folder: Path) -> date | None:
    """The day the sample in `folder` runs up to; None when there is no whole one."""
    try:
        return date.fromisoformat((folder / _BUILT_FOR).read_text("utf-8").strip())
    except (OSError, ValueError):
        return None


def ensure(folder: Path, *, today: date, build: Builder) -> bool:
    """Make sure that `folder` holds the sample for `today`; true when it had to be built.

    What was entered into an earlier day's sample goes with it: it is a rehearsal.
    """
    if built_for(folder) == today:
        return False
    unfinished = folder.with_name(folder.name + ".dibangun")
    for former in (unfinished, folder):
        if former.exists():
            shutil.rmtree(former)
    unfinished.mkdir(parents=True, mode=0o700)
    build(unfinished / DATABASE, Vault(load_or_create_key(unfinished / KEY)), today)
    (unfinished / _BUILT_FOR).write_text(f"{today.isoformat()}\n", "utf-8")
    unfinished.rename(folder)
    return True
