"""What the routes and the gate need to know of the installation: its database, its clock, whether it is the sample."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from dashboard import clock, settings


@dataclass(frozen=True, slots=True)
class Site:
    """One installation; `store` and `instant` are asked anew at each request."""

    store: Callable[[], Engine]
    instant: Callable[[], datetime]
    sample: bool = False


def this_site() -> Site:
    """The installation that the environment describes."""
    return Site(store=settings.store, instant=clock.instant, sample=settings.is_sample())
