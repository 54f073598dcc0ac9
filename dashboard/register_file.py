"""A whole register as a file: read in one consistent state, written afterwards.

Decided 2026-11. On SQLite whoever reads keeps writers waiting until the transaction ends. So the cases are read first,
as little of each as the table shows, and the connection is given back before the first row is written. What is written
goes to the file as it is made; the rows that were read are all that is held. Nothing here loads Streamlit or pandas:
for a large register this runs in a process of its own (`apart`), whose start and memory count.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from dashboard import apart
from dashboard.formats import in_wib
from dashboard.reports.register_sheet import Picked, picked, table
from dashboard.reports.sheets import Office
from dashboard.reports.workbook import write_register_into
from dashboard.text import in_language
from models.access import Actor, Role
from models.database import engine, reading
from models.queries.register import RegisterFilter, whole_register
from models.queries.sops import sop_in_force
from models.sop import Sop


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written and for whom; `verdicts` are the words of the states in the actor's language."""

    actor: Actor
    sop: Sop
    chosen: RegisterFilter
    as_of: datetime
    office: Office
    verdicts: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        """The order as JSON holds it; the SOP by its code alone."""
        return {
            "actor": {**asdict(self.actor), "roles": sorted(self.actor.roles)},
            "sop": self.sop.code,
            "chosen": asdict(self.chosen),
            "as_of": self.as_of.isoformat(),
            "office": asdict(self.office),
            "verdicts": dict(self.verdicts),
        }


def understood(connection: Connection, plain: Mapping[str, Any]) -> Order:
    """The order that was made `plain`, with the SOP in force at its moment."""
    actor, chosen, office = plain["actor"], plain["chosen"], plain["office"]
    as_of = datetime.fromisoformat(plain["as_of"])
    months = {name: tuple(chosen[name]) for name in ("received_months", "due_months") if chosen[name]}
    _id, sop = sop_in_force(connection, plain["sop"], in_wib(as_of).date())
    return Order(
        actor=Actor(**{**actor, "roles": frozenset(map(Role, actor["roles"]))}),
        sop=sop,
        chosen=RegisterFilter(**{**chosen, **months}),
        as_of=as_of,
        office=Office(**{**office, "lines": tuple(office["lines"])}),
        verdicts=plain["verdicts"],
    )


def read(connection: Connection, order: Order) -> list[list[Picked]]:
    """What the table needs of all cases, in their order. Raises `NotFound` for whoever may not see them."""
    pieces = whole_register(
        connection, actor=order.actor, sop=order.sop, chosen=order.chosen, as_of=order.as_of
    )
    return [picked(piece, order.sop) for piece in pieces]


def write(file: IO[bytes], order: Order, pieces: Iterable[Sequence[Picked]]) -> None:
    """Write the file of what was read."""
    with in_language(order.actor.language):
        sheet = table(pieces, order.sop, verdicts=order.verdicts, as_of=order.as_of)
        write_register_into(file, sheet.heading[0], sheet, order.office, made_at=order.as_of)


def build(told: Mapping[str, Any], tell: Callable[[int], None]) -> int:
    """Read from the database at `url`, write the `order` to `path`, return how many rows there are.

    `tell` hears how many of them are written.
    """
    store = engine(told["url"])
    try:
        with reading(store) as connection:
            order = understood(connection, told["order"])
            pieces = read(connection, order)
    finally:
        store.dispose()
    count = sum(map(len, pieces))
    with Path(told["path"]).open("wb") as file:
        write(file, order, _given_away(pieces, tell))
    return count


def build_apart(url: str, path: Path, order: Order, *, tell: Callable[[int], None]) -> int:
    """As `build`, in a process of its own."""
    told = {"url": url, "path": str(path), "order": order.plain()}
    return int(apart.call(__name__, told, tell=tell))


def _given_away(pieces: list[list[Picked]], tell: Callable[[int], None]) -> Iterator[list[Picked]]:
    """The pieces in their order; none is kept once it was asked for."""
    far = 0
    pieces.reverse()
    while pieces:
        far += len(pieces[-1])
        yield pieces.pop()
        tell(far)


if __name__ == "__main__":
    apart.answer(build)
