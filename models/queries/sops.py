"""SOP versions as they were taken in."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, select

from models.access import Actor, Permission, may
from models.errors import NotFound
from models.sop import Executor, Outcome, Sop, Status
from models.sop_file import parse
from models.tables import SopVersion, StepRound

K = TypeVar("K", Executor, Outcome, Status)


_COLUMNS = (SopVersion.id, SopVersion.code, SopVersion.sha256)
JOINED = SopVersion.sha256.label("sop_sha256")  # of a version joined to a case: what `joined_sop` needs
_parsed: dict[str, Sop] = {}  # by the hash of the file, which is read and parsed once; versions are few


def _sop(connection: Connection, row: Row[int, str, str]) -> Sop:
    return _once_parsed(connection, version_id=row.id, code=row.code, sha256=row.sha256)


def joined_sop(connection: Connection, row: Mapping[Any, Any]) -> Sop:
    """The SOP of a case that was read with `JOINED`, its own code and the id of its version."""
    return _once_parsed(
        connection, version_id=row["sop_version_id"], code=row["code"], sha256=row["sop_sha256"]
    )


def _once_parsed(connection: Connection, *, version_id: int, code: str, sha256: str) -> Sop:
    known = _parsed.get(sha256)
    if known is None:
        source = select(SopVersion.source).where(SopVersion.id == version_id)
        known = parse(connection.execute(source).scalar_one(), name=f"{code}.toml")
        _parsed[sha256] = known
    return known


_OF_CODE = (
    select(*_COLUMNS).where(SopVersion.code == bindparam("of_code")).order_by(SopVersion.version.desc())
)
_BY_ID = select(*_COLUMNS).where(SopVersion.id == bindparam("of_version"))


def sop_version(connection: Connection, version_id: int) -> Sop:
    """The SOP as it stood in that version; raises `NotFound`."""
    row = connection.execute(_BY_ID, {"of_version": version_id}).one_or_none()
    if row is None:
        raise NotFound
    return _sop(connection, row)


def sop_in_force(connection: Connection, code: str, on: date) -> tuple[int, Sop]:
    """Id and SOP of the newest version effective on that day; raises `NotFound` when there is none."""
    row = connection.execute(
        select(*_COLUMNS)
        .where(SopVersion.code == code, SopVersion.effective_from <= on)
        .order_by(SopVersion.effective_from.desc(), SopVersion.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.id, _sop(connection, row)


def sops_fingerprint(connection: Connection) -> str:
    """A short hash that changes with every SOP file that is taken in."""
    hashes = connection.execute(select(SopVersion.sha256).order_by(SopVersion.id)).scalars()
    return hashlib.sha256("".join(hashes).encode()).hexdigest()[:16]


def codes(connection: Connection) -> list[str]:
    """The codes of all SOPs, in the order in which they were first taken in."""
    rows = connection.execute(select(SopVersion.code).order_by(SopVersion.id)).scalars()
    return list(dict.fromkeys(rows))


def in_force(connection: Connection, on: date) -> list[tuple[int, Sop]]:
    """Id and SOP of every version in force that day, in the order of `codes`; a SOP still to come is left out."""
    found = []
    for code in codes(connection):
        try:
            found.append(sop_in_force(connection, code, on))
        except NotFound:
            continue
    return found


def readable(connection: Connection, actor: Actor, on: date) -> list[Sop]:
    """The SOPs in force whose cases `actor` may see, with what older versions had besides: see `with_former`."""
    found = [with_former(connection, sop) for _, sop in in_force(connection, on)]
    return [sop for sop in found if may(actor, Permission.VIEW_CASES, sop)]


def with_former(connection: Connection, sop: Sop) -> Sop:
    """`sop` with the steps, executors, outcomes and statuses that only its other versions have.

    A list of cases holds cases of several versions; each must find the words of its own steps. Steps come last and
    only when a case has run them, so that a table shows what there is something to show of.
    """
    rows = connection.execute(
        select(*_COLUMNS)
        .where(SopVersion.code == sop.code, SopVersion.sha256 != sop.sha256)
        .order_by(SopVersion.version.desc())
    ).all()
    for row in rows:
        former = _sop(connection, row)
        lacking = [step for step in former.steps if step.key not in {known.key for known in sop.steps}]
        sop = replace(
            sop,
            steps=sop.steps + tuple(step for step in lacking if _was_run(connection, sop.code, step.key)),
            executors=_joined(sop.executors, former.executors),
            outcomes=_joined(sop.outcomes, former.outcomes),
            statuses=_joined(sop.statuses, former.statuses),
        )
    return sop


def _was_run(connection: Connection, code: str, step_key: str) -> bool:
    wanted = select(StepRound.id).where(StepRound.code == code, StepRound.step_key == step_key).limit(1)
    return connection.execute(wanted).first() is not None


def _joined(newer: tuple[K, ...], older: tuple[K, ...]) -> tuple[K, ...]:
    known = {one.key for one in newer}
    return newer + tuple(one for one in older if one.key not in known)


def versions_of(connection: Connection, *, code: str) -> list[tuple[int, Sop]]:
    """Every version of a SOP with its id, the newest first."""
    rows = connection.execute(_OF_CODE, {"of_code": code})
    return [(row.id, _sop(connection, row)) for row in rows.all()]
