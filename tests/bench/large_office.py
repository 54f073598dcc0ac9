"""Offices with so many rounds of steps, written past the commands: they exist to be read, not to be believed.

Every case has a round of each of its steps, half a day each, one in six late; the youngest are open, as many in a small
office as in a large one, so that what differs is the record and not the work at hand. Escorts have an entry of their
log every two hours, one complaint in a hundred was paused. The times follow no calendar, and there is no trail.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Engine, func, insert, select, text

from models.database import engine, reading, transaction
from models.migrate import migrate
from models.queries.sops import sop_in_force
from models.tables import Base, CaseFile, JournalEntry, Pause, StepRound
from models.tables.base import Instant, Moment
from models.vault import load_or_create_keys
from seed import shipped
from seed.demo_accounts import add_sample_accounts
from tests.bench.large_cases import Made, Maker
from tests.conftest import NOW

BEGAN_ON = date(2025, 1, 1)
OPEN = {
    "pengaduan": 100,
    "pengawalan": 24,
}  # received within the last days; three of the escorts are under way
JUST_NOW = timedelta(days=10)
_PIECE = 2_000  # cases written at once
_EARLY = datetime(2025, 1, 1, 1, 0, tzinfo=UTC)
_YEAR = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
_MIDDLE = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
_TABLES = {"cases": CaseFile, "rounds": StepRound, "entries": JournalEntry, "pauses": Pause}


@dataclass(frozen=True, slots=True)
class Span:
    """So many cases of a SOP, received evenly in [first_at, last_at]; all are closed unless they `stay_open`."""

    code: str
    count: int
    first_at: datetime
    last_at: datetime
    stay_open: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """An office by how many rounds of steps it has, and the cases they are of, the open ones aside."""

    name: str
    spans: tuple[Span, ...]


def _size(name: str, *, before: int, first: int, second: int, escorts: int) -> Size:
    """Complaints of 2025 and of each semester of 2026, and escorts, closed; the last ones ended before `NOW`."""
    return Size(
        name,
        (
            Span("pengaduan", before, _EARLY, _YEAR - timedelta(days=8)),
            Span("pengaduan", first, _YEAR, _MIDDLE - timedelta(days=8)),
            Span("pengaduan", second, _MIDDLE, NOW - JUST_NOW),
            Span("pengawalan", escorts, _EARLY if before else _YEAR, NOW - JUST_NOW),
        ),
    )


ONE_THOUSAND = _size("1 k steps", before=24, first=24, second=24, escorts=6)
# all of it within one year, which is harder on its figures; the workbook's budgets are for so many complaints
ONE_HUNDRED_THOUSAND = _size("100 k steps", before=0, first=10_000, second=1_900, escorts=1_900)
ONE_MILLION = _size("1 M steps", before=60_000, first=40_000, second=20_000, escorts=20_000)


def few_hundred(*, second: int) -> Size:
    """An office with so many complaints in the running semester, and the open ones besides."""
    return _size("few hundred cases", before=0, first=0, second=second, escorts=20)


def build(folder: Path, size: Size = ONE_HUNDRED_THOUSAND) -> Engine:
    """Make the office in `folder`, as the program keeps it; returns its engine, which the caller disposes of."""
    store = _prepared(folder)
    fill(store, size.spans)
    return store


def build_register(folder: Path, *, count: int) -> Engine:
    """Make an office with a register of `count` complaints and no more rounds than its open cases need."""
    store = _prepared(folder)
    with transaction(store) as connection:
        closed = Span("pengaduan", count - OPEN["pengaduan"], _YEAR, _MIDDLE)
        _write(connection, _maker(connection, closed.code), [closed], without=("rounds",))
        _write(connection, _maker(connection, closed.code), [_just_now(closed.code)])
    return store


def _prepared(folder: Path) -> Engine:
    folder.mkdir(mode=0o700)
    load_or_create_keys(folder / "vault.key")
    store = engine(f"sqlite:///{folder / 'patuh.db'}")
    prepare(store)
    return store


def prepare(store: Engine) -> None:
    """What an office has before its first case."""
    migrate(store)
    shipped.prepare(store, now=_EARLY, began_on=BEGAN_ON)
    add_sample_accounts(store, now=_EARLY)


def fill(store: Engine, spans: Sequence[Span]) -> None:
    """Write the cases of these spans, and of each SOP the open ones."""
    with transaction(store) as connection:
        if store.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -400000")
        indexes = [
            index for table in _TABLES.values() for index in Base.metadata.tables[table.__tablename__].indexes
        ]
        for index in indexes:  # faster to make once than to keep
            index.drop(connection)
        for code in dict.fromkeys(span.code for span in spans):
            own = [span for span in spans if span.code == code]
            _write(connection, _maker(connection, code), [*own, _just_now(code)])
        for index in indexes:
            index.create(connection)
        if store.dialect.name == "postgresql":
            _go_on_counting(connection)
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if store.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))  # as its own housekeeping would have done meanwhile


def _just_now(code: str) -> Span:
    return Span(code, OPEN[code], NOW - JUST_NOW, NOW - timedelta(hours=1), stay_open=True)


def _maker(connection: Connection, code: str) -> Maker:
    version_id, sop = sop_in_force(connection, code, NOW.date())
    last = select(func.max(CaseFile.id), func.max(CaseFile.register_seq).filter(CaseFile.code == code))
    case_id, seq = connection.execute(last).one()
    return Maker(sop, version_id, last_id=case_id or 0, last_seq=seq or 0)


def _write(
    connection: Connection, maker: Maker, spans: Iterable[Span], *, without: Sequence[str] = ()
) -> None:
    every = chain.from_iterable(_made(maker, span) for span in spans)
    while piece := list(islice(every, _PIECE)):
        for name, table in _TABLES.items():
            rows: list[dict[str, Any]] = [row for made in piece for row in getattr(made, name)]
            if rows and name not in without:
                _insert(connection, table, rows)


def _insert(connection: Connection, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """The rows as SQLAlchemy would write them; on SQLite by the driver itself, in a fifth of the time."""
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), rows)
        return
    values = []
    for column in table.__table__.columns:
        default = column.default.arg if column.default is not None else None
        given = [row.get(column.name, default) for row in rows]
        values.append(_stored(column.type, given))
    names = [column.name for column in table.__table__.columns]
    if "id" not in rows[0]:
        del names[names.index("id")], values[0]
    into, cells = ", ".join(names), ", ".join("?" * len(names))
    driver: Any = connection.connection.driver_connection
    driver.executemany(
        f"INSERT INTO {table.__tablename__} ({into}) VALUES ({cells})", zip(*values, strict=True)
    )


def _stored(kind: Any, values: list[Any]) -> list[Any]:
    """The values of a column as SQLite keeps them; a moment is written out once for all that share it."""
    if isinstance(kind, Instant):
        precision = "minutes" if isinstance(kind, Moment) else "microseconds"
        said = {at: at.isoformat(" ", precision).removesuffix("+00:00") for at in set(values) if at}
        return [said.get(at) for at in values]
    if isinstance(kind, JSON):
        return [json.dumps(value, ensure_ascii=False) if value else "{}" for value in values]
    return values


def _made(maker: Maker, span: Span) -> Iterator[Made]:
    for n in range(1, span.count + 1):
        received_at = span.first_at + (span.last_at - span.first_at) * (n / span.count)
        yield maker.case(received_at.replace(second=0, microsecond=0), n=n, stays_open=span.stay_open)


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL does not count ids that were given."""
    for table in (CaseFile, StepRound):
        name = Base.metadata.tables[table.__tablename__].name
        highest = connection.execute(select(func.max(table.id))).scalar_one()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), highest)))


def round_count(store: Engine) -> int:
    """How many rounds there are."""
    with reading(store) as connection:
        return connection.execute(select(func.count()).select_from(StepRound)).scalar_one()
