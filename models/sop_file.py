"""Reads a SOP file into `models.sop.Sop`, or refuses it with every problem in it.

Decisions (2026-11):
- Unknown keys are refused: a misspelt `counted` would otherwise quietly change a percentage.
- Line ends are made "\\n" before hashing, so that a checkout on Windows is the same version of the SOP.
- What a single value must be stands here; what values must be to each other stands in `models.sop_check`.
"""

import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path

from models.sla import Target, Unit
from models.sop import (
    Assumption,
    Correction,
    Executor,
    Head,
    Outcome,
    Output,
    Periodic,
    ReportWords,
    Sop,
    Status,
    Step,
)
from models.sop_books_file import read_duty, read_journal, read_limit
from models.sop_check import check
from models.sop_document_file import read_document
from models.sop_form_file import read_condition, read_field, read_group
from models.toml_table import Findings, SopError, SopProblem, Table

__all__ = ["SopError", "SopProblem", "load", "parse"]

_EMPTY_DAY = date(1, 1, 1)
_FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


def load(path: Path) -> Sop:
    """Read the file at `path` (UTF-8); SopError names the file by its last part only."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SopError(
            (SopProblem(file=path.name, line=None, key="", reason="is not UTF-8 text"),)
        ) from error
    return parse(text, name=path.name)


def parse(text: str, *, name: str) -> Sop:
    """Return the SOP in `text`; `name` stands before each problem. Raises SopError, never anything half read."""
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        problem = SopProblem(file=name, line=line, key="", reason=f"is not TOML: {error}")
        raise SopError((problem,)) from error
    findings = Findings(name=name, text=text, data=data)
    sop = _sop(Table(data, where=(), findings=findings), source=text)
    check(sop, findings)
    findings.raise_if_any()
    return sop


def _sop(root: Table, *, source: str) -> Sop:
    sop = Sop(
        code=root.name("code"),
        version=root.integer("version", least=1) or 0,
        effective_from=root.day("effective_from", needed=True) or _EMPTY_DAY,
        number=root.text("number"),
        title=root.text("title"),
        short=root.label("short"),
        register=root.text("register"),
        case_noun=root.label("case_noun"),
        subject_field=root.name("subject_field"),
        subject_otherwise=root.label_or_none("subject_otherwise"),
        departure_field=root.text_or_none("departure_field"),
        return_field=root.text_or_none("return_field"),
        received_label=root.label("received_label"),
        report=_report(root),
        head=_head(root),
        readers=root.texts("readers"),
        openers=root.texts("openers"),
        identity_readers=root.texts("identity_readers"),
        groups=tuple(read_group(table) for table in root.tables("group")),
        fields=tuple(read_field(table, grouped=True) for table in root.tables("field")),
        executors=tuple(_executor(table) for table in root.tables("executor")),
        steps=tuple(_step(table) for table in root.tables("step")),
        outcomes=tuple(_outcome(table) for table in root.tables("outcome")),
        statuses=tuple(_status(table) for table in root.tables("status")),
        journals=tuple(read_journal(table) for table in root.tables("journal")),
        duties=tuple(read_duty(table) for table in root.tables("duty")),
        limits=tuple(read_limit(table) for table in root.tables("limit")),
        documents=tuple(read_document(table) for table in root.tables("document")),
        assumptions=tuple(_assumption(table) for table in root.tables("assumption")),
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        source=source,
    )
    root.done()
    return sop


def _report(root: Table) -> ReportWords | None:
    table = root.table("report")
    if table is None:
        return None
    words = ReportWords(title=table.label("title"), list=table.label("list"), file=table.text("file"))
    table.done()
    if words.file and not _FILE_NAME.fullmatch(words.file):
        table.problem("file", "begins the name of a file: at most 60 letters, digits, _ and -")
    return words


def _head(root: Table) -> Head:
    table = root.table("head", needed=True)
    if table is None:  # told; an empty one is read silently in its place
        table = Table({}, where=("head",), findings=Findings(name="", text="", data={}))
    head = Head(
        created_on=table.day("created_on", needed=True) or _EMPTY_DAY,
        revised_on=table.day("revised_on"),
        approved_on=table.day("approved_on"),
        effective_on=table.day("effective_on"),
        approved_by=table.text("approved_by"),
        approver_title=table.text("approver_title"),
        approver_id=table.text("approver_id", ""),
        legal_basis=table.texts("legal_basis"),
        legal_notes=table.texts("legal_notes"),
        qualifications=table.texts("qualifications"),
        equipment=table.texts("equipment"),
        records=table.texts("records"),
        warnings=table.texts("warnings"),
        related=table.texts("related"),
        notes=table.texts("notes"),
        corrections=tuple(_correction(inner) for inner in table.tables("corrections")),
        original_columns=table.text("original_columns", ""),
    )
    table.done()
    return head


def _correction(table: Table) -> Correction:
    correction = Correction(original=table.text("original"), used=table.text("used"))
    table.done()
    return correction


def _executor(table: Table) -> Executor:
    executor = Executor(
        key=table.name("key"),
        label=table.label("label"),
        role=table.text_or_none("role"),
        outside=table.flag("outside"),
    )
    table.done()
    return executor


def _step(table: Table) -> Step:
    step = Step(
        key=table.name("key"),
        no=table.text("no"),
        name=table.label("name"),
        activity=table.text("activity"),
        original=table.texts("original"),
        parts=table.texts("parts"),
        executor=table.text("executor"),
        reconstructed=table.flag("reconstructed"),
        reconstruction=table.text("reconstruction", ""),
        after=table.texts("after"),
        target=_target(table),
        time_text=table.text("time_text", ""),
        counted=table.flag("counted", default=True),
        before_departure=table.flag("before_departure"),
        optional=table.flag("optional"),
        automatic=table.flag("automatic"),
        inputs=table.texts("inputs"),
        outputs=tuple(_output(inner) for inner in table.tables("outputs")),
        fields=tuple(read_field(inner) for inner in table.tables("field")),
        outcomes=table.texts("outcomes"),
        remark=table.text("remark", ""),
        status=table.text("status", ""),
        periodic=_periodic(table),
        unmeasured_unless=read_condition(table, "unmeasured_unless"),
        begins=table.label_or_none("begins"),
        in_report=table.flag("in_report"),
    )
    table.done()
    return step


def _target(table: Table) -> Target:
    inner = table.table("target", needed=True)
    if inner is None:
        return Target(unit=Unit.NONE)
    name = inner.text("unit")
    upper = inner.integer("upper", needed=False)
    lower = inner.integer("lower", needed=False)
    inner.done()
    if name and name not in set(Unit):
        inner.problem("unit", f"{name!r} is none of {', '.join(Unit)}")
    if table.findings.has(inner.where):
        return Target(unit=Unit.NONE)
    try:
        return Target(unit=Unit(name), upper=upper, lower=lower)
    except ValueError as error:
        table.problem("target", f"impossible: {error}")
        return Target(unit=Unit.NONE)


def _periodic(table: Table) -> Periodic | None:
    inner = table.table("periodic")
    if inner is None:
        return None
    periodic = Periodic(every=inner.text("every"), working_day=inner.integer("working_day", least=1) or 1)
    inner.done()
    return periodic


def _output(table: Table) -> Output:
    output = Output(
        key=table.name("key"), label=table.label("label"), required=table.flag("required", default=True)
    )
    table.done()
    return output


def _outcome(table: Table) -> Outcome:
    outcome = Outcome(
        key=table.name("key"),
        label=table.label("label"),
        opens=table.texts("opens"),
        skips=table.texts("skips"),
        skip_reason=table.label_or_none("skip_reason"),
        closes=table.text_or_none("closes"),
    )
    table.done()
    return outcome


def _status(table: Table) -> Status:
    status = Status(key=table.name("key"), label=table.label("label"), final=table.flag("final"))
    table.done()
    return status


def _assumption(table: Table) -> Assumption:
    assumption = Assumption(key=table.name("key"), text=table.label("text"))
    table.done()
    return assumption
