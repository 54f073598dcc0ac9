"""The Chromium of this machine. Playwright downloads none: what the machine has is what the office's people use."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",  # the tests may run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    f"no Chromium: none of {', '.join(NAMES)} is on the PATH and CHROME does not name one. "
    "On Debian: apt-get install chromium"
)


def path() -> str | None:
    """Where the browser is: what CHROME names, else the first of NAMES on the PATH; None when there is none."""
    named = os.environ.get("CHROME")
    candidates = (named,) if named else NAMES
    return next((found for name in candidates if (found := shutil.which(name))), None)


def is_required() -> bool:
    """Whether a machine without a browser fails the tests instead of leaving them out."""
    return os.environ.get("PATUH_REQUIRE_BROWSER") == "1"


@contextmanager
def launched() -> Iterator[Browser]:
    """A running browser, closed at the end. RuntimeError when there is none."""
    executable = path()
    if executable is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
