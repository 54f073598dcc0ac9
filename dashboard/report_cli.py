"""`patuh report`: the semester report without a browser, for a scheduled task."""

from pathlib import Path

import click
from sqlalchemy import Connection

from dashboard import clock, periods, settings
from dashboard.language import _, in_language
from models import audit
from models.access import Actor, Role
from models.database import reading, transaction
from models.errors import NotFound
from models.migrate import migrate
from models.queries.sops import codes, sop_in_force

KINDS = {"xlsx": ("xlsx",), "pdf": ("pdf",), "both": ("xlsx", "pdf")}
# nobody's account: it sees what an administrator sees, which no reporter's identity is part of
_PROGRAM = Actor(user_id=0, name="Patuh", roles=frozenset({Role.ADMINISTRATOR}))


@click.command(help="Tulis laporan semester ke sebuah folder, tanpa peramban.")
@click.argument("code", metavar="SOP")
@click.option("--year", required=True, type=click.IntRange(2000, 2100), help="Tahun.")
@click.option("--semester", "half", required=True, type=click.IntRange(1, 2), help="Semester 1 atau 2.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder tujuan; dibuat bila belum ada.",
)
@click.option("--format", "kind", type=click.Choice(list(KINDS)), default="both", show_default=True)
def report(code: str, year: int, half: int, out: Path, kind: str) -> None:
    """Write the report of the SOP `code` (as in its file) and print where it stands."""
    migrate(settings.store())
    months = periods.of_semester(year, half)
    with reading(settings.store()) as connection, in_language("id"):
        files = _files(connection, code, months, KINDS[kind])
    out.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        unfinished = out / f".{name}.unfinished"
        unfinished.write_bytes(body)
        unfinished.replace(out / name)
        click.echo(out / name)
    with transaction(settings.store()) as connection:
        details = {"what": "report", "sop": code, "period": months.key, "files": sorted(files)}
        audit.append(connection, actor=None, action="exported", now=clock.instant(), details=details)


def _files(
    connection: Connection, code: str, months: periods.Months, kinds: tuple[str, ...]
) -> dict[str, bytes]:
    from dashboard.prints.report import report_pdf, summary_of
    from dashboard.reports import semester
    from dashboard.reports.workbook import write

    if code not in codes(connection):
        known = ", ".join(codes(connection)) or "-"
        raise click.ClickException(_("There is no SOP {code}. Known are: {known}.", code=code, known=known))
    as_of = clock.now()
    try:
        sop = sop_in_force(connection, code, as_of.date())[1]
    except NotFound as missing:
        raise click.ClickException(_("This SOP is not in force yet.")) from missing
    workbook = semester.build(connection, actor=_PROGRAM, sop=sop, months=months, as_of=as_of)
    stem = semester.file_name(sop, months).removesuffix(".xlsx")
    files = {}
    if "xlsx" in kinds:
        files[f"{stem}.xlsx"] = write(workbook, made_at=as_of)
    if "pdf" in kinds:
        summary = summary_of(workbook, sop=sop, months=months, as_of=as_of)
        files[f"{stem}.pdf"] = report_pdf(workbook, summary=summary, made_at=as_of)
    return files
