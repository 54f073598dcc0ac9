"""A real server process on a free port, and a tab that speaks to it as Streamlit's own page does.

The time of a run is taken on the wire, from the rerun message to `script_finished`, with everything the browser would
receive in between. What the server still does after that message is not to fall into the next run; so they are spaced.
"""

import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from dashboard.settings import ROOT
from seed.demo_accounts import SAMPLE_PASSWORD

HERE = "127.0.0.1"
BETWEEN_RUNS = 0.08  # longer than what follows a run takes
_STARTS_WITHIN = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and how long it took from its start to the first answer of /healthz, in seconds."""

    url: str
    started_in: float
    pid: int

    def cpu_seconds(self) -> float:
        """What all of its threads together have used of the processors until now; NaN where the system does not say."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return math.nan
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """What it holds in memory, as Linux counts it."""
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def sign_in(self, username: str) -> str:
        """The session cookie of a sample account."""
        answer = httpx.post(
            f"{self.url}/masuk",
            data={"username": username, "password": SAMPLE_PASSWORD},
            headers={"origin": self.url, "accept": "text/html"},
        )
        return answer.cookies["patuh_session"]


def patuh(folder: Path, *arguments: str) -> None:
    """Run a command of Patuh on the data in `folder`."""
    subprocess.run(
        _command(*arguments), check=True, env=_environment(folder), stdout=subprocess.DEVNULL, cwd=ROOT
    )


@contextmanager
def server(folder: Path, *, clock: datetime | None = None, database_url: str = "") -> Iterator[Server]:
    """Start `patuh run` on the sample in `folder`, its clock stopped at `clock`, and stop the server at the end.

    Its data are in SQLite in that folder, or in the PostgreSQL of `database_url`.
    """
    began = time.perf_counter()
    with subprocess.Popen(
        _command("run", "--port", "0"),
        env=_environment(folder, clock, database_url),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            assert process.stdout is not None
            said = (re.search(r"http://[\d.:]+", line) for line in process.stdout)
            url = next((found[0] for found in said if found), "")
            _wait_for_health(url, until=began + _STARTS_WITHIN)
            yield Server(url, time.perf_counter() - began, process.pid)
        finally:
            process.terminate()


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from dashboard.command import main; main()", *arguments]


def _environment(folder: Path, clock: datetime | None = None, database_url: str = "") -> dict[str, str]:
    ours = {"PATUH_DATA": str(folder), "PATUH_SAMPLE": "1", "PYTHONUNBUFFERED": "1"}
    if clock:
        ours["PATUH_NOW"] = clock.isoformat()
    if database_url:
        ours["PATUH_DATABASE_URL"] = database_url
    return {name: value for name, value in os.environ.items() if not name.startswith("PATUH_")} | ours


def _wait_for_health(url: str, *, until: float) -> None:
    while time.perf_counter() < until:
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    raise TimeoutError(url)


@dataclass
class Tab:
    """One open tab. `page` is the address to ask for, with its query, until `open` says otherwise."""

    socket: ClientConnection
    path: str = ""
    query: str = ""
    script_hash: str = ""
    hashes: dict[str, str] = field(default_factory=dict)
    toggles: dict[str, str] = field(default_factory=dict)
    switched_on: set[str] = field(default_factory=set)

    def open(self, path: str, query: str = "") -> float:
        """Go to a screen by its address; returns how long the run took, in seconds."""
        self.path, self.query, self.script_hash = path, query, ""
        self.toggles, self.switched_on = {}, set()
        return self.rerun()

    def forget(self) -> None:
        """Empty the server's caches."""
        self.socket.send(BackMsg(clear_cache=True).SerializeToString())

    def rerun(self) -> float:
        """Run the open screen again; returns seconds. Raises RuntimeError where it shows an error."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self.query, self.script_hash
        if not self.script_hash:
            asked.page_name = self.path
        asked.context_info.timezone, asked.context_info.locale = "Asia/Jakarta", "id-ID"
        for toggle in self.switched_on:
            state = asked.widget_states.widgets.add()
            state.id, state.bool_value = self.toggles[toggle], True
        began = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while not self._is_last(self._receive()):
            pass
        return time.perf_counter() - began

    def _receive(self) -> ForwardMsg:
        received = self.socket.recv(timeout=120)
        assert isinstance(received, bytes)
        message = ForwardMsg()
        message.ParseFromString(received)
        return message

    def _is_last(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self.script_hash = self.hashes.get(self.path, "")
        elif kind in ("page_not_found", "auth_redirect"):
            raise RuntimeError(f"/{self.path}: {kind}")
        elif kind == "delta":
            self._look_at(message)
        elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            return False  # it was cut off for the page it leads to
        return kind == "script_finished"

    def _look_at(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception" or (kind == "alert" and element.alert.format == Alert.ERROR):
            raise RuntimeError(f"/{self.path}?{self.query}: {element}")
        if kind == "checkbox":
            self.toggles[element.checkbox.label] = element.checkbox.id


@contextmanager
def tab(at: Server, cookie: str) -> Iterator[Tab]:
    """Open Streamlit's websocket as this session."""
    with connect(
        at.url.replace("http", "ws", 1) + "/_stcore/stream",
        origin=Origin(at.url),
        additional_headers={"Cookie": f"patuh_session={cookie}"},
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
    ) as socket:
        yield Tab(socket)
