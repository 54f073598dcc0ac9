"""What the made-up office owes each semester: recapitulation and report of complaints, one of them late."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from models.access import Role
from models.commands.duties import open_duties
from models.commands.steps import finish_step
from models.database import reading
from models.period import Period, semester
from models.queries.case_file import round_view
from models.queries.worklist import OpenStep, worklist
from models.sop import Sop
from seed.demo_entries import Entry, entered
from seed.demo_office import Office


@dataclass(slots=True)
class Duties:
    """Opens the duties the morning a semester has ended, and has them done."""

    office: Office
    sops: list[Sop]
    began_on: date

    def await_ends(self) -> None:
        """Wait for the end of every semester of the sample."""
        year, half = semester(self.began_on)
        while True:
            last_on = Period.semester(year, half).last_on
            opens_at = self.office.calendar.midnight(last_on + timedelta(days=1)) + timedelta(minutes=5)
            if opens_at > self.office.now:
                return
            self.office.at(opens_at, self._open)
            year, half = (year, 2) if half == 1 else (year + 1, 1)

    def _open(self, now: datetime) -> None:
        open_duties(self.office.store, now=now)
        with reading(self.office.store) as connection:
            waiting = worklist(
                connection,
                actor=self.office.actors[Role.SUB_BAGIAN_HUKUM],
                sops=self.sops,
                as_of=now,
                for_others=False,
            )
        for owed in waiting:
            if owed.period is not None and owed.started_at <= now < owed.started_at + timedelta(days=1):
                self._plan(owed)

    def _plan(self, owed: OpenStep) -> None:
        """In the afternoon of the due date; the first report of the sample comes two working days later."""
        calendar = self.office.calendar
        due_on = calendar.local_date(owed.due_at or owed.started_at)
        first = semester(self.began_on) == semester(calendar.local_date(owed.started_at) - timedelta(days=1))
        if first and owed.step_key == "semester_report":
            due_on = calendar.nth_working_day_after(due_on, 2)
        done_at = calendar.midnight(due_on) + timedelta(hours=13, minutes=self.office.dice.randrange(10, 110))
        self.office.at(done_at + timedelta(minutes=9), partial(self._finish, owed, done_at))

    def _finish(self, owed: OpenStep, finished_at: datetime, now: datetime) -> None:
        hukum = self.office.actors[Role.SUB_BAGIAN_HUKUM]
        with reading(self.office.store) as connection:
            sop, row = round_view(connection, actor=hukum, round_id=owed.round_id, as_of=now)
        step = sop.step(row.step_key)
        on = self.office.calendar.local_date(finished_at)
        entry = Entry(
            dice=self.office.dice, finished_at=finished_at, on=on, outcome=None, subject={}, form={}
        )
        finish_step(
            self.office.store,
            actor=hukum,
            token=self.office.token(),
            now=now,
            round_id=owed.round_id,
            expected_version=row.version,
            finished_at=finished_at,
            data=entered(step, entry),
            late_reason=self.office.pace.late_reason(
                step.key, finished_at=finished_at, late_from=row.late_from, by_sea=False
            ),
        )
