"""An office with 100,000 rounds of steps, written past the commands: it exists to be read, not to be believed.

Every case has a round of each of its steps, one in six late; the youngest are open. The clock stands at `NOW` of
`tests.conftest`. There is no trail, no reporter's identity, and the times follow no calendar.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select

from models.commands.case_form import case_columns
from models.database import engine, reading, transaction
from models.form_data import clean
from models.migrate import migrate
from models.queries.sops import sop_in_force
from models.sop import Sop, register_number
from models.tables import CaseFile, StepRound
from models.vault import load_or_create_keys
from seed import shipped
from seed.demo_accounts import add_sample_accounts
from tests.conftest import NOW
from tests.factories import complaint_form, escort_form

BEGAN_ON = date(2026, 1, 1)
FIRST_SEMESTER, SECOND_SEMESTER = 10_000, 2_000  # complaints; the workbook's budgets are for so many cases
ESCORTS = 2_000
OPEN = 150  # of each SOP, the youngest
LATE_EVERY = 6
_BEGAN_AT = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
_MIDDLE = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
_CHANNELS = ("direct", "email")
_FORMS = {"pengawalan": escort_form, "pengaduan": complaint_form}


def build(folder: Path) -> Engine:
    """Make the office in `folder`, as the program keeps it; returns its engine, which the caller disposes of."""
    store = _prepared(folder)
    _add(store, "pengaduan", count=FIRST_SEMESTER, first_at=_BEGAN_AT, last_at=_MIDDLE - timedelta(days=8))
    _add(store, "pengaduan", count=SECOND_SEMESTER, first_at=_MIDDLE, last_at=NOW, open_cases=OPEN)
    _add(store, "pengawalan", count=ESCORTS, first_at=_BEGAN_AT, last_at=NOW, open_cases=OPEN)
    return store


def build_register(folder: Path, *, count: int) -> Engine:
    """Make an office with a register of `count` complaints and no more rounds than its open cases need."""
    store = _prepared(folder)
    closed = count - OPEN
    _add(store, "pengaduan", count=closed, first_at=_BEGAN_AT, last_at=_MIDDLE, with_rounds=False)
    _add(store, "pengaduan", count=OPEN, first_at=_MIDDLE, last_at=NOW, open_cases=OPEN)
    return store


def _prepared(folder: Path) -> Engine:
    folder.mkdir(mode=0o700)
    load_or_create_keys(folder / "vault.key")
    store = engine(f"sqlite:///{folder / 'patuh.db'}")
    migrate(store)
    shipped.prepare(store, now=_BEGAN_AT, began_on=BEGAN_ON)
    add_sample_accounts(store, now=_BEGAN_AT)
    return store


def round_count(store: Engine) -> int:
    """How many rounds there are."""
    with reading(store) as connection:
        return connection.execute(select(func.count()).select_from(StepRound)).scalar_one()


def _add(
    store: Engine,
    code: str,
    *,
    count: int,
    first_at: datetime,
    last_at: datetime,
    open_cases: int = 0,
    with_rounds: bool = True,
) -> None:
    with transaction(store) as connection:
        version_id, sop = sop_in_force(connection, code, NOW.date())
        highest = connection.execute(
            select(func.max(CaseFile.id), func.max(CaseFile.register_seq).filter(CaseFile.code == code))
        ).one()
        case_id, seq = (value or 0 for value in highest)
        cases, rounds = [], []
        for n in range(1, count + 1):
            received_at = (first_at + (last_at - first_at) * (n / count)).replace(second=0, microsecond=0)
            stays_open = n > count - open_cases
            made = list(
                _rounds(sop, case_id=case_id + n, received_at=received_at, n=n, stays_open=stays_open)
            )
            cases.append(
                _case(sop, case_id=case_id + n, seq=seq + n, received_at=received_at, last=made[-1])
                | {"sop_version_id": version_id}
            )
            if with_rounds:
                rounds += [row | {"sop_version_id": version_id} for row in made]
        connection.execute(insert(CaseFile), cases)
        if rounds:
            connection.execute(insert(StepRound), rounds)


def _case(
    sop: Sop, *, case_id: int, seq: int, received_at: datetime, last: Mapping[str, Any]
) -> dict[str, Any]:
    number = register_number(sop, seq=seq, received_on=received_at.date())
    closed_at = last["finished_at"]
    form = _FORMS[sop.code]()
    form[sop.subject_field] = f"{form[sop.subject_field]} {seq}"
    return {
        "id": case_id,
        **case_columns(sop, clean(sop.fields, form), register_no=number),
        "code": sop.code,
        "register_no": number,
        "register_year": received_at.year,
        "register_seq": seq,
        "received_at": received_at,
        "received_month": received_at.year * 100 + received_at.month,
        "status": next(status.key for status in sop.statuses if status.final)
        if closed_at
        else sop.step(last["step_key"]).status,
        "closed_at": closed_at,
        "next_due_at": None if closed_at else last["due_at"],
        "recorded_at": received_at,
        "recorded_by": 1,
    }


def _rounds(
    sop: Sop, *, case_id: int, received_at: datetime, n: int, stays_open: bool
) -> Iterator[dict[str, Any]]:
    """A round per step, each half a day after the one before; the last of an open case is not finished."""
    steps = sop.case_steps[: 1 + n % len(sop.case_steps)] if stays_open else sop.case_steps
    started_at = received_at
    for place, step in enumerate(steps):
        due_at = started_at + timedelta(hours=12)
        late = (n + place) % LATE_EVERY == 0
        finished_at = due_at + timedelta(hours=1 if late else -2)
        done = not (stays_open and place == len(steps) - 1)
        yield {
            "case_id": case_id,
            "code": sop.code,
            "step_key": step.key,
            "state": "done" if done else "open",
            "counted": step.counted,
            "executor": step.executor,
            "started_at": started_at,
            "at_risk_from": due_at - timedelta(hours=2),
            "due_at": due_at,
            "late_from": due_at,
            "due_month": due_at.year * 100 + due_at.month,
            "finished_at": finished_at if done else None,
            "worked_minutes": 300 if done else None,
            "data": {},
            "recorded_at": finished_at if done else None,
            "recorded_by": 1 if done else None,
        }
        started_at = finished_at
