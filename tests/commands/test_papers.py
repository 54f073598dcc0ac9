"""What was filled in for the papers of a case is kept with its versions; each print-out is on the trail."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, update

from models.access import Actor, Role
from models.commands import papers
from models.commands.closing import withdraw_case
from models.commands.conflicts import declare_conflict, reassign
from models.commands.papers import record_print, save_paper
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.queries.papers import paper_sources
from models.tables import CasePaper
from tests.commands.at_once import people, pressed_at_once
from tests.commands.database_dump import dump
from tests.factories import (
    HALF_AN_HOUR,
    RECEIVED_AT,
    Office,
    acts,
    advance_to,
    case_row,
    finish,
    latest,
    open_one,
    token,
)

LATER = RECEIVED_AT + HALF_AN_HOUR
LETTER = "assignment_letter"


def save(
    office: Office,
    case_id: int,
    data: Mapping[str, object],
    *,
    by: Actor | None = None,
    version: int = 0,
    **more: Any,
) -> dict[str, Any]:
    given: dict[str, Any] = {"document_key": LETTER, "token": token(), "now": LATER} | more
    return save_paper(
        office.store,
        actor=by or office.actors[Role.KASUBBAG_KUL],
        case_id=case_id,
        expected_version=version,
        data=data,
        **given,
    )


def saved(office: Office, case_id: int, key: str = LETTER) -> Any:
    with office.reading() as connection:
        return paper_sources(connection, actor=office.sekretaris, case_id=case_id, as_of=LATER).saved.get(key)


def test_saved_paper_holds_the_form_its_version_and_its_author(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    form = {
        "number": " 182/ST ",
        "personnel": "Saibi; ; ; Danru\n\nTeu",
        "signed_on": "2026-11-20",
        "unknown": "x",
    }
    assert save(office, case_id, form) == {"case_id": case_id, "document": LETTER, "version": 1}
    found = saved(office, case_id)
    assert found.data == {
        "number": "182/ST",
        "signed_on": "2026-11-20",
        "personnel": ["Saibi; ; ; Danru", "Teu"],
    }
    assert (found.version, found.recorded_by) == (1, "Akun kasubbag_kul")
    assert saved(office, case_id, "travel_report") is None


def test_change_keeps_what_stood_before_in_the_trail(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    save(office, case_id, {"number": "1/ST"})
    assert save(office, case_id, {"number": "2/ST"}, version=1)["version"] == 2
    told = [json.loads(act["details"]) for act in acts(office, "paper.saved", case_id=case_id)]
    assert told == [
        {"document": LETTER, "data": [{}, {"number": "1/ST"}]},
        {"document": LETTER, "data": [{"number": "1/ST"}, {"number": "2/ST"}]},
    ]


def test_second_of_two_is_told_and_nothing_is_lost(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    save(office, case_id, {"number": "1/ST"})
    before = dump(office.store)
    for version in (0, 2):
        with pytest.raises(Conflict) as told:
            save(office, case_id, {"number": "9/ST"}, version=version, by=office.second)
        assert (told.value.current["version"], told.value.current["data"]) == (1, {"number": "1/ST"})
    assert dump(office.store) == before


def test_first_saving_expects_nothing(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    with pytest.raises(Conflict) as told:
        save(office, case_id, {}, version=1)
    assert told.value.current == {"version": 0, "data": {}}


def test_two_first_savings_at_once_leave_one(office: Office) -> None:
    case_id = open_one(office, "pengawalan")

    calls = [partial(save, office, case_id, {}, by=actor) for actor in (office.sekretaris, office.second)]
    with people(2) as pool:
        replies = pressed_at_once(pool, calls)
    assert sorted(type(reply.error).__name__ for reply in replies) == ["Conflict", "NoneType"]
    assert saved(office, case_id).version == 1


def test_same_form_twice_is_saved_once(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    answers = [save(office, case_id, {"number": "1/ST"}, token="sekali") for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(acts(office, "paper.saved")) == 1


def test_who_records_the_step_fills_in_its_paper(office: Office) -> None:
    escort, complaint = open_one(office, "pengawalan"), open_one(office, "pengaduan")
    with pytest.raises(Forbidden):
        save(office, escort, {}, by=office.actors[Role.JAGAT_SAKSANA])
    save(office, escort, {}, by=office.actors[Role.JAGAT_SAKSANA], document_key="travel_report")
    with pytest.raises(Forbidden):
        save(office, escort, {}, by=office.actors[Role.PIMPINAN], version=0)
    with pytest.raises(NotFound):
        save(office, complaint, {}, document_key="receipt")  # the Kasubbag KUL sees no complaint
    save(office, complaint, {}, document_key="expedition_book", by=office.actors[Role.TIM_PEMERIKSA])
    with pytest.raises(Forbidden):
        save(office, complaint, {}, document_key="receipt", by=office.actors[Role.TIM_PEMERIKSA])


def test_whom_the_case_was_assigned_to_fills_in_every_paper(office: Office) -> None:
    case_id, guard = open_one(office, "pengawalan"), office.actors[Role.JAGAT_SAKSANA]
    reassign(
        office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=LATER, case_id=case_id,
        user_id=guard.user_id, reason="pengganti",
    )  # fmt: skip
    assert save(office, case_id, {}, by=guard)["version"] == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"number": "x" * 101}, "number"),
        ({"signed_on": "kemarin"}, "signed_on"),
        ({"personnel": ["x"] * 51}, "personnel"),
        ({"considerations": "a\x00b"}, "considerations"),
    ],
)
def test_bad_entries_are_refused_beside_their_field(
    office: Office, data: dict[str, object], field: str
) -> None:
    case_id = open_one(office, "pengawalan")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        save(office, case_id, data)
    assert set(refused.value.problems) == {field}
    assert dump(office.store) == before


def test_paper_the_sop_does_not_know_is_not_found(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    for key in ("receipt", "", "assignment_letter'"):
        with pytest.raises(NotFound):
            save(office, case_id, {}, document_key=key)
        with pytest.raises(NotFound):
            record(office, case_id, key)


def test_closed_case_is_printed_and_no_longer_filled_in(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    save(office, case_id, {"number": "1/ST"})
    withdraw_case(
        office.store, actor=office.sekretaris, token=token(), now=LATER, case_id=case_id,
        expected_version=case_row(office, case_id)["version"], closed_at=LATER, reason="batal",
    )  # fmt: skip
    with pytest.raises(Invalid, match="The case is closed"):
        save(office, case_id, {"number": "2/ST"}, version=1)
    record(office, case_id, LETTER, version=1)
    assert saved(office, case_id).data == {"number": "1/ST"}


def record(office: Office, case_id: int, key: str, *, by: Actor | None = None, version: int = 0) -> None:
    record_print(
        office.store,
        actor=by or office.sekretaris,
        now=LATER,
        case_id=case_id,
        document_key=key,
        version=version,
        sha256="ab" * 32,
    )


def test_each_print_is_told_with_its_version_and_hash(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    record(office, case_id, LETTER, by=office.actors[Role.PIMPINAN])
    (act,) = acts(office, "paper.printed", case_id=case_id)
    assert act["actor_name"] == "Akun pimpinan"
    assert json.loads(act["details"]) == {"document": LETTER, "version": 0, "sha256": "ab" * 32}


def test_hidden_case_is_neither_filled_in_nor_printed(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    named = office.actors[Role.DESK_PELAYANAN]
    save(office, case_id, {}, document_key="receipt", by=named)
    declare_conflict(
        office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=LATER, case_id=case_id,
        user_id=named.user_id, reason="keluarga terlapor",
    )  # fmt: skip
    before = dump(office.store)
    with pytest.raises(NotFound):
        save(office, case_id, {}, document_key="receipt", by=named, version=1)
    with pytest.raises(NotFound):
        record(office, case_id, "receipt", by=named)
    with office.reading() as connection, pytest.raises(NotFound):
        paper_sources(connection, actor=named, case_id=case_id, as_of=LATER)
    assert dump(office.store) == before


def held(office: Office, case_id: int, step_key: str) -> tuple[int | None, int | None]:
    row = latest(office, case_id, step_key)
    return row["outputs_held"], row["outputs_due"]


def test_typed_number_makes_the_output_of_the_finished_step_count(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "prepare_papers")
    finish(office, case_id, "prepare_papers", by=office.actors[Role.KASUBBAG_KUL])
    assert held(office, case_id, "prepare_papers") == (0, 1)
    save(office, case_id, {"budget": "DIPA"})
    assert held(office, case_id, "prepare_papers") == (0, 1)
    save(office, case_id, {"number": "1/ST"}, version=1)
    assert held(office, case_id, "prepare_papers") == (1, 1)
    save(office, case_id, {}, version=2)
    assert held(office, case_id, "prepare_papers") == (0, 1)


def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command see the first version of a paper for ever, as if nobody had saved since."""
    really = papers._saved

    def first(connection: Connection, case_id: int, document_key: str) -> Any:
        found = really(connection, case_id, document_key)
        return {**found, "version": 1} if found else None

    monkeypatch.setattr(papers, "_saved", first)


def test_change_is_refused_at_the_row_too_when_the_comparison_was_blind(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = open_one(office, "pengawalan")
    save(office, case_id, {"number": "1/ST"})
    save(office, case_id, {"number": "2/ST"}, version=1)
    unseen(monkeypatch)
    with pytest.raises(Conflict):
        save(office, case_id, {"number": "9/ST"}, version=1)
    assert saved(office, case_id).data == {"number": "2/ST"}


def test_twin_without_both_comparisons_the_second_writes_over_the_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = open_one(office, "pengawalan")
    save(office, case_id, {"number": "1/ST"})
    save(office, case_id, {"number": "2/ST"}, version=1)
    unseen(monkeypatch)

    def write(connection: Connection, before: Any, columns: Any) -> None:
        connection.execute(update(CasePaper).where(CasePaper.id == before["id"]).values(**columns))

    monkeypatch.setattr(papers, "_write", write)
    save(office, case_id, {"number": "9/ST"}, version=1)
    assert saved(office, case_id).data == {"number": "9/ST"}
