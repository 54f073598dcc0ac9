"""No screen shuts anybody out: axe-core finds no serious and no critical fault, on light and dark, wide and narrow."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dashboard.web.paper import page as rendered
from models.access import Role
from tests.browser.axe import faults
from tests.browser.conftest import People
from tests.browser.person import DESKTOP, PHONE, Person, Scheme, context_of
from tests.browser.test_every_screen import ACCOUNTS
from tests.browser.walk import unfolded

pytestmark = pytest.mark.xdist_group("browser")

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
READABLE = ("color-contrast", "link-in-text-block")  # all that may differ between the themes
# what Streamlit draws by itself and nothing of ours can change
EXCUSED = {
    ("list", "[data-testid=stSidebarNavItems]"): "a section of the phone's menu is a div within its list",
    ("listitem", "[data-testid=stSidebarNavItems]"): "the same, seen from the entries of that section",
    ("svg-img-alt", "[data-testid=stMetricChart]"): "the marks of a figure's small chart have no names",
    (
        "scrollable-region-focusable",
        "[data-testid=stTable]",
    ): "browsers let the arrow keys scroll it all the same",
    (
        "color-contrast",
        "[data-testid=stPopoverButton][aria-expanded=true]",
    ): "dims while what it opened is open",
    (
        "color-contrast",
        "[data-testid=stMultiSelectTagsContainer]",
    ): "white on the main colour; takes no mark-up",
}

Area = Callable[[Person], Iterator[str]]


def opened(*addresses: str) -> Area:
    """These screens, with all that can be unfolded there."""

    def walk(person: Person) -> Iterator[str]:
        for address in addresses:
            yield person.move_to(address).page.url
            yield from unfolded(person)

    return walk


def seen(*addresses: str) -> Area:
    """These screens as they are opened."""
    return lambda person: (person.move_to(address).page.url for address in addresses)


def case(code: str) -> Area:
    """The first open case of a SOP, part by part."""

    def walk(person: Person) -> Iterator[str]:
        yield person.move_to(f"/{code}?status=terbuka").open_first_row().page.url
        yield from unfolded(person)

    return walk


def popped_up(person: Person) -> Iterator[str]:
    """What lies over a screen: a day to choose, a list of options, the menu of a phone."""
    page = person.move_to("/kepatuhan").page
    page.get_by_role("button", name="Per hari ini").click()
    expect(page.get_by_text("Tampilkan keadaan tanggal")).to_be_visible()
    yield "a day to choose"
    page.keyboard.press("Escape")
    person.move_to("/pengaduan").keyed("register.pengaduan.status").get_by_role("combobox").click()
    expect(page.get_by_role("listbox")).to_be_visible()
    yield "a list of options"
    page.keyboard.press("Escape")


AREAS: dict[str, tuple[Role, Area]] = {
    "overview": (Role.SEKRETARIS, opened("/ringkasan", "/ringkasan?per=2026-10-30", "/tugas", "/akun")),
    "wall": (Role.PIMPINAN, seen("/ringkasan?layar=1")),
    "registers": (Role.SEKRETARIS, seen("/pengawalan", "/pengaduan", "/pengaduan?cari=tidak-ada")),
    "forms": (Role.SEKRETARIS, seen("/baru?sop=pengawalan", "/baru?sop=pengaduan")),
    "compliance": (Role.PIMPINAN, opened("/kepatuhan")),
    "past": (Role.PIMPINAN, seen("/kepatuhan?per=2026-10-30&lihat=terlambat", "/kepatuhan?lihat=daftar")),
    "reports": (Role.SEKRETARIS, opened("/laporan", "/sop")),
    "escort": (Role.SEKRETARIS, case("pengawalan")),
    "complaint": (Role.SEKRETARIS, case("pengaduan")),
    "guard": (Role.JAGAT_SAKSANA, opened("/tugas")),
    "administrator": (Role.ADMINISTRATOR, seen("/pengguna", "/ringkasan")),
    "over the screen": (Role.SEKRETARIS, popped_up),
}


def found_on(page: Page, scheme: Scheme) -> list[str]:
    rules = READABLE if scheme == "dark" else None
    return [str(fault) for fault in faults(page, excused=EXCUSED, rules=rules)]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("area", AREAS)
def test_screens_shut_nobody_out(browser: Browser, home: str, area: str, scheme: Scheme) -> None:
    role, walk = AREAS[area]
    grave: dict[str, list[str]] = {}
    with closing(context_of(browser, home, scheme=scheme)) as context:
        person = Person(context, home, ACCOUNTS[role]).come_in()
        for screen in walk(person):
            for size in (DESKTOP, PHONE):
                for fault in found_on(person.resize(size).page, scheme):
                    grave.setdefault(fault, []).append(f"{screen} {size[0]}")
            person.resize(DESKTOP)
    assert grave == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_at_the_door_shut_nobody_out(browser: Browser, home: str, scheme: Scheme) -> None:
    with closing(context_of(browser, home, scheme=scheme)) as context:
        person = Person(context, home, "desk")
        page = person.page
        grave = {}
        for place in door_pages(person):
            for width, height in (DESKTOP, PHONE):
                page.set_viewport_size({"width": width, "height": height})
                if found := found_on(page, scheme):
                    grave[f"{place} {width}"] = found
    assert grave == {}


def door_pages(person: Person) -> Iterator[str]:
    """The pages that Streamlit has no part in, those too that the sample office cannot lead to."""
    page = person.page
    for address in ("/masuk", "/masuk?bahasa=en"):
        page.goto(address)
        yield address
    person.sign_in("bukan-kata-sandinya")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "refused"
    person.sign_in().settled()
    for address in ("/sandi", "/keluar", "/unduh/tidak-ada.xlsx"):
        page.goto(address)
        yield address
    for name, values in UNREACHED.items():
        body = bytes(rendered(name, {**values, "problems": {"code": "Kode salah."}}).body).decode()
        page.route(f"**/{name}", shown(body))
        page.goto(f"/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        yield name


def shown(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type="text/html")


UNREACHED = {
    "first_start.html": {"fields": {"code": "", "username": "", "full_name": ""}},
    "preparing.html": {
        "title": "Berkas sedang disiapkan",
        "words": "Mohon tunggu.",
        "total": 10,
        "far": 3,
        "said": "3 dari 10 baris",
        "address": "/",
        "link": "Muat ulang",
    },
}


def test_menu_of_a_phone_shuts_nobody_out(people: People) -> None:
    person = people("sekretaris", size=PHONE)
    person.page.get_by_test_id("stExpandSidebarButton").click()
    expect(person.page.get_by_test_id("stSidebarNavItems")).to_be_visible()
    try:
        assert found_on(person.page, "light") == []
    finally:
        # the profile is kept for other tests, and the browser would remember that the menu is open
        person.page.evaluate("() => localStorage.clear()")


def test_faults_are_found(people: People) -> None:
    """The check bites: words that are hardly there, a field without a name, a picture without words."""
    page = people("desk").page
    assert found_on(page, "light") == []
    page.evaluate(
        """() => document.querySelector('[data-testid=stMain]').insertAdjacentHTML('afterbegin',
        '<p style="color: #999; background: #fff; position: fixed; top: 40%; z-index: 9999999">pucat</p>' +
        '<input><img src="/masuk/ikon.svg">')"""
    )
    rules = {fault.rule for fault in faults(page, excused=EXCUSED)}
    assert rules == {"color-contrast", "label", "image-alt"}


def test_what_is_excused_is_still_there(people: People) -> None:
    """A fault that Streamlit has mended is excused no longer."""
    person = people("sekretaris", size=PHONE)
    found = {fault.rule for address in ("/ringkasan", "/sop") for fault in faults(person.open(address).page)}
    assert found == {rule for rule, _place in EXCUSED} - {"color-contrast"}


def test_pages_say_their_language_and_begin_with_a_heading(people: People) -> None:
    """What reads a page aloud needs its tongue, and jumps from heading to heading."""
    person = people("sekretaris")
    addresses = (
        "/ringkasan",
        "/tugas",
        "/kepatuhan",
        "/pengaduan",
        "/baru?sop=pengaduan",
        "/laporan",
        "/akun",
    )
    for address in addresses:
        page = person.open(address).page
        assert page.get_attribute("html", "lang") == "id", address
        assert page.get_by_role("heading", level=1).count() == 1, address
        assert not faults(page, rules=("heading-order", "page-has-heading-one", "document-title")), address
