"""The sample year: the same twice, whole, believable, and with an open case in each state on any day."""

import base64
import json
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import audit
from models.access import Actor, Role
from models.attachment_content import inspect
from models.database import engine, reading
from models.period import Period
from models.queries.compliance import step_counts
from models.queries.duty_facts import DayMonth, daily_facts
from models.queries.slot_facts import EscortSlots, SlotMonth, escort_slots, journal_facts
from models.queries.verdicts import verdict_of
from models.sla import Verdict, deadline, verdict
from models.slots import SlotState
from models.tables import (
    Attachment,
    AttachmentBody,
    AuditEntry,
    CaseConflict,
    CaseFile,
    CaseLink,
    CasePaper,
    DutyEntry,
    JournalEntry,
    Pause,
    StepRound,
    VaultEntry,
)
from models.vault import Vault, attachment_context
from seed import demo
from seed.demo_accounts import SAMPLE_ACCOUNTS
from seed.demo_arrivals import Arrivals
from seed.demo_checks import MailChecks
from seed.demo_course import Course
from seed.demo_office import Office
from seed.demo_pace import Pace
from seed.demo_staged import Staged
from seed.demo_texts import read
from seed.shipped import sops
from tests.moments import shipped_calendar, wib

KEY = base64.urlsafe_b64encode(b"sample year's key for the tests.").decode()
TODAY = date(2026, 11, 21)  # a Saturday
NOW = wib("Sabtu 2026-11-21 10:30").astimezone(UTC)
SOPS = sops()
ESCORT, COMPLAINT = (next(sop for sop in SOPS if sop.code == code) for code in ("pengawalan", "pengaduan"))
SEKRETARIS = Actor(0, "Sekretaris", frozenset({Role.SEKRETARIS}))
R = StepRound

pytestmark = pytest.mark.xdist_group("sample")  # one process builds it, not each


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sample") / "patuh.db"
    demo.build(target, vault=Vault(KEY), today=TODAY)
    return target


@pytest.fixture
def store(sample: Path) -> Iterator[Engine]:
    made = engine(f"sqlite:///{sample}")
    yield made
    made.dispose()


def dump(path: Path) -> list[str]:
    """Every row of every table, but for what must differ: password hashes and sealed values."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE user_account SET password_hash = ''")
        connection.execute("UPDATE vault_entry SET sealed = ''")
        connection.execute("UPDATE attachment_body SET sealed = ''")
        lines = list(connection.iterdump())
        connection.rollback()
    connection.close()
    return lines


def column(store: Engine, *columns: Any, where: Sequence[Any] = ()) -> list[Any]:
    with reading(store) as connection:
        rows = connection.execute(select(*columns).where(*where)).all()
    return [row[0] if len(columns) == 1 else tuple(row) for row in rows]


def entries(store: Engine, journal_key: str, **holding: object) -> list[dict[str, Any]]:
    """What the entries of a logbook say, in the order of what happened, with when; those that hold these values."""
    rows = column(
        store,
        JournalEntry.happened_at,
        JournalEntry.recorded_at,
        JournalEntry.case_id,
        JournalEntry.data,
        where=[JournalEntry.journal_key == journal_key],
    )
    found = [
        {"happened_at": at, "recorded_at": recorded_at, "case_id": case_id, **data}
        for at, recorded_at, case_id, data in sorted(rows, key=lambda row: row[0])
    ]
    return [entry for entry in found if all(entry.get(key) == value for key, value in holding.items())]


SEMESTERS = ((2025, 2), (2026, 1), (2026, 2))


def months_of(year: int, half: int) -> tuple[int, int]:
    period = Period.semester(year, half)
    return period.first_on.year * 100 + period.first_on.month, year * 100 + period.last_on.month


def test_build_same_date_gives_same_sample(sample: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    program = (
        "import sys; from datetime import date; from pathlib import Path; from models.vault import Vault;"
        "from seed.demo import build;"
        "build(Path(sys.argv[1]), vault=Vault(sys.argv[2]), today=date.fromisoformat(sys.argv[3]))"
    )
    # Another process with another order of sets: what follows their order would differ here.
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/New_York"}
    arguments = [sys.executable, "-c", program, str(again), KEY, TODAY.isoformat()]
    subprocess.run(arguments, check=True, env=environment, cwd=Path(demo.__file__).parent.parent)
    assert dump(again) == dump(sample)


def test_dump_of_sample_shows_a_single_changed_moment(sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(sample.read_bytes())
    with sqlite3.connect(other) as connection:
        connection.execute("UPDATE case_file SET received_at = '2026-01-05 03:00' WHERE id = 150")
    connection.close()
    assert len(set(dump(other)) ^ set(dump(sample))) == 2


def test_build_existing_target_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "patuh.db"
    target.write_text("somebody's data")
    with pytest.raises(FileExistsError):
        demo.build(target, vault=Vault(KEY), today=TODAY)
    assert target.read_text() == "somebody's data"


class PowerCut(Vault):
    """Stops the build at its third sealed value."""

    sealed = 0

    def seal(self, text: str, *, case_id: int, field_key: str) -> bytes:
        self.sealed += 1
        if self.sealed == 3:
            raise KeyboardInterrupt
        return super().seal(text, case_id=case_id, field_key=field_key)


def test_build_interrupted_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        demo.build(tmp_path / "patuh.db", vault=PowerCut(KEY), today=TODAY)
    assert list(tmp_path.iterdir()) == []


def test_store_of_sample_writes_safely_again(store: Engine) -> None:
    with reading(store) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 3


def test_cases_are_a_years_worth(store: Engine) -> None:
    found = Counter(column(store, CaseFile.code))
    assert found["pengawalan"] >= 60
    assert found["pengaduan"] >= 120
    received = column(store, CaseFile.received_at)
    calendar = shipped_calendar()
    assert demo.began_on(TODAY) == date(2025, 7, 1)
    assert {calendar.local_date(at).month for at in received} == set(range(1, 13))
    assert min(received) >= calendar.midnight(date(2025, 7, 1))


def test_register_numbers_follow_one_another(store: Engine) -> None:
    for code in ("pengawalan", "pengaduan"):
        rows = column(store, CaseFile.register_year, CaseFile.register_seq, where=[CaseFile.code == code])
        by_year: dict[int, list[int]] = {}
        for year, seq in rows:
            by_year.setdefault(year, []).append(seq)
        assert sorted(by_year) == [2025, 2026]
        assert all(sorted(seqs) == list(range(1, len(seqs) + 1)) for seqs in by_year.values())


def test_every_verdict_and_final_status_occurs(store: Engine) -> None:
    verdicts = Counter(column(store, verdict_of(NOW)))
    shown_nowhere = {Verdict.PAUSED, Verdict.NOT_STARTED}  # a pause moves no verdict; not begun has no round
    assert set(verdicts) == {str(known) for known in Verdict if known not in shown_nowhere}
    assert 3 <= verdicts["overdue"] <= 5
    for sop in SOPS:
        held = set(column(store, CaseFile.status, where=[CaseFile.code == sop.code]))
        assert {status.key for status in sop.statuses if status.final} <= held
        open_steps = set(column(store, R.step_key, where=[R.code == sop.code, R.state == "open"]))
        assert open_steps == {step.key for step in sop.case_steps if not step.automatic}


def test_open_cases_include_the_telling_ones(store: Engine) -> None:
    handed_back = column(store, R.step_key, where=[R.state == "open", R.round_no > 1])
    assert {"review", "prepare_papers"} <= set(handed_back)
    upcoming = [CaseFile.short_notice, CaseFile.closed_at.is_(None), CaseFile.departs_at > NOW]
    assert column(store, CaseFile.id, where=upcoming)
    under_way = [
        R.step_key == "escort",
        R.state == "open",
        CaseFile.departs_at < NOW,
        CaseFile.returns_at > NOW,
    ]
    with reading(store) as connection:
        joined = select(R.id).join(CaseFile, CaseFile.id == R.case_id).where(*under_way)
        assert connection.execute(joined).all()


def test_nothing_lies_in_the_future(store: Engine) -> None:
    columns = (
        *(R.started_at, R.finished_at, R.recorded_at, R.begun_at, CaseFile.received_at, CaseFile.closed_at),
        *(JournalEntry.happened_at, JournalEntry.recorded_at, DutyEntry.happened_at, DutyEntry.recorded_at),
        *(Pause.started_at, Pause.ended_at, Attachment.recorded_at, CasePaper.recorded_at),
        *(CaseLink.recorded_at, CaseConflict.recorded_at, AuditEntry.recorded_at, AuditEntry.happened_at),
    )
    found = {str(one): [at for at in column(store, one) if at] for one in columns}
    assert all(found.values())
    moments = [at for ats in found.values() for at in ats]
    assert len(moments) > 10_000
    assert max(moments) <= NOW
    handed_over = [
        data["control_handed_over_at"] for data in entries(store, "situation_log", situation="unsafe")
    ]
    assert handed_over
    assert max(datetime.fromisoformat(at) for at in handed_over) <= NOW
    assert max(moments) > NOW - timedelta(hours=1)  # and it does reach up to today


def test_trail_is_whole_and_in_order_of_time(store: Engine) -> None:
    with reading(store) as connection:
        assert list(audit.verify(connection)) == []
        query = select(AuditEntry.recorded_at).order_by(AuditEntry.seq)
        recorded = list(connection.execute(query).scalars())
    assert recorded == sorted(recorded)
    assert recorded != sorted(recorded, reverse=True)


def shares_on_time(store: Engine) -> list[float]:
    """The share on time of each semester, both SOPs together."""
    found = []
    for year, half in SEMESTERS:
        months = months_of(year, half)
        with reading(store) as connection:
            counts = [
                count
                for sop in SOPS
                for count in step_counts(connection, actor=SEKRETARIS, sop=sop, months=months, as_of=NOW)
            ]
        on_time = sum(count.on_time for count in counts)
        found.append(on_time / sum(count.on_time + count.late + count.overdue for count in counts))
    return found


def test_share_on_time_is_believable_and_improves(store: Engine) -> None:
    shares = shares_on_time(store)
    assert all(0.80 <= share <= 0.93 for share in shares)
    assert shares == sorted(shares)
    assert shares[-1] - shares[0] > 0.02


def test_steps_are_done_in_working_time(store: Engine) -> None:
    calendar = shipped_calendar()
    by_office = [R.state == "done", R.counted, R.finished_at.is_not(None)]
    finished = column(store, R.finished_at, where=by_office)
    working = sum(calendar.is_working(at - timedelta(minutes=1)) for at in finished)
    assert working / len(finished) > 0.9
    assert working < len(finished)  # some overtime


def test_habits_of_recording_show(store: Engine) -> None:
    late = [R.counted, R.state == "done", R.finished_at >= R.late_from]
    reasons = column(store, R.late_reason, where=late)
    assert 0.75 < sum(reason is not None for reason in reasons) / len(reasons) < 1
    in_time = [R.state == "done", R.finished_at < R.late_from, R.late_reason.is_not(None)]
    assert column(store, R.id, where=in_time) == []
    assert 0.02 < len(column(store, R.id, where=[R.recorded_late])) / 1200 < 0.10
    assert len(column(store, R.id, where=[R.recorded_for.is_not(None)])) > 20
    acts = Counter(column(store, AuditEntry.action))
    assert acts["step.corrected"] >= 5
    assert acts["step.returned"] >= 5


def test_review_branches_have_their_shares(store: Engine) -> None:
    reviewed = Counter(column(store, R.outcome, where=[R.step_key == "review", R.outcome.is_not(None)]))
    wanted = {"oversight": 30, "not_oversight": 40, "other_agency": 15, "other_unit": 7, "not_actionable": 8}
    for outcome, share in wanted.items():
        assert abs(100 * reviewed[outcome] / reviewed.total() - share) < 5
    examined = [R.step_key == "examination", R.counted.is_(True)]
    left_out = [R.step_key == "examination", R.state == "skipped", R.outcome.is_(None)]
    share = len(column(store, R.id, where=left_out))
    assert 0.3 < share / (share + len(column(store, R.id, where=examined))) < 0.7


def test_semester_duties_are_done_and_one_is_late(store: Engine) -> None:
    owed = column(
        store, R.step_key, R.period, R.state, R.finished_at >= R.late_from, where=[R.period.is_not(None)]
    )
    assert sorted(owed) == [
        ("recapitulation", "2025-2", "done", False),
        ("recapitulation", "2026-1", "done", False),
        ("semester_report", "2025-2", "done", True),
        ("semester_report", "2026-1", "done", False),
    ]


def log_book(store: Engine) -> list[SlotMonth]:
    """The slots of each semester, summed up under its last month."""
    found = []
    for year, half in SEMESTERS:
        with reading(store) as connection:
            (facts,) = journal_facts(
                connection, actor=SEKRETARIS, sop=ESCORT, months=months_of(year, half), as_of=NOW
            )
        sums = [
            sum(getattr(month, name) for month in facts.months) for name in ("due", "filled", "filled_late")
        ]
        found.append(SlotMonth(months_of(year, half)[1], *sums))
    return found


def journeys(store: Engine) -> list[EscortSlots]:
    with reading(store) as connection:
        return escort_slots(
            connection,
            actor=SEKRETARIS,
            sop=ESCORT,
            journal=next(journal for journal in ESCORT.journals if journal.every_minutes),
            months=(202507, 202612),
            as_of=NOW,
        )


def test_log_book_is_kept_better_each_semester(store: Engine) -> None:
    found = log_book(store)
    shares = [semester.filled / semester.due for semester in found]
    assert all(semester.due > 150 for semester in found)
    assert 0.76 <= shares[0] <= 0.84
    assert 0.90 <= shares[2] <= 0.96
    assert shares == sorted(shares)
    assert all(0.03 < semester.filled_late / semester.filled < 0.15 for semester in found)


def test_nights_are_missed_more_often_than_days(store: Engine) -> None:
    slots = [slot for journey in journeys(store) for slot in journey.escort.row.slots]
    due = [
        slot for slot in slots if slot.state in (SlotState.FILLED, SlotState.FILLED_LATE, SlotState.MISSED)
    ]
    missed: dict[bool, list[bool]] = {True: [], False: []}
    for slot in due:
        at_night = not 5 <= (slot.start_at + timedelta(hours=7)).hour < 22
        missed[at_night].append(slot.state is SlotState.MISSED)
    by_night, by_day = (sum(missed[at_night]) / len(missed[at_night]) for at_night in (True, False))
    assert by_night > 2 * by_day > 0


def test_one_escort_recorded_four_slots_together(store: Engine) -> None:
    assert [len(one.escort.row.together) for one in journeys(store) if one.escort.row.together] == [4]


def test_one_escort_is_under_way_with_its_book_up_to_the_hour(store: Engine) -> None:
    (running,) = [one for one in journeys(store) if not one.escort.ended and one.escort.start_at <= NOW]
    row = running.escort.row
    assert NOW - timedelta(days=2) < running.escort.start_at < NOW
    assert running.escort.end_at is not None
    assert NOW < running.escort.end_at < NOW + timedelta(days=2)
    assert len(row.in_state(SlotState.RUNNING)) == 1
    assert len(row.missed) == len(row.in_state(SlotState.FILLED_LATE)) == 1
    own = entries(store, "mutation_book", case_id=running.case_id)
    assert NOW - timedelta(hours=1) < own[-1]["happened_at"] < own[-1]["recorded_at"] < NOW
    assert [entry["situation"] for entry in entries(store, "situation_log", case_id=running.case_id)] == [
        "safe"
    ]
    assert entries(store, "threat_analysis", case_id=running.case_id)


def test_escorts_began_when_they_left(store: Engine) -> None:
    rows = column(
        store, R.begun_at, R.finished_at, R.case_id, where=[R.step_key == "escort", R.state == "done"]
    )
    planned = dict(column(store, CaseFile.id, CaseFile.departs_at))
    assert len(rows) > 50
    for begun_at, finished_at, case_id in rows:
        assert begun_at < finished_at
        assert abs(begun_at - planned[case_id]) < timedelta(hours=1)
    checked = entries(store, "equipment_check")
    begun = {case_id: begun_at for begun_at, _, case_id in rows}
    assert 0.8 < len({entry["case_id"] for entry in checked} & set(begun)) / len(begun) < 1
    assert all(entry["recorded_at"] < begun.get(entry["case_id"], NOW) for entry in checked)


def test_one_escort_was_unsafe_and_is_safe_again(store: Engine) -> None:
    (unsafe,) = entries(store, "situation_log", situation="unsafe")
    after = entries(store, "situation_log", case_id=unsafe["case_id"])
    assert [entry["situation"] for entry in after] == ["unsafe", "safe"]
    assert unsafe["police_phone"] == "0759-000000"
    assert "Reka" in unsafe["police_contact"]
    handed_over_at = datetime.fromisoformat(unsafe["control_handed_over_at"])
    assert unsafe["happened_at"] < handed_over_at < after[1]["happened_at"]
    until = [entry["happened_at"] for entry in after]
    log = entries(store, "mutation_book", case_id=unsafe["case_id"])
    in_danger = [entry for entry in log if entry["situation"] == "unsafe"]
    assert in_danger == [entry for entry in log if until[0] <= entry["happened_at"] < until[1]] != []
    assert column(store, CaseFile.closed_at, where=[CaseFile.id == unsafe["case_id"]]) != [None]


def test_books_beside_the_log_have_something_in_them(store: Engine) -> None:
    incidents = entries(store, "pocket_book")
    assert len(incidents) == len({entry["incident"] for entry in incidents}) == 5
    assert len(entries(store, "threat_analysis")) == 2
    assert 10 < len(entries(store, "notes")) < 60
    crew = {*read("escorts")["words"]["crew"]}
    written = {name for entry in entries(store, "mutation_book") for name in entry["officers"]}
    assert written <= crew


def mail_checks(store: Engine) -> list[DayMonth]:
    with reading(store) as connection:
        (facts,) = daily_facts(
            connection, actor=SEKRETARIS, sop=COMPLAINT, months=(202507, 202612), as_of=NOW,
            began_on=date(2025, 7, 1),
        )  # fmt: skip
    return list(facts.months)


def test_mailbox_is_looked_into_on_most_days_and_more_each_semester(store: Engine) -> None:
    found = mail_checks(store)
    shares = []
    for year, half in SEMESTERS:
        first, last = months_of(year, half)
        own = [month for month in found if first <= month.month <= last]
        shares.append(sum(month.done for month in own) / sum(month.due for month in own))
    assert shares == sorted(shares)
    assert 0.90 < shares[0] < shares[-1] < 0.98
    assert 0.92 < sum(month.done for month in found) / sum(month.due for month in found) < 0.96
    opened = column(store, CaseFile.data, where=[CaseFile.recorded_at < shipped_calendar().midnight(TODAY)])
    by_mail = [data for data in opened if data.get("channel") == "email"]
    assert sum(month.found["complaints_found"] for month in found) == len(by_mail) > 10
    assert any(month.recorded_late for month in found)
    days = column(store, DutyEntry.on_date)
    assert len(days) == len(set(days))
    assert all(shipped_calendar().is_working_day(day) for day in days)


def test_mailbox_of_today_is_still_to_be_looked_into() -> None:
    calendar = shipped_calendar()
    now = demo.last_moment(calendar, date(2026, 11, 20))  # a working day
    dice, began_on = random.Random(0), demo.began_on(date(2026, 11, 20))
    store = engine("sqlite://")
    pace = Pace(calendar, dice, began_on, now)
    office = Office(
        store=store, vault=Vault(KEY), calendar=calendar, actors={}, pace=pace, dice=dice, now=now
    )
    MailChecks(office, began_on).plan([])
    store.dispose()
    planned = [act.args[0] for _, _, act in office._waiting]  # type: ignore[attr-defined]
    assert calendar.local_date(max(planned)) == date(2026, 11, 19)


def test_complaints_wait_for_their_reporters(store: Engine) -> None:
    rows = column(store, Pause.kind, Pause.started_at, Pause.ended_at)
    assert [kind for kind, _, _ in rows] == ["reporter", "reporter"]
    assert sorted(ended_at is None for _, _, ended_at in rows) == [False, True]
    waiting = column(store, Pause.case_id, where=[Pause.ended_at.is_(None)])
    assert column(store, CaseFile.closed_at, where=[CaseFile.id.in_(waiting)]) == [None]


def test_related_cases_are_about_the_same(store: Engine) -> None:
    pairs = column(store, CaseLink.case_id, CaseLink.other_id)
    assert len(pairs) == 2
    category = {case_id: data["problem_category"] for case_id, data in column(
        store, CaseFile.id, CaseFile.data, where=[CaseFile.id.in_([one for pair in pairs for one in pair])]
    )}  # fmt: skip
    assert all(category[one] == category[other] for one, other in pairs)
    assert len(column(store, CaseConflict.id)) == 1


def test_files_of_complaints_go_through_the_dispatch_book(store: Engine) -> None:
    handed_on = entries(store, "expedition_book")
    names = {name for _, name, _ in SAMPLE_ACCOUNTS}
    assert {entry["received_by"] for entry in handed_on} <= names
    by_case: dict[int, list[str]] = {}
    for entry in handed_on:
        by_case.setdefault(entry["case_id"], []).append(entry["to_unit"])
    assert len(by_case) / len(column(store, CaseFile.id, where=[CaseFile.code == "pengaduan"])) > 0.75
    assert Counter(map(tuple, by_case.values())).most_common(1)[0][0] == ("Sekretaris", "Sub Bagian Hukum")


def test_attached_files_are_whole_and_say_what_they_are(store: Engine) -> None:
    rows = column(store, Attachment.id, Attachment.case_id, Attachment.title, Attachment.filename,
                  Attachment.sha256, Attachment.confidential)  # fmt: skip
    sealed = dict(column(store, AttachmentBody.attachment_id, AttachmentBody.sealed))
    assert 10 <= len({row[1] for row in rows}) <= 24
    for attachment_id, case_id, title, filename, sha256, confidential in rows:
        body = Vault(KEY).open_bytes(sealed[attachment_id], context=attachment_context(case_id, sha256))
        if confidential:  # its own name is sealed with it
            assert filename.startswith("lampiran-rahasia.")
            name, _, body = body.partition(b"\n")
            filename = json.loads(name)
        assert inspect(body, filename=filename).filename == filename
        assert "(contoh)" in title
        assert b"CONTOH" in body or filename.endswith(".png")
        assert confidential is ("pengaduan" in filename)


def test_reports_to_the_whistleblowing_system_are_not_copied(store: Engine) -> None:
    rows = column(store, CaseFile.id, CaseFile.data, where=[CaseFile.code == "pengaduan"])
    reports = {case_id: data for case_id, data in rows if data["channel"] == "wbs"}
    assert reports
    assert all(set(data) == {"channel", "reference_number"} for data in reports.values())
    assert column(store, VaultEntry.case_id, where=[VaultEntry.case_id.in_(reports)]) == []


def test_most_outputs_are_there_and_some_papers_filled_in(store: Engine) -> None:
    rows = column(store, R.outputs_due, R.outputs_held, where=[R.outputs_due.is_not(None)])
    assert 0.88 < sum(held for _, held in rows) / sum(due for due, _ in rows) < 0.97
    saved = Counter(column(store, CasePaper.document_key))
    assert saved["assignment_letter"] >= 8
    assert saved["travel_report"] >= 4
    signed = [data["signatory_name"] for key, data in column(store, CasePaper.document_key, CasePaper.data)
              if key == "assignment_letter"]  # fmt: skip
    assert set(signed) == {"Darwin Sakerebau"}
    asked = dict(column(store, R.case_id, R.data, where=[R.step_key == "write_report", R.state == "done"]))
    reported = [data.get("sipada_reported") for data in asked.values()]
    assert all("output_digital_report" not in data for data in asked.values() if not data["sipada_reported"])
    assert 0 < reported.count(False) < len(reported) / 2


def test_reporters_are_in_the_vault_only(store: Engine) -> None:
    vault = Vault(KEY)
    with reading(store) as connection:
        rows = connection.execute(select(VaultEntry).where(VaultEntry.field_key == "reporter_name")).all()
        plain = [*connection.execute(select(AuditEntry.details)).scalars()]
        plain += [str(data) for data in connection.execute(select(CaseFile.data)).scalars()]
    names = {vault.open(row.sealed, case_id=row.case_id, field_key=row.field_key) for row in rows}
    assert len(names) > 20
    persons = [name for name in names if name.split()[-1] in read("people")["last"]]
    assert persons
    assert not [name for name in persons if any(name in text for text in plain)]


EXPECTED = (  # open step and verdicts of each staged case, in their order
    ("disposition", "running"),
    ("disposition", "at_risk"),
    ("disposition", "overdue"),
    ("review", "running"),
    ("review", "at_risk"),
    ("review", "overdue"),
    ("review", "running"),
    ("written_follow_up", "running"),
    ("written_follow_up", "running at_risk"),
    ("examination", "running"),
    ("examination", "at_risk"),
    ("result_receipt", "running"),
    ("result_receipt", "overdue"),
    ("recording", "running"),
    ("confirm_schedule", "running"),
    ("prepare_personnel", "running"),
    ("prepare_papers", "running"),
    ("order_escort", "overdue"),
    ("prepare_papers", "running"),
    ("coordinate", "running"),
    ("escort", "running at_risk"),
    ("write_report", "unmeasured"),
    ("evaluate", "unmeasured"),
)


def staged(today: date) -> tuple[list[Course], datetime]:
    calendar = shipped_calendar()
    now = demo.last_moment(calendar, today)
    dice = random.Random(0)
    arrivals = Arrivals(calendar, dice, demo.began_on(today), now)
    return Staged(calendar, dice, arrivals, now).courses(), now


def verdict_of_course(course: Course, step_key: str, now: datetime) -> str:
    """The verdict of the open step by the pure rules, from the script alone."""
    step = next(sop for sop in SOPS if sop.code == course.code).step(step_key)
    acts = [act.at for act in course.script or () if act.how != "skipped"]
    limit = deadline(
        start_at=max(acts, default=course.received_at),
        target=step.target,
        calendar=shipped_calendar(),
        planned_end_at=course.form.get("returns_at"),
        not_after_at=course.departs_at if step.before_departure else None,
    )
    return str(
        verdict(late_from=limit.late_from, at_risk_from=limit.at_risk_from, finished_at=None, as_of=now)
    )


def test_staged_cases_stand_as_meant_on_every_day() -> None:
    wrong = []
    for today in (date(2026, 1, 1) + timedelta(days=n) for n in range(800)):
        courses, now = staged(today)
        assert len(courses) == len(EXPECTED)
        for course, (step_key, meant) in zip(courses, EXPECTED, strict=True):
            found = verdict_of_course(course, step_key, now)
            if found not in meant.split():
                wrong.append((today, step_key, meant, found))
            moments = [course.received_at, *(act.at for act in course.script or ())]
            assert moments == sorted(moments)
            assert moments[-1] < now
    assert wrong == []


def test_staged_cases_an_hour_later_would_not_all_stand_as_meant() -> None:
    courses, now = staged(TODAY)
    later = now + timedelta(days=3)
    found = [
        verdict_of_course(course, key, later) for course, (key, _) in zip(courses, EXPECTED, strict=True)
    ]
    assert found.count("overdue") > 5
