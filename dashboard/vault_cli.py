"""`patuh vault`: under which keys the confidential values are sealed, and changing the key."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from dashboard import clock, settings
from dashboard.language import _
from models.commands import vault as sealing
from models.database import reading
from models.errors import N_
from models.migrate import migrate
from models.queries.sealed import SealedCount, sealed_counts, unopened
from models.vault import Vault, VaultError, key_id_of, new_key

_TABLES = {
    "vault_entry": N_("confidential fields"),
    "attachment_body": N_("attachments"),
    "form_draft": N_("drafts of forms"),
}


@click.group(help="Brankas identitas: kunci yang dipakai, dan penggantiannya.")
def vault() -> None:
    """Group of the vault's commands."""


@vault.command(help="Berapa isi brankas per kunci, dan apakah semuanya dapat dibuka.")
def status() -> None:
    """Print what is sealed under which key; exit code 1 when something does not open."""
    with _explained():
        migrate(settings.store())
        opener = settings.vault()
        with reading(settings.store()) as connection:
            counts, closed = sealed_counts(connection), unopened(connection, opener)
    click.echo(_("Present key: {key_id}", key_id=opener.key_id))
    for count in counts:
        click.echo(f"{count.key_id}  {_(_TABLES[count.table])}: {count.count}{_remark(count, opener)}")
    if closed:
        made_of = ", ".join(f"{_(_TABLES[table])} {count}" for table, count in closed.items())
        raise click.ClickException(
            _(
                "{count} sealed values do not open with the present keys: {made_of}.",
                count=sum(closed.values()),
                made_of=made_of,
            )
        )
    click.echo(
        _("All {count} sealed values open.", count=sum(count.count for count in counts))
        if counts
        else _("Nothing is sealed yet.")
    )
    if len(opener.key_ids) > 1:
        click.echo(_("A change of the key is not finished. Run: patuh vault rotate"))


def _remark(count: SealedCount, opener: Vault) -> str:
    if count.key_id == opener.key_id:
        return ""
    return f"  [{_('former key') if count.key_id in opener.key_ids else _('key unknown')}]"


@vault.command(help="Ganti kunci brankas dan segel ulang semua isinya; server boleh tetap berjalan.")
def rotate() -> None:
    """Change the key; safe to run again after anything that went wrong."""
    with _explained():
        migrate(settings.store())
        if os.environ.get("PATUH_VAULT_KEY"):
            former = _environment_keys()[1:]
            found = sealing.reseal(settings.store(), vault=settings.vault(), now=clock.instant())
        else:
            key_file, former = settings.vault_key_file(), settings.vault().key_ids
            found = sealing.rotate(settings.store(), key_file=key_file, now=clock.instant())
    closed = found.pop("unopened")
    made_of = ", ".join(f"{_(_TABLES[table])} {count}" for table, count in found.items())
    click.echo(_("Sealed anew: {made_of}.", made_of=made_of))
    click.echo(_("Present key: {key_id}", key_id=settings.vault().key_id))
    if os.environ.get("PATUH_VAULT_KEY"):
        click.echo(
            _(
                "Now take the former key out of PATUH_VAULT_KEY and restart the server. "
                "Keep it apart: it is needed for older backups only."
            )
        )
    else:
        kept = [path.name for path in sorted(key_file.parent.glob(f"{key_file.name}.old-*"))]
        click.echo(
            _(
                "Former keys are kept in: {names}. They are needed for older backups only; keep them apart.",
                names=", ".join(name for name in kept if name.endswith(tuple(former))),
            )
        )
    if closed:
        raise click.ClickException(
            _(
                "{count} sealed values do not open with any key and stayed as they are. Run: patuh vault status",
                count=closed,
            )
        )


def _environment_keys() -> tuple[str, ...]:
    """The keys of the environment as names, the present one first; explains what to set when there is only one."""
    names = tuple(key_id_of(key) for key in settings.vault_keys())
    if len(names) < 2:
        raise click.ClickException(
            _(
                "The key stands in the environment. Set PATUH_VAULT_KEY to the new key and the present one, with a "
                "comma between them, for the server too; restart it, and run this command again. A new key: {key}",
                key=new_key(),
            )
        )
    return names


@contextmanager
def _explained() -> Iterator[None]:
    """What can go wrong around a key, in a sentence; nothing is lost by any of it."""
    try:
        yield
    except VaultError as error:
        raise click.ClickException(_("What stands as the key is not one.")) from error
    except (OSError, SQLAlchemyError) as error:
        words = _(
            "Could not be finished ({kind}). Nothing is lost; run the command again.",
            kind=type(error).__name__,
        )
        raise click.ClickException(words) from error
