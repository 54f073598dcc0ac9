"""What the values of a SOP file must be to each other: references that exist, an order that ends, branches that agree.

`check` only gathers; it never raises. The order of the steps and the branches have their own module, `models.sop_flow`.
"""

import re
from collections.abc import Iterable, Sequence
from string import Formatter

from models.access import Role
from models.sla import Unit
from models.sop import Condition, Document, Field, FieldType, Sop, Step
from models.sop_books import Duty, Journal
from models.sop_books_file import check_books
from models.sop_document_check import check_documents
from models.sop_flow import check_flow
from models.sop_form import Keyed
from models.toml_table import Findings, Where

ROLES = frozenset(Role)
REGISTER_NAMES = frozenset({"seq", "roman_month", "year"})
NEEDED_STATUSES = ("done", "withdrawn")
# Names a form must leave free: the case's own columns, and the result of a step in a condition; also "output_...",
# under which a step's papers are kept beside its fields.
RESERVED = frozenset({"outcome", "received_at", "finished_at"})
_CHOOSING = (FieldType.CHOICE, FieldType.CHOICES)
_ONE_VALUE = (FieldType.CHOICE, FieldType.YES_NO, FieldType.TEXT, FieldType.PLACE)


def check(sop: Sop, findings: Findings) -> None:
    """Gather every contradiction in `sop`; empty keys were reported by the reader and are passed over."""
    _keys(sop, findings)
    _register(sop, findings)
    _roles(sop, findings)
    _forms(sop, findings)
    _named_fields(sop, findings)
    _statuses(sop, findings)
    for position, step in enumerate(sop.steps):
        _step(sop, step, ("step", position), findings)
    _books(sop, findings)
    check_documents(sop, findings)
    check_flow(sop, findings)


def unique(things: Sequence[Keyed], where: Where, findings: Findings) -> None:
    """Report each key that an earlier thing of the same kind already has."""
    seen: set[str] = set()
    for position, thing in enumerate(things):
        if thing.key and thing.key in seen:
            findings.add((*where, position, "key"), f"{thing.key!r} is there twice")
        seen.add(thing.key)


def known(names: Iterable[str], allowed: Iterable[str], where: Where, findings: Findings) -> None:
    """Report each name that is not among `allowed`, and each that is listed twice."""
    allowed = set(allowed)
    seen: set[str] = set()
    for name in names:
        if name and name not in allowed:
            findings.add(where, f"{name!r} is none of {', '.join(sorted(allowed)) or 'nothing'}")
        if name in seen:
            findings.add(where, f"{name!r} is listed twice")
        seen.add(name)


def _keys(sop: Sop, findings: Findings) -> None:
    kinds: dict[str, Sequence[Keyed]] = {
        "group": sop.groups,
        "executor": sop.executors,
        "step": sop.steps,
        "outcome": sop.outcomes,
        "status": sop.statuses,
        "journal": sop.journals,
        "duty": sop.duties,
        "limit": sop.limits,
        "document": sop.documents,
        "assumption": sop.assumptions,
    }
    for kind, things in kinds.items():
        unique(things, (kind,), findings)
    numbers: set[str] = set()
    for position, step in enumerate(sop.steps):
        if step.no and step.no in numbers:
            findings.add(("step", position, "no"), f"{step.no!r} is there twice")
        numbers.add(step.no)
        unique(step.outputs, ("step", position, "outputs"), findings)


def _register(sop: Sop, findings: Findings) -> None:
    try:
        parts = list(Formatter().parse(sop.register))
    except ValueError as error:
        findings.add(("register",), f"is no pattern: {error}")
        return
    names = [name for _, name, _, _ in parts if name is not None]
    for name in names:  # anything else could reach into the values it is given
        if name not in REGISTER_NAMES:
            findings.add(("register",), f"{{{name}}} is none of {{seq}}, {{roman_month}}, {{year}}")
    for needed in ("seq", "year"):  # without both, two cases would have one number
        if sop.register and needed not in names:
            findings.add(("register",), f"lacks {{{needed}}}")
    for _, place, spec, conversion in parts:
        if conversion or (spec and not (place == "seq" and re.fullmatch(r"0\d", spec))):
            findings.add(("register",), f"{{{place}}} may only be written plain, or {{seq:03}}")


def _roles(sop: Sop, findings: Findings) -> None:
    known(sop.readers, ROLES, ("readers",), findings)
    if not sop.readers and not findings.has(("readers",)):
        findings.add(("readers",), "missing: nobody could see a case")
    if not sop.openers and not findings.has(("openers",)):
        findings.add(("openers",), "missing: nobody could open a case")
    for key, names in (("openers", sop.openers), ("identity_readers", sop.identity_readers)):
        known(names, ROLES, (key,), findings)
        for name in set(names) & ROLES - set(sop.readers):
            findings.add((key,), f"{name!r} is not among the readers")
    for position, executor in enumerate(sop.executors):
        where = ("executor", position, "role")
        if executor.role is None:
            if not executor.outside:
                findings.add(where, "missing: somebody of the office must record this executor's steps")
            continue
        known((executor.role,), ROLES, where, findings)
        if executor.role in ROLES and executor.role not in sop.readers:
            findings.add(where, f"{executor.role!r} is not among the readers")
    if sop.confidential_fields and not sop.identity_readers:
        findings.add(
            ("identity_readers",), "missing: there are confidential fields and nobody could read them"
        )


def _forms(sop: Sop, findings: Findings) -> None:
    _form(sop.fields, ("field",), (), findings)
    groups = {group.key for group in sop.groups}
    for position, field in enumerate(sop.fields):
        known((field.group,), groups, ("field", position, "group"), findings)
        if field.confidential and field.in_table:
            findings.add(("field", position, "in_table"), "a confidential field cannot stand in tables")
        _breakdown(field, ("field", position, "breakdown"), findings)
    used = {field.group for field in sop.fields}
    for position, group in enumerate(sop.groups):
        if group.key and group.key not in used:
            findings.add(("group", position, "key"), f"no field stands under {group.key!r}")
    owners: dict[str, Sequence[Step | Journal | Duty | Document]] = {
        "step": sop.steps,
        "journal": sop.journals,
        "duty": sop.duties,
        "document": sop.documents,
    }
    for kind, members in owners.items():
        for position, owner in enumerate(members):
            outcomes = owner.outcomes if isinstance(owner, Step) else ()
            _form(owner.fields, (kind, position, "field"), outcomes, findings)
            _of_cases_alone(owner.fields, (kind, position, "field"), findings)


def _of_cases_alone(fields: tuple[Field, ...], where: Where, findings: Findings) -> None:
    for place, field in enumerate(fields):
        for flag in ("confidential", "breakdown"):
            if getattr(field, flag):
                findings.add((*where, place, flag), f"only fields of the case's form can be {flag}")


def _breakdown(field: Field, where: Where, findings: Findings) -> None:
    """Each case must fall under one value, or the parts would add up to more than the whole."""
    if field.breakdown and field.confidential:
        findings.add(where, "a confidential field is counted nowhere")
    if field.breakdown and field.type not in _ONE_VALUE:
        findings.add(where, f"a {field.type} field has no single value to count by")


def _form(fields: tuple[Field, ...], where: Where, outcomes: tuple[str, ...], findings: Findings) -> None:
    unique(fields, where, findings)
    for position, field in enumerate(fields):
        here = (*where, position)
        if field.key in RESERVED or field.key.startswith("output_"):
            findings.add((*here, "key"), f"{field.key!r} is a reserved name")
        unique(field.choices, (*here, "choices"), findings)
        if field.type in _CHOOSING and not field.choices:
            findings.add((*here, "choices"), f"missing: a {field.type} field needs some")
        if field.type not in _CHOOSING and field.choices:
            findings.add((*here, "choices"), f"a {field.type} field has none")
        if field.type is FieldType.CHOICE and isinstance(field.default, str):
            known((field.default,), (choice.key for choice in field.choices), (*here, "default"), findings)
        if field.show_if:
            _condition(field.show_if, fields[:position], outcomes, (*here, "show_if"), findings)
            looked_at = {other.key for other in fields if other.confidential}
            if field.show_if.field in looked_at and not field.confidential:
                findings.add((*here, "show_if", "field"), "would tell what a confidential field holds")


def _condition(
    condition: Condition, fields: Sequence[Field], outcomes: tuple[str, ...], where: Where, findings: Findings
) -> None:
    """A condition looks back only, at a field with a countable set of values: so it can never turn in a circle."""
    if condition.field == "outcome" and outcomes:
        known(condition.values, outcomes, (*where, "is"), findings)
        return
    field = next((field for field in fields if field.key == condition.field), None)
    if field is None:
        if condition.field:
            findings.add((*where, "field"), f"{condition.field!r} is no field that stands before this one")
    elif field.type in _CHOOSING:
        known(condition.values, (choice.key for choice in field.choices), (*where, "is"), findings)
    elif field.type is FieldType.YES_NO:
        known(condition.values, ("yes", "no"), (*where, "is"), findings)
    else:
        findings.add(
            (*where, "field"), f"{condition.field!r} is a {field.type} field, which no condition can look at"
        )


def _named_fields(sop: Sop, findings: Findings) -> None:
    for key, name, kind in (
        ("subject_field", sop.subject_field, FieldType.TEXT),
        ("departure_field", sop.departure_field, FieldType.DATETIME),
        ("return_field", sop.return_field, FieldType.DATETIME),
    ):
        if not name:
            continue
        field = next((field for field in sop.fields if field.key == name), None)
        if field is None:
            findings.add((key,), f"{name!r} is no field of the case's form")
            continue
        if field.type is not kind:
            findings.add((key,), f"{name!r} is a {field.type} field, not {kind}")
        if field.confidential:
            findings.add((key,), f"{name!r} is confidential")
        unasked = field.show_if and not (key == "subject_field" and sop.subject_otherwise)
        if not field.required or unasked:
            findings.add((key,), f"{name!r} must be required and always shown")


def _statuses(sop: Sop, findings: Findings) -> None:
    final = {status.key for status in sop.statuses if status.final}
    for needed in NEEDED_STATUSES:
        if needed not in final:
            findings.add(("status",), f"a final status {needed!r} is missing")
    closing = {outcome.closes for outcome in sop.outcomes}
    used = {step.status for step in sop.steps}
    for position, status in enumerate(sop.statuses):
        where = ("status", position, "key")
        if status.final and status.key not in closing and status.key not in NEEDED_STATUSES:
            findings.add(where, f"no outcome closes a case as {status.key!r}")
        if status.key and not status.final and status.key not in used:
            findings.add(where, f"no step has the status {status.key!r}")


def _step(sop: Sop, step: Step, where: Where, findings: Findings) -> None:
    executors = {executor.key: executor for executor in sop.executors}
    known((step.executor,), executors, (*where, "executor"), findings)
    doer = executors.get(step.executor)
    if doer and doer.role is None and not step.automatic:
        findings.add((*where, "executor"), f"nobody of the office records the steps of {step.executor!r}")
    if step.reconstructed != bool(step.reconstruction):
        findings.add(
            (*where, "reconstruction"), "a reconstructed executor has a note, and only a reconstructed one"
        )
    if step.periodic is None:
        running = {status.key for status in sop.statuses if not status.final}
        if not step.status and not findings.has((*where, "status")):
            findings.add((*where, "status"), "missing: what a case is called whose current step this is")
        known((step.status,), running, (*where, "status"), findings)
    elif step.status:
        findings.add((*where, "status"), "a periodic step belongs to no case")
    if step.unmeasured_unless:
        _condition(step.unmeasured_unless, sop.fields, (), (*where, "unmeasured_unless"), findings)
    if not findings.has((*where, "target")):
        _measure(sop, step, where, findings)


def _measure(sop: Sop, step: Step, where: Where, findings: Findings) -> None:
    unit = step.target.unit
    if unit in (Unit.NONE, Unit.SCHEDULE) and step.counted:
        findings.add((*where, "counted"), f"must be false: a target of unit {unit} sets no time to keep")
    if unit is Unit.SCHEDULE and not sop.return_field:
        findings.add((*where, "target"), "is bound to the schedule, but return_field is missing")
    if step.before_departure and not sop.departure_field:
        findings.add((*where, "before_departure"), "departure_field is missing")


def _books(sop: Sop, findings: Findings) -> None:
    check_books(
        journals=sop.journals,
        duties=sop.duties,
        limits=sop.limits,
        steps=[step.key for step in sop.case_steps],
        executors=[executor.key for executor in sop.executors],
        outcomes=[outcome.key for outcome in sop.outcomes],
        findings=findings,
    )
