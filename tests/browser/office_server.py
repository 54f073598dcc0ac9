"""The real server on the sample year, started as the README says, with its clock stopped when the sample has ended."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STOPPED_AT = "2026-11-20T10:35:00+07:00"  # Jumat; the sample ends at 10.30 WIB
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def sample_office(folder: Path) -> Iterator[str]:
    """Build the sample in `folder`, serve it on a free port of this machine, and give its address.

    RuntimeError with what the program said when it does not start, and when it logged anything while it ran: a screen
    that fails shows a person only a reference number.
    """
    log = folder / "server.log"
    with log.open("w+", encoding="utf-8") as errors, _started(folder, errors.fileno()) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if found := _ADDRESS.search(line):
                yield found[0]
                break
        else:
            raise RuntimeError(f"the server did not start:\n{said}{log.read_text('utf-8')}")
    if complaints := log.read_text("utf-8"):
        raise RuntimeError(f"the server complained:\n{complaints}")


@contextmanager
def _started(folder: Path, errors: int) -> Iterator["subprocess.Popen[str]"]:
    command = shutil.which("patuh", path=str(Path(sys.executable).parent))
    assert command, "the project itself is not installed: make test does so"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PATUH_")}
    process = subprocess.Popen(
        [command, "demo", "--port", "0"],
        env={**environment, "PATUH_DATA": str(folder), "PATUH_NOW": STOPPED_AT, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    try:
        with process:
            try:
                yield process
            finally:
                process.terminate()
                process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
