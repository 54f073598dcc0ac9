"""The register: filters, search, order and pages against plain Python; nothing for those who may not see it."""

from itertools import product

import pytest

from models.access import Actor, Role
from models.errors import NotFound
from models.queries.case_file import case_view, history, round_view
from models.queries.register import RegisterFilter, RegisterRow, register
from models.sop import Sop
from tests.commands import recount
from tests.conftest import NOW
from tests.factories import Office, open_one, sop

pytestmark = pytest.mark.xdist_group("busy_year")

CODES = ("pengaduan", "pengawalan")
VERDICTS = ("on_time", "late", "overdue", "at_risk", "running", "unmeasured", "skipped")


def shown(
    office: Office, code: str, chosen: RegisterFilter, *, limit: int = 1000, offset: int = 0
) -> list[RegisterRow]:
    with office.reading() as connection:
        rows, total = register(
            connection,
            actor=office.sekretaris,
            sop=sop(code),
            chosen=chosen,
            as_of=NOW,
            limit=limit,
            offset=offset,
        )
    assert len(rows) == max(0, min(limit, total - offset))
    return rows


@pytest.mark.parametrize("code", CODES)
def test_register_filters_as_plain_python_does(busy: Office, code: str) -> None:
    stored, of = recount.read(busy), sop(code)
    months = [None, (202608, 202609), (202610, 202611)]
    filters = [
        *(RegisterFilter(status=status.key) for status in of.statuses),
        *(
            RegisterFilter(received_months=span, only_open=is_open)
            for span, is_open in product(months, (True, False))
        ),
        *(RegisterFilter(step=step.key) for step in of.case_steps),
        *(RegisterFilter(verdict=verdict, due_months=span) for verdict, span in product(VERDICTS, months)),
        *(
            RegisterFilter(step=step.key, verdict=verdict, due_months=span)
            for step, verdict, span in product(of.case_steps, ("", *VERDICTS), months)
        ),
        RegisterFilter(search="pps", status="done", only_open=False, received_months=(202608, 202610)),
    ]
    found_any = 0
    for chosen in filters:
        right = recount.chosen_cases(stored, code, chosen, NOW)
        assert [row.case_id for row in shown(busy, code, chosen)] == right, chosen
        found_any += bool(right)
    assert found_any > len(filters) / 4


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("100%", {"Dana 100% tidak sampai"}),
        ("%", {"Dana 100% tidak sampai"}),
        ("kode_etik", {"kode_etik PPS"}),
        ("_", {"kode_etik PPS"}),
        ("C:\\arsip", {"Berkas C:\\arsip\\2026"}),
        ("12/PPS/", {"Surat 12/PPS/2026"}),
        ("o'reilly", {"Dugaan pungli O'Reilly"}),
        ("  rapat PLENO ", {"RAPAT pleno tertutup"}),
        ("[a-z]*", {"pungutan [a-z]*"}),
        ("é ACCENT –", {"é accent – dash"}),
        ("e\N{COMBINING ACUTE ACCENT} accent", {"é accent – dash"}),
        ("kode etik", set()),
        ("'; DROP TABLE case_file; --", set()),
        ("\x00", set()),
        ("\ud800", set()),
        ("x" * 5000, set()),
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_search_takes_every_character_as_typed(busy: Office, code: str, typed: str, finds: set[str]) -> None:
    assert {row.subject for row in shown(busy, code, RegisterFilter(search=typed))} == finds


def test_twin_search_without_escaping_finds_too_much(busy: Office) -> None:
    from models.tables import CaseFile

    with busy.reading() as connection:
        query = CaseFile.__table__.select().where(CaseFile.search_text.contains("kode_etik"))
        subjects = {row.subject for row in connection.execute(query)}
    assert subjects == {"kode_etik PPS", "kodeXetik KPPS"}


def test_search_finds_numbers_and_the_words_of_the_table(office: Office) -> None:
    case_id = open_one(office, "pengaduan", district="siberut_barat_daya", reported_element="kpps")
    for typed in ("001/dumas", "XI/2026", "Pungutan dalam", "siberut barat daya", "KPPS", "langsung"):
        with office.reading() as connection:
            rows, _ = register(
                connection,
                actor=office.sekretaris,
                sop=sop("pengaduan"),
                chosen=RegisterFilter(search=typed),
                as_of=NOW,
            )
        assert [row.case_id for row in rows] == [case_id], typed


@pytest.mark.parametrize("code", CODES)
def test_pages_together_are_the_whole_register(busy: Office, code: str) -> None:
    whole = [row.case_id for row in shown(busy, code, RegisterFilter())]
    paged: list[int] = []
    while page := shown(busy, code, RegisterFilter(), limit=7, offset=len(paged)):
        paged += [row.case_id for row in page]
    assert paged == whole
    assert len(set(whole)) == len(whole) > 20


@pytest.mark.parametrize("code", CODES)
def test_rows_show_open_steps_and_the_verdict_of_what_is_due_first(busy: Office, code: str) -> None:
    stored = recount.read(busy)
    for row in shown(busy, code, RegisterFilter()):
        waiting = [one for one in stored.rounds if one["case_id"] == row.case_id and one["state"] == "open"]
        waiting.sort(key=lambda one: (one["due_at"] is None, one["due_at"] or NOW, one["id"]))
        assert row.open_steps == tuple(one["step_key"] for one in waiting)
        assert row.verdict == (recount.verdict_of(waiting[0], NOW) if waiting else "")


def test_outsiders_are_told_that_nothing_is_there(busy: Office) -> None:
    stored = recount.read(busy)
    readers = {code: set(sop(code).readers) for code in CODES}
    for role, actor in [*busy.actors.items(), (None, busy.nobody)]:
        for code in CODES:
            if role in readers[code]:
                continue
            case = next(case for case in stored.cases if case["code"] == code)
            shut_out(busy, actor, sop(code), case["id"], stored.of(case)[0]["id"])


def shut_out(busy: Office, actor: Actor, of: Sop, case_id: int, round_id: int) -> None:
    with busy.reading() as connection:
        for look in (
            lambda: case_view(connection, actor=actor, case_id=case_id, as_of=NOW),
            lambda: history(connection, actor=actor, case_id=case_id),
            lambda: round_view(connection, actor=actor, round_id=round_id, as_of=NOW),
            lambda: register(connection, actor=actor, sop=of, chosen=RegisterFilter(), as_of=NOW),
        ):
            with pytest.raises(NotFound):
                look()


def test_unknown_case_and_round_are_not_found(busy: Office) -> None:
    with busy.reading() as connection:
        for look in (
            lambda: case_view(connection, actor=busy.sekretaris, case_id=999_999, as_of=NOW),
            lambda: history(connection, actor=busy.sekretaris, case_id=-1),
            lambda: round_view(connection, actor=busy.sekretaris, round_id=0, as_of=NOW),
        ):
            with pytest.raises(NotFound):
                look()


def test_history_tells_each_act_once_the_latest_first(busy: Office) -> None:
    stored = recount.read(busy)
    case = max(stored.cases, key=lambda one: len(stored.of(one)))
    with busy.reading() as connection:
        told = history(connection, actor=busy.actors[Role.ADMINISTRATOR], case_id=case["id"])
        latest = history(connection, actor=busy.actors[Role.ADMINISTRATOR], case_id=case["id"])[:3]
    numbers = [act.seq for act in told]
    assert numbers == sorted(set(numbers), reverse=True)
    assert told[-1].action == "case.opened"
    assert latest == told[:3]
