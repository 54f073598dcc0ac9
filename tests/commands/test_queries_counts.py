"""Counts, verdicts and lists in SQL against a recount in plain Python, on a busy year and at several moments."""

from collections import Counter
from dataclasses import asdict

import pytest
from sqlalchemy import select, update

from models.access import Role, may_record
from models.errors import Forbidden
from models.queries import compliance
from models.queries.case_file import case_view, round_view
from models.queries.compliance import durations, open_counts, step_counts
from models.queries.worklist import worklist
from models.tables import StepRound
from tests.commands import recount
from tests.conftest import NOW
from tests.factories import Office, sop
from tests.moments import wib

pytestmark = pytest.mark.xdist_group("busy_year")

MOMENTS = [
    NOW,
    wib("Senin 2026-08-17 12:00"),
    wib("Rabu 2026-09-30 23:59"),
    wib("Kamis 2026-10-01 00:00"),
    wib("Jumat 2027-01-01 00:00"),
]
MONTHS = [(202601, 202612), (202608, 202608), (202609, 202611), (202701, 202712)]
CODES = ("pengaduan", "pengawalan")
COUNTED = ("on_time", "late", "overdue", "at_risk", "running", "skipped", "recorded_late")


def counted(
    office: Office, code: str, months: tuple[int, int], as_of: object
) -> dict[tuple[str, int], Counter[str]]:
    with office.reading() as connection:
        found = step_counts(
            connection,
            actor=office.sekretaris,
            sop=sop(code),
            months=months,
            as_of=as_of,  # type: ignore[arg-type]
        )
    every = {(one.step_key, one.month): Counter({key: asdict(one)[key] for key in COUNTED}) for one in found}
    return {where: +counter for where, counter in every.items() if +counter}


@pytest.mark.parametrize("code", CODES)
def test_step_counts_equal_a_recount(busy: Office, code: str) -> None:
    stored = recount.read(busy)
    seen: Counter[str] = Counter()
    for as_of in MOMENTS:
        for months in MONTHS:
            right = recount.counts(stored, code, months, as_of)
            assert counted(busy, code, months, as_of) == {where: +one for where, one in right.items() if +one}
            for one in right.values():
                seen += one
    rare = {"at_risk", "skipped"} if code == "pengawalan" else set()
    assert {verdict for verdict in COUNTED if seen[verdict] == 0} <= rare


def test_twin_boundary_off_by_one_is_seen_by_the_recount(
    busy: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`finished_at > late_from` instead of `>=`, on a round finished in that very minute."""
    late_from = StepRound.late_from
    with busy.store.begin() as connection:
        query = select(StepRound.id, late_from).where(
            StepRound.state == "done", StepRound.counted, late_from.is_not(None)
        )
        row = connection.execute(query.limit(1)).one()
        connection.execute(update(StepRound).where(StepRound.id == row.id).values(finished_at=row.late_from))
    stored, months = recount.read(busy), (202601, 202612)
    code = next(one["code"] for one in stored.rounds if one["id"] == row.id)
    right = {where: +one for where, one in recount.counts(stored, code, months, NOW).items() if +one}
    assert counted(busy, code, months, NOW) == right

    monkeypatch.setattr(compliance, "was_late", lambda r: r.finished_at > r.late_from)
    assert counted(busy, code, months, NOW) != right


def test_verdict_of_every_round_is_that_of_the_pure_rule(busy: Office) -> None:
    stored = recount.read(busy)
    for as_of in MOMENTS[:2]:
        with busy.reading() as connection:
            for one in stored.rounds:
                _, seen = round_view(connection, actor=busy.sekretaris, round_id=one["id"], as_of=as_of)
                assert seen.verdict == recount.verdict_of(one, as_of), dict(one)


def test_case_shows_each_round_once_with_its_verdict(busy: Office) -> None:
    stored = recount.read(busy)
    with busy.reading() as connection:
        for case in stored.cases:
            view = case_view(connection, actor=busy.sekretaris, case_id=case["id"], as_of=NOW)
            assert [(one.round_id, one.verdict) for one in view.rounds] == [
                (one["id"], recount.verdict_of(one, NOW)) for one in stored.of(case)
            ]


@pytest.mark.parametrize("code", CODES)
def test_open_counts_and_durations_equal_a_recount(busy: Office, code: str) -> None:
    stored = recount.read(busy)
    open_rounds = [
        one for one in stored.rounds if one["code"] == code and one["state"] == "open" and one["counted"]
    ]
    months = (202608, 202611)
    with busy.reading() as connection:
        for as_of in MOMENTS:
            found = open_counts(connection, actor=busy.sekretaris, sop=sop(code), as_of=as_of)
            right = Counter(recount.verdict_of(one, as_of) for one in open_rounds)
            assert (found.overdue, found.at_risk) == (right["overdue"], right["at_risk"])
            assert found.cases == sum(case["code"] == code and not case["closed_at"] for case in stored.cases)
        lengths = durations(connection, actor=busy.sekretaris, sop=sop(code), months=months)
    assert Counter(map(tuple, lengths)) == Counter(
        (one["step_key"], one["worked_minutes"])
        for one in stored.rounds
        if one["code"] == code
        and one["state"] == "done"
        and one["due_at"] is not None
        and months[0] <= recount.month(one["due_at"]) <= months[1]
    )


def test_worklist_of_each_role_holds_its_open_steps_due_first(busy: Office) -> None:
    stored, sops = recount.read(busy), [sop(code) for code in CODES]
    longest = 0
    for role, actor in busy.actors.items():
        for for_others in (False, True):
            with busy.reading() as connection:
                found = worklist(connection, actor=actor, sops=sops, as_of=NOW, for_others=for_others)
            right = [
                one
                for one in stored.rounds
                if one["state"] == "open"
                and _waits_for(role, one["code"], one["executor"], for_others=for_others)
            ]
            right.sort(key=lambda one: (one["started_at"], one["id"]))
            right.sort(key=lambda one: (one["due_at"] is None, one["due_at"] or NOW))
            assert [one.round_id for one in found] == [one["id"] for one in right], (role, for_others)
            assert [one.verdict for one in found] == [recount.verdict_of(one, NOW) for one in right]
            longest = max(longest, len(found))
    assert longest > 10


def _waits_for(role: Role, code: str, executor: str, *, for_others: bool) -> bool:
    """Whether the step waits for that role, or may be recorded by it for somebody else."""
    of = sop(code)
    own = of.executor(executor).role == role and role in of.readers
    return own or (for_others and role in {Role.SEKRETARIS, Role.ADMINISTRATOR})


def test_worklist_of_nobody_is_empty(busy: Office) -> None:
    with busy.reading() as connection:
        for for_others in (False, True):
            found = worklist(
                connection,
                actor=busy.nobody,
                sops=[sop(code) for code in CODES],
                as_of=NOW,
                for_others=for_others,
            )
            assert found == []


def test_worklist_shows_only_what_may_be_recorded(busy: Office) -> None:
    for actor in busy.actors.values():
        with busy.reading() as connection:
            found = worklist(
                connection, actor=actor, sops=[sop(code) for code in CODES], as_of=NOW, for_others=True
            )
        for one in found:
            role = sop(one.code).executor(one.executor).role
            assert may_record(actor, role, sop(one.code))


def test_outsider_gets_no_figure(busy: Office) -> None:
    jagat, complaint = busy.actors[Role.JAGAT_SAKSANA], sop("pengaduan")
    with busy.reading() as connection:
        for actor in (jagat, busy.nobody):
            with pytest.raises(Forbidden):
                step_counts(connection, actor=actor, sop=complaint, months=(202601, 202612), as_of=NOW)
            with pytest.raises(Forbidden):
                durations(connection, actor=actor, sop=complaint, months=(202601, 202612))
            with pytest.raises(Forbidden):
                open_counts(connection, actor=actor, sop=complaint, as_of=NOW)
