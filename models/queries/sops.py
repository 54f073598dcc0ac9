"""SOP versions as they were taken in."""

from datetime import date
from functools import lru_cache

from sqlalchemy import Connection, select

from models.access import Actor, Permission, may
from models.errors import NotFound
from models.sop import Sop
from models.sop_file import parse
from models.tables import SopVersion


@lru_cache(maxsize=64)
def _parsed(source: str, name: str) -> Sop:
    return parse(source, name=name)


def sop_version(connection: Connection, version_id: int) -> Sop:
    """The SOP as it stood in that version; raises `NotFound`."""
    row = connection.execute(select(SopVersion).where(SopVersion.id == version_id)).one_or_none()
    if row is None:
        raise NotFound
    return _parsed(row.source, f"{row.code}.toml")


def sop_in_force(connection: Connection, code: str, on: date) -> tuple[int, Sop]:
    """Id and SOP of the newest version effective on that day; raises `NotFound` when there is none."""
    row = connection.execute(
        select(SopVersion)
        .where(SopVersion.code == code, SopVersion.effective_from <= on)
        .order_by(SopVersion.effective_from.desc(), SopVersion.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.id, _parsed(row.source, f"{row.code}.toml")


def codes(connection: Connection) -> list[str]:
    """The codes of all SOPs, in the order in which they were first taken in."""
    rows = connection.execute(select(SopVersion.code).order_by(SopVersion.id)).scalars()
    return list(dict.fromkeys(rows))


def readable(connection: Connection, actor: Actor, on: date) -> list[Sop]:
    """The SOPs in force whose cases `actor` may see."""
    found = [sop_in_force(connection, code, on)[1] for code in codes(connection)]
    return [sop for sop in found if may(actor, Permission.VIEW_CASES, sop)]
