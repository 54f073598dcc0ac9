"""`patuh vault`: what is sealed under which key, and a change of the key beside a running server."""

import os

import pytest

from dashboard import settings
from models.access import Role
from models.commands.cases import open_case
from models.commands.identity import reveal_identity
from models.database import reading, transaction
from models.queries.sealed import unopened
from models.vault import Vault, VaultError, key_id_of, keys_in_file, new_key, store_keys
from tests.conftest import NOW
from tests.factories import Office, add_account, complaint_form, office_in, prepare_office, token
from tests.web.test_cli import an_installation_of_its_own, patuh

__all__ = ["an_installation_of_its_own"]  # a fixture


@pytest.fixture
def office() -> Office:
    prepare_office(settings.store())
    return office_in(settings.store())


def register_one(office: Office) -> int:
    """A complaint, registered by the running program: three confidential values."""
    answer = open_case(
        office.store,
        vault=settings.vault(),
        actor=office.sekretaris,
        token=token(),
        now=NOW,
        code="pengaduan",
        received_at=NOW,
        data=complaint_form(reporter_address="Sioban"),
    )
    return int(answer["case_id"])


def name_of(office: Office, case_id: int, vault: Vault) -> str:
    who = office.actors[Role.TIM_PEMERIKSA]
    given = {"token": token(), "now": NOW, "case_id": case_id, "reason": "klarifikasi"}
    return reveal_identity(office.store, vault=vault, actor=who, **given)["reporter_name"]


def test_status_counts_by_key_and_opens_everything(office: Office) -> None:
    assert patuh("vault", "status").output.endswith("Belum ada isi yang disegel.\n")
    register_one(office)
    key_id = settings.vault().key_id
    assert patuh("vault", "status").output == (
        f"Kunci yang berlaku: {key_id}\n{key_id}  isian rahasia: 3\nSemua isi tersegel (3) dapat dibuka.\n"
    )


def test_rotate_changes_the_key_and_a_vault_held_before_goes_on(office: Office) -> None:
    case_id, held = register_one(office), settings.vault()
    (former,) = keys_in_file(settings.vault_key_file())
    result = patuh("vault", "rotate")
    (present,) = keys_in_file(settings.vault_key_file())
    assert result.exit_code == 0
    assert result.output == (
        "Disegel ulang: isian rahasia 3, lampiran 0, draf formulir 0.\n"
        f"Kunci yang berlaku: {key_id_of(present)}\n"
        f"Kunci lama disimpan dalam: vault.key.old-{key_id_of(former)}. "
        "Hanya diperlukan untuk cadangan lama; simpan terpisah.\n"
    )
    assert (present in result.output, former in result.output) == (False, False)
    assert settings.vault().key_id == key_id_of(present) != key_id_of(former) == held.key_id
    assert name_of(office, case_id, held) == name_of(office, case_id, settings.vault()) == "Teuku Rahasia"
    register_one(office)
    with reading(office.store) as connection:
        assert unopened(connection, Vault(present)) == {}
    assert "ok  Brankas identitas\n" in patuh("check").output


def test_status_and_check_tell_what_does_not_open(office: Office) -> None:
    register_one(office)
    lost = settings.vault().key_id
    store_keys(settings.vault_key_file(), (new_key(),))
    status, check = patuh("vault", "status"), patuh("check")
    assert status.exit_code == check.exit_code == 1
    assert f"{lost}  isian rahasia: 3  [kunci tidak dikenal]" in status.output
    assert "3 isi tersegel tidak dapat dibuka dengan kunci yang ada: isian rahasia 3." in status.output
    assert "!!  Brankas identitas: 3 isi tersegel tidak dapat dibuka" in check.output
    rotated = patuh("vault", "rotate")
    assert rotated.exit_code == 1
    assert "3 isi tersegel tidak dapat dibuka dengan kunci mana pun" in rotated.output
    settings.vault_key_file().unlink()
    assert "!!  Brankas identitas: Ada isi tersegel, tetapi tidak ada kunci" in patuh("check").output


def test_unfinished_change_is_told_and_finished(office: Office) -> None:
    register_one(office)
    (former,) = keys_in_file(settings.vault_key_file())
    new = new_key()
    store_keys(settings.vault_key_file(), (new, former))
    status = patuh("vault", "status")
    assert f"{key_id_of(former)}  isian rahasia: 3  [kunci lama]" in status.output
    assert "Penggantian kunci belum selesai." in status.output
    assert "!!  Brankas identitas: Penggantian kunci belum selesai." in patuh("check").output
    assert patuh("vault", "rotate").exit_code == 0
    assert keys_in_file(settings.vault_key_file()) == (new,)


def test_key_of_the_environment_is_changed_with_two_keys(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, new = new_key(), new_key()
    monkeypatch.setenv("PATUH_VAULT_KEY", former)
    case_id = register_one(office)
    alone = patuh("vault", "rotate")
    assert alone.exit_code == 1
    assert "Isi PATUH_VAULT_KEY dengan kunci baru dan kunci yang berlaku, dipisah koma" in alone.output
    assert former not in alone.output
    offered = alone.output.split("Kunci baru: ")[1].strip()
    assert Vault(offered).key_id != Vault(former).key_id
    monkeypatch.setenv("PATUH_VAULT_KEY", f"{new},{former}")
    both = patuh("vault", "rotate")
    assert both.exit_code == 0
    assert "Sekarang keluarkan kunci lama dari PATUH_VAULT_KEY" in both.output
    assert not settings.vault_key_file().exists()
    monkeypatch.setenv("PATUH_VAULT_KEY", new)
    assert name_of(office, case_id, settings.vault()) == "Teuku Rahasia"


@pytest.mark.parametrize("command", [("vault", "rotate"), ("vault", "status"), ("check",)])
def test_what_is_no_key_is_explained(
    office: Office, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PATUH_VAULT_KEY", "rahasia-kantor,juga-bukan")
    result = patuh(*command)
    assert result.exit_code == 1
    assert "bukan kunci yang sah" in result.output
    assert "rahasia-kantor" not in result.output
    with pytest.raises(VaultError):
        settings.vault()


def test_check_watches_the_files_of_former_keys(office: Office) -> None:
    register_one(office)
    patuh("vault", "rotate")
    (former,) = settings.data_folder().glob("vault.key.old-*")
    former.chmod(0o644)
    if os.name != "nt":
        assert f"Dapat dibaca pihak lain: {former}" in patuh("check").output


def test_rotate_whose_file_cannot_be_written_is_explained(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_one(office)
    before = keys_in_file(settings.vault_key_file())

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = patuh("vault", "rotate")
    assert result.exit_code == 1
    assert "Belum dapat diselesaikan (OSError). Tidak ada yang hilang" in result.output
    assert keys_in_file(settings.vault_key_file()) == before


def test_account_of_the_terminal_needs_no_key() -> None:
    """Commands that seal nothing make no key."""
    patuh("migrate")
    with transaction(settings.store()) as connection:
        add_account(connection, "budi", Role.SEKRETARIS)
    patuh("user", "list")
    patuh("check")
    assert not settings.vault_key_file().exists()
