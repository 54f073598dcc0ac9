"""The semester report of one SOP as plain sheets: the screen shows these very frames, the workbook writes them.

Matriks (the cases), Rekapitulasi (per month and by the choices of the form, with *sisa semester lalu*), Kepatuhan SOP
(per step, with a native chart), Keterlambatan, then a sheet for each recurring duty of the SOP: Buku mutasi, Cek surel.
Columns follow from the SOP; reporters' identities are never among them.
"""

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection

from dashboard import compliance
from dashboard.formats import date_plain, moment_long, percent
from dashboard.periods import Months
from dashboard.reports import daily_sheet, matrix_sheet, recap_sheet, slot_sheet
from dashboard.reports.sheets import Column, Office, Sheet, Workbook, withheld
from dashboard.text import _, in_language, language
from models.access import Actor
from models.lateness import LATE_REASONS
from models.period import Period
from models.queries.calendar import work_calendar
from models.queries.compliance import durations, step_counts
from models.queries.duty_facts import DailyFacts, daily_facts
from models.queries.reports import LateStep, ReportCase, late_steps, report_cases
from models.queries.settings import began_on, office
from models.queries.slot_facts import EscortSlots, JournalFacts, escort_slots, journal_facts
from models.sop import Sop
from models.work_calendar import WorkCalendar


@dataclass(frozen=True)
class Source:
    """Everything read for a report, in one transaction, so that its sheets cannot disagree."""

    sop: Sop
    months: Months
    as_of: datetime
    calendar: WorkCalendar
    cases: list[ReportCase]
    late: list[LateStep]
    counts: pd.DataFrame
    durations: pd.DataFrame
    journals: list[tuple[JournalFacts, list[EscortSlots]]]
    daily: list[DailyFacts]


def read(connection: Connection, *, actor: Actor, sop: Sop, months: Months, as_of: datetime) -> Source:
    """Read a report's facts. Raises `Forbidden`."""
    calendar = work_calendar(connection)
    first, last = bounds(months)
    asked = (months.first, months.last)
    rows = step_counts(connection, actor=actor, sop=sop, months=asked, as_of=as_of)
    names = (
        "step_key",
        "month",
        "on_time",
        "late",
        "overdue",
        "at_risk",
        "running",
        "skipped",
        "recorded_late",
    )
    return Source(
        sop=sop,
        months=months,
        as_of=as_of,
        calendar=calendar,
        cases=report_cases(
            connection,
            actor=actor,
            sop=sop,
            start=calendar.midnight(first),
            end=calendar.midnight(date.fromordinal(last.toordinal() + 1)),
            as_of=as_of,
        ),
        late=late_steps(connection, actor=actor, sop=sop, months=asked, as_of=as_of),
        counts=pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=list(names)),
        durations=pd.DataFrame(
            durations(connection, actor=actor, sop=sop, months=asked), columns=["step_key", "worked_minutes"]
        ),
        journals=_journals(connection, actor=actor, sop=sop, months=asked, as_of=as_of),
        daily=daily_facts(
            connection, actor=actor, sop=sop, months=asked, as_of=as_of, began_on=began_on(connection)
        ),
    )


def _journals(
    connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int], as_of: datetime
) -> list[tuple[JournalFacts, list[EscortSlots]]]:
    """The logbooks in which entries are owed, each with its escorts."""
    found = []
    for facts in journal_facts(connection, actor=actor, sop=sop, months=months, as_of=as_of, latest=0):
        escorts = escort_slots(
            connection, actor=actor, sop=sop, journal=facts.journal, months=months, as_of=as_of
        )
        found.append((facts, escorts))
    return found


def bounds(months: Months) -> tuple[date, date]:
    """First and last day of a run of months."""
    last = Period.month(months.last // 100, months.last % 100).last_on
    return date(months.first // 100, months.first % 100, 1), last


def build(connection: Connection, *, actor: Actor, sop: Sop, months: Months, as_of: datetime) -> Workbook:
    """The report as sheets, in the language spoken. Raises `Forbidden`."""
    source = read(connection, actor=actor, sop=sop, months=months, as_of=as_of)
    profile = profile_of(office(connection))
    return Workbook(
        office=profile,
        title=heading(source)[0],
        sheets=(
            matrix_sheet.build(source, heading=heading(source)),
            recap_sheet.build(source, heading=heading(source)),
            compliance_sheet(source),
            lateness_sheet(source),
            *(
                slot_sheet.build(source, facts, escorts, heading=heading(source))
                for facts, escorts in source.journals
            ),
            *(daily_sheet.build(facts, heading=heading(source)) for facts in source.daily),
        ),
        footer_left=_("Printed {moment} by {name}", moment=moment_long(as_of), name=actor.name),
        signed_on=f"{profile.seat}, {date_plain(as_of)}",
    )


def profile_of(stored: dict[str, object]) -> Office:
    """The office's profile as the workbook takes it."""
    kop, address = stored["kop"], stored["address"]
    assert isinstance(kop, list)  # noqa: S101 - as shipped in seed/office.toml
    assert isinstance(address, list)  # noqa: S101
    return Office(
        lines=(*kop, *address),
        seat=str(stored["seat"]),
        signatory_title=str(stored["signatory_title"]),
        signatory_name=str(stored["signatory_name"]),
        signatory_id=str(stored["signatory_id"]),
        paper="F4" if stored["paper"] == "F4" else "A4",
    )


def heading(source: Source) -> tuple[str, ...]:
    """Title, period, basis and as-of, as they stand above each table."""
    first, last = bounds(source.months)
    title = _(
        "{case} report {period}",
        case=source.sop.short.in_language(language()),
        period=source.months.label(),
    )
    return (
        title.upper(),
        _("(Period {first} to {last})", first=date_plain(first), last=date_plain(last)),
        _("Basis: SOP {number} · time is counted in working days", number=source.sop.number),
        _("As of {moment}", moment=moment_long(source.as_of)),
    )


def compliance_sheet(source: Source) -> Sheet:
    """Per step: target, n, verdicts, percentage, and how long it took."""
    matrix = compliance.matrix(source.counts, source.sop)
    took = compliance.durations(source.durations).set_index("step_key")
    frame = matrix.join(took, on="step_key")
    whole = compliance.overall(source.counts)
    total = {"no": "", "name": _("All measured steps"), "target_text": "", "n": whole.n, "on_time": whole.on_time,
             "late": whole.late, "overdue": whole.overdue, "rate": whole.rate}  # fmt: skip
    for name in ("n", "on_time", "late", "overdue"):
        frame[name] = frame[name].where(frame["measured"]).astype("Int64")
    frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
    columns = (
        Column("no", _("Step"), "text", 8),
        Column("name", _("Activity"), "long_text", 40),
        Column("target_text", _("Time set by the SOP"), "long_text", 24),
        Column("n", _("Judged"), "integer", 10),
        Column("on_time", _("On time"), "integer", 10),
        Column("late", _("Late"), "integer", 10),
        Column("overdue", _("Overdue"), "integer", 10),
        Column("rate", _("Compliance"), "percent", 12),
        Column("mean", _("Mean (working hours)"), "duration", 12),
        Column("median", _("Median (working hours)"), "duration", 12),
        Column("max", _("Longest (working hours)"), "duration", 12),
    )
    return Sheet(
        name=_("SOP compliance"),
        heading=heading(source),
        columns=columns,
        frame=frame[[column.key for column in columns]],
        notes=(
            _(
                "Compliance = on time / (on time + late + overdue); a step belongs to the month of its due date."
            ),
            _recorded_late(source),
            _("Steps without a figure have no time set by the SOP or are not done by the office."),
        ),
        chart="compliance",
        total=True,
    )


def _recorded_late(source: Source) -> str:
    finished = int(source.counts["on_time"].sum() + source.counts["late"].sum())
    late = int(source.counts["recorded_late"].sum())
    share = percent(late / finished if finished else None)
    return _(
        "Recorded more than one working day after it happened: {late} of {n} ({share}).",
        late=late,
        n=finished,
        share=share,
    )


def lateness_sheet(source: Source) -> Sheet:
    """Every measured step that was late or is overdue, with its reason."""
    steps = {step.key: step for step in source.sop.steps}
    rows = [
        {
            "number": late.register_no or late.period,
            "subject": late.subject or "",
            "step": f"{steps[late.step_key].no}. {steps[late.step_key].name.in_language(language())}",
            "executor": source.sop.executor(late.executor).label.in_language(language()),
            "due_at": late.due_at,
            "finished_at": late.finished_at,
            "over": source.calendar.elapsed(late.due_at, max(late.due_at, late.finished_at or source.as_of)),
            "reason": _(LATE_REASONS[late.late_reason]) if late.late_reason else "",
            "note": late.note or "",
        }
        for late in source.late
    ]
    columns = (
        Column("number", _("Register no."), "text", 20),
        Column("subject", _("Subject"), "long_text", 36),
        Column("step", _("Step"), "long_text", 28),
        Column("executor", _("Executor"), "long_text", 22),
        Column("due_at", _("Due"), "moment", 16),
        Column("finished_at", _("Finished"), "moment", 16),
        Column("over", _("Over (working hours)"), "duration", 12),
        Column("reason", _("Reason"), "long_text", 24),
        Column("note", _("Note"), "long_text", 28),
    )
    return Sheet(
        name=_("Lateness"),
        heading=heading(source),
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(_("An empty finish means that the step is still open."), withheld()),
    )


def file_name(sop: Sop, months: Months) -> str:
    """ "Laporan_Pengaduan_Semester_II_2026.xlsx": the file keeps its Indonesian name in both languages."""
    with in_language("id"):
        return f"Laporan_{sop.short.id}_{months.label().replace(' ', '_')}.xlsx"
