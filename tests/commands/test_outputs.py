"""The outputs of steps: there by number, file or numbered paper, and counted as an independent count does."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import RowMapping, select

from models.commands import attachments as attachment_commands
from models.commands.attachments import Place, withdraw_attachment
from models.commands.corrections import correct_step
from models.commands.steps import finish_step
from models.errors import PatuhError
from models.queries.case_file import case_view
from models.queries.sops import sop_version
from models.step_form import missing_outputs, number_keys
from models.tables import Attachment, CasePaper, StepRound
from tests.commands.books import HOUR, WRITTEN_AT, add_file, fill_in, picture, stored
from tests.commands.case_rows import periodic_round
from tests.commands.flow import close, correct, give_back, skip
from tests.factories import (
    HALF_AN_HOUR,
    Office,
    advance_to,
    finish,
    latest,
    open_one,
    rounds,
    sop,
    token,
)

Counts = tuple[int | None, int | None]
LATER = WRITTEN_AT + 1000 * HOUR


def counts(office: Office, case_id: int, step_key: str) -> list[Counts]:
    """(due, held) of each round of a step."""
    return [(row["outputs_due"], row["outputs_held"]) for row in rounds(office, case_id, step_key)]


def held(office: Office, case_id: int, step_key: str) -> frozenset[str]:
    """The outputs of the step's latest round that a screen shows as there."""
    with office.reading() as connection:
        view = case_view(connection, actor=office.sekretaris, case_id=case_id, as_of=LATER)
    found = view.current(step_key)
    assert found is not None
    return found.held


def withdraw(office: Office, attachment_id: int) -> None:
    withdraw_attachment(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=WRITTEN_AT,
        attachment_id=attachment_id,
        expected_version=1,
        reason="salah unggah",
    )


def recounted(office: Office) -> dict[int, Counts]:
    """What the counts of every round should be, by reading the tables in plain Python."""
    with office.reading() as connection:
        every = connection.execute(select(StepRound.__table__)).mappings().all()
        files = connection.execute(select(Attachment.__table__)).mappings().all()
        papers = connection.execute(select(CasePaper.__table__)).mappings().all()
        sops = {row["sop_version_id"]: sop_version(connection, row["sop_version_id"]) for row in every}
    found: dict[int, Counts] = {}
    for row in every:
        found[row["id"]] = (None, None)
        if row["state"] not in {"done", "returned"}:
            continue
        found[row["id"]] = (0, 0)
        of = sops[row["sop_version_id"]]
        step = of.step(row["step_key"])
        followed = any(
            other["case_id"] == row["case_id"] is not None
            and other["step_key"] == row["step_key"]
            and other["round_no"] > row["round_no"]
            and other["state"] != "void"
            for other in every
        )
        if row["state"] == "returned" or step.automatic or followed:
            continue
        there = 0
        required = [output.key for output in step.outputs if output.required]
        for key in required:
            by_number = any(
                row["data"].get(name) for name in (f"output_{key}", *NUMBERED_IN.get((step.key, key), ()))
            )
            by_file = any(
                (file["state"], file["round_id"], file["output_key"]) == ("kept", row["id"], key)
                for file in files
            )
            by_paper = any(
                paper["case_id"] == row["case_id"]
                and paper["document_key"] == document.key
                and paper["data"].get(document.number_field)
                for paper in papers
                for document in of.documents
                if (document.step, document.output) == (step.key, key)
            )
            there += by_number or by_file or by_paper
        found[row["id"]] = (len(required), there)
    return found


def stored_counts(office: Office) -> dict[int, Counts]:
    with office.reading() as connection:
        query = select(StepRound.id, StepRound.outputs_due, StepRound.outputs_held)
        return {row.id: (row.outputs_due, row.outputs_held) for row in connection.execute(query)}


# What the forms of the shipped SOPs ask for as a number of its own, by step and output.
NUMBERED_IN = {
    ("prepare_papers", "assignment_letter"): ("assignment_letter_number",),
    ("written_follow_up", "working_paper"): ("working_paper_number",),
    ("examination", "assignment_letter"): ("assignment_letter_number",),
    ("examination", "team_report"): ("team_report_number",),
    ("result_receipt", "result_letter"): ("result_letter_number",),
}


def test_number_that_a_form_asks_for_is_the_output_of_its_own_step_only() -> None:
    found = {
        (step.key, output.key): tuple(number_keys(of, step, output))
        for of in (sop("pengawalan"), sop("pengaduan"))
        for step in of.steps
        for output in step.outputs
    }
    assert found == {key: (f"output_{key[1]}", *NUMBERED_IN.get(key, ())) for key in found}
    assert NUMBERED_IN.keys() <= found.keys()


# The four ways.


def by_number(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers", data={"output_assignment_letter": "090/ST/2026"})


def by_number_of_the_letter(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers", data={"assignment_letter_number": "090/ST/2026"})


def by_file(office: Office, case_id: int) -> None:
    add_file(
        office, case_id, place=Place(latest(office, case_id, "prepare_papers")["id"], "assignment_letter")
    )
    finish(office, case_id, "prepare_papers")


def by_file_afterwards(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")
    add_file(
        office, case_id, place=Place(latest(office, case_id, "prepare_papers")["id"], "assignment_letter")
    )


def by_paper(office: Office, case_id: int) -> None:
    fill_in(office, case_id, "assignment_letter", number="090/ST/2026")
    finish(office, case_id, "prepare_papers")


def by_paper_afterwards(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")
    fill_in(office, case_id, "assignment_letter", number="090/ST/2026")


def by_correction(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")
    at = latest(office, case_id, "prepare_papers")["finished_at"]
    correct(office, case_id, "prepare_papers", at=at, data={"output_assignment_letter": "090/ST/2026"})


def by_nothing(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")


def by_blank_number(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers", data={"output_assignment_letter": "  "})


def by_file_of_the_case(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")
    add_file(office, case_id)
    add_file(office, case_id, place=Place(latest(office, case_id, "prepare_papers")["id"]))


def by_paper_without_number(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")
    fill_in(office, case_id, "assignment_letter")


def by_paper_of_another_step(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")
    fill_in(office, case_id, "travel_report", number="1/LPD/2026")


def by_file_of_another_case(office: Office, case_id: int) -> None:
    finish(office, case_id, "prepare_papers")
    other_id = open_one(office, "pengawalan")
    place = Place(advance_to(office, other_id, "prepare_papers")["id"], "assignment_letter")
    add_file(office, other_id, place=place)
    fill_in(office, other_id, "assignment_letter", number="090/ST/2026")


WAYS: dict[Callable[[Office, int], None], int] = {
    by_number: 1,
    by_number_of_the_letter: 1,
    by_file: 1,
    by_file_afterwards: 1,
    by_paper: 1,
    by_paper_afterwards: 1,
    by_correction: 1,
    by_nothing: 0,
    by_blank_number: 0,
    by_file_of_the_case: 0,
    by_paper_without_number: 0,
    by_paper_of_another_step: 0,
    by_file_of_another_case: 0,
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_output_is_there_by_its_number_a_file_or_a_numbered_paper(
    office: Office, way: Callable[[Office, int], None]
) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "prepare_papers")
    way(office, case_id)
    assert counts(office, case_id, "prepare_papers") == [(1, WAYS[way])]
    there = held(office, case_id, "prepare_papers")
    assert there == (frozenset({"assignment_letter"}) if WAYS[way] else frozenset())
    step = sop("pengawalan").step("prepare_papers")
    assert [output.key for output in missing_outputs(step, there)] == ["assignment_letter"][WAYS[way] :]


def test_output_that_is_there_in_three_ways_counts_once_until_the_last_is_gone(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "prepare_papers")
    by_number(office, case_id)
    row = latest(office, case_id, "prepare_papers")
    files = [
        add_file(office, case_id, body=picture(words), place=Place(row["id"], "assignment_letter"))
        for words in ("depan", "belakang")
    ]
    fill_in(office, case_id, "assignment_letter", number="090/ST/2026")
    found = [counts(office, case_id, "prepare_papers")]
    correct(office, case_id, "prepare_papers", at=row["finished_at"], data={})
    found.append(counts(office, case_id, "prepare_papers"))
    fill_in(office, case_id, "assignment_letter", version=1, number="")
    found.append(counts(office, case_id, "prepare_papers"))
    withdraw(office, files[0])
    found.append(counts(office, case_id, "prepare_papers"))
    assert found == [[(1, 1)]] * 4
    withdraw(office, files[1])
    assert counts(office, case_id, "prepare_papers") == [(1, 0)]
    assert held(office, case_id, "prepare_papers") == frozenset()


def test_file_withdrawn_after_the_case_was_closed_is_missing_from_then_on(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "prepare_papers")
    by_file(office, case_id)
    close(office, case_id, at=WRITTEN_AT)
    withdraw(office, 1)
    assert counts(office, case_id, "prepare_papers") == [(1, 0)]


def test_outputs_that_the_sop_does_not_require_are_shown_and_not_counted(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    row = latest(office, case_id, "recording")
    add_file(office, case_id, place=Place(row["id"], "printout"))
    finish(office, case_id, "recording", data={"output_complaint_file": "lemari 3"})
    assert counts(office, case_id, "recording") == [(2, 1)]
    assert held(office, case_id, "recording") == {"printout", "complaint_file"}


def test_step_that_opening_the_case_does_owes_no_paper(office: Office) -> None:
    """The reporter brings what the first step names; the office cannot owe it."""
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording")
    assert counts(office, case_id, "submission") == [(0, 0)]


def test_only_finished_rounds_owe_papers(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    advance_to(office, case_id, "examination")
    skip(office, case_id, "examination", reason="tidak diperlukan")
    close(office, case_id, at=WRITTEN_AT + 100 * HOUR)
    states = {row["step_key"]: row["state"] for row in rounds(office, case_id)}
    assert (states["examination"], states["result_receipt"]) == ("skipped", "stopped")
    assert counts(office, case_id, "examination") == [(None, None)]
    assert counts(office, case_id, "result_receipt") == [(None, None)]
    assert counts(office, case_id, "review") == [(2, 0)]


def send_finish(office: Office, row: RowMapping, number: str) -> None:
    """Finish the round of a semester with this number of its paper."""
    at = row["started_at"] + HALF_AN_HOUR
    finish_step(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=at,
        round_id=row["id"],
        expected_version=row["version"],
        finished_at=at,
        data={f"output_{row['step_key']}": number},
    )


@pytest.mark.parametrize(("typed", "there"), [("", 0), ("12/2027", 1)])
def test_duty_of_a_semester_owes_its_paper_too(office: Office, typed: str, there: int) -> None:
    row = periodic_round(office, "recapitulation")
    send_finish(office, row, typed)
    assert stored_counts(office)[row["id"]] == (1, there)
    assert stored_counts(office) == recounted(office)
    at = row["started_at"] + HALF_AN_HOUR
    correct_step(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=at,
        round_id=row["id"],
        expected_version=row["version"] + 1,
        finished_at=at,
        data={"output_recapitulation": "" if typed else "12/2027"},
        reason="terlambat datang",
    )
    assert stored_counts(office)[row["id"]] == (1, 1 - there)
    assert stored_counts(office) == recounted(office)


# Handed back.


def handed_back(office: Office) -> int:
    """An escort whose personnel, with its report by number, by file and by nothing else, was handed back once."""
    case_id = open_one(office, "pengawalan")
    row = advance_to(office, case_id, "prepare_personnel")
    finish(office, case_id, "prepare_personnel", data={"output_pocket_book_report": "12"})
    add_file(office, case_id, place=Place(row["id"], "pocket_book_report"))
    back = latest(office, case_id, "prepare_papers")
    give_back(office, case_id, "prepare_papers", to="prepare_personnel", at=back["started_at"] + HALF_AN_HOUR)
    return case_id


def test_papers_of_a_round_that_was_handed_back_are_owed_by_the_further_round(office: Office) -> None:
    case_id = handed_back(office)
    assert counts(office, case_id, "prepare_personnel") == [(0, 0), (None, None)]
    assert counts(office, case_id, "prepare_papers") == [(0, 0)]
    finish(office, case_id, "prepare_personnel")
    assert counts(office, case_id, "prepare_personnel") == [(0, 0), (1, 0)]
    add_file(
        office, case_id, place=Place(latest(office, case_id, "prepare_personnel")["id"], "pocket_book_report")
    )
    assert counts(office, case_id, "prepare_personnel") == [(0, 0), (1, 1)]


def test_numbered_paper_stands_for_the_further_round(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "prepare_papers")
    by_paper(office, case_id)
    back = latest(office, case_id, "order_escort")["started_at"] + HALF_AN_HOUR
    give_back(office, case_id, "order_escort", to="prepare_papers", at=back)
    finish(office, case_id, "prepare_papers")
    assert counts(office, case_id, "prepare_papers") == [(0, 0), (1, 1)]


# Against an independent count.


def work_at_random(office: Office, chance: random.Random) -> None:
    """Acts on two cases in any order; one that is refused changes nothing."""
    for code in ("pengawalan", "pengaduan"):
        case_id = open_one(office, code)
        for act in chance.choices(ACTS, weights=[4, 1, 1, 3, 1, 2], k=40):
            with suppress(PatuhError):
                act(office, chance, case_id)


def finish_one(office: Office, chance: random.Random, case_id: int) -> None:
    row = rounds(office, case_id)[-1]
    outcome = "oversight" if row["step_key"] == "review" else None
    finish(office, case_id, row["step_key"], data=numbers(row, chance), outcome=outcome)


def correct_one(office: Office, chance: random.Random, case_id: int) -> None:
    row = latest(office, case_id, chance.choice(rounds(office, case_id))["step_key"])
    at = row["finished_at"] or row["started_at"]
    correct(office, case_id, row["step_key"], at=at, data=numbers(row, chance))


def return_one(office: Office, chance: random.Random, case_id: int) -> None:
    *before, row = rounds(office, case_id)
    if before:
        to = chance.choice(before)["step_key"]
        give_back(office, case_id, row["step_key"], to=to, at=row["started_at"] + HALF_AN_HOUR)


def attach_one(office: Office, chance: random.Random, case_id: int) -> None:
    row = chance.choice(rounds(office, case_id))
    outputs = sop(row["code"]).step(row["step_key"]).outputs
    if outputs:
        add_file(office, case_id, place=Place(row["id"], chance.choice(outputs).key))


def withdraw_one(office: Office, chance: random.Random, _: int) -> None:
    kept = kept_files(office)
    if kept:
        withdraw(office, chance.choice(kept))


def number_one(office: Office, chance: random.Random, case_id: int) -> None:
    of = sop(rounds(office, case_id)[0]["code"])
    document = chance.choice([one for one in of.documents if one.output])
    data = {str(document.number_field): chance.choice(["", "7/2026"])}
    fill_in(office, case_id, document.key, version=chance.choice([0, 0, 1, 2]), **data)


ACTS = [finish_one, correct_one, return_one, attach_one, withdraw_one, number_one]


def numbers(row: RowMapping, chance: random.Random) -> dict[str, object]:
    outputs = sop(row["code"]).step(row["step_key"]).outputs
    typed = {f"output_{output.key}": chance.choice(["", "5/2026"]) for output in outputs}
    return {**typed, "assigned_unit": "Sub Bagian Hukum"}


def kept_files(office: Office) -> list[int]:
    with office.reading() as connection:
        return list(connection.execute(select(Attachment.id).where(Attachment.state == "kept")).scalars())


@pytest.mark.parametrize("seed", range(4))
def test_counts_equal_an_independent_recount(office: Office, seed: int) -> None:
    work_at_random(office, random.Random(seed))
    right = recounted(office)
    assert stored_counts(office) == right
    assert len({pair for pair in right.values() if pair[0]}) > 2


def test_twin_without_the_count_at_withdrawal_the_recount_finds_it(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = open_one(sqlite_office, "pengawalan")
    advance_to(sqlite_office, case_id, "prepare_papers")
    by_file(sqlite_office, case_id)
    assert stored_counts(sqlite_office) == recounted(sqlite_office)
    monkeypatch.setattr(attachment_commands, "count_outputs", lambda *_, **__: None)
    withdraw(sqlite_office, 1)
    assert stored(sqlite_office, Attachment, 1)["state"] == "withdrawn"
    assert stored_counts(sqlite_office) != recounted(sqlite_office)
