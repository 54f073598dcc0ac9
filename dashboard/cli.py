"""The `patuh` command: start the office or the sample year, look after the database and the accounts.

It speaks Indonesian like the screens, and explains what it cannot do in a sentence instead of a traceback.
"""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dashboard import clock, condition, formats, report_cli, sample, settings, vault_cli
from dashboard.language import _
from dashboard.roles import role_name
from dashboard.text import translate
from models import passwords
from models.access import Role
from models.commands import first_start, rescue
from models.commands.seeding import ChangedSop
from models.database import reading
from models.errors import PatuhError
from models.migrate import NewerDatabase, migrate
from models.queries.accounts import accounts
from models.toml_table import SopError

HERE = "127.0.0.1"
_port = click.option(
    "--port", default=8501, show_default=True, type=click.IntRange(0, 65535), help="Port server."
)


class _Explained(click.Group):
    """Turns what the program itself refuses into a plain sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except PatuhError as refusal:
            raise click.ClickException(translate(refusal.problem)) from refusal
        except (NewerDatabase, ChangedSop, SopError) as refusal:
            raise click.ClickException(str(refusal)) from refusal


@click.group(cls=_Explained, help="Patuh: pemantauan kepatuhan SOP.")
def main() -> None:
    """Group of all commands."""


main.add_command(vault_cli.vault)
main.add_command(report_cli.report)


@main.command(help="Jalankan Patuh dengan data kantor (folder data/ atau PATUH_DATABASE_URL).")
@_port
@click.option(
    "--address", default=HERE, show_default=True, help="Alamat jaringan tempat server mendengarkan."
)
def run(port: int, address: str) -> None:
    """Start the server for the office's own data."""
    with _listening(address, port) as listener:
        _prepare()
        if code := first_start.prepare(settings.store()):
            url = _url(address, listener.getsockname()[1])
            click.echo(
                _("First start: open {url}/mulai and enter this one-time code: {code}", url=url, code=code)
            )
        _serve(listener, address)


@main.command(help="Jalankan tahun contoh dengan akun contoh; hanya di komputer ini.")
@_port
@click.option("--build-only", is_flag=True, help="Siapkan basis data contoh, lalu berhenti.")
def demo(port: int, *, build_only: bool) -> None:
    """Start the sample year, building it first when it is missing or of another day."""
    if build_only:
        _use_sample()
        return
    with _listening(HERE, port) as listener:
        _use_sample()
        _prepare()
        _serve(listener, HERE)


@main.command("migrate", help="Bawa basis data ke versi program ini.")
def migrate_command() -> None:
    """Migrate and say whether anything was done."""
    moved = migrate(settings.store())
    click.echo(_("The database was brought up to date.") if moved else _("The database is up to date."))


@main.command(help="Periksa apakah pemasangan ini beres.")
def check() -> None:
    """Print each finding; exit code 1 when one is not in order."""
    from streamlit import get_option

    from dashboard import server  # noqa: F401 - building the application settles which settings file counts

    problems = 0
    looked_at = condition.findings(
        settings.store(), settings.data_folder(), get_option, keys=settings.vault_keys()
    )
    for finding in looked_at:
        problems += bool(finding.problem)
        click.echo(
            f"{'!!' if finding.problem else 'ok'}  {finding.what}"
            + (f": {finding.problem}" if finding.problem else "")
        )
    if problems:
        raise click.ClickException(_("{count} things need attention.", count=problems))


@main.group(help="Akun, untuk keadaan darurat: administrator tidak dapat masuk.")
def user() -> None:
    """Group of the account commands."""


@user.command("list", help="Daftar akun.")
def user_list() -> None:
    """Print all accounts with their roles."""
    migrate(settings.store())
    with reading(settings.store()) as connection:
        for account in accounts(connection):
            roles = ", ".join(role_name(role) for role in account.roles)
            state = "" if account.active else f"  [{_('not active')}]"
            click.echo(f"{account.username:<20} {account.full_name}  ({roles}){state}")


@user.command("add", help="Buat akun dengan kata sandi sementara.")
@click.argument("username")
@click.option("--name", "full_name", required=True, help="Nama lengkap.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([str(role) for role in Role]),
    help="Peran; boleh berulang.",
)
def user_add(username: str, full_name: str, roles: tuple[str, ...]) -> None:
    """Make an account and print its temporary password."""
    migrate(settings.store())
    password = passwords.suggest()
    rescue.add_account(
        settings.store(),
        username=username,
        full_name=full_name,
        roles=set(roles),
        password=password,
        now=clock.instant(),
    )
    click.echo(_("Temporary password for {username}: {password}", username=username, password=password))


@user.command("reset-password", help="Beri akun kata sandi sementara dan aktifkan kembali.")
@click.argument("username")
def user_reset_password(username: str) -> None:
    """Print a new temporary password; all sessions of the account end."""
    migrate(settings.store())
    password = passwords.suggest()
    rescue.give_password(settings.store(), username=username, password=password, now=clock.instant())
    click.echo(_("Temporary password for {username}: {password}", username=username, password=password))


def _use_sample() -> None:
    """From here on this process works on the sample alone, never on the office's own database or key."""
    from seed.demo import SAMPLE_ENDS_AT, build

    folder = settings.data_folder() / "contoh"
    os.environ.update(PATUH_SAMPLE="1")
    today = formats.in_wib(clock.now() - SAMPLE_ENDS_AT).date()  # before that hour the sample would lie ahead
    source = sample.fingerprint(settings.ROOT / "seed")
    if not sample.is_built(folder, today=today, source=source):
        click.echo(
            _("Building the sample year up to {date}. This takes a moment.", date=formats.date_long(today))
        )
    sample.ensure(
        folder,
        today=today,
        source=source,
        build=lambda target, vault, day: build(target, vault=vault, today=day),
    )
    os.environ.update(PATUH_DATA=str(folder))
    for name in ("PATUH_DATABASE_URL", "PATUH_VAULT_KEY"):
        os.environ.pop(name, None)
    settings.store.cache_clear()
    click.echo(_("The sample year is ready in {folder}.", folder=folder))


def _prepare() -> None:
    from seed import shipped

    migrate(settings.store())
    now = clock.now()
    shipped.prepare(settings.store(), now=now, began_on=formats.in_wib(now).date())


@contextmanager
def _listening(address: str, port: int) -> Iterator[socket.socket]:
    """A socket bound before anything else is done, so that a taken port is told at once and nothing is started."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            words = _(
                "Port {port} is in use or closed to you. Choose another one: --port {other}",
                port=port,
                other=port + 1,
            )
        else:
            words = _("Cannot listen on {address}.", address=address)
        raise click.ClickException(words) from error
    try:
        yield listener
    finally:
        listener.close()


def _url(address: str, port: int) -> str:
    return f"http://{f'[{address}]' if ':' in address else address}:{port}"


def _serve(listener: socket.socket, address: str) -> None:
    import uvicorn

    from dashboard.server import app

    url = _url(address, listener.getsockname()[1])

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                click.echo(_("Patuh is running at {url} (stop with Ctrl+C).", url=url))

    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=25 * 1024 * 1024,
        proxy_headers=True,
        forwarded_allow_ips=HERE,  # only a proxy on this machine may say who the client is
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
    Announcing(config).run(sockets=[listener])
