"""Everything the program ships for a start: calendar, SOPs, the office's profile."""

import tomllib
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from models.commands.duties import open_duties
from models.commands.seeding import take_in
from models.sop import Sop
from models.sop_file import load
from seed import calendar_file

FOLDER = Path(__file__).parent


def sops() -> list[Sop]:
    """The SOP files, the newest SOP first; `SopError` for a bad one."""
    loaded = [load(path) for path in (FOLDER / "sops").glob("*.toml")]
    return sorted(loaded, key=lambda sop: (sop.effective_from, sop.code), reverse=True)


def prepare(store: Engine, *, now: datetime, began_on: date) -> None:
    """Take in what is shipped and open the duties that have fallen due; harmless when repeated."""
    take_in(
        store,
        now=now,
        began_on=began_on,
        calendar=calendar_file.load(),
        decrees=calendar_file.decrees(),
        sops=sops(),
        profile=tomllib.loads((FOLDER / "office.toml").read_text(encoding="utf-8")),
    )
    open_duties(store, now=now)
