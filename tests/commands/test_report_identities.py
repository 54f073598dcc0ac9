"""Identities for a report: who gets them, which, what is recorded, and that no report has them otherwise."""

import io
import json
import zipfile

import pytest
from sqlalchemy import false, select

from dashboard import periods
from dashboard.reports import digest, semester
from dashboard.reports.sheets import Workbook
from dashboard.reports.workbook import write
from dashboard.text import in_language
from models.access import Actor, Role
from models.commands import identity
from models.commands.conflicts import declare_conflict
from models.commands.identity import reveal_for_report
from models.errors import Forbidden, Invalid, NotFound
from models.tables import Submission
from tests.conftest import NOW
from tests.factories import VAULT, Office, acts, case_row, open_one, sop, token
from tests.moments import wib

NOVEMBER = (202611, 202611)
NAMES = ("Teuku Rahasia", "Nyonya Tersembunyi", "Uda Samaran")
REST = {
    "reporter_phone": "0812-5555-0009",
    "reporter_address": "Jalan Senyap 9",
    "reporter_id_number": "1309111",
}


def open_three(office: Office) -> list[int]:
    """Complaints of October, November and November, each from somebody else."""
    received = ("Kamis 2026-10-01 08:00", "Senin 2026-11-02 08:00", "Senin 2026-11-09 08:00")
    return [
        open_one(office, "pengaduan", received_at=wib(at), reporter_name=name, **REST)
        for at, name in zip(received, NAMES, strict=True)
    ]


def hand_out(
    office: Office, who: Actor, *, months: tuple[int, int] = NOVEMBER, form: str = "", reason: str = "audit"
) -> dict[int, dict[str, str]]:
    return reveal_for_report(
        office.store, vault=VAULT, actor=who, token=form or token(), now=NOW, code="pengaduan", months=months,
        reason=reason,
    )  # fmt: skip


def report(office: Office, who: Actor, identities: dict[int, dict[str, str]] | None) -> Workbook:
    months = periods.parse("2026-11")
    assert months is not None
    with in_language("id"), office.reading() as connection:
        return semester.build(
            connection, actor=who, sop=sop("pengaduan"), months=months, as_of=NOW, identities=identities
        )


def unpacked(workbook: Workbook) -> str:
    with in_language("id"):
        body = write(workbook, made_at=NOW)
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_only_the_fields_of_the_report_are_handed_out(office: Office) -> None:
    cases = open_three(office)
    found = hand_out(office, office.sekretaris)
    assert found == {case_id: {"reporter_name": name} for case_id, name in zip(cases, NAMES, strict=True)}


def test_cases_of_other_months_are_left_out(office: Office) -> None:
    """October's is carried over into November; November's are not in October."""
    cases = open_three(office)
    assert set(hand_out(office, office.sekretaris, months=(202610, 202610))) == {cases[0]}
    assert hand_out(office, office.sekretaris, months=(202601, 202609)) == {}


def test_each_report_is_one_act_that_names_its_cases(office: Office) -> None:
    cases = open_three(office)
    hand_out(office, office.sekretaris, reason="  permintaan Inspektorat ")
    (act,) = acts(office, "identity.exported")
    numbers = [case_row(office, case_id)["register_no"] for case_id in cases]
    assert (act["actor_id"], act["reason"]) == (office.sekretaris.user_id, "permintaan Inspektorat")
    assert json.loads(act["details"]) == {
        "what": "report",
        "sop": "pengaduan",
        "months": [202611, 202611],
        "cases": numbers,
    }


def test_same_form_is_one_act_and_another_period_is_refused(office: Office) -> None:
    open_three(office)
    form = token()
    assert hand_out(office, office.sekretaris, form=form) == hand_out(office, office.sekretaris, form=form)
    assert len(acts(office, "identity.exported")) == 1
    with pytest.raises(Invalid, match="no longer valid"):
        hand_out(office, office.sekretaris, form=form, months=(202601, 202612))


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_without_a_reason_nothing_is_handed_out(office: Office, reason: str) -> None:
    open_three(office)
    with pytest.raises(Invalid) as refusal:
        hand_out(office, office.sekretaris, reason=reason)
    assert set(refusal.value.problems) == {"reason"}
    assert acts(office, "identity.exported") == []


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        (Role.PIMPINAN, Forbidden),
        (Role.DESK_PELAYANAN, Forbidden),
        (Role.TIM_PEMERIKSA, Forbidden),
        (Role.ADMINISTRATOR, Forbidden),
        (Role.KASUBBAG_KUL, NotFound),
        (Role.JAGAT_SAKSANA, NotFound),
    ],
)
def test_who_may_look_at_one_may_not_take_them_all(
    office: Office, role: Role, refusal: type[Exception]
) -> None:
    open_three(office)
    with pytest.raises(refusal):
        hand_out(office, office.actors[role])
    assert acts(office, "identity.exported") == []


def name_in_a_conflict(office: Office, case_id: int) -> None:
    declare_conflict(
        office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=NOW, case_id=case_id,
        user_id=office.sekretaris.user_id, reason="keluarga",
    )  # fmt: skip


def test_hidden_case_is_neither_handed_out_nor_named(office: Office) -> None:
    cases = open_three(office)
    name_in_a_conflict(office, cases[1])
    assert set(hand_out(office, office.sekretaris)) == {cases[0], cases[2]}
    assert set(hand_out(office, office.second)) == set(cases)
    mine, whole = acts(office, "identity.exported")
    assert case_row(office, cases[1])["register_no"] not in mine["details"]
    assert case_row(office, cases[1])["register_no"] in whole["details"]


def test_twin_without_the_condition_the_hidden_case_is_handed_out(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = open_three(sqlite_office)
    name_in_a_conflict(sqlite_office, cases[1])
    monkeypatch.setattr(identity, "hidden_from", lambda *_: false())
    assert set(hand_out(sqlite_office, sqlite_office.sekretaris)) == set(cases)


def test_identity_stands_in_no_row_of_trail_or_forms(office: Office) -> None:
    open_three(office)
    hand_out(office, office.sekretaris)
    with office.reading() as connection:
        answers = [str(answer) for answer in connection.execute(select(Submission.answer)).scalars()]
    kept = " ".join([*(act["details"] for act in acts(office)), *answers])
    assert not any(value in kept for value in (*NAMES, *REST.values()))


def test_report_is_without_identities_unless_they_were_handed_out(office: Office) -> None:
    open_three(office)
    told = unpacked(report(office, office.sekretaris, None))
    assert not any(value in told for value in (*NAMES, *REST.values()))
    assert "RAHASIA" not in told
    assert told.count("dirahasiakan") == 3


def test_variant_with_identities_says_so_on_every_sheet(office: Office) -> None:
    open_three(office)
    workbook = report(office, office.sekretaris, hand_out(office, office.sekretaris))
    assert all(sheet.heading[0].startswith("RAHASIA · ") for sheet in workbook.sheets)
    assert workbook.footer_left.startswith("RAHASIA · ")
    assert workbook.sheets[0].frame["identity.reporter_name"].tolist() == list(NAMES)
    told = unpacked(workbook)
    assert all(name in told for name in NAMES)
    assert not any(value in told for value in REST.values())


def test_both_variants_carry_the_hash_of_the_same_data(office: Office) -> None:
    open_three(office)
    plain = report(office, office.sekretaris, None)
    named = report(office, office.sekretaris, hand_out(office, office.sekretaris))
    hashes = [digest.sha256_of(s for s in book.sheets if not s.explains) for book in (plain, named)]
    assert hashes[0] == hashes[1]
    for book in (plain, named):
        explained = book.sheets[-1].frame
        assert explained["said"].str.contains(hashes[0]).sum() == 1
    open_one(office, "pengaduan", received_at=wib("Senin 2026-11-09 09:00"))
    assert digest.sha256_of(report(office, office.sekretaris, None).sheets[:-1]) != hashes[0]


def test_hidden_case_has_no_row_in_the_variant_either(office: Office) -> None:
    cases = open_three(office)
    name_in_a_conflict(office, cases[1])
    told = unpacked(report(office, office.sekretaris, hand_out(office, office.second)))
    assert NAMES[1] not in told
    assert NAMES[0] in told


def test_file_names_say_rahasia_and_no_person() -> None:
    months = periods.of_semester(2026, 2)
    assert semester.file_name(sop("pengaduan"), months, secret=True) == (
        "Laporan_Dumas_Semester_II_2026_RAHASIA.xlsx"
    )
