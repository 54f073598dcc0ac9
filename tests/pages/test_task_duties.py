"""The recurring duties on top of Tugas: the check again, for an earlier day, and struck; logs by their SOP version."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import RowMapping, select, update

from dashboard import acts, drafts, task_duties
from dashboard.text import _, in_language
from models.access import Role
from models.database import transaction
from models.tables import CaseFile, DutyEntry
from tests.commands.duty_rows import Run, check, escort, other_version
from tests.conftest import NOW
from tests.factories import Office
from tests.moments import wib
from tests.pages.visitor import Visitor

AGAIN = "duty.again.pengaduan.email_check"


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def at_the_tasks(office: Office, role: Role = Role.DESK_PELAYANAN) -> Visitor:
    return Visitor(office, office.actors[role]).open("tugas")


def opened(visitor: Visitor, key: str) -> Visitor:
    visitor.at.session_state[key] = True
    return visitor.rerun()


def checks(office: Office) -> list[RowMapping]:
    with office.reading() as connection:
        return list(connection.execute(select(DutyEntry.__table__).order_by(DutyEntry.id)).mappings())


def test_check_of_an_earlier_day_is_entered_with_its_time(office: Office) -> None:
    yesterday = wib("Kamis 2026-11-19 16:00")
    visitor = opened(at_the_tasks(office), f"{AGAIN}.more")
    visitor.fill_key(f"{AGAIN}.", ".at", yesterday.replace(tzinfo=None))
    visitor.fill_key(f"{AGAIN}.", ".complaints_found", 3).press(f"{AGAIN}.send")
    (row,) = checks(office)
    assert (row["happened_at"], row["recorded_at"]) == (yesterday, NOW)
    assert row["on_date"].isoformat() == "2026-11-19"
    assert row["data"] == {"complaints_found": 3}
    assert visitor.shows(_("Not done yet today"))


def test_second_check_takes_the_time_that_was_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form before was taken in under the same name; the click a minute later must not begin this one anew."""
    assert [row["happened_at"] for row in sent_twice(office, monkeypatch)] == [NOW, NOW]


def test_form_still_held_for_taken_in_takes_the_time_of_the_click(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: where the name stays marked as taken in, the click does not count as a beginning."""

    def marked(form: str) -> str:
        made = original(form)
        st.session_state[f"taken.{form}"] = bool(checks(office))
        return made

    original = acts.token
    monkeypatch.setattr(acts, "token", marked)
    assert [row["happened_at"] for row in sent_twice(office, monkeypatch)] == [
        NOW,
        NOW + timedelta(minutes=2),
    ]


def sent_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[RowMapping]:
    visitor = opened(at_the_tasks(office), f"{AGAIN}.more").press(f"{AGAIN}.send")
    opened(visitor, f"{AGAIN}.more")
    monkeypatch.setenv("PATUH_NOW", (NOW + timedelta(minutes=2)).isoformat())
    visitor.press(f"{AGAIN}.send")
    return checks(office)


def test_check_is_struck_with_a_reason_and_counts_no_more(office: Office) -> None:
    check(office, NOW)
    (row,) = checks(office)
    form = f"duty.strike.{row['id']}"
    visitor = opened(at_the_tasks(office), f"{form}.more")
    visitor.press(f"{form}.send")
    assert visitor.errors() == [_("This field is required.")]
    visitor.fill_key(f"{form}.", ".reason", "Salah pencet").press(f"{form}.send")
    (struck,) = checks(office)
    assert (struck["state"], struck["reason"]) == ("struck", "Salah pencet")
    assert visitor.shows(_("Not done yet today"))


def test_check_recorded_by_a_colleague_leaves_what_was_begun(office: Office) -> None:
    assert begun_while_a_colleague_records(office).field("complaints_found").value == 7


def test_check_form_would_vanish_if_it_were_not_known_as_begun(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(drafts, "stays", lambda _form: False)
    assert not begun_while_a_colleague_records(office).has_field("complaints_found")


def begun_while_a_colleague_records(office: Office) -> Visitor:
    visitor = at_the_tasks(office).fill(complaints_found=7).rerun()
    check(office, NOW)
    return visitor.rerun()


@pytest.mark.parametrize(("every_minutes", "slot"), [(120, "08.00–10.00"), (60, "09.00–10.00")])
def test_log_is_that_of_the_version_the_case_was_opened_under(
    office: Office, every_minutes: int, slot: str
) -> None:
    begun = wib("Jumat 2026-11-20 06:00")
    case_id = escort(office, begun, wib("Sabtu 2026-11-21 06:00"), Run(begun=begun, started=begun))
    if every_minutes != 120:
        moved(office, case_id, sop_version_id=other_version(office, every_minutes=every_minutes))
    seen = at_the_tasks(office, Role.JAGAT_SAKSANA)
    assert any(slot in text for text in seen.texts("markdown"))


def test_case_of_a_version_without_a_log_has_none_in_the_tasks(office: Office) -> None:
    begun = wib("Jumat 2026-11-20 06:00")
    case_id = escort(office, begun, wib("Sabtu 2026-11-21 06:00"), Run(begun=begun, started=begun))
    assert at_the_tasks(office, Role.JAGAT_SAKSANA).has_field("account")
    moved(office, case_id, sop_version_id=other_version(office, every_minutes=None))
    assert not at_the_tasks(office, Role.JAGAT_SAKSANA).has_field("account")


def under_way(office: Office, hour: int) -> int:
    begun = wib(f"Jumat 2026-11-20 {hour:02}:00")
    return escort(office, begun, wib("Sabtu 2026-11-21 06:00"), Run(begun=begun, started=begun))


def logs_of(visitor: Visitor) -> set[int]:
    keys = [str(widget.key).split(".") for widget in visitor.widgets() if widget.key]
    return {int(parts[1]) for parts in keys if parts[0] == "entry"}


def begun_and_pushed_back(office: Office) -> tuple[Visitor, int]:
    own = under_way(office, 8)
    visitor = at_the_tasks(office, Role.JAGAT_SAKSANA)
    visitor.fill_key(f"entry.{own}.", ".account", "Menunggu ombak reda")
    for hour in (4, 5, 6, 7):
        under_way(office, hour)
    return visitor.rerun(), own


def test_of_many_escorts_three_are_shown_first_and_the_one_whose_entry_was_begun(office: Office) -> None:
    visitor, own = begun_and_pushed_back(office)
    assert own in logs_of(visitor)
    assert len(logs_of(visitor)) == task_duties.LOGS_AT_FIRST + 1
    ended = _("The step has ended meanwhile; an entry can be written until the case is closed.")
    assert not visitor.shows(ended)
    visitor.press("tasks.more.logs")
    assert len(logs_of(visitor)) == 5


def test_log_lies_open_for_whoever_keeps_it_and_folded_for_others(office: Office) -> None:
    case_id = under_way(office, 8)
    assert case_id in logs_of(at_the_tasks(office, Role.JAGAT_SAKSANA))
    secretary = Visitor(office, office.sekretaris).open("tugas")
    secretary.at.session_state["tasks.others"] = True
    secretary.rerun()
    assert case_id not in logs_of(secretary)
    assert any("Buku mutasi" in text for text in secretary.texts("markdown"))


def test_escorts_of_a_version_without_the_log_take_no_place(office: Office) -> None:
    own = under_way(office, 8)
    without = other_version(office, every_minutes=None)
    for hour in (4, 5, 6):
        moved(office, under_way(office, hour), sop_version_id=without)
    assert own in logs_of(at_the_tasks(office, Role.JAGAT_SAKSANA))


def test_twin_without_looking_for_what_was_begun_the_step_seems_to_have_ended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = task_duties._under_way
    monkeypatch.setattr(task_duties, "_under_way", lambda *given: dict.fromkeys(original(*given), ()))
    visitor, _own = begun_and_pushed_back(office)
    ended = _("The step has ended meanwhile; an entry can be written until the case is closed.")
    assert visitor.shows(ended)


def moved(office: Office, case_id: int, **columns: Any) -> None:
    with transaction(office.store) as connection:
        connection.execute(update(CaseFile).where(CaseFile.id == case_id).values(**columns))
