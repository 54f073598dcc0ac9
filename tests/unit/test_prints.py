"""Papers as they come out of the printer: their words read back from the PDF."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import typst
from pypdfium2 import PdfDocument

from dashboard.language import in_language
from dashboard.prints import render, words
from dashboard.prints.spelling import counted_days, spelled
from dashboard.prints.values import first_values
from models.form_data import clean
from models.queries.papers import PaperSources
from tests.factories import sop
from tests.moments import wib
from tests.print_cases import BEGUN_AT, OFFICE, entry, pages, sources

CODES = ("pengawalan", "pengaduan")
PAPERS = [(code, document.key) for code in CODES for document in sop(code).documents]
SENTENCE = "Pertanggungjawaban penyelenggaraan kegiatan dilaksanakan sesuai ketentuan. "
HOSTILE = [
    '#panic("x") #import "@preview/evil:1.0.0": *',
    "$x^2$ *tebal* _miring_ `kode` @rujuk <label> = Judul",
    '<b>tebal</b><script>alert("1")</script> {{x}} {case.reporter_name} %s \\u{41}',
    "// komentar /* lain */ --- ~ \\ # [ ] - + / 1.",
    "=1+1 'kutip' \"ganda\" & ; | ' -- …",
]


def text(found: PaperSources, key: str) -> str:
    """All words of a paper."""
    return " ".join(pages(render.pdf(words.build(found.view.sop.document(key), found))))


def filled(code: str, key: str, value: str) -> dict[str, Any]:
    """A form of that paper in which every text says `value`."""
    kinds: dict[str, Any] = {"text": value, "long_text": value, "people": [value], "place": value}
    return {
        field.key: kinds[field.type][: field.max_length]
        if field.type != "people"
        else [value[: field.max_length]]
        for field in sop(code).document(key).fields
        if field.type in kinds
    }


@pytest.mark.parametrize(("code", "key"), PAPERS)
def test_paper_of_an_empty_case_has_dotted_lines_and_no_word_of_the_program(code: str, key: str) -> None:
    said = text(sources(code), key)
    assert "KOMISI PEMILIHAN UMUM KABUPATEN KEPULAUAN MENTAWAI" in said
    assert "TUAPEJAT" in said
    assert "...." in said
    for strange in ("{", "}", "field.", "case.", "by_hand"):
        assert strange not in said
    assert not {"None", "null", "nan", "-", "True", "False", "NaT"} & set(said.split())


@pytest.mark.parametrize(("code", "key"), PAPERS)
def test_hostile_text_comes_out_as_text(code: str, key: str) -> None:
    document = sop(code).document(key)
    for hostile in HOSTILE:
        found = sources(code, saved={key: filled(code, key, hostile)})
        said = text(found, key).replace(" ", "")
        wanted = hostile.partition(";")[0].replace(" ", "")
        printed = any(field.type in ("text", "long_text", "people") for field in document.fields)
        assert (wanted in said) == printed, hostile


def test_twin_hostile_text_as_markup_would_run() -> None:
    """What the template would do to it if it were ever read as markup."""
    with pytest.raises(typst.TypstError, match="panicked"):
        typst.compile(b'#eval("#panic(1)", mode: "markup")', format="pdf", ignore_system_fonts=True)


@pytest.mark.parametrize(("code", "key"), PAPERS)
def test_nothing_of_the_vault_is_printed_even_if_it_were_at_hand(code: str, key: str) -> None:
    found = sources(code)
    secret = {field.key: f"RAHASIA{n}" for n, field in enumerate(sop(code).confidential_fields)}
    leaking = replace(found, view=replace(found.view, data=found.view.data | secret))
    assert "RAHASIA" not in text(leaking, key)


def test_twin_a_paper_that_names_the_reporter_would_print_the_name() -> None:
    found = sources("pengaduan")
    receipt = found.view.sop.document("receipt")
    leaking = replace(
        found, view=replace(found.view, data=found.view.data | {"subject": "RAHASIA", "reporter_name": "x"})
    )
    assert "RAHASIA" in " ".join(pages(render.pdf(words.build(receipt, leaking))))


@pytest.mark.parametrize(("code", "key"), PAPERS)
def test_paper_is_the_same_to_the_byte_in_both_languages_of_the_screen(code: str, key: str) -> None:
    document, found = sop(code).document(key), sources(code, entries=escort_entries())
    with in_language("en"):
        english = render.pdf(words.build(document, found))
    assert render.pdf(words.build(document, found)) == english
    assert b"pdfaid" in english  # PDF/A, as archives want it
    assert render.pages_png(words.build(document, found)) == render.pages_png(words.build(document, found))


def test_another_case_is_another_file() -> None:
    letter = sop("pengawalan").document("assignment_letter")
    one = render.pdf(words.build(letter, sources("pengawalan")))
    assert one != render.pdf(words.build(letter, sources("pengawalan", data={"activity": "Apel"})))


def test_character_of_no_font_still_prints() -> None:
    found = sources(
        "pengawalan", saved={"assignment_letter": filled("pengawalan", "assignment_letter", "你好 Saibi")}
    )
    made = render.pdf(words.build(sop("pengawalan").document("assignment_letter"), found))
    assert b"pdfaid" not in made
    assert "Saibi" in " ".join(pages(made))


def escort_entries() -> list[Any]:
    """An entry in each slot but the second, one incident, one change of situation."""
    hours = [h for h in range(0, 60, 2) if h != 2]
    found = [
        entry("mutation_book", BEGUN_AT + timedelta(hours=h, minutes=5), location="Dermaga", account=SENTENCE,
              situation="safe")
        for h in hours
    ]  # fmt: skip
    found.append(entry("pocket_book", BEGUN_AT, place="Bungus", incident="Ombak tinggi", parties=["Kapten"]))
    found.append(entry("situation_log", BEGUN_AT, situation="unsafe", cause="Unjuk rasa", police_unit="Polresta",
                       control_handed_over_at="2026-11-30T06:20Z"))  # fmt: skip
    return found


def test_logbook_prints_every_entry_with_its_head_on_each_page() -> None:
    found = sources("pengawalan", done={"escort": {}}, entries=escort_entries())
    printed = pages(render.pdf(words.build(found.view.sop.document("mutation_book"), found)))
    assert len(printed) > 2
    with_entries = [page for page in printed if "Dermaga" in page]
    assert len(with_entries) > 1
    assert all("Uraian kegiatan/situasi" in page for page in with_entries)
    assert sum(page.count("Dermaga") for page in printed) == 29
    assert "29 dari 30 slot (96,7%)" in printed[0]
    assert "29." in with_entries[-1]
    assert "SEMENTARA" not in printed[0]


def test_logbook_that_is_still_written_says_so_and_an_empty_one_says_nihil() -> None:
    said = text(sources("pengawalan"), "mutation_book")
    assert "SEMENTARA: pencatatan masih berjalan" in said
    assert "NIHIL" in said
    assert "slot" not in said


@pytest.mark.parametrize(("state", "told"), [("open", True), ("returned", False)])
def test_departure_is_told_while_the_escort_is_under_way(state: str, told: bool) -> None:
    found = sources("pengawalan", done={"escort": {}})
    running = replace(found.view.rounds[0], state=state, finished_at=None)
    said = text(replace(found, view=replace(found.view, rounds=(running,))), "mutation_book")
    assert ("Berangkat : Senin, 30 November 2026 pukul 07.10 WIB" in said) is told
    assert "Kembali : ...." in said


def test_columns_of_a_logbook_without_any_value_are_left_out() -> None:
    said = text(sources("pengawalan", entries=escort_entries()), "pocket_book")
    assert "Polresta" in said
    assert "30/11/2026 13.20" in said
    assert "Nomor kontak" not in said


def test_people_without_rank_have_no_column_for_it() -> None:
    plain = sources("pengawalan", data={"personnel": ["Saibi Sakerebau; ; ; Komandan Regu", "Teu Rokokok"]})
    said = text(plain, "assignment_letter")
    assert "Komandan Regu" in said
    assert "Pangkat" not in said
    ranked = sources("pengawalan", data={"personnel": ["Saibi; 19800908; Penata (III/c); Anggota"]})
    assert "Pangkat/Gol. Jabatan 1. Saibi 19800908 Penata (III/c) Anggota" in text(
        ranked, "assignment_letter"
    )
    assert "Nama NIP Pangkat/Gol. Jabatan 1. 2. 3." in text(sources("pengawalan"), "assignment_letter")


def test_boxes_of_the_chosen_are_ticked() -> None:
    found = sources(
        "pengaduan", done={"disposition": {"instructions": ["review", "file"], "urgency": "urgent"}}
    )
    made = words.build(found.view.sop.document("disposition_sheet"), found)
    boxes = {item["words"]: item["on"] for block in made["blocks"] for item in block.get("items", [])}
    assert boxes == {
        "Biasa": False, "Segera": True, "Sangat Segera": False, "Rahasia": False,
        "Telaah dan sarankan": True, "Tindak lanjuti": False, "Koordinasikan": False, "Untuk diketahui": False,
        "Siapkan jawaban": False, "Arsipkan": True,
    }  # fmt: skip


def test_number_of_a_letter_is_typed_or_dotted() -> None:
    assert "SURAT TUGAS Nomor: ...." in text(sources("pengawalan"), "assignment_letter")
    done = {"prepare_papers": {"assignment_letter_number": "182/PY.02-ST/1309/2026"}}
    assert "SURAT TUGAS Nomor: 182/PY.02-ST/1309/2026" in text(
        sources("pengawalan", done=done), "assignment_letter"
    )
    saved = {"assignment_letter": {"number": "7/ST"}}
    assert "Nomor: 7/ST" in text(sources("pengawalan", done=done, saved=saved), "assignment_letter")


def test_receipt_has_the_register_number_unless_another_is_typed() -> None:
    assert "MASYARAKAT Nomor: 001/DUMAS/XI/2026" in text(sources("pengaduan"), "receipt")
    done = {"recording": {"receipt_number": "TT-9"}}
    assert "MASYARAKAT Nomor: TT-9" in text(sources("pengaduan", done=done), "receipt")
    assert "Nama pelapor : ...." in text(sources("pengaduan"), "receipt")


def test_first_values_come_from_the_case_and_the_office() -> None:
    found = sources(
        "pengawalan",
        data={"leader_position": "Ketua", "transport": "boat", "request_letter_number": "12/ND"},
        done={
            "prepare_personnel": {"crew": ["Saibi"]},
            "prepare_papers": {"assignment_letter_on": "2026-11-20"},
        },
    )
    first = first_values(found.view.sop.document("assignment_letter"), found)
    assert first["personnel"] == ["Saibi"]
    assert first["signed_on"] == "2026-11-20"
    assert first["duration"] == "3 (tiga) hari"
    assert first["transport"] == "Speedboat/kapal"
    assert first["task"] == (
        "Melaksanakan pengawalan Saibi Taileleu (Ketua) dalam rangka Rapat koordinasi di Padang."
    )
    assert first["signatory_name"] == "IRMAN SUSANTO"
    assert "Nota Dinas Nomor 12/ND tanggal ………… perihal permintaan pengawalan." in first["basis"]
    assert "number" not in first


def test_semicolon_of_a_value_ends_no_cell_of_the_schedule() -> None:
    data = {
        "activity": "Rapat pleno; penetapan",
        "place": "Sikakap",
        "activity_starts_at": "2026-11-30T02:00Z",
    }
    found = sources("pengawalan", data=data)
    schedule = first_values(found.view.sop.document("escort_schedule"), found)["schedule"].splitlines()
    assert "Senin, 30 November 2026 pukul 09.00 WIB; Rapat pleno, penetapan; Sikakap" in schedule
    task = first_values(found.view.sop.document("assignment_letter"), found)["task"]
    assert "Rapat pleno; penetapan" in task  # a sentence keeps its signs


def test_lines_of_which_nothing_is_known_are_left_out_of_first_values() -> None:
    found = sources("pengawalan")
    basis = first_values(found.view.sop.document("assignment_letter"), found)["basis"]
    assert "Nota Dinas" not in basis
    assert len(basis.splitlines()) == 2


@pytest.mark.parametrize(("code", "key"), PAPERS)
def test_first_values_are_what_the_form_takes(code: str, key: str) -> None:
    done: dict[str, dict[str, Any]] = {step.key: {} for step in sop(code).case_steps}
    for found in (sources(code), sources(code, done=done, outcome="oversight", entries=escort_entries())):
        first = first_values(found.view.sop.document(key), found)
        assert clean(found.view.sop.document(key).fields, first) == first


def test_result_of_the_review_fills_its_box() -> None:
    found = sources("pengaduan", done={"review": {}}, outcome="other_unit")
    assert first_values(found.view.sop.document("review_report"), found)["result"] == "other_unit"


def test_step_that_was_handed_back_no_longer_fills_a_paper() -> None:
    found = sources("pengawalan", done={"prepare_papers": {"assignment_letter_number": "9/ST"}})
    returned = replace(found.view, rounds=(replace(found.view.rounds[0], state="returned"),))
    assert "9/ST" in text(found, "assignment_letter")
    assert "9/ST" not in text(replace(found, view=returned), "assignment_letter")


def test_other_paper_fills_as_far_as_it_was_saved() -> None:
    saved = {"assignment_letter": {"number": "7/ST", "personnel": ["Teu; ; ; Danru"]}}
    assert "Teu" in text(sources("pengawalan", saved=saved), "escort_schedule")
    assert "Surat Tugas Nomor 7/ST tanggal" in text(sources("pengawalan", saved=saved), "travel_report")


def test_foot_says_whether_somebody_saved_the_form() -> None:
    assert "KONSEP: isian belum diperiksa" in text(sources("pengawalan"), "assignment_letter")
    saved = text(sources("pengawalan", saved={"assignment_letter": {}}), "assignment_letter")
    assert "KONSEP" not in saved
    assert "isian ke-2, Jumat, 20 November 2026 pukul 14.05 WIB" in saved
    assert "Halaman 1 dari 1" in saved


def test_paper_has_the_size_of_the_office_and_the_side_of_the_book() -> None:
    def size(key: str, paper: str) -> tuple[int, int]:
        found = sources("pengawalan", office=OFFICE | {"paper": paper})
        page = PdfDocument(render.pdf(words.build(found.view.sop.document(key), found)))[0]
        return round(page.get_width() / 72 * 25.4), round(page.get_height() / 72 * 25.4)

    assert size("assignment_letter", "A4") == (210, 297)
    assert size("assignment_letter", "F4") == (215, 330)
    assert size("mutation_book", "A4") == (297, 210)
    assert size("mutation_book", "F4") == (330, 215)


def test_logo_is_the_office_s_own_or_none() -> None:
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    letter = sop("pengawalan").document("assignment_letter")
    for logo, there in ((pixel, True), ("bukan gambar", False), ("PHN2Zz4=", False), (None, False)):
        made = words.build(letter, sources("pengawalan", office=OFFICE | {"logo": logo}))
        assert (made["kop"]["logo"] is not None) == there
        assert (b"/Subtype/Image" in render.pdf(made)) == there


def test_file_name_holds_the_register_number_and_no_person() -> None:
    letter = sop("pengawalan").document("assignment_letter")
    assert words.file_name(letter, "001/KAWAL/I/2026") == "Surat_Tugas_001-KAWAL-I-2026.pdf"
    for code in CODES:
        for document in sop(code).documents:
            assert words.file_name(document, "1/X").isascii()


def outside(pdf: bytes) -> list[str]:
    """The characters that reach over the right margin or off the page."""
    found = []
    for page in PdfDocument(pdf):
        signs = page.get_textpage()
        right = page.get_width() - (18 if page.get_width() > page.get_height() else 20) / 25.4 * 72 + 1
        for n in range(signs.count_chars()):
            box = signs.get_charbox(n)
            if box[2] > right and signs.get_text_range(n, 1).strip("\u200b \r\n"):
                found.append(signs.get_text_range(n, 1))
    return found


def longest(code: str, key: str) -> PaperSources:
    """Every text as long as it may be, without a blank, in a case with as long texts."""
    texts = {"text", "place", "long_text"}
    data = {
        field.key: "W" * field.max_length
        for field in sop(code).fields
        if field.type in texts and not field.confidential and field.show_if is None
    }
    books = [
        entry(journal.key, BEGUN_AT, **{
            field.key: "W" * field.max_length if field.type in texts else ["W" * 200]
            for field in journal.fields if field.type in texts or field.type == "people"
        })
        for journal in sop(code).journals
    ]  # fmt: skip
    return sources(code, data=data, saved={key: filled(code, key, "W" * 4000)}, entries=books)


@pytest.mark.parametrize(("code", "key"), PAPERS)
def test_longest_words_stay_within_the_page(code: str, key: str) -> None:
    found = longest(code, key)
    made = render.pdf(words.build(found.view.sop.document(key), found))
    assert "WWWW" in " ".join(pages(made))
    assert outside(made) == []


def test_twin_without_breaking_words_run_off_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = render._TEMPLATE
    uncut = whole.replace(b"word.clusters().chunks(4)", b"(word.clusters(),)")
    assert uncut != whole
    monkeypatch.setattr(render, "_TEMPLATE", uncut)
    found = longest("pengawalan", "assignment_letter")
    assert outside(render.pdf(words.build(found.view.sop.document("assignment_letter"), found)))


def signature_pages(code: str, key: str, field: str, closing: str) -> Iterator[str]:
    """The page with the signature, for a text of each length that moves it over the end of a page."""
    most = sop(code).document(key).field(field).max_length
    for lines in range(8, 26, 3):
        form = {
            field: "\n".join([SENTENCE] * lines)[:most],
            "signatory_name": "PENANDATANGAN",
            "officer_name": "X",
        }
        known = {one.key for one in sop(code).document(key).fields}
        saved = {key: {name: value for name, value in form.items() if name in known}}
        found = sources(code, saved=saved)
        printed = pages(render.pdf(words.build(found.view.sop.document(key), found)))
        yield next(page for page in printed if closing in page or "PENANDATANGAN" in page)


@pytest.mark.parametrize(
    ("code", "key", "field", "closing"),
    [
        ("pengawalan", "assignment_letter", "task", "Demikian Surat Tugas ini"),
        ("pengaduan", "review_report", "recommendation", "Demikian laporan hasil telaah"),
        ("pengaduan", "result_letter", "answer", "Demikian disampaikan."),
    ],
)
def test_signature_stands_never_alone_on_a_page(code: str, key: str, field: str, closing: str) -> None:
    for page in signature_pages(code, key, field, closing):
        assert closing in page
        assert "PENANDATANGAN" in page


def test_twin_a_closing_that_does_not_stick_leaves_the_signature_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loose = render._TEMPLATE.replace(b"sticky: sticky and", b"sticky: false and")
    assert loose != render._TEMPLATE
    monkeypatch.setattr(render, "_TEMPLATE", loose)
    closing = "Demikian laporan hasil telaah"
    found = signature_pages("pengaduan", "review_report", "recommendation", closing)
    assert not all("PENANDATANGAN" in page for page in found)


@pytest.mark.parametrize(("code", "key"), PAPERS)
def test_template_compiles_without_a_warning(code: str, key: str) -> None:
    for found in (sources(code), longest(code, key)):
        made = render._json(words.build(found.view.sop.document(key), found))
        _, warnings = typst.compile_with_warnings(
            render._TEMPLATE, format="pdf", ignore_system_fonts=True, sys_inputs={"data": made}
        )
        assert [str(warning) for warning in warnings] == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "nol"), (1, "satu"), (10, "sepuluh"), (11, "sebelas"), (12, "dua belas"), (20, "dua puluh"),
        (21, "dua puluh satu"), (100, "seratus"), (111, "seratus sebelas"), (365, "tiga ratus enam puluh lima"),
        (999, "sembilan ratus sembilan puluh sembilan"),
    ],
)  # fmt: skip
def test_numbers_are_spelled(number: int, said: str) -> None:
    assert spelled(number) == said


def test_days_of_a_journey_count_both_ends_by_the_office_s_clock() -> None:
    late = wib("Senin 2026-11-30 23:30")
    assert counted_days(late, late + timedelta(hours=1)) == "2 (dua) hari"
    assert counted_days(late, late) == "1 (satu) hari"
    assert counted_days(late, None) is None
    assert counted_days(late, late + timedelta(days=1200)) == "1201 hari"
    with pytest.raises(ValueError, match="not from 0"):
        spelled(1000)
