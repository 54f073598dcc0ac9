"""Somebody named in a conflict of interest meets the case on no screen and in no file; others handle it on screen."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard import exports, reads, summary
from dashboard.text import _, in_language
from models.access import Actor, Role
from models.commands import conflicts
from models.queries import conflicts as conflict_queries
from tests.commands.database_dump import dump, without
from tests.conftest import NOW
from tests.factories import Office, latest, token
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

A, P, S, H, D = (
    Role.ADMINISTRATOR,
    Role.PIMPINAN,
    Role.SEKRETARIS,
    Role.SUB_BAGIAN_HUKUM,
    Role.DESK_PELAYANAN,
)
SUBJECT, NUMBER = "Keterlambatan honor KPPS", "002/DUMAS/XI/2026"  # of `Cases.recorded_complaint`
ELSEWHERE = "Netralitas anggota PPK"
SEEN = ("user_account", "sign_in_session", "submission", "counter")  # what merely looking may touch


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def say(office: Office, command: Any, case_id: int, whom: Actor, *, by: Role = A) -> None:
    command(
        office.store,
        actor=office.actors[by],
        token=token(),
        now=NOW,
        case_id=case_id,
        user_id=whom.user_id,
        reason="ipar dari terlapor",
    )


def shown_on(office: Office, who: Actor, url: str, **query: str) -> set[str]:
    visitor = Visitor(office, who).open(url, **query)
    assert not visitor.at.exception
    return {word for word in (SUBJECT, NUMBER, ELSEWHERE) if visitor.shows(word)}


def test_no_screen_shows_the_case_to_the_person_named(office: Office, cases: Cases) -> None:
    case_id, named = cases.recorded_complaint, office.sekretaris
    places: list[tuple[str, dict[str, str]]] = [
        ("pengaduan", {}),
        ("pengaduan", {"cari": "honor"}),
        ("ringkasan", {}),
        ("tugas", {}),
        ("berkas", {"id": str(case_id)}),
        ("berkas", {"id": str(cases.reviewed_complaint)}),
    ]
    before = [shown_on(office, named, url, **query) for url, query in places]
    assert all({SUBJECT, NUMBER} & seen for seen in before[:1] + before[3:5])
    say(office, conflicts.declare_conflict, case_id, named)
    for url, query in places:
        shown_on(office, office.second, url, **query)  # what is remembered for one is not for another
        assert not {SUBJECT, NUMBER} & shown_on(office, named, url, **query), (url, query)
    assert ELSEWHERE in shown_on(office, named, "pengaduan")
    refused = Visitor(office, named).open("berkas", id=str(case_id))
    assert refused.errors() == [_("Not found.")]
    assert SUBJECT in shown_on(office, office.second, "berkas", id=str(case_id))


def attention(office: Office, who: Actor) -> set[int | None]:
    from dashboard import periods

    months = periods.of_range(202611, 202611)
    found = summary.overview(who, reads.readable_sops(who, NOW), months, NOW)
    return {one.step.case_id for one in found.coming}


def test_remembered_overview_of_another_person_is_not_shown(office: Office, cases: Cases) -> None:
    say(office, conflicts.declare_conflict, cases.recorded_complaint, office.sekretaris)
    assert cases.recorded_complaint in attention(office, office.second)
    assert cases.recorded_complaint not in attention(office, office.sekretaris)
    assert cases.reviewed_complaint in attention(office, office.sekretaris)


def test_twin_overview_remembered_for_everybody_shows_it(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "hidden_cases", lambda *_: ())
    say(office, conflicts.declare_conflict, cases.recorded_complaint, office.sekretaris)
    assert cases.recorded_complaint in attention(office, office.second)
    assert cases.recorded_complaint in attention(office, office.sekretaris)


def listed(office: Office, who: Actor, name: str = "Matriks") -> str:
    """What a sheet of the report on screen says to them."""
    from dashboard import periods, report_screen
    from tests.factories import sop

    months = periods.of_range(202607, 202612)
    asked = report_screen.asked_for(who, sop("pengaduan"), months, NOW)
    return report_screen.remembered(asked, name=name).frame.to_csv()


def test_remembered_report_of_another_person_is_not_shown(office: Office, cases: Cases) -> None:
    say(office, conflicts.declare_conflict, cases.recorded_complaint, office.sekretaris)
    assert NUMBER in listed(office, office.second)
    mine = listed(office, office.sekretaris)
    assert NUMBER not in mine
    assert mine.count("\n") > 1


def test_twin_report_remembered_for_everybody_shows_it(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "hidden_cases", lambda *_: ())
    say(office, conflicts.declare_conflict, cases.recorded_complaint, office.sekretaris)
    assert NUMBER in listed(office, office.second)
    assert NUMBER in listed(office, office.sekretaris)


def test_explanation_of_the_report_names_whoever_looks(office: Office, cases: Cases) -> None:
    for who in (office.second, office.sekretaris):
        assert who.name in listed(office, who, "Keterangan")


def unpacked(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())


def test_no_file_holds_the_case_for_the_person_named(office: Office, cases: Cases) -> None:
    say(office, conflicts.declare_conflict, cases.recorded_complaint, office.sekretaris)
    asked = {"sop": "pengaduan", "periode": "2026-S2"}
    note = _(
        "Files with a declared conflict of interest are not listed for the person named; the figures count them."
    )
    for make in (exports.register_xlsx, exports.report_xlsx):
        query = asked if make is exports.report_xlsx else {"sop": "pengaduan"}
        hidden, whole = (unpacked(make(who, query).body) for who in (office.sekretaris, office.second))
        assert SUBJECT in whole
        assert SUBJECT not in hidden
        assert NUMBER not in hidden
        assert ELSEWHERE in hidden
        assert (note in whole) is (note in hidden) is (make is exports.report_xlsx)


def test_report_counts_the_case_that_it_does_not_list(office: Office, cases: Cases) -> None:
    """The recapitulation is the same for everybody."""
    from dashboard.periods import Months
    from dashboard.reports import semester
    from tests.factories import sop

    say(office, conflicts.declare_conflict, cases.recorded_complaint, office.sekretaris)
    frames = []
    with office.reading() as connection:
        for who in (office.sekretaris, office.second):
            book = semester.build(
                connection,
                actor=who,
                sop=sop("pengaduan"),
                months=Months("2026-S2", 202607, 202612),
                as_of=NOW,
            )
            frames.append({sheet.name: sheet.frame for sheet in book.sheets})
    mine, whole = frames
    for name in (_("Recapitulation"), _("SOP compliance")):
        assert mine[name].equals(whole[name])
    assert len(whole[_("Matrix")]) - len(mine[_("Matrix")]) == 1
    assert list(mine[_("Matrix")]["no"]) == list(range(1, len(mine[_("Matrix")]) + 1))
    assert len(mine[_("Lateness")]) < len(whole[_("Lateness")])


@pytest.mark.parametrize("url", ["berkas", "tugas"])
def test_page_that_stood_open_answers_not_found_and_stores_nothing(
    office: Office, cases: Cases, url: str
) -> None:
    case_id = cases.recorded_complaint
    row = latest(office, case_id, "disposition")
    visitor = Visitor(office, office.sekretaris)
    if url == "berkas":
        visitor.open("berkas", id=str(case_id))
    else:
        visitor.open("tugas").press(f"task.open.{row['id']}")
    visitor.fill(assigned_unit="Sub Bagian Hukum", note="sudah diteruskan").rerun()
    say(office, conflicts.declare_conflict, case_id, office.sekretaris)
    before = without(dump(office.store), *SEEN)
    visitor.press(f"finish.{row['id']}.send")
    assert not visitor.at.exception
    assert _("Not found.") in visitor.errors()
    assert not visitor.shows(SUBJECT)
    assert without(dump(office.store), *SEEN) == before
    visitor.rerun()
    assert not visitor.at.exception


def at_conflicts(office: Office, who: Actor, case_id: int) -> Visitor:
    """The case's part on conflicts of interest."""
    visitor = Visitor(office, who).open("berkas", id=str(case_id))
    return pick(pick(visitor, "case.tab", _("More")), "case.act", _("Conflict of interest"))


def pick(visitor: Visitor, key: str, label: str) -> Visitor:
    control = next(group for group in visitor.at.button_group if group.key == key)
    labels = [option.content for option in control.proto.options]
    return visitor.choose(key, labels.index(label))


def in_force(office: Office, case_id: int) -> tuple[set[str], set[str]]:
    with office.reading() as connection:
        return tuple(  # type: ignore[return-value]
            {one.name for one in conflict_queries.in_force(connection, tie, case_id)}
            for tie in (conflicts.CaseConflict, conflicts.CaseAssignee)
        )


def test_desk_declares_and_the_leader_assigns_ends_and_lifts_on_screen(office: Office, cases: Cases) -> None:
    case_id, hukum = cases.recorded_complaint, office.actors[H]
    desk = at_conflicts(office, office.actors[D], case_id)
    assert not desk.has_field("assign.send")
    desk.fill_key(f"conflict.{case_id}.", ".user_id", hukum.user_id)
    desk.fill_key(f"conflict.{case_id}.", ".reason", "ipar dari terlapor")
    desk.press(f"conflict.{case_id}.send")
    assert in_force(office, case_id) == ({hukum.name}, set())
    assert {hukum.name, "ipar dari terlapor"} <= set(desk.texts("text"))
    leader = at_conflicts(office, office.actors[P], case_id)
    leader.fill_key(f"assign.{case_id}.", ".user_id", office.second.user_id)
    leader.fill_key(f"assign.{case_id}.", ".reason", "menggantikan Subbag Hukum")
    leader.press(f"assign.{case_id}.send")
    assert in_force(office, case_id) == ({hukum.name}, {"Akun second"})
    leader.fill_key(f"unassign.{case_id}.", ".reason", "cukup").press(
        f"unassign.{case_id}.{office.second.user_id}.send"
    )
    leader.fill_key(f"lift.{case_id}.", ".reason", "keliru").press(f"lift.{case_id}.{hukum.user_id}.send")
    assert in_force(office, case_id) == (set(), set())
    assert not leader.at.exception


@pytest.mark.parametrize("url", ["berkas", "tugas"])
def test_assigned_person_finds_the_step_and_records_it_for_its_executor(
    office: Office, cases: Cases, url: str
) -> None:
    case_id, team = cases.new_complaint, office.actors[Role.TIM_PEMERIKSA]
    row = latest(office, case_id, "recording")
    assert not Visitor(office, team).open("berkas", id=str(case_id)).has_field(f"finish.{row['id']}.send")
    say(office, conflicts.reassign, case_id, team)
    visitor = Visitor(office, team).open(url, id=str(case_id))
    if url == "tugas":
        visitor.press(f"task.open.{row['id']}")
    assert visitor.shows(_("You record this on behalf of {executor}.", executor="Desk Pelayanan"))
    visitor.press(f"finish.{row['id']}.send")
    recorded = latest(office, case_id, "recording")
    assert (recorded["state"], recorded["recorded_by"]) == ("done", team.user_id)
    assert recorded["recorded_for"] == row["executor"]


def test_form_without_person_or_reason_is_refused_beside_its_field(office: Office, cases: Cases) -> None:
    case_id = cases.recorded_complaint
    desk = at_conflicts(office, office.actors[D], case_id).press(f"conflict.{case_id}.send")
    assert desk.errors() == [_("This field is required.")]
    desk.fill_key(f"conflict.{case_id}.", ".user_id", office.actors[H].user_id)
    desk.press(f"conflict.{case_id}.send")
    assert desk.errors() == [_("This field is required.")]
    assert (
        desk.at.selectbox(key=desk.key_of(f"conflict.{case_id}.", ".user_id")).value
        == office.actors[H].user_id
    )
    assert in_force(office, case_id) == (set(), set())


def test_who_names_oneself_is_led_to_the_register(office: Office, cases: Cases) -> None:
    case_id, hukum = cases.recorded_complaint, office.actors[H]
    visitor = at_conflicts(office, hukum, case_id)
    visitor.fill_key(f"conflict.{case_id}.", ".user_id", hukum.user_id)
    visitor.fill_key(f"conflict.{case_id}.", ".reason", "ipar saya").press(f"conflict.{case_id}.send")
    assert not visitor.at.exception
    assert visitor.is_at("pengaduan")
    assert not visitor.shows(SUBJECT)
    assert in_force(office, case_id) == ({hukum.name}, set())


def test_second_who_lifts_it_is_told(office: Office, cases: Cases) -> None:
    case_id, hukum = cases.recorded_complaint, office.actors[H]
    say(office, conflicts.declare_conflict, case_id, hukum)
    leader = at_conflicts(office, office.actors[P], case_id).fill_key(f"lift.{case_id}.", ".reason", "keliru")
    say(office, conflicts.lift_conflict, case_id, hukum)
    leader.press(f"lift.{case_id}.{hukum.user_id}.send")
    assert not leader.at.exception


def test_hostile_words_stand_as_text(office: Office, cases: Cases) -> None:
    case_id = cases.recorded_complaint
    reason = "**tebal** <b>x</b> [klik](javascript:alert(1)) :red[merah]"
    conflicts.declare_conflict(
        office.store, actor=office.actors[A], token=token(), now=NOW,
        case_id=case_id, user_id=office.actors[H].user_id, reason=reason,
    )  # fmt: skip
    assert at_conflicts(office, office.actors[P], case_id).kinds_with(reason) == {"text"}
