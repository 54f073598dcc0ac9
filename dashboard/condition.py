"""Whether this installation is in order: what `patuh check` looks at."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.language import _
from models import audit
from models.database import reading
from models.migrate import newest_revision, revision
from models.queries import health
from models.queries.sealed import sample_opens, sealed_counts
from models.vault import Vault, VaultError

# what must stand so, whatever a settings file of the machine or of the user says
SAFE_OPTIONS: dict[str, object] = {
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.trustedUserHeaders": {"x-app-user": "user_id", "x-app-sid": "sid"},
    "client.showErrorDetails": "none",
    "client.disableDataExport": True,
    "client.allowedOrigins": [],
    "runner.magicEnabled": False,
    "browser.gatherUsageStats": False,
    "global.developmentMode": False,
    "logger.enableRich": False,
}
_LARGEST_UPLOAD_MB = 25
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, in the spoken language; `problem` is empty when it is in order."""

    what: str
    problem: str = ""


def findings(
    store: Engine, folder: Path, option: Callable[[str], object], *, keys: Sequence[str]
) -> Iterator[Finding]:
    """Look at everything; `option` gives the value of a Streamlit setting as the server would see it.

    `keys` are those of the vault as they stand, none when none was made yet.
    """
    yield Finding(_("Data folder"), _folder_problem(folder))
    yield Finding(_("Files only for this account"), _openness(folder))
    try:
        with reading(store) as connection:
            health.answers(connection)
            newest, stored = newest_revision(), revision(connection)
            yield Finding(_("Database"))
            if stored != newest:
                yield Finding(_("Migrations"), _("The database is at another version. Run: patuh migrate"))
                return
            yield Finding(_("Migrations"))
            broken = next(audit.verify(connection), None)
            said = _("The trail is broken at row {row}.", row=broken.seq) if broken else ""
            yield Finding(_("Audit trail"), said)
            yield Finding(_("Identity vault"), _vault_problem(connection, keys))
    except (SQLAlchemyError, OSError) as error:
        yield Finding(_("Database"), _("The database does not answer ({kind}).", kind=type(error).__name__))
    yield Finding(_("Safe settings"), ", ".join(unsafe_options(option)))


def unsafe_options(option: Callable[[str], object]) -> list[str]:
    """The Streamlit settings that do not stand as they must."""
    unsafe = [name for name, safe in SAFE_OPTIONS.items() if option(name) != safe]
    largest = option("server.maxUploadSize")
    if not isinstance(largest, int) or largest > _LARGEST_UPLOAD_MB:
        unsafe.append("server.maxUploadSize")
    return unsafe


def _vault_problem(connection: Connection, keys: Sequence[str]) -> str:
    """What the present keys do not open, tried on one value of each table and key: `patuh vault status` tries all."""
    counts = sealed_counts(connection)
    if not keys:
        return _("There are sealed values and no key to open them.") if counts else ""
    try:
        vault = Vault(*keys)
    except VaultError:
        return _("What stands as the key is not one.")
    closed = [count for count in counts if not sample_opens(connection, vault, count)]
    if closed:
        return _(
            "{count} sealed values do not open with the present keys. Run: patuh vault status",
            count=sum(count.count for count in closed),
        )
    if len(keys) > 1:
        return _("A change of the key is not finished. Run: patuh vault rotate")
    return ""


def _folder_problem(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError:
        return _("Cannot write to {folder}.", folder=folder)


def _openness(folder: Path) -> str:
    if os.name == "nt":
        return ""
    watched = [folder, *folder.glob("*.key*")]
    open_ones = [str(path) for path in watched if path.stat().st_mode & _OTHERS]
    return _("Others can read: {names}", names=", ".join(open_ones)) if open_ones else ""
