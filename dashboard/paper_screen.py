"""The papers of a case: choose one, complete its form, look at its pages, take it as PDF.

The preview and the PDF show what was saved; before the first saving, what the case itself fills in.
"""

import hashlib
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard import acts, buttons, drafts, forms, reads, session
from dashboard.formats import moment_long
from dashboard.prints import render, words
from dashboard.prints.values import first_values
from dashboard.text import _, language
from models.access import Actor
from models.commands.papers import may_fill_in, save_paper
from models.queries.case_file import CaseView
from models.queries.papers import PaperSources, paper_sources
from models.sop_document import Document

_MOST_PAGES = 40
_PAGE_WIDTH = 760  # pixels, where no form stands beside the pages


def show(who: Actor, view: CaseView) -> None:
    """The chosen paper with its form and its pages."""
    if not view.sop.documents:
        st.info(_("This version of the SOP names no papers to print."), icon=":material/print_disabled:")
        return
    document = _choose(view)
    sources = reads.read(paper_sources, actor=who, case_id=view.case_id, as_of=session.now())
    if not document.fields or not _is_open_to(who, document, view):
        with st.container(width=_PAGE_WIDTH):
            _pages(document, sources)
        return
    form, pages = st.columns(2, gap="medium")  # one below the other on a phone
    with form:
        _form(document, sources)
    with pages:
        if drafts.is_begun(_form_of(document, view)):
            words = _("The entries above are not saved yet; the PDF holds those that were saved.")
            st.caption(f":material/edit_off: {words}")
        _pages(document, sources)


def _choose(view: CaseView) -> Document:
    """Papers of running steps stand first chosen, because they are the ones wanted now."""
    names = {one.key: _name(view, one) for one in view.sop.documents}
    running = {shown.step_key for shown in view.rounds if shown.state == "open"}
    wanted = [n for n, one in enumerate(view.sop.documents) if one.step in running]
    chosen = st.selectbox(
        _("Paper"),
        list(names),
        index=wanted[0] if wanted else 0,
        format_func=lambda key: names[key],
        key=f"paper.{view.case_id}",
    )
    return view.sop.document(chosen)


def _name(view: CaseView, document: Document) -> str:
    label = document.label.in_language(language())
    return f"{view.sop.step(document.step).no}. {label}" if document.step else label


def _is_open_to(who: Actor, document: Document, view: CaseView) -> bool:
    """Whether this person fills in the paper; a form that was begun stays though the case be closed meanwhile."""
    fills_in = may_fill_in(who, document, view.sop, assigned=view.assigned) and view.closed_at is None
    return fills_in or drafts.stays(_form_of(document, view))


def _form_of(document: Document, view: CaseView) -> str:
    return f"paper.{view.case_id}.{document.key}"


def _form(document: Document, sources: PaperSources) -> None:
    """The paper's form, with what was saved or what the case fills in."""
    view = sources.view
    form = _form_of(document, view)
    saved = sources.saved.get(document.key)
    of_case = first_values(document, sources)
    values = saved.data if saved else of_case
    drafts.follow(form, repr(values))
    version = drafts.answered_version(form, sources.version(document.key))
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_outdated(form, outdated=drafts.is_outdated(prefix, of_case))
    drafts.show_conflict(form, document.fields)
    data = forms.step_form(document.fields, prefix=prefix, values=values, refused=refused, outcome=None)
    if st.button(**buttons.main(_("Save entries"), icon=":material/save:"), key=f"{form}.send"):
        _save(form, document, view, version=version, data=data)
        st.rerun()


def _save(form: str, document: Document, view: CaseView, *, version: int, data: dict[str, Any]) -> None:
    answer = acts.submit(
        form,
        save_paper,
        case_id=view.case_id,
        document_key=document.key,
        expected_version=version,
        data=data,
    )
    if answer:
        acts.say(_("Entries saved. The paper below shows them."))


def _pages(document: Document, sources: PaperSources) -> None:
    """Where the pages come from, the link to the PDF, and the pages."""
    saved = sources.saved.get(document.key)
    if saved:
        st.caption(_("As saved {moment}.", moment=moment_long(saved.recorded_at)))
    elif document.fields:
        st.caption(_("Not saved yet: filled in from the case, and marked as a draft at its foot."))
    asked = {"berkas": sources.view.case_id, "dokumen": document.key}
    st.link_button(
        _("Download PDF"),
        f"/unduh/cetak.pdf?{urlencode(asked)}",
        icon=":material/picture_as_pdf:",
        type="secondary",
    )
    said = words.build(document, sources)
    count = len(render.pages_png(said))
    state = hashlib.sha256(repr(said).encode()).hexdigest()[:12]  # another picture needs another address
    for number in range(1, min(count, _MOST_PAGES) + 1):
        address = f"/unduh/pratinjau.png?{urlencode({**asked, 'hal': number, 'isi': state})}"
        with st.container(border=True):
            st.markdown(f"![{_('Page {n} of {count}', n=number, count=count)}]({address})")
