"""One escort over a weekend, from the request to its evaluation, each step by whose it is; written down days later."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import case_acts as case
from tests.browser.conftest import People
from tests.browser.figures import (
    counted,
    differences,
    in_workbook,
    on_screen,
    sentence,
    share_of,
    sheet_rows,
)
from tests.browser.paperwork import begin_escort, send_form
from tests.browser.person import Person
from tests.unit.honest_files import picture

pytestmark = pytest.mark.xdist_group("browser")

LETTER_NO = "017/TU.01-ST/1309/2026"
ALARM = "Rawan: kendali di Kepolisian setempat"
# Berangkat Jumat 13 November 07.10, kembali Minggu 15 November 17.40: 29 slots, and half an hour that needs no entry.
FILLED = {
    "Jumat, 13 November 2026": ("07.10–09.10", "21.10–23.10"),
    "Sabtu, 14 November 2026": ("01.10–03.10", "11.10–13.10"),
    "Minggu, 15 November 2026": ("09.10–11.10", "15.10–17.10"),
}
SLOTS = {"Jumat, 13 November 2026": 9, "Sabtu, 14 November 2026": 12, "Minggu, 15 November 2026": 8}


def test_escort_over_a_weekend_from_request_to_evaluation(people: People, tmp_path: Path) -> None:
    leader = people("pimpinan")
    judged, logged = sentence(leader)[1:], share_of(leader, "Buku mutasi")
    steps = counted(leader, "pengawalan")

    head = people("kasubbag")
    number = is_asked_for(head)
    address = head.page.url.removeprefix(head.home)
    is_prepared(head, tmp_path)
    guard = people("jagat")
    sets_out(guard, address)
    keeps_the_log(guard, number)
    is_in_police_hands_and_back(guard, leader, number=number, address=address)
    photographs_an_incident(guard, address, tmp_path)
    comes_back(guard)
    reports(guard, tmp_path)
    is_evaluated(head, address)

    leader.move_to("/ringkasan")
    assert [now - then for now, then in zip(sentence(leader)[1:], judged, strict=True)] == [4, 5]
    moved = {step: n - steps.get(step, 0) for step, n in counted(leader, "pengawalan").items()}
    assert moved == dict.fromkeys("12345", 1)
    now_logged = share_of(leader, "Buku mutasi")
    assert [now - then for now, then in zip(now_logged, logged, strict=True)] == [6, 29]
    agrees_with_workbook(leader, number, logged=now_logged, folder=tmp_path)


def is_asked_for(head: Person) -> str:
    """On Senin 9 November for Jumat: less time than the SOP allows."""
    begin_escort(
        head, activity="Peninjauan gudang di Sikakap", departs="131120260700", returns="151120261800"
    )
    head.set_moment("received_at", "091120260800").type("leader_position", "Ketua KPU")
    head.type("request_letter_number", "12/ND/2026").set_moment("request_letter_on", "09112026")
    head.type("personnel", "Bonar Samaloisa\nTigor Saogo").choose(
        "equipment", "Surat Tugas", "Alat komunikasi"
    )
    number = send_form(head, "open.pengawalan.send")
    expect(head.badge("Permintaan mendadak")).to_be_visible()
    return number


def is_prepared(head: Person, folder: Path) -> None:
    """Steps 1 to 4, the last of them too late, with the Surat Tugas printed before its step is finished."""
    head.type("output_issue_inventory", "Map 3")
    case.finish(head, "1", at="091120261400")
    case.finish(head, "2", at="101120260900")
    case.paper(head, "3. Surat Tugas").type("number", LETTER_NO).set_moment("signed_on", "10112026")
    head.type("personnel", "Bonar Samaloisa; 19850101 200801 1 002; Penata/III.c; Komandan regu\nTigor Saogo")
    case.save_paper(head)
    letter = case.printed(head, folder)
    for told in (
        f"Nomor: {LETTER_NO}",
        "1. Bonar Samaloisa 19850101 200801 1 002 Penata/III.c Komandan regu 2. Tigor Saogo",
        "pengawalan Saibi Taileleu (Ketua KPU) dalam rangka Peninjauan gudang di Sikakap",
        "berangkat Jumat, 13 November 2026 pukul 07.00 WIB dan kembali Minggu, 15 November 2026 pukul 18.00",
        "Nota Dinas Nomor 12/ND/2026 tanggal 9 November 2026",
        "Tuapejat, 10 November 2026 SEKRETARIS, IRMAN SUSANTO NIP. 19800908 200604 1 008",
    ):
        assert told in letter
    assert re.search(r"[{}\[\]]|\.{4}|…|KONSEP|None", letter) is None, letter
    head.show("Berkas")
    said = case.finish(head, "3", at="101120261500")
    assert "Keluaran" not in said, "the numbered letter is the output"
    assert "tenggat Selasa, 10 November 2026 pukul 15.05 WIB" in said
    head.choose("late_reason", "Cuaca/transportasi laut")
    case.finish(head, "4", at="111120260745")
    line = head.keyed("case.step.order_escort")
    expect(line.locator(".stMarkdownBadge").filter(has_text="Terlambat")).to_be_visible()
    expect(line).to_contain_text("Cuaca/transportasi laut")
    expect(head.page.get_by_text("Kelengkapan keluaran: 2 dari 3")).to_be_visible()


def sets_out(guard: Person, address: str) -> None:
    """Step 5, the check before leaving, which is missed when it lacks, and the departure."""
    guard.move_to(address)
    case.finish(guard, "5", at="121120261000")
    expect(guard.page.get_by_text("Cek perlengkapan belum diisi.")).to_be_visible()
    case.book(guard, "Cek perlengkapan").choose("items", "Surat Tugas", "Alat komunikasi")
    guard.switch("surroundings_secured").switch("threat_detected").type("threat", "Ombak tinggi")
    case.write(guard, at="131120260630")
    guard.show("Berkas")
    expect(guard.page.get_by_text("Cek perlengkapan belum diisi.")).to_have_count(0)
    case.begin(guard, at="131120260710")


def keeps_the_log(guard: Person, number: str) -> None:
    """The first entries in the quick form of Tugas, the others in the book, through day and night of three days."""
    guard.move_to("/tugas")
    card = guard.page.locator("[class*='st-key-log-']").filter(has_text=number)
    expect(card.get_by_text("09.10–11.10 menunggu catatan")).to_be_visible()  # it is 10.35 and nobody is back
    quick = "entry." + card.get_attribute("class").split("st-key-log-")[1].split("-")[0]
    for at in ("131120260800", "131120262110"):
        guard.type("location", "Dermaga Sikakap", form=quick).type(
            "account", f"Aman terkendali {at}", form=quick
        )
        case.write(guard, at=at, form=quick)
    card.get_by_role("link", name=number).click()
    guard.page.wait_for_url("**/berkas?id=*")
    case.book(guard.settled(), "Buku mutasi")
    expect(guard.field("location").locator("input")).to_have_value("Dermaga Sikakap")  # where they were last
    for at in ("141120260230", "141120261300", "151120260910", "151120261700", "151120261730"):
        guard.type("account", f"Patroli {at}")
        case.write(guard, at=at)


def is_in_police_hands_and_back(guard: Person, leader: Person, *, number: str, address: str) -> None:
    """Rawan from Sabtu 22.00 to Minggu 06.00: a leader sees it on the overview and on the case, while it lasts."""
    case.book(guard, "Situasi Aman/Rawan").choose("situation", ALARM).type("cause", "Massa menutup jalan")
    guard.page.locator("[class*='st-key-entry-'][class*='-send ']").get_by_role("button").click()
    expect(guard.page.get_by_text("Bidang ini wajib diisi.")).to_have_count(
        4
    )  # who, since when, how to reach them
    guard.type("police_unit", "Polsek Sikakap").type("police_contact", "Aiptu Marlon").type(
        "police_phone", "0812-6600-1102"
    )
    guard.set_moment("control_handed_over_at", "141120262205")
    case.write(guard, at="141120262200")

    leader.move_to("/ringkasan")
    assert f"{ALARM} {number} sejak 14 Nov 2026, 22.00 Polsek Sikakap" in in_one_line(leader)
    leader.move_to(address)
    leader.said(f"{ALARM} · sejak 14 Nov 2026, 22.00")
    told = in_one_line(leader)
    assert "Satuan polisi: Polsek Sikakap · Nama petugas polisi: Aiptu Marlon" in told
    assert "Waktu serah terima kendali: 14 Nov 2026, 22.05" in told

    guard.choose("situation", "Aman: kendali di personel pengamanan").type("cause", "Massa bubar")
    guard.type("controller", "Bonar Samaloisa")
    case.write(guard, at="151120260600")
    leader.move_to("/ringkasan")
    assert number not in in_one_line(leader).partition("Kepatuhan")[0]
    leader.move_to(address)
    expect(leader.page.get_by_text("Aman: kendali di personel pengamanan")).to_be_visible()
    expect(leader.page.get_by_test_id("stAlert")).to_have_count(0)


def in_one_line(person: Person) -> str:
    """All words of the page, blanks and ends of lines evened out, icons' names left out."""
    words = person.page.get_by_test_id("stMain").evaluate(
        "main => { const all = main.cloneNode(true);"
        " all.querySelectorAll('[data-testid=stIconMaterial], .material-symbols-rounded').forEach(e => e.remove());"
        " main.append(all); const said = all.innerText; all.remove(); return said }"
    )
    return re.sub(r"\s+", " ", str(words))


def photographs_an_incident(guard: Person, address: str, folder: Path) -> None:
    """An entry of the pocket book with a photograph, which then stands with the case's files too."""
    photo = folder / "ban pecah.png"
    photo.write_bytes(picture("PNG"))
    case.book(guard, "Buku saku (kejadian)").type("place", "Km 4").type("incident", "Ban kendaraan pecah")
    guard.type("action", "Diganti ban cadangan").type("reported_to", "Kasubbag KUL")
    case.write(guard, at="151120261100")
    entry = case.entry(guard, "Ban kendaraan pecah")
    entry.get_by_role("button", name="Perbaiki atau lampirkan").click()
    guard.settled()
    case.attach(guard, photo, title="Foto ban pecah", form="attach.entry.")
    guard.said("Berkas terlampir.")
    expect(entry.get_by_text("Foto ban pecah")).to_be_visible()


def comes_back(guard: Person) -> None:
    """The return ends the slots: two each day are filled, all of them late; the others are named."""
    guard.show("Berkas")
    case.finish(guard, "6", at="151120261740")
    case.book(guard, "Buku mutasi")
    expect(guard.page.get_by_text("20,7% slot terisi (6 dari 29); 0 tepat waktu")).to_be_visible()
    words = guard.said("Terlewat:").partition("Terlewat: ")[2]
    missed = {day[0]: day[1].split(", ") for day in re.findall(r"(\w+, \d+ \w+ \d+) ([^;]+)", words)}
    assert {day: len(slots) + len(FILLED[day]) for day, slots in missed.items()} == SLOTS
    assert [slot for day, slots in FILLED.items() for slot in slots if slot in missed[day]] == []
    together = guard.said("Dicatat sekaligus")
    assert all(slot in together for slots in FILLED.values() for slot in slots)
    icons = [icon for icon, words in guard.badges() if re.fullmatch(r"\d\d\.\d\d–\d\d\.\d\d", words)]
    assert (icons.count("running_with_errors"), icons.count("error"), len(icons)) == (6, 23, 29)


def reports(guard: Person, folder: Path) -> None:
    """Step 7: the travel report takes its figures from the books; SIPADA's number is asked for where it was used."""
    case.paper(guard, "7. Laporan perjalanan dinas").type("number", "LPD-09/2026")
    guard.type("account", "Berangkat tepat waktu\nMassa sempat menutup jalan").type(
        "officer_name", "Bonar Samaloisa"
    )
    case.save_paper(guard)
    report = case.printed(guard, folder)
    for told in ("Nomor: LPD-09/2026", "7 entri", "6 dari 29", LETTER_NO, "Massa sempat menutup jalan"):
        assert told in report
    assert re.search(r"[{}]|None", report) is None, report
    guard.show("Berkas")
    expect(guard.field("sipada_reference")).to_have_count(0)
    guard.switch("sipada_reported").set_moment("sipada_reported_at", "161120260900")
    guard.type("sipada_reference", "SIPADA-771").type("output_digital_report", "SIPADA-771")
    said = case.finish(guard, "7", at="161120261000")
    assert "Keluaran" not in said


def is_evaluated(head: Person, address: str) -> None:
    """Step 8 closes the case; what is missing of its papers stands beside the times and spoils none of them."""
    head.move_to(address)
    head.choose("rating", "Cukup").type("evaluation_note", "Buku mutasi diisi belakangan")
    head.type("output_evaluation_report", "EV-04/2026")
    said = case.finish(head, "8", at="171120261000")
    assert "Berkas ditutup: Selesai." in said
    expect(head.page.get_by_text("Kelengkapan keluaran: 5 dari 7")).to_be_visible()
    head.show("Riwayat")
    history = head.page.get_by_test_id("stMain").inner_text()
    for told in (
        "Langkah 6. Pelaksanaan pengawalan: Berangkat",
        "Dicatat di: Situasi Aman/Rawan",
        "Foto ban pecah",
    ):
        assert told in history


def agrees_with_workbook(leader: Person, number: str, *, logged: tuple[int, int], folder: Path) -> None:
    screen = on_screen(leader, "pengawalan")
    download = leader.download(leader.page.get_by_role("link", name="Unduh Excel"))
    path = folder / "laporan.xlsx"
    download.save_as(path)
    assert differences(screen, in_workbook(path)) == []
    rows = sheet_rows(path, "Buku mutasi", "Slot terlewat")
    ours = next(row for row in rows if row["Nomor register"] == number)
    assert (ours["Slot wajib"], ours["Terisi"], ours["Di antaranya tepat waktu"]) == (29, 6, 0)
    whole = next(row for row in rows if row["Nomor register"] == "Semua pengawalan")
    assert (whole["Terisi"], whole["Slot wajib"]) == logged
