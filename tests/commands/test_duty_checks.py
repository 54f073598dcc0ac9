"""The daily check of the complaints' e-mail: who enters it, for which day it counts, and how a mistake is struck."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from models.access import Actor, Role
from models.commands import duty_checks
from models.commands.duty_checks import record_check, strike_check
from models.errors import Conflict, Invalid, NotFound, PatuhError
from models.queries.books import Check, checks_on
from models.tables import DutyEntry
from tests.commands.at_once import people, pressed_at_once
from tests.commands.books import NO_REASON, WRITTEN_AT, stored
from tests.commands.database_dump import dump
from tests.factories import Office, acts, token
from tests.moments import on, wib

MINUTE = timedelta(minutes=1)
FOUND: dict[str, object] = {"complaints_found": 0}


def check(
    office: Office,
    *,
    at: datetime = WRITTEN_AT,
    now: datetime | None = None,
    by: Actor | None = None,
    **more: Any,
) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "token": token(),
        "code": "pengaduan",
        "duty_key": "email_check",
        "data": FOUND,
    }
    actor = by or office.actors[Role.DESK_PELAYANAN]
    return record_check(office.store, actor=actor, now=now or at, happened_at=at, **(wanted | more))


def strike(
    office: Office,
    entry_id: int,
    *,
    by: Actor | None = None,
    version: int = 1,
    reason: str = "salah hari",
) -> dict[str, Any]:
    return strike_check(
        office.store,
        actor=by or office.actors[Role.DESK_PELAYANAN],
        token=token(),
        now=WRITTEN_AT,
        entry_id=entry_id,
        expected_version=version,
        reason=reason,
    )


def checks(office: Office, day: date) -> list[Check]:
    with office.reading() as connection:
        return checks_on(connection, code="pengaduan", on=day)


def test_check_is_kept_with_its_two_times_its_author_and_what_was_found(office: Office) -> None:
    later = WRITTEN_AT + 50 * MINUTE
    data = {"complaints_found": 2, "remark": "=dua <b>surel</b>"}
    answer = check(office, at=WRITTEN_AT + timedelta(seconds=9), now=later, data=data)
    assert checks(office, on("Senin 2026-11-09")) == [
        Check(
            entry_id=answer["entry_id"],
            duty_key="email_check",
            on_date=on("Senin 2026-11-09"),
            happened_at=WRITTEN_AT,
            recorded_at=later,
            recorded_by="Akun desk_pelayanan",
            data=data,
            version=1,
        )
    ]
    (act,) = acts(office, "duty.done")
    assert (act["case_id"], act["happened_at"], act["recorded_at"]) == (None, WRITTEN_AT, later)
    assert json.loads(act["details"]) == {
        "sop": "pengaduan",
        "duty": "email_check",
        "entry": answer["entry_id"],
        "data": data,
    }


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("Senin 2026-11-09 00:00", "Senin 2026-11-09"),
        ("Senin 2026-11-09 06:30", "Senin 2026-11-09"),  # Minggu 23.30 UTC
        ("Senin 2026-11-09 23:59", "Senin 2026-11-09"),
        ("Selasa 2026-11-10 00:00", "Selasa 2026-11-10"),
        ("Sabtu 2026-11-14 09:00", "Sabtu 2026-11-14"),
    ],
)
def test_check_counts_for_its_day_in_wib_whatever_the_day_in_utc(office: Office, at: str, day: str) -> None:
    entered = wib("Senin 2026-11-16 09:00")
    assert check(office, at=wib(at).astimezone(UTC), now=entered)["on_date"] == on(day).isoformat()
    assert [one.on_date for one in checks(office, on(day))] == [on(day)]


class _InUtc:
    """Takes the date as it is in UTC."""

    @staticmethod
    def local_date(at: datetime) -> date:
        return at.astimezone(UTC).date()


def test_twin_by_the_day_in_utc_the_early_check_counts_for_sunday(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty_checks, "work_calendar", lambda _: _InUtc)
    assert check(sqlite_office, at=wib("Senin 2026-11-09 06:30"))["on_date"] == "2026-11-08"


def test_several_checks_of_a_day_are_kept(office: Office) -> None:
    for minutes in (60, 0, 30):
        check(office, at=WRITTEN_AT + minutes * MINUTE, now=WRITTEN_AT + 60 * MINUTE)
    found = checks(office, on("Senin 2026-11-09"))
    assert [(one.happened_at - WRITTEN_AT) // MINUTE for one in found] == [0, 30, 60]


@pytest.mark.parametrize("at", [WRITTEN_AT + 6 * MINUTE, WRITTEN_AT.replace(year=1999)])
def test_check_in_the_future_or_in_an_impossible_year_is_refused(office: Office, at: datetime) -> None:
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        check(office, at=at, now=WRITTEN_AT)
    assert list(refused.value.problems) == ["happened_at"]
    assert dump(office.store) == before
    check(office, at=WRITTEN_AT + 5 * MINUTE, now=WRITTEN_AT)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "complaints_found"),
        ({"complaints_found": "dua"}, "complaints_found"),
        ({"complaints_found": 10**13}, "complaints_found"),
        ({"complaints_found": 1, "remark": "a\x00b"}, "remark"),
    ],
)
def test_check_that_does_not_fit_its_form_is_refused_beside_the_field(
    office: Office, data: dict[str, object], field: str
) -> None:
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        check(office, data=data)
    assert list(refused.value.problems) == [field]
    assert dump(office.store) == before


def test_unknown_duty_and_a_sop_that_was_not_in_force_are_not_found(office: Office) -> None:
    before = dump(office.store)
    for wrong in (
        {"duty_key": "sweeping"},
        {"code": "pengawalan"},  # has no such duty
        {"code": "tidak_ada"},
        {"at": wib("Senin 2022-06-20 09:00"), "now": WRITTEN_AT},  # the day before its effective date
    ):
        with pytest.raises(NotFound):
            check(office, **wrong)
    with pytest.raises(NotFound):
        strike(office, 999_999)
    assert dump(office.store) == before


# Who.


def answers_by_role(office: Office, attempt: Any) -> dict[Role | None, str]:
    found: dict[Role | None, str] = {}
    for role, actor in [(None, office.nobody), *office.actors.items()]:
        try:
            attempt(by=actor)
            found[role] = "done"
        except PatuhError as refusal:
            found[role] = type(refusal).__name__
    return found


def test_duty_is_entered_by_the_desk_and_by_who_records_for_others(office: Office) -> None:
    a, p, s, k, h, d, j, t = Role
    right = (
        dict.fromkeys([a, s, d], "done")
        | dict.fromkeys([p, h, t], "Forbidden")
        | dict.fromkeys([None, k, j], "NotFound")
    )
    assert answers_by_role(office, partial(check, office)) == right
    struck = answers_by_role(office, lambda by: strike(office, check(office)["entry_id"], by=by))
    assert struck == right


def test_twin_without_permissions_everybody_enters_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty_checks, "may", lambda *_: True)
    monkeypatch.setattr(duty_checks, "may_check", lambda *_: True)
    assert set(answers_by_role(office, partial(check, office)).values()) == {"done"}


# Striking.


def test_struck_check_stays_and_counts_for_no_day(office: Office) -> None:
    entry_id = check(office)["entry_id"]
    strike(office, entry_id, reason=" salah hari ")
    assert checks(office, on("Senin 2026-11-09")) == []
    row = stored(office, DutyEntry, entry_id)
    assert (row["state"], row["reason"], row["version"], row["data"]) == ("struck", "salah hari", 2, FOUND)
    (act,) = acts(office, "duty.struck")
    assert act["reason"] == "salah hari"
    assert json.loads(act["details"])["entry"] == entry_id


@pytest.mark.parametrize("reason", NO_REASON, ids=["empty", "blank", "long", "control"])
def test_striking_needs_a_reason(office: Office, reason: str) -> None:
    entry_id = check(office)["entry_id"]
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        strike(office, entry_id, reason=reason)
    assert list(refused.value.problems) == ["reason"]
    assert dump(office.store) == before


def test_check_is_struck_once_and_the_second_is_told(office: Office) -> None:
    entry_id = check(office)["entry_id"]
    strike(office, entry_id)
    before = dump(office.store)
    for version in (1, 2):
        with pytest.raises(Conflict) as told:
            strike(office, entry_id, version=version, reason="lagi")
        assert (told.value.current["state"], told.value.current["reason"]) == ("struck", "salah hari")
    assert dump(office.store) == before


def test_of_two_who_strike_at_once_one_wins(office: Office) -> None:
    with people(2) as pool:
        for _ in range(20):
            entry_id = check(office)["entry_id"]
            calls = [partial(strike, office, entry_id, reason=reason) for reason in ("satu", "dua")]
            replies = pressed_at_once(pool, calls)
            (won,) = [n for n, reply in enumerate(replies) if reply.error is None]
            assert isinstance(replies[1 - won].error, Conflict)
            assert stored(office, DutyEntry, entry_id)["reason"] == ("satu", "dua")[won]
    assert len(acts(office, "duty.struck")) == 20


def test_same_form_sent_twice_is_one_check(office: Office) -> None:
    form = token()
    assert check(office, token=form) == check(office, token=form)
    with office.reading() as connection:
        assert len(connection.execute(select(DutyEntry.id)).all()) == 1
