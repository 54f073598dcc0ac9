"""Files that take longer than one looks at a blank page: made beside the requests, and a page says how far they are.

Decided 2026-11. A browser shows nothing of a file before its first byte. So what is not ready after a moment is
answered by a page that asks again each second, and hands over the file when it is there. One file is made at a time,
in the order in which they were asked for: two at once would take both of a small machine's processors from the
screens. A file is kept for ten minutes for the one person who asked for it; a page opened twice is about one file.
"""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

from models.errors import NotFound
from models.line import Line

T = TypeVar("T")
KEPT_SECONDS = 600.0
_turn = Line()


class Preparation(Generic[T]):
    """A file being made; `far` of `total` rows are written. Its key is known to nobody but its owner's browser."""

    def __init__(self, owner: int, what: str, total: int) -> None:
        self.owner, self.what, self.total = owner, what, total
        self.key = secrets.token_urlsafe(16)
        self.far = 0
        self._made: Future[T] = Future()

    def is_over(self, *, within: float = 0.0) -> bool:
        """Whether it has ended, well or not, after at most `within` seconds."""
        try:
            self._made.exception(timeout=within)
        except TimeoutError:
            return False
        return True

    def failed(self) -> bool:
        """Whether it has ended without a file."""
        return self._made.done() and self._made.exception() is not None

    def result(self) -> T:
        """Wait for the end; raises whatever the making of the file raised."""
        return self._made.result()

    def tell(self, far: int) -> None:
        """Take note of how many rows are written."""
        self.far = far

    def run(self, make: Callable[[Path, Callable[[int], None]], T]) -> None:
        """Make the file when its turn has come, and forget it in due time."""
        path = Path(_folder().name) / self.key
        with _turn:
            try:
                self._made.set_result(make(path, self.tell))
            except BaseException as error:
                self._made.set_exception(error)
        timer = threading.Timer(KEPT_SECONDS, _forget, (self.key, path))
        timer.daemon = True
        timer.start()


_known: dict[str, Preparation[Any]] = {}
_guard = threading.Lock()


def begin(
    owner: int, what: str, *, total: int, make: Callable[[Path, Callable[[int], None]], T]
) -> Preparation[T]:
    """Begin to make a file of `total` rows, or join the same person's same wish that is not fulfilled yet.

    `make` is given a path that does not exist, where it may write, and what to call with the number of rows written.
    """
    with _guard:
        for known in _known.values():
            if (known.owner, known.what) == (owner, what) and not known.is_over():
                return known
        begun = Preparation[T](owner, what, total)
        _known[begun.key] = begun
    threading.Thread(target=begun.run, args=(make,), daemon=True).start()
    return begun


def find(owner: int, key: str) -> Preparation[Any]:
    """The preparation of that key; `NotFound` when there is none or it is somebody else's."""
    found = _known.get(key)
    if found is None or found.owner != owner:
        raise NotFound
    return found


def close() -> None:
    """Take away all files: the server ends."""
    if _folder.cache_info().currsize:
        _folder().cleanup()
        _folder.cache_clear()
    _known.clear()


def _forget(key: str, path: Path) -> None:
    _known.pop(key, None)
    path.unlink(missing_ok=True)


@cache
def _folder() -> TemporaryDirectory[str]:
    """Where the files lie, closed to other accounts of the machine."""
    return TemporaryDirectory(prefix="patuh-")
