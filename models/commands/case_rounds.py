"""The rounds of a held case: read once, and kept true to what the same transaction writes of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from models.commands.rounds import ROUND
from models.flow import Standing

Row = Mapping[Any, Any]  # by the names of its columns; what the database gives may be asked by columns too
_NEEDED = (
    "id", "step_key", "round_no", "state", "finished_at", "due_at", "data", "outputs_due", "outputs_held"
)  # fmt: skip
OF_CASE = ROUND.c.case_id == bindparam("of_case")
_ROUNDS = select(*(ROUND.c[name] for name in _NEEDED)).where(OF_CASE).order_by(ROUND.c.round_no, ROUND.c.id)


class CaseRounds:
    """The rounds of one case by their ids, the first ones first; each with at least what is needed here."""

    def __init__(self, rows: Iterable[Row], *, any_kept: bool = True) -> None:
        self.any_kept = any_kept  # whether the case may have files or papers that stand for outputs
        self._rows: dict[int, Row] = {row["id"]: row for row in rows}

    def __iter__(self) -> Iterator[Row]:
        """Those that count still: not the void ones."""
        return (row for row in self._rows.values() if row["state"] != "void")

    def __getitem__(self, round_id: int) -> Row:
        """The round of that id; `KeyError` when it is none of the case's."""
        return self._rows[round_id]

    def written(self, round_id: int, columns: Mapping[str, Any]) -> None:
        """The round was entered, or changed, in these columns."""
        unset = {"id": round_id, **dict.fromkeys(_NEEDED[4:])}
        self._rows[round_id] = {**self._rows.get(round_id, unset), **columns}

    def standings(self) -> dict[str, Standing]:
        """How each step of the case stands: its latest round that is not void."""
        return {row["step_key"]: Standing(row["state"], row["finished_at"]) for row in self}

    def next_no(self, step_key: str) -> int:
        """The number of the step's next round; void ones keep theirs."""
        return (
            max((row["round_no"] for row in self._rows.values() if row["step_key"] == step_key), default=0)
            + 1
        )

    def earliest_due(self) -> datetime | None:
        """The earliest due date among the case's open steps."""
        return min((row["due_at"] for row in self if row["state"] == "open" and row["due_at"]), default=None)


def rounds_of(connection: Connection, case_id: int) -> CaseRounds:
    """The rounds of the case as they stand in this transaction."""
    return CaseRounds(connection.execute(_ROUNDS, {"of_case": case_id}).mappings())
