"""The vault: what is sealed opens with its key, in its place and unaltered, and with nothing else; keys in files."""

import os
from pathlib import Path

import pytest

from models.vault import (
    Vault,
    VaultError,
    key_id_of,
    keys_in,
    keys_in_file,
    load_or_create_keys,
    new_key,
    store_keys,
)

OLD, NEW = "A" * 43 + "=", "B" * 42 + "A="
SCAN = bytes(range(256)) * 40


def test_bytes_and_texts_come_back_as_they_were() -> None:
    vault = Vault(OLD)
    sealed = vault.seal_bytes(SCAN, context="attachment:7")
    assert SCAN not in sealed
    assert vault.open_bytes(sealed, context="attachment:7") == SCAN
    assert (
        vault.open(vault.seal("Siti Ñ 🛶", case_id=3, field_key="name"), case_id=3, field_key="name")
        == "Siti Ñ 🛶"
    )


def test_same_bytes_are_never_sealed_alike() -> None:
    vault = Vault(OLD)
    assert len({vault.seal_bytes(b"x", context="c") for _ in range(100)}) == 100


@pytest.mark.parametrize("context", ["attachment:8", "attachment:70", "", "7"])
def test_bytes_do_not_open_in_another_place(context: str) -> None:
    sealed = Vault(OLD).seal_bytes(SCAN, context="attachment:7")
    with pytest.raises(VaultError):
        Vault(OLD).open_bytes(sealed, context=context)


def test_altered_or_cut_bytes_do_not_open() -> None:
    vault = Vault(OLD)
    sealed = vault.seal_bytes(b"surat", context="c")
    flipped = [sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :] for n in range(len(sealed))]
    for altered in (*flipped, *(sealed[:n] for n in range(len(sealed))), sealed + b"\0"):
        with pytest.raises(VaultError):
            vault.open_bytes(altered, context="c")


def test_vault_opens_with_any_of_its_keys_and_seals_with_the_first() -> None:
    former, both, present = Vault(OLD), Vault(NEW, OLD), Vault(NEW)
    assert both.key_ids == (present.key_id, former.key_id) == (key_id_of(NEW), key_id_of(OLD))
    old = former.seal_bytes(b"lama", context="c")
    new = both.seal_bytes(b"baru", context="c")
    assert (
        both.open_bytes(old, context="c")
        == both.open_bytes(old, context="c", key_id=former.key_id)
        == b"lama"
    )
    assert present.open_bytes(new, context="c", key_id=both.key_id) == b"baru"
    for vault, sealed in ((present, old), (former, new)):
        with pytest.raises(VaultError):
            vault.open_bytes(sealed, context="c")
    with pytest.raises(VaultError):
        both.open_bytes(old, context="c", key_id=present.key_id)


def test_vault_finds_a_key_that_came_after_it_was_made() -> None:
    keys = [OLD]

    def now() -> Vault:
        return Vault(*keys, reread=now)

    held = now()
    keys[:] = [NEW, OLD]
    sealed = held.fresh().seal_bytes(b"x", context="c")
    assert held.open_bytes(sealed, context="c", key_id=key_id_of(NEW)) == b"x"
    assert held.key_id == key_id_of(OLD)  # what it seals still agrees with the key it names
    assert Vault(OLD).fresh().key_id == key_id_of(OLD)


@pytest.mark.parametrize("key", ["", "kunci", "A" * 42 + "=", "A" * 44, "!" * 44, "é" * 43 + "="])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(VaultError):
        Vault(key)


def test_vault_without_a_key_is_refused() -> None:
    with pytest.raises(VaultError):
        Vault()


def test_errors_tell_nothing_of_what_was_sealed() -> None:
    sealed = Vault(OLD).seal("Teuku Rahasia", case_id=1, field_key="reporter_name")
    with pytest.raises(VaultError) as refused:
        Vault(NEW).open(sealed, case_id=1, field_key="reporter_name")
    assert "Rahasia" not in str(refused.value)
    assert NEW not in str(refused.value)


def test_keys_are_read_by_line_and_by_comma() -> None:
    assert keys_in(f"{NEW}\n{OLD}\n") == keys_in(f" {NEW} , {OLD}") == (NEW, OLD)
    assert keys_in(" \n,") == ()


def test_key_file_is_made_once_and_for_this_account_alone(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    assert keys_in_file(path) == ()
    made = load_or_create_keys(path)
    assert len(made) == 1
    assert load_or_create_keys(path) == keys_in_file(path) == made
    assert Vault(*made).key_id == key_id_of(made[0])
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_stored_keys_stand_in_place_of_the_former_ones(tmp_path: Path) -> None:
    path, beside = tmp_path / "vault.key", tmp_path / "vault.key.new"
    load_or_create_keys(path)
    beside.write_text("sisa dari saat listrik padam, lebih panjang daripada sebuah kunci\n" * 4)
    beside.chmod(0o644)
    store_keys(path, (NEW, OLD))
    assert keys_in_file(path) == (NEW, OLD)
    assert not beside.exists()
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_cut_while_keys_are_stored_leaves_the_former_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "vault.key"
    store_keys(path, (OLD,))

    def cut(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(OSError, match="no space"):
        store_keys(path, (NEW, OLD))
    assert keys_in_file(path) == (OLD,)


def test_no_two_keys_are_alike() -> None:
    assert len({new_key() for _ in range(50)}) == 50
