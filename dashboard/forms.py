"""Fields of a SOP as widgets: grouped as on paper, the refusal beside its field, nothing typed lost.

Decided 2026-11. The widgets have no length limit of their own and no `required`: the browser would cut or hold back
what was typed without a word in Indonesian. What is typed goes to the command as it is, and the command's refusal
comes back beside the field. Each field is sent when it is left (and marks the form as begun): Streamlit forgets
what was not sent yet when the person opens another page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import streamlit as st

from dashboard import drafts
from dashboard.formats import WIB
from dashboard.text import _, language
from models.form_data import is_shown
from models.sop import Field, FieldType, Sop
from models.step_form import is_output

_DATE = "DD/MM/YYYY"
# Wide, because Streamlit keeps the former value when a date lies outside: any year must reach the command's refusal.
_FIRST, _LAST = datetime(2, 1, 1), datetime(9998, 12, 31, 23, 59)  # noqa: DTZ001 - the office's clock, as widgets take it
_NOT_TYPED = "\n"  # separates names in a field of people


def case_form(
    sop: Sop, *, prefix: str, values: Mapping[str, Any], refused: Mapping[str, str], held: Iterable[str] = ()
) -> dict[str, Any]:
    """The case's form, group by group; returns what stands in it now, by field key.

    `held` are confidential fields the vault holds already: empty means unchanged.
    """
    typed: dict[str, Any] = {}
    visible = _visible(sop.fields, prefix=prefix, values=values)
    for group in sop.groups:
        fields = [field for field in visible if field.group == group.key]
        if not fields:
            continue
        st.header(group.label.in_language(language()), divider="gray", anchor=False)
        if group.note:
            st.info(group.note.in_language(language()), icon=":material/privacy_tip:")
        typed |= _widgets(fields, prefix=prefix, values=values, refused=refused, held=set(held))
    return typed


def step_form(
    fields: Sequence[Field],
    *,
    prefix: str,
    values: Mapping[str, Any],
    refused: Mapping[str, str],
    outcome: str | None,
) -> dict[str, Any]:
    """The fields that finishing a step asks for, given its chosen result; returns what stands in them now."""
    visible = _visible(fields, prefix=prefix, values=values, outcome=outcome)
    return _widgets(visible, prefix=prefix, values=values, refused=refused, held=set())


def _visible(
    fields: Sequence[Field], *, prefix: str, values: Mapping[str, Any], outcome: str | None = None
) -> list[Field]:
    """The fields whose condition holds for what stands in the form now."""
    now: dict[str, Any] = {}
    found = []
    for field in fields:
        if is_shown(field, now, outcome=outcome):
            found.append(field)
            now[field.key] = st.session_state.get(
                f"{prefix}.{field.key}", values.get(field.key, field.default)
            )
    return found


def _widgets(
    visible: Sequence[Field],
    *,
    prefix: str,
    values: Mapping[str, Any],
    refused: Mapping[str, str],
    held: set[str],
) -> dict[str, Any]:
    """Two beside each other, level where one label takes more lines than the other and no message stands below."""
    typed: dict[str, Any] = {}
    for row in _rows(visible):
        level: Literal["top", "bottom"] = "top" if any(field.key in refused for field in row) else "bottom"
        for column, field in zip(st.columns(len(row), vertical_alignment=level), row, strict=True):
            with column:
                typed[field.key] = _widget(
                    field,
                    key=f"{prefix}.{field.key}",
                    value=values.get(field.key, field.default),
                    kept=field.key in held,
                )
                if message := refused.get(field.key):
                    st.error(message, icon=":material/error:")
    return typed


def _rows(fields: Sequence[Field]) -> list[list[Field]]:
    """Long texts and lists of people stand alone; the others two beside each other."""
    rows: list[list[Field]] = []
    for field in fields:
        wide = field.type in (FieldType.LONG_TEXT, FieldType.PEOPLE, FieldType.CHOICES)
        if not wide and rows and len(rows[-1]) == 1 and not _alone(rows[-1][0]):
            rows[-1].append(field)
        else:
            rows.append([field])
    return rows


def _alone(field: Field) -> bool:
    return field.type in (FieldType.LONG_TEXT, FieldType.PEOPLE, FieldType.CHOICES)


def _widget(field: Field, *, key: str, value: Any, kept: bool) -> Any:
    label = field.label.in_language(language()) + (" *" if field.required else "")
    common: dict[str, Any] = {
        "key": key,
        "help": field.help.in_language(language()) if field.help else None,
        "on_change": drafts.mark,
        "args": (key.rpartition(".")[0],),
        "persist_state": "session",
    }
    if kept:
        common["placeholder"] = _("Kept confidential; leave empty to keep it")
    if is_output(field):
        common["placeholder"] = _("Number, link, or where it is kept")
    return _WIDGETS[field.type](field, label, value, common)


def _text(_field: Field, label: str, value: Any, common: dict[str, Any]) -> str:
    return st.text_input(label, value=value or "", **common) or ""


def _long_text(_field: Field, label: str, value: Any, common: dict[str, Any]) -> str:
    return st.text_area(label, value=value or "", height=110, **common) or ""


def _choice(field: Field, label: str, value: Any, common: dict[str, Any]) -> str | None:
    names = {choice.key: choice.label.in_language(language()) for choice in field.choices}
    index = list(names).index(value) if value in names else None
    common = {"placeholder": _("Choose…"), **common}
    return st.selectbox(
        label, list(names), index=index, format_func=lambda one: names.get(one, str(one)), **common
    )


def _choices(field: Field, label: str, value: Any, common: dict[str, Any]) -> list[str]:
    names = {choice.key: choice.label.in_language(language()) for choice in field.choices}
    default = [key for key in value or [] if key in names]
    common = {"placeholder": _("Choose…"), **common}
    return st.multiselect(
        label,
        list(names),
        default=default,
        format_func=lambda one: names.get(one, one),
        select_all=False,  # Streamlit would offer it in English
        **common,
    )


def _date(_field: Field, label: str, value: Any, common: dict[str, Any]) -> date | None:
    common.pop("placeholder", None)
    chosen = st.date_input(
        label,
        value=date.fromisoformat(value) if value else None,
        min_value=_FIRST.date(),
        max_value=_LAST.date(),
        format=_DATE,
        **common,
    )
    return chosen if isinstance(chosen, date) else None


def _moment(_field: Field, label: str, value: Any, common: dict[str, Any]) -> datetime | None:
    common.pop("placeholder", None)
    at = local(datetime.fromisoformat(str(value).replace("Z", "+00:00"))) if value else None
    return aware(
        st.datetime_input(
            label, value=at, min_value=_FIRST, max_value=_LAST, format=_DATE, step=300, **common
        )
    )


def _people(_field: Field, label: str, value: Any, common: dict[str, Any]) -> list[str]:
    common = {"placeholder": _("One name per line"), **common}
    typed = st.text_area(label, value=_NOT_TYPED.join(value or []), height=110, **common) or ""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _number(_field: Field, label: str, value: Any, common: dict[str, Any]) -> float | None:
    number: float | None = st.number_input(label, value=value, **common)
    return number


def _yes_no(_field: Field, label: str, value: Any, common: dict[str, Any]) -> bool:
    common.pop("placeholder", None)
    return bool(st.toggle(label, value=bool(value), **common))


_WIDGETS: dict[FieldType, Callable[[Field, str, Any, dict[str, Any]], Any]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.DATE: _date,
    FieldType.DATETIME: _moment,
    FieldType.PEOPLE: _people,
    FieldType.NUMBER: _number,
    FieldType.PLACE: _text,
    FieldType.YES_NO: _yes_no,
}


def moment_field(label: str, *, key: str, default: datetime | None, refused: str | None) -> datetime | None:
    """A moment of the office's own clock, `default` (aware) at first; returns it aware, None when emptied."""
    chosen = st.datetime_input(
        f"{label} *",
        value=local(default) if default else None,
        min_value=_FIRST,
        max_value=_LAST,
        format=_DATE,
        step=60,
        key=key,
        on_change=drafts.mark,
        args=(key.rpartition(".")[0],),
        persist_state="session",
    )
    if refused:
        st.error(refused, icon=":material/error:")
    return aware(chosen)


def line_field(label: str, *, key: str, value: str, refused: str | None, required: bool = True) -> str:
    """A line of text that is not a field of the SOP."""
    typed = st.text_input(
        label + (" *" if required else ""),
        value=value,
        key=key,
        on_change=drafts.mark,
        args=(key.rpartition(".")[0],),
        persist_state="session",
    )
    if refused:
        st.error(refused, icon=":material/error:")
    return typed or ""


def date_field(label: str, *, key: str, default: date, refused: str | None) -> date | None:
    """A date that is not a field of the SOP; None when it was emptied."""
    chosen = st.date_input(
        f"{label} *",
        value=default,
        min_value=_FIRST.date(),
        max_value=_LAST.date(),
        format=_DATE,
        key=key,
        on_change=drafts.mark,
        args=(key.rpartition(".")[0],),
        persist_state="session",
    )
    if refused:
        st.error(refused, icon=":material/error:")
    return chosen if isinstance(chosen, date) else None


def text_field(label: str, *, key: str, refused: str | None, required: bool = True) -> str:
    """A free text, as for a reason or a note."""
    typed = st.text_area(
        label + (" *" if required else ""),
        key=key,
        height=80,
        on_change=drafts.mark,
        args=(key.rpartition(".")[0],),
        persist_state="session",
    )
    if refused:
        st.error(refused, icon=":material/error:")
    return typed or ""


def local(at: datetime) -> datetime:
    """The moment as the office's clock shows it, without its zone, as the widgets take it."""
    return at.astimezone(WIB).replace(tzinfo=None)


def aware(at: datetime | None) -> datetime | None:
    """The office's clock time as a moment."""
    return at.replace(tzinfo=WIB) if at else None
