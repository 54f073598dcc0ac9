"""What the queries count in SQL, counted once more in plain Python through `models.sla.verdict`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select

from models.queries.register import RegisterFilter
from models.sla import verdict
from models.tables import CaseFile, StepRound
from tests.factories import Office
from tests.moments import WIB


@dataclass(frozen=True, slots=True)
class Stored:
    """All cases and all rounds of an office, as they are stored."""

    cases: Sequence[RowMapping]
    rounds: Sequence[RowMapping]

    def of(self, case: RowMapping) -> list[RowMapping]:
        """The rounds of that case."""
        return [one for one in self.rounds if one["case_id"] == case["id"]]


def read(office: Office) -> Stored:
    with office.reading() as connection:
        return Stored(
            cases=connection.execute(select(CaseFile.__table__)).mappings().all(),
            rounds=connection.execute(select(StepRound.__table__).order_by(StepRound.id)).mappings().all(),
        )


def verdict_of(one: RowMapping, as_of: datetime) -> str:
    """The verdict of a round; taken out by a skip, or stopped before it was late: not applicable."""
    if one["state"] in {"skipped", "void"}:
        return "skipped"
    found = verdict(
        late_from=one["late_from"],
        at_risk_from=one["at_risk_from"],
        finished_at=one["finished_at"],
        as_of=as_of,
    )
    return "skipped" if one["state"] == "stopped" and found == "on_time" else found.value


def month(at: datetime) -> int:
    local = at.astimezone(WIB)
    return local.year * 100 + local.month


def counts(
    stored: Stored, code: str, months: tuple[int, int], as_of: datetime
) -> dict[tuple[str, int], Counter[str]]:
    """Verdicts of counted rounds by step and month of the due date; rounds recorded late under "recorded_late"."""
    found: dict[tuple[str, int], Counter[str]] = {}
    for one in stored.rounds:
        if one["code"] != code or not one["counted"] or one["due_at"] is None:
            continue
        due_month = month(one["due_at"])
        if months[0] <= due_month <= months[1]:
            counter = found.setdefault((one["step_key"], due_month), Counter())
            counter[verdict_of(one, as_of)] += 1
            counter["recorded_late"] += one["recorded_late"]
    return found


def chosen_cases(stored: Stored, code: str, chosen: RegisterFilter, as_of: datetime) -> list[int]:
    """The cases a register must show, in its order: open ones due first, then the latest received."""
    found = [case for case in stored.cases if case["code"] == code and _fits(stored, case, chosen, as_of)]
    found.sort(key=lambda case: (case["received_at"], case["id"]), reverse=True)
    found.sort(key=lambda case: (case["next_due_at"] is None, case["next_due_at"] or as_of))
    found.sort(key=lambda case: case["closed_at"] is not None)
    return [case["id"] for case in found]


def _fits(stored: Stored, case: RowMapping, chosen: RegisterFilter, as_of: datetime) -> bool:
    received = month(case["received_at"])
    first, last = chosen.received_months or (0, 999_999)
    return (
        chosen.search.strip().lower() in case["search_text"]
        and chosen.status in {"", case["status"]}
        and not (chosen.only_open and case["closed_at"] is not None)
        and first <= received <= last
        and (
            not (chosen.step or chosen.verdict or chosen.due_months)
            or _has_round(stored.of(case), chosen, as_of)
        )
    )


def _has_round(rounds: Sequence[RowMapping], chosen: RegisterFilter, as_of: datetime) -> bool:
    return any(_is_wanted(one, chosen, as_of) for one in rounds)


def _is_wanted(one: RowMapping, chosen: RegisterFilter, as_of: datetime) -> bool:
    if chosen.step and one["step_key"] != chosen.step:
        return False
    if chosen.due_months:
        first, last = chosen.due_months
        if one["due_at"] is None or not first <= month(one["due_at"]) <= last:
            return False
    if chosen.verdict:
        in_percentage = chosen.due_months and chosen.verdict in {"on_time", "late", "overdue"}
        counts_here = bool(one["counted"]) or not in_percentage
        return counts_here and verdict_of(one, as_of) == chosen.verdict
    return bool(one["counted"]) if chosen.due_months else one["state"] == "open"
