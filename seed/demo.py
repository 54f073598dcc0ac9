"""The sample database: a made-up office year up to today, for looking around and for demonstrations.

Decided 2026-11:
- Everything is written through the commands, as people would write it, so the sample can hold nothing the program
  itself would refuse, and its trail is as whole as that of a real office.
- The same date gives the same sample: register numbers, texts and moments. Only password hashes and the vault's nonces
  differ.
- It covers three semesters, the running one and the two before it, and ends today at 10.30 WIB.
- It is built in a folder of its own beside the target and moved there when it is whole; a build that was interrupted
  leaves nothing that could be taken for a finished one.
"""

import os
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, event

from models import audit
from models.database import engine, reading
from models.migrate import migrate
from models.period import Period, semester
from models.vault import Vault
from models.work_calendar import WorkCalendar
from seed import calendar_file, shipped
from seed.demo_accounts import add_sample_accounts
from seed.demo_arrivals import Arrivals
from seed.demo_casework import Casework
from seed.demo_checks import MailChecks
from seed.demo_duties import Duties
from seed.demo_journeys import Journeys
from seed.demo_logbook import LogBook
from seed.demo_office import Office
from seed.demo_pace import Pace
from seed.demo_papers import Papers
from seed.demo_staged import Staged

SAMPLE_ENDS_AT = timedelta(hours=10, minutes=30)


def build(target: Path, *, vault: Vault, today: date) -> None:
    """Build the sample at `target` (SQLite), which must not exist yet: FileExistsError otherwise."""
    if target.exists():
        raise FileExistsError(target)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
        unfinished = Path(folder) / target.name
        store = engine(f"sqlite:///{unfinished}")
        event.listen(store, "connect", _write_fast)
        try:
            _fill(store, vault=vault, today=today)
        finally:
            store.dispose()
        _settle_on_disk(unfinished)
        unfinished.rename(target)


def began_on(today: date) -> date:
    """The first day of the sample: two whole semesters before the one of `today`."""
    first_on = Period.semester(*semester(today)).first_on
    return first_on.replace(year=first_on.year - 1)


def last_moment(calendar: WorkCalendar, today: date) -> datetime:
    """The moment at which the sample ends; nothing in it is later."""
    return calendar.midnight(today) + SAMPLE_ENDS_AT


def _write_fast(connection: sqlite3.Connection, _record: Any) -> None:
    # The file is thrown away if anything goes wrong, and brought to the disk once at the end. Only here.
    connection.execute("PRAGMA synchronous=OFF")


def _settle_on_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _fill(store: Engine, *, vault: Vault, today: date) -> None:
    migrate(store)
    calendar = WorkCalendar(calendar_file.load())
    dice = Random(f"patuh {today.isoformat()}")  # noqa: S311 - a sample that comes out the same again, no secret
    first_on, now = began_on(today), last_moment(calendar, today)
    starts_at = calendar.midnight(first_on) + timedelta(hours=6)
    shipped.prepare(store, now=starts_at, began_on=first_on)
    office = Office(
        store=store,
        vault=vault,
        calendar=calendar,
        actors=add_sample_accounts(store, now=starts_at + timedelta(minutes=5)),
        pace=Pace(calendar, dice, first_on, now),
        dice=dice,
        now=now,
    )
    arrivals = Arrivals(calendar, dice, first_on, now)
    courses = [*arrivals.courses(), *Staged(calendar, dice, arrivals, now).courses()]
    for course in courses:
        office.take(course)
    office.companions += [Casework(office), Journeys(office, LogBook(calendar, dice)), Papers(office)]
    MailChecks(office, first_on).plan(courses)
    Duties(office, shipped.sops(), first_on).await_ends()
    office.run()
    with reading(store) as connection:
        for broken in audit.verify(connection):
            raise RuntimeError(f"the trail of the sample breaks at {broken.seq}: {broken.what}")
