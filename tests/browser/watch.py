"""What a page does behind a person's back: errors in its console, requests to other hosts, dialogs it opens."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

# Streamlit's client looks for its server below the page's own address first, is told 404, and then finds it at the root
LOOKED_FOR = ("/_stcore/health", "/_stcore/host-config")
INSIDE = ("data", "blob", "about")


@dataclass
class Watch:
    """What was seen on one page. `expected` are statuses that a test provokes on purpose, as a refused sign-in does."""

    home: str
    expected: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Begin to watch this page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)
        page.on("dialog", self._dialog)

    def findings(self) -> list[str]:
        """All that should not have been; empty when all is well."""
        return [*self.errors, *(f"request to {url}" for url in self.foreign), *self.dialogs]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "assert") or self._is_harmless(message):
            return
        self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _is_harmless(self, message: ConsoleMessage) -> bool:
        address = urlsplit(str(message.location.get("url", "")))
        if "status of 404" in message.text and address.path.count("/") > 2:
            return address.path.endswith(LOOKED_FOR)
        return any(f"status of {status} " in message.text for status in self.expected)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.home) and urlsplit(request.url).scheme not in INSIDE:
            self.foreign.append(request.url)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(f"dialog {dialog.message!r}")
        dialog.dismiss()
