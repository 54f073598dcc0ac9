"""Both languages beyond the screens of the menu: the door, the wall, what charts say to a reader aloud, and files."""

import re
from contextlib import closing
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.compliance_screen import VIEWS
from tests.browser.conftest import People
from tests.browser.person import Person, context_of
from tests.browser.screen_words import leaks, lines
from tests.browser.test_every_screen import ENGLISH, INDONESIAN, english, is_of_a_sop, own_words_of_sops

pytestmark = pytest.mark.xdist_group("browser")

_FILES = (
    *(f"/unduh/kepatuhan.xlsx?sop=pengawalan&lihat={view}" for view in (*VIEWS, "daftar")),
    "/unduh/register.xlsx?sop=pengawalan",
    "/unduh/laporan.xlsx?sop=pengawalan&periode=2026-S2",
)
WRONG = {"id": ENGLISH, "en": INDONESIAN}


def said_aloud(page: Page) -> set[str]:
    """What the pictures of a page say to somebody who cannot see them, sentence by sentence."""
    pictures = page.locator("figure[aria-label], [role=figure][aria-label], [role=img][aria-label]")
    told = pictures.evaluate_all("found => found.map(one => one.getAttribute('aria-label'))")
    return {sentence.strip() for words in told for sentence in str(words).replace("; ", ". ").split(". ")}


def foreign(said: set[str], language: str) -> set[str]:
    """What of it is in the other language and not a SOP's own."""
    sops = own_words_of_sops()
    return {line for line in leaks(said, WRONG[language]) if not is_of_a_sop(line, sops)}


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_at_the_door_speak_the_language_asked_for(browser: Browser, home: str, language: str) -> None:
    with closing(context_of(browser, home)) as context:
        person = Person(context, home, "desk")
        page = person.page
        page.goto(f"/masuk?bahasa={language}")
        assert page.get_attribute("html", "lang") == language
        assert foreign(lines(page), language) == set()
        page.fill("#username", "desk")
        page.fill("#password", "salah")
        page.click("form:has(#password) button.main")
        expect(page.get_by_role("alert")).to_be_visible()
        assert (
            page.get_attribute("html", "lang") == language
        )  # a refusal does not fall back into the other one
        assert foreign(lines(page), language) == set()
        page.goto(f"/keluar?bahasa={language}")  # with nobody to sign out it leads to the door
        assert foreign(lines(page), language) == set()
        other = "en" if language == "id" else "id"
        page.goto(f"/masuk?bahasa={other}")
        assert len(foreign(lines(page), language)) > 5  # what is looked for is found where it is


def test_wall_and_charts_speak_english_where_it_was_chosen(people: People) -> None:
    with english(people("sekretaris")) as person:
        for address in ("/ringkasan?layar=1", "/ringkasan", *(f"/kepatuhan?lihat={view}" for view in VIEWS)):
            page = person.open(address).page
            assert page.get_attribute("html", "lang") == "en"
            aloud = said_aloud(page)
            assert aloud or "versi" in address, address
            assert foreign(lines(page) | aloud, "en") == set(), address
    assert foreign(said_aloud(person.open("/ringkasan").page), "en")


def texts(context: BrowserContext, address: str) -> set[str]:
    """Each line of each cell of a workbook, and the names of its sheets."""
    answer = context.request.get(address)
    assert answer.ok, address
    book = openpyxl.load_workbook(BytesIO(answer.body()))
    cells = (
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
    return {line.strip() for text in (*cells, *book.sheetnames) for line in text.splitlines()}


def test_files_speak_the_language_of_the_person(people: People) -> None:
    person = people("sekretaris")
    in_indonesian = {address: texts(person.context, address) for address in _FILES}
    with english(person):
        in_english = {address: texts(person.context, address) for address in _FILES}
    assert {address: found for address in _FILES if (found := foreign(in_indonesian[address], "id"))} == {}
    assert {address: found for address in _FILES if (found := foreign(in_english[address], "en"))} == {}
    assert all(foreign(in_indonesian[address], "en") for address in _FILES)  # what is looked for is found


def words_of_the_client(person: Person) -> set[str]:
    """What Streamlit's client says of its own accord while somebody types, chooses a file and looks at a table."""
    page = person.open("/laporan").page
    page.get_by_test_id("stExpander").filter(has=page.get_by_text(OF_FILES)).locator("summary").click()
    said = set(page.get_by_test_id("stFileUploaderDropzone").inner_text().splitlines())
    assert not any("per file" in line for line in said)  # a limit of the client's, which is not ours
    page = person.open("/pengaduan").page
    page.get_by_test_id("stDataFrame").first.hover()
    buttons = page.locator("[data-testid=stElementToolbar] button")
    expect(buttons.first).to_be_visible()
    said |= {str(name) for name in buttons.evaluate_all("found => found.map(one => one.ariaLabel)")}
    page.get_by_test_id("stTextInput").first.locator("input").fill("Upload")
    expect(page.get_by_test_id("InputInstructions").first).to_be_visible()
    return said | {page.get_by_test_id("InputInstructions").first.inner_text()}


OF_FILES = re.compile("Periksa keaslian berkas|Check a file")
OWN_WORDS = {
    "id": {"Pilih berkas", "Tekan Enter untuk menerapkan", "Cari", "Layar penuh"},
    "en": {"Upload", "Press Enter to apply", "Search", "Fullscreen"},
}


def test_client_speaks_the_language_of_the_person(people: People) -> None:
    person = people("sekretaris")
    assert words_of_the_client(person) >= OWN_WORDS["id"]
    assert person.page.get_by_test_id("stTextInput").first.locator("input").input_value() == "Upload"
    with english(person):
        assert words_of_the_client(person) >= OWN_WORDS["en"]


def test_twin_without_our_script_the_client_speaks_english(people: People) -> None:
    person = people("sekretaris")
    person.context.route("**/masuk/kata.js", lambda route: route.fulfill(body=""))
    assert words_of_the_client(person) >= OWN_WORDS["en"]


def test_what_somebody_has_typed_is_never_put_into_other_words(people: People) -> None:
    page = people("desk").page
    page.evaluate(
        """() => {
            const typed = document.createElement("p")
            typed.id = "typed"
            typed.textContent = "Upload"
            document.querySelector("[data-testid=stMain]").append(typed)
            const own = document.createElement("div")
            own.dataset.testid = "InputInstructions"
            own.textContent = "Press Enter to apply"
            document.querySelector("[data-testid=stMain]").append(own)
            const field = document.createElement("textarea")
            field.ariaLabel = field.placeholder = field.title = "Open"
            field.textContent = "Upload"
            own.append(field)
        }"""
    )
    expect(page.get_by_text("Tekan Enter untuk menerapkan")).to_be_attached()
    expect(page.locator("#typed")).to_have_text("Upload")
    field = page.get_by_role("textbox", name="Open", exact=True)
    assert [field.get_attribute(name) for name in ("placeholder", "title")] == ["Open", "Open"]
    expect(field).to_have_value("Upload")
