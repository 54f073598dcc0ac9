"""Reads the forms of a SOP file: fields, their choices and conditions, and the groups they stand under."""

from models.sop_form import Choice, Condition, Field, FieldType, Group
from models.toml_table import Table

_LONGEST = 10_000


def read_group(table: Table) -> Group:
    """Return one `[[group]]`."""
    group = Group(key=table.name("key"), label=table.label("label"), note=table.label_or_none("note"))
    table.done()
    return group


def read_field(table: Table, *, grouped: bool = False) -> Field:
    """Return one field; only those of the case's form (`grouped`) stand under a group."""
    kind = _field_type(table)
    field = Field(
        key=table.name("key"),
        label=table.label("label"),
        group=table.text("group") if grouped else "",
        type=kind,
        required=table.flag("required"),
        show_if=read_condition(table, "show_if"),
        choices=tuple(_choice(inner) for inner in table.tables("choices")),
        in_table=table.flag("in_table"),
        in_report=table.flag("in_report"),
        confidential=table.flag("confidential"),
        max_length=_max_length(table, kind),
        help=table.label_or_none("help"),
        default=_default(table, kind),
        breakdown=table.flag("breakdown"),
    )
    table.done()
    return field


def _field_type(table: Table) -> FieldType:
    value = table.text("type")
    try:
        return FieldType(value)
    except ValueError:
        if value:
            table.problem("type", f"{value!r} is none of {', '.join(FieldType)}")
        return FieldType.TEXT


def _max_length(table: Table, kind: FieldType) -> int:
    limited = kind in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE, FieldType.PEOPLE)
    value = table.integer("max_length", least=1, needed=False)
    if value is not None and not limited:
        table.problem("max_length", f"a {kind} field has no length")
    if value is not None and value > _LONGEST:
        table.problem("max_length", f"must be {_LONGEST} or less, not {value}")
    return value or (4000 if kind is FieldType.LONG_TEXT else 200)


def _default(table: Table, kind: FieldType) -> str | bool | None:
    if "default" not in table:
        return None
    if kind is FieldType.YES_NO:
        return table.flag("default")
    if kind in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE, FieldType.CHOICE):
        return table.text_or_none("default")
    table.refuse("default", f"a {kind} field has no default")
    return None


def read_condition(table: Table, key: str) -> Condition | None:
    """Return `{ field = "...", is = ["..."] }` if it is there."""
    inner = table.table(key)
    if inner is None:
        return None
    condition = Condition(field=inner.text("field"), values=inner.texts("is"))
    if not condition.values and not inner.findings.has((*inner.where, "is")):
        inner.problem("is", "missing")
    inner.done()
    return condition


def _choice(table: Table) -> Choice:
    choice = Choice(key=table.name("key"), label=table.label("label"))
    table.done()
    return choice
