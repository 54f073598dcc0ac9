"""The sample year: the same twice, whole, believable, and with an open case in each state on any day."""

import base64
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
from models.database import engine, reading
from models.period import Period
from models.queries.compliance import step_counts
from models.queries.verdicts import verdict_of
from models.sla import Verdict, deadline, verdict
from models.tables import AuditEntry, CaseFile, StepRound, VaultEntry
from models.vault import Vault
from seed import demo
from seed.demo_arrivals import Arrivals
from seed.demo_course import Course
from seed.demo_staged import Staged
from seed.demo_texts import read
from seed.shipped import sops
from tests.moments import shipped_calendar, wib

KEY = base64.urlsafe_b64encode(b"sample year's key for the tests.").decode()
TODAY = date(2026, 11, 21)  # a Saturday
NOW = wib("Sabtu 2026-11-21 10:30").astimezone(UTC)
SOPS = sops()
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
        lines = list(connection.iterdump())
        connection.rollback()
    connection.close()
    return lines


def column(store: Engine, *columns: Any, where: Sequence[Any] = ()) -> list[Any]:
    with reading(store) as connection:
        rows = connection.execute(select(*columns).where(*where)).all()
    return [row[0] if len(columns) == 1 else tuple(row) for row in rows]


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
    shown_nowhere = {Verdict.PAUSED, Verdict.NOT_STARTED}  # no pause yet; a step not begun has no round
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
    columns = (R.started_at, R.finished_at, R.recorded_at, CaseFile.received_at, CaseFile.closed_at)
    moments = [at for one in (*columns, AuditEntry.recorded_at) for at in column(store, one) if at]
    assert len(moments) > 5000
    assert max(moments) <= NOW
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
    for year, half in ((2025, 2), (2026, 1), (2026, 2)):
        period = Period.semester(year, half)
        months = (period.first_on.year * 100 + period.first_on.month, year * 100 + period.last_on.month)
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
