"""`patuh report`: the semester report without a browser, for a scheduled task."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from sqlalchemy import Connection

from dashboard import clock, periods, settings
from dashboard.language import _, in_language
from dashboard.text import translate
from models.access import Actor, Role
from models.calendar_data import CalendarError
from models.commands.exports import record_program_export
from models.database import reading
from models.errors import NotFound
from models.form_data import FIRST_YEAR, LAST_YEAR
from models.migrate import migrate
from models.queries.calendar import work_calendar
from models.queries.sops import codes, sop_in_force

KINDS = {"xlsx": ("xlsx",), "pdf": ("pdf",), "both": ("xlsx", "pdf")}
# nobody's account: it sees what an administrator sees, which no reporter's identity is part of
_PROGRAM = Actor(user_id=0, name="Patuh", roles=frozenset({Role.ADMINISTRATOR}))


@click.command(help="Tulis laporan semester ke sebuah folder, tanpa peramban.")
@click.argument("code", metavar="SOP")
@click.option("--year", required=True, type=int, help="Tahun.")
@click.option("--semester", "half", required=True, type=int, help="Semester 1 atau 2.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder tujuan; dibuat bila belum ada.",
)
@click.option("--format", "kind", type=click.Choice(list(KINDS)), default="both", show_default=True)
def report(code: str, year: int, half: int, out: Path, kind: str) -> None:
    """Write the report of the SOP `code` (as in its file) and print where it stands."""
    months = _months(year, half)
    migrate(settings.store())
    with reading(settings.store()) as connection, in_language("id"):
        files = _files(connection, code, months, KINDS[kind])
    details = {"what": "report", "sop": code, "period": months.key, "files": sorted(files)}
    with _kept(out, files):
        record_program_export(settings.store(), now=clock.instant(), details=details)
    for name in files:
        click.echo(out / name)


def _months(year: int, half: int) -> periods.Months:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        words = _("The year must lie between {first} and {last}.", first=FIRST_YEAR, last=LAST_YEAR)
        raise click.ClickException(words)
    if half not in (1, 2):
        raise click.ClickException(_("The semester is 1 or 2."))
    return periods.of_semester(year, half)


@contextmanager
def _kept(out: Path, files: dict[str, bytes]) -> Iterator[None]:
    """Write the files and let them be seen, all of them and whole, when what is done meanwhile has succeeded."""
    unfinished = {name: out / f".{name}.unfinished" for name in files}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            unfinished[name].write_bytes(body)
        yield
        for name, path in unfinished.items():
            path.replace(out / name)
    except OSError as error:
        raise click.ClickException(_("Cannot write into the folder {folder}.", folder=out)) from error
    finally:
        for path in unfinished.values():
            with suppress(OSError):
                path.unlink()


def _files(
    connection: Connection, code: str, months: periods.Months, kinds: tuple[str, ...]
) -> dict[str, bytes]:
    from dashboard.prints.report import report_pdf
    from dashboard.reports import semester
    from dashboard.reports.issued import compared
    from dashboard.reports.workbook import write

    if code not in codes(connection):
        known = ", ".join(codes(connection)) or "-"
        raise click.ClickException(_("There is no SOP {code}. Known are: {known}.", code=code, known=known))
    as_of = clock.now()
    try:
        sop = sop_in_force(connection, code, work_calendar(connection).local_date(as_of))[1]
    except NotFound as missing:
        raise click.ClickException(_("This SOP is not in force yet.")) from missing
    try:
        workbook, summary = compared(connection, actor=_PROGRAM, sop=sop, months=months, as_of=as_of)
    except CalendarError as beyond:
        raise click.ClickException(translate(beyond.problem)) from beyond
    stem = semester.file_name(sop, months).removesuffix(".xlsx")
    files = {}
    if "xlsx" in kinds:
        files[f"{stem}.xlsx"] = write(workbook, made_at=as_of)
    if "pdf" in kinds:
        files[f"{stem}.pdf"] = report_pdf(workbook, summary=summary, made_at=as_of)
    return files
