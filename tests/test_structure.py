"""The house keeps its own rules; each check first shows on a bad sample that it bites."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import structure

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", "data", "build", "test-results"}  # what .gitignore keeps out, and the repository itself
# acts of the program, of the command line, or of somebody who is not signed in yet: there is no actor to ask about
WITHOUT_ACTOR = {
    "duties.py": {"open_duties"},
    "exports.py": {"record_program_export"},
    "first_start.py": {"prepare", "claim"},
    "form_drafts.py": {"keep_draft", "drop_draft", "clear_old_drafts"},  # everybody's own, and no record
    "rescue.py": {"add_account", "give_password"},
    "seeding.py": {"take_in"},
    "sessions.py": {"sign_in", "sign_out", "touch", "count_attempt"},
    "vault.py": {"reseal", "rotate"},
}
WRITERS = ("models/commands/", "models/migrations/")
ALSO_WRITE = ("models/audit.py", "models/database.py", "models/migrate.py")


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    """Each Python file under these folders with its text, by its path in the repository."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def findings(
    check: Callable[[str], structure.Findings], *folders: str, leaving_out: tuple[str, ...] = ()
) -> dict[str, structure.Findings]:
    """What a check finds, by file; empty when all is well."""
    looked_at = {
        path: check(text) for path, text in texts(*folders) if not path.startswith(leaving_out or "\0")
    }
    assert looked_at, "nothing was looked at"
    return {path: found for path, found in looked_at.items() if found}


def test_top_level_holds_only_what_the_design_names() -> None:
    names = {path.name for path in ROOT.iterdir() if path.name not in NOT_OURS}
    caches = {name for name in names if name.endswith((".egg-info", "cache", "__pycache__"))}
    tools = {".venv", ".hypothesis"}
    assert names - caches - tools - structure.TOP_LEVEL == set()
    assert not list(ROOT.glob("*.py"))
    assert {"evil.py"} - structure.TOP_LEVEL == {"evil.py"}
    assert not (ROOT / "dashboard" / "pages").exists()


GUARD = "from dashboard import session\n"


@pytest.mark.parametrize(
    "body",
    [
        "import streamlit as st\nst.write(1)\nwho = session.require(Permission.VIEW_CASES)",
        "who = session.actor()",
        "who = session.require()",
        "who = other.require(Permission.VIEW_CASES)",
        "if True:\n    session.require(Permission.VIEW_CASES)",
        "def page():\n    session.require(Permission.VIEW_CASES)",
        "x = 1",
        "",
    ],
)
def test_page_guard_check_bites(body: str) -> None:
    assert structure.unguarded_page(GUARD + body, "case.py")


def test_page_begins_with_its_guard() -> None:
    assert not structure.unguarded_page(
        '"""A page."""\n' + GUARD + "session.require(Permission.VIEW_CASES)", "case.py"
    )
    assert not structure.unguarded_page(GUARD + "who = session.actor()", "home.py")
    found = {path: structure.unguarded_page(text, path.rpartition("/")[2]) for path, text in texts("pages")}
    assert len(found) >= 10
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "line",
    [
        "import sqlalchemy", "from sqlalchemy.orm import Session", "import pandas as pd",
        "from plotly import graph_objects",
        "import openpyxl.chart", "from models.tables import CaseFile", "from models import tables",
        "def f():\n    import pandas",
    ],
)  # fmt: skip
def test_page_import_check_bites(line: str) -> None:
    assert structure.forbidden_imports(line, structure.STORE_LIBRARIES)


def test_page_imports_no_store_and_no_frame() -> None:
    assert not structure.forbidden_imports("from models.queries import register", structure.STORE_LIBRARIES)
    assert findings(lambda text: structure.forbidden_imports(text, structure.STORE_LIBRARIES), "pages") == {}


def test_model_knows_no_screen() -> None:
    def check(text: str) -> structure.Findings:
        return structure.forbidden_imports(text, structure.SCREEN_LIBRARIES)

    for bad in (
        "import streamlit as st",
        "from dashboard.text import _",
        "from plotly import io",
        "import openpyxl",
    ):
        assert check(bad)
    assert findings(check, "models") == {}


def test_page_and_module_stay_short() -> None:
    assert structure.too_long("x = 1\n" * 61, structure.LONGEST_PAGE)
    assert findings(lambda text: structure.too_long(text, structure.LONGEST_PAGE), "pages") == {}
    migrations = ("models/migrations/versions/",)  # a record of what was done, never edited again
    assert (
        findings(
            lambda text: structure.too_long(text, structure.LONGEST_MODULE),
            "dashboard", "models", "seed",
            leaving_out=migrations,
        )
        == {}
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        "with transaction(store()) as c:\n    st.write(1)",
        "with database.transaction(store()):\n    if x:\n        st.rerun()",
        "with transaction(a), other():\n    for i in x:\n        y(st.session_state)",
    ],
)
def test_screen_inside_transaction_check_bites(body: str) -> None:
    assert structure.screen_inside_transaction(body)


def test_no_screen_inside_a_transaction() -> None:
    assert not structure.screen_inside_transaction("with transaction(s) as c:\n    c.execute(q)\nst.rerun()")
    assert findings(structure.screen_inside_transaction, "dashboard", "pages", "models", "seed") == {}


@pytest.mark.parametrize(
    "body",
    ["update(StepRound).values(note=1)", "r, c = StepRound, CaseFile\ninsert(r)", "r = StepRound\nupdate(r)"],
)
def test_check_of_writing_rounds_bites(body: str) -> None:
    assert structure.writes_rounds(body)


def test_rounds_are_written_in_one_place() -> None:
    assert not structure.writes_rounds("update(CaseFile)\nselect(StepRound)")
    found = findings(structure.writes_rounds, "dashboard", "pages", "models", "seed")
    assert [path for path in found if not path.endswith("rounds.py")] == []
    assert len(found) == 1


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)", "dt.datetime.now()", "date.today()", "time.time()", "open('x')", "Path('x').read_text()",
        "import os", "import os\nos.environ['x']", "from random import random", "import time",
        "from sqlalchemy import select",
        "from pathlib import Path", "import secrets",
    ],
)  # fmt: skip
def test_pure_module_check_bites(line: str) -> None:
    assert structure.impure(line)


def test_pure_modules_only_compute() -> None:
    for name in structure.PURE:
        assert structure.impure((ROOT / "models" / f"{name}.py").read_text(encoding="utf-8")) == [], name
    assert not structure.impure("from datetime import datetime\ndatetime(2026, 1, 1)")


def test_every_plain_module_of_models_is_pure_or_says_why_not() -> None:
    known = {*structure.PURE, "__init__", "audit", "database", "line", "migrate", "passwords", "vault"}
    known |= {"sop_file", "image_content"}  # Pillow is given the bytes as a file, which is all it reads
    assert {path.stem for path in (ROOT / "models").glob("*.py")} == known


@pytest.mark.parametrize(
    "line",
    [
        "import pickle", "from shelve import open", "connection.execute(text(f'SELECT {x}'))", "text('a' + b)",
        "sa.text('SELECT %s' % x)", "connection.exec_driver_sql(f'DROP TABLE {t}')", "text('{}'.format(x))",
        "st.markdown(x, unsafe_allow_html=True)", "st.html(x)", "pd.read_pickle(p)", "eval(x)",
    ],
)  # fmt: skip
def test_unsafe_check_bites(line: str) -> None:
    assert structure.unsafe(line)


def test_nothing_unsafe_is_called() -> None:
    assert not structure.unsafe("text('SELECT 1')\nst.text(f'{x}')")
    # the pragmas of SQLite are names of our own, and take no parameters
    assert (
        findings(
            structure.unsafe, "dashboard", "pages", "models", "seed", leaving_out=("models/database.py",)
        )
        == {}
    )


@pytest.mark.parametrize(
    "line",
    [
        "st.markdown(view.subject)", "st.caption(f'{row.note}')", "st.write(x.data['place'])",
        "st.error(case.close_reason)",
        "st.markdown(f'**{who.name}**')", "navigation.heading(view.subject)", "st.success(user.full_name)",
        "st.metric('x', view.data.get('leader'))", "st.badge(shown.reason)", "st.page_link(p, label=row.subject)",
    ],
)  # fmt: skip
def test_typed_text_check_bites(line: str) -> None:
    assert structure.typed_text_rendered(line)


def test_no_typed_text_is_rendered() -> None:
    assert not structure.typed_text_rendered("st.text(view.subject)\nst.caption(_plain(shown.recorded_by))")
    assert findings(structure.typed_text_rendered, "dashboard", "pages") == {}


@pytest.mark.parametrize(
    "line",
    [
        "st.button('Simpan')", "st.caption(f'{n} cases')", "columns[0].selectbox('Status', options)",
        "st.text_input(_('Name'), placeholder='Type here')", "st.error('Wrong' if x else _('Right'))",
        "acts.say('Stored.')", "acts.refuse(form, at='Required')", "st.markdown('**' + 'Now' + '**')",
        "st.caption(' · '.join(['Recorded', x]))",
    ],
)  # fmt: skip
def test_untranslated_check_bites(line: str) -> None:
    assert structure.untranslated(line)


def test_every_word_on_screen_passes_the_catalogue() -> None:
    for good in (
        "st.button(_('Save'), icon=':material/save:', key='x.send')",
        "st.markdown(f'**{_(\"Now\")}** SOP {number}')",
        "st.caption(f':orange[:material/inventory:] {x}')",
    ):
        assert not structure.untranslated(good)
    assert findings(structure.untranslated, "dashboard", "pages") == {}


def test_only_commands_the_trail_and_migrations_write() -> None:
    for bad in (
        "from sqlalchemy import insert", "from sqlalchemy.orm import Session",
        "from models.database import transaction",
    ):  # fmt: skip
        assert structure.writes(bad)
    assert not structure.writes("from sqlalchemy import select")
    elsewhere = findings(
        structure.writes, "dashboard", "pages", "models", "seed", leaving_out=(*WRITERS, *ALSO_WRITE)
    )
    assert elsewhere == {}


def test_every_command_says_who_acts_and_when() -> None:
    def without(text: str) -> structure.Findings:
        return structure.commands_without(text, {"actor", "now"})

    assert without("def close(store, *, now):\n    with transaction(store) as c:\n        pass") == ["close"]
    assert without("def close(store, *, actor, now):\n    with transaction(store) as c:\n        pass") == []
    found = {path.rpartition("/")[2]: set(without(text)) for path, text in texts("models/commands")}
    assert {name: functions for name, functions in found.items() if functions} == WITHOUT_ACTOR
    timeless = findings(lambda text: structure.commands_without(text, {"now"}), "models/commands")
    assert timeless == {
        "models/commands/first_start.py": ["prepare"],  # makes a code; nothing has happened yet
        "models/commands/form_drafts.py": ["drop_draft"],
    }
