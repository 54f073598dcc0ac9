"""The sample year on disk: built when missing, meant for another day or made from other
files, and never taken for finished when it is not.

It is built in a folder of its own beside its place and moved there only when whole, so an interrupted build leaves
nothing that looks like a sample. `dibuat-untuk` in it names the day up to which the made-up year runs, and the seed
it was made from.
"""

import hashlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from models.vault import Vault, load_or_create_keys

DATABASE, KEY = "patuh.db", "vault.key"
_BUILT_FOR = "dibuat-untuk"

Builder = Callable[[Path, Vault, date], None]


def fingerprint(seed: Path) -> str:
    """A short hash over all files of the seed folder: another program or another SOP file makes another sample."""
    digest = hashlib.sha256()
    for path in sorted(path for path in seed.rglob("*") if path.suffix in (".py", ".toml")):
        digest.update(path.relative_to(seed).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def is_built(folder: Path, *, today: date, source: str) -> bool:
    """Whether `folder` holds a whole sample up to `today`, made from the seed with that fingerprint."""
    try:
        return (folder / _BUILT_FOR).read_text("utf-8").split() == [today.isoformat(), source]
    except (OSError, ValueError):
        return False


def ensure(folder: Path, *, today: date, source: str, build: Builder) -> bool:
    """Make sure that `folder` holds the sample for `today`; true when it had to be built.

    What was entered into an earlier sample goes with it: it is a rehearsal.
    """
    if is_built(folder, today=today, source=source):
        return False
    unfinished = folder.with_name(folder.name + ".dibangun")
    for former in (unfinished, folder):
        if former.exists():
            shutil.rmtree(former)
    unfinished.mkdir(parents=True, mode=0o700)
    build(unfinished / DATABASE, Vault(*load_or_create_keys(unfinished / KEY)), today)
    (unfinished / _BUILT_FOR).write_text(f"{today.isoformat()} {source}\n", "utf-8")
    unfinished.rename(folder)
    return True
