"""Passwords: what is refused, how they are kept, and temporary ones to hand over.

Decided 2026-11. Length is what counts: 10 to 128 characters, spaces and any script allowed, no rule about digits or
signs. Refused are the commonest passwords (`common_passwords.txt`) also when only dressed up with digits, signs, case
or l33t, runs along the keyboard or the alphabet, repetitions, figures alone, and the account's own name. Kept as
argon2id with the library's defaults. Verifying for an unknown account costs the same time as for a known one.
"""

import secrets
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import N_, Problem

SHORTEST, LONGEST = 10, 128
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
_PLAIN = str.maketrans("04@31!|5$7+89", "oaaeilisstt" + "bg")
_SYLLABLES = tuple(first + vowel for first in "bdgjklmnprst" for vowel in "aeiou")
_DRESSING = 12
_hasher = PasswordHasher()


def weakness(password: str, *, username: str) -> Problem | None:
    """Why `password` may not be used for the account `username`; None when it may."""
    if len(password) < SHORTEST:
        return Problem(N_("Use at least {shortest} characters."), {"shortest": SHORTEST})
    if len(password) > LONGEST:
        return Problem(N_("Use at most {longest} characters."), {"longest": LONGEST})
    folded = "".join(password.casefold().split())
    name = username.casefold()
    if name and (folded.replace(name, "") != folded and len(folded) - len(name) < SHORTEST):
        return Problem(N_("The password may not be the username."))
    if folded.isdigit() or _repeats(folded) or _runs(folded):
        return Problem(N_("This is too easy to guess: use several words, not a row of keys or figures."))
    if {folded, *_stems(folded)} & _common():
        return Problem(N_("This password is among the commonest. Choose another one."))
    return None


def _stems(folded: str) -> set[str]:
    """What is left when digits and signs are taken off either end, as many as one likes, with l33t read as letters."""
    letters = [at for at, sign in enumerate(folded) if sign.isalpha()]
    if not letters:
        return set()
    starts = range(max(0, letters[0] - _DRESSING), letters[0] + 1)
    ends = range(letters[-1] + 1, min(len(folded), letters[-1] + 1 + _DRESSING) + 1)
    cut = {folded[start:end] for start in starts for end in ends}
    return cut | {text.translate(_PLAIN) for text in cut} | {"".join(filter(str.isalpha, folded))}


def _repeats(folded: str) -> bool:
    return len(set(folded)) < 4 or folded in (folded + folded)[1:-1]


def _runs(folded: str) -> bool:
    """Whether nine tenths of it walk along one of the rows, forwards or backwards."""
    rows = [row for run in _RUNS for row in (run, run[::-1])]
    steps = sum(
        any(folded[at : at + 2] in row for row in rows) or folded[at] == folded[at + 1]
        for at in range(len(folded) - 1)
    )
    return steps >= 0.9 * (len(folded) - 1)


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def suggest() -> str:
    """A temporary password that can be read out over the telephone, e.g. "laruti-bekosa-7314"."""
    words = ("".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(3))
    return "-".join((*words, f"{secrets.randbelow(10_000):04}"))


def sealed(password: str) -> str:
    """The argon2id hash to store; takes about a tenth of a second of one core."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind `stored`; None (no such account) takes the same time and is false."""
    if len(password) > LONGEST:
        password = ""
    try:
        return _hasher.verify(stored or _dummy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _dummy() -> str:
    return _hasher.hash(secrets.token_urlsafe())
