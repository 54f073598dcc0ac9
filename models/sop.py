"""What a SOP says, as values: steps, targets, branches, forms, logbooks, duties and the words for them.

Decisions (2026-11):
- A SOP is data. Nothing in the program knows the number of steps or the name of a field; `models.sop_file` reads one
  TOML file into these frozen values and refuses a file that contradicts itself, so readers need not check again.
- Labels are ours and carry both languages; `activity`, `original`, `inputs`, `remark` and the head are the SOP's own
  words and stay Indonesian whatever the reader's language.
- A step whose executor the source lost is marked `reconstructed`, with the reason and how sure we are: it is an
  editable assumption and never shown as the SOP's own word.
- A periodic step (a recapitulation each semester) belongs to the SOP's table but to no case: `case_steps` leaves it
  out, `periodic_steps` lists it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from models.sla import Target
from models.sop_books import Duty, Journal, Limit
from models.sop_document import Document
from models.sop_form import Choice, Condition, Field, FieldType, Group, Label, named

__all__ = [
    "Assumption",
    "Choice",
    "Condition",
    "Correction",
    "Document",
    "Duty",
    "Executor",
    "Field",
    "FieldType",
    "Group",
    "Head",
    "Journal",
    "Label",
    "Limit",
    "Outcome",
    "Output",
    "Periodic",
    "Sop",
    "Status",
    "Step",
    "register_number",
]

ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True, slots=True)
class Executor:
    """Who does a step. `role` records it (None: nobody of the office); `outside` is not of the office at all."""

    key: str
    label: Label
    role: str | None
    outside: bool

    def is_one_of(self, roles: Collection[str]) -> bool:
        """Whether somebody with these roles is this executor; `role` alone records on the executor's behalf."""
        return self.key in roles


@dataclass(frozen=True, slots=True)
class Output:
    """A paper or file the step must leave behind."""

    key: str
    label: Label
    required: bool


@dataclass(frozen=True, slots=True)
class Periodic:
    """Due at the closing time of the n-th working day (`working_day`) after each period (`every`: "semester")."""

    every: str
    working_day: int


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the SOP's table.

    `counted` says whether it enters the compliance percentage; `unmeasured_unless` takes a single case out of the
    measure unless the condition on the case's form holds. `before_departure` caps the deadline at the planned
    departure. `automatic` steps are done by opening the case. `time_text` is the SOP's own Waktu, "" if it has none.
    `status` is the status of a case whose current step this is ("" for a periodic step). `begins` names the beginning
    of its own that a step may have after its clock has started ("Berangkat"). With `in_report` a report's list of the
    cases says on which day the step was finished.
    """

    key: str
    no: str
    name: Label
    activity: str
    original: tuple[str, ...]
    parts: tuple[str, ...]
    executor: str
    reconstructed: bool
    reconstruction: str
    after: tuple[str, ...]
    target: Target
    time_text: str
    counted: bool
    before_departure: bool
    optional: bool
    automatic: bool
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    fields: tuple[Field, ...]
    outcomes: tuple[str, ...]
    remark: str
    status: str
    periodic: Periodic | None
    unmeasured_unless: Condition | None
    begins: Label | None
    in_report: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result of a step and what follows: the steps it opens at once, those it skips, or the status it closes with."""

    key: str
    label: Label
    opens: tuple[str, ...]
    skips: tuple[str, ...]
    skip_reason: Label | None
    closes: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Where a case stands. Every SOP has the final ones `done` and `withdrawn`."""

    key: str
    label: Label
    final: bool


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the SOP does not say and we took, for the office to confirm."""

    key: str
    text: Label


@dataclass(frozen=True, slots=True)
class ReportWords:
    """What the office calls its report of the SOP and the list of cases in it; `file` begins the names of files."""

    title: Label
    list: Label
    file: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A misspelling of the source and what stands in its place."""

    original: str
    used: str


@dataclass(frozen=True, slots=True)
class Head:
    """The first page of the SOP. `legal_notes` and `notes` are ours: what has changed or is doubtful since."""

    created_on: date
    revised_on: date | None
    approved_on: date | None
    effective_on: date | None
    approved_by: str
    approver_title: str
    approver_id: str
    legal_basis: tuple[str, ...]
    legal_notes: tuple[str, ...]
    qualifications: tuple[str, ...]
    equipment: tuple[str, ...]
    records: tuple[str, ...]
    warnings: tuple[str, ...]
    related: tuple[str, ...]
    notes: tuple[str, ...]
    corrections: tuple[Correction, ...]
    original_columns: str


@dataclass(frozen=True, slots=True)
class Sop:
    """One version of one SOP. `source` is the file's text (line ends "\\n") and `sha256` its hash.

    `subject_otherwise` names a case whose form does not ask for its subject.
    """

    code: str
    version: int
    effective_from: date
    number: str
    title: str
    short: Label
    register: str
    case_noun: Label
    subject_field: str
    subject_otherwise: Label | None
    departure_field: str | None
    return_field: str | None
    received_label: Label
    report: ReportWords | None
    head: Head
    readers: tuple[str, ...]
    openers: tuple[str, ...]
    identity_readers: tuple[str, ...]
    groups: tuple[Group, ...]
    fields: tuple[Field, ...]
    executors: tuple[Executor, ...]
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    statuses: tuple[Status, ...]
    journals: tuple[Journal, ...]
    duties: tuple[Duty, ...]
    limits: tuple[Limit, ...]
    documents: tuple[Document, ...]
    assumptions: tuple[Assumption, ...]
    sha256: str
    source: str

    def step(self, key: str) -> Step:
        """Return the step; these lookups raise KeyError for a key the file does not have."""
        return named(self.steps, key)

    def field(self, key: str) -> Field:
        """Return a field of the case's form (a step's own fields are in `Step.fields`)."""
        return named(self.fields, key)

    def group(self, key: str) -> Group:
        """Return a heading of the case's form."""
        return named(self.groups, key)

    def executor(self, key: str) -> Executor:
        """Return who stands behind `Step.executor`."""
        return named(self.executors, key)

    def outcome(self, key: str) -> Outcome:
        """Return a result of a step."""
        return named(self.outcomes, key)

    def status(self, key: str) -> Status:
        """Return a status of a case."""
        return named(self.statuses, key)

    def journal(self, key: str) -> Journal:
        """Return a logbook."""
        return named(self.journals, key)

    def duty(self, key: str) -> Duty:
        """Return a recurring duty."""
        return named(self.duties, key)

    def document(self, key: str) -> Document:
        """Return a paper that is printed from a case."""
        return named(self.documents, key)

    @property
    def case_steps(self) -> tuple[Step, ...]:
        """The steps each case goes through, in the SOP's order."""
        return tuple(step for step in self.steps if step.periodic is None)

    @property
    def periodic_steps(self) -> tuple[Step, ...]:
        """The steps that come round each period and belong to no case."""
        return tuple(step for step in self.steps if step.periodic is not None)

    @property
    def first_steps(self) -> tuple[Step, ...]:
        """The steps whose clock starts when the case is received."""
        return tuple(step for step in self.case_steps if not step.after)

    def successors(self, key: str) -> tuple[Step, ...]:
        """The steps that name `key` in their `after`; each opens when all of its `after` are done or skipped."""
        return tuple(step for step in self.steps if key in step.after)

    @property
    def confidential_fields(self) -> tuple[Field, ...]:
        """The fields of the case's form that are kept in the vault."""
        return tuple(field for field in self.fields if field.confidential)


def register_number(sop: Sop, *, seq: int, received_on: date) -> str:
    """Return the case's number, as `001/DUMAS/I/2026`.

    `seq` counts from 1 within a year; `received_on` is the day of receipt in WIB, not in UTC.
    """
    if seq < 1:
        raise ValueError(f"seq must be 1 or more, not {seq}")
    return sop.register.format(
        seq=seq, roman_month=ROMAN_MONTHS[received_on.month - 1], year=received_on.year
    )
