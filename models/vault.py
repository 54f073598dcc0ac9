"""The vault: what is confidential, sealed with AES-256-GCM under a key that is not in the database.

Each value is bound to a context (the case and field, the attachment, the draft), so a sealed value copied to another
row does not open. A key is 32 bytes in URL-safe base64; `key_id` names the key a value was sealed with.

Decided 2026-11. A vault holds one key or several, the present one first: it seals with the first and opens with any.
So keys can be changed while the program runs: the new key is put before the former one, every value is sealed anew,
and only then is the former one taken away (`models.commands.vault`). A vault is as the keys were when it was made, so
that a value and the `key_id` stored beside it agree; who is about to seal asks for the vault as it is now (`fresh`).
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class VaultError(RuntimeError):
    """A sealed value does not open (another key, another row, or it was altered), or a key is none."""


class Vault:
    """Seals and opens; knows nothing of who may look.

    `reread` gives the vault as it is now, where its keys may change while the program runs.
    """

    def __init__(self, *keys: str, reread: Callable[[], "Vault"] | None = None) -> None:
        if not keys:
            raise VaultError("the vault has no key")
        self._ciphers = {key_id_of(key): AESGCM(_raw(key)) for key in keys}
        self._reread = reread
        self.key_ids = tuple(self._ciphers)
        self.key_id = self.key_ids[0]

    def fresh(self) -> "Vault":
        """The vault with its keys as they are now; itself where they cannot change."""
        return self._reread() if self._reread else self

    def seal_bytes(self, data: bytes, *, context: str) -> bytes:
        """Nonce and ciphertext of `data` under the present key (`key_id`), bound to `context`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._ciphers[self.key_id].encrypt(nonce, data, context.encode())

    def open_bytes(self, sealed: bytes, *, context: str, key_id: str | None = None) -> bytes:
        """The data; raises `VaultError` for an unknown key, another context or an altered value.

        `key_id` says which key it was sealed with; without it each is tried. A key that came after this vault was
        made is found all the same.
        """
        data = self._opened(sealed, context, key_id)
        if data is None and self._reread:
            data = self._reread()._opened(sealed, context, key_id)
        if data is None:
            raise VaultError(f"the value of {context} does not open with the present keys")
        return data

    def _opened(self, sealed: bytes, context: str, key_id: str | None) -> bytes | None:
        for name, cipher in self._ciphers.items():
            if key_id in (None, name):
                try:
                    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
                except (InvalidTag, ValueError):  # or too short to be sealed at all
                    continue
        return None

    def seal(self, text: str, *, case_id: int, field_key: str) -> bytes:
        """A confidential field, sealed and bound to its case and field."""
        return self.seal_bytes(text.encode(), context=field_context(case_id, field_key))

    def open(self, sealed: bytes, *, case_id: int, field_key: str, key_id: str | None = None) -> str:
        """The text of a confidential field; raises as `open_bytes` does."""
        return self.open_bytes(sealed, context=field_context(case_id, field_key), key_id=key_id).decode()


def field_context(case_id: int, field_key: str) -> str:
    """What a confidential field is bound to."""
    return f"{case_id}:{field_key}"


def attachment_context(case_id: int, sha256: str) -> str:
    """What the bytes of an attachment are bound to: they do not open in another case's file."""
    return f"attachment:{case_id}:{sha256}"


def draft_context(user_id: int, form: str) -> str:
    """What a form's draft is bound to."""
    return f"draft:{user_id}:{form}"


def new_key() -> str:
    """A key as nobody has it."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def key_id_of(key: str) -> str:
    """The name of a key, which tells nothing of it; raises `VaultError` for what is no key."""
    return hashlib.sha256(_raw(key)).hexdigest()[:16]


def _raw(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise VaultError("a key of the vault must be 32 bytes in URL-safe base64")
    return raw


def keys_in(text: str) -> tuple[str, ...]:
    """The keys of a key file (one a line) or of the environment (between commas), the present one first."""
    return tuple(text.replace(",", " ").split())


def keys_in_file(path: Path) -> tuple[str, ...]:
    """The keys in `path`; none when there is no such file."""
    return keys_in(path.read_text("ascii")) if path.exists() else ()


def load_or_create_keys(path: Path) -> tuple[str, ...]:
    """The keys in `path`; one is made at first use, on disk before anything is sealed with it."""
    try:
        _write(path, (new_key(),), flags=os.O_EXCL)
    except FileExistsError:
        pass
    else:
        _sync_folder(path.parent)
    return keys_in_file(path)


def store_keys(path: Path, keys: tuple[str, ...]) -> None:
    """Put these keys in place of those in `path`, all at once: whoever reads it meanwhile finds the old or the new.

    On disk when this returns. Readable by this account only.
    """
    beside = path.with_name(f"{path.name}.new")
    _write(beside, keys, flags=os.O_TRUNC)
    beside.replace(path)
    _sync_folder(path.parent)


def _write(path: Path, keys: tuple[str, ...], *, flags: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        if os.name != "nt":
            os.fchmod(descriptor, 0o600)  # one left over from a crash keeps the mode it was made with
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Keep the name, too, through a loss of power; Windows does that by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
