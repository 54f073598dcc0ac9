"""Text that would act: it stands on every screen as it was typed, and does nothing, neither there nor in a workbook."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page

from tests.browser.conftest import People
from tests.browser.paperwork import register_complaint, task
from tests.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")

PLANTED = ("tebalnya", "miringnya", "kliknya", "warnanya", "kodenya", "rumusnya")
MARKUP = (
    "<b>tebalnya</b> *miringnya* **tebalnya** [kliknya](http://jahat.invalid) "
    "<a href='http://jahat.invalid'>kliknya</a> "
    ":red[warnanya] `kodenya` $rumusnya$ <img src=x onerror=alert(1)> <script>window.kena = 1; alert(2)</script>"
)
SUBJECT = (
    '=HYPERLINK("http://jahat.invalid";"x") <b>tebalnya</b> **tebalnya** [kliknya](http://jahat.invalid) '
    ":red[warnanya] <img src=x onerror=alert(1)>"
)
DESCRIPTION = f"=1+1 uraian {MARKUP}"
NOTE = f"@SUM(1;1) catatan {MARKUP}"

# whatever a renderer would have made of the planted words: elements of their own, links, pictures, scripts that ran
_RENDERED = """planted => [...document.querySelectorAll("body *")].filter(e =>
    (planted.includes(e.textContent.trim()) && !e.matches("textarea, input"))
    || /jahat|^x$/.test(e.getAttribute("href") || e.getAttribute("src") || "")
    || (e.matches(".katex, .katex *, script") && planted.some(word => e.textContent.includes(word)))
).map(e => e.outerHTML.slice(0, 200)).concat(window.kena ? ["a script ran"] : [])"""


def rendered(page: Page) -> list[str]:
    """What on this page came out of the planted text as more than text; empty when all is well."""
    return [str(found) for found in page.evaluate(_RENDERED, list(PLANTED))]


def computed(path: Path) -> list[str]:
    """The cells of a workbook that a spreadsheet program would compute or follow."""
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    return [f"{cell.coordinate} {cell.value}" for cell in cells if cell.data_type == "f" or cell.hyperlink]


def texts(path: Path) -> set[Any]:
    """All that stands in the cells of a workbook."""
    return {
        cell for sheet in load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row
    }


def shows(person: Person, *planted: str) -> None:
    """Each of these texts stands on the screen, letter by letter, and none was rendered."""
    person.settled()
    said = person.page.evaluate("document.body.textContent")
    assert [text for text in planted if text not in said] == []
    assert rendered(person.page) == []


def test_hostile_text_stays_text_everywhere(people: People, tmp_path: Path) -> None:
    desk, secretary = people("desk"), people("sekretaris")
    number = register_complaint(desk, subject=SUBJECT, description=DESCRIPTION)
    case = desk.page.url
    shows(desk, SUBJECT, DESCRIPTION)
    desk.open("/tugas")
    shows(desk, SUBJECT)
    task(desk, number).get_by_role("button", name="Catat").click()
    desk.settled().type("note", NOTE)
    record_opened(desk)
    secretary.open(case)
    shows(secretary, SUBJECT, DESCRIPTION, NOTE)
    secretary.show("Tindakan").show("Ubah data")
    assert secretary.field("description").locator("textarea").input_value() == DESCRIPTION
    assert secretary.field("subject").locator("input").input_value() == SUBJECT
    secretary.show("Riwayat")
    shows(secretary, SUBJECT)

    secretary.open(f"/pengaduan?cari={number}")
    shows(secretary, SUBJECT)
    workbooks = [secretary.download(secretary.keyed("register.xlsx").get_by_role("link"))]
    secretary.open("/laporan?sop=pengaduan").show("Matriks")
    assert rendered(secretary.page) == []
    workbooks.append(secretary.download(secretary.page.get_by_role("link", name="Unduh Excel")))
    for place, workbook in enumerate(workbooks):
        path = tmp_path / f"{place}.xlsx"
        workbook.save_as(path)
        assert computed(path) == []
        assert SUBJECT in texts(path)


def record_opened(person: Person) -> None:
    person.page.get_by_role("button", name="Catat selesai").click()
    person.said("Langkah 2 tercatat selesai.")


def test_rendered_text_is_found(people: People) -> None:
    """The twin: the same text, given to the page as HTML."""
    person = people("desk")
    person.page.evaluate(
        "text => { document.querySelector('[data-testid=stMain]').innerHTML = text }",
        "<b>tebalnya</b><a href='http://jahat.invalid'>x</a><span class='katex'>rumusnya 1</span>",
    )
    assert len(rendered(person.page)) == 3


def test_computed_cell_is_found(tmp_path: Path) -> None:
    """The twin: the same text, written as openpyxl writes a text that begins with an equals sign."""
    workbook = Workbook()
    workbook["Sheet"].append([SUBJECT, DESCRIPTION, NOTE])
    workbook.save(tmp_path / "naive.xlsx")
    assert len(computed(tmp_path / "naive.xlsx")) == 2
