"""Files attached to a case: taken in after a look at their content, sealed, opened, withdrawn.

Decided 2026-11. A file is taken in while the case is open and after: scans of signed papers come late. It is never
deleted; one that should not be there is withdrawn with a reason and is then served to nobody. All are sealed, because
a scanned letter names its writer; those marked confidential are opened only by those who may see the identity,
and their own name is sealed with them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from models import audit
from models.access import Actor, Permission, may
from models.attachment_content import inspect
from models.commands.checks import given, locked_case, short_text
from models.commands.intake import once
from models.commands.outputs import count_outputs
from models.commands.vault import sealing
from models.database import transaction
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.sop import Sop
from models.tables import Attachment, AttachmentBody, JournalEntry, StepRound
from models.vault import Vault, attachment_context

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the case a file belongs: to an output of a round, to an entry of a logbook, or (neither) to the case."""

    round_id: int | None = None
    output_key: str | None = None
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment's bytes with what names them; `media_type` is that of the content, never of the name."""

    filename: str
    media_type: str
    body: bytes


def attach(
    store: Engine,
    *,
    vault: Vault,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    body: bytes,
    filename: str,
    title: str = "",
    place: Place = Place(),
    confidential: bool = False,
) -> dict[str, Any]:
    """Attach a file; returns attachment_id and case_id. Raises `Invalid` beside "file" or "title"."""

    def act(connection: Connection) -> dict[str, Any]:
        _, sop = locked_case(connection, actor=actor, case_id=case_id)
        if not may_attach(actor, sop):
            raise Forbidden
        _check_place(connection, sop, case_id, place)
        plain_name = _neutral(content.filename) if confidential else content.filename
        named = _title(title) or plain_name
        present = sealing(connection, vault)
        plain = _with_name(content.filename, body) if confidential else body
        sealed = present.seal_bytes(plain, context=attachment_context(case_id, digest))
        columns = {
            "case_id": case_id,
            "round_id": place.round_id,
            "output_key": place.output_key,
            "entry_id": place.entry_id,
            "title": named,
            "filename": plain_name,
            "media_type": content.media_type,
            "size": len(body),
            "sha256": digest,
            "confidential": confidential,
        }
        attachment_id = connection.execute(
            insert(Attachment)
            .values(**columns, recorded_at=now, recorded_by=actor.user_id)
            .returning(Attachment.id)
        ).scalar_one()
        connection.execute(
            insert(AttachmentBody).values(attachment_id=attachment_id, key_id=present.key_id, sealed=sealed)
        )
        count_outputs(connection, sop=sop, case_id=case_id, now=now)
        kept = {
            key: columns[key] for key in ("title", "media_type", "size", "sha256", "output_key", "entry_id")
        }
        _record(connection, actor, now, "attachment.added", case_id, {"attachment": attachment_id, **kept})
        return {"attachment_id": attachment_id, "case_id": case_id}

    content = inspect(body, filename=filename)
    digest = hashlib.sha256(body).hexdigest()
    return once(store, actor=actor, token=token, now=now, action="attachment.add", act=act, alone=True)


def withdraw_attachment(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    attachment_id: int,
    expected_version: int,
    reason: str,
) -> dict[str, Any]:
    """Take a file out of the case's papers, with a reason; it stays stored and is served to nobody."""

    def act(connection: Connection) -> dict[str, Any]:
        row, sop = _held(connection, actor=actor, attachment_id=attachment_id)
        own = row["recorded_by"] == actor.user_id and may_attach(actor, sop)
        if not (own or may(actor, Permission.EDIT_CASE, sop)):
            raise Forbidden
        if row["version"] != expected_version or row["state"] != "kept":
            raise Conflict(current={"state": row["state"], "reason": row["reason"]})
        why = given(reason, key="reason")
        connection.execute(
            update(Attachment)
            .where(Attachment.id == attachment_id)
            .values(state="withdrawn", reason=why, version=Attachment.version + 1)
        )
        count_outputs(connection, sop=sop, case_id=row["case_id"], now=now)
        details = {"attachment": attachment_id, "title": row["title"]}
        _record(connection, actor, now, "attachment.withdrawn", row["case_id"], details, reason=why)
        return {"attachment_id": attachment_id, "case_id": row["case_id"]}

    return once(store, actor=actor, token=token, now=now, action="attachment.withdraw", act=act)


def open_attachment(
    store: Engine, *, vault: Vault, actor: Actor, now: datetime, attachment_id: int
) -> Opened:
    """The bytes of a kept attachment for this actor; opening a confidential one is on the trail, each time.

    Raises `NotFound` (also for a case the actor may not see, and for a withdrawn file) and `Forbidden`.
    """
    with transaction(store, moves_data=False, alone=True) as connection:
        row, sop = _held(connection, actor=actor, attachment_id=attachment_id)
        if row["state"] != "kept":
            raise NotFound
        if row["confidential"]:
            if not may(actor, Permission.VIEW_IDENTITY, sop):
                raise Forbidden
            details = {"attachment": attachment_id, "title": row["title"]}
            _record(connection, actor, now, "attachment.opened", row["case_id"], details)
        sealed = connection.execute(
            select(AttachmentBody.sealed).where(AttachmentBody.attachment_id == attachment_id)
        ).scalar_one()
    plain = vault.open_bytes(sealed, context=attachment_context(row["case_id"], row["sha256"]))
    if not row["confidential"]:
        return Opened(row["filename"], row["media_type"], plain)
    name, _, body = plain.partition(b"\n")
    return Opened(json.loads(name), row["media_type"], body)


def _title(typed: str) -> str:
    title = short_text(typed.strip(), key="title")
    if len(title) > LONGEST_TITLE:
        params = {"limit": LONGEST_TITLE, "length": len(title)}
        raise Invalid({"title": Problem(N_("At most {limit} characters; this has {length}."), params)})
    return title


def _neutral(filename: str) -> str:
    """What a confidential file is called in lists: its own name may be that of the reporter."""
    return f"lampiran-rahasia.{filename.rpartition('.')[2]}"


def _with_name(filename: str, body: bytes) -> bytes:
    """The bytes with their own name before them, to be sealed together."""
    return json.dumps(filename).encode() + b"\n" + body


def may_attach(actor: Actor, sop: Sop) -> bool:
    """Whether `actor` may attach files to cases of this SOP."""
    return may(actor, Permission.RECORD_STEP, sop) or may(actor, Permission.EDIT_CASE, sop)


def _held(connection: Connection, *, actor: Actor, attachment_id: int) -> tuple[Mapping[str, Any], Sop]:
    """The file as it stands once its case is held: what was read before that, somebody else may have withdrawn."""
    wanted = select(Attachment.case_id).where(Attachment.id == attachment_id)
    case_id = connection.execute(wanted).scalar_one_or_none()
    if case_id is None:
        raise NotFound
    _, sop = locked_case(connection, actor=actor, case_id=case_id)
    row = connection.execute(select(Attachment.__table__).where(Attachment.id == attachment_id))
    return dict(row.mappings().one()), sop


def _check_place(connection: Connection, sop: Sop, case_id: int, place: Place) -> None:
    """A place must be of this very case, and an output one of the round's step."""
    if place.output_key is not None and place.round_id is None:
        raise NotFound
    if place.round_id is not None:
        found = connection.execute(
            select(StepRound.case_id, StepRound.step_key).where(StepRound.id == place.round_id)
        ).one_or_none()
        if found is None or found.case_id != case_id:
            raise NotFound
        outputs = {output.key for output in sop.step(found.step_key).outputs}
        if place.output_key is not None and place.output_key not in outputs:
            raise NotFound
    if place.entry_id is not None:
        wanted = select(JournalEntry.case_id).where(JournalEntry.id == place.entry_id)
        if connection.execute(wanted).scalar_one_or_none() != case_id:
            raise NotFound


def _record(
    connection: Connection,
    actor: Actor,
    now: datetime,
    action: str,
    case_id: int,
    details: Mapping[str, Any],
    *,
    reason: str | None = None,
) -> None:
    audit.append(
        connection, actor=actor, action=action, now=now, case_id=case_id, reason=reason, details=details
    )
