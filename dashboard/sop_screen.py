"""A SOP as its table, with its own words, what was reconstructed, and what was assumed."""

import pandas as pd
import streamlit as st

from dashboard import navigation
from dashboard.formats import date_long
from dashboard.text import _, language
from models.sop import Sop, Step


def show(sop: Sop) -> None:
    """One SOP, whole."""
    st.markdown(f"## SOP {sop.number}", anchors=False)
    st.text(sop.title)
    st.caption(
        _("Version {version}, in force since {day}", version=sop.version, day=date_long(sop.effective_from))
    )
    names = [_("Steps"), _("Books and papers"), _("Original words"), _("First page"), _("Assumptions")]
    chosen = st.segmented_control(
        _("Show"), names, default=names[0], required=True, key=f"sop.{sop.code}", label_visibility="collapsed"
    )
    if chosen == _("Books and papers"):
        _books(sop)
    elif chosen == _("Original words"):
        _original(sop)
    elif chosen == _("First page"):
        _head(sop)
    elif chosen == _("Assumptions"):
        _assumptions(sop)
    else:
        _steps(sop)


def _steps(sop: Sop) -> None:
    st.table(_table(sop))
    st.caption(_("(*) reconstructed: the source has lost this cell; see Assumptions."))


def _table(sop: Sop) -> pd.DataFrame:
    """The SOP's own table; its words are the SOP's, so they stay Indonesian."""
    rows = [
        {
            _("No."): step.no,
            _("Activity"): step.activity + "".join(f"\n\n{part}" for part in step.parts),
            _("Executor"): _executor(sop, step),
            _("Required papers"): "; ".join(step.inputs) or "–",
            _("Time"): step.time_text or _("not set by the SOP"),
            _("Output"): "; ".join(output.label.id for output in step.outputs) or "–",
            _("Remark"): step.remark or "–",
        }
        for step in sop.steps
    ]
    return pd.DataFrame(rows).set_index(_("No."))


def _executor(sop: Sop, step: Step) -> str:
    label = sop.executor(step.executor).label.in_language(language())
    return f"{label} (*)" if step.reconstructed else label


def _books(sop: Sop) -> None:
    """What Patuh keeps beside the steps: logbooks, recurring duties, limits of others, papers to print."""
    said = language()
    for journal in sop.journals:
        with st.container(border=True, gap=None):
            navigation.panel_title(journal.label.in_language(said))
            if journal.help:
                st.caption(journal.help.in_language(said))
            st.text(", ".join(field.label.in_language(said) for field in journal.fields))
    lists = (
        (
            _("Recurring duties"),
            [duty.label for duty in sop.duties] + [step.name for step in sop.periodic_steps],
        ),
        (_("Limits that others set"), [limit.label for limit in sop.limits]),
        (_("Papers to print"), [document.label for document in sop.documents]),
    )
    for title, labels in lists:
        if labels:
            navigation.panel_title(title)
            for label in labels:
                st.text(f"• {label.in_language(said)}")


def _original(sop: Sop) -> None:
    st.caption(_("The rows as the source prints them, cell by cell; ¦ marks the border of a cell."))
    st.code(sop.head.original_columns, language=None, wrap_lines=True)
    for step in sop.steps:
        for row in step.original:
            st.code(row, language=None, wrap_lines=True)
    if sop.head.corrections:
        navigation.panel_title(_("Corrected misspellings"))
        st.table(
            pd.DataFrame(
                [{_("Original"): one.original, _("Used"): one.used} for one in sop.head.corrections]
            ).set_index(_("Original"))
        )


def _head(sop: Sop) -> None:
    head = sop.head
    st.caption(_("Approved by"))
    st.text(f"{head.approver_title}\n{head.approved_by}\nNIP. {head.approver_id}")
    lists = (
        (_("Legal basis"), head.legal_basis),
        (_("Changes in the law since"), head.legal_notes),
        (_("Qualifications of the executors"), head.qualifications),
        (_("Equipment"), head.equipment),
        (_("Records"), head.records),
        (_("Warnings"), head.warnings),
        (_("Related SOPs"), head.related),
        (_("Notes"), head.notes),
    )
    for title, entries in lists:
        if entries:
            navigation.panel_title(title)
            for entry in entries:
                st.text(f"• {entry}")


def _assumptions(sop: Sop) -> None:
    st.caption(_("What the SOP does not say and Patuh assumes until the office decides."))
    for assumption in sop.assumptions:
        st.text(f"• {assumption.text.in_language(language())}")
    reconstructed = [step for step in sop.steps if step.reconstructed]
    if reconstructed:
        navigation.panel_title(_("Reconstructed executors"))
    for step in reconstructed:
        name = sop.executor(step.executor).label.in_language(language())
        st.text(f"{step.no}. {step.name.in_language(language())}: {name}. {step.reconstruction}")
