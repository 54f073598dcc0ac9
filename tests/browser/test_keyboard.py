"""Every main task by the keyboard alone: no mouse, no touch, only keys that any keyboard has.

Whoever cannot hold a mouse has these, and so has who types faster than they point.
"""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from seed.demo_accounts import SAMPLE_PASSWORD
from tests.browser.person import Person, context_of

pytestmark = pytest.mark.xdist_group("browser")

CHECK_OF_MAIL = re.compile(
    "^Catat (pengecekan|sekali lagi)$"
)  # the latter when another test has had it done today
MANY = 150  # presses of Tab: no screen has so many places to stop at
_HAS_FOCUS = "element => element.contains(document.activeElement)"
_NO_POINTER = (
    """addEventListener('pointerdown', event => { window.pointed = (window.pointed || 0) + 1 }, true)"""
)


class Typist(Person):
    """A person without a mouse."""

    def tab_to(self, target: Locator, *, back: bool = False) -> "Typist":
        """Press Tab until the focus is there; fails when it never is."""
        expect(target).to_be_visible()
        for _press in range(MANY):
            if target.evaluate(_HAS_FOCUS):
                return self
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the focus never came to {target}")

    def keys(self, *keys: str) -> "Typist":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def done(self) -> "Typist":
        """Wait for all that the last key has set going: its message is on the way two frames later."""
        self.left().settled()
        return self

    def write(self, target: Locator, words: str) -> "Typist":
        """Type into the field and leave it."""
        self.tab_to(target)
        self.page.keyboard.type(words)
        self.keys("Tab").left()
        return self

    def pick(self, target: Locator, words: str) -> "Typist":
        """Choose in a list: its beginning is typed, then the arrow and Enter."""
        self.tab_to(target)
        self.page.keyboard.type(words)
        option = self.page.get_by_role("option", name=words)
        expect(option.first).to_be_visible()
        self.keys("ArrowDown", "Enter")
        self.left()
        return self

    def menu(self, words: str) -> "Typist":
        """Go to a screen by the menu at the top."""
        link = self.page.get_by_test_id("stTopNavLinkContainer").get_by_role("link", name=words)
        self.tab_to(link, back=True).keys("Enter")
        expect(self.page.get_by_role("heading", level=1, name=words)).to_be_visible()
        self.settled()
        return self

    def labelled(self, name: str) -> Locator:
        return self.field(name).locator("input, textarea")


@contextmanager
def typist(browser: Browser, home: str, who: str) -> Iterator[Typist]:
    """Somebody at the sign-in page; at the end it is made sure that nothing was pointed at."""
    with closing(context_of(browser, home)) as context:
        context.add_init_script(_NO_POINTER)
        person = Typist(context, home, who)
        person.page.goto("/masuk")
        yield person
        assert person.page.evaluate("window.pointed || 0") == 0
        assert person.watch.findings() == []


def signed_in(person: Typist) -> Typist:
    """The cursor stands in the first field when the page is opened."""
    expect(person.page.locator("#username")).to_be_focused()
    person.page.keyboard.type(person.who)
    person.keys("Tab")
    person.page.keyboard.type(SAMPLE_PASSWORD)
    person.keys("Enter")
    person.settled()
    return person


def focus_is_seen(page: Page) -> bool:
    """Whether what has the focus is drawn otherwise than without it: an outline, a ring or another border."""
    look = """element => {
        const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(element)
        return [outline, boxShadow, borderColor, backgroundColor].join()
    }"""
    focused = page.locator(":focus")
    with_focus = focused.evaluate(look)
    before = page.evaluate_handle("document.activeElement")
    page.evaluate("document.activeElement.blur()")
    return bool(before.evaluate(look) != with_focus)


def test_complaint_is_registered_and_its_step_recorded(browser: Browser, home: str) -> None:
    with typist(browser, home, "desk") as desk:
        page = signed_in(desk).page
        desk.menu("Pengaduan").tab_to(page.get_by_role("button", name="Pengaduan baru")).keys("Enter")
        expect(page.get_by_role("heading", level=1, name="Pengaduan baru")).to_be_visible()
        desk.settled()
        desk.write(desk.labelled("subject"), "Diketik tanpa tetikus")
        desk.write(desk.labelled("description"), "Hanya dengan papan ketik.")
        desk.write(desk.labelled("reporter_name"), "Pelapor Papan Ketik")
        desk.write(desk.labelled("reporter_phone"), "0812-7777-0002")
        desk.pick(desk.field("reported_element").get_by_role("combobox"), "PPS")
        desk.pick(desk.field("district").get_by_role("combobox"), "Sikakap")
        desk.tab_to(page.get_by_role("button", name="Daftarkan")).keys("Enter")
        page.wait_for_url("**/berkas?id=*")
        desk.settled()
        number = page.get_by_role("heading", level=1).inner_text()
        assert desk.said(f"Terdaftar sebagai {number}.")

        desk.menu("Tugas")
        task = page.locator("[class*='st-key-task-']").filter(has_text=number).last
        desk.tab_to(task.get_by_role("button", name="Catat")).keys("Enter")
        desk.settled().tab_to(page.get_by_role("button", name="Catat selesai")).keys("Enter")
        assert desk.said("Langkah 2 tercatat selesai.")


def test_case_is_opened_from_the_register(browser: Browser, home: str) -> None:
    with typist(browser, home, "sekretaris") as secretary:
        page = signed_in(secretary).menu("Pengaduan").page
        opener = page.get_by_role("combobox", name="Buka berkas di halaman ini")
        secretary.tab_to(opener).keys("ArrowDown")
        chosen = page.get_by_role("option").nth(1)
        number = chosen.inner_text().split(" · ")[0]
        secretary.keys("ArrowDown", "Enter")
        page.wait_for_url("**/berkas?id=*")
        expect(page.get_by_role("heading", level=1, name=number)).to_be_visible()
        secretary.settled()
        history = page.get_by_role("radio", name="Riwayat")
        secretary.tab_to(page.get_by_role("radio", name="Berkas", exact=True))
        while not history.evaluate(_HAS_FOCUS):
            secretary.keys("ArrowRight")
        secretary.keys("Space").done()
        expect(history).to_be_checked()
        page.go_back()
        page.go_back()
        secretary.settled()
        assert secretary.address()[0] == "/pengaduan"
        expect(opener).to_have_value("")


def test_compliance_of_a_past_day_is_looked_at_and_downloaded(browser: Browser, home: str) -> None:
    with typist(browser, home, "pimpinan") as leader:
        page = signed_in(leader).menu("Kepatuhan").page
        view = page.get_by_role("radio", name="Waktu kerja")
        leader.tab_to(page.get_by_role("radio", name="Langkah", exact=True))
        while not view.evaluate(_HAS_FOCUS):
            leader.keys("ArrowRight")
        leader.keys("Space").done()
        expect(view).to_be_checked()
        assert leader.address()[1]["lihat"] == "waktu"

        leader.tab_to(page.get_by_role("button", name="Per hari ini"), back=True).keys("Enter")
        day = page.get_by_role("group", name="Tampilkan keadaan tanggal").get_by_role("spinbutton")
        leader.tab_to(day.first)
        page.keyboard.type("30102026")
        leader.keys("Tab", "Tab").done()  # over the calendar's button and out of the field
        assert leader.address()[1]["per"] == "2026-10-30"
        expect(page.get_by_text("Anda melihat keadaan hari yang lampau.")).to_be_visible()

        leader.tab_to(page.get_by_role("link", name="Unduh Excel"))
        with page.expect_download() as arriving:
            leader.keys("Enter")
        assert arriving.value.suggested_filename.endswith(".xlsx")

        folded = page.locator("summary").filter(has_text="Angkanya dalam tabel").first
        leader.tab_to(folded).keys("Enter").done()
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_signing_out(browser: Browser, home: str) -> None:
    with typist(browser, home, "hukum") as lawyer:
        page = signed_in(lawyer).page
        lawyer.tab_to(page.get_by_role("button", name="Pengelolaan"), back=True).keys("Enter")
        entry = page.get_by_role("menuitem", name="Akun saya")
        expect(entry).to_be_visible()
        while not entry.evaluate(_HAS_FOCUS):
            lawyer.keys("ArrowDown")
        lawyer.keys("Enter")
        expect(page.get_by_role("heading", level=1, name="Akun saya")).to_be_visible()
        lawyer.settled().tab_to(page.get_by_role("button", name="Keluar")).keys("Enter")
        page.wait_for_url("**/masuk*")
        expect(page.get_by_text("Anda telah keluar.")).to_be_visible()


def test_what_has_the_focus_is_seen(browser: Browser, home: str) -> None:
    with typist(browser, home, "sekretaris") as secretary:
        page = signed_in(secretary).menu("Tugas").page
        for place in (
            page.get_by_role("link", name="Ringkasan"),
            page.get_by_role("button", name=CHECK_OF_MAIL),
            page.get_by_role("button", name="Catat", exact=True).first,
        ):
            secretary.tab_to(place)
            assert focus_is_seen(page), place
