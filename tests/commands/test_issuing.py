"""Issued reports: kept byte for byte, issued once by who may, revised for a reason, found again by their bytes."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from sqlalchemy import Connection, RowMapping, false, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from dashboard.periods import of_semester
from dashboard.reports import issued, semester
from dashboard.reports.facts import facts, moved
from models.access import Actor, Role
from models.commands import issuing
from models.commands.conflicts import declare_conflict, lift_conflict
from models.commands.duties import open_duties
from models.commands.exports import record_export, record_issue_export
from models.commands.issuing import Made
from models.commands.sessions import sign_in, sign_out, token_hash
from models.database import transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.form_data import FIRST_YEAR, LAST_YEAR
from models.queries import issues as issue_queries
from models.queries.case_file import round_view
from models.queries.issues import issue_facts, issue_of, issued_file, issues, owed_rounds
from models.queries.outputs import Kept, held_outputs
from models.tables import Counter, IssuedFile, IssuedReport, Setting, StepRound
from tests.commands.at_once import people, pressed_at_once
from tests.commands.database_dump import dump, growth
from tests.commands.flow import close, correct
from tests.commands.issue_rows import ISSUED_AT, SEMESTER, SIGNED, files, issue, made, reports
from tests.commands.test_flow_correction import declare_holiday
from tests.commands.test_sop_versions import newer, take
from tests.conftest import NOW
from tests.factories import (
    HALF_AN_HOUR,
    PASSWORD,
    RECEIVED_AT,
    Office,
    acts,
    advance_to,
    case_row,
    latest,
    open_one,
    sop,
    token,
)
from tests.moments import on, wib

NEW_YEAR = wib("Jumat 2027-01-01 00:00")
TWO_YEARS_ON = wib("Senin 2029-01-08 09:00")
NEXT_SEMESTER = (202701, 202706)


def real(office: Office, *, as_of: datetime = ISSUED_AT) -> Made:
    """The first report of the semester with the files that an office issues."""
    with office.reading() as connection:
        return issued.make(
            connection,
            actor=office.sekretaris,
            sop=sop("pengaduan"),
            months=of_semester(2026, 2),
            as_of=as_of,
            signed=SIGNED,
            revision=1,
        )


def taken_out(office: Office, report_id: int, kind: str, *, by: Actor | None = None) -> tuple[str, bytes]:
    with office.reading() as connection:
        return issued_file(connection, actor=by or office.sekretaris, report_id=report_id, kind=kind)


def found(office: Office, body: bytes, *, by: Actor | None = None) -> tuple[int, str] | None:
    """Number and kind of the issue that these bytes are."""
    with office.reading() as connection:
        one = issue_of(connection, actor=by or office.sekretaris, body=body)
    return (one[0].report_id, one[1]) if one else None


# Kept.


def change_everything(office: Office, case_id: int) -> None:
    """What an office does in two years: corrections, a new version of the SOP, a holiday, another letterhead."""
    at = latest(office, case_id, "disposition")["finished_at"]
    correct(office, case_id, "disposition", at=at - HALF_AN_HOUR / 2, now=ISSUED_AT + HALF_AN_HOUR)
    close(office, case_id, at=ISSUED_AT + HALF_AN_HOUR)
    take(office.store, newer("pengaduan", version=sop("pengaduan").version + 1, since="2027-02-01"))
    declare_holiday(office, on("Rabu 2026-11-11"))
    with transaction(office.store) as connection:
        profile = connection.execute(select(Setting.value).where(Setting.key == "office")).scalar_one()
        other = {**profile, "signatory_name": "Orang Lain", "seat": "Sikakap"}
        connection.execute(update(Setting).where(Setting.key == "office").values(value=other))


def test_issued_files_stay_byte_for_byte_whatever_comes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, _ = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    advance_to(office, case_id, "review")
    report = real(office)
    report_id = issue(office, report=report)["report_id"]
    change_everything(office, case_id)
    for kind, (filename, body) in report.files.items():
        record_issue_export(
            office.store, actor=office.second, now=TWO_YEARS_ON, report_id=report_id, kind=kind
        )
        assert taken_out(office, report_id, kind, by=office.second) == (filename, body)
        assert found(office, body) == (report_id, kind)
    with office.reading() as connection:
        (one,) = issues(connection, actor=office.sekretaris, sop=sop("pengaduan"), months=SEMESTER)
        assert issue_facts(connection, report_id) == report.facts
    assert one.digests == {kind: hashlib.sha256(body).hexdigest() for kind, (_, body) in report.files.items()}
    assert (one.number, one.place, one.issued_on) == (SIGNED.number, SIGNED.place, SIGNED.issued_on)
    assert (one.signatory_title, one.signatory_name, one.signatory_id) == (
        "SEKRETARIS", "IRMAN SUSANTO", SIGNED.signatory_id
    )  # fmt: skip
    assert (one.as_of, one.revision, one.reason, one.recorded_by) == (ISSUED_AT, 1, None, "Akun sekretaris")
    exported = [json.loads(act["details"]) for act in acts(office, "exported")]
    assert [(act["report"], act["kind"]) for act in exported] == [(report_id, "xlsx"), (report_id, "pdf")]

    again = real(office)  # twin: made anew they are other files, even for the same moment
    assert again.facts != report.facts
    for kind in report.files:
        assert again.files[kind][1] != report.files[kind][1]
        assert found(office, again.files[kind][1]) is None
    monkeypatch.setattr(semester, "heading", lambda _: ("KATA LAIN", "", "", ""))
    assert (
        real(office).files["xlsx"] != again.files["xlsx"]
    )  # and a program with other words makes other files


def test_same_report_made_twice_has_the_same_bytes(sqlite_office: Office) -> None:
    open_one(sqlite_office, "pengaduan")
    first = real(sqlite_office)
    assert real(sqlite_office) == first
    assert real(sqlite_office, as_of=ISSUED_AT + HALF_AN_HOUR).files != first.files


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_facts_of_a_real_report_hold_every_row_and_column_through_the_database(
    busy: Office, code: str
) -> None:
    with busy.reading() as connection:
        given = {"sop": sop(code), "months": of_semester(2026, 2), "as_of": NOW}
        book = semester.build(connection, actor=busy.sekretaris, **given)
        told = facts(book)
        assert facts(semester.build(connection, actor=busy.second, **given)) == told  # whoever looks at it
    data = [sheet for sheet in book.sheets if not sheet.explains]
    assert [*told] == [sheet.name for sheet in data]
    assert max(map(len, told.values())) > 15
    for sheet in data:
        rows = told[sheet.name]
        numbered = any(column.key == "no" and column.kind == "integer" for column in sheet.columns)
        assert len(rows) == len(sheet.frame), sheet.name
        assert {len(row) for row in rows.values()} <= {len(sheet.columns) - numbered}, sheet.name
    report_id = issue(busy, code, report=made(busy, code, as_of=NOW, facts=told))["report_id"]
    with busy.reading() as connection:
        assert list(moved(issue_facts(connection, report_id), told)) == []


def test_report_rests_on_the_version_and_calendar_of_its_day(office: Office) -> None:
    """At 05.00 WIB of the first day of a new version it is still the day before in UTC."""
    take(office.store, newer("pengaduan", version=sop("pengaduan").version + 1))
    declare_holiday(office, on("Rabu 2026-11-11"))
    for at in ("Senin 2026-11-30 23:59", "Selasa 2026-12-01 05:00"):
        issue(office, report=made(office, as_of=wib(at)), reason="salah jumlah")
    old, new = (row["rests_on"] for row in reports(office))
    assert new["sop_version"] == old["sop_version"] + 1 == sop("pengaduan").version + 1
    assert old["sop_sha256"] == sop("pengaduan").sha256 != new["sop_sha256"]
    with office.reading() as connection:
        query = select(Counter.value).where(Counter.name == "calendar_version")
        assert old["calendar_version"] == new["calendar_version"] == connection.execute(query).scalar_one()


CHANGES = {
    "update report": "UPDATE issued_report SET number = '13'",
    "update facts": "UPDATE issued_report SET facts = '{}'",
    "update file": "UPDATE issued_file SET body = report_id || ''",
    "update nothing": "UPDATE issued_file SET kind = kind",
    "delete file": "DELETE FROM issued_file",
    "delete report": "DELETE FROM issued_report",
}
REPLACED = {
    "replace file": "REPLACE INTO issued_file SELECT report_id, kind, 'x', sha256, x'00' FROM issued_file",
    "replace report": "REPLACE INTO issued_report SELECT * FROM issued_report",
    "replace by revision": (
        "REPLACE INTO issued_report SELECT id + 9, code, first_month, last_month, revision, '13', place, issued_on, "
        "signatory_title, signatory_name, signatory_id, as_of, rests_on, facts, reason, recorded_at, recorded_by "
        "FROM issued_report"
    ),
}
EMPTIED = {"truncate": "TRUNCATE issued_report CASCADE", "truncate files": "TRUNCATE issued_file"}


def changes_for(office: Office) -> dict[str, str]:
    return CHANGES | (REPLACED if office.store.dialect.name == "sqlite" else EMPTIED)


def test_database_refuses_to_change_an_issue(office: Office) -> None:
    issue(office)
    before = dump(office.store)
    for name, statement in changes_for(office).items():
        if "body" in statement and office.store.dialect.name == "postgresql":
            statement = "UPDATE issued_file SET body = '\\x00'"
        with (
            pytest.raises(DBAPIError, match="an issued report cannot be changed"),
            transaction(office.store) as connection,
        ):
            connection.exec_driver_sql(statement)
        assert dump(office.store) == before, name


@contextmanager
def unguarded(office: Office) -> Iterator[Connection]:
    """A connection for which the database does not refuse; what it does is undone at the end."""
    with office.store.connect() as connection, connection.begin() as begun:
        if connection.dialect.name == "sqlite":
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'issued%'"
            for name in connection.execute(text(names)).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in ("issued_report", "issued_file"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connection
        begun.rollback()


def test_twin_without_triggers_an_issue_can_be_changed(office: Office) -> None:
    issue(office)
    for name in ("update report", "delete file"):
        with unguarded(office) as connection:
            assert connection.exec_driver_sql(CHANGES[name]).rowcount > 0
    if office.store.dialect.name == "sqlite":
        with unguarded(office) as connection:
            connection.exec_driver_sql(REPLACED["replace file"])
            assert set(connection.execute(select(IssuedFile.body)).scalars()) == {b"\x00"}
    assert all(len(body) > 8 for body in files(office).values())


def test_database_refuses_a_revision_without_reason_and_a_second_first_issue(office: Office) -> None:
    issue(office)
    stored = {key: value for key, value in reports(office)[0].items() if key != "id"}
    for changed in ({"revision": 2}, {"revision": 2, "reason": ""}, {}, {"revision": 0}, {"number": ""}):
        with pytest.raises(DBAPIError), transaction(office.store) as connection:
            connection.execute(insert(IssuedReport).values(**{**stored, **changed}))
    assert len(reports(office)) == 1


# What is typed.


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        *((key, "", "required") for key in ("number", "place", "signatory_title", "signatory_name")),
        ("number", " \n\t", "required"),
        *((key, "9" * 101, "At most 100 characters; this has 101") for key in
          ("number", "place", "signatory_title", "signatory_name")),
        ("number", "9" * 5000, "At most 100 characters; this has 5000"),
        ("signatory_id", "9" * 41, "At most 40 characters; this has 41"),
        *((key, "12\x00/2027", "cannot be shown") for key in ("number", "place", "signatory_id")),
        ("number", "12\x07", "cannot be shown"),
        ("issued_on", None, "required"),
        ("issued_on", date(FIRST_YEAR - 1, 12, 31), "The year must lie between 2000 and 2100"),
        ("issued_on", date(LAST_YEAR + 1, 1, 1), "The year must lie between 2000 and 2100"),
    ],
)  # fmt: skip
def test_wrong_word_is_refused_beside_its_field_and_nothing_is_stored(
    office: Office, key: str, value: object, words: str
) -> None:
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        issue(office, **{key: value})
    assert {name: words in str(problem) for name, problem in refused.value.problems.items()} == {key: True}
    assert dump(office.store) == before


def test_every_wrong_field_is_named_at_once(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        issue(office, number="", place="9" * 101, signatory_id="\x00", issued_on=None)
    assert set(refused.value.problems) == {"number", "place", "signatory_id", "issued_on"}


def test_longest_words_are_stored_as_typed(office: Office) -> None:
    typed = dict.fromkeys(("number", "place", "signatory_title", "signatory_name"), "é" * 100)
    issue(office, **typed, signatory_id="9" * 40, issued_on=date(LAST_YEAR, 12, 31))
    (row,) = reports(office)
    assert {key: row[key] for key in typed} == typed
    assert (row["signatory_id"], row["issued_on"]) == ("9" * 40, date(LAST_YEAR, 12, 31))


def test_blanks_around_are_no_part_of_a_number(office: Office) -> None:
    issue(office, number="  12/LAP  ", signatory_id=" ")
    assert (reports(office)[0]["number"], reports(office)[0]["signatory_id"]) == ("12/LAP", "")


# Overtaken.


def test_data_that_moved_while_the_files_were_made_is_told_and_nothing_is_stored(office: Office) -> None:
    report = made(office)
    open_one(office, "pengaduan")
    before = dump(office.store)
    with pytest.raises(Conflict, match="The figures have changed since this report was made"):
        issue(office, report=report)
    assert dump(office.store) == before
    issue(office)
    assert len(reports(office)) == 1


def test_twin_without_the_question_a_report_is_issued_that_was_overtaken(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "_refuse_overtaken", lambda *_: None)
    report = made(office)
    open_one(office, "pengaduan")
    issue(office, report=report)
    assert len(reports(office)) == 1


def test_who_signs_in_or_takes_a_file_out_meanwhile_overtakes_no_report(office: Office) -> None:
    """No figure moves by it: what was made, and what screens remember, stays good."""
    report = made(office)
    with pytest.raises(Invalid):
        sign_in(office.store, username="second", password="salah", address="10.0.0.7", now=RECEIVED_AT)
    session = sign_in(office.store, username="second", password=PASSWORD, address="10.0.0.8", now=RECEIVED_AT)
    record_export(
        office.store,
        actor=office.sekretaris,
        now=RECEIVED_AT,
        scope=sop("pengaduan"),
        what="register",
        details={},
    )
    sign_out(office.store, session_hash=token_hash(session), now=RECEIVED_AT)
    issue(office, report=report)
    assert len(reports(office)) == 1
    assert {"sign_in_refused", "signed_in", "exported", "signed_out"} <= {
        act["action"] for act in acts(office)
    }


def test_report_made_as_another_revision_is_not_stored_as_this_one(office: Office) -> None:
    """Its file names the revision."""
    for revision in (0, 2, 7):
        with pytest.raises(Conflict):
            issue(office, report=replace(made(office), revision=revision), reason="salah jumlah")
    assert reports(office) == []


def issued_beside(office: Office, report: Made) -> list[Exception | None]:
    """Issue while somebody's change is written and not yet committed."""
    written, go_on = Event(), Event()

    def change() -> None:
        with transaction(office.store, moves_data=False) as connection:
            version = Counter.name == "data_version"
            connection.execute(update(Counter).where(version).values(value=Counter.value + 1))
            written.set()
            go_on.wait(timeout=5)

    def press() -> None:
        written.wait(timeout=5)
        waiting = pool.submit(issue, office, report=report)
        try:
            waiting.result(timeout=0.5)
        except TimeoutError:
            go_on.set()
            waiting.result()
        finally:
            go_on.set()

    with people(3) as pool:
        replies = pressed_at_once(pool, [change, press])
    return [reply.error for reply in replies]


def test_change_that_is_just_being_committed_is_waited_for(office: Office) -> None:
    change, told = issued_beside(office, made(office))
    assert (change, type(told)) == (None, Conflict)
    assert reports(office) == []


def test_twin_without_holding_the_version_a_change_slips_in_between(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_only(connection: Connection, report: Made) -> None:
        query = select(Counter.value).where(Counter.name == "data_version")
        assert connection.execute(query).scalar_one() == report.data_version

    monkeypatch.setattr(issuing, "_refuse_overtaken", look_only)
    assert issued_beside(postgres_office, made(postgres_office)) == [None, None]
    assert len(reports(postgres_office)) == 1


@pytest.mark.parametrize("issued_before", [0, 1])
def test_two_people_issuing_at_once_make_one_issue_and_the_other_is_told(
    office: Office, issued_before: int
) -> None:
    for _ in range(issued_before):
        issue(office)
    report = made(office)
    with people(2) as pool:
        replies = pressed_at_once(
            pool,
            [
                partial(issue, office, report=report, by=who, reason="salah jumlah")
                for who in (office.sekretaris, office.second)
            ],
        )
    assert sorted(type(reply.error).__name__ for reply in replies) == ["Conflict", "NoneType"]
    assert [row["revision"] for row in reports(office)] == list(range(1, issued_before + 2))
    assert len(files(office)) == 2 * (issued_before + 1)


def test_twin_without_line_and_question_the_database_alone_refuses_a_second_of_one_number(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, count = Barrier(2), issuing._next_revision

    def count_and_wait(*given: Any) -> int:
        revision = count(*given)
        both.wait(timeout=5)
        return revision

    monkeypatch.setattr(issuing, "_next_revision", count_and_wait)
    monkeypatch.setattr(issuing, "stand_in_line", lambda *_, **__: None)
    monkeypatch.setattr(issuing, "_refuse_overtaken", lambda *_: None)
    press = partial(issue, postgres_office, report=made(postgres_office))
    with people(2) as pool:
        replies = pressed_at_once(pool, [press, press])
    assert [type(reply.error) for reply in replies if reply.error] == [IntegrityError]
    assert [row["revision"] for row in reports(postgres_office)] == [1]


def test_same_form_twice_is_one_issue(office: Office) -> None:
    """Also when the report was made anew for the second press, as a screen does."""
    first = issue(office, form="one form")
    before = dump(office.store)
    again = issue(office, form="one form", report=made(office, words="lain"), reason="lain")
    assert again == first
    after = dump(office.store)
    assert growth(before, after) == {}
    assert len(reports(office)) == len(acts(office, "report.issued")) == 1


# Revisions.


def test_revision_needs_a_reason_and_leaves_the_first_issue_as_it_was(office: Office) -> None:
    first = issue(office, reason="tidak diminta")
    kept = {key: body for key, body in files(office).items() if key[0] == first["report_id"]}
    for reason in ("", " \n", "x" * 2001, "a\x00b"):
        before = dump(office.store)
        with pytest.raises(Invalid) as refused:
            issue(office, reason=reason)
        assert set(refused.value.problems) == {"reason"}
        assert dump(office.store) == before
    second = issue(office, reason=" Salah jumlah bulan Juli ", number="13/LAP/I/2027")
    assert (first["revision"], second["revision"]) == (1, 2)
    assert [(row["revision"], row["reason"], row["number"]) for row in reports(office)] == [
        (1, None, "12/LAP/I/2027"),
        (2, "Salah jumlah bulan Juli", "13/LAP/I/2027"),
    ]
    assert kept.items() <= files(office).items()
    assert [act["reason"] for act in acts(office, "report.issued")] == [None, "Salah jumlah bulan Juli"]
    with office.reading() as connection:
        shown = issues(connection, actor=office.sekretaris, sop=sop("pengaduan"), months=SEMESTER)
    assert [one.revision for one in shown] == [2, 1]


def test_other_months_and_other_sops_count_their_own_revisions(office: Office) -> None:
    runs = [("pengaduan", SEMESTER), ("pengaduan", NEXT_SEMESTER), ("pengaduan", (202607, 202607)),
            ("pengawalan", SEMESTER)]  # fmt: skip
    assert [issue(office, code, months=months)["revision"] for code, months in runs] == [1, 1, 1, 1]
    with office.reading() as connection:
        for code, months in runs:
            (one,) = issues(connection, actor=office.sekretaris, sop=sop(code), months=months)
            assert (one.code, one.first_month, one.last_month) == (code, *months)


# Who may. The roles stand in `tests.commands.issue_rows`.


def name(office: Office, who: Actor, case_id: int, command: Any = declare_conflict) -> None:
    command(
        office.store, actor=office.actors[Role.ADMINISTRATOR if command is declare_conflict else Role.PIMPINAN],
        token=token(), now=ISSUED_AT, case_id=case_id, user_id=who.user_id, reason="keluarga terlapor",
    )  # fmt: skip


def test_who_may_not_see_a_case_may_not_issue_a_list_that_lacks_it(office: Office) -> None:
    case_id, who = open_one(office, "pengaduan"), office.sekretaris
    name(office, who, case_id)
    before = dump(office.store)
    with pytest.raises(Forbidden, match="This report has to be issued by somebody else"):
        issue(office, by=who)
    assert dump(office.store) == before
    issue(office, "pengawalan", by=who)
    issue(office, by=office.second)
    name(office, who, case_id, lift_conflict)
    issue(office, by=who, reason="salah jumlah")
    assert [row["recorded_by"] for row in reports(office)] == [
        who.user_id,
        office.second.user_id,
        who.user_id,
    ]


def test_twin_without_the_question_who_is_named_issues_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    name(office, office.sekretaris, open_one(office, "pengaduan"))
    monkeypatch.setattr(issuing, "hidden_from", lambda _: false())
    issue(office)
    assert len(reports(office)) == 1


def test_unknown_sop_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        issue(office, "tidak_ada")


# What it fulfils.


def owed(office: Office, period: str = "2026-2") -> dict[str, RowMapping]:
    """The periodic rounds of that semester by their step, done or not."""
    query = select(StepRound.__table__).where(StepRound.period == period)
    with office.reading() as connection:
        return {row["step_key"]: row for row in connection.execute(query).mappings()}


def ids(office: Office, period: str = "2026-2", code: str = "pengaduan") -> list[int]:
    """The rounds that a screen offers to fulfil."""
    with office.reading() as connection:
        return [one.round_id for one in owed_rounds(connection, code=code, period=period)]


def verdict(office: Office, row: RowMapping) -> str:
    with office.reading() as connection:
        _, seen = round_view(connection, actor=office.sekretaris, round_id=row["id"], as_of=TWO_YEARS_ON)
    return seen.verdict


@pytest.mark.parametrize(
    ("at", "recapitulation", "report"),
    [
        ("Senin 2027-01-04 23:59", "on_time", "on_time"),
        ("Selasa 2027-01-05 00:00", "late", "on_time"),
        ("Rabu 2027-01-06 23:59", "late", "on_time"),
        ("Kamis 2027-01-07 00:00", "late", "late"),
    ],
)
def test_issuing_fulfils_steps_8_and_9_of_the_semester(
    office: Office, at: str, recapitulation: str, report: str
) -> None:
    open_duties(office.store, now=NEW_YEAR)
    before = owed(office)
    issue(office, report=made(office, as_of=wib(at)), now=wib(at) + timedelta(seconds=40),
          fulfils=ids(office), by=office.actors[Role.SUB_BAGIAN_HUKUM])  # fmt: skip
    after = owed(office)
    assert {key: row["state"] for key, row in after.items()} == dict.fromkeys(before, "done")
    assert {key: row["finished_at"] for key, row in after.items()} == dict.fromkeys(before, wib(at))
    assert {key: verdict(office, row) for key, row in after.items()} == {
        "recapitulation": recapitulation,
        "semester_report": report,
    }
    for key, row in after.items():
        assert row["data"] == {f"output_{key}": SIGNED.number}
        assert (row["outputs_due"], row["outputs_held"]) == (1, 1)
        step = sop("pengaduan").step(key)
        held = held_outputs(sop("pengaduan"), step, row["data"], round_id=row["id"], kept=Kept())
        assert held == {key}
        assert (row["recorded_for"], row["recorded_late"]) == (None, False)
        assert row["recorded_by"] == office.actors[Role.SUB_BAGIAN_HUKUM].user_id
    finished = acts(office, "step.finished")
    assert {act["round_id"] for act in finished} == {row["id"] for row in after.values()}
    assert ids(office) == []


def test_issue_for_somebody_elses_step_says_for_whom(office: Office) -> None:
    open_duties(office.store, now=NEW_YEAR)
    issue(office, fulfils=ids(office))
    assert {row["recorded_for"] for row in owed(office).values()} == {"sub_bagian_hukum"}


def test_issue_leaves_open_what_it_does_not_fulfil(office: Office) -> None:
    open_duties(office.store, now=wib("Senin 2028-01-10 09:00"))
    first, _ = ids(office)
    issue(office, fulfils=[first])
    assert [owed(office)[key]["state"] for key in ("recapitulation", "semester_report")] == ["done", "open"]
    issue(office, "pengawalan")
    issue(office, months=NEXT_SEMESTER)
    for period in ("2027-1", "2027-2"):
        assert {row["state"] for row in owed(office, period).values()} == {"open"}
    assert [len(ids(office, period)) for period in ("2026-2", "2027-1", "2027-2", "2026-1")] == [1, 2, 2, 0]
    assert ids(office, code="pengawalan") == []


def test_round_of_something_else_is_refused_and_nothing_is_stored(office: Office) -> None:
    """Of another semester, another SOP, a case, another run of months, one that is done, one that is not there."""
    case_id = open_one(office, "pengaduan")
    open_duties(office.store, now=wib("Senin 2028-01-10 09:00"))
    this, other, done = ids(office), ids(office, "2027-1"), ids(office, "2027-2")
    issue(office, months=(202707, 202712), fulfils=done)
    of_case = latest(office, case_id, "recording")["id"]
    before = dump(office.store)
    for code, months, fulfils in [
        ("pengaduan", SEMESTER, [*this, *other]),
        ("pengaduan", SEMESTER, [this[0], this[0]]),
        ("pengaduan", SEMESTER, [of_case]),
        ("pengaduan", SEMESTER, [999_999]),
        ("pengaduan", (202707, 202712), [done[0]]),
        ("pengaduan", (202607, 202611), this),
        ("pengaduan", (202608, 202701), this),
        ("pengaduan", (202607, 202607), [of_case]),
        ("pengawalan", SEMESTER, this),
    ]:
        with pytest.raises(Conflict):
            issue(office, code, months=months, fulfils=fulfils, reason="salah jumlah")
        assert dump(office.store) == before, (code, months, fulfils)


def test_twin_without_the_semester_another_ones_duty_would_be_ended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_duties(office.store, now=wib("Senin 2028-01-10 09:00"))
    monkeypatch.setattr(issuing, "_period", lambda _: "2027-1")
    issue(office, fulfils=ids(office, "2027-1"), now=wib("Senin 2028-01-10 09:00"))
    assert {row["state"] for row in owed(office, "2027-1").values()} == {"done"}


def test_faulty_duty_takes_the_issue_with_it(office: Office) -> None:
    """All or nothing: no report is issued whose duty was ended by somebody else in the meantime."""
    open_duties(office.store, now=NEW_YEAR)
    offered = ids(office)
    issue(office, fulfils=offered[:1])
    with pytest.raises(Conflict):
        issue(office, fulfils=offered, reason="salah jumlah")
    assert len(reports(office)) == 1
    assert owed(office)["semester_report"]["state"] == "open"


# The trail.


def test_trail_holds_the_digests_of_the_files_and_who_issued_them(office: Office) -> None:
    report = made(office)
    issue(office, report=report, by=office.second, now=ISSUED_AT + HALF_AN_HOUR)
    (act,) = acts(office, "report.issued")
    details = json.loads(act["details"])
    assert details == {
        "report": reports(office)[0]["id"],
        "sop": "pengaduan",
        "months": list(SEMESTER),
        "revision": 1,
        "number": SIGNED.number,
        "sha256": {kind: hashlib.sha256(body).hexdigest() for kind, (_, body) in report.files.items()},
    }
    assert (act["actor_id"], act["recorded_at"]) == (office.second.user_id, ISSUED_AT + HALF_AN_HOUR)


# Which issue a file is.


def test_file_is_known_by_its_bytes_and_one_changed_byte_is_not(office: Office) -> None:
    issue(office)
    issue(office, reason="salah jumlah")
    issue(office, "pengawalan")
    stored = files(office)
    assert len(stored) == 6
    for key, body in stored.items():
        assert found(office, body) == key
        for place in (0, len(body) // 2, len(body) - 1):
            changed = bytearray(body)
            changed[place] ^= 1
            assert found(office, bytes(changed)) is None
        for other in (body + b"\n", body[:-1], body.swapcase(), b""):
            assert found(office, other) is None


def test_file_of_a_report_that_one_may_not_see_is_not_known(office: Office) -> None:
    issue(office)
    issue(office, "pengawalan")
    readers = {
        "pengaduan": {Role.ADMINISTRATOR, Role.PIMPINAN, Role.SEKRETARIS, Role.SUB_BAGIAN_HUKUM},
        "pengawalan": {Role.ADMINISTRATOR, Role.PIMPINAN, Role.SEKRETARIS, Role.KASUBBAG_KUL},
    }
    codes = {row["id"]: row["code"] for row in reports(office)}
    for (report_id, kind), body in files(office).items():
        for role, actor in [(None, office.nobody), *office.actors.items()]:
            seen = role in readers[codes[report_id]]
            assert found(office, body, by=actor) == ((report_id, kind) if seen else None), role
            if seen:
                assert taken_out(office, report_id, kind, by=actor)[1] == body
            else:
                with pytest.raises(NotFound):
                    taken_out(office, report_id, kind, by=actor)


def test_twin_without_the_permission_anybody_learns_of_the_report(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(office)
    monkeypatch.setattr(issue_queries, "may", lambda *_: True)
    assert all(found(office, body, by=office.nobody) for body in files(office).values())


def test_unknown_file_and_kind_are_not_found(office: Office) -> None:
    report_id = issue(office)["report_id"]
    for unknown in ((report_id + 1, "pdf"), (report_id, "docx"), (0, "xlsx")):
        with pytest.raises(NotFound):
            taken_out(office, *unknown)
        with pytest.raises(NotFound):
            record_issue_export(
                office.store, actor=office.sekretaris, now=ISSUED_AT, report_id=unknown[0], kind=unknown[1]
            )
    assert acts(office, "exported") == []


def test_report_that_names_a_hidden_case_is_taken_out_by_others_alone(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    number = case_row(office, case_id)["register_no"]
    report_id = issue(office, report=made(office, facts={"Matriks": {number: {"Status": "x"}}}))["report_id"]
    name(office, office.sekretaris, case_id)
    with pytest.raises(NotFound):
        taken_out(office, report_id, "pdf")
    with pytest.raises(NotFound):
        record_issue_export(
            office.store, actor=office.sekretaris, now=ISSUED_AT, report_id=report_id, kind="pdf"
        )
    assert taken_out(office, report_id, "pdf", by=office.second)
    assert acts(office, "exported") == []
