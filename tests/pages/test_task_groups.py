"""Tugas shows the first of each group; whoever has a form open keeps it in sight."""

from dashboard.task_list import SHOWN_AT_FIRST
from tests.factories import Office, latest, open_one
from tests.pages.visitor import Visitor


def test_first_are_shown_and_the_rest_on_request(office: Office) -> None:
    rounds = [
        latest(office, open_one(office, "pengaduan"), "recording")["id"] for _ in range(SHOWN_AT_FIRST + 2)
    ]
    visitor = Visitor(office, office.sekretaris).open("tugas")
    visitor.at.session_state["tasks.others"] = True
    visitor.rerun()
    hidden = [round_id for round_id in rounds if f"task.open.{round_id}" not in keys(visitor)]
    assert 0 < len(hidden) < len(rounds)

    visitor.at.session_state["tasks.opened"] = hidden[-1]
    visitor.rerun()
    assert f"finish.{hidden[-1]}.send" in keys(visitor)
    assert f"task.open.{hidden[0]}" not in keys(visitor)

    (more,) = [key for key in keys(visitor) if key.startswith("tasks.more.")]
    visitor.press(more)
    assert all(f"task.open.{round_id}" in keys(visitor) for round_id in rounds)


def keys(visitor: Visitor) -> set[str]:
    return {str(widget.key) for widget in visitor.widgets()}
