"""The screens as data: file, address, words, who may open it. The menu of a person is made from this at every run.

A screen that a role may not open is not in its menu and not routable; each page asks again in its first statement.
There is one register per SOP, at the SOP's code: a third SOP needs no code to appear here.
"""

from dataclasses import dataclass
from typing import Any, NoReturn

import streamlit as st

from dashboard.settings import ROOT, is_sample
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.errors import N_
from models.sop import Sop

_SOP_OF_PAGE = "navigation.sop"
_PAGES = "navigation.pages"  # those of the run, by address: Streamlit looks each one up on the disk


@dataclass(frozen=True, slots=True)
class Screen:
    """One page file. `title` and `section` are msgids; a hidden screen is reached by links only."""

    file: str
    url: str
    title: str
    icon: str
    permission: Permission | None
    section: str = ""
    hidden: bool = False


_MANAGEMENT = N_("Management")
HOME = Screen("home.py", "", N_("Home"), ":material/home:", None, hidden=True)
SUMMARY = Screen("summary.py", "ringkasan", N_("Overview"), ":material/monitoring:", Permission.VIEW_SUMMARY)
TASKS = Screen("tasks.py", "tugas", N_("Tasks"), ":material/checklist:", Permission.VIEW_TASKS)
REGISTER = Screen("register.py", "", "", ":material/folder_open:", Permission.VIEW_CASES)
COMPLIANCE = Screen(
    "compliance.py", "kepatuhan", N_("Compliance"), ":material/query_stats:", Permission.VIEW_SUMMARY
)
REPORTS = Screen("reports.py", "laporan", N_("Reports"), ":material/table_view:", Permission.VIEW_REPORTS)
SOPS = Screen("sops.py", "sop", N_("SOPs"), ":material/menu_book:", Permission.VIEW_SOPS, _MANAGEMENT)
USERS = Screen("users.py", "pengguna", N_("Users"), ":material/group:", Permission.MANAGE_USERS, _MANAGEMENT)
ACCOUNT = Screen("account.py", "akun", N_("My account"), ":material/person:", None, _MANAGEMENT)
CASE = Screen("case.py", "berkas", N_("Case"), "", Permission.VIEW_CASES, hidden=True)
NEW_CASE = Screen("new_case.py", "baru", N_("New case"), ":material/add:", Permission.OPEN_CASE, hidden=True)
SCREENS = (HOME, SUMMARY, TASKS, REGISTER, COMPLIANCE, REPORTS, SOPS, USERS, ACCOUNT, CASE, NEW_CASE)


def choose(actor: Actor, sops: list[Sop], *, shown: bool = True) -> Any:
    """Build the person's menu and return the page they asked for; remembers which SOP's register that is.

    Where it is not `shown` (the big screen on the wall) the pages are there all the same.
    """
    st.session_state[_PAGES] = {}
    menu: dict[str, list[Any]] = {"": []}
    for screen in SCREENS:
        if screen.permission is not None and not may(actor, screen.permission):
            continue
        if screen is REGISTER:
            menu[""] += [register_page(sop) for sop in sops]
        else:
            menu.setdefault(_(screen.section) if screen.section else "", []).append(page(screen))
    chosen = st.navigation(menu, position="top" if shown else "hidden")
    st.session_state[_SOP_OF_PAGE] = next((sop.code for sop in sops if sop.code == chosen.url_path), None)
    return chosen


def page(screen: Screen) -> Any:
    """The screen as Streamlit knows it."""
    return _page(
        screen.file,
        title=_(screen.title),
        icon=screen.icon or None,
        url_path=screen.url or None,
        default=screen is HOME,
        visibility="hidden" if screen.hidden else "visible",
    )


def register_page(sop: Sop) -> Any:
    """The register of one SOP."""
    return _page(
        REGISTER.file, title=sop.short.in_language(language()), icon=REGISTER.icon, url_path=sop.code
    )


def _page(file: str, *, url_path: str | None, **named: Any) -> Any:
    made: dict[str | None, Any] = st.session_state.setdefault(_PAGES, {})
    if url_path not in made:
        made[url_path] = st.Page(ROOT / "pages" / file, url_path=url_path, **named)
    return made[url_path]


def new_case_label(sop: Sop) -> str:
    """ "Pengaduan baru", "New complaint"."""
    words = _("New {case}", case=sop.case_noun.in_language(language()))
    return words[:1].upper() + words[1:]


def sop_of_page(sops: list[Sop]) -> Sop | None:
    """The SOP whose register is open; None on every other screen."""
    return next((sop for sop in sops if sop.code == st.session_state.get(_SOP_OF_PAGE)), None)


def go_to(target: Any, **query: str) -> NoReturn:
    """Open another page (a `Screen` or a page) with these parameters in its address."""
    destination = page(target) if isinstance(target, Screen) else target
    st.switch_page(destination, query_params={key: value for key, value in query.items() if value})


def heading(title: str, *, aside: str = "", caption: str = "") -> None:
    """A page's title in one line with a word beside it; says so when this is the sample year.

    The key tells the browser which language is spoken now (`web/assets/kata.js`): the page was loaded before.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"spoken-{language()}"):
        st.title(title, anchor=False, width="content")
        if is_sample():
            st.badge(_("SAMPLE DATA"), icon=":material/science:", color="violet")
        if aside:
            st.caption(aside)
    if caption:
        st.caption(caption)


def panel_title(title: str) -> None:
    """The title of a panel within a page; Markdown of our own words and the SOP's."""
    st.markdown(f"**{title}**")
