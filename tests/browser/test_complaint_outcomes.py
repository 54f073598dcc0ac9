"""Complaints through every outcome that a review can have, and what goes with one on its way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import case_acts as case
from tests.browser.conftest import People
from tests.browser.paperwork import record, send_form
from tests.browser.person import Person
from tests.unit.honest_files import pdf

pytestmark = pytest.mark.xdist_group("browser")

REPORTER = "Teuku Tersembunyi Sababalat"
DONE_TO_REVIEW = {"1": "Tidak diukur", "2": "Tepat waktu", "3": "Tepat waktu", "4": "Tepat waktu"}
REQUIRED = "Bidang ini wajib diisi."


def register(person: Person, *, subject: str, received_at: str = "", channel: str = "") -> str:
    """Register a complaint of this very reporter; its register number. Ends at the case."""
    person.move_to("/baru?sop=pengaduan")
    if channel:
        person.choose("channel", channel)
    if received_at:
        person.set_moment("received_at", received_at)
    person.type("subject", subject).type("description", "Diceritakan di meja layanan.")
    person.type("reporter_name", REPORTER).type("reporter_phone", "0812-7777-0001")
    person.choose("reported_element", "PPS").choose("district", "Sikakap")
    return send_form(person, "open.pengaduan.send")


def up_to_review(person: Person, *, subject: str) -> str:
    """A complaint that waits for its review, as one who may record for others brings it there; its number."""
    number = register(person, subject=subject)
    case.finish(person, "2")
    case.finish(person, "3")
    return number


def states(person: Person) -> dict[str, str]:
    """The chips of each step of the case: its state, with the round where there is more than one."""
    lines = person.page.locator("[class*='st-key-case-step-']").all()
    return {
        line.inner_text().split(".")[0]: ", ".join(words for _icon, words in person.badges(line))
        for line in lines
    }


def test_review_ends_a_complaint_or_passes_it_on(people: People) -> None:
    secretary = people("sekretaris")
    up_to_review(secretary, subject="Bukan urusan KPU")
    secretary.choose("outcome", "Bukan tupoksi KPU: disalurkan ke instansi lain")
    expect(secretary.field("cover_letter_number")).to_be_visible()
    secretary.page.get_by_role("button", name="Catat selesai").click()
    expect(secretary.page.get_by_text(REQUIRED)).to_have_count(
        3
    )  # which agency, by which letter, of which date
    secretary.choose("other_agency", "DKPP").type("cover_letter_number", "9/HK.07-SD/1309/2026")
    secretary.set_moment("cover_letter_on", "20112026")
    assert "Berkas ditutup: Disalurkan ke Instansi Lain." in case.finish(secretary, "4")
    assert states(secretary) == DONE_TO_REVIEW | dict.fromkeys("567", "Dilewati")

    up_to_review(secretary, subject="Tanpa bukti apa pun")
    secretary.choose("outcome", "Tidak dapat ditindaklanjuti")
    secretary.choose("not_actionable_reason", "Bukti tidak jelas")
    assert "Berkas ditutup: Diarsipkan." in case.finish(secretary, "4")
    assert states(secretary) == DONE_TO_REVIEW | dict.fromkeys("567", "Dilewati")

    up_to_review(secretary, subject="Urusan logistik")
    secretary.choose("outcome", "Disalurkan ke sub bagian lain").type("other_unit", "Subbagian KUL")
    assert "Berikutnya: 5. Tindak lanjut tertulis" in case.finish(secretary, "4")
    expect(secretary.page.get_by_text("Batas nasional (berkadar pengawasan): 60 hari kerja")).to_be_visible()
    expect(secretary.page.get_by_text("14 hari kerja")).to_have_count(0)
    secretary.show("Tindakan").show("Tutup").type("reason", "Dicabut pelapor dengan surat", form="close.")
    secretary.page.get_by_role("button", name="Tutup berkas").click()
    secretary.said("Berkas ditutup: Dicabut.")
    secretary.settled().show("Berkas")
    assert states(secretary)["5"] != "Berjalan"
    expect(secretary.page.get_by_role("button", name="Catat selesai")).to_have_count(0)


def test_oversight_matter_is_examined_after_a_second_round(people: People, tmp_path: Path) -> None:
    desk, secretary = people("desk"), people("sekretaris")
    number = register(desk, subject="Pungutan dalam rekrutmen PPS")
    address = desk.page.url.removeprefix(desk.home)
    receipt_and_file_go_up(desk, number, tmp_path)
    secretary.move_to(address)
    is_disposed_of(secretary, number, tmp_path)

    lawyer, team = people("hukum"), people("pemeriksa")
    lawyer.move_to(address)
    case.finish(lawyer, "4", result="Berkadar pengawasan")
    case.finish(lawyer, "5")
    team.move_to(address).show("Kembalikan")
    team.type("reason", "Kertas kerja belum ditandatangani", form="return.")
    team.page.get_by_role("button", name="Kembalikan").click()
    team.said("Dikembalikan ke langkah 5; putaran berikutnya dimulai.")
    assert states(team.settled())["5"].count("putaran") == 2
    lawyer.move_to(address)
    case.finish(lawyer, "5")
    team.move_to(address).type("output_team_report", "LTP-2/2026")
    case.finish(team, "6")

    secretary.show("Berkas").type("result_letter_number", "21/HK.07-SD/1309/2026")
    assert "Berkas ditutup: Selesai." in case.finish(secretary, "7")
    assert states(secretary) == DONE_TO_REVIEW | {
        "5": "Tepat waktu, putaran 1, Tepat waktu, putaran 2",
        "6": "Tepat waktu, putaran 1, Tepat waktu, putaran 2",  # handing back ends a round of one's own
        "7": "Tepat waktu",
    }


def receipt_and_file_go_up(desk: Person, number: str, folder: Path) -> None:
    """The reporter's receipt does not name the reporter, whose name is written on it by hand."""
    case.paper(desk, "2. Tanda terima").type("officer_name", "Nurul Aini")
    case.save_paper(desk)
    receipt = case.printed(desk, folder)
    for told in ("TANDA TERIMA PENGADUAN MASYARAKAT", number, "Pungutan dalam rekrutmen PPS", "Nurul Aini"):
        assert told in receipt
    assert no_identity_in(receipt)
    desk.show("Berkas")
    case.finish(desk, "2")


def is_disposed_of(secretary: Person, number: str, folder: Path) -> None:
    """The disposition sheet holds what the Sekretaris has decided; the dispatch book who took the file away."""
    secretary.choose("instructions", "Telaah dan sarankan", "Siapkan jawaban").choose("urgency", "Segera")
    secretary.type("secretary_note", "Dahulukan, masa rekrutmen")
    case.finish(secretary, "3")
    case.paper(secretary, "3. Lembar disposisi")
    sheet = case.printed(secretary, folder)
    for told in ("LEMBAR DISPOSISI", number, "Sub Bagian Hukum", "Dahulukan, masa rekrutmen"):
        assert told in sheet
    assert no_identity_in(sheet)
    case.book(secretary, "Buku ekspedisi internal").type("from_unit", "Sekretaris")
    secretary.type("to_unit", "Sub Bagian Hukum").type("received_by", "Yosef Tatubeket")
    case.write(secretary)
    case.paper(secretary, "Buku ekspedisi internal")
    book = case.printed(secretary, folder)
    for told in ("BUKU EKSPEDISI INTERNAL", number, "Sekretaris Sub Bagian Hukum", "Yosef Tatubeket"):
        assert told in book
    assert no_identity_in(book)


def no_identity_in(words: str) -> bool:
    return not any(part in words for part in (*REPORTER.split(), "0812-7777-0001"))


def test_complaint_by_post_needs_no_examination_and_keeps_its_reporter(
    people: People, tmp_path: Path
) -> None:
    secretary, admin = people("sekretaris"), people("admin")
    secretary.move_to("/baru?sop=pengaduan")
    expect(secretary.field("letter_on")).to_have_count(0)
    secretary.choose("channel", "Pos")
    expect(secretary.field("letter_on")).to_be_visible()
    register(secretary, subject="Surat dari Sikakap", channel="Pos")
    address = secretary.page.url.removeprefix(secretary.home)
    is_revealed_for_a_reason(secretary)
    keeps_a_confidential_file(secretary, admin, address, tmp_path)

    secretary.show("Berkas")
    case.finish(secretary, "2")
    case.finish(secretary, "3")
    case.finish(secretary, "4", result="Berkadar pengawasan")
    case.finish(secretary, "5")
    secretary.show("Lewati")
    secretary.page.get_by_role("button", name="Lewati").click()
    expect(secretary.page.get_by_text(REQUIRED)).to_be_visible()
    secretary.type("reason", "Bukti sudah lengkap", form="skip.")
    secretary.page.get_by_role("button", name="Lewati").click()
    secretary.said("Langkah 6 dilewati.")
    assert "Berkas ditutup: Selesai." in case.finish(secretary.settled(), "7")
    assert states(secretary) == DONE_TO_REVIEW | {"5": "Tepat waktu", "6": "Dilewati", "7": "Tepat waktu"}
    expect(secretary.keyed("case.step.examination")).to_contain_text("Bukti sudah lengkap")


def is_revealed_for_a_reason(secretary: Person) -> None:
    """The name stands masked; a look needs a reason, lasts until the next click, and stays in the history."""
    page = secretary.page
    expect(page.get_by_text("●●●●● (dirahasiakan)")).to_have_count(2)
    secretary.unfold("Tampilkan identitas")
    reveal = page.locator("[class*='st-key-reveal-'][class*='-send ']").get_by_role("button")
    reveal.click()
    expect(page.get_by_text(REQUIRED)).to_be_visible()
    expect(page.get_by_text(REPORTER)).to_have_count(0)
    secretary.type("reason", "Menghubungi pelapor", form="reveal.")
    reveal.click()
    expect(page.get_by_text(REPORTER)).to_be_visible()
    secretary.settled().show("Riwayat")
    expect(page.get_by_text("Identitas pelapor ditampilkan")).to_be_visible()
    expect(page.get_by_text("Menghubungi pelapor")).to_be_visible()
    expect(page.get_by_text(REPORTER)).to_have_count(0)


def keeps_a_confidential_file(secretary: Person, admin: Person, address: str, folder: Path) -> None:
    """A scan of the letter names its writer: the administrator sees that it is there, and cannot open it."""
    scan = folder / "surat.pdf"
    scan.write_bytes(pdf())
    secretary.show("Lampiran")
    case.attach(secretary, scan, title="Surat asli")
    secretary.said("Berkas terlampir.")
    link = secretary.page.get_by_role("link", name=re.compile("^Unduh"))
    download = secretary.download(link)
    assert Path(download.path()).read_bytes() == pdf()
    file = str(link.get_attribute("href"))

    admin.move_to(address).show("Lampiran")
    expect(admin.page.get_by_text("Memuat identitas pelapor: tidak terbuka untuk Anda.")).to_be_visible()
    expect(admin.page.get_by_role("link", name=re.compile("^Unduh"))).to_have_count(0)
    answer = admin.page.request.get(file)
    assert answer.status == 403
    assert b"%PDF" not in answer.body()
    assert admin.page.request.get(file.replace("lampiran?", "pratinjau-lampiran?")).status == 403
    admin.show("Berkas")
    expect(admin.page.get_by_text("●●●●● (dirahasiakan)")).to_have_count(2)
    expect(admin.page.get_by_text("Tampilkan identitas")).to_have_count(0)


def test_pause_for_the_reporter_leaves_the_official_figure(people: People) -> None:
    """Received Senin 2 November, disposed of on Selasa 3: the review is due on Kamis 12, and with the pause on 19."""
    secretary = people("sekretaris")
    register(secretary, subject="Menunggu bukti pelapor", received_at="021120260800")
    case.finish(secretary, "2", at="021120260815")
    case.finish(secretary, "3", at="031120260900")
    secretary.show("Tindakan").show("Jeda").set_moment("at", "041120260730", form="pause.")
    secretary.type("reason", "Menunggu salinan kuitansi", form="pause.")
    secretary.page.get_by_role("button", name="Jeda berkas").click()
    secretary.said("Jeda tercatat; waktu SOP tetap berjalan.")
    expect(secretary.settled().badge("Perlu Dilengkapi")).to_be_visible()
    secretary.set_moment("at", "101120261600", form="resume.")
    secretary.page.get_by_role("button", name="Akhiri jeda").click()
    secretary.said("Jeda diakhiri.")
    expect(secretary.settled().badge("Perlu Dilengkapi")).to_have_count(0)

    secretary.show("Berkas").choose("outcome", "Tidak berkadar pengawasan")
    case.finish(secretary, "4", at="161120261500")
    review = secretary.keyed("case.step.review")
    expect(review.locator(".stMarkdownBadge").filter(has_text="Terlambat")).to_be_visible()
    expect(review).to_contain_text("tenggat 12 Nov 2026, 16.00")
    expect(review).to_contain_text("dengan jeda: tenggat 19 Nov 2026, 16.00")
    expect(review).to_contain_text("tepat waktu")
    expect(secretary.page.get_by_text("Batas nasional (tidak berkadar pengawasan): 14 hari")).to_be_visible()
    assert "Berkas ditutup: Selesai." in case.finish(secretary, "7")
    assert states(secretary)["5"] == states(secretary)["6"] == "Dilewati"


def test_named_secretary_loses_sight_of_a_whistleblower_report(people: People) -> None:
    """Only the reference of a WBS report is kept; who is named in a conflict of interest finds the case nowhere."""
    desk, secretary, leader = people("desk"), people("sekretaris"), people("pimpinan")
    desk.move_to("/baru?sop=pengaduan").choose("channel", "WBS")
    for absent in ("subject", "description", "reporter_name", "reported_name", "district", "evidence_note"):
        expect(desk.field(absent)).to_have_count(0)
    desk.type("reference_number", "WBS-2026-0091")
    number = send_form(desk, "open.pengaduan.send")
    expect(desk.page.get_by_text("Laporan WBS (isi tidak disalin)")).to_be_visible()
    expect(desk.page.get_by_text("●●●●●")).to_have_count(0)
    case.finish(desk, "2")
    address = desk.page.url.removeprefix(desk.home)
    secretary.move_to(address).type("secretary_note", "Saya tangani sendiri")

    leader.move_to(address).show("Tindakan").show("Benturan kepentingan")
    leader.unfold("Nyatakan potensi benturan")
    leader.choose("user_id", "Darwin Sakerebau", form="conflict.").type(
        "reason", "Terlapor dalam laporan ini", form="conflict."
    )
    leader.page.get_by_role("button", name="Nyatakan benturan kepentingan").click()
    leader.said("Benturan kepentingan dinyatakan; berkas tidak lagi ditampilkan kepada orang ini.")
    leader.settled()

    secretary.page.get_by_role(
        "button", name="Catat selesai"
    ).click()  # the page was open before he was named
    secretary.said("Tidak ditemukan.")
    assert number not in secretary.page.get_by_test_id("stMain").inner_text()
    secretary.open(f"/pengaduan?cari={number}").said("Tidak ada berkas yang cocok")

    leader.unfold("Tugaskan berkas")
    leader.choose("user_id", "Elvira Zalukhu", form="assign.").type(
        "reason", "Menggantikan Sekretaris", form="assign."
    )
    leader.page.get_by_role("button", name="Tugaskan berkas").click()
    leader.said("Berkas telah ditugaskan; kini ada di Tugas orang ini.")
    team = people("pemeriksa").open("/tugas")
    said = record(team, number, "3")
    assert "Berikutnya: 4. Penelaahan" in said
    leader.settled().show("Riwayat")
    expect(leader.page.get_by_text("20 Nov 2026, 10.35 oleh Elvira Zalukhu")).to_be_visible()
