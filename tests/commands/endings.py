"""A connection of a test's own that does at its end what a transaction of ours does."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from models.database import Endings


@contextmanager
def with_endings(plain: Connection) -> Iterator[Connection]:
    """What was put off until the end (the rows of the trail) is done when this is left, also by an exception."""
    endings: Endings = {}
    connection = plain.execution_options(patuh_at_the_end=endings)
    try:
        yield connection
    finally:
        for act, items in endings.items():
            act(connection, items)
