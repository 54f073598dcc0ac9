"""Pencatatan: by event and by record, whether the outputs are there, and what left the order of the SOP."""

from urllib.parse import urlencode

import pandas as pd

from dashboard import reads
from dashboard.analysis import frames
from dashboard.analysis.asked import Asked
from dashboard.analysis.marks import BLUE, PURPLE, Part, Told, pair_rows, share_rows
from dashboard.analysis.panel import Panel, heading
from dashboard.formats import number, percent
from dashboard.palette import GREY, status_colours
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _
from models.queries.completeness import completeness
from models.queries.record_keeping import by_record, left_order


def panels(asked: Asked, *, dark: bool) -> list[Panel]:
    """Event against record, completeness, order."""
    return [_by_record(asked, dark=dark), _outputs(asked, dark=dark), _order(asked, dark=dark)]


def _by_record(asked: Asked, *, dark: bool) -> Panel:
    rows = reads.read(by_record, **asked.reading(), asked=asked.behind())
    event, record, n = frames.whole_by_record(rows)
    frame = frames.by_record_frame(rows, asked.sop)
    frame.insert(0, "name", [asked.step_name(key) for key in frame["step_key"]])
    told = [
        Told(
            key=urlencode({"langkah": row["step_key"], "jenis": "recorded_late"}),
            name=row["name"],
            end=f"{_percent(row['event'])} | {_percent(row['record'])}",
            more=(
                _("by event {share}", share=_percent(row["event"])),
                _("by record {share}", share=_percent(row["record"])),
                _("recorded late {count} of {n}", count=number(row["recorded_late"]), n=number(row["n"])),
            ),
        )
        for row in frame.to_dict("records")
    ]
    pairs = [(_or_none(one), _or_none(two)) for one, two in zip(frame["event"], frame["record"], strict=True)]
    return Panel(
        key="by-record",
        title=_("By event and by record"),
        message=_(
            "By event {event} of steps were on time, by record {record} (n = {n}); {late} were recorded late.",
            event=percent(event),
            record=percent(record),
            n=number(n),
            late=number(int(frame["recorded_late"].sum())),
        ),
        figure=pair_rows(told, pairs, (_("By event"), _("By record")), dark=dark),
        sheet=Sheet(
            name=_("Event and record"),
            heading=heading(asked, _("Compliance by event and by record")),
            columns=(
                Column("name", _("Step"), "long_text", 40),
                Column("n", _("Judged"), "integer", 9),
                Column("event", _("By event"), "percent", 11),
                Column("record", _("By record"), "percent", 11),
                Column("recorded_late", _("Recorded late"), "integer", 10),
            ),
            frame=frame,
        ),
        notes=(
            _("The official figure follows the event. By record judges a step by when it was entered here."),
        ),
    )


def _percent(share: float) -> str:
    return percent(None if pd.isna(share) else share)


def _or_none(share: float) -> float | None:
    return None if pd.isna(share) else share


def _outputs(asked: Asked, *, dark: bool) -> Panel:
    start, end = asked.span()
    found = reads.read(
        completeness,
        actor=asked.actor,
        sop=asked.scope,
        start=start,
        end=end,
        as_of=asked.as_of if asked.past else None,
        version_id=asked.version_id,
    )
    rows = [(asked.step_name(one.step_key), one.due, one.held, one.held / one.due) for one in found]
    frame = pd.DataFrame(rows, columns=["name", "due", "held", "rate"])
    due, held = sum(one.due for one in found), sum(one.held for one in found)
    told = [
        Told(
            key=urlencode({"langkah": one.step_key, "jenis": "lacking"}),
            name=asked.step_name(one.step_key),
            end=f"{percent(one.held / one.due)} ({number(one.held)}/{number(one.due)})",
        )
        for one in found
    ]
    part = Part(_("There"), BLUE[dark], [row[3] for row in rows])
    return Panel(
        key="outputs",
        title=_("Completeness of outputs"),
        message=_(
            "{share} of the outputs that the SOP asks for are there ({held} of {due}).",
            share=percent(held / due if due else None),
            held=number(held),
            due=number(due),
        ),
        figure=share_rows(told, [part], dark=dark, legend=False),
        sheet=Sheet(
            name=_("Completeness"),
            heading=heading(asked, _("Completeness of outputs")),
            columns=(
                Column("name", _("Step"), "long_text", 40),
                Column("due", _("Outputs due"), "integer", 12),
                Column("held", _("Outputs there"), "integer", 12),
                Column("rate", _("Completeness"), "percent", 12),
            ),
            frame=frame,
        ),
        notes=(_("Counted for the steps finished in the period; never mixed with the compliance in time."),),
    )


def _order(asked: Asked, *, dark: bool) -> Panel:
    found = reads.read(left_order, **asked.reading(), asked=asked.behind())
    frame = frames.left_order_frame({str(kind): counts for kind, counts in found.items()}, asked.sop)
    frame.insert(0, "name", [asked.step_name(key) for key in frame["step_key"]])
    rows = frame.to_dict("records")
    names = {
        "returned": (_("Handed back"), status_colours(dark=dark)["late"], "/"),
        "out_of_order": (_("Begun out of order"), PURPLE[dark], "x"),
        "skipped": (_("Left out"), GREY, ""),
    }
    longest = max((sum(row[kind] for kind in names) for row in rows), default=1)
    told = [
        Told(
            key=urlencode({"langkah": row["step_key"], "jenis": "left_order"}),
            name=row["name"],
            end=" · ".join(number(row[kind]) for kind in names if row[kind]),
            more=tuple(f"{names[kind][0]}: {number(row[kind])}" for kind in names),
        )
        for row in rows
    ]
    parts = [
        Part(word, colour, [row[kind] / longest for row in rows], hatch)
        for kind, (word, colour, hatch) in names.items()
    ]
    sums = {kind: int(frame[kind].sum()) for kind in names}
    return Panel(
        key="order",
        title=_("Left the order of the SOP"),
        message=", ".join(
            [
                _("{count} handed back", count=number(sums["returned"])),
                _("{count} begun out of order", count=number(sums["out_of_order"])),
                _("{count} left out", count=number(sums["skipped"])),
            ]
        )
        + ".",
        figure=share_rows(told, parts, dark=dark),
        empty=_("Every step kept the order of the SOP."),
        sheet=Sheet(
            name=_("Order"),
            heading=heading(asked, _("Handed back, begun out of order, left out")),
            columns=(
                Column("name", _("Step"), "long_text", 40),
                *(Column(kind, word, "integer", 14) for kind, (word, _colour, _hatch) in names.items()),
            ),
            frame=frame,
        ),
        notes=(_("Out of order: begun before the step that comes first had been finished."),),
    )
