"""Files attached by the uploader: hostile ones refused with the reason beside them, honest ones served as they were."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser import case_acts as case
from tests.browser.conftest import People
from tests.browser.paperwork import register_escort
from tests.browser.screen_words import leaks
from tests.browser.test_every_screen import ENGLISH
from tests.unit.honest_files import picture, scan
from tests.unit.hostile_files import HOSTILE

pytestmark = pytest.mark.xdist_group("browser")

TITLE = "Foto lokasi, diketik sekali"
REASONS = {
    "program": "Jenis berkas ini tidak dapat dilampirkan",
    "docm called docx": "Berkas ini memuat makro.",
    "unpacks to 101 MB": "Setelah dibuka, berkas ini akan lebih besar dari 100 MB.",
    "name of 300 characters": "Nama berkas terdiri atas 300 karakter; paling banyak 150.",
    "10 MB and a byte": "Berkas ini berukuran 10.485.761 byte; yang dapat dilampirkan paling besar 10.485.760",
}


def of_browser(kind: str) -> FilePayload:
    """A hostile file as a browser hands it over: it says what it likes of its kind."""
    hostile = HOSTILE[kind]
    return {"name": hostile.filename, "mimeType": "application/pdf", "buffer": hostile.make()}


def stored(folder: Path) -> tuple[int, int]:
    """How many files the database holds: what is said of them, and their bytes."""
    database = f"file:{folder / 'contoh' / 'patuh.db'}?mode=ro"
    with closing(sqlite3.connect(database, uri=True)) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("attachment", "attachment_body")
        ]
    return int(counts[0]), int(counts[1])


def test_hostile_files_are_refused_with_the_reason(people: People, office_folder: Path) -> None:
    head = people("kasubbag")
    register_escort(head, activity="Dengan berkas yang berbahaya")
    before = stored(office_folder)
    head.show("Lampiran").type("title", TITLE, form="attach.")
    for kind, reason in REASONS.items():
        case.attach(head, of_browser(kind))
        said = head.said(reason)
        assert leaks(said.splitlines(), ENGLISH) == set()
        expect(head.page.get_by_test_id("stAlert")).to_have_count(1)
        expect(head.field("title", form="attach.").locator("input")).to_have_value(TITLE)
    expect(head.page.get_by_text("Belum ada lampiran.")).to_be_visible()
    assert stored(office_folder) == before


def test_picture_and_pdf_are_shown_and_given_back_as_they_were(
    people: People, office_folder: Path, tmp_path: Path
) -> None:
    head, desk = people("kasubbag"), people("desk")
    register_escort(head, activity="Dengan foto dan pindaian")
    before = stored(office_folder)
    for name, body in (("lokasi.png", picture("PNG", size=(800, 600))), ("nota.pdf", scan())):
        path = tmp_path / name
        path.write_bytes(body)
        case.attach(head.show("Lampiran"), path, title=f"Berkas {name}")
        head.said("Berkas terlampir.")
        link = head.page.get_by_role("link", name="Unduh").first
        download = head.download(link)
        assert (download.suggested_filename, Path(download.path()).read_bytes()) == (name, body)
        head.page.locator("summary").filter(has_text="Lihat").first.click()
        expect(head.page.get_by_role("img", name="Pratinjau").first).to_be_visible()
        shown = head.settled().page.get_by_role("img", name="Pratinjau").first
        assert shown.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") >= 800
        for address in (str(link.get_attribute("href")), str(shown.get_attribute("src"))):
            assert head.page.request.get(address).status == 200
            hidden = desk.page.request.get(address)
            assert (hidden.status, body[:8] in hidden.body()) == (404, False)
    assert [now - then for now, then in zip(stored(office_folder), before, strict=True)] == [2, 2]
