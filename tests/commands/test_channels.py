"""The channel a complaint came through: what its form keeps, and what is not measured because of it."""

from datetime import date
from typing import Any

import pytest

from models.commands import case_form, clocks
from models.commands.seeding import take_in
from models.errors import Invalid
from models.queries.compliance import step_counts
from models.queries.register import RegisterFilter, register
from models.sop import Condition
from models.sop_file import parse
from seed import calendar_file
from tests.commands.database_dump import dump
from tests.commands.flow import edit
from tests.factories import (
    BEGAN_ON,
    RECEIVED_AT,
    Office,
    advance_to,
    case_row,
    complaint_form,
    finish,
    latest,
    open_one,
    rounds,
    sop,
)
from tests.moments import wib

WBS: dict[str, Any] = {"channel": "wbs", "reference_number": "WBS-2026-0042"}
TOLD: dict[str, Any] = {
    "subject": "Suap dalam lelang",
    "description": "Saksi melihat amplop.",
    "reporter_name": "Teuku Rahasia Sekali",
    "reporter_phone": "0812-9999-1234",
    "reported_name": "Pejabat Anu",
    "district": "sikakap",
}


def written_of(office: Office) -> list[str]:
    """What of the report can be read anywhere in the database."""
    everything = "\n".join(row for rows in dump(office.store).values() for row in rows)
    return [words for key, words in TOLD.items() if key != "district" and words in everything]


# WBS.


def test_wbs_report_stores_its_reference_and_nothing_else_of_what_was_sent(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **(TOLD | WBS))
    row = case_row(office, case_id)
    assert row["data"] == WBS
    assert row["subject"] == "Laporan WBS (isi tidak disalin)"
    assert written_of(office) == []
    assert dump(office.store)["vault_entry"] == []
    edit(office, case_id, **(TOLD | WBS))
    assert written_of(office) == []


def test_twin_if_every_field_were_shown_the_report_would_be_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.form_data.is_shown", lambda *_, **__: True)
    open_one(office, "pengaduan", **(TOLD | WBS))
    assert "Suap dalam lelang" in written_of(office)


def test_wbs_report_is_found_by_its_number_and_not_by_what_it_says(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **(TOLD | WBS))
    found = {}
    with office.reading() as connection:
        for search in (case_row(office, case_id)["register_no"], "suap", "rahasia", "laporan wbs"):
            rows, _ = register(
                connection,
                actor=office.sekretaris,
                sop=sop("pengaduan"),
                chosen=RegisterFilter(search=search),
                as_of=RECEIVED_AT,
            )
            found[search] = len(rows)
    assert list(found.values()) == [1, 0, 0, 1]


@pytest.mark.parametrize("reference", ["", "  ", "x" * 101])
def test_wbs_report_needs_its_reference(office: Office, reference: str) -> None:
    form: dict[str, Any] = {**WBS, "reference_number": reference}
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        open_one(office, "pengaduan", **form)
    assert list(refused.value.problems) == ["reference_number"]
    assert dump(office.store) == before


def test_complaint_that_turns_out_to_be_a_wbs_report_forgets_the_rest(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **(TOLD | {"channel": "direct"}))
    assert len(dump(office.store)["vault_entry"]) == 2
    edit(office, case_id, **WBS)
    row = case_row(office, case_id)
    assert (row["data"], row["subject"]) == (WBS, "Laporan WBS (isi tidak disalin)")
    assert dump(office.store)["vault_entry"] == []


def test_twin_without_forgetting_the_vault_still_holds_the_reporter(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = open_one(sqlite_office, "pengaduan")
    monkeypatch.setattr("models.commands.cases.forget_unasked", lambda *_, **__: [])
    edit(sqlite_office, case_id, **WBS)
    assert len(dump(sqlite_office.store)["vault_entry"]) == 2


def test_other_channels_need_their_subject(office: Office) -> None:
    """The words for a report without a subject are for such a report alone."""
    for channel in ("direct", "post", "lapor", "whatsapp"):
        with pytest.raises(Invalid) as refused:
            open_one(office, "pengaduan", channel=channel, reference_number="L-1", subject=" ")
        assert list(refused.value.problems) == ["subject"]
    assert case_form.case_columns(sop("pengaduan"), {**WBS}, register_no="1")["subject"].startswith(
        "Laporan WBS"
    )


def test_wbs_report_goes_the_same_way_as_any_other(office: Office) -> None:
    case_id = open_one(office, "pengaduan", **WBS)
    advance_to(office, case_id, "result_receipt")
    finish(office, case_id, "result_receipt")
    assert case_row(office, case_id)["status"] == "done"


# Unmeasured.

FROM = date(2026, 12, 1)
OPENED_AT = wib("Rabu 2026-12-02 09:00")


def measured_unless_by_post(office: Office) -> None:
    """A version in which the recording, an ordinary step, is not measured for what came by post."""
    source = sop("pengaduan").source
    recording = source.index('key = "recording"')
    source = source[:recording] + source[recording:].replace(
        'status = "received"',
        'status = "received"\nunmeasured_unless = { field = "channel", is = ["direct", "wbs"] }',
        1,
    )
    source = source.replace(
        "version = 3\neffective_from = 2022-06-21", f"version = 4\neffective_from = {FROM}", 1
    )
    newer = parse(source, name="pengaduan.toml")
    assert newer.step("recording").unmeasured_unless == Condition("channel", ("direct", "wbs"))
    take_in(
        office.store,
        now=RECEIVED_AT,
        began_on=BEGAN_ON,
        calendar=calendar_file.load(),
        decrees=calendar_file.decrees(),
        sops=[newer],
        profile={},
    )


def recorded_late(office: Office, channel: str) -> int:
    """A complaint of Rabu 2026-12-02 whose recording took a week."""
    case_id = open_one(office, "pengaduan", received_at=OPENED_AT, channel=channel)
    finish(office, case_id, "recording", at=wib("Rabu 2026-12-09 09:00"))
    return case_id


def measured(office: Office) -> dict[str, int]:
    """How many recordings of the month are late, where any is measured."""
    with office.reading() as connection:
        rows = step_counts(
            connection,
            actor=office.sekretaris,
            sop=sop("pengaduan"),
            months=(202612, 202612),
            as_of=wib("Kamis 2026-12-10 09:00"),
        )
    return {row.step_key: row.late for row in rows if row.step_key == "recording"}


def test_step_that_is_not_measured_in_a_case_has_no_due_date_and_counts_nowhere(office: Office) -> None:
    measured_unless_by_post(office)
    by_post = recorded_late(office, "post")
    row = latest(office, by_post, "recording")
    assert (row["due_at"], row["late_from"], row["at_risk_from"], row["due_month"]) == (None,) * 4
    assert not row["counted"]
    assert measured(office) == {}
    direct = recorded_late(office, "direct")
    row = latest(office, direct, "recording")
    assert row["due_at"] == wib("Rabu 2026-12-02 09:30")
    assert row["counted"]
    assert measured(office) == {"recording": 1}
    for case_id in (by_post, direct):  # the steps after it are measured as ever
        assert latest(office, case_id, "disposition")["due_at"] is not None


def test_twin_without_the_condition_the_step_by_post_is_late(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured_unless_by_post(sqlite_office)
    monkeypatch.setattr(clocks, "is_measured", lambda *_: True)
    recorded_late(sqlite_office, "post")
    assert measured(sqlite_office) == {"recording": 1}


def test_case_of_the_version_before_is_measured_whatever_its_channel(office: Office) -> None:
    measured_unless_by_post(office)
    case_id = open_one(office, "pengaduan", channel="post")
    assert latest(office, case_id, "recording")["due_at"] is not None


def test_channel_put_right_while_the_step_runs_measures_it_by_the_right_one(office: Office) -> None:
    measured_unless_by_post(office)
    now = OPENED_AT
    by_post = open_one(office, "pengaduan", received_at=now, channel="post")
    edit(office, by_post, now=now, channel="direct")
    direct = open_one(office, "pengaduan", received_at=now, channel="direct")
    edit(office, direct, now=now, channel="post")
    rows = {case_id: latest(office, case_id, "recording") for case_id in (by_post, direct)}
    found = {case_id: (row["due_at"], row["counted"]) for case_id, row in rows.items()}
    assert found == {by_post: (wib("Rabu 2026-12-02 09:30"), True), direct: (None, False)}
    assert case_row(office, by_post)["next_due_at"] == wib("Rabu 2026-12-02 09:30")
    assert case_row(office, direct)["next_due_at"] is None
    before = dump(office.store)["step_round"]
    edit(office, direct, now=now, channel="post", description="Uraian lain.")
    assert dump(office.store)["step_round"] == before


def test_first_step_by_post_has_no_due_date(office: Office) -> None:
    assert complaint_form(channel="post")["channel"] == "post"
    case_id = open_one(office, "pengaduan", channel="post")
    (submission,) = rounds(office, case_id, "submission")
    assert submission["due_at"] is None
    assert not submission["counted"]
