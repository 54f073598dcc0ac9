"""`patuh report`: the semester report as files, for a scheduled task; what it cannot do it says in a sentence."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard import cli, settings
from models.access import Role
from models.commands import cases
from models.commands.conflicts import declare_conflict
from tests.factories import Office, acts, advance_to, office_in, open_one, prepare_office, token
from tests.moments import wib
from tests.pages.conftest import REPORTER
from tests.print_cases import pages

AT = wib("Senin 2027-01-04 10:00")
SUBJECT = "Keterlambatan honor KPPS"
XLSX, PDF = "Laporan_Dumas_Semester_II_2026.xlsx", "Laporan_Dumas_Semester_II_2026.pdf"


@pytest.fixture(autouse=True)
def an_installation_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("PATUH_DATA", str(folder))
    monkeypatch.delenv("PATUH_DATABASE_URL", raising=False)
    stop_at(monkeypatch, AT)
    settings.store.cache_clear()
    yield
    settings.store().dispose()
    settings.store.cache_clear()


def stop_at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setenv("PATUH_SAMPLE", "1")
    monkeypatch.setenv("PATUH_NOW", moment.isoformat())


@pytest.fixture
def office() -> Office:
    """An office with two complaints whose reporters gave all that a form asks, and an escort."""
    prepare_office(settings.store())
    made = office_in(settings.store())
    advance_to(made, open_one(made, "pengaduan", subject=SUBJECT, **REPORTER), "review")
    open_one(made, "pengaduan", **REPORTER)
    open_one(made, "pengawalan")
    return made


def report(out: Path, code: str = "pengaduan", *more: str, year: object = 2026, half: object = 2) -> Result:
    arguments = ("report", code, "--year", str(year), "--semester", str(half), "--out", str(out), *more)
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def names(folder: Path) -> list[str]:
    """All that lies in the folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def said_in(path: Path) -> str:
    """All that a reader of the file can find in it."""
    if path.suffix == ".pdf":
        return " ".join(" ".join(pages(path.read_bytes())).split()) + path.read_bytes().decode("latin-1")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
        return "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())


def exported(office: Office) -> list[tuple[str, object]]:
    return [(act["actor_name"], json.loads(act["details"])) for act in acts(office, "exported")]


@pytest.mark.parametrize(
    ("more", "files"),
    [((), [PDF, XLSX]), (("--format", "both"), [PDF, XLSX]), (("--format", "xlsx"), [XLSX]),
     (("--format", "pdf"), [PDF])],
)  # fmt: skip
def test_report_is_written_into_a_folder_that_is_made(
    office: Office, tmp_path: Path, more: tuple[str, ...], files: list[str]
) -> None:
    out = tmp_path / "laporan" / "2026"
    result = report(out, "pengaduan", *more)
    assert (result.exit_code, sorted(result.output.splitlines())) == (0, [str(out / name) for name in files])
    assert names(out) == files
    for name in files:
        said = said_in(out / name)
        assert SUBJECT in said
        assert "001/DUMAS/XI/2026" in said
        assert (out / name).read_bytes().startswith(b"%PDF" if name == PDF else b"PK")
    (act,) = acts(office, "exported")
    assert exported(office) == [
        ("Patuh", {"what": "report", "sop": "pengaduan", "period": "2026-S2", "files": files})
    ]
    assert (act["actor_id"], act["recorded_at"]) == (None, AT)


def test_every_sop_has_its_report_and_a_semester_without_a_case_too(office: Office, tmp_path: Path) -> None:
    assert report(tmp_path / "a", "pengawalan").exit_code == 0
    assert names(tmp_path / "a") == [
        "Rekap_Pengawalan_Semester_II_2026.pdf", "Rekap_Pengawalan_Semester_II_2026.xlsx",
    ]  # fmt: skip
    assert report(tmp_path / "b", half=1).exit_code == 0
    assert len(names(tmp_path / "b")) == 2
    assert all("NIHIL" in said_in(path) for path in (tmp_path / "b").iterdir())


def test_same_moment_gives_the_same_bytes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("a", "b"):
        report(tmp_path / folder)
    stop_at(monkeypatch, wib("Senin 2027-01-04 10:01"))
    report(tmp_path / "c")
    for name in (XLSX, PDF):
        first, again, later = ((tmp_path / folder / name).read_bytes() for folder in "abc")
        assert first == again
        assert first != later


def test_file_of_an_earlier_run_is_replaced(office: Office, tmp_path: Path) -> None:
    (tmp_path / XLSX).write_bytes(b"lama")
    (tmp_path / f".{XLSX}.unfinished").write_bytes(b"sisa")
    assert report(tmp_path, "pengaduan", "--format", "xlsx").exit_code == 0
    assert names(tmp_path) == [XLSX, "data"]
    assert SUBJECT in said_in(tmp_path / XLSX)


def refused(result: Result, words: str) -> None:
    """One sentence in Indonesian, and not success."""
    assert result.exit_code != 0
    assert result.output == f"Error: {words}\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"code": "cuti"}, "Tidak ada SOP cuti. Yang dikenal: pengawalan, pengaduan."),
        ({"code": "'; DROP"}, "Tidak ada SOP '; DROP. Yang dikenal: pengawalan, pengaduan."),
        ({"code": ""}, "Tidak ada SOP . Yang dikenal: pengawalan, pengaduan."),
        ({"year": 1999}, "Tahun harus antara 2000 dan 2100."),
        ({"year": 2101}, "Tahun harus antara 2000 dan 2100."),
        ({"year": 0}, "Tahun harus antara 2000 dan 2100."),
        ({"year": 10**9}, "Tahun harus antara 2000 dan 2100."),
        ({"half": 0}, "Semester hanya 1 atau 2."),
        ({"half": 3}, "Semester hanya 1 atau 2."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_explained_and_leaves_nothing(
    office: Office, tmp_path: Path, given: dict[str, object], words: str
) -> None:
    out = tmp_path / "laporan"
    code = str(given.pop("code", "pengaduan"))
    refused(report(out, code, **given), words)  # type: ignore[arg-type]
    assert not out.exists()
    assert exported(office) == []


@pytest.mark.parametrize(("year", "half"), [(2000, 1), (2100, 2)])
def test_year_beyond_the_working_calendar_is_explained(
    office: Office, tmp_path: Path, year: int, half: int
) -> None:
    result = report(tmp_path / "laporan", year=year, half=half)
    assert result.exit_code == 1
    assert "di luar kalender kerja" in result.output
    assert not (tmp_path / "laporan").exists()


def test_first_semester_of_the_working_calendar_has_a_report(office: Office, tmp_path: Path) -> None:
    assert report(tmp_path / "laporan", year=2020, half=1).exit_code == 0
    assert len(names(tmp_path / "laporan")) == 2


def test_installation_without_a_sop_says_so(tmp_path: Path) -> None:
    refused(report(tmp_path / "laporan"), "Tidak ada SOP pengaduan. Yang dikenal: -.")


@pytest.mark.parametrize(
    ("moment", "in_force"), [("Senin 2022-06-20 23:59", False), ("Selasa 2022-06-21 05:00", True)]
)
def test_sop_is_in_force_from_its_day_at_the_office(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, in_force: bool
) -> None:
    """At 05.00 WIB of its first day it is still the day before in UTC."""
    stop_at(monkeypatch, wib(moment))
    result = report(tmp_path / "laporan", year=2022, half=1)
    if in_force:
        assert result.exit_code == 0
    else:
        refused(result, "SOP ini belum berlaku.")


@pytest.mark.parametrize("out", ["berkas", "berkas/laporan", "x" * 300])
def test_folder_that_cannot_be_written_is_explained(office: Office, tmp_path: Path, out: str) -> None:
    (tmp_path / "berkas").write_bytes(b"bukan folder")
    folder = tmp_path / out
    refused(report(folder), f"Folder {folder} tidak dapat ditulisi.")
    assert names(tmp_path) == ["berkas", "data"]
    assert (tmp_path / "berkas").read_bytes() == b"bukan folder"
    assert exported(office) == []


def test_second_file_that_cannot_be_written_takes_the_first_with_it(office: Office, tmp_path: Path) -> None:
    """A folder stands where the print-out would be written: neither file, no half of one, no act."""
    in_the_way = tmp_path / "out" / f".{PDF}.unfinished"
    in_the_way.mkdir(parents=True)
    refused(report(tmp_path / "out"), f"Folder {tmp_path / 'out'} tidak dapat ditulisi.")
    assert names(tmp_path / "out") == [in_the_way.name]
    assert exported(office) == []
    in_the_way.rmdir()
    assert report(tmp_path / "out").exit_code == 0
    assert names(tmp_path / "out") == [PDF, XLSX]


def test_report_whose_act_cannot_be_recorded_is_not_written(office: Office, tmp_path: Path) -> None:
    """Every file that leaves the program leaves an act."""
    with office.store.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER audit_full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    arguments = ["report", "pengaduan", "--year", "2026", "--semester", "2", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(cli.main, arguments).exit_code != 0
    assert names(tmp_path / "out") == []


def planted_in(folder: Path) -> set[str]:
    said = [said_in(path) for path in folder.iterdir()]
    assert len(said) == 2
    return {value for value in map(str, REPORTER.values()) if any(value in one for one in said)}


def test_files_name_no_reporter(office: Office, tmp_path: Path) -> None:
    assert report(tmp_path / "out").exit_code == 0
    assert planted_in(tmp_path / "out") == set()


def test_twin_a_reporter_written_where_it_does_not_belong_would_be_found(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "refuse_in_clear", lambda *_, **__: None)  # or it could not be written there
    open_one(office, "pengaduan", subject=f"Laporan {REPORTER['reporter_name']}")
    assert report(tmp_path / "out").exit_code == 0
    assert planted_in(tmp_path / "out") == {REPORTER["reporter_name"]}


def test_case_that_is_hidden_from_somebody_stands_in_the_report(office: Office, tmp_path: Path) -> None:
    """It is made for nobody in particular; who may not see the case finds it in no screen and no issued file."""
    for who in office.actors.values():
        if Role.ADMINISTRATOR not in who.roles:
            declare_conflict(
                office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=AT, case_id=1,
                user_id=who.user_id, reason="keluarga",
            )  # fmt: skip
            break
    assert report(tmp_path / "out").exit_code == 0
    assert SUBJECT in said_in(tmp_path / "out" / XLSX)
