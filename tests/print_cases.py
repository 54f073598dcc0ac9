"""Cases to print papers from, made up in memory: one of which hardly anything is known, and one with long texts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pypdfium2 import PdfDocument

from models.form_data import clean
from models.queries.books import Entry
from models.queries.case_file import CaseView, Round
from models.queries.papers import PaperSources, SavedPaper
from models.sop import Sop
from tests.factories import FORMS, sop
from tests.moments import wib

RECEIVED_AT = wib("Senin 2026-11-09 08:00")
SAVED_AT = wib("Jumat 2026-11-20 14:05")
BEGUN_AT = wib("Senin 2026-11-30 07:10")
ENDED_AT = wib("Rabu 2026-12-02 18:20")
OFFICE: dict[str, Any] = {
    "kop": ["KOMISI PEMILIHAN UMUM", "KABUPATEN KEPULAUAN MENTAWAI"],
    "address": ["Jl. Raya Tuapejat Km. 7 Gg. Kamboja No. 107", "Telp. (0759) 3211129"],
    "name": "KPU Kabupaten Kepulauan Mentawai",
    "seat": "Tuapejat",
    "paper": "A4",
    "signatory_title": "SEKRETARIS",
    "signatory_name": "IRMAN SUSANTO",
    "signatory_id": "19800908 200604 1 008",
}


def sources(
    code: str,
    *,
    data: Mapping[str, object] | None = None,
    done: Mapping[str, Mapping[str, Any]] | None = None,
    outcome: str | None = None,
    saved: Mapping[str, Mapping[str, Any]] | None = None,
    entries: Sequence[Entry] = (),
    office: Mapping[str, Any] = OFFICE,
    register_no: str | None = None,
) -> PaperSources:
    """A case of that SOP; `done` are its finished steps with their forms, `saved` its papers with theirs."""
    of = sop(code)
    papers = {
        key: SavedPaper(key, clean(of.document(key).fields, form), 2, SAVED_AT, "Akun kasubbag")
        for key, form in (saved or {}).items()
    }
    view = _view(of, data, done or {}, outcome=outcome, register_no=register_no)
    return PaperSources(view=view, saved=papers, entries=tuple(entries), office=office)


def _view(
    of: Sop,
    data: Mapping[str, object] | None,
    done: Mapping[str, Mapping[str, Any]],
    *,
    outcome: str | None,
    register_no: str | None,
) -> CaseView:
    cleaned = clean(of.fields, FORMS[of.code]() | dict(data or {}))
    hidden = {field.key for field in of.confidential_fields}
    kept = {key: value for key, value in cleaned.items() if key not in hidden}
    return CaseView(
        case_id=7,
        sop=of,
        register_no=register_no
        or {"pengawalan": "001/KAWAL/XI/2026", "pengaduan": "001/DUMAS/XI/2026"}[of.code],
        subject=str(kept.get(of.subject_field, "")),
        data=kept,
        confidential=tuple(sorted(hidden & set(cleaned))),
        received_at=RECEIVED_AT,
        short_notice=False,
        status=of.case_steps[0].status,
        closed_at=None,
        close_reason=None,
        recorded_at=RECEIVED_AT,
        recorded_by="Akun desk",
        version=1,
        rounds=tuple(_round(of, key, form, outcome) for key, form in done.items()),
        departs_at=_moment(kept, of.departure_field),
        returns_at=_moment(kept, of.return_field),
    )


def pages(pdf: bytes) -> list[str]:
    """The text of each page as a reader of the file copies it: lines joined, unseen break marks taken out."""
    file = PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded() for page in file]
    file.close()
    return [" ".join(text.replace("\u200b", "").split()) for text in found]


def _moment(data: Mapping[str, Any], field: str | None) -> datetime | None:
    held = data.get(field or "")
    return datetime.fromisoformat(str(held).replace("Z", "+00:00")) if held else None


def _round(of: Sop, step_key: str, data: Mapping[str, Any], outcome: str | None) -> Round:
    step = of.step(step_key)
    return Round(
        round_id=1, step_key=step_key, round_no=1, period=None, state="done", counted=step.counted,
        executor=step.executor, started_at=RECEIVED_AT, ideal_at=None, due_at=None, late_from=None, provisional=False,
        finished_at=ENDED_AT, worked_minutes=0, outcome=outcome if step.outcomes else None, data=dict(data), note=None,
        reason=None, late_reason=None, recorded_at=ENDED_AT, recorded_by="Akun", recorded_for=None,
        recorded_late=False, version=1, verdict="on_time", begun_at=BEGUN_AT if step_key == "escort" else None,
    )  # fmt: skip


def entry(journal_key: str, at: datetime, **data: Any) -> Entry:
    """A kept entry, recorded five minutes after it happened."""
    return Entry(1, journal_key, at, at + timedelta(minutes=5), "Akun jagat_saksana", data, "kept", None, 1)
