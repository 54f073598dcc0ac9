"""Changing the vault's key: everything opens with the new one, and nothing is lost whatever dies when."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text, update

from models import vault as vault_module
from models.commands import case_form
from models.commands import vault as rotation
from models.commands.cases import edit_case
from models.commands.vault import reseal, rotate, sealing
from models.database import transaction
from models.queries.sealed import SEALED, SealedTable, sample_opens, sealed_counts, unopened
from models.tables import Attachment, AttachmentBody, Base, FormDraft, VaultEntry
from models.vault import (
    Vault,
    attachment_context,
    draft_context,
    key_id_of,
    keys_in_file,
    new_key,
    store_keys,
)
from tests.commands.at_once import people, pressed_at_once, second_program
from tests.commands.database_dump import dump
from tests.commands.test_confidential import IDENTITY, reveal
from tests.commands.test_faults import CutError, cut_at, cut_at_commit
from tests.factories import RECEIVED_AT, Office, acts, case_row, complaint_form, open_one, token

KEY = "A" * 43 + "="  # of `tests.factories.VAULT`
SCAN = os.urandom(50_000)
DIGEST = "0" * 64
TABLES = {"vault_entry", "attachment_body", "form_draft"}


def kept_in(key_file: Path) -> Vault:
    """The vault as a running server has it."""
    return Vault(*keys_in_file(key_file), reread=lambda: kept_in(key_file))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "vault.key"
    store_keys(path, (KEY,))
    return path


def filled(office: Office, vault: Vault) -> int:
    """A case with an identity, three attachments and a draft; returns its id."""
    case_id = open_one(office, "pengaduan", **IDENTITY)
    attached = {
        "case_id": case_id,
        "title": "Bukti",
        "media_type": "image/png",
        "size": len(SCAN),
        "sha256": DIGEST,
    }
    with transaction(office.store) as connection:
        for number in range(3):
            attachment_id = connection.execute(
                insert(Attachment)
                .values(
                    **attached,
                    filename=f"{number}.png",
                    recorded_at=RECEIVED_AT,
                    recorded_by=office.sekretaris.user_id,
                )
                .returning(Attachment.id)
            ).scalar_one()
            sealed = vault.seal_bytes(SCAN, context=attachment_context(case_id, DIGEST))
            body = {"attachment_id": attachment_id, "key_id": vault.key_id, "sealed": sealed}
            connection.execute(insert(AttachmentBody).values(**body))
        draft = {"user_id": office.sekretaris.user_id, "form": "open.pengaduan", "saved_at": RECEIVED_AT}
        sealed = vault.seal_bytes(b"draf", context=draft_context(draft["user_id"], draft["form"]))
        connection.execute(insert(FormDraft).values(**draft, key_id=vault.key_id, sealed=sealed))
    return case_id


def type_anew(office: Office, case_id: int, vault: Vault) -> None:
    """Edit the case, its identity typed once more."""
    edit_case(
        office.store,
        vault=vault,
        actor=office.sekretaris,
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        expected_version=case_row(office, case_id)["version"],
        received_at=RECEIVED_AT,
        data=complaint_form(**IDENTITY),
        reason="sementara itu",
    )


def keys_in_use(office: Office) -> dict[str, set[str]]:
    with office.reading() as connection:
        counts = sealed_counts(connection)
    return {key: {one.table for one in counts if one.key_id == key} for key in {one.key_id for one in counts}}


def all_open(office: Office, vault: Vault) -> bool:
    with office.reading() as connection:
        return unopened(connection, vault) == {}


def test_every_table_of_sealed_values_is_in_the_list() -> None:
    sealed = {
        name
        for name, table in Base.metadata.tables.items()
        if {"key_id", "sealed"} <= set(table.columns.keys())
    }
    assert sealed == {one.name for one in SEALED} == TABLES


def test_rotation_seals_everything_with_the_new_key(office: Office, key_file: Path) -> None:
    case_id = filled(office, kept_in(key_file))
    found = rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    assert found == {"vault_entry": len(IDENTITY), "attachment_body": 3, "form_draft": 1, "unopened": 0}
    (key,) = keys_in_file(key_file)
    assert key != KEY
    assert keys_in_use(office) == {key_id_of(key): TABLES}
    assert all_open(office, Vault(key))
    assert reveal(office, case_id, vault=Vault(key)) == IDENTITY
    with office.reading() as connection:
        bodies = connection.execute(select(AttachmentBody.sealed)).scalars().all()
        context = attachment_context(case_id, DIGEST)
        opened = [Vault(key).open_bytes(body, context=context) for body in bodies]
        former = Vault(KEY)
        assert not any(sample_opens(connection, former, count) for count in sealed_counts(connection))
    assert opened == [SCAN] * 3


def test_former_key_is_kept_apart_for_this_account_alone(office: Office, key_file: Path) -> None:
    filled(office, kept_in(key_file))
    rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    former = key_file.with_name(f"vault.key.old-{key_id_of(KEY)}")
    assert sorted(path.name for path in key_file.parent.iterdir()) == [key_file.name, former.name]
    assert keys_in_file(former) == (KEY,)
    if os.name != "nt":
        assert {path.stat().st_mode & 0o777 for path in key_file.parent.iterdir()} == {0o600}


def test_trail_names_the_keys_and_counts_and_holds_no_key(office: Office, key_file: Path) -> None:
    filled(office, kept_in(key_file))
    rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    (key,) = keys_in_file(key_file)
    (begun,), (done,) = acts(office, "vault.rotation_begun"), acts(office, "vault.rotated")
    names = {"from": [key_id_of(KEY)], "to": key_id_of(key)}
    counts = {"vault_entry": len(IDENTITY), "attachment_body": 3, "form_draft": 1, "unopened": 0}
    assert json.loads(begun["details"]) == names
    assert json.loads(done["details"]) == names | {"sealed": counts}
    content = repr(dump(office.store))
    assert key not in content
    assert KEY not in content


def test_rotation_in_small_portions_passes_nothing_over(
    office: Office, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        filled_once = open_one(office, "pengaduan", **IDENTITY)
    small = tuple(SealedTable(one.of, one.context, at_once=2) for one in SEALED)
    monkeypatch.setattr(rotation, "SEALED", small)
    found = rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    assert found["vault_entry"] == 3 * len(IDENTITY)
    assert reveal(office, filled_once, vault=kept_in(key_file)) == IDENTITY
    assert all_open(office, Vault(*keys_in_file(key_file)))


def test_value_that_does_not_open_stays_and_is_counted(office: Office, key_file: Path) -> None:
    filled(office, kept_in(key_file))
    with transaction(office.store) as connection:
        spoilt = VaultEntry.field_key == "reporter_name"
        connection.execute(update(VaultEntry).where(spoilt).values(sealed=b"rusak"))
        foreign = VaultEntry.field_key == "reporter_phone"
        connection.execute(update(VaultEntry).where(foreign).values(key_id="0" * 16))
    found = rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    assert (found["vault_entry"], found["unopened"]) == (len(IDENTITY) - 2, 2)
    with office.reading() as connection:
        assert unopened(connection, kept_in(key_file)) == {"vault_entry": 2}
        assert connection.execute(select(VaultEntry.sealed).where(spoilt)).scalar_one() == b"rusak"


def test_environment_reseals_with_its_first_key(office: Office) -> None:
    filled(office, Vault(KEY))
    new = new_key()
    found = reseal(office.store, vault=Vault(new, KEY), now=RECEIVED_AT)
    assert sum(found.values()) == len(IDENTITY) + 4
    assert keys_in_use(office) == {key_id_of(new): TABLES}
    assert sum(reseal(office.store, vault=Vault(new, KEY), now=RECEIVED_AT).values()) == 0


@contextmanager
def cut_file(_: Engine, number: int) -> Iterator[list[str]]:
    """Raise at the file operation of that number, from 1: as the power fails before it."""
    begun: list[str] = []
    real = {"fsync": os.fsync, "replace": Path.replace}

    def cut(name: str) -> Callable[..., Any]:
        def operation(*given: Any) -> Any:
            begun.append(name)
            if len(begun) == number:
                raise CutError(name)
            return real[name](*given)

        return operation

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_module.os, "fsync", cut("fsync"))
        patch.setattr(Path, "replace", cut("replace"))
        yield begun


@pytest.mark.parametrize("cutting", [cut_at, cut_at_commit, cut_file])
def test_crash_at_any_point_loses_nothing_and_the_next_run_ends_it(
    office: Office, key_file: Path, cutting: Callable[[Engine, int], Any]
) -> None:
    case_id = filled(office, Vault(KEY))
    for number in range(1, 200):
        with cutting(office.store, number):
            try:
                rotate(office.store, key_file=key_file, now=RECEIVED_AT)
            except CutError:
                assert all_open(office, kept_in(key_file)), number
                assert len(keys_in_file(key_file)) <= 2
                ended = False
            else:
                ended = True
        if not ended:
            type_anew(office, case_id, kept_in(key_file))
            assert reveal(office, case_id, vault=kept_in(key_file)) == IDENTITY
        else:
            assert number > 3
            break
    (key,) = keys_in_file(key_file)
    assert keys_in_use(office) == {key_id_of(key): TABLES}
    assert all_open(office, Vault(key))


def test_twin_former_key_taken_away_first_is_found_missing_after_a_crash(
    office: Office, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(office, Vault(KEY))
    monkeypatch.setattr(rotation, "store_keys", lambda path, keys: store_keys(path, keys[:1]))
    with cut_at(office.store, 6), pytest.raises(CutError):
        rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    assert not all_open(office, kept_in(key_file))


def test_crash_after_the_new_key_came_makes_no_third_one(office: Office, key_file: Path) -> None:
    filled(office, Vault(KEY))
    with cut_at(office.store, 6), pytest.raises(CutError):
        rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    begun = keys_in_file(key_file)
    assert (len(begun), begun[1]) == (2, KEY)
    rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    assert keys_in_file(key_file) == begun[:1]


def test_vault_held_since_before_the_change_goes_on_working(office: Office, key_file: Path) -> None:
    """As a request that has begun before: it opens what is sealed anew, and seals with the new key."""
    case_id, held = filled(office, kept_in(key_file)), kept_in(key_file)
    rotate(office.store, key_file=key_file, now=RECEIVED_AT)
    assert reveal(office, case_id, vault=held) == IDENTITY
    with transaction(office.store) as connection:
        assert sealing(connection, held).key_id == key_id_of(keys_in_file(key_file)[0]) != held.key_id


def test_two_changes_at_once_lose_nothing(office: Office, key_file: Path) -> None:
    filled(office, Vault(KEY))
    press = partial(rotate, office.store, key_file=key_file, now=RECEIVED_AT)
    with people(2) as pool:
        replies = pressed_at_once(pool, [press, press])
    assert [reply.error for reply in replies] == [None, None]
    (key,) = keys_in_file(key_file)
    assert keys_in_use(office) == {key_id_of(key): TABLES}
    assert all_open(office, Vault(key))


def sealed_during_a_change(office: Office, key_file: Path) -> bool:
    """Seal under the former key, store it while another program changes the key; whether it opens afterwards."""
    case_id = open_one(office, "pengaduan")
    store, errors = office.store, []

    def change() -> None:
        try:
            with second_program(office) as other:
                rotate(other.store, key_file=key_file, now=RECEIVED_AT)
        except Exception as error:
            errors.append(error)

    with transaction(store, moves_data=False) as connection:
        vault = case_form.sealing(connection, kept_in(key_file))
        sealed = vault.seal("Siti", case_id=case_id, field_key="reporter_email")
        running = threading.Thread(target=change)
        running.start()
        while running.is_alive() and not _waits(store):
            running.join(0.01)
        row = {"case_id": case_id, "field_key": "reporter_email", "key_id": vault.key_id, "sealed": sealed}
        connection.execute(insert(VaultEntry).values(**row))
    running.join()
    assert errors == []
    return all_open(office, kept_in(key_file))


def _waits(store: Engine) -> bool:
    with store.connect() as connection:
        query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(connection.execute(query).scalar_one())


def test_value_sealed_during_the_change_is_not_left_behind(postgres_office: Office, key_file: Path) -> None:
    """On SQLite every writer stands in line."""
    assert sealed_during_a_change(postgres_office, key_file)


def test_twin_without_holding_the_key_the_value_is_left_behind(
    postgres_office: Office, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_form, "sealing", lambda _, vault: vault)
    assert not sealed_during_a_change(postgres_office, key_file)
