"""Two people press at the same moment: exactly one wins, the other is told what stands now.

Three protections stand behind one another: a writer waits until the case is free (`FOR UPDATE`, or SQLite's single
writer), then compares the version that was shown, and writes only where it still stands. The twins take them away.
"""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Connection, event, update

from models.access import Actor
from models.commands import steps
from models.commands.steps import HeldRound, finish_step
from models.errors import Conflict
from models.tables import StepRound
from tests.commands.at_once import Reply, people, pressed_at_once, second_program
from tests.commands.test_stale_forms import ignore_versions
from tests.factories import HALF_AN_HOUR, Office, acts, latest, open_one, rounds, sop, token

RACES = 1_000


def race(
    pool: ThreadPoolExecutor, office: Office, case_id: int, step_key: str, *, rival: Office
) -> list[Reply]:
    """Both send the form of the step's round as it is shown, with their own name as the note."""
    shown = latest(office, case_id, step_key)

    def send(of: Office, actor: Actor) -> dict[str, Any]:
        return finish_step(
            of.store,
            actor=actor,
            token=token(),
            now=shown["started_at"] + HALF_AN_HOUR,
            round_id=shown["id"],
            expected_version=shown["version"],
            finished_at=shown["started_at"] + HALF_AN_HOUR,
            data={},
            note=actor.name,
        )

    return pressed_at_once(
        pool, [partial(send, office, office.sekretaris), partial(send, rival, rival.second)]
    )


def told(reply: Reply, winner: Actor) -> bool:
    """Whether the loser was shown what the winner wrote."""
    error = reply.error
    return isinstance(error, Conflict) and error.current["note"] == winner.name


def raced(office: Office, races: int, *, rival: Office | None = None) -> Counter[str]:
    """Race for each step of as many escorts as it takes; count what came of it."""
    seen: Counter[str] = Counter()
    with people(2) as pool:
        while seen["races"] < races:
            case_id = open_one(office, "pengawalan")
            winners: dict[str, str] = {}
            for step in sop("pengawalan").case_steps:
                replies = race(pool, office, case_id, step.key, rival=rival or office)
                won = [who for who, reply in enumerate(replies) if reply.error is None]
                seen["races"] += 1
                seen["one winner"] += len(won) == 1
                if len(won) == 1:
                    winner = (office.sekretaris, office.second)[won[0]]
                    winners[step.key] = winner.name
                    seen["loser told"] += told(replies[1 - won[0]], winner)
            seen["winner stored"] += sum(
                row["note"] == winners.get(row["step_key"]) for row in rounds(office, case_id)
            )
    seen["acts"] = len(acts(office, "step.finished"))
    return seen


def clean(races: int) -> Counter[str]:
    """What must come of so many races."""
    return Counter(dict.fromkeys(("races", "one winner", "loser told", "winner stored", "acts"), races))


def test_races_on_one_step_have_one_winner_and_tell_the_loser(office: Office) -> None:
    assert raced(office, RACES) == clean(RACES)


def test_races_of_two_programs_on_one_database_have_one_winner(office: Office) -> None:
    """Only the database stands between them."""
    with second_program(office) as rival:
        assert raced(office, 96, rival=rival) == clean(96)


def test_twin_without_versions_has_two_winners(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ignore_versions(monkeypatch)
    seen = raced(office, 24)
    assert seen["one winner"] == 0
    assert seen["acts"] == 48


def wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> Barrier:
    """Whoever has compared the version waits a moment for the other to have done so too."""
    both = Barrier(2)
    compared = steps._check_open

    def compare_and_wait(held: HeldRound) -> None:
        compared(held)
        with suppress(BrokenBarrierError):
            both.wait(timeout=1)

    monkeypatch.setattr(steps, "_check_open", compare_and_wait)
    return both


def unlock(office: Office) -> None:
    """From now on no row is held against other writers."""

    @event.listens_for(office.store, "before_cursor_execute", retval=True)
    def strip(_1: Any, _2: Any, statement: str, parameters: Any, _3: Any, _4: Any) -> tuple[str, Any]:
        return re.sub(" FOR UPDATE( OF [a-z_]+)?", "", statement), parameters


def race_once(office: Office, *, unlocked: bool = False) -> list[Exception | None]:
    """Two programs race for the first step of a new escort; the errors of the two."""
    case_id = open_one(office, "pengawalan")
    with second_program(office) as rival, people(2) as pool:
        for one in (office, rival) if unlocked else ():
            unlock(one)
        return [reply.error for reply in race(pool, office, case_id, "confirm_schedule", rival=rival)]


def test_lock_lets_nobody_in_between_comparison_and_write(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = wait_for_one_another(monkeypatch)
    errors = race_once(postgres_office)
    assert both.broken
    assert [type(error) for error in errors if error] == [Conflict]


def test_guarded_write_has_one_winner_without_the_lock(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = wait_for_one_another(monkeypatch)
    errors = race_once(postgres_office, unlocked=True)
    assert not both.broken
    assert [type(error) for error in errors if error] == [Conflict]
    assert len(acts(postgres_office, "step.finished")) == 1


def test_twin_without_lock_and_guard_overwrites(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(connection: Connection, held: HeldRound, columns: dict[str, Any], **_: object) -> None:
        connection.execute(update(StepRound).where(StepRound.id == held.row["id"]).values(**columns))

    both = wait_for_one_another(monkeypatch)
    monkeypatch.setattr(steps, "write_round", write)
    monkeypatch.setattr(steps, "_follow", lambda *_: {"opened": [], "status": None})
    assert race_once(postgres_office, unlocked=True) == [None, None]
    assert not both.broken
    assert len(acts(postgres_office, "step.finished")) == 2
