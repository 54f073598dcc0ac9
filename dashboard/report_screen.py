"""The semester report on screen: the same frames that the workbook is written from."""

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import navigation, reads
from dashboard.formats import date_short, moment_short, number, percent
from dashboard.periods import Months
from dashboard.reports import compliance_sheet, semester
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _, language, translate
from models.access import Actor, Permission, may
from models.calendar_data import CalendarError
from models.errors import Forbidden
from models.sop import Sop


def show(who: Actor, sop: Sop, months: Months, now: datetime) -> bool:
    """A tab per sheet, compliance first because it is asked for most. Raises `Forbidden`.

    Returns whether there is such a report: the address may ask for a time that the working calendar does not know.
    """
    try:
        _show(who, sop, months, now)
    except CalendarError as beyond:
        st.error(translate(beyond.problem), icon=":material/event_busy:")
        return False
    return True


def _show(who: Actor, sop: Sop, months: Months, now: datetime) -> None:
    asked = asked_for(who, sop, months, now)
    first = _(compliance_sheet.NAME)
    chosen = st.segmented_control(
        _("Sheet"),
        _names(**asked),
        default=first,
        required=True,
        key="reports.sheet",
        label_visibility="collapsed",
    )
    sheet = remembered(asked, name=chosen or first)
    navigation.panel_title(sheet.heading[0])
    st.caption(" · ".join(sheet.heading[1:]))
    if sheet.frame.empty:
        st.info(_("NIL: nothing to report in this period."), icon=":material/inbox:")
    else:
        st.dataframe(
            words(sheet), hide_index=True, placeholder="-", height="content" if len(sheet.frame) < 16 else 560
        )
    for note in sheet.notes:
        st.caption(note)


def asked_for(who: Actor, sop: Sop, months: Months, now: datetime) -> dict[str, Any]:
    """Which report, and what its remembered sheets carry in their key. Raises `Forbidden`."""
    if not (may(who, Permission.VIEW_REPORTS, sop) and may(who, Permission.VIEW_SUMMARY, sop)):
        raise Forbidden
    key = (sop.code, sop.version, months.key, language(), *reads.stands(who))
    return {"_who": who, "_sop": sop, "_months": months, "as_of": now, "key": key}


def remembered(asked: dict[str, Any], *, name: str) -> Sheet:
    """The sheet of that name, made once for all from whom the same cases are hidden."""
    made_by = asked["_who"].name if semester.names_its_maker(name) else ""
    return _sheet(**asked, name=name, made_by=made_by)


@st.cache_resource(max_entries=40, ttl=300, show_spinner=False)
def _names(*, _who: Actor, _sop: Sop, _months: Months, as_of: datetime, key: tuple[object, ...]) -> list[str]:
    return reads.read(semester.sheet_names, actor=_who, sop=_sop, months=_months, as_of=as_of)


@st.cache_resource(max_entries=40, ttl=300, show_spinner=False)
def _sheet(
    *,
    _who: Actor,
    _sop: Sop,
    _months: Months,
    as_of: datetime,
    key: tuple[object, ...],
    name: str,
    made_by: str,
) -> Sheet:
    """One sheet alone, for the whole report of a large office takes half a second of everybody's time.

    It is handed out as it is, for it can be long; nobody changes it.
    """
    return reads.read(semester.sheet, actor=_who, sop=_sop, months=_months, as_of=as_of, name=name)


def words(sheet: Sheet) -> pd.DataFrame:
    """A sheet's frame as words, in the reader's formats whatever the browser's language."""
    return pd.DataFrame(
        {
            column.title: [_said(column, value) for value in sheet.frame[column.key]]
            for column in sheet.columns
        }
    )


def _said(column: Column, value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)) or value is pd.NaT:
        return "-" if column.kind in ("percent", "duration") else ""
    if column.kind == "percent":
        return percent(float(str(value)))
    if column.kind == "integer":
        return number(int(str(value).removesuffix(".0")))
    if column.kind == "duration":
        return number(float(str(value)) / 60, 1)
    if column.kind == "date":
        return date_short(value)  # type: ignore[arg-type]  # a date by its column's kind
    if column.kind == "moment":
        return moment_short(value)  # type: ignore[arg-type]  # a moment by its column's kind
    return str(value)
