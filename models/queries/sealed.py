"""What is sealed, in which tables and under which keys. Reads no key and decides nothing of who may look.

A table of sealed values has the columns `key_id` and `sealed`, and an entry in `SEALED`: rotation, status and the check
of an installation follow from it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, select, tuple_

from models.tables import Attachment, AttachmentBody, Base, FormDraft, VaultEntry
from models.vault import Vault, VaultError, attachment_context, draft_context, field_context


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table of sealed values: what binds each of them, and how many are held in memory at a time.

    `beside` is the table that each row of it belongs to, where the context needs columns of that.
    """

    of: type[Base]
    context: Callable[[RowMapping], str]
    at_once: int
    beside: type[Base] | None = None

    @property
    def table(self) -> Table:
        """The table itself."""
        return Base.metadata.tables[self.name]

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return str(self.of.__tablename__)

    def key_of(self, row: RowMapping) -> tuple[Any, ...]:
        """The row's primary key."""
        return tuple(row[column.name] for column in self.table.primary_key)

    def opened(self, row: RowMapping, vault: Vault) -> bytes | None:
        """What the row holds; None when it does not open."""
        try:
            return vault.open_bytes(row["sealed"], context=self.context(row), key_id=row["key_id"])
        except VaultError:
            return None

    def after(self, last: Sequence[Any]) -> Select[Any]:
        """The next rows by primary key, the first ones when `last` is empty."""
        columns = list(self.table.primary_key)
        query = self.rows().order_by(*columns).limit(self.at_once)
        return query.where(tuple_(*columns) > tuple_(*last)) if last else query

    def rows(self) -> Select[Any]:
        """Its rows with all that their context needs."""
        if self.beside is None:
            return select(self.table)
        owner = Base.metadata.tables[str(self.beside.__tablename__)]
        more = [column for column in owner.columns if column.name not in self.table.columns]
        return select(self.table, *more).join(owner)


SEALED = (
    SealedTable(VaultEntry, lambda row: field_context(row["case_id"], row["field_key"]), at_once=200),
    SealedTable(
        AttachmentBody,
        lambda row: attachment_context(row["case_id"], row["sha256"]),
        at_once=1,
        beside=Attachment,
    ),
    SealedTable(FormDraft, lambda row: draft_context(row["user_id"], row["form"]), at_once=50),
)


@dataclass(frozen=True, slots=True)
class SealedCount:
    """How many values of a table are sealed under a key."""

    table: str
    key_id: str
    count: int


def sealed_counts(connection: Connection) -> list[SealedCount]:
    """Every table and key under which something is sealed."""
    return [
        SealedCount(sealed.name, row.key_id, row.n)
        for sealed in SEALED
        for row in connection.execute(
            select(sealed.table.c.key_id, func.count().label("n"))
            .group_by(sealed.table.c.key_id)
            .order_by(sealed.table.c.key_id)
        )
    ]


def unopened(connection: Connection, vault: Vault) -> dict[str, int]:
    """Values that do not open, by table; each value is opened, so this takes its time."""
    found: dict[str, int] = {}
    for sealed in SEALED:
        for row in _rows(connection, sealed):
            if sealed.opened(row, vault) is None:
                found[sealed.name] = found.get(sealed.name, 0) + 1
    return found


def _rows(connection: Connection, sealed: SealedTable) -> Iterator[RowMapping]:
    last: tuple[Any, ...] = ()
    while rows := connection.execute(sealed.after(last)).mappings().all():
        yield from rows
        last = sealed.key_of(rows[-1])


def sample_opens(connection: Connection, vault: Vault, count: SealedCount) -> bool:
    """Whether one value of that table and key opens: says quickly whether the key is the right one."""
    sealed = next(one for one in SEALED if one.name == count.table)
    row = connection.execute(
        sealed.rows().where(sealed.table.c.key_id == count.key_id).limit(1)
    ).mappings().one_or_none()  # fmt: skip
    return row is None or sealed.opened(row, vault) is not None
