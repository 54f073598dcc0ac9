"""A person at a browser: signs in, opens addresses, fills in fields, reads what stands there.

The browser speaks English and lives in New York on purpose; the program has to speak Indonesian and WIB all the same.
Nothing here sleeps: each act waits for what it needs, `settled` for the end of all runs that the server still owes.
"""

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Download, Locator, Page, expect

from seed.demo_accounts import SAMPLE_PASSWORD
from tests.browser.traffic import Traffic
from tests.browser.watch import Watch

Scheme = Literal["light", "dark"]
DESKTOP, PHONE = (1440, 900), (390, 844)
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)
PATIENCE = 20_000  # milliseconds; the machine may be busy with other tests
_READY = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
_UNDRAWN = ", ".join(
    (
        "[data-testid=stSkeleton]",
        "[data-testid=stElementContainer][data-stale=true]",
        "[data-testid=stDataFrame]:not(:has(canvas td))",
        "[data-testid=stPlotlyChart]:not(:has(.main-svg))",
    )
)
_ROW_HEIGHT = 35  # of a table in pixels, its heading's too
_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_STILL = "() => Promise.allSettled(document.getAnimations().map(one => one.finished))"
_MOVE = "address => { history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate')) }"
_COUNT_CLICKS = "window.clicked = 0; addEventListener('click', e => { clicked += e.isTrusted }, true)"

expect.set_options(timeout=PATIENCE)


def context_of(
    browser: Browser, home: str, *, size: tuple[int, int] = DESKTOP, scheme: Scheme = "light"
) -> BrowserContext:
    """A new profile of a browser that is neither Indonesian nor in Indonesia."""
    context = browser.new_context(
        base_url=home,
        locale="en-US",
        timezone_id="America/New_York",
        viewport={"width": size[0], "height": size[1]},
        user_agent=PHONE_AGENT if size == PHONE else None,
        color_scheme=scheme,
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(_COUNT_CLICKS)
    return context


@dataclass
class Person:
    """One tab. `who` is the sample account's username."""

    context: BrowserContext
    home: str
    who: str
    page: Page = field(init=False)
    watch: Watch = field(init=False)
    traffic: Traffic = field(init=False, default_factory=Traffic)

    def __post_init__(self) -> None:
        self.watch = Watch(self.home)
        self.page = self.context.new_page()
        self.watch.over(self.page)
        self.traffic.over(self.page)

    def come_in(self) -> "Person":
        """Go to the bare address, and through the door where it is shut."""
        self.page.goto("/")
        if self.address()[0] == "/masuk":
            self.sign_in()
        return self.settled()

    def sign_in(self, password: str = SAMPLE_PASSWORD) -> "Person":
        """Through the form, as everybody."""
        self.page.goto("/masuk")
        self.page.fill("#username", self.who)
        self.page.fill("#password", password)
        self.page.click("form:has(#password) button.main")
        return self

    def open(self, address: str) -> "Person":
        """Type an address."""
        self.page.goto(address)
        return self.settled()

    def move_to(self, address: str) -> "Person":
        """Come to an address as by the browser's own back and forward: the page stays loaded, which saves a second."""
        before = self.traffic.runs
        self.page.evaluate(_MOVE, address)
        self.traffic.wait_for_run(after=before)
        return self.settled()

    def settled(self) -> "Person":
        """Wait until the script has run, something stands on the screen, and each element of it is drawn."""
        self.page.wait_for_selector("[data-testid=stMain] [data-testid=stElementContainer]")
        self.traffic.wait_until_quiet()
        expect(self.page.locator(_READY)).to_be_visible()
        expect(self.page.locator(_UNDRAWN)).to_have_count(0)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        return self

    def resize(self, size: tuple[int, int]) -> "Person":
        """Make the window another size, and wait until all has found its new place."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate(_TWO_FRAMES)
        self.page.evaluate(_STILL)
        return self.settled()

    def keyed(self, key: str) -> Locator:
        """The element of that key."""
        return self.page.locator(f".st-key-{_class(key)}")

    def field(self, name: str, *, form: str = "") -> Locator:
        """The one widget whose key ends in `.name`; forms put their token before it, and what `form` begins with."""
        return self.page.locator(f"[class*='st-key-{_class(form)}'][class*='-{name} ']")

    def press(self, key: str) -> "Person":
        """Click the button of that key."""
        self.keyed(key).get_by_role("button").click()
        return self

    def left(self) -> "Person":
        """Wait for what leaving a field has set going: its message is on the way two frames later."""
        self.page.evaluate(_TWO_FRAMES)
        self.traffic.wait_until_quiet()
        return self

    def type(self, name: str, text: str, *, form: str = "") -> "Person":
        """Fill a field in and leave it."""
        box = self.field(name, form=form).locator("input, textarea")
        box.fill(text)
        box.blur()
        return self.left()

    def choose(self, name: str, *options: str, form: str = "") -> "Person":
        """Choose in a list by the options' words. The list would close if the page still scrolled when it opens.

        One that takes several stays open after each, and keeps all else from being clicked until it is closed.
        """
        box = self.field(name, form=form).get_by_role("combobox")
        box.scroll_into_view_if_needed()
        self.page.evaluate(_TWO_FRAMES)
        box.click()
        for option in options:
            self.page.get_by_role("option", name=option, exact=True).click()
        if len(options) > 1:
            self.page.keyboard.press("Escape")
            expect(self.page.get_by_role("listbox")).to_have_count(0)
            return self.left()
        self.left()
        expect(box).to_have_value(option)
        return self

    def switch(self, name: str, *, form: str = "") -> "Person":
        """Click a switch of yes and no."""
        self.field(name, form=form).locator("label").click()
        return self.left()

    def set_moment(self, name: str, digits: str, *, form: str = "") -> "Person":
        """Type a date, or a moment, as ddmmyyyyhhmm into its segments."""
        parts = self.field(name, form=form).get_by_role("spinbutton")
        parts.first.click()
        self.page.keyboard.type(digits)
        self.page.keyboard.press("Tab")
        self.left()
        assert "".join(parts.all_inner_texts()) == digits
        return self

    def show(self, words: str) -> "Person":
        """Choose one of the words beside each other that switch between views."""
        choice = self.page.get_by_test_id("stButtonGroup").get_by_role("radio", name=words, exact=True)
        choice.click()
        self.left().settled()  # while the script runs, a control that takes another place stands in both
        expect(choice).to_be_checked()
        return self

    def unfold(self, words: str) -> "Person":
        """Open what is folded behind these words, and wait until it lies still."""
        self.page.locator("summary").filter(has_text=words).click()
        self.page.evaluate(_STILL)
        return self.settled()

    def open_first_row(self) -> "Person":
        """Click the first row of a register, which opens its case."""
        grid = self.page.get_by_test_id("stDataFrameResizable")
        grid.scroll_into_view_if_needed()
        self.page.evaluate(_TWO_FRAMES)
        grid.click(position={"x": 220, "y": 1.5 * _ROW_HEIGHT}, force=True)
        self.page.wait_for_url("**/berkas?id=*")
        return self.settled()

    def said(self, words: str) -> str:
        """The box of the program's own in which these words stand, once it does."""
        box = self.page.get_by_test_id("stAlert").filter(has_text=words)
        expect(box).to_be_visible()
        return box.inner_text()

    def badge(self, words: str) -> Locator:
        """The chip on which these words stand; one that explains itself stands twice in the page, and once in sight."""
        return self.page.locator(".stMarkdownBadge").filter(has_text=words).filter(visible=True)

    def badges(self, within: Locator | None = None) -> list[tuple[str, str]]:
        """Icon ("" where there is none) and words of each chip in sight."""
        chips = (within or self.page).locator(".stMarkdownBadge").filter(visible=True)
        icon = "chip.querySelector('[role=img], [data-testid=stIconMaterial]')?.textContent.trim() ?? ''"
        found = chips.evaluate_all(f"chips => chips.map(chip => [{icon}, chip.textContent.trim()])")
        return [(str(name), str(words).removeprefix(str(name)).strip()) for name, words in found]

    def clicks(self) -> int:
        """How often this person has clicked since the page was opened."""
        return int(self.page.evaluate("window.clicked"))

    def table(self) -> list[list[str]]:
        """The cells of the first table as they stand, its heading first; only what is in sight is drawn."""
        grid = self.page.get_by_test_id("stDataFrame").first.locator("table")
        read = "grid => [...grid.rows].map(row => [...row.cells].map(cell => cell.textContent))"
        return [[str(cell) for cell in row] for row in grid.evaluate(read)]

    def download(self, link: Locator) -> Download:
        """Follow a link to a file."""
        with self.page.expect_download() as arriving:
            link.click()
        return arriving.value

    def address(self) -> tuple[str, dict[str, str]]:
        """Path and parameters that stand in the address bar."""
        parts = urlsplit(self.page.url)
        return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def _class(key: str) -> str:
    """A widget's key as Streamlit writes it into the class of its element."""
    return re.sub("[^A-Za-z0-9_-]", "-", key)
