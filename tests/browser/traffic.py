"""Whether the server still owes a page something: read off the messages between Streamlit's client and server.

The page's own sign (`data-test-script-state`) still says "not running" for a moment after an act; these messages do
not.
"""

from dataclasses import dataclass

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


@dataclass
class Traffic:
    """The messages of one page. `unanswered`: a run was asked for that has not begun. `running`: one has begun.

    `runs` counts those that have begun.
    """

    socket: WebSocket | None = None
    unanswered: bool = False
    running: bool = False
    runs: int = 0

    def over(self, page: Page) -> None:
        """Begin to listen to this page."""
        page.on("websocket", self._opened)

    def wait_until_quiet(self) -> None:
        """Wait for the end of what was asked for; returns at once when nothing is owed."""
        while self.socket is not None and (self.unanswered or self.running):
            self.socket.wait_for_event("framereceived")

    def wait_for_run(self, *, after: int) -> None:
        """Wait until a run has begun that is later than the first `after`."""
        while self.socket is not None and self.runs <= after:
            self.socket.wait_for_event("framereceived")

    def _opened(self, socket: WebSocket) -> None:
        self.socket, self.unanswered, self.running = socket, False, False
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)
        socket.on("close", self._closed)

    def _sent(self, message: bytes | str) -> None:
        if isinstance(message, bytes) and BackMsg.FromString(message).WhichOneof("type") == "rerun_script":
            self.unanswered = True

    def _received(self, message: bytes | str) -> None:
        if not isinstance(message, bytes):
            return
        said = ForwardMsg.FromString(message)
        match said.WhichOneof("type"):
            case "new_session":
                self.unanswered, self.running = False, True
                self.runs += 1
            case "script_finished":
                self.running = said.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _closed(self, socket: WebSocket) -> None:
        if socket is self.socket:
            self.socket = None
