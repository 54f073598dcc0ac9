"""No query shows a case to somebody named in a conflict of interest in it; one without a line here fails.

A road is a public query as the screens, reports and downloads go it: whether the person meets the case on it.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, false, insert, select

from models import queries
from models.access import Actor, Role
from models.commands.conflicts import declare_conflict, lift_conflict
from models.commands.links import link_cases
from models.database import transaction
from models.errors import NotFound
from models.queries import (
    behind,
    case_file,
    changes,
    conflicts,
    issues,
    missing_outputs,
    outlook,
    papers,
    register,
    report_books,
    reports,
    sight,
    slot_facts,
    standings,
    worklist,
)
from models.queries import ties as ties_query
from models.sop import Sop
from models.tables import CaseAssignee, IssuedFile, IssuedReport, JournalEntry
from tests.factories import Office, advance_to, case_row, latest, open_one, rounds, sop, token
from tests.moments import wib

AS_OF = wib("Jumat 2026-12-04 09:00")
MONTHS = (202611, 202612)
MODULES = [
    importlib.import_module(f"models.queries.{one.name}") for one in pkgutil.iter_modules(queries.__path__)
]

NO_CASES = "knows no case"
ASKED_BEFORE = "of one case, read for a view that was asked for before"
FIGURES = "figures count every case for everybody"
WITHOUT_A_ROAD = {
    "accounts.accounts": NO_CASES,
    "accounts.actor_by_id": NO_CASES,
    "accounts.actor_by_session": NO_CASES,
    "accounts.anyone": NO_CASES,
    "accounts.signed_in": NO_CASES,
    "accounts.was_ended": NO_CASES,
    "attachments.attachments": ASKED_BEFORE,
    "behind.late_reasons": FIGURES,
    "books.checks_on": NO_CASES,
    "books.entries": ASKED_BEFORE,
    "calendar.calendar_data": NO_CASES,
    "calendar.calendar_version": NO_CASES,
    "calendar.work_calendar": NO_CASES,
    "completeness.completeness": FIGURES,
    "compliance.durations": FIGURES,
    "compliance.open_counts": FIGURES,
    "compliance.step_counts": FIGURES,
    "compliance.ended_counts": FIGURES,
    "compliance.open_step_counts": FIGURES,
    "conflicts.in_force": ASKED_BEFORE,
    "conflicts.readers": NO_CASES,
    "duty_facts.daily_facts": NO_CASES,
    "duty_facts.periodic_facts": NO_CASES,
    "health.answers": NO_CASES,
    "issues.issue_facts": ASKED_BEFORE,
    "issues.issue_of": "tells who has the file which report it is",
    "issues.issues": "numbers and dates of reports",
    "issues.owed_rounds": NO_CASES,
    "journal_slots.gather": FIGURES,
    "journal_slots.owing": NO_CASES,
    "open_cases.open_by_month": FIGURES,
    "outputs.kept_outputs": ASKED_BEFORE,
    "pauses.excused": FIGURES,
    "pauses.pauses_of": ASKED_BEFORE,
    "record_keeping.by_record": FIGURES,
    "record_keeping.left_order": FIGURES,
    "sealed.sample_opens": "for whoever holds the server's terminal",
    "sealed.sealed_counts": "for whoever holds the server's terminal",
    "sealed.unopened": "for whoever holds the server's terminal",
    "report_basis.calendar_basis": NO_CASES,
    "reported_sop.reported_sop": NO_CASES,
    "settings.began_on": NO_CASES,
    "settings.office": NO_CASES,
    "sight.hidden_cases": "names what is hidden, by number, to the program itself",
    "sight.names_hidden": "about a report's rows, for the program itself",
    "sight.is_assigned": "about the actor and one case, read for a view that was asked for before",
    "journal_slots.slot_journals": NO_CASES,
    "sops.codes": NO_CASES,
    "sops.joined_sop": NO_CASES,
    "sops.versions_of": NO_CASES,
    "spread.spread": FIGURES,
    "spread.where_time_goes": FIGURES,
    "sops.sops_fingerprint": NO_CASES,
    "sops.in_force": NO_CASES,
    "sops.readable": NO_CASES,
    "sops.sop_in_force": NO_CASES,
    "sops.sop_version": NO_CASES,
    "sops.with_former": NO_CASES,
    "ties.workers": ASKED_BEFORE,
}


@dataclass(frozen=True)
class Scene:
    """The case, one tied to it, and its SOP."""

    case_id: int
    tied_id: int
    of: Sop
    register_no: str
    round_id: int
    subject: str


Road = Callable[[Connection, Actor, Scene], bool]


def _registered(chosen: Callable[[Scene], register.RegisterFilter]) -> Road:
    def road(connection: Connection, who: Actor, scene: Scene) -> bool:
        rows, total = register.register(
            connection, actor=who, sop=scene.of, chosen=chosen(scene), as_of=AS_OF, limit=100
        )
        assert len(rows) == total  # the count tells of no more than the rows do
        return scene.case_id in {row.case_id for row in rows}

    return road


def _reads(query: Callable[..., Any], **given: Any) -> Road:
    """A query for one case: meeting it is getting an answer."""

    def road(connection: Connection, who: Actor, scene: Scene) -> bool:
        known = {"case_id": scene.case_id, "round_id": scene.round_id, "sop": scene.of, "as_of": AS_OF}
        wanted = {name: known[name] for name in inspect.signature(query).parameters if name in known}
        try:
            query(connection, actor=who, **wanted, **given)
        except NotFound:
            return False
        return True

    return road


def _sized(connection: Connection, who: Actor, scene: Scene) -> bool:
    chosen = register.RegisterFilter(search=scene.register_no)
    return register.register_size(connection, actor=who, sop=scene.of, chosen=chosen, as_of=AS_OF) > 0


def _whole(connection: Connection, who: Actor, scene: Scene) -> bool:
    chosen = register.RegisterFilter()
    pieces = register.whole_register(connection, actor=who, sop=scene.of, chosen=chosen, as_of=AS_OF)
    return scene.case_id in {row.case_id for piece in pieces for row in piece}


def _changed(connection: Connection, who: Actor, scene: Scene) -> bool:
    report_id = connection.execute(select(IssuedReport.id)).scalar_one()
    found = changes.changes_since(
        connection, actor=who, sop=scene.of, register_nos=[scene.register_no], report_id=report_id
    )
    return scene.register_no in found


def _issued(connection: Connection, who: Actor, scene: Scene) -> bool:
    report_id = connection.execute(select(IssuedReport.id)).scalar_one()
    try:
        issues.issued_file(connection, actor=who, report_id=report_id, kind="xlsx")
    except NotFound:
        return False
    return True


def _reported(connection: Connection, who: Actor, scene: Scene) -> bool:
    start, end = wib("Minggu 2026-11-01 00:00"), wib("Kamis 2026-12-31 23:59")
    found = reports.report_cases(connection, actor=who, sop=scene.of, start=start, end=end, as_of=AS_OF)
    assert len(found) == 2  # it is counted all the same
    return scene.register_no in repr(found) or scene.subject in repr(found)


def _late(connection: Connection, who: Actor, scene: Scene) -> bool:
    found = reports.late_steps(connection, actor=who, sop=scene.of, months=MONTHS, as_of=AS_OF)
    return scene.register_no in {late.register_no for late in found}


def _lacking(connection: Connection, who: Actor, scene: Scene) -> bool:
    start, end = wib("Minggu 2026-11-01 00:00"), wib("Kamis 2026-12-31 23:59")
    found = missing_outputs.missing_outputs(connection, actor=who, sop=scene.of, start=start, end=end)
    return scene.register_no in {one.register_no for one in found}


def _told_in_books(connection: Connection, who: Actor, scene: Scene) -> bool:
    start, end = wib("Minggu 2026-11-01 00:00"), wib("Kamis 2026-12-31 23:59")
    found = report_books.report_books(connection, actor=who, sop=scene.of, start=start, end=end, as_of=AS_OF)
    assert sum(book.count for book in found) == (scene.of.code == "pengawalan")  # it is counted all the same
    return scene.register_no in {entry.register_no for book in found for entry in book.entries}


def _coming(connection: Connection, who: Actor, scene: Scene) -> bool:
    found = outlook.coming(connection, actor=who, sop=scene.of, as_of=AS_OF, until=AS_OF)
    return scene.case_id in {one.step.case_id for one in found}


def _behind(kind: behind.Kind, *, past: bool = False) -> Road:
    def road(connection: Connection, who: Actor, scene: Scene) -> bool:
        start, end = wib("Minggu 2026-11-01 00:00"), wib("Kamis 2026-12-31 23:59")
        rows, _listed = behind.rounds_behind(
            connection,
            actor=who,
            sop=scene.of,
            asked=behind.Behind(MONTHS, start, end, kind),
            as_of=AS_OF,
            past=past,
            limit=100,
        )
        return scene.case_id in {row.case_id for row in rows}

    return road


def _works(*, for_others: bool) -> Road:
    def road(connection: Connection, who: Actor, scene: Scene) -> bool:
        found = worklist.worklist(connection, actor=who, sops=[scene.of], as_of=AS_OF, for_others=for_others)
        return scene.case_id in {step.case_id for step in found}

    return road


def _tied(connection: Connection, who: Actor, scene: Scene) -> bool:
    found = ties_query.tied(connection, actor=who, case_id=scene.tied_id)
    return scene.case_id in {other.case_id for other in found}


def _alarmed(connection: Connection, who: Actor, scene: Scene) -> bool:
    found = standings.alarms(connection, actor=who, sop=scene.of, as_of=AS_OF)
    return scene.case_id in {alarm.case_id for alarm in found}


def _missed_slots(connection: Connection, who: Actor, scene: Scene) -> bool:
    found = slot_facts.journal_facts(connection, actor=who, sop=scene.of, months=MONTHS, as_of=AS_OF)
    return scene.case_id in {one.case_id for facts in found for one in facts.missed}


def _all_slots(connection: Connection, who: Actor, scene: Scene) -> bool:
    journal = next(one for one in scene.of.journals if one.every_minutes)
    found = slot_facts.escort_slots(
        connection, actor=who, sop=scene.of, journal=journal, months=MONTHS, as_of=AS_OF
    )
    return scene.case_id in {one.case_id for one in found}


def _assigned(connection: Connection, who: Actor, scene: Scene) -> bool:
    return scene.case_id in sight.assigned_cases(connection, who)


ROADS: dict[str, Road] = {
    "behind.rounds_behind": _behind("due"),
    "behind.rounds_behind on a past day": _behind("due", past=True),
    "behind.rounds_behind of what is open": _behind("open"),
    "case_file.case_view": _reads(case_file.case_view),
    "case_file.history": _reads(case_file.history),
    "case_file.round_view": _reads(case_file.round_view),
    "changes.changes_since": _changed,
    "conflicts.ties": _reads(conflicts.ties),
    "issues.issued_file": _issued,
    "missing_outputs.missing_outputs": _lacking,
    "outlook.coming": _coming,
    "papers.paper_sources": _reads(papers.paper_sources),
    "register.register": _registered(lambda _: register.RegisterFilter()),
    "register.register_size": _sized,
    "register.whole_register": _whole,
    "register.register by search": _registered(
        lambda scene: register.RegisterFilter(search=scene.register_no)
    ),
    "register.register of open ones": _registered(lambda _: register.RegisterFilter(only_open=True)),
    "register.register behind a figure": _registered(
        lambda _: register.RegisterFilter(verdict="overdue", due_months=MONTHS)
    ),
    "report_books.report_books": _told_in_books,
    "reports.late_steps": _late,
    "reports.report_cases": _reported,
    "sight.assigned_cases": _assigned,
    "sight.require_sight": _reads(sight.require_sight),
    "slot_facts.escort_slots": _all_slots,
    "slot_facts.journal_facts": _missed_slots,
    "standings.alarms": _alarmed,
    "ties.tied": _tied,
    "worklist.worklist": _works(for_others=False),
    "worklist.worklist for others": _works(for_others=True),
}
ESCORTS_ALONE = {
    "missing_outputs.missing_outputs",
    "report_books.report_books",
    "slot_facts.escort_slots",
    "slot_facts.journal_facts",
    "standings.alarms",
}
MEASURED_ALONE = {
    "behind.rounds_behind of what is open",
    "outlook.coming",
    "register.register behind a figure",
}  # an escort itself has no time limit
MARKED = {"pengaduan": "subject", "pengawalan": "activity"}


def public_queries() -> set[str]:
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        for first in list(inspect.signature(function).parameters.values())[:1]
        if first.annotation in (Connection, "Connection")
    }


def test_every_query_has_a_road_or_says_why_not() -> None:
    on_a_road = {name.partition(" ")[0] for name in ROADS}
    assert public_queries() - on_a_road - set(WITHOUT_A_ROAD) == set()
    assert (on_a_road | set(WITHOUT_A_ROAD)) - public_queries() == set()
    assert on_a_road.isdisjoint(WITHOUT_A_ROAD)


def test_query_that_was_asked_for_before_takes_no_actor() -> None:
    """So that it is not mistaken for one that asks itself."""
    for name, why in WITHOUT_A_ROAD.items():
        module, _, function = name.partition(".")
        if why == ASKED_BEFORE:
            query = getattr(importlib.import_module(f"models.queries.{module}"), function)
            assert "actor" not in inspect.signature(query).parameters, name


def scene_of(office: Office, code: str) -> Scene:
    """A case with overdue steps, in alarm where its SOP has one, assigned to the Sekretaris, tied to another."""
    of = sop(code)
    case_id, tied_id = open_one(office, code, **{MARKED[code]: "Perkara si Buta"}), open_one(office, code)
    if code == "pengawalan":
        advance_to(office, case_id, next(one.during for one in of.journals if one.every_minutes) or "")
    who = office.sekretaris.user_id
    link_cases(
        office.store,
        actor=office.actors[Role.ADMINISTRATOR],
        token=token(),
        now=AS_OF,
        case_id=case_id,
        other_no=case_row(office, tied_id)["register_no"],
        reason="perkara yang sama",
    )
    with transaction(office.store) as connection:
        row = {"case_id": case_id, "user_id": who, "reason": "x", "recorded_at": AS_OF, "recorded_by": who}
        connection.execute(insert(CaseAssignee).values(**row))
        for journal in of.journals:
            if journal.standing:
                connection.execute(
                    insert(JournalEntry).values(
                        case_id=case_id,
                        code=code,
                        journal_key=journal.key,
                        data={journal.standing.field: journal.standing.alarm[0]},
                        happened_at=wib("Senin 2026-11-30 08:00"),
                        recorded_at=wib("Senin 2026-11-30 08:00"),
                        recorded_by=who,
                    )
                )
    stored = case_row(office, case_id)
    issue(office, of, stored["register_no"])
    round_id = rounds(office, case_id)[-1]["id"]
    return Scene(case_id, tied_id, of, stored["register_no"], round_id, stored["subject"])


def issue(office: Office, of: Sop, register_no: str) -> None:
    """A report that names the case, as somebody else has issued it."""
    report = {
        "code": of.code,
        "first_month": MONTHS[0],
        "last_month": MONTHS[1],
        "revision": 1,
        "number": "1/2026",
        "place": "Tuapejat",
        "issued_on": AS_OF.date(),
        "signatory_title": "Sekretaris",
        "signatory_name": "Siapa",
        "signatory_id": "",
        "as_of": AS_OF,
        "rests_on": {},
        "facts": {"matrix": {register_no: ["x"]}},
        "recorded_at": AS_OF,
        "recorded_by": office.second.user_id,
    }
    with transaction(office.store) as connection:
        report_id = connection.execute(
            insert(IssuedReport).values(**report).returning(IssuedReport.id)
        ).scalar_one()
        file = {
            "report_id": report_id,
            "kind": "xlsx",
            "filename": "x.xlsx",
            "sha256": "0" * 64,
            "body": b"x",
        }
        connection.execute(insert(IssuedFile).values(**file))


def name_the_sekretaris(office: Office, scene: Scene) -> None:
    declare_conflict(
        office.store,
        actor=office.actors[Role.ADMINISTRATOR],
        token=token(),
        now=AS_OF,
        case_id=scene.case_id,
        user_id=office.sekretaris.user_id,
        reason="keluarga terlapor",
    )
    with transaction(office.store) as connection:  # as if the assignment had not ended with it
        who = office.sekretaris.user_id
        row = {
            "case_id": scene.case_id,
            "user_id": who,
            "reason": "x",
            "recorded_at": AS_OF,
            "recorded_by": who,
        }
        connection.execute(insert(CaseAssignee).values(**row))


def roads(code: str) -> dict[str, Road]:
    without = ESCORTS_ALONE if code == "pengaduan" else MEASURED_ALONE
    return {name: road for name, road in ROADS.items() if name not in without}


def met(office: Office, who: Actor, scene: Scene) -> set[str]:
    with office.reading() as connection:
        return {name for name, road in roads(scene.of.code).items() if road(connection, who, scene)}


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_person_named_meets_the_case_on_no_road(office: Office, code: str) -> None:
    scene = scene_of(office, code)
    everywhere = set(roads(code)) - {"worklist.worklist"}
    assert met(office, office.sekretaris, scene) >= everywhere
    name_the_sekretaris(office, scene)
    assert met(office, office.sekretaris, scene) == set()
    assert met(office, office.second, scene) >= everywhere - {"sight.assigned_cases"}
    lift_conflict(
        office.store,
        actor=office.actors[Role.PIMPINAN],
        token=token(),
        now=AS_OF,
        case_id=scene.case_id,
        user_id=office.sekretaris.user_id,
        reason="keliru",
    )
    assert met(office, office.sekretaris, scene) >= everywhere


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_twin_without_the_condition_each_road_leaks(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    scene = scene_of(sqlite_office, code)
    name_the_sekretaris(sqlite_office, scene)
    for module in MODULES:
        for name, blind in (
            ("hidden_from", lambda *_: false()),
            ("hidden_cases", lambda *_: ()),
            ("require_sight", lambda *_, **__: None),
        ):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, blind)
    monkeypatch.setattr(sight, "_IS_HIDDEN", select(false()))
    assert met(sqlite_office, sqlite_office.sekretaris, scene) == set(roads(code))


def test_figures_count_the_case_for_everybody(office: Office) -> None:
    from models.queries.compliance import open_counts, step_counts

    scene = scene_of(office, "pengaduan")

    def figures(who: Actor) -> Any:
        with office.reading() as connection:
            return (
                step_counts(connection, actor=who, sop=scene.of, months=MONTHS, as_of=AS_OF),
                open_counts(connection, actor=who, sop=scene.of, as_of=AS_OF),
            )

    before = figures(office.sekretaris)
    name_the_sekretaris(office, scene)
    assert figures(office.sekretaris) == figures(office.second) == before


def test_periodic_steps_stay_in_sight(office: Office) -> None:
    """They belong to no case: no value is neither in nor out of a list of hidden cases."""
    from tests.commands.case_rows import periodic_round

    scene = scene_of(office, "pengaduan")
    row = periodic_round(office, "recapitulation")
    name_the_sekretaris(office, scene)
    with office.reading() as connection:
        found = worklist.worklist(
            connection, actor=office.sekretaris, sops=[scene.of], as_of=row["late_from"], for_others=True
        )
        late = reports.late_steps(
            connection, actor=office.sekretaris, sop=scene.of, months=(202601, 204012), as_of=row["late_from"]
        )
        case_file.round_view(connection, actor=office.sekretaris, round_id=row["id"], as_of=AS_OF)
    assert row["id"] in {step.round_id for step in found}
    assert row["period"] in {step.period for step in late}


def test_conflict_in_one_case_hides_no_other(office: Office) -> None:
    scene, other = scene_of(office, "pengaduan"), open_one(office, "pengaduan")
    name_the_sekretaris(office, scene)
    with office.reading() as connection:
        rows, total = register.register(
            connection, actor=office.sekretaris, sop=scene.of, chosen=register.RegisterFilter(), as_of=AS_OF
        )
        assert sight.hidden_cases(connection, office.sekretaris) == (scene.case_id,)
        assert sight.hidden_cases(connection, office.second) == ()
    assert ({row.case_id for row in rows}, total) == ({scene.tied_id, other}, 2)
    assert latest(office, other, "recording")["state"] == "open"
