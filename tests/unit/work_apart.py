"""Work for a process apart that ends as it is told to."""

import os
import sys
from collections.abc import Callable
from typing import Any

from dashboard import apart
from models.errors import Forbidden


def work(told: dict[str, Any], tell: Callable[[int], None]) -> object:
    """Tell that one is done, then end as `told["end"]` says."""
    tell(1)
    if told["end"] == "dies":
        os._exit(9)
    if told["end"] == "fails":
        raise RuntimeError(told["secret"])
    if told["end"] == "is refused":
        raise Forbidden
    return {"told": told, "arguments": sys.argv[1:]}


if __name__ == "__main__":
    apart.answer(work)
