"""A register as a file: every case once and in order, as on the screen, made here and in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dashboard import apart, register_file
from dashboard.formats import WIB
from dashboard.register_file import Order
from dashboard.register_screen import frame
from dashboard.reports import register_sheet
from dashboard.reports.register_sheet import Picked
from dashboard.reports.workbook import write_register
from dashboard.status import STATES, word
from dashboard.text import in_language
from models.access import Actor
from models.errors import NotFound
from models.queries.register import RegisterFilter, register
from models.sop import Sop
from tests import factories
from tests.conftest import NOW, sqlite_database
from tests.factories import Office, advance_to, office_in, open_one, sop
from tests.unit.test_workbook import header_row
from tests.unit.test_workbook import office as letterhead

CASES = 7


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("register") / "patuh.db"


@pytest.fixture(scope="module")
def office(place: Path) -> Iterator[Office]:
    with sqlite_database(place) as made:
        factories.prepare_office(made)
        office = office_in(made)
        for number in range(CASES):
            complaint = open_one(office, "pengaduan", subject=f"Pungutan nomor {number}")
            open_one(office, "pengawalan", activity=f"Supervisi nomor {number}")
            if number % 3 == 0:
                advance_to(office, complaint, "review")
        yield office


def order(actor: Actor, code: str = "pengaduan", **chosen: Any) -> Order:
    with in_language(actor.language):
        verdicts = {state: word(state) for state in STATES}
    return Order(
        actor=actor,
        sop=sop(code),
        chosen=RegisterFilter(**chosen),
        as_of=NOW,
        office=letterhead(),
        verdicts=verdicts,
    )


def made_here(office: Office, wanted: Order) -> bytes:
    with office.reading() as connection:
        pieces = register_file.read(connection, wanted)
    file = BytesIO()
    register_file.write(file, wanted, pieces)
    return file.getvalue()


def table(content: bytes) -> tuple[list[object], list[list[object]]]:
    worksheet: Worksheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    header = header_row(worksheet)
    last = (
        header
        if worksheet.auto_filter.ref is None
        else int(worksheet.auto_filter.ref.split(":")[1].lstrip("ABCDEFGHIJKLMN"))
    )
    head, *rows = ([cell.value for cell in row] for row in worksheet.iter_rows(min_row=header, max_row=last))
    return head, list(rows)


def as_on_screen(value: object) -> object:
    """A cell as the screen writes it: dates and moments by the office's clock, nothing as nothing."""
    if isinstance(value, datetime) and (value.hour, value.minute) == (0, 0):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H.%M}"
    return "" if value is None else value


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_file_holds_what_the_screen_shows_in_its_order(office: Office, code: str) -> None:
    head, rows = table(made_here(office, order(office.sekretaris, code)))
    with in_language("id"), office.reading() as connection:
        shown, total = register(
            connection, actor=office.sekretaris, sop=sop(code), chosen=RegisterFilter(), as_of=NOW, limit=1000
        )
        words = frame(shown, sop(code))
    assert total == CASES
    assert head == list(words.columns)
    keys = [field.key for field in fields(sop(code))]
    departs = keys.index("departs_at") + 7 if "departs_at" in keys else None
    for row, expected in zip(rows, words.values.tolist(), strict=True):
        found = [as_on_screen(value) for value in row]
        if departs is not None:  # the screen spells its month
            assert isinstance(row[departs], datetime)
            found[departs] = expected[departs]
        assert found == expected


def test_file_holds_what_the_filter_lets_through(office: Office) -> None:
    _, rows = table(made_here(office, order(office.sekretaris, search="nomor 3")))
    assert [row[2] for row in rows] == ["Pungutan nomor 3"]
    _, rows = table(made_here(office, order(office.sekretaris, search="tidak ada")))
    assert rows == []


def test_dates_and_moments_are_no_text() -> None:
    received = datetime(2026, 6, 30, 17, 0, tzinfo=UTC)  # 1 July on the office's clock
    values = tuple(
        "2026-11-29T17:30:00+00:00" if f.key == "departs_at" else "x" for f in fields(sop("pengawalan"))
    )
    case = Picked("", "001", "Rapat", received, "new", (), NOW, values)
    made = register_sheet.table([[case]], sop("pengawalan"), verdicts={}, as_of=NOW)
    head, ((*row,),) = table(write_register("x", made, letterhead(), made_at=NOW))
    assert row[3] == datetime(2026, 7, 1)
    assert row[6] == NOW.astimezone(WIB).replace(tzinfo=None)
    departs = [f.key for f in fields(sop("pengawalan"))].index("departs_at") + 7
    assert row[departs] == datetime(2026, 11, 30, 0, 30)
    assert len(head) == len(row)


def fields(of: Sop) -> list[Any]:
    return [field for field in of.fields if field.in_table and field.key != of.subject_field]


def test_what_a_newer_sop_no_longer_knows_keeps_its_key() -> None:
    values = tuple(None for _ in fields(sop("pengaduan")))
    case = Picked("overdue", "001", "x", NOW, "gone", ("old_step",), None, values)
    made = register_sheet.table([[case]], sop("pengaduan"), verdicts={"overdue": "Lewat"}, as_of=NOW)
    _, ((*row,),) = table(write_register("x", made, letterhead(), made_at=NOW))
    assert row[:7] == ["Lewat", "001", "x", datetime(2026, 11, 20), "gone", "old_step", None]


def test_numbers_are_numbers() -> None:
    of = sop("pengaduan")
    (first, *_) = fields(of)
    assert register_sheet._kind(first.type.NUMBER, [3, None]) == ("integer", 12)
    assert register_sheet._kind(first.type.NUMBER, [3, 2.5]) == ("number", 12)


def url(place: Path) -> str:
    return f"sqlite:///{place}"


def ignore(_far: int) -> None:
    """Nobody looks."""


def test_order_survives_its_way_into_another_process(office: Office) -> None:
    chosen = {
        "search": "x",
        "only_open": True,
        "received_months": (202601, 202606),
        "due_months": (202602, 202602),
    }
    for wanted in (order(office.sekretaris), order(office.second, "pengawalan", **chosen)):
        with office.reading() as connection:
            assert register_file.understood(connection, json.loads(json.dumps(wanted.plain()))) == wanted


def test_a_process_apart_makes_the_same_file_and_tells_how_far_it_is(
    office: Office, place: Path, tmp_path: Path
) -> None:
    told: list[int] = []
    path = tmp_path / "apart.xlsx"
    wanted = order(office.sekretaris)
    assert register_file.build_apart(url(place), path, wanted, tell=told.append) == CASES
    assert path.read_bytes() == made_here(office, wanted)
    assert told == [CASES]


def test_a_process_apart_is_refused_what_the_actor_may_not_see(
    office: Office, place: Path, tmp_path: Path
) -> None:
    for actor in (office.nobody, Actor(999, "Siapa", frozenset())):
        with pytest.raises(NotFound):
            register_file.build_apart(url(place), tmp_path / "x.xlsx", order(actor), tell=ignore)
    assert not (tmp_path / "x.xlsx").exists()


def test_a_database_out_of_reach_is_logged_without_its_address(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = "sqlite:////no/such/folder/rahasia.db"
    with pytest.raises(apart.EndedApart):
        register_file.build_apart(nowhere, tmp_path / "x.xlsx", order(office.sekretaris), tell=ignore)
    assert "OperationalError" in caplog.text
    assert "register_file.py" in caplog.text
    assert "rahasia" not in caplog.text


def test_nothing_heavy_is_loaded_for_it() -> None:
    """The start and the memory of the process count: neither Streamlit nor pandas nor the charts are in them."""
    program = "import sys, dashboard.register_file; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert {"streamlit", "pandas", "plotly", "pyarrow", "typst", "alembic"} & set(
        answer.stdout.split()
    ) == set()
