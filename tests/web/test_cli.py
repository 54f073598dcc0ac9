"""The `patuh` command: what it prints, and what it does to whose database."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from dashboard import cli, settings
from models import passwords
from models.access import Role
from models.commands import sessions
from models.database import reading
from models.queries.accounts import accounts
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def an_installation_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("PATUH_DATA", str(folder))
    for name in ("PATUH_DATABASE_URL", "PATUH_VAULT_KEY", "PATUH_SAMPLE", "PATUH_NOW"):
        monkeypatch.setenv(name, "")  # set first, so that what a command changes is undone afterwards
        monkeypatch.delenv(name)
    settings.store.cache_clear()
    yield
    settings.store().dispose()
    settings.store.cache_clear()


def patuh(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def temporary_password(result: Result) -> str:
    found = re.search(r"Kata sandi sementara untuk \S+: (\S+)", result.output)
    assert found, result.output
    return found[1]


def test_migrate_says_whether_anything_was_done() -> None:
    assert patuh("migrate").output == "Basis data telah diperbarui.\n"
    assert patuh("migrate").output == "Basis data sudah mutakhir.\n"


def test_an_account_made_in_the_terminal_can_sign_in_and_must_change_its_password() -> None:
    password = temporary_password(
        patuh("user", "add", "Budi", "--name", "Budi S.", "--role", "administrator")
    )
    assert sessions.sign_in(settings.store(), username="budi", password=password, address="?", now=NOW)
    with reading(settings.store()) as connection:
        (made,) = accounts(connection)
    assert (made.username, made.full_name, made.roles) == ("budi", "Budi S.", ("administrator",))
    assert made.must_change_password
    assert patuh("user", "list").output == "budi                 Budi S.  (Administrator)\n"


def test_a_password_given_in_the_terminal_replaces_the_former() -> None:
    former = temporary_password(patuh("user", "add", "budi", "--name", "Budi", "--role", "sekretaris"))
    latest = temporary_password(patuh("user", "reset-password", "budi"))
    assert former != latest
    assert sessions.sign_in(settings.store(), username="budi", password=latest, address="?", now=NOW)
    assert patuh("user", "reset-password", "siapa").output == "Error: Tidak ditemukan.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("x",), "Gunakan 3 sampai 64 karakter"),
        (("budi",), "Nama pengguna ini sudah dipakai."),
    ],
)
def test_a_refused_account_is_explained(arguments: tuple[str, ...], words: str) -> None:
    patuh("user", "add", "budi", "--name", "Budi", "--role", "sekretaris")
    result = patuh("user", "add", *arguments, "--name", "Lain", "--role", str(Role.PIMPINAN))
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_check_is_content_with_a_fresh_installation_and_tells_what_is_not() -> None:
    patuh("migrate")
    sound = patuh("check")
    assert (sound.exit_code, sound.output.count("ok  "), sound.output.count("!!")) == (0, 7, 0)
    settings.data_folder().chmod(0o755)
    wrong = patuh("check")
    assert wrong.exit_code == 1
    assert "!!  Berkas hanya untuk akun ini" in wrong.output
    assert "1 hal perlu diperbaiki." in wrong.output


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_taken_port_is_explained_and_nothing_is_begun(command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = patuh(command, "--port", str(port))
    assert result.exit_code == 1
    assert f"Port {port} sedang dipakai" in result.output
    assert f"--port {port + 1}" in result.output
    assert list(settings.data_folder().iterdir()) == []


def test_an_address_that_is_not_this_machines_is_explained() -> None:
    result = patuh("run", "--port", "0", "--address", "192.0.2.1")
    assert (result.exit_code, result.output) == (1, "Error: Tidak dapat mendengarkan pada 192.0.2.1.\n")


def test_the_sample_never_touches_the_offices_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []

    def build(target: Path, *, vault: object, today: object) -> None:
        built.append(target)
        target.write_bytes(b"")

    monkeypatch.setattr("seed.demo.build", build)
    monkeypatch.setenv("PATUH_DATABASE_URL", "postgresql+psycopg://kantor/patuh")
    monkeypatch.setenv("PATUH_VAULT_KEY", "kunci kantor")
    folder = settings.data_folder()
    assert patuh("demo", "--build-only").exit_code == 0
    assert os.environ["PATUH_SAMPLE"] == "1"
    assert settings.data_folder() == folder / "contoh"
    assert settings.database_url() == f"sqlite:///{folder / 'contoh' / 'patuh.db'}"
    assert "PATUH_VAULT_KEY" not in os.environ
    assert [path.is_relative_to(folder) for path in built] == [True]
    assert not (folder / "patuh.db").exists()


def test_the_office_starts_names_its_code_and_stops_when_told() -> None:
    """One start of the real program, from an empty folder to Ctrl+C."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from dashboard.command import main; main()", "run", "--port", "0"]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=settings.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout
        lines: list[str] = []
        for line in server.stdout:
            lines.append(line)
            if "Patuh berjalan di" in line:
                break
        said = "".join(lines)
        try:
            code = re.search(r"kode sekali pakai ini: (\w{4}-\w{4}-\w{4})", said)
            home = re.search(r"Patuh berjalan di (http://127\.0\.0\.1:\d+)", said)
            assert code, said
            assert home, said
            assert httpx.get(f"{home[1]}/healthz").json() == {"status": "ok"}
            assert httpx.get(f"{home[1]}/?nama=rahasia").status_code == 401
            form = {
                "code": code[1],
                "username": "ketua.umum",
                "full_name": "Siti",
                "password": passwords.suggest(),
            }
            form["repeated"] = form["password"]
            claimed = httpx.post(f"{home[1]}/mulai", data=form, headers={"origin": home[1]})
            assert claimed.headers["location"] == "/masuk?pesan=siap"
        finally:
            server.send_signal(signal.SIGINT)
            rest = server.stdout.read()
        assert server.wait(timeout=20) is not None
    assert "rahasia" not in rest
    assert "Traceback" not in said + rest
