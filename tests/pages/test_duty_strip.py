"""Ringkasan tells how the recurring duties are kept, and which escort is Rawan; each with its n and a way on."""

from datetime import timedelta

import pytest

from dashboard import duty_strip, reads, summary
from dashboard.periods import of_semester
from models.access import Actor, Role
from models.commands.conflicts import declare_conflict
from tests.commands.duty_rows import Run, check, entry, escort
from tests.conftest import NOW
from tests.factories import Office, case_row, sop, token
from tests.moments import wib
from tests.pages.visitor import Visitor

PERIOD = of_semester(2026, 2)
START, END = wib("Sabtu 2026-10-31 00:00"), wib("Minggu 2026-11-01 00:00")
CLOCKS = "00:10 01:55 04:00 06:05 08:02 10:30 12:00 14:20 16:45 18:10 20:00 22:15"
HOSTILE = "Polres [x](javascript:alert(1)) <b>:red[y]"


@pytest.fixture
def kept(office: Office) -> tuple[Office, int]:
    """The example of the rules, and a week of checks."""
    case_id = escort(office, START, END, Run(begun=START, finished=END))
    for clock in CLOCKS.split():
        entry(office, case_id, wib(f"Sabtu 2026-10-31 {clock}"))
    for day in range(5):
        check(office, wib("Senin 2026-11-09 09:00") + timedelta(days=day))
    return office, case_id


def links(visitor: Visitor) -> dict[str, str]:
    """Where the links of the screen lead, by their words."""
    found = [node.proto for node in visitor.at._tree if node.type == "page_link"]
    return {proto.label: f"{proto.page}?{proto.query_string}" for proto in found}


def badges(visitor: Visitor) -> str:
    return "\n".join(visitor.texts("markdown"))


def test_strip_says_share_and_n_of_each_duty_and_leads_on(kept: tuple[Office, int]) -> None:
    office, case_id = kept
    seen = Visitor(office, office.actors[Role.PIMPINAN]).open("ringkasan")
    assert "91,7% (11 dari 12)" in badges(seen)
    working_days = 22 + 22 + 14  # September, October, and November up to Kamis the 19th
    assert f"(5 dari {working_days})" in badges(seen)
    assert "Belum dimulai" in badges(seen)
    way = links(seen)
    assert way["Buku mutasi"] == "pengawalan?terima=2026-S2"
    assert way["1 terlewat"] == f"berkas?id={case_id}"
    assert way["Cek surel pengaduan"] == "laporan?sop=pengaduan&semester=2026-S2"
    assert way["Rekapitulasi pengaduan"] == "laporan?sop=pengaduan&semester=2026-S2"
    assert any("4 Jan 2027" in text for text in seen.texts("caption"))


def test_who_reads_no_report_is_led_to_the_register(kept: tuple[Office, int]) -> None:
    office, _case_id = kept
    desk = links(Visitor(office, office.actors[Role.DESK_PELAYANAN]).open("ringkasan"))
    assert desk["Cek surel pengaduan"].startswith("pengaduan?")
    assert "Buku mutasi" not in desk


def test_share_of_fewer_than_five_has_no_colour() -> None:
    for done, due, colour in (
        (4, 4, "gray"),
        (5, 5, "green"),
        (4, 5, "yellow"),
        (3, 5, "red"),
        (0, 0, "gray"),
    ):
        assert duty_strip.grade(done, due)[0] == colour


def test_strip_moves_with_what_is_recorded_since(
    kept: tuple[Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, case_id = kept
    assert filled(office) == 11
    entry(office, case_id, wib("Sabtu 2026-10-31 03:00"))
    assert filled(office) == 12
    with monkeypatch.context() as patch:
        patch.setattr(reads, "data_version", lambda _: 1)
        assert filled(office) == 12
        entry(office, case_id, wib("Sabtu 2026-10-31 03:00"), state="struck")
        other = escort(office, START, END, Run(begun=START, finished=END))
        entry(office, other, START)
        assert filled(office) == 12
    assert filled(office) == 13


def filled(office: Office) -> int:
    leader = office.actors[Role.PIMPINAN]
    view = summary.overview(leader, [sop("pengawalan"), sop("pengaduan")], PERIOD, NOW)
    return sum(month.filled for month in view.duties["pengawalan"].journals[0].months)


def rawan(office: Office, by: Actor | None = None) -> list[str]:
    seen = Visitor(office, by or office.sekretaris).open("ringkasan")
    return [text for text in seen.texts("markdown") if "Rawan: kendali di Kepolisian setempat" in text]


@pytest.fixture
def unsafe(office: Office) -> tuple[Office, int]:
    """An open escort that has been Rawan since Kamis."""
    begun = wib("Kamis 2026-11-19 06:00")
    case_id = escort(office, begun, wib("Sabtu 2026-11-21 06:00"), Run(begun=begun))
    entry(
        office, case_id, wib("Kamis 2026-11-19 10:00"), journal="situation_log", situation="unsafe",
        cause="Unjuk rasa", police_unit=HOSTILE, police_contact="Bripka", police_phone="0811",
    )  # fmt: skip
    return office, case_id


def test_alarm_tells_case_time_and_police_unit_and_leads_to_the_case(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    seen = Visitor(office, office.actors[Role.PIMPINAN]).open("ringkasan")
    assert len(rawan(office)) == 1
    number = case_row(office, case_id)["register_no"]
    assert links(seen)[number] == f"berkas?id={case_id}"
    assert "sejak 19 Nov 2026, 10.00" in seen.texts("caption")
    assert HOSTILE in seen.texts("text")
    assert seen.kinds_with("javascript:alert") == {"text"}


def test_alarm_ends_with_the_next_safe_entry(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    entry(office, case_id, wib("Kamis 2026-11-19 18:00"), journal="situation_log", situation="safe")
    assert rawan(office) == []


def test_alarm_is_not_shown_to_who_may_not_see_the_case(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    assert rawan(office, office.actors[Role.DESK_PELAYANAN]) == []
    assert len(rawan(office, office.second)) == 1
    declare_conflict(
        office.store, actor=office.sekretaris, token=token(), now=NOW, case_id=case_id,
        user_id=office.second.user_id, reason="Kerabat.",
    )  # fmt: skip
    assert rawan(office, office.second) == []
    assert len(rawan(office)) == 1


def test_many_alarms_leave_room_for_the_figures(unsafe: tuple[Office, int]) -> None:
    office, _case_id = unsafe
    begun = wib("Kamis 2026-11-19 06:00")
    for _ in range(4):
        case_id = escort(office, begun, None, Run(begun=begun))
        entry(office, case_id, begun, journal="situation_log", situation="unsafe", police_unit="Polsek")
    assert len(rawan(office)) == 3
    seen = Visitor(office, office.sekretaris).open("ringkasan")
    assert "dan 2 lagi" in seen.texts("caption")
