"""The semester report on paper: the same sheets as the workbook, with letterhead, summary and signature."""

from datetime import datetime

from dashboard.prints import render, report_words
from dashboard.prints.report_summary import ReportSummary, summary_of
from dashboard.reports.sheets import Workbook

__all__ = ["ReportSummary", "report_pdf", "summary_of"]


def report_pdf(
    workbook: Workbook,
    *,
    summary: ReportSummary,
    made_at: datetime,
    number: str = "",
    mark: str = "",
    logo: bytes | None = None,
) -> bytes:
    """The report as a PDF, the same bytes for the same input; `made_at` is the moment that the file says.

    Give a workbook built in Indonesian. `number` is that of the letter, "" for none. `mark` stands at the foot of each
    page ("KONSEP"); one with "RAHASIA" in it stands at the head as well. `logo` is a PNG or JPEG.
    """
    words = report_words.build(
        workbook, summary=summary, made_at=made_at, number_of_letter=number, mark=mark, logo=logo
    )
    return render.report_pdf(words)
