"""The vault: confidential fields sealed with AES-256-GCM under a key that is not in the database.

Each value is bound to its case and field, so a sealed value copied to another row does not open. The key is 32 bytes
in URL-safe base64. `key_id` names the key a value was sealed with.
"""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class VaultError(RuntimeError):
    """A sealed value does not open: another key, or it was altered."""


class Vault:
    """Seals and opens; knows nothing of who may look."""

    def __init__(self, key: str) -> None:
        raw = base64.urlsafe_b64decode(key.encode())
        if len(raw) != 32:
            raise VaultError("the vault's key must be 32 bytes in URL-safe base64")
        self._cipher = AESGCM(raw)
        self.key_id = hashlib.sha256(raw).hexdigest()[:16]

    def seal(self, text: str, *, case_id: int, field_key: str) -> bytes:
        """Nonce and ciphertext of `text`, bound to the case and the field."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), _bound(case_id, field_key))

    def open(self, sealed: bytes, *, case_id: int, field_key: str) -> str:
        """The text; raises `VaultError` for another key, another row or an altered value."""
        try:
            opened = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(case_id, field_key))
        except InvalidTag as error:
            raise VaultError(f"the value of case {case_id} does not open with this key") from error
        return opened.decode()


def _bound(case_id: int, field_key: str) -> bytes:
    return f"{case_id}:{field_key}".encode()


def load_or_create_key(path: Path) -> str:
    """The key in `path`; made at first use, readable by this account only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key
