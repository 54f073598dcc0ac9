"""The commands on the papers of a case, each at work on a case of its own."""

from models.access import Permission, Role
from models.commands import papers
from tests.commands.command_row import Request, Row, holders, readers, recorders
from tests.factories import RECEIVED_AT, Office, open_one, sop


def paper_rows() -> list[Row]:
    """All of them: one paper of a step and one of the whole case, and a print-out in each SOP."""
    escort, complaint = sop("pengawalan"), sop("pengaduan")
    return [
        _save("pengawalan", "assignment_letter", recorders(escort, escort.step("prepare_papers"))),
        _save("pengaduan", "team_report", recorders(complaint, complaint.step("examination"))),
        _save("pengaduan", "expedition_book", readers(complaint) & holders(Permission.RECORD_STEP)),
        _print("pengawalan", "assignment_letter"),
        _print("pengaduan", "receipt"),
    ]


def _save(code: str, document_key: str, allowed: frozenset[Role]) -> Row:
    def prepare(office: Office) -> Request:
        request = {"now": RECEIVED_AT, "case_id": open_one(office, code), "document_key": document_key}
        return request | {"expected_version": 0, "data": {}}

    return Row(f"save paper {document_key}", papers.save_paper, prepare, allowed, readers(sop(code)))


def _print(code: str, document_key: str) -> Row:
    def prepare(office: Office) -> Request:
        request = {"now": RECEIVED_AT, "case_id": open_one(office, code), "document_key": document_key}
        return request | {"version": 0, "sha256": "0" * 64}

    return Row(f"print {document_key}", papers.record_print, prepare, readers(sop(code)), readers(sop(code)))
