"""The screens whose server time is measured, by their addresses, and how a warm and a cold rerun are timed."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, select

from dashboard.analysis.address import LIST
from dashboard.compliance_screen import VIEWS
from models.database import engine, reading
from models.tables import CaseFile
from tests.bench.browserless import BETWEEN_RUNS, Tab

OTHERS_TOO = "Juga yang menunggu peran lain"


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen by its address, and who looks at it; `toggle` is switched on first."""

    name: str
    path: str
    query: str = ""
    username: str = "sekretaris"
    toggle: str = ""


OVERVIEW = Screen("Ringkasan", "ringkasan", username="pimpinan")
COMPLIANCE = [
    Screen(f"Kepatuhan, {view}", "kepatuhan", f"sop=pengaduan&lihat={view}", username="pimpinan")
    for view in (*VIEWS, LIST)
]


def screens(folder: Path) -> list[Screen]:
    """All screens of the office in that data folder."""
    store = engine(f"sqlite:///{folder / 'patuh.db'}")
    try:
        return screens_of(store)
    finally:
        store.dispose()


def screens_of(store: Engine) -> list[Screen]:
    """All screens; the cases are the ones with the most in them: open, the oldest of each SOP."""
    escort, complaint = (_oldest_open(store, code) for code in ("pengawalan", "pengaduan"))
    late = "sop=pengaduan&lihat=daftar&putusan=not_in_time&langkah=recording"
    return [
        OVERVIEW,
        replace(OVERVIEW, name="Ringkasan, on the wall", query="layar=1"),
        *COMPLIANCE,
        Screen("Kepatuhan, daftar of a figure", "kepatuhan", late, username="pimpinan"),
        Screen("Tugas", "tugas", username="hukum"),
        Screen("Tugas, everybody's", "tugas", toggle=OTHERS_TOO),
        Screen("Pengawalan", "pengawalan"),
        Screen("Pengaduan", "pengaduan"),
        Screen("Pengaduan, of a figure", "pengaduan", "langkah=recording&putusan=late&tenggat=2026-S2"),
        Screen("Pengaduan, searched for", "pengaduan", "cari=sikakap"),
        Screen("an escort", "berkas", f"id={escort}"),
        Screen("a complaint", "berkas", f"id={complaint}"),
        Screen("new escort", "baru", "sop=pengawalan"),
        Screen("new complaint", "baru", "sop=pengaduan"),
        Screen("Laporan, pengawalan", "laporan", "sop=pengawalan"),
        Screen("Laporan, pengaduan", "laporan", "sop=pengaduan"),
        Screen("SOP", "sop"),
        Screen("Pengguna", "pengguna", username="admin"),
        Screen("Akun", "akun"),
    ]


def _oldest_open(store: Engine, code: str) -> int:
    with reading(store) as connection:
        query = select(CaseFile.id).where(CaseFile.code == code, CaseFile.closed_at.is_(None))
        return connection.execute(query.order_by(CaseFile.received_at).limit(1)).scalar_one()


def open_warm(page: Tab, screen: Screen) -> None:
    """Open the screen and run it until nothing of it is new."""
    page.open(screen.path, screen.query)
    if screen.toggle:
        page.switched_on.add(screen.toggle)
    for _ in range(2):
        page.rerun()


def warm_rerun(page: Tab) -> float:
    """Seconds of one rerun of the open screen, with nothing of the run before still going on."""
    time.sleep(BETWEEN_RUNS)
    return page.rerun()


def cold_rerun(page: Tab) -> float:
    """Seconds of one rerun of the open screen with all caches of the server emptied."""
    page.forget()
    time.sleep(BETWEEN_RUNS)
    return page.rerun()
