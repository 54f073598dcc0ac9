"""All that a database holds, to compare before and after."""

from sqlalchemy import Engine, text

from models.database import reading
from models.tables import Base

Dump = dict[str, list[str]]
TABLES = [*sorted(Base.metadata.tables), "alembic_version"]


def dump(store: Engine) -> Dump:
    """Every row of every table as text, in an order that does not depend on when it was stored."""
    with reading(store) as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')))
            for name in TABLES
        }


def without(content: Dump, *tables: str) -> Dump:
    """The dump without some tables."""
    return {name: rows for name, rows in content.items() if name not in tables}


def without_data_version(content: Dump) -> Dump:
    """The dump without the number that moves with every transaction, also with one that changed nothing."""
    rows = [row for row in content["counter"] if "'data_version'" not in row]
    return content | {"counter": rows}


def growth(before: Dump, after: Dump) -> dict[str, int]:
    """How many rows each table has gained; tables of equal length are left out."""
    counts = {name: len(after[name]) - len(before[name]) for name in after}
    return {name: more for name, more in counts.items() if more}
