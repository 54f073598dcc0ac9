"""The files of a case: attach one, look at it, take it out with a reason."""

from collections.abc import Sequence

import streamlit as st

from dashboard import acts, drafts, forms, navigation, reads
from dashboard.formats import moment_medium, number
from dashboard.settings import vault
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.attachment_content import MOST_BYTES
from models.commands.attachments import Place, attach, may_attach, withdraw_attachment
from models.queries.attachments import Attached, attachments
from models.queries.case_file import CaseView, Round

_PREVIEWED = ("image/", "application/pdf")
# More than a file may have: what the browser itself turns away, it turns away in English, and leaves the file chosen
# before in its place.
_MOST_CHOSEN_MB = 25


def show(who: Actor, view: CaseView) -> None:
    """All files of the case; a new one may be tied to an output that a step has left behind."""
    found = reads.read(attachments, view.case_id)
    if may_attach(who, view.sop):
        with st.container(border=True):
            navigation.panel_title(_("Attach a file"))
            new(who, view, place_of=f"case.{view.case_id}", outputs=True)
    if not found:
        st.caption(_("No file is attached yet."))
    for file in found:
        with st.container(border=True, gap="xsmall", key=f"file.{file.attachment_id}"):
            _file(who, view, file)


def listed(who: Actor, view: CaseView, files: Sequence[Attached]) -> None:
    """Some files within something else, as an entry of a logbook."""
    for file in files:
        if file.state == "kept":
            _named(who, view, file)


def name_of_new(place: str) -> str:
    """The name of the form of a new attachment at a place: a case or an entry."""
    return f"attach.{place}"


def new(
    who: Actor, view: CaseView, *, place_of: str, entry_id: int | None = None, outputs: bool = False
) -> None:
    """The form of a new attachment; `place_of` names the form, and the entry it belongs to if any."""
    form = name_of_new(place_of)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    file = st.file_uploader(
        _("File (PDF, picture, Word, Excel, PowerPoint; at most {size} MB)", size=MOST_BYTES // 1024**2),
        key=f"{form}.of-{acts.token(form)}.file",  # not among the fields that are kept: no file can be put back
        max_upload_size=_MOST_CHOSEN_MB,
        on_change=drafts.begin,
        args=(prefix,),
    )
    if file is not None:
        st.text(_("To be attached: {name} ({size})", name=file.name, size=_size(file.size)))
    if message := refused.get("file"):
        st.error(message, icon=":material/error:")
    title = st.text_input(
        _("Title"),
        key=f"{prefix}.title",
        placeholder=_("As the file is named"),
        help=_("Without the reporter's name.") if view.sop.confidential_fields else None,
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )
    if message := refused.get("title"):
        st.error(message, icon=":material/error:")
    place = Place(entry_id=entry_id)
    if outputs:
        place = _output_place(view, prefix)
    secret = False
    if view.sop.confidential_fields:
        secret = st.toggle(
            _("Holds the reporter's identity"),
            value=True,
            key=f"{prefix}.secret",
            help=_("Then only those who may see the identity can open it, and each opening is recorded."),
            on_change=drafts.mark,
            args=(prefix,),
            persist_state="session",
        )
    if st.button(_("Attach"), icon=":material/attach_file:", key=f"{form}.send"):
        if file is None:
            acts.refuse(form, file=_("Choose a file first."))
            st.rerun()
        answer = acts.submit(
            form,
            attach,
            vault=vault(),
            case_id=view.case_id,
            body=file.getvalue(),
            filename=file.name,
            title=title or "",
            place=place,
            confidential=secret,
        )
        if answer:
            acts.say(_("Attached."))
        st.rerun()


def _output_place(view: CaseView, prefix: str) -> Place:
    """Which output of which step the file is, if any: those that are not there yet come first."""
    rounds = [one for one in view.rounds if one.state in ("open", "done")]
    places = {
        f"{one.round_id}.{output.key}": (one, output.key)
        for one in rounds
        for output in view.sop.step(one.step_key).outputs
    }
    missing = [key for key, (one, output) in places.items() if output not in one.held]
    chosen = st.selectbox(
        _("Stands for the output"),
        missing + [key for key in places if key not in missing],
        index=None,
        format_func=lambda key: _output_words(view, *places[key]) if key in places else "-",
        placeholder=_("None: belongs to the case as a whole"),
        key=f"{prefix}.output",
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )
    if chosen not in places:
        return Place()
    one, output = places[chosen]
    return Place(round_id=one.round_id, output_key=output)


def _output_words(view: CaseView, one: Round, output_key: str) -> str:
    step = view.sop.step(one.step_key)
    output = next(output for output in step.outputs if output.key == output_key)
    return f"{step.no}. {output.label.in_language(language())}"


def _file(who: Actor, view: CaseView, file: Attached) -> None:
    if file.state == "withdrawn":
        st.caption(f":material/block: {_('Withdrawn')}")
        st.text(f"{file.title}\n{file.reason}")
        if drafts.stays(_name_of_withdrawal(file)):
            _withdraw(file)
        return
    _named(who, view, file)
    step = next((view.sop.step(one.step_key) for one in view.rounds if one.round_id == file.round_id), None)
    output = next((one for one in step.outputs if one.key == file.output_key), None) if step else None
    if step and output:
        st.caption(f":material/inventory: {step.no}\\. {output.label.in_language(language())}")
    if may_attach(who, view.sop) or may(who, Permission.EDIT_CASE, view.sop):
        more = st.popover(
            _("Withdraw"),
            icon=":material/delete:",
            type="tertiary",
            key=f"file.more.{file.attachment_id}",
            on_change="rerun",
        )
        if more.open:
            with more:
                _withdraw(file)


def _named(who: Actor, view: CaseView, file: Attached) -> None:
    st.text(f"{file.title} · {_size(file.size)}")
    st.text(_("{recorded} by {name}", recorded=moment_medium(file.recorded_at), name=file.recorded_by))
    if file.confidential and not may(who, Permission.VIEW_IDENTITY, view.sop):
        st.caption(f":material/lock: {_('Holds the reporter’s identity: not open to you.')}")
        return
    with st.container(horizontal=True, gap="small"):
        label = _("Download (recorded)") if file.confidential else _("Download")
        st.link_button(label, f"/unduh/lampiran?id={file.attachment_id}", icon=":material/download:")
    if not file.confidential and file.media_type.startswith(_PREVIEWED):
        look = st.expander(
            _("Look at it"), icon=":material/visibility:", on_change="rerun", key=f"look.{file.attachment_id}"
        )
        if look.open:
            with look:
                address = f"/unduh/pratinjau-lampiran?id={file.attachment_id}"
                st.markdown(f"![{_('Preview')}]({address})")


def _name_of_withdrawal(file: Attached) -> str:
    return f"withdraw.{file.attachment_id}"


def _withdraw(file: Attached) -> None:
    form = _name_of_withdrawal(file)
    version = drafts.answered_version(form, file.version)
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, ())
    if file.state == "withdrawn":
        drafts.show_over(form, _("Somebody else has withdrawn it meanwhile."))
    reason = forms.text_field(
        _("Reason"), key=f"{form}.{acts.token(form)}.reason", refused=refused.get("reason")
    )
    if st.button(_("Withdraw"), key=f"{form}.send"):
        answer = acts.submit(
            form,
            withdraw_attachment,
            attachment_id=file.attachment_id,
            expected_version=version,
            reason=reason,
        )
        if answer:
            acts.say(_("Withdrawn; it is served to nobody any more."))
        st.rerun()


def _size(size: int) -> str:
    if size < 1024**2:
        return f"{number(max(1, round(size / 1024)))} kB"
    return f"{number(size / 1024**2, 1)} MB"
