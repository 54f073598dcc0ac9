"""Two people have the same form open; the second to send it is told, and nothing of the first's is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, RowMapping, select

from models.access import Role
from models.commands import steps
from models.commands.cases import edit_case
from models.commands.closing import close_case
from models.commands.corrections import correct_step, return_step
from models.commands.steps import HeldRound, finish_step, held_round
from models.commands.users import set_active, set_roles
from models.errors import Conflict
from models.tables import User
from tests.commands.database_dump import dump
from tests.factories import (
    HALF_AN_HOUR,
    RECEIVED_AT,
    VAULT,
    Office,
    advance_to,
    case_row,
    escort_form,
    finish,
    latest,
    open_one,
    rounds,
    sop,
    token,
)

PAIRS = 1_000


@dataclass
class Tally:
    """Of so many pairs, how many of the seconds were told what stands now, and how many wrote over the first."""

    pairs: int = 0
    told: int = 0
    overwritten: int = 0


def send(office: Office, row: RowMapping, *, second: bool) -> dict[str, Any]:
    return finish_step(
        office.store,
        actor=office.second if second else office.sekretaris,
        token=token(),
        now=row["started_at"] + HALF_AN_HOUR,
        round_id=row["id"],
        expected_version=row["version"],
        finished_at=row["started_at"] + HALF_AN_HOUR,
        data={},
        note="kedua" if second else "pertama",
    )


def stale_pairs(office: Office, pairs: int) -> Tally:
    """Both read each round once, then send one after the other."""
    tally = Tally()
    while tally.pairs < pairs:
        case_id = open_one(office, "pengawalan")
        for step in sop("pengawalan").case_steps:
            shown = latest(office, case_id, step.key)
            send(office, shown, second=False)
            try:
                send(office, shown, second=True)
            except Conflict as conflict:
                tally.told += (conflict.current["note"], conflict.current["state"]) == ("pertama", "done")
            tally.pairs += 1
        tally.overwritten += sum(row["note"] != "pertama" for row in rounds(office, case_id))
    return tally


def test_stale_step_forms_are_all_told_and_none_overwrites(office: Office) -> None:
    assert stale_pairs(office, PAIRS) == Tally(pairs=PAIRS, told=PAIRS, overwritten=0)


def ignore_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the round as it stands, whatever was shown, and finish it whatever its state."""

    def as_it_stands(connection: Connection, **given: Any) -> HeldRound:
        try:
            return held_round(connection, **given)
        except Conflict as conflict:
            return held_round(connection, **(given | {"expected_version": conflict.current["version"]}))

    monkeypatch.setattr(steps, "held_round", as_it_stands)
    monkeypatch.setattr(steps, "_check_open", lambda _: None)


def test_twin_without_versions_overwrites(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ignore_versions(monkeypatch)
    assert stale_pairs(office, 40) == Tally(pairs=40, told=0, overwritten=40)


def edit(office: Office, case_id: int, version: int, place: str) -> dict[str, Any]:
    return edit_case(
        office.store,
        vault=VAULT,
        actor=office.sekretaris,
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        expected_version=version,
        received_at=RECEIVED_AT,
        data=escort_form(place=place),
        reason="pindah tempat",
    )


def test_stale_case_forms_are_told_the_data_that_stand_now(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    for version in range(1, 51):
        edit(office, case_id, version, f"Tempat {version}")
        before = dump(office.store)
        with pytest.raises(Conflict) as told:
            edit(office, case_id, version, "kedua")
        shown = told.value.current
        assert shown["version"] == version + 1
        assert shown["data"]["place"] == f"Tempat {version}"  # type: ignore[index]
        assert dump(office.store) == before


def test_stale_closing_is_told_after_an_edit(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    edit(office, case_id, 1, "Bukittinggi")
    with pytest.raises(Conflict) as told:
        close_case(
            office.store,
            actor=office.sekretaris,
            token=token(),
            now=RECEIVED_AT,
            case_id=case_id,
            expected_version=1,
            status="withdrawn",
            closed_at=RECEIVED_AT,
            reason="batal",
        )
    assert told.value.current == {"version": 2, "status": "requested"}
    assert case_row(office, case_id)["closed_at"] is None


def test_stale_correction_is_told(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    finish(office, case_id, "confirm_schedule", note="semula")
    shown = latest(office, case_id, "confirm_schedule")

    def correct(note: str) -> dict[str, Any]:
        return correct_step(
            office.store,
            actor=office.sekretaris,
            token=token(),
            now=shown["finished_at"],
            round_id=shown["id"],
            expected_version=shown["version"],
            finished_at=shown["finished_at"],
            data={},
            note=note,
            reason="salah tulis",
        )

    correct("pertama")
    with pytest.raises(Conflict) as told:
        correct("kedua")
    assert told.value.current["note"] == "pertama"
    assert latest(office, case_id, "confirm_schedule")["note"] == "pertama"


def test_stale_return_of_a_step_that_was_finished_meanwhile_is_told(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    shown = advance_to(office, case_id, "disposition")
    finish(office, case_id, "disposition")
    with pytest.raises(Conflict) as told:
        return_step(
            office.store,
            actor=office.sekretaris,
            token=token(),
            now=shown["started_at"],
            round_id=shown["id"],
            expected_version=shown["version"],
            to_step="recording",
            returned_at=shown["started_at"],
            reason="kurang lengkap",
        )
    assert told.value.current["state"] == "done"
    assert latest(office, case_id, "recording")["round_no"] == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda store, **given: set_roles(store, roles={Role.PIMPINAN}, **given), id="roles"),
        pytest.param(lambda store, **given: set_active(store, active=False, **given), id="active"),
    ],
)
def test_stale_account_forms_are_told(office: Office, change: Callable[..., Any]) -> None:
    given = {
        "actor": office.actors[Role.ADMINISTRATOR],
        "now": RECEIVED_AT,
        "user_id": office.second.user_id,
        "expected_version": 1,
    }
    change(office.store, token=token(), **given)
    before = dump(office.store)
    with pytest.raises(Conflict) as told:
        set_roles(office.store, token=token(), roles={Role.JAGAT_SAKSANA}, **given)  # type: ignore[arg-type]
    assert told.value.current["version"] == 2
    assert dump(office.store) == before
    with office.reading() as connection:
        version = connection.execute(
            select(User.version).where(User.id == office.second.user_id)
        ).scalar_one()
    assert version == 2
