"""The register's file by its handler: few rows at once, many in a process of their own, each leaving one act."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dashboard import exports
from dashboard.web import preparing
from dashboard.web.downloads import Download
from dashboard.web.preparing import Preparation
from models.access import Role
from models.errors import Forbidden, NotFound
from tests.factories import Office, acts

ASKED = {"sop": "pengaduan"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any row at all is many."""
    monkeypatch.setattr(exports, "BESIDE", 0)


def texts(content: bytes) -> list[str]:
    worksheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [str(cell.value) for row in worksheet.iter_rows() for cell in row if cell.value is not None]


def exported(office: Office) -> list[Any]:
    return [json.loads(act.details) for act in acts(office, "exported")]


def test_few_rows_come_at_once(office: Office) -> None:
    made = exports.register_xlsx(office.sekretaris, ASKED)
    assert isinstance(made, Download)
    assert isinstance(made.body, bytes)
    assert made.filename == "Register_Pengaduan_20261120_0900.xlsx"
    assert "Keterlambatan honor KPPS" in texts(made.body)
    assert exported(office) == [{"what": "register", "sop": "pengaduan", "rows": 5}]


def test_many_rows_are_the_same_file_from_a_process_apart(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = exports.register_xlsx(office.sekretaris, ASKED)
    monkeypatch.setattr(exports, "BESIDE", 4)
    preparation = exports.register_xlsx(office.sekretaris, ASKED)
    assert isinstance(preparation, Preparation)
    assert preparation.total == 5
    made = preparation.result()
    assert isinstance(at_once, Download)
    assert isinstance(made.body, Path)
    assert made.body.read_bytes() == at_once.body
    assert made.filename == at_once.filename
    assert preparation.far == 5
    assert exports.register_xlsx(office.sekretaris, {**ASKED, "siap": preparation.key}) is preparation
    assert exported(office) == [{"what": "register", "sop": "pengaduan", "rows": 5}] * 2
    preparing.close()


def test_who_may_not_is_refused_before_anything_is_made(office: Office, few: None) -> None:
    with pytest.raises(NotFound):
        exports.register_xlsx(office.nobody, ASKED)
    with pytest.raises(NotFound):
        exports.register_xlsx(office.actors[Role.JAGAT_SAKSANA], ASKED)
    assert preparing._known == {}
    assert exported(office) == []


def test_a_role_that_is_gone_does_not_get_what_was_prepared(office: Office, few: None) -> None:
    preparation = exports.register_xlsx(office.sekretaris, ASKED)
    assert isinstance(preparation, Preparation)
    preparation.result()
    without = type(office.sekretaris)(office.sekretaris.user_id, "x", frozenset())
    with pytest.raises((NotFound, Forbidden)):
        exports.register_xlsx(without, {**ASKED, "siap": preparation.key})
    preparing.close()
