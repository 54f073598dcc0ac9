"""A connection of a test's own that does at its end what a transaction of ours does."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from models.database import Work


@contextmanager
def with_endings(plain: Connection) -> Iterator[Connection]:
    """What was put off until the end (the rows of the trail) is done when this is left, also by an exception."""
    work = Work(moves_data=False)
    connection = plain.execution_options(patuh_at_the_end=work)
    try:
        yield connection
    finally:
        for act, items in work.endings.items():
            act(connection, items)
