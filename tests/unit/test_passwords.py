"""Which passwords are refused, and how they are kept."""

from pathlib import Path

import pytest

from models import passwords
from models.passwords import matches, outdated, sealed, suggest, weakness
from seed.demo_accounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD

COMMON = (Path(passwords.__file__).parent / "common_passwords.txt").read_text("utf-8").split()


@pytest.mark.parametrize(
    "password",
    [
        "hujan di teluk pagi", "kapal-Kayu-77-biru", "öö perahu nelayan",
        "empat puluh tujuh kura-kura dan seekor burung enggang di tepi sungai", SAMPLE_PASSWORD, "x9!Lq7pVzR2",
    ],
)  # fmt: skip
def test_long_and_odd_passwords_are_taken(password: str) -> None:
    assert weakness(password, username="budi") is None


@pytest.mark.parametrize(
    "password",
    [
        "", "pendek", "123456789", "a" * 129, "1234567890", "0987654321", "qwertyuiop", "poiuytrewq", "1q2w3e4r5t6y",
        "aaaaaaaaaaaa", "abababababab", "abcabcabcabc", "abcdefghijkl", "17081945171945", "password123", "P@ssw0rd!!!!",
        "Password 2026", "rahasia12345", "R4h4514!!2026", "kpumentawai2026", "KPU Mentawai 2026", "bismillah786!",
        "indonesiaraya", "budi.santoso", "budi.santoso1", "Budi.Santoso99", "administrator", "aku sayang kamu",
    ],
)  # fmt: skip
def test_guessable_passwords_are_refused(password: str) -> None:
    assert weakness(password, username="budi.santoso") is not None


def test_every_listed_password_is_refused_also_dressed_up() -> None:
    assert len(COMMON) >= 200
    taken = [
        dressed
        for word in COMMON
        for dressed in (word, word.upper(), f"{word}2026!!!!", f"!!{word.title()}12345678")
        if weakness(dressed, username="budi") is None
    ]
    assert taken == []


def test_a_listed_password_would_be_taken_without_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_common", frozenset)
    assert weakness("indonesiaraya", username="budi") is None


def test_hashes_are_argon2id_with_the_librarys_settings_and_salted() -> None:
    one, two = sealed("hujan di teluk pagi"), sealed("hujan di teluk pagi")
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert one != two
    assert not outdated(one)
    assert matches(one, "hujan di teluk pagi")
    assert not matches(one, "hujan di teluk Pagi")


def test_no_account_and_no_hash_match_nothing() -> None:
    assert not matches(None, "")
    assert not matches(None, "hujan di teluk pagi")
    assert not matches("not a hash", "hujan di teluk pagi")


def test_an_endless_password_is_not_hashed_as_it_stands() -> None:
    assert not matches(sealed(""), "x" * 129) or weakness("", username="budi") is not None


def test_suggested_passwords_are_taken_and_differ() -> None:
    made = {suggest() for _ in range(200)}
    assert len(made) == 200
    assert [one for one in made if weakness(one, username="budi")] == []


def test_the_sample_has_one_account_per_role() -> None:
    assert (
        len({username for username, _, _ in SAMPLE_ACCOUNTS})
        == len({role for _, _, role in SAMPLE_ACCOUNTS})
        == 8
    )
