"""`patuh check`: each wrong thing is named, and nothing else."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from dashboard import condition
from dashboard.condition import SAFE_OPTIONS, findings, unsafe_options
from models import audit
from models.database import engine, transaction
from tests.conftest import NOW

SAFE = {**SAFE_OPTIONS, "server.maxUploadSize": 10}
WRONG: dict[str, object] = {
    "server.enableAgentApi": True,
    "server.enableCORS": False,
    "server.enableXsrfProtection": False,
    "server.enableStaticServing": True,
    "server.fileWatcherType": "auto",
    "server.trustedUserHeaders": {"x-forwarded-user": "user_id"},
    "server.maxUploadSize": 200,
    "client.showErrorDetails": "full",
    "client.disableDataExport": False,
    "client.allowedOrigins": ["https://jahat.test"],
    "runner.magicEnabled": True,
    "browser.gatherUsageStats": True,
    "global.developmentMode": True,
    "logger.enableRich": True,
}


def problems(store: Engine, folder: Path, options: dict[str, object] | None = None) -> dict[str, str]:
    return {
        finding.what: finding.problem
        for finding in findings(store, folder, (options or SAFE).get, keys=())
        if finding.problem
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    return made


def test_a_sound_installation_has_no_problem(store: Engine, folder: Path) -> None:
    looked_at = [finding.what for finding in findings(store, folder, SAFE.get, keys=())]
    assert problems(store, folder) == {}
    assert looked_at == [
        "Folder data", "Berkas hanya untuk akun ini", "Basis data", "Migrasi", "Jejak audit",
        "Brankas identitas", "Pengaturan aman",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(WRONG))
def test_each_unsafe_setting_is_named(name: str) -> None:
    assert set(WRONG) == set(SAFE)
    assert unsafe_options({**SAFE, name: WRONG[name]}.get) == [name]


def test_the_shipped_settings_are_safe() -> None:
    import tomllib

    shipped = tomllib.loads(
        (Path(condition.__file__).parent / ".streamlit" / "config.toml").read_text("utf-8")
    )
    plain = {
        f"{section}.{name}": value for section, values in shipped.items() for name, value in values.items()
    }
    defaults = {
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "global.developmentMode": False,
    }
    assert unsafe_options({**defaults, **plain}.get) == []
    assert plain["server.address"] == "127.0.0.1"


def test_a_folder_that_others_can_read_is_named(store: Engine, folder: Path) -> None:
    folder.chmod(0o755)
    assert problems(store, folder) == {"Berkas hanya untuk akun ini": f"Dapat dibaca pihak lain: {folder}"}
    folder.chmod(0o700)
    key = folder / "vault.key"
    key.write_text("x", "utf-8")
    key.chmod(0o644)
    assert problems(store, folder) == {"Berkas hanya untuk akun ini": f"Dapat dibaca pihak lain: {key}"}


def test_a_folder_that_is_not_there_cannot_be_written(store: Engine, folder: Path) -> None:
    assert condition._folder_problem(folder / "gone") == f"Tidak dapat menulis ke {folder / 'gone'}."


def test_a_database_without_tables_wants_a_migration(folder: Path) -> None:
    empty = engine(f"sqlite:///{folder / 'kosong.db'}")
    assert problems(empty, folder) == {
        "Migrasi": "Basis data berada pada versi lain. Jalankan: patuh migrate"
    }
    empty.dispose()


def test_a_database_that_does_not_answer_is_told(folder: Path) -> None:
    gone = engine("sqlite:////nowhere/at/all/patuh.db")
    assert problems(gone, folder) == {"Basis data": "Basis data tidak menjawab (OperationalError)."}
    gone.dispose()


def test_an_altered_trail_is_told_with_its_row(store: Engine, folder: Path) -> None:
    with transaction(store) as connection:
        for number in range(3):
            audit.append(connection, actor=None, action="tried", now=NOW, details={"n": number})
    with transaction(store) as connection:
        for trigger in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars():
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.execute(text("UPDATE audit SET action = 'altered' WHERE seq = 2"))
    assert problems(store, folder) == {"Jejak audit": "Jejak audit terputus pada baris 2."}
