"""Issuing on the report page: the form, what was issued, the rows that have moved since and why, checking a file.

The clock stands at 09.00 WIB of 20 November 2026; the report is that of semester II, issued before it is over.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import streamlit as st

from dashboard import moved_rows
from dashboard.clock import instant
from dashboard.periods import of_semester
from dashboard.reports import semester
from dashboard.reports.facts import facts, moved
from dashboard.text import _, in_language
from models.access import Actor, Role
from models.commands import issuing
from models.commands.conflicts import declare_conflict
from models.commands.duties import open_duties
from tests.commands.flow import close, correct
from tests.commands.issue_rows import SIGNED, files, issue, made, reports
from tests.commands.test_flow_correction import declare_holiday
from tests.commands.test_issuing import ids, owed
from tests.conftest import NOW
from tests.factories import HALF_AN_HOUR, Office, acts, case_row, finish, latest, open_one, sop, token
from tests.moments import on, wib
from tests.pages.conftest import ARCHIVED, Cases
from tests.pages.visitor import Visitor, signed_in

LATER = NOW + timedelta(hours=2)
JUNE = wib("Senin 2026-06-08 08:00")
HOSTILE = "**12** <b>x</b> [klik](javascript:alert(1)) :red[merah]"


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time for PDFs where the files do not matter."""
    from dashboard.reports import issued

    monkeypatch.setattr(issued, "report_pdf", lambda *_, number, **__: f"%PDF {number}".encode())


def at_the_report(office: Office, who: Actor | None = None, *, period: str = "2026-S2") -> Visitor:
    who = who or office.sekretaris
    visitor = Visitor(office, who)
    visitor.at.user = signed_in(office, who, now=instant())  # the clock of these tests goes on
    visitor.open("laporan", sop="pengaduan", periode=period)
    assert not visitor.at.exception
    return visitor


def fill(visitor: Visitor, **typed: object) -> Visitor:
    """Type into the form that issues."""
    for field, value in typed.items():
        visitor.fill_key("issue.", f".{field}", value)
    return visitor


def field(visitor: Visitor, name: str) -> Any:
    """A field of the form that issues."""
    key = visitor.key_of("issue.", f".{name}")
    return next(node for node in visitor.widgets() if node.key == key)


def beside(visitor: Visitor, name: str) -> str:
    """What stands on the screen right below a field of the form that issues."""
    elements, key = list(visitor.elements()), visitor.key_of("issue.", f".{name}")
    place = next(place for place, node in enumerate(elements) if getattr(node, "key", None) == key)
    assert elements[place + 1].type == "error", f"below {name} stands {elements[place + 1].type}"
    return str(elements[place + 1].value)


def offers(visitor: Visitor, name: str) -> bool:
    """Whether the form that issues has this field."""
    return any(node.key.startswith("issue.") and node.key.endswith(f".{name}") for node in visitor.widgets())


def press(visitor: Visitor, code: str = "pengaduan", period: str = "2026-S2") -> Visitor:
    visitor.press(f"issue.{code}.{period}.send")
    assert not visitor.at.exception
    return visitor


def issued_one(office: Office, who: Actor | None = None, *, number: str = "12/LAP/XI/2026") -> Visitor:
    visitor = press(fill(at_the_report(office, who), number=number))
    assert visitor.errors() == []
    return visitor


def later(monkeypatch: pytest.MonkeyPatch, moment: datetime = LATER) -> None:
    """Set the program's clock to another moment."""
    monkeypatch.setenv("PATUH_NOW", moment.isoformat())
    st.cache_data.clear()


def stands(visitor: Visitor) -> bool:
    """Whether the page says that nothing has moved."""
    return _("The figures still stand as they were issued.") in visitor.texts("success")


def has_moved(visitor: Visitor) -> list[str]:
    """The lines of the list of moved rows; the page says that there are some."""
    assert not stands(visitor)
    warning = _("The figures have moved since: {count} rows. A revision can be issued.", count="|")
    begin, _between, end = warning.partition("|")
    assert any(text.startswith(begin) and text.endswith(end) for text in visitor.texts("warning"))
    return visitor.texts("text")


def words_for(step: str, msgid: str) -> str:
    one = sop("pengaduan").step(step)
    return _(msgid, step=f"{one.no}. {one.name.id}")


# Issuing.


def test_report_is_issued_and_shown_with_its_files_and_digests(office: Office, cases: Cases) -> None:
    visitor = issued_one(office)
    (row,) = reports(office)
    assert (row["number"], row["revision"], row["recorded_by"]) == (
        "12/LAP/XI/2026", 1, office.sekretaris.user_id
    )  # fmt: skip
    assert (row["place"], row["signatory_name"]) == ("Tuapejat", "IRMAN SUSANTO")
    stored = files(office)
    assert {kind: body[:4] for (_id, kind), body in stored.items()} == {"xlsx": b"PK\x03\x04", "pdf": b"%PDF"}
    assert _("Issued. Both files are kept byte for byte.") in visitor.texts("success")
    links = [node.proto.url for node in visitor.at._tree if node.type == "link_button"]
    for kind, body in ((kind, body) for (_id, kind), body in stored.items()):
        assert f"/unduh/terbit?id={row['id']}&jenis={kind}" in links
        assert visitor.shows(hashlib.sha256(body).hexdigest())
    assert visitor.shows("Tuapejat, 20 November 2026 · SEKRETARIS IRMAN SUSANTO")
    assert visitor.shows(f"SOP versi {sop('pengaduan').version}, kalender kerja versi ")
    assert stands(visitor)
    assert [act["actor_id"] for act in acts(office, "report.issued")] == [office.sekretaris.user_id]
    assert field(visitor, "number").value == ""  # a fresh form, for a revision
    assert offers(visitor, "reason")


def test_number_is_typed_and_a_missing_one_is_refused_beside_its_field(
    office: Office, cases: Cases, half: None
) -> None:
    visitor = at_the_report(office)
    assert field(visitor, "number").value == ""
    press(fill(visitor, place="Sikakap"))
    assert beside(visitor, "number") == _("This field is required.")
    assert field(visitor, "place").value == "Sikakap"
    assert reports(office) == []
    press(fill(visitor, number="12/LAP"))
    assert [(row["number"], row["place"]) for row in reports(office)] == [("12/LAP", "Sikakap")]


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("number", "9" * 101, "101"), ("place", "9" * 101, "101"), ("signatory_id", "9" * 41, "41"),
        ("signatory_title", " ", "wajib"), ("signatory_name", "", "wajib"),
        ("number", "12\x07", "tidak dapat ditampilkan"), ("place", "x\x0by", "tidak dapat ditampilkan"),
        ("issued_on", date(1999, 12, 31), "2000"),
        ("issued_on", None, "wajib"),
    ],
)  # fmt: skip
def test_wrong_word_is_refused_beside_its_field_and_all_that_was_typed_stays(
    office: Office, cases: Cases, key: str, typed: object, words: str
) -> None:
    """The files are made before anything is refused: what cannot be stored may not break them."""
    visitor = press(fill(at_the_report(office), **{"number": "12/LAP", key: typed}))
    assert words in beside(visitor, key)
    assert len(visitor.errors()) == 1
    assert field(visitor, key).value == typed
    assert reports(office) == []


def test_typed_words_stand_as_text(office: Office, cases: Cases, half: None) -> None:
    visitor = fill(
        at_the_report(office),
        number=HOSTILE,
        place=f"{HOSTILE}p",
        signatory_title=f"{HOSTILE}t",
        signatory_name=f"{HOSTILE}n",
    )
    press(visitor)
    press(fill(at_the_report(office), number="2", reason=f"{HOSTILE}r"))
    shown = at_the_report(office)
    for typed in (HOSTILE, f"{HOSTILE}r"):
        assert shown.kinds_with(typed) == {"text"}


def test_revision_asks_for_its_reason_and_names_itself_in_its_files(office: Office, cases: Cases) -> None:
    issued_one(office)
    visitor = press(fill(at_the_report(office), number="13/LAP"))
    assert beside(visitor, "reason") == _("This field is required.")
    assert len(reports(office)) == 1
    press(fill(visitor, reason="Salah jumlah"))
    first, second = reports(office)
    assert (second["revision"], second["reason"]) == (2, "Salah jumlah")
    assert second["number"] == "13/LAP"
    assert {
        body for (report_id, _kind), body in files(office).items() if report_id == first["id"]
    }.isdisjoint(body for (report_id, _kind), body in files(office).items() if report_id == second["id"])
    assert visitor.shows(_("Revision {n}", n=1))
    assert visitor.shows("Salah jumlah")


def test_second_who_issues_is_told_of_the_first(office: Office, cases: Cases, half: None) -> None:
    """A form for the first issue, sent when there is one: it becomes a revision only for a reason."""
    visitor = fill(at_the_report(office, office.second), number="99/LAP")
    issued_one(office)
    press(visitor)
    assert [row["number"] for row in reports(office)] == ["12/LAP/XI/2026"]
    assert beside(visitor, "reason") == _("This field is required.")
    assert field(visitor, "number").value == "99/LAP"


def test_report_overtaken_while_it_was_made_is_told_and_nothing_is_stored(
    office: Office, cases: Cases, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.reports import issued

    make, overtaking = issued.make, iter([cases.new_complaint])

    def slowly(*given: object, **named: object) -> issuing.Made:
        report = make(*given, **named)  # type: ignore[arg-type]
        return replace(report, data_version=report.data_version - 1) if next(overtaking, None) else report

    monkeypatch.setattr(issued, "make", slowly)
    visitor = press(fill(at_the_report(office), number="12/LAP"))
    assert _("The figures have changed since this report was made. Look at it again.") in visitor.errors()
    assert reports(office) == []
    assert field(visitor, "number").value == "12/LAP"
    press(visitor)
    assert len(reports(office)) == 1


@pytest.mark.parametrize("role", [Role.PIMPINAN, Role.SUB_BAGIAN_HUKUM])
def test_who_may_read_sees_the_issues_and_who_may_issue_a_form(
    office: Office, cases: Cases, half: None, role: Role
) -> None:
    issued_one(office)
    visitor = at_the_report(office, office.actors[role])
    assert visitor.shows("12/LAP/XI/2026")
    assert offers(visitor, "number") is (role is not Role.PIMPINAN)


def test_who_may_not_see_a_case_is_told_that_somebody_else_has_to_issue(
    office: Office, cases: Cases, half: None
) -> None:
    name(office, cases.recorded_complaint)
    visitor = press(fill(at_the_report(office), number="12/LAP"))
    assert _("This report has to be issued by somebody else.") in visitor.errors()
    assert reports(office) == []


def test_issuing_fulfils_the_duties_of_the_semester(
    office: Office, cases: Cases, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are chosen beforehand; the report of another semester offers none of them."""
    january = wib("Senin 2027-01-04 10:00")
    later(monkeypatch, january)
    open_duties(office.store, now=january)
    other = at_the_report(office, period="2027-S1")
    assert not offers(other, "fulfils")
    visitor = at_the_report(office)
    assert [int(key) for key in field(visitor, "fulfils").value] == ids(office)
    press(fill(visitor, number="1/LAP/I/2027"))
    rounds = owed(office).values()
    assert {(row["state"], row["finished_at"]) for row in rounds} == {("done", january)}
    assert [row["data"] for row in rounds] == [{f"output_{key}": "1/LAP/I/2027"} for key in owed(office)]
    assert stands(visitor)  # fulfilling them moves nothing in the very report
    assert not offers(at_the_report(office), "fulfils")


def test_duty_that_is_not_chosen_stays_open(
    office: Office, cases: Cases, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    january = wib("Senin 2027-01-04 10:00")
    later(monkeypatch, january)
    open_duties(office.store, now=january)
    visitor = at_the_report(office)
    first, second = ids(office)
    press(fill(visitor, number="1/LAP", fulfils=[first]))
    assert {row["id"]: row["state"] for row in owed(office).values()} == {first: "done", second: "open"}


# What has moved.


@pytest.fixture
def report(office: Office, cases: Cases, half: None, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """The report as it was issued; then the clock goes on two hours."""
    visitor = issued_one(office)
    assert stands(visitor)
    later(monkeypatch)
    return visitor


def test_time_alone_moves_nothing(office: Office, report: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that ran then have become overdue since; another person sees the same."""
    for moment in (LATER, NOW + timedelta(days=60), wib("Senin 2028-11-20 09:00")):
        later(monkeypatch, moment)
        for who in (office.sekretaris, office.second):
            assert stands(at_the_report(office, who)), moment


def test_twin_judged_at_another_moment_time_would_move_rows(office: Office, cases: Cases) -> None:
    with office.reading() as connection:
        then, now = (
            facts(
                semester.build(
                    connection,
                    actor=office.sekretaris,
                    sop=sop("pengaduan"),
                    months=of_semester(2026, 2),
                    as_of=at,
                )
            )
            for at in (NOW, wib("Senin 2028-11-20 09:00"))
        )
    assert list(moved(then, now))


def test_corrected_finish_is_named_with_old_new_and_the_reason(
    office: Office, cases: Cases, report: Visitor
) -> None:
    case_id, at = cases.closed_complaint, wib("Rabu 2026-10-07 10:00")
    correct(office, case_id, "review", at=at, now=LATER, reason="Tanggal keliru", data=ARCHIVED)
    lines = has_moved(at_the_report(office))
    row = lines.index(f"{_('Matrix')} · {case_row(office, case_id)['register_no']}")
    review = sop("pengaduan").step("review")
    change = next(line for line in lines[row:] if line.startswith(f"{review.no}. {review.name.id}"))
    assert change.endswith("5 Okt 2026 → 7 Okt 2026")
    act = next(line for line in lines[row:] if "Tanggal keliru" in line)
    assert words_for("review", "Step {step} corrected") in act
    assert office.sekretaris.name in act
    assert not any(case_row(office, cases.new_complaint)["register_no"] in line for line in lines)


def test_corrected_minutes_move_the_lengths_of_their_step_alone(
    office: Office, cases: Cases, report: Visitor
) -> None:
    """The matrix knows days; the row of a step is of all its cases: the act is named all the same."""
    case_id = cases.closed_complaint
    started_at = latest(office, case_id, "recording")["started_at"]
    correct(office, case_id, "recording", at=started_at + HALF_AN_HOUR / 2, now=LATER, data={})
    lines = has_moved(at_the_report(office))
    recording = sop("pengaduan").step("recording")
    assert f"{_('SOP compliance')} · {recording.no} · {recording.name.id}" in lines
    assert not any(line.startswith(f"{_('Matrix')} · ") for line in lines)
    assert any(line.startswith(f"{_('Mean (working hours)')}: ") and " → " in line for line in lines)
    assert any(words_for("recording", "Step {step} corrected") in line for line in lines)


def test_moved_shares_and_lengths_are_written_as_the_report_writes_them(
    office: Office, cases: Cases, report: Visitor
) -> None:
    case_id, at = cases.closed_complaint, wib("Rabu 2026-11-04 10:00")
    correct(office, case_id, "review", at=at, now=LATER, data=ARCHIVED)
    lines = has_moved(at_the_report(office))
    shares = [line for line in lines if line.startswith(f"{_('Compliance')}: ")]
    assert shares
    assert all(part.endswith("%") for line in shares for part in line.partition(": ")[2].split(" → "))
    lengths = [line for line in lines if line.startswith(f"{_('Longest (working hours)')}: ")]
    # 7 working days and more are less than 200 hours, and more than 3,000 minutes
    hours = [float(part.replace(",", ".")) for line in lengths for part in line.split(": ")[1].split(" → ")]
    assert hours
    assert max(hours) < 250


def test_act_in_the_very_minute_of_the_issue_is_named(office: Office, cases: Cases, report: Visitor) -> None:
    case_id, at = cases.closed_complaint, wib("Rabu 2026-10-07 10:00")
    correct(office, case_id, "review", at=at, now=NOW, reason="Seketika", data=ARCHIVED)
    assert any("Seketika" in line for line in has_moved(at_the_report(office)))


def test_step_recorded_late_is_named_with_its_act(office: Office, cases: Cases, report: Visitor) -> None:
    """It was finished before the report was made and recorded afterwards."""
    case_id = cases.recorded_complaint
    finish(office, case_id, "disposition", now=LATER)
    lines = has_moved(at_the_report(office))
    number = case_row(office, case_id)["register_no"]
    assert any(line.startswith(_("Matrix")) and number in line for line in lines)
    assert any(words_for("disposition", "Step {step} finished") in line for line in lines)


def test_step_finished_after_the_issue_is_explained_by_its_act(
    office: Office, cases: Cases, report: Visitor
) -> None:
    case_id = cases.recorded_complaint
    finish(office, case_id, "disposition", at=LATER, now=LATER)
    lines = has_moved(at_the_report(office))
    assert any(words_for("disposition", "Step {step} finished") in line for line in lines)
    assert any(case_row(office, case_id)["register_no"] in line for line in lines)


def test_closed_case_is_named_with_its_status_and_the_reason(
    office: Office, cases: Cases, report: Visitor
) -> None:
    case_id = cases.reviewed_complaint
    close(office, case_id, at=LATER, reason="Dicabut pelapor")
    lines = has_moved(at_the_report(office))
    status = {key: sop("pengaduan").status(key).label.id for key in ("withdrawn",)}
    assert any(line.startswith(f"{_('Status')}: ") and line.endswith(status["withdrawn"]) for line in lines)
    assert any(line.endswith("Dicabut pelapor") and _("Case closed") in line for line in lines)


def test_new_case_of_the_semester_is_new_in_the_report(office: Office, cases: Cases, report: Visitor) -> None:
    case_id = open_one(office, "pengaduan", received_at=LATER, now=LATER)
    lines = has_moved(at_the_report(office))
    row = lines.index(f"{_('Matrix')} · {case_row(office, case_id)['register_no']}")
    assert lines[row + 1] == _("new in the report")
    assert any(_("Case opened") in line for line in lines)


def test_what_belongs_to_another_semester_or_sop_moves_nothing(
    office: Office, cases: Cases, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    june = open_one(office, "pengaduan", received_at=JUNE)
    for number, step in enumerate(("recording", "disposition"), 1):
        finish(office, june, step, at=JUNE + 2 * number * HALF_AN_HOUR)
    finish(office, june, "review", at=JUNE + 6 * HALF_AN_HOUR, outcome="not_actionable", data=ARCHIVED)
    issued_one(office)
    later(monkeypatch)
    correct(office, june, "disposition", at=JUNE + 3 * HALF_AN_HOUR, now=LATER)
    correct(office, june, "review", at=wib("Jumat 2026-06-26 10:00"), now=LATER, data=ARCHIVED)
    finish(office, cases.new_escort, "confirm_schedule", at=LATER)
    open_one(office, "pengawalan", received_at=LATER)
    january = open_one(office, "pengaduan", received_at=wib("Senin 2027-01-04 08:00"))
    finish(office, january, "recording")
    assert stands(at_the_report(office))


def test_complaint_of_june_that_is_recorded_now_is_carried_over(
    office: Office, cases: Cases, report: Visitor
) -> None:
    """It belongs to the semester because it is open in it, and nothing else of June does."""
    june = open_one(office, "pengaduan", received_at=JUNE, now=LATER)
    lines = has_moved(at_the_report(office))
    row = lines.index(f"{_('Matrix')} · {case_row(office, june)['register_no']}")
    assert lines[row + 1] == _("new in the report")


def test_revision_after_a_correction_stands_again(office: Office, cases: Cases, report: Visitor) -> None:
    close(office, cases.reviewed_complaint, at=LATER)
    visitor = at_the_report(office)
    assert has_moved(visitor)
    press(fill(visitor, number="13/LAP", reason="Berkas ditutup"))
    assert stands(visitor)
    assert [row["revision"] for row in reports(office)] == [1, 2]


def test_holiday_moves_no_verdict(office: Office, cases: Cases, report: Visitor) -> None:
    """Working days and lengths follow the calendar in force now, and the report says so; due dates stay."""
    declare_holiday(office, on("Selasa 2026-11-10"))
    visitor = at_the_report(office)
    lines = [] if stands(visitor) else has_moved(visitor)
    for title in (_("Due"), _("On time"), _("Late"), _("Overdue"), _("Compliance"), _("Time kept")):
        assert not any(line.startswith(f"{title}: ") for line in lines)


def name(office: Office, case_id: int) -> None:
    """Declare a conflict of interest of the Sekretaris."""
    declare_conflict(
        office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=NOW, case_id=case_id,
        user_id=office.sekretaris.user_id, reason="ipar dari terlapor",
    )  # fmt: skip


def shown_to(office: Office, who: Actor, case_id: int) -> bool:
    """Whether the page shows the number of the case at all."""
    return at_the_report(office, who).shows(case_row(office, case_id)["register_no"])


def test_hidden_case_is_not_named_among_the_moved_rows(office: Office, cases: Cases, report: Visitor) -> None:
    name(office, cases.recorded_complaint)
    finish(office, cases.recorded_complaint, "disposition", at=LATER, now=LATER, by=office.second)
    assert not shown_to(office, office.sekretaris, cases.recorded_complaint)
    assert shown_to(office, office.second, cases.recorded_complaint)


def test_hiding_a_case_is_no_change_of_the_figures(office: Office, cases: Cases, report: Visitor) -> None:
    name(office, cases.recorded_complaint)
    assert stands(at_the_report(office))
    assert stands(at_the_report(office, office.second))


def test_twin_without_the_condition_the_hidden_case_is_named(
    office: Office, cases: Cases, report: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moved_rows, "names_hidden", lambda *_, **__: False)
    name(office, cases.recorded_complaint)
    assert shown_to(office, office.sekretaris, cases.recorded_complaint)


# Checking a file.


def checked(office: Office, body: bytes, who: Actor | None = None) -> Visitor:
    visitor = at_the_report(office, who)
    visitor.field("file").set_value(("berkas.bin", body, "application/octet-stream")).run()
    assert not visitor.at.exception
    return visitor


def is_none(visitor: Visitor) -> bool:
    return visitor.errors() == [
        _("This is not an issued report, or it has been changed since it was issued.")
    ]


def test_issued_file_is_recognised_with_its_number_and_revision(office: Office, cases: Cases) -> None:
    issued_one(office)
    issue(office, "pengawalan", report=made(office, "pengawalan"), number="7/KAWAL")
    for (report_id, kind), body in files(office).items():
        row = next(row for row in reports(office) if row["id"] == report_id)
        visitor = checked(office, body)
        assert visitor.errors() == []
        said = " ".join(visitor.texts("success"))
        assert sop(row["code"]).short.id in said
        assert "Semester II 2026" in said
        assert visitor.shows(row["number"])
        assert visitor.shows(hashlib.sha256(body).hexdigest()), kind


def test_file_that_was_revised_since_says_so(office: Office, cases: Cases, half: None) -> None:
    issued_one(office)
    first = files(office)
    press(fill(at_the_report(office), number="12a/LAP/XI/2026", reason="Koreksi"))
    later = _("A later one has been issued: {issue}.", issue=_("Revision {n}", n=1))
    for key, body in files(office).items():
        assert (later in checked(office, body).texts("warning")) is (key in first)


def test_changed_file_and_foreign_file_are_none(office: Office, cases: Cases, half: None) -> None:
    issued_one(office)
    body = next(iter(files(office).values()))
    changed = bytearray(body)
    changed[len(body) // 2] ^= 1
    before = acts(office)
    for other in (bytes(changed), body + b"\n", b"Bukan laporan", b"%PDF-1.7"):
        assert is_none(checked(office, other))
    assert acts(office) == before


def test_file_of_a_report_that_one_may_not_see_is_none(office: Office, cases: Cases, half: None) -> None:
    issued_one(office)
    issue(office, "pengawalan", report=made(office, "pengawalan"), number="7/KAWAL")
    hukum = office.actors[Role.SUB_BAGIAN_HUKUM]
    codes = {row["id"]: row["code"] for row in reports(office)}
    for (report_id, _kind), body in files(office).items():
        visitor = checked(office, body, hukum)
        assert is_none(visitor) is (codes[report_id] == "pengawalan")
        assert visitor.shows("7/KAWAL") is False
    assert SIGNED.number not in " ".join(at_the_report(office, hukum).texts("text"))
