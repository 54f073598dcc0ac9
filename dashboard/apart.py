"""Heavy work in a process of its own, so that the people on the screens do not wait for it.

Decided 2026-11. A thread of the server shares the interpreter with every rerun: others went from 12 to 41 ms while a
large file was written. The process is started when it is needed, as `python -m` of a module, and ends with its work,
which gives its memory back. Not by `multiprocessing`: that runs the main script anew in each process, and in a server
of Streamlit the main script is whichever screen ran last; where that breaks off, the caller waits for ever. All it is
told comes as JSON through its input (a database's address may hold a password, which must not stand in a list of
processes), and JSON lines come back: how far it is, and at last the result or what went wrong.
"""

import gc
import json
import logging
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from dashboard import mishaps
from models.errors import Forbidden, NotFound

NICENESS = 5
_ROOT = Path(__file__).resolve().parent.parent
_REFUSALS = {"Forbidden": Forbidden, "NotFound": NotFound}
_log = logging.getLogger("patuh")


class EndedApart(Exception):
    """The work broke off; why stands in the log, without any value."""


def call(module: str, told: Mapping[str, object], *, tell: Callable[[int], None]) -> Any:
    """Run `module`, which must `answer`, and return the result of its work; `tell` hears how far it is.

    Raises the work's `Forbidden` and `NotFound`, and `EndedApart` for anything else that ends it.
    """
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(_ROOT), *([known] if known else [])])
    said: dict[str, Any] = {}
    with subprocess.Popen(  # noqa: S603 - a module of ours
        [sys.executable, "-m", "dashboard.apart", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        with suppress(BrokenPipeError), process.stdin:  # it may have ended before it listened
            process.stdin.write(json.dumps(told))
        for line in process.stdout:
            said = json.loads(line)
            if "far" in said:
                tell(said["far"])
    if "done" in said:
        return said["done"]
    if "refused" in said:
        raise _REFUSALS[said["refused"]]
    _log.error("work apart ended with %s\n%s", process.returncode, said.get("ended", ""))
    raise EndedApart


def answer(work: Callable[[dict[str, Any], Callable[[int], None]], object]) -> None:
    """Do the work in this process, with what it is told and whom to tell how far it is; called by a main module."""
    gc.disable()  # looking for cycles among rows takes a seventh of the time, and all goes with the process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the server, whose end ends us too
    try:
        _say(done=work(json.load(sys.stdin), lambda far: _say(far=far)))
    except (Forbidden, NotFound) as refusal:
        _say(refused=type(refusal).__name__)
    except Exception as error:
        _say(ended=mishaps.places(error))


def _say(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if hasattr(os, "nice"):  # before anything is loaded, which is work too
        os.nice(NICENESS)
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
