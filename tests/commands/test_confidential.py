"""A reporter's identity: in the vault alone, sealed; shown to those who may, each look with its reason on the trail."""

import json
from typing import Any

import pytest
from sqlalchemy import text, update

from models.access import Role
from models.commands import cases
from models.commands.case_form import case_columns
from models.commands.identity import reveal_identity
from models.errors import Forbidden, Invalid
from models.queries.case_file import case_view, history
from models.queries.register import RegisterFilter, register
from models.tables import VaultEntry
from models.vault import Vault, VaultError
from tests.commands.database_dump import TABLES, dump
from tests.commands.flow import close, edit, under_review
from tests.factories import RECEIVED_AT, VAULT, Office, acts, case_row, open_one, sop, token

IDENTITY: dict[str, Any] = {
    "reporter_name": "Teuku Rahasia Sekali",
    "reporter_phone": "0812-9999-1234",
    "reporter_email": "rahasia.sekali@contoh.example",
    "reporter_address": "Jalan Tersembunyi 99, Sioban",
    "reporter_id_number": "1309012345678901",
    "reporter_occupation": "Nelayan Purnawaktu",
    "reporter_sex": "female",
}
PLANTED = [value for key, value in IDENTITY.items() if key != "reporter_sex"]
OTHERS: dict[str, Any] = {key: f"Lain {key}" for key in IDENTITY if key != "reporter_sex"}


def in_clear(office: Office) -> dict[str, list[str]]:
    """Tables in which a planted identity can be read, in any case of letters, as text or as bytes."""
    found = {}
    for table, rows in dump(office.store).items():
        everything = "\n".join(rows).casefold()
        seen = [value for value in (*PLANTED, *OTHERS.values()) if value.casefold() in everything]
        if seen:
            found[table] = seen
    return found


def reveal(office: Office, case_id: int, *, role: Role = Role.TIM_PEMERIKSA, **given: Any) -> dict[str, str]:
    wanted: dict[str, Any] = {
        "vault": VAULT,
        "actor": office.actors[role],
        "token": token(),
        "now": RECEIVED_AT,
        "case_id": case_id,
        "reason": "menghubungi pelapor",
    }
    return reveal_identity(office.store, **(wanted | given))


def test_identity_is_nowhere_in_clear_through_the_life_of_a_case(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    edit(office, case_id, **IDENTITY, place="Sioban", reason="salah desa")
    edit(office, case_id, **OTHERS, reporter_sex="male", reason="salah orang")
    reveal(office, case_id)
    close(office, case_id, at=RECEIVED_AT)
    assert in_clear(office) == {}
    content = dump(office.store)
    assert set(content) == set(TABLES)
    assert len(content["vault_entry"]) == len(IDENTITY)


def test_twin_identity_in_the_case_itself_is_seen_by_the_search(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def columns(of: Any, cleaned: dict[str, Any], *, register_no: str) -> dict[str, Any]:
        return case_columns(of, cleaned, register_no=register_no) | {"data": cleaned}

    monkeypatch.setattr(cases, "case_columns", columns)
    open_one(office, "pengaduan", **IDENTITY)
    assert set(in_clear(office)) == {"case_file", "audit"}


def test_twin_identity_in_the_vault_unsealed_is_seen_by_the_search(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Vault, "seal", lambda _, text, **__: text.encode())
    open_one(office, "pengaduan", **IDENTITY)
    assert set(in_clear(office)) == {"vault_entry"}


def test_trail_names_the_sealed_fields_and_not_their_values(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    details = acts(office, "case.opened", case_id=case_id)[0]["details"]
    assert '"confidential": ["reporter_name", "reporter_phone"' in details
    assert not any(value in details for value in PLANTED)


def test_screens_get_the_names_of_sealed_fields_only(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    jagat_and_head = office.sekretaris
    with office.reading() as connection:
        view = case_view(connection, actor=jagat_and_head, case_id=case_id, as_of=RECEIVED_AT)
        rows, _ = register(
            connection,
            actor=jagat_and_head,
            sop=sop("pengaduan"),
            chosen=RegisterFilter(),
            as_of=RECEIVED_AT,
        )
        told = history(connection, actor=jagat_and_head, case_id=case_id)
    assert set(view.confidential) == set(IDENTITY)
    shown = repr((view.data, view.subject, rows, told))
    assert not any(value in shown for value in PLANTED)


def test_search_does_not_find_a_case_by_its_reporter(office: Office) -> None:
    open_one(office, "pengaduan", **IDENTITY)
    with office.reading() as connection:
        for value in PLANTED:
            _, total = register(
                connection,
                actor=office.sekretaris,
                sop=sop("pengaduan"),
                chosen=RegisterFilter(search=value),
                as_of=RECEIVED_AT,
            )
            assert total == 0


def test_reveal_shows_the_values_and_leaves_an_act_with_its_reason(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    assert reveal(office, case_id, reason="  klarifikasi bukti ") == IDENTITY
    (act,) = acts(office, "identity.revealed")
    assert (act["case_id"], act["actor_id"]) == (case_id, office.actors[Role.TIM_PEMERIKSA].user_id)
    assert act["reason"] == "klarifikasi bukti"


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2001, "\x00"])
def test_reveal_without_a_reason_shows_nothing(office: Office, reason: str) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        reveal(office, case_id, reason=reason)
    assert set(refused.value.problems) == {"reason"}
    assert dump(office.store) == before


def test_administrator_never_sees_an_identity(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    with pytest.raises(Forbidden):
        reveal(office, case_id, role=Role.ADMINISTRATOR)
    assert acts(office, "identity.revealed") == []


def test_twin_reveal_that_is_not_recorded_would_show_no_act(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.audit.append", lambda *_, **__: 0)
    case_id = open_one(office, "pengaduan", **IDENTITY)
    assert reveal(office, case_id) == IDENTITY
    assert acts(office, "identity.revealed") == []


def test_edit_keeps_what_is_left_empty_and_replaces_what_is_typed(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    form: dict[str, Any] = dict.fromkeys(IDENTITY, "") | {"reporter_phone": "0813-1"}
    edit(office, case_id, **form, reason="nomor baru")
    assert reveal(office, case_id) == IDENTITY | {"reporter_phone": "0813-1"}


def test_edit_still_requires_an_identity_that_was_never_given(office: Office) -> None:
    nobody: dict[str, Any] = {"reporter_category": "anonymous", "reporter_name": "", "reporter_phone": ""}
    case_id = open_one(office, "pengaduan", **nobody)
    with pytest.raises(Invalid) as refused:
        edit(office, case_id, reporter_name="", reporter_phone="")
    assert set(refused.value.problems) == {"reporter_name", "reporter_phone"}


def test_reporter_who_turns_anonymous_is_no_longer_held(office: Office) -> None:
    """What the form does not ask for any more is not kept, in the vault either."""
    case_id = open_one(office, "pengaduan", **IDENTITY)
    edit(office, case_id, reporter_category="anonymous", reason="minta anonim")
    assert reveal(office, case_id) == {}
    details = json.loads(acts(office, "case.edited", case_id=case_id)[0]["details"])
    assert set(details["forgotten"]) == set(IDENTITY)
    assert "confidential" not in details


def test_sealed_value_of_another_case_does_not_open(office: Office) -> None:
    case_id, other = open_one(office, "pengaduan", **IDENTITY), open_one(office, "pengaduan")
    with office.store.begin() as connection:
        sealed = connection.execute(
            text("SELECT sealed FROM vault_entry WHERE case_id = :id AND field_key = 'reporter_name'"),
            {"id": case_id},
        ).scalar_one()
        connection.execute(
            update(VaultEntry)
            .where(VaultEntry.case_id == other, VaultEntry.field_key == "reporter_name")
            .values(sealed=sealed)
        )
    with pytest.raises(VaultError):
        reveal(office, other)
    assert acts(office, "identity.revealed") == []


def test_other_key_opens_nothing_and_leaves_no_act(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY)
    with pytest.raises(VaultError):
        reveal(office, case_id, vault=Vault("B" * 43 + "="))
    assert acts(office, "identity.revealed") == []


def test_case_under_review_has_no_identity_in_its_own_row(office: Office) -> None:
    stored = case_row(office, under_review(office))
    assert not {key for key in stored["data"] if key in IDENTITY}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("description", "Menurut TEUKU  rahasia\nsekali, honor dipotong."),
        ("subject", "Honor (Teuku Rahasia Sekali)"),
        ("place", "dekat Jalan Tersembunyi 99, Sioban"),
        ("evidence_note", "kirim ke rahasia.sekali@contoh.example"),
        ("description", "telepon 081299991234"),
        ("reported_position", "NIK 1309 0123 4567 8901"),
    ],
)
def test_identity_in_an_open_text_is_refused_beside_it(office: Office, field: str, words: str) -> None:
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        open_one(office, "pengaduan", **IDENTITY, **{field: words})
    assert list(refused.value.problems) == [field]
    assert dump(office.store) == before
    case_id = open_one(office, "pengaduan", **IDENTITY)
    with pytest.raises(Invalid) as refused:  # the vault holds it, the form does not ask for it again
        edit(office, case_id, **dict.fromkeys(IDENTITY, ""), **{field: words}, reason="dilengkapi")
    assert list(refused.value.problems) == [field]
    assert in_clear(office) == {}


@pytest.mark.parametrize(
    "words",
    [
        "Nelayan purnawaktu di Sioban tidak dilayani",  # an occupation
        "Teuku Rahasia Sekalian",
        "nomor 11309012345678901",
        "Jalan Tersembunyi",
    ],
)
def test_text_that_is_only_like_an_identity_is_taken(office: Office, words: str) -> None:
    case_id = open_one(office, "pengaduan", **IDENTITY, description=words)
    assert case_row(office, case_id)["data"]["description"] == words


def test_reporter_of_one_word_does_not_stop_the_form(office: Office) -> None:
    open_one(office, "pengaduan", **(IDENTITY | {"reporter_name": "Bai"}), description="Pak Bai, ketua PPS")
