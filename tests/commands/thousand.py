"""An office with more than a thousand cases: the busy year fifteen times over, each time four weeks earlier.

The first seventy went through the commands. The others are copies of their rows with other numbers, times and answers,
written past the commands: a report reads tables and does not ask how they came to be.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from models.database import transaction
from models.lateness import LATE_REASONS
from models.sop import FieldType
from models.tables import CaseFile, JournalEntry, StepRound
from models.tables.base import Base
from tests.commands.busy_year import prepare_busy_year
from tests.conftest import NOW
from tests.factories import sop
from tests.moments import WIB

TIMES, APART = 15, timedelta(days=28)
LEADERS = ("Saibi Taileleu", "saibi  taileleu", "Sikabaluan Maileppet", "Anggota Divisi =Hukum", "Ketua KPU")
Rows = Sequence[Mapping[str, Any]]


def prepare_thousand(store: Engine) -> None:
    """Make the office; the same numbers each time."""
    prepare_busy_year(store)
    with transaction(store) as connection:
        cases, rounds = (_all(connection, table) for table in (CaseFile, StepRound))
        chance = random.Random(4)
        for n in range(1, TIMES):
            connection.execute(insert(CaseFile), [_case(row, n, chance) for row in cases])
            copied = [_round(row, n, chance) for row in rounds if row["case_id"] is not None]
            connection.execute(insert(StepRound), copied)
        entries = list(_situations(_all(connection, CaseFile), chance))
        connection.execute(insert(JournalEntry), entries)


def _all(connection: Connection, table: type[Base]) -> Rows:
    return connection.execute(select(table.__table__)).mappings().all()


def _earlier(row: Mapping[str, Any], n: int) -> dict[str, Any]:
    """The row's moments n times four weeks earlier."""
    moved = {key: value - n * APART for key, value in row.items() if isinstance(value, datetime)}
    return dict(row) | moved


def _month(at: datetime) -> int:
    local = at.astimezone(WIB)
    return local.year * 100 + local.month


def _case(row: Mapping[str, Any], n: int, chance: random.Random) -> dict[str, Any]:
    moved = _earlier(row, n)
    received = moved["received_at"].astimezone(WIB)
    data = dict(row["data"])
    for field in sop(row["code"]).fields:
        if field.breakdown and field.type is FieldType.CHOICE:
            data[field.key] = chance.choice([choice.key for choice in field.choices])
            if chance.random() < 0.1:
                del data[field.key]
    if "leader" in data:
        data["leader"] = chance.choice(LEADERS)
    return moved | {
        "id": row["id"] + n * 10_000,
        "register_no": f"{row['register_no']}-{n}",
        "register_year": received.year,
        "register_seq": row["register_seq"] + n * 1_000,
        "received_month": _month(received),
        "data": data,
        "short_notice": chance.random() < 0.2,
    }


def _round(row: Mapping[str, Any], n: int, chance: random.Random) -> dict[str, Any]:
    moved = _earlier(row, n)
    more: dict[str, Any] = {"id": row["id"] + n * 10_000, "case_id": row["case_id"] + n * 10_000}
    if row["due_at"] is not None:
        more["due_month"] = _month(moved["due_at"])
    if row["state"] == "done":
        more["recorded_late"] = chance.random() < 0.1
        more["late_reason"] = chance.choice([None, *LATE_REASONS])
        more["outputs_held"] = chance.randrange((row["outputs_due"] or 0) + 1)
    return moved | more


def _situations(cases: Rows, chance: random.Random) -> Iterator[dict[str, Any]]:
    """A third of the escorts has been unsafe, some of them safe again afterwards."""
    for row in cases:
        drawn = chance.random()
        if row["code"] != "pengawalan" or drawn > 0.6:
            continue
        happened = row["received_at"] + timedelta(hours=3)
        said = ["unsafe", "safe"] if drawn < 0.2 else ["unsafe"] if drawn < 0.33 else ["safe"]
        for place, situation in enumerate(said):
            at = min(happened + timedelta(hours=place), NOW)
            yield {
                "case_id": row["id"], "code": row["code"], "journal_key": "situation_log", "happened_at": at,
                "recorded_at": at, "recorded_by": row["recorded_by"], "data": {"situation": situation, "cause": "x"},
            }  # fmt: skip
