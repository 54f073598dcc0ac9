"""Reads the logbooks, duties and limits of a SOP file, and checks what they must be to the rest of it."""

from collections.abc import Sequence

from models.sop_books import NUMBERED, Band, Duty, Journal, Limit, Score, Standing
from models.sop_form import FieldType
from models.sop_form_file import read_field
from models.toml_table import Findings, Table, Where

EVERY_DUTY = frozenset({"working_day", "semester"})


def read_journal(table: Table) -> Journal:
    """Return one `[[journal]]`."""
    journal = Journal(
        key=table.name("key"),
        label=table.label("label"),
        help=table.label_or_none("help"),
        every_minutes=table.integer("every_minutes", least=1, needed=False),
        during=table.text_or_none("during"),
        before=table.text_or_none("before"),
        executor=table.text_or_none("executor"),
        fields=tuple(read_field(inner) for inner in table.tables("field")),
        standing=_standing(table),
        score=_score(table),
        in_report=table.flag("in_report"),
    )
    table.done()
    return journal


def _standing(table: Table) -> Standing | None:
    inner = table.table("standing")
    if inner is None:
        return None
    standing = Standing(
        field=inner.text("field"),
        otherwise=inner.text("otherwise"),
        alarm=inner.texts("alarm"),
        text=inner.label("text"),
    )
    inner.done()
    return standing


def _score(table: Table) -> Score | None:
    inner = table.table("score")
    if inner is None:
        return None
    score = Score(
        label=inner.label("label"),
        of=inner.texts("of"),
        bands=tuple(_band(band) for band in inner.tables("bands")),
    )
    inner.done()
    return score


def _band(table: Table) -> Band:
    band = Band(upto=table.integer("upto", least=1) or 1, label=table.label("label"))
    table.done()
    return band


def read_duty(table: Table) -> Duty:
    """Return one `[[duty]]`."""
    duty = Duty(
        key=table.name("key"),
        label=table.label("label"),
        every=table.text("every"),
        executor=table.text("executor"),
        fields=tuple(read_field(inner) for inner in table.tables("field")),
    )
    table.done()
    return duty


def read_limit(table: Table) -> Limit:
    """Return one `[[limit]]`."""
    limit = Limit(
        key=table.name("key"),
        label=table.label("label"),
        days=table.integer("days", least=1) or 1,
        outcomes=table.texts("outcomes"),
    )
    table.done()
    return limit


def check_books(
    *,
    journals: Sequence[Journal],
    duties: Sequence[Duty],
    limits: Sequence[Limit],
    steps: Sequence[str],
    executors: Sequence[str],
    outcomes: Sequence[str],
    findings: Findings,
) -> None:
    """Gather the contradictions; `steps` are the keys of the steps of a case."""
    for position, journal in enumerate(journals):
        where: Where = ("journal", position)
        if (journal.every_minutes is None) != (journal.during is None):
            findings.add((*where, "during"), "every_minutes and during stand together or not at all")
        for key, named in (("during", journal.during), ("before", journal.before)):
            _known(named, steps, (*where, key), findings)
        _known(journal.executor, executors, (*where, "executor"), findings)
        if not journal.fields:
            findings.add((*where, "field"), "missing: an entry must say something")
        _report_fits(journal, where, findings)
        _standing_fits(journal, where, findings)
        _score_fits(journal, where, findings)
    for position, duty in enumerate(duties):
        _known(duty.every, sorted(EVERY_DUTY), ("duty", position, "every"), findings)
        _known(duty.executor, executors, ("duty", position, "executor"), findings)
    for position, limit in enumerate(limits):
        for name in limit.outcomes:
            _known(name, outcomes, ("limit", position, "outcomes"), findings)
        if not limit.outcomes and not findings.has(("limit", position, "outcomes")):
            findings.add(("limit", position, "outcomes"), "missing: with which results it holds")


def _known(name: str | None, allowed: Sequence[str], where: Where, findings: Findings) -> None:
    if name and name not in allowed:
        findings.add(where, f"{name!r} is none of {', '.join(allowed) or 'nothing'}")


def _report_fits(journal: Journal, where: Where, findings: Findings) -> None:
    if journal.in_report and journal.every_minutes:
        findings.add((*where, "in_report"), "its slots stand in the report as they are")
    elif journal.in_report and not any(field.in_report for field in journal.fields):
        findings.add((*where, "in_report"), "none of its fields is in the report")


def _standing_fits(journal: Journal, where: Where, findings: Findings) -> None:
    standing = journal.standing
    if standing is None or findings.has((*where, "standing")):
        return
    choices = _choices(journal, standing.field)
    if not choices:
        findings.add((*where, "standing", "field"), f"{standing.field!r} is no choice field of this logbook")
        return
    for key, names in (("otherwise", (standing.otherwise,)), ("alarm", standing.alarm)):
        for name in names:
            _known(name, choices, (*where, "standing", key), findings)
    if not any(
        field.key == standing.field and field.required and not field.show_if for field in journal.fields
    ):
        findings.add((*where, "standing", "field"), f"{standing.field!r} must be required and always shown")


def _score_fits(journal: Journal, where: Where, findings: Findings) -> None:
    score = journal.score
    if score is None or findings.has((*where, "score")):
        return
    if len(score.of) < 2:
        findings.add((*where, "score", "of"), "needs two fields to multiply")
    for name in score.of:
        keys = _choices(journal, name)
        if not keys or not all(NUMBERED.fullmatch(key) for key in keys):
            findings.add(
                (*where, "score", "of"), f"{name!r} is no choice field with the keys n1, n2 and so on"
            )
    bounds = [band.upto for band in score.bands]
    if not bounds or bounds != sorted(set(bounds)):
        findings.add((*where, "score", "bands"), "must be there, each with a higher upto than the one before")


def _choices(journal: Journal, key: str) -> list[str]:
    return [
        choice.key
        for field in journal.fields
        if field.key == key and field.type is FieldType.CHOICE
        for choice in field.choices
    ]
