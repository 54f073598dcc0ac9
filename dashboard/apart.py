"""Heavy work in a process of its own, so that the people on the screens do not wait for it.

Decided 2026-11. A thread of the server shares the interpreter with every rerun: others went from 12 to 41 ms while a
large file was written. The process is spawned when it is needed and ends with its work, which gives its memory back;
it is told everything by its arguments, yields to the others where the system knows how, and dies with the server.
"""

import logging
import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from dashboard import mishaps
from models.errors import Forbidden, NotFound

T = TypeVar("T")
NICENESS = 5
_log = logging.getLogger("patuh")


class EndedApart(Exception):
    """The work broke off; why stands in the log, without any value."""


def call(work: Callable[..., T], *arguments: Any, tell: Callable[[int], None]) -> T:
    """Return what `work(*arguments, tell=tell)` returns; it is a module's function and tells how far it is.

    Raises its `Forbidden` and `NotFound`, and `EndedApart` for anything else that ends it.
    """
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, work, arguments), daemon=True)
    with receiver:
        process.start()
        sender.close()  # ours, so that the end of the process is the end of the pipe
        try:
            while (said := receiver.recv())[0] == "told":
                tell(said[1])
        except EOFError:
            said = ("ended", "")
        process.join()
    kind, content = said
    if kind == "done":
        return content  # type: ignore[no-any-return]
    if kind == "refused":
        raise {"NotFound": NotFound, "Forbidden": Forbidden}[content]
    _log.error("work apart ended with %s\n%s", process.exitcode, content)
    raise EndedApart


def _answer(sender: Connection, work: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    """What runs in the process: the pipe carries how far it is, and at last the result or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server is told, and ends us
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with sender:
        try:
            sender.send(("done", work(*arguments, tell=lambda far: sender.send(("told", far)))))
        except (Forbidden, NotFound) as refusal:
            sender.send(("refused", type(refusal).__name__))
        except Exception as error:
            sender.send(("ended", mishaps.places(error)))
