"""Every screen of every role: on a phone, in its language, quiet in the console, and talking to no other host."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from dashboard.settings import ROOT
from models.access import Role
from seed.demo_accounts import SAMPLE_ACCOUNTS
from tests.browser.conftest import People
from tests.browser.person import PHONE, Person
from tests.browser.screen_words import leaks, lines, patterns
from tests.browser.walk import screens
from tests.browser.watch import Watch
from tests.unit.test_catalogue import catalogue

pytestmark = pytest.mark.xdist_group("browser")

ACCOUNTS = {Role(role): username for username, _name, role in SAMPLE_ACCOUNTS}
UNFOLDED = Role.SEKRETARIS  # has all there is to unfold
# what Streamlit says by itself where the program gives it no words of its own
BUILT_IN = {"Choose an option", "Choose options", "empty", "None"}

CATALOGUE = {msgid: said for msgid, said in catalogue().items() if msgid != said}
ENGLISH = patterns((CATALOGUE.keys() | BUILT_IN) - set(CATALOGUE.values()))
INDONESIAN = patterns(set(CATALOGUE.values()) - CATALOGUE.keys())


def wider_than_the_screen(page: Page) -> int:
    """By how many pixels the page or its main part can be moved sideways."""
    parts = "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
    return int(page.evaluate(f"Math.max(...{parts}.map(part => part.scrollWidth - part.clientWidth))"))


@pytest.mark.parametrize("role", Role)
def test_screens_fit_a_phone_and_speak_indonesian(people: People, role: Role) -> None:
    person = people(ACCOUNTS[role], size=PHONE)
    headings = {}
    for screen in screens(person, role, unfold=role is UNFOLDED):
        said = lines(person.page)
        path, query = person.address()
        form_of = query["sop"] if path == "/baru" else ""
        headings[path, form_of] = person.page.get_by_test_id("stHeading").first.inner_text()
        assert leaks(said, ENGLISH) == set(), screen
        assert wider_than_the_screen(person.page) <= 0, screen
    assert len(headings) >= 6
    assert len(set(headings.values())) == len(headings), "two addresses showed the same screen"


@contextmanager
def english(person: Person) -> Iterator[Person]:
    """The person's screens in English; put back at the end, since the account keeps its language."""
    _choose_language(person, "English", "Language")
    try:
        yield person
    finally:
        _choose_language(person, "Bahasa Indonesia", "Bahasa")


def _choose_language(person: Person, name: str, label: str) -> None:
    person.open("/akun").page.get_by_text(name, exact=True).click()
    expect(person.keyed("account.language").get_by_text(label, exact=True)).to_be_visible()
    person.settled()


def own_words_of_sops() -> str:
    """All that stands in the SOP files: a SOP's own words stay Indonesian."""
    files = (ROOT / "seed" / "sops").glob("*.toml")
    return "\n".join(path.read_text("utf-8").replace('\\"', '"') for path in files)


def test_screens_speak_english_where_it_was_chosen(people: People) -> None:
    sops = own_words_of_sops()
    person = people(ACCOUNTS[UNFOLDED])
    indonesian_words = leaks(lines(person.page), INDONESIAN)
    assert indonesian_words >= {"Kepatuhan", "Perlu perhatian"}  # what is looked for is found where it is
    with english(person):
        for screen in screens(person, UNFOLDED, unfold=True):
            wrong = leaks(lines(person.page), INDONESIAN)
            assert {line for line in wrong if not is_of_a_sop(line, sops)} == set(), screen
        english_words = leaks(lines(person.open("/ringkasan").page), ENGLISH)
        assert english_words >= {"Compliance", "Needs attention"}  # and so it is the other way round


def test_screen_of_accounts_speaks_english(people: People) -> None:
    with english(people("admin")) as person:
        assert leaks(lines(person.open("/pengguna").page), INDONESIAN) == set()


def is_of_a_sop(line: str, sops: str) -> bool:
    """Whether the line stands in a SOP: whole, as a list, behind a step's executor, or as a name's time."""
    line = line.removeprefix("• ")
    behind_executor = line.partition(": ")[2].partition(". ")[2]
    listed = all(part in sops for part in line.split("; "))
    timed = re.fullmatch(r"(?:.* )?\d+ (?:menit|hari)", line)
    return listed or bool(behind_executor and behind_executor in sops) or bool(timed)


def test_words_of_ours_are_found_between_points_and_in_empty_fields() -> None:
    assert leaks({"Choose an option", "x · Open cases · y"}, ENGLISH) == {"Choose an option", "Open cases"}
    assert leaks({"Pilih…", "x · Berkas berjalan · y"}, ENGLISH) == set()


def test_what_is_too_wide_is_found(people: People) -> None:
    person = people("desk", size=PHONE)
    assert wider_than_the_screen(person.page) <= 0
    person.page.evaluate(
        "document.querySelector('[data-testid=stMain]').append(document.createElement('canvas')); "
        "document.querySelector('[data-testid=stMain] > canvas').style.minWidth = '900px'"
    )
    assert wider_than_the_screen(person.page) >= 100


def test_watch_sees_errors_foreign_hosts_and_dialogs(people: People) -> None:
    person = people("desk")
    watch = Watch(person.home)
    page = person.context.new_page()
    watch.over(page)
    page.goto("/masuk")
    assert watch.findings() == []
    page.evaluate("() => { console.error('rusak'); alert('halo') }")
    # the server's headers forbid this one, so it reaches nobody
    page.evaluate("() => fetch('http://jahat.invalid/x').catch(() => 0)")
    page.evaluate("() => fetch('/unduh/tidak-ada.xlsx')")
    found = "\n".join(watch.findings())
    for told in ("rusak", "jahat.invalid", "dialog 'halo'", "/unduh/tidak-ada.xlsx"):
        assert told in found
