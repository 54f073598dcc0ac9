"""Files of a case: taken in by their content, sealed, opened by those who may alone, withdrawn and served no more."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.access import Actor, Permission, Role
from models.commands import attachments, checks
from models.commands.attachments import Opened, Place, open_attachment, withdraw_attachment
from models.commands.conflicts import declare_conflict
from models.database import transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound, PatuhError
from models.queries import attachments as attachment_queries
from models.queries.attachments import Attached
from models.tables import Attachment, AttachmentBody
from models.vault import Vault, VaultError, attachment_context, new_key
from tests.commands.at_once import people, pressed_at_once, second_program
from tests.commands.books import NO_REASON, WRITTEN_AT, add_file, picture, stored, write
from tests.commands.command_row import holders, readers
from tests.commands.database_dump import dump
from tests.commands.flow import close
from tests.factories import VAULT, Office, acts, advance_to, latest, open_one, sop, token

SECRET = "Teuku Rahasia Sekali"
TEN_MB = 10 * 1024 * 1024
HOSTILE = [
    "=1+1",
    "<img src=x onerror=alert(1)>",
    "**x** [y](javascript:z)",
    "'; DROP TABLE attachment; --",
    "語🚓 {0}",
]


def opened(office: Office, attachment_id: int, *, by: Actor | None = None, vault: Vault = VAULT) -> Opened:
    return open_attachment(
        office.store,
        vault=vault,
        actor=by or office.sekretaris,
        now=WRITTEN_AT,
        attachment_id=attachment_id,
    )


def withdraw(
    office: Office,
    attachment_id: int,
    *,
    by: Actor | None = None,
    version: int = 1,
    reason: str = "salah unggah",
) -> dict[str, Any]:
    return withdraw_attachment(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=WRITTEN_AT,
        attachment_id=attachment_id,
        expected_version=version,
        reason=reason,
    )


def listed(office: Office, case_id: int) -> list[Attached]:
    with office.reading() as connection:
        return attachment_queries.attachments(connection, case_id)


def answers_by_role(office: Office, attempt: Callable[..., object]) -> dict[Role, str]:
    found = {}
    for role, actor in office.actors.items():
        try:
            attempt(by=actor)
            found[role] = "done"
        except PatuhError as refusal:
            found[role] = type(refusal).__name__
    return found


def expected(allowed: frozenset[Role], sees: frozenset[Role]) -> dict[Role, str]:
    return {role: "done" if role in allowed else "Forbidden" if role in sees else "NotFound" for role in Role}


# Taking in.


def test_file_is_kept_with_its_type_hash_and_author_and_comes_back_as_it_was(office: Office) -> None:
    case_id, body = open_one(office, "pengaduan"), picture(SECRET)
    desk = office.actors[Role.DESK_PELAYANAN]
    attachment_id = add_file(
        office, case_id, body=body, by=desk, filename="Bukti  foto.PNG", title=" Bukti transfer "
    )
    (file,) = listed(office, case_id)
    assert file == Attached(
        attachment_id=attachment_id,
        round_id=None,
        output_key=None,
        entry_id=None,
        title="Bukti transfer",
        filename=file.filename,
        media_type="image/png",
        size=len(body),
        confidential=False,
        recorded_at=WRITTEN_AT,
        recorded_by="Akun desk_pelayanan",
        state="kept",
        reason=None,
        version=1,
    )
    assert file.filename.lower().endswith(".png")
    row = stored(office, Attachment, attachment_id)
    assert row["sha256"] == hashlib.sha256(body).hexdigest()
    assert opened(office, attachment_id) == Opened(file.filename, "image/png", body)
    (act,) = acts(office, "attachment.added")
    details = json.loads(act["details"])
    assert (act["case_id"], details["attachment"], details["sha256"]) == (
        case_id,
        attachment_id,
        row["sha256"],
    )


def test_file_is_what_its_content_says_and_not_its_name(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    file = opened(office, add_file(office, case_id, filename="surat.pdf"))
    assert (file.filename, file.media_type) == ("surat.png", "image/png")


REFUSED: Mapping[str, Mapping[str, Any]] = {
    "empty": {"body": b""},
    "text": {"body": b"halo"},
    "a program": {"body": b"MZ\x90\x00" * 64, "filename": "foto.png"},
    "a page": {"body": b"<!doctype html><script>alert(1)</script>", "filename": "foto.png"},
    "one byte too many": {"body": picture() + bytes(TEN_MB + 1 - len(picture()))},
    "a name of 300": {"filename": "x" * 296 + ".png"},
    "a name with a path": {"filename": "../../etc/passwd"},
    "a name that turns round": {"filename": "foto\u202egnp.exe"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_hostile_file_is_refused_beside_the_file_and_nothing_is_stored(office: Office, what: str) -> None:
    case_id = open_one(office, "pengaduan")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        add_file(office, case_id, **REFUSED[what])
    assert list(refused.value.problems) == ["file"]
    assert dump(office.store) == before


@pytest.mark.parametrize("title", HOSTILE)
def test_title_is_stored_as_typed(office: Office, title: str) -> None:
    case_id = open_one(office, "pengaduan")
    add_file(office, case_id, title=title)
    assert [file.title for file in listed(office, case_id)] == [title]


def test_file_without_a_title_is_called_as_it_is_named(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    add_file(office, case_id, title="  ")
    (file,) = listed(office, case_id)
    assert file.title == file.filename == "pindaian.png"


@pytest.mark.parametrize("title", ["x" * 201, "a\x00b", "a\x07b"])
def test_title_that_cannot_stand_is_refused_beside_it(office: Office, title: str) -> None:
    case_id = open_one(office, "pengaduan")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        add_file(office, case_id, title=title)
    assert list(refused.value.problems) == ["title"]
    assert dump(office.store) == before


def test_scan_may_come_after_the_case_was_closed(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    close(office, case_id, at=WRITTEN_AT)
    withdraw(office, add_file(office, case_id))
    assert len(listed(office, case_id)) == 1


def test_same_form_sent_twice_attaches_once(office: Office) -> None:
    case_id, form = open_one(office, "pengaduan"), token()
    given: dict[str, Any] = {
        "vault": VAULT,
        "actor": office.sekretaris,
        "token": form,
        "now": WRITTEN_AT,
        "case_id": case_id,
        "body": picture(),
        "filename": "a.png",
    }
    assert attachments.attach(office.store, **given) == attachments.attach(office.store, **given)
    assert len(listed(office, case_id)) == 1


# Its place.


def test_file_stands_at_its_round_and_output_or_at_its_entry(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    round_id = advance_to(office, case_id, "prepare_papers")["id"]
    entry_id = write(office, case_id)
    add_file(office, case_id, place=Place(round_id, "assignment_letter"))
    add_file(office, case_id, place=Place(entry_id=entry_id))
    add_file(office, case_id, place=Place(round_id))
    found = [(file.round_id, file.output_key, file.entry_id) for file in listed(office, case_id)]
    assert found == [(round_id, None, None), (None, None, entry_id), (round_id, "assignment_letter", None)]


def misplaced(office: Office) -> dict[str, str]:
    """How a file fares that is put where it does not belong."""
    case_id, other_id = open_one(office, "pengawalan"), open_one(office, "pengawalan")
    own = advance_to(office, case_id, "prepare_papers")["id"]
    other = advance_to(office, other_id, "prepare_papers")["id"]
    found = {}
    for what, place in {
        "round of another case": Place(other),
        "output of another case": Place(other, "assignment_letter"),
        "entry of another case": Place(entry_id=write(office, other_id)),
        "no such round": Place(999_999),
        "no such entry": Place(entry_id=999_999),
        "output of another step": Place(own, "evaluation_report"),
        "no such output": Place(own, "letter"),
        "output of no round": Place(None, "assignment_letter"),
    }.items():
        before = dump(office.store)
        try:
            add_file(office, case_id, place=place)
            found[what] = "attached"
        except NotFound:
            found[what] = "not found" if dump(office.store) == before else "stored all the same"
    return found


def test_file_is_not_put_where_it_does_not_belong(office: Office) -> None:
    found = misplaced(office)
    assert found == dict.fromkeys(found, "not found")
    assert len(found) == 8


def test_twin_without_a_look_at_the_place_it_is(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database itself refuses only what is nowhere."""
    monkeypatch.setattr(attachments, "_check_place", lambda *_: None)
    case_id, other_id = open_one(office, "pengawalan"), open_one(office, "pengawalan")
    round_id = latest(office, other_id, "confirm_schedule")["id"]
    add_file(office, case_id, place=Place(round_id, "evaluation_report"))
    for place in (Place(999_999), Place(entry_id=999_999), Place(None, "assignment_letter")):
        with pytest.raises(IntegrityError):
            add_file(office, case_id, place=place)


# Sealed.


def in_clear(office: Office) -> set[str]:
    """Tables in which the words inside the picture can be read."""
    return {table for table, rows in dump(office.store).items() if any(SECRET in row for row in rows)}


@pytest.mark.parametrize("confidential", [False, True])
def test_database_holds_nothing_of_the_content(office: Office, confidential: bool) -> None:
    body = picture(SECRET)
    assert SECRET.encode() in body
    attachment_id = add_file(office, open_one(office, "pengaduan"), body=body, confidential=confidential)
    assert in_clear(office) == set()
    withdraw(office, attachment_id)
    assert in_clear(office) == set()


def test_twin_unsealed_the_search_finds_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = open_one(office, "pengaduan")
    monkeypatch.setattr(Vault, "seal_bytes", lambda _, data, **__: data)
    add_file(office, case_id, body=picture(SECRET))
    assert in_clear(office) == {"attachment_body"}


@pytest.mark.parametrize(("confidential", "where"), [(True, set()), (False, {"attachment", "audit"})])
def test_name_of_a_confidential_file_is_sealed_with_it(
    office: Office, confidential: bool, where: set[str]
) -> None:
    name = f"KTP {SECRET}.png"
    attachment_id = add_file(office, open_one(office, "pengaduan"), filename=name, confidential=confidential)
    assert in_clear(office) == where
    assert opened(office, attachment_id).filename == name
    assert opened(office, attachment_id).body == picture()


def swap(office: Office, one: int, other: int) -> None:
    """The sealed bytes of two attachments change places."""
    with transaction(office.store) as connection:
        query = select(AttachmentBody.attachment_id, AttachmentBody.sealed)
        sealed = {row.attachment_id: row.sealed for row in connection.execute(query)}
        for to, of in ((one, other), (other, one)):
            moved = update(AttachmentBody).where(AttachmentBody.attachment_id == to)
            connection.execute(moved.values(sealed=sealed[of]))


def test_sealed_file_of_one_case_does_not_open_in_another(office: Office) -> None:
    """Also where it is the very same file."""
    one, other = (add_file(office, open_one(office, "pengaduan")) for _ in range(2))
    swap(office, one, other)
    for attachment_id in (one, other):
        with pytest.raises(VaultError):
            opened(office, attachment_id)


def test_twin_without_the_case_in_what_it_is_bound_to_it_opens(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "attachment_context", lambda _case_id, sha256: f"attachment:{sha256}")
    one, other = (add_file(sqlite_office, open_one(sqlite_office, "pengaduan")) for _ in range(2))
    swap(sqlite_office, one, other)
    assert opened(sqlite_office, one).body == picture()


def test_file_put_in_place_of_another_of_its_case_does_not_open(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    one, other = (add_file(office, case_id, body=picture(words)) for words in ("satu", "dua"))
    swap(office, one, other)
    with pytest.raises(VaultError):
        opened(office, one)


def test_file_that_was_altered_or_sealed_with_another_key_does_not_open(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    attachment_id = add_file(office, case_id)
    with pytest.raises(VaultError):
        opened(office, attachment_id, vault=Vault(new_key()))
    forged = Vault(new_key()).seal_bytes(
        picture(), context=attachment_context(case_id, hashlib.sha256(picture()).hexdigest())
    )
    with transaction(office.store) as connection:
        connection.execute(update(AttachmentBody).values(sealed=forged))
    with pytest.raises(VaultError):
        opened(office, attachment_id)


# Who opens it.


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_file_is_served_to_every_reader_of_the_case_and_to_nobody_else(office: Office, code: str) -> None:
    attachment_id = add_file(office, open_one(office, code))
    before = dump(office.store)
    found = answers_by_role(office, partial(opened, office, attachment_id))
    assert found == expected(readers(sop(code)), readers(sop(code)))
    with pytest.raises(NotFound):
        opened(office, attachment_id, by=office.nobody)
    with pytest.raises(NotFound):
        opened(office, 999_999)
    assert dump(office.store)["audit"] == before["audit"]  # an opening is no act


def test_confidential_file_is_opened_by_who_may_see_the_identity_and_each_opening_is_an_act(
    office: Office,
) -> None:
    case_id = open_one(office, "pengaduan")
    attachment_id = add_file(office, case_id, confidential=True)
    allowed = frozenset(
        role for role in holders(Permission.VIEW_IDENTITY) if role in sop("pengaduan").identity_readers
    )
    assert Role.ADMINISTRATOR not in allowed
    assert len(allowed) == 5
    for times in (1, 2):
        found = answers_by_role(office, partial(opened, office, attachment_id))
        assert found == expected(allowed, readers(sop("pengaduan")))
        seen = acts(office, "attachment.opened", case_id=case_id)
        assert len(seen) == times * len(allowed)
    assert {act["actor_id"] for act in seen} == {office.actors[role].user_id for role in allowed}
    assert {json.loads(act["details"])["attachment"] for act in seen} == {attachment_id}


def test_twin_without_permissions_the_administrator_opens_it(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment_id = add_file(sqlite_office, open_one(sqlite_office, "pengaduan"), confidential=True)
    monkeypatch.setattr(attachments, "may", lambda *_: True)
    assert opened(sqlite_office, attachment_id, by=sqlite_office.actors[Role.ADMINISTRATOR]).body == picture()


def test_opening_that_fails_to_be_recorded_shows_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment_id = add_file(office, open_one(office, "pengaduan"), confidential=True)

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(attachments.audit, "append", fail)  # type: ignore[attr-defined]
    with pytest.raises(ConnectionError):
        opened(office, attachment_id)


def test_file_of_a_case_hidden_from_somebody_is_not_found_by_them(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    attachment_id = add_file(office, case_id, by=office.second)
    declare_conflict(
        office.store,
        actor=office.actors[Role.ADMINISTRATOR],
        token=token(),
        now=WRITTEN_AT,
        case_id=case_id,
        user_id=office.second.user_id,
        reason="keluarga terlapor",
    )
    before = dump(office.store)
    for attempt in (
        partial(opened, office, attachment_id, by=office.second),
        partial(withdraw, office, attachment_id, by=office.second),
        partial(add_file, office, case_id, by=office.second),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert dump(office.store) == before
    opened(office, attachment_id)


@pytest.mark.parametrize("code", ["pengaduan", "pengawalan"])
def test_files_are_attached_by_who_records_or_edits(office: Office, code: str) -> None:
    found = answers_by_role(office, partial(add_file, office, open_one(office, code)))
    assert found == expected(readers(sop(code)) - {Role.PIMPINAN}, readers(sop(code)))


# Withdrawing.


def test_withdrawn_file_is_served_to_nobody_and_stays_stored(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    for confidential in (False, True):
        attachment_id = add_file(office, case_id, confidential=confidential)
        withdraw(office, attachment_id, reason=" berkas orang lain ")
        found = answers_by_role(office, partial(opened, office, attachment_id))
        assert set(found.values()) == {"NotFound"}
        row = stored(office, Attachment, attachment_id)
        assert (row["state"], row["reason"], row["version"]) == ("withdrawn", "berkas orang lain", 2)
    assert acts(office, "attachment.opened") == []
    assert [act["reason"] for act in acts(office, "attachment.withdrawn")] == ["berkas orang lain"] * 2
    assert [file.state for file in listed(office, case_id)] == ["withdrawn"] * 2
    assert len(dump(office.store)["attachment_body"]) == 2


def test_file_is_withdrawn_by_who_attached_it_or_may_edit_the_case(office: Office) -> None:
    case_id, team = open_one(office, "pengaduan"), office.actors[Role.TIM_PEMERIKSA]
    withdraw(office, add_file(office, case_id, by=team), by=team)
    found = answers_by_role(office, lambda by: withdraw(office, add_file(office, case_id), by=by))
    of = sop("pengaduan")
    assert found == expected(holders(Permission.EDIT_CASE) & readers(of), readers(of))
    assert found[Role.TIM_PEMERIKSA] == Forbidden.__name__


@pytest.mark.parametrize("reason", NO_REASON, ids=["empty", "blank", "long", "control"])
def test_withdrawal_needs_a_reason(office: Office, reason: str) -> None:
    attachment_id = add_file(office, open_one(office, "pengaduan"))
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        withdraw(office, attachment_id, reason=reason)
    assert list(refused.value.problems) == ["reason"]
    assert dump(office.store) == before


def test_second_withdrawal_is_told_the_first(office: Office) -> None:
    attachment_id = add_file(office, open_one(office, "pengaduan"))
    withdraw(office, attachment_id)
    before = dump(office.store)
    for version in (1, 2):
        with pytest.raises(Conflict) as told:
            withdraw(office, attachment_id, version=version, by=office.second, reason="lagi")
        assert told.value.current == {"state": "withdrawn", "reason": "salah unggah"}
    assert dump(office.store) == before


def withdrawn_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What two people are told who withdraw a file at one moment: both stand before the case before one holds it.

    In two programs, for those of one stand in line before that.
    """
    attachment_id = add_file(office, open_one(office, "pengaduan"))
    both, real = Barrier(2), checks.locked_case

    def together(connection: Connection, **given: Any) -> Any:
        if connection.dialect.name == "postgresql":  # on SQLite the writers stand in line before this
            both.wait(timeout=5)
        return real(connection, **given)

    monkeypatch.setattr(attachments, "locked_case", together)
    with second_program(office) as rival, people(2) as pool:
        calls = [
            partial(withdraw, office, attachment_id, reason="satu"),
            partial(withdraw, rival, attachment_id, reason="dua"),
        ]
        replies = pressed_at_once(pool, calls)
    return sorted("" if reply.error is None else type(reply.error).__name__ for reply in replies)


def test_of_two_who_withdraw_at_once_one_wins(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert withdrawn_at_once(office, monkeypatch) == ["", "Conflict"]
    assert len(acts(office, "attachment.withdrawn")) == 1


def test_twin_that_reads_the_file_before_it_holds_the_case_has_two_winners(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(connection: Connection, *, actor: Actor, attachment_id: int) -> Any:
        query = select(Attachment.__table__).where(Attachment.id == attachment_id)
        row = dict(connection.execute(query).mappings().one())
        hold = vars(attachments)["locked_case"]
        return row, hold(connection, actor=actor, case_id=row["case_id"])[1]

    monkeypatch.setattr(attachments, "_held", held)
    assert withdrawn_at_once(postgres_office, monkeypatch) == ["", ""]


BAD_FILES: dict[str, dict[str, Any]] = {
    "state_known": {"state": "deleted", "reason": "salah"},
    "reason_given": {"state": "withdrawn", "reason": ""},
    "not_empty": {"size": 0},
    "output_has_round": {"output_key": "paper"},
}


@pytest.mark.parametrize("constraint", BAD_FILES)
def test_database_refuses_a_file_that_contradicts_itself(office: Office, constraint: str) -> None:
    attachment_id = add_file(office, open_one(office, "pengaduan"))
    changed = update(Attachment).where(Attachment.id == attachment_id).values(**BAD_FILES[constraint])
    with pytest.raises(IntegrityError) as refused, transaction(office.store) as connection:
        connection.execute(changed)
    assert constraint in str(refused.value.orig)


def test_database_refuses_a_second_body(office: Office) -> None:
    attachment_id = add_file(office, open_one(office, "pengaduan"))
    body = insert(AttachmentBody).values(attachment_id=attachment_id, key_id="x", sealed=b"x")
    with pytest.raises(IntegrityError), transaction(office.store) as connection:
        connection.execute(body)
