"""Two hundred planted identities go through the life of their complaints: no dump, sheet or log holds one in clear.

Looked for as UTF-8, UTF-16, base64, hexadecimal, JSON and address escapes, in any case of letters, and numbers also
without the signs between their digits. The databases are read as whoever stole them would: SQLite's file to the byte,
PostgreSQL's tables as its own COPY writes them.
"""

import base64
import io
import json
import logging
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from dashboard.periods import Months
from dashboard.prints import words
from dashboard.register_screen import frame
from dashboard.reports import semester
from dashboard.reports.sheets import Column, Sheet
from dashboard.reports.workbook import write, write_register
from dashboard.text import in_language
from models.access import Role
from models.commands.attachments import attach
from models.commands.form_drafts import keep_draft
from models.commands.identity import reveal_identity
from models.errors import Invalid
from models.queries.case_file import case_view, history
from models.queries.papers import paper_sources
from models.queries.register import RegisterFilter, register
from models.queries.settings import office as profile
from models.tables import Base
from models.vault import Vault
from tests.commands.flow import close, edit
from tests.factories import HALF_AN_HOUR, RECEIVED_AT, VAULT, Office, finish, open_one, sop, token

PEOPLE = 40
_FIRST = ("Teuku", "Siti", "Désirée", "Aman", "Bai", "Salomo", "Ngurah", "O'Malley")
_LAST = ("Samaloisa", "Saogo", "Sabaggalet", "Tatubeket", "Siritoitet")


def identity(n: int) -> dict[str, object]:
    """A reporter's name, phone, e-mail, address and NIK, as no other reporter has them."""
    return {
        "reporter_name": f"{_FIRST[n % 8]} {_LAST[n % 5]} ke-{n:03}",
        "reporter_phone": f"08{n % 10}2-{4100 + 37 * n:04}-{7000 + n:04}",
        "reporter_email": f"pelapor.{n:03}@rahasia-sekali.example",
        "reporter_address": f"Jalan Tersembunyi {n:03} RT 0{n % 9}, Sioban",
        "reporter_id_number": f"13090{n:03}{10**7 + 7919 * n}",
    }


PLANTED = [str(value) for n in range(PEOPLE) for value in identity(n).values()]


def disguises(value: str) -> Iterator[bytes]:
    """The ways in which a value stands in a file, in small letters where letters have a case."""
    for text in {value, value.replace("-", "")}:
        plain = text.casefold()
        yield plain.encode()
        yield plain.encode("utf-16-le")
        yield plain.encode("utf-16-be")
        yield json.dumps(text)[1:-1].casefold().encode()
        yield quote(text).casefold().encode()
        yield text.encode().hex().encode()
        for before in range(3):  # base64 writes three bytes at a time, so where a text begins in it matters
            coded = base64.b64encode(b"\0" * before + text.encode())
            begin, end = -(-8 * before // 6), (8 * (before + len(text.encode()))) // 6
            yield coded[begin:end].lower()


def found_in(content: bytes) -> set[str]:
    haystack = content.lower() + content.decode("utf-8", "ignore").casefold().encode()
    return {value for value in PLANTED if any(one in haystack for one in disguises(value))}


@pytest.mark.parametrize(
    "written",
    [
        str.encode,
        lambda value: value.encode("utf-16-le"),
        lambda value: value.encode().hex().upper().encode(),
        lambda value: base64.b64encode(b"x" + value.encode()),
        lambda value: base64.b64encode(b"xy" + value.encode() + b"z"),
        lambda value: json.dumps({"name": value}).encode(),
        lambda value: quote(value).encode(),
    ],
)
def test_search_finds_what_it_looks_for(written: Callable[[str], bytes]) -> None:
    for value in PLANTED[:40]:
        assert value in found_in(b"\x00\xff" * 9 + written(value) + b"\xfe" * 9), value
    assert len(set(PLANTED)) == 200
    assert found_in(b"Pungutan dalam rekrutmen PPS" * 100) == set()


def dump_of(store: Engine) -> bytes:
    """The whole database as somebody carries it away."""
    if store.dialect.name == "sqlite":
        with store.connect() as connection:
            return bytes(connection.connection.driver_connection.serialize())
    written = io.BytesIO()
    with store.connect() as connection:
        cursor = connection.connection.driver_connection.cursor()
        for name in Base.metadata.tables:
            with cursor.copy(f'COPY "{name}" TO STDOUT') as copied:
                for part in copied:
                    written.write(bytes(part))
    text = written.getvalue()  # bytes stand in it in hexadecimal
    return text + b"".join(bytes.fromhex(coded.decode()) for coded in re.findall(rb"\\\\x([0-9a-f]+)", text))


def lives(office: Office) -> tuple[list[dict[str, str]], bytes]:
    """Register, edit, reveal, finish, close, search, export: what was revealed, and what left the program in files."""
    revealed = []
    for n in range(PEOPLE):
        case_id = open_one(office, "pengaduan", **identity((n + 7) % PEOPLE))
        edit(office, case_id, **identity(n), reason="salah orang")
        finish(office, case_id, "recording")
        revealed.append(_reveal(office, case_id))
        _leave_papers(office, case_id, identity(n))
        if n % 3 == 0:
            close(office, case_id, at=RECEIVED_AT + HALF_AN_HOUR)
        with pytest.raises(Invalid):
            edit(office, case_id, **identity(n), subject="", reason="")
    return revealed, _files(office)


def scan(said: bytes) -> bytes:
    """The smallest picture, with some words in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    size = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = [
        (b"IHDR", size),
        (b"tEXt", b"Comment\0" + said),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def _leave_papers(office: Office, case_id: int, planted: dict[str, object]) -> None:
    """A scan that names the reporter, and a form begun and not sent."""
    attach(
        office.store,
        vault=VAULT,
        actor=office.sekretaris,
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        body=scan(json.dumps(planted).encode()),
        filename="surat.png",
        confidential=True,
    )
    keep_draft(
        office.store,
        vault=VAULT,
        user_id=office.sekretaris.user_id,
        form=f"edit.{case_id}",
        now=RECEIVED_AT,
        content={"fields": planted},
    )


def _reveal(office: Office, case_id: int) -> dict[str, str]:
    return reveal_identity(
        office.store,
        vault=VAULT,
        actor=office.actors[Role.TIM_PEMERIKSA],
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        reason="menghubungi pelapor",
    )


def _files(office: Office) -> bytes:
    """What the screens read, the register and the semester report, unpacked; no search finds a reporter."""
    of, who, seen = sop("pengaduan"), office.sekretaris, b""
    with office.reading() as connection, in_language("id"):
        for value in PLANTED:
            chosen = RegisterFilter(search=value)
            _, total = register(connection, actor=who, sop=of, chosen=chosen, as_of=RECEIVED_AT)
            assert total == 0
        rows, _ = register(
            connection, actor=who, sop=of, chosen=RegisterFilter(), as_of=RECEIVED_AT, limit=500
        )
        for row in rows:
            view = case_view(connection, actor=who, case_id=row.case_id, as_of=RECEIVED_AT)
            seen += repr((view, history(connection, actor=who, case_id=row.case_id))).encode()
            sources = paper_sources(connection, actor=who, case_id=row.case_id, as_of=RECEIVED_AT)
            printed = [words.build(document, sources) for document in of.documents]
            seen += json.dumps(printed, ensure_ascii=False).encode()
        shown = frame(rows, of)
        columns = tuple(Column(name, name, "long_text", 20) for name in shown.columns)
        office_profile = semester.profile_of(profile(connection))
        sheet = Sheet(name="Register", heading=("REGISTER",), columns=columns, frame=shown)
        whole = semester.build(
            connection, actor=who, sop=of, months=Months("month", 202611, 202611), as_of=RECEIVED_AT
        )
        books = [
            write_register("REGISTER", sheet, office_profile, made_at=RECEIVED_AT),
            write(whole, made_at=RECEIVED_AT),
        ]
    assert len(rows) == PEOPLE
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as unpacked:
            seen += b"".join(unpacked.read(name) for name in unpacked.namelist())
    return seen


def test_nothing_that_is_stored_or_leaves_or_is_logged_holds_an_identity(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy")
    revealed, files = lives(office)
    assert revealed == [identity(n) for n in range(PEOPLE)]
    assert b"Pungutan dalam rekrutmen PPS" in files
    assert found_in(files) == set()
    dumped = dump_of(office.store)
    assert b"Pungutan dalam rekrutmen PPS" in dumped
    assert found_in(dumped) == set()
    assert "INSERT INTO vault_entry" in caplog.text
    assert found_in(caplog.text.encode()) == set()


@pytest.mark.parametrize(
    "unsealed",
    [
        bytes,
        base64.b64encode,
        lambda data: data.hex().encode(),
        lambda data: data.decode().encode("utf-16-le"),
    ],
    ids=["clear", "base64", "hex", "utf-16"],
)
def test_twin_without_sealing_the_dump_holds_them_all(
    office: Office, monkeypatch: pytest.MonkeyPatch, unsealed: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(Vault, "seal_bytes", lambda _, data, **__: unsealed(data))
    for n in range(PEOPLE):
        open_one(office, "pengaduan", **identity(n))
    assert found_in(dump_of(office.store)) == set(PLANTED)
