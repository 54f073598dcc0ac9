"""The outermost layer: security headers on every answer, and no trace of the program in any error page."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import mishaps
from dashboard.web import origin
from dashboard.web.paper import error_page

# 'unsafe-inline' for styles: Streamlit's own front end writes them. Scripts come from this server alone, and of inline
# ones only the single line that Streamlit's index.html carries (a test holds the hash to the installed file).
_STREAMLITS_LINE = "'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='"
_POLICY = (
    "default-src 'self'",
    f"script-src 'self' {_STREAMLITS_LINE}",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'self' blob: data:",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "object-src 'none'",
)
HEADERS = {
    "content-security-policy": "; ".join(_POLICY),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # "no-referrer" would turn the Origin of our own forms into "null"
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HALF_A_YEAR = "max-age=15552000"
_log = logging.getLogger("patuh")


class Shell:
    """Wraps everything, the gate included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request; an unforeseen error becomes a page with a reference number, its places go to the log."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if origin.is_tls(scope):
                    headers["strict-transport-security"] = _HALF_A_YEAR
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            number = mishaps.record(error)
            if started:
                _log.error("mishap %s came after the answer had begun", number)
                return
            await error_page(500, reference=number)(scope, receive, send_with_headers)
