"""Attached files: honest ones are taken as what they are, hostile ones are refused with the very reason.

A twin takes one protection away and shows that the file would then be taken: the protection named is the one that
refuses it. Protections without a limit or list of their own (checksums, ends) have the honest file as their twin.
"""

import re
import tracemalloc
from types import ModuleType

import pytest

from models import (
    attachment_content,
    attachment_refusal,
    errors,
    image_content,
    office_archive,
    pdf_content,
    zip_directory,
)
from models.attachment_content import LONGEST_NAME, MOST_BYTES, Content, inspect
from tests.unit.honest_files import HONEST, open_xml, pdf, picture
from tests.unit.hostile_archives import MB
from tests.unit.hostile_files import HOSTILE, jpeg_of, png_of

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
NEVER = re.compile("(?!)")
NEVER_BYTES = re.compile(b"(?!)")
EVERYWHERE = 10**12


def refusal(data: bytes, filename: str) -> errors.Problem:
    with pytest.raises(errors.Invalid) as caught:
        inspect(data, filename=filename)
    assert set(caught.value.problems) == {"file"}
    return caught.value.problems["file"]


def outcome(data: bytes, filename: str) -> str:
    try:
        inspect(data, filename=filename)
    except errors.Invalid as refused:
        return "refused" if set(refused.problems) == {"file"} else "refused elsewhere"
    return "taken"


@pytest.mark.parametrize("case", HONEST)
def test_honest_file_is_taken_as_what_it_is(case: str) -> None:
    suffix, make = HONEST[case]
    data = make()
    assert inspect(data, filename=f"berkas.{suffix}") == Content(MEDIA_TYPES[suffix], f"berkas.{suffix}")
    for wrong in ("pdf", "exe", "png", "docx"):
        assert inspect(data, filename=f"berkas.{wrong}") == Content(MEDIA_TYPES[suffix], f"berkas.{suffix}")


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused_with_its_reason(case: str) -> None:
    hostile = HOSTILE[case]
    problem = refusal(hostile.make(), hostile.filename)
    assert problem.msgid == hostile.msgid
    assert str(problem)  # every place of the message has its value
    assert "{" not in str(problem)


def test_there_are_as_many_files_as_promised() -> None:
    assert len(HONEST) >= 12
    assert len(HOSTILE) >= 40
    said = {
        name: text
        for name, text in vars(attachment_refusal).items()
        if name.isupper() and isinstance(text, str)
    }
    assert set(said.values()) - {hostile.msgid for hostile in HOSTILE.values()} == set()


TWINS: list[tuple[str, ModuleType, str, object]] = [
    ("10 MB and a byte", attachment_content, "MOST_BYTES", 10 * MB + 1),
    ("name of 300 characters", attachment_content, "LONGEST_NAME", 300),
    ("name with NUL", attachment_content, "_NAME_CHARACTERS", NEVER),
    ("name turned round", attachment_content, "_NAME_CHARACTERS", NEVER),
    ("name with a path", attachment_content, "_NAME_PATH", NEVER),
    ("gif and pdf at once", attachment_content, "_PDF_READERS_LOOK", 0),
    ("vba part undeclared", office_archive, "MACRO_PARTS", ()),
    ("vba declared under another name", office_archive, "MACRO_TYPES", ()),
    ("excel 4 macro sheet", office_archive, "MACRO_TYPES", ()),
    ("basic in odt", office_archive, "MACRO_FOLDERS", ()),
    ("scripts in an object of ods", office_archive, "MACRO_FOLDERS", ()),
    ("vba in an ole object", office_archive, "OLE_MACRO_MARKS", ()),
    ("packed file as ole object", office_archive, "OLE_PACKAGE_MARKS", ()),
    ("zip in docx", office_archive, "ARCHIVE_BEGINNINGS", ()),
    ("xlsm within docx", office_archive, "ARCHIVE_BEGINNINGS", ()),
    ("program in docx", office_archive, "ARCHIVE_BEGINNINGS", ()),
    ("office file two deep", office_archive, "DEEPEST", 2),
    ("office file of 12 MB in docx", office_archive, "MOST_EMBEDDED", 13 * MB),
    ("types of 2 MB", office_archive, "_MOST_DECLARED", 4 * MB),
    ("encrypted part", zip_directory, "_ENCRYPTED_FLAGS", 0),
    ("2,001 parts", zip_directory, "MOST_PARTS", 2001),
    ("2,001 parts together with embedded ones", zip_directory, "MOST_PARTS", 2100),
    ("unpacks to 101 MB", zip_directory, "MOST_UNPACKED", 102 * MB),
    ("one part of 20 MB zeros", zip_directory, "MOST_RATIO", 2000),
    ("one part of 20 MB zeros", zip_directory, "RATIO_COUNTS_FROM", 20 * MB),
    ("part leads upwards", zip_directory, "_OUTSIDE", NEVER),
    ("absolute part", zip_directory, "_OUTSIDE", NEVER),
    ("png of 50,000,001 pixels", image_content, "MOST_PIXELS", 50_000_001),
    ("jpeg of 60 million pixels", image_content, "MOST_PIXELS", 60_000_000),
    ("png of 60,000 chunks", image_content, "_MOST_BLOCKS", 60_010),
    ("encrypted pdf", pdf_content, "LONG_NAMES", {b"Launch": ""}),
    ("script spelled crookedly", pdf_content, "_any_spelling", bytes),
    ("script by its short name", pdf_content, "SHORT_NAMES", {b"EF": ""}),
    ("launch action", pdf_content, "LONG_NAMES", {b"Encrypt": ""}),
    ("embedded file by its short name", pdf_content, "SHORT_NAMES", {b"JS": ""}),
    ("script in an undeclared object stream", pdf_content, "_LOOKS_LIKE_OBJECTS", NEVER_BYTES),
    ("object stream packed unusually", pdf_content, "_FILTERED", NEVER_BYTES),
    ("object stream with predictor", pdf_content, "_INTERLEAVED", NEVER_BYTES),
    ("object stream that is a bomb", pdf_content, "MOST_UNPACKED", 18 * MB),
    ("pdf with a long tail", pdf_content, "_END_WITHIN", 2000),
    ("60,000 streams", pdf_content, "MOST_STREAMS", 60_001),
]


@pytest.mark.parametrize(("case", "module", "protection", "removed"), TWINS)
def test_without_its_protection_the_file_would_be_taken(
    monkeypatch: pytest.MonkeyPatch, case: str, module: ModuleType, protection: str, removed: object
) -> None:
    hostile = HOSTILE[case]
    data = hostile.make()
    refusal(data, hostile.filename)
    pdf_content._pattern.cache_clear()
    monkeypatch.setattr(module, protection, removed)
    try:
        assert inspect(data, filename=hostile.filename).media_type in MEDIA_TYPES.values()
    finally:
        pdf_content._pattern.cache_clear()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Surat No. 12.2025", "Surat No. 12.2025.pdf"),
        ("Surat Tugas.PDF", "Surat Tugas.PDF"),
        ("surat.pdf.exe", "surat.pdf.pdf"),
        ("  .surat.png ", "surat.pdf"),
        ('a:b*c?"d"<e>|.pdf', "a_b_c__d__e__.pdf"),
        ("aux.pdf", "_aux.pdf"),
        ("COM1.surat.pdf", "_COM1.surat.pdf"),
        ("auxilia.pdf", "auxilia.pdf"),
        ("Cafe\u0301 ñ 🛶.pdf", "Caf\u00e9 ñ 🛶.pdf"),
        ("Screenshot 9.41.00\u202fAM.png", "Screenshot 9.41.00\u202fAM.pdf"),
        ("a" * LONGEST_NAME, "a" * LONGEST_NAME + ".pdf"),
    ],
)
def test_name_is_safe_and_says_the_kind(typed: str, kept: str) -> None:
    assert inspect(pdf(), filename=typed).filename == kept


@pytest.mark.parametrize("typed", ["foto.JPEG", "foto.jfif", "foto.jpg"])
def test_other_endings_of_the_same_kind_stay(typed: str) -> None:
    assert inspect(picture("JPEG"), filename=typed).filename == typed


def test_refusal_of_a_large_file_names_size_and_limit() -> None:
    hostile = HOSTILE["10 MB and a byte"]
    problem = refusal(hostile.make(), hostile.filename)
    assert problem.params == {"size": 10_485_761, "limit": MOST_BYTES, "megabytes": 10}


def test_refusal_of_a_name_names_the_character() -> None:
    assert refusal(pdf(), "surat\u202efdp.exe").params == {"code": "U+202E"}
    assert refusal(pdf(), "a" * 300).params == {"length": 300, "limit": 150}


def test_picture_of_the_most_pixels_is_taken() -> None:
    assert inspect(png_of(50_000, 1_000), filename="a.png").media_type == "image/png"
    assert inspect(jpeg_of(50_000, 1_000), filename="a.jpg").media_type == "image/jpeg"


def test_no_cut_of_an_honest_file_is_taken() -> None:
    """Cut anywhere, but for what may stand behind the end and for a GIF cut between two frames."""
    for case, behind in {
        "letter by hand": 1,
        "scan of an app": 2001,
        "screenshot": 0,
        "word": 0,
        "small scan": 0,
    }.items():
        data = HONEST[case][1]()
        whole = len(data) - behind
        for length in (*range(0, whole, max(1, whole // 300)), whole - 1):
            assert refusal(data[:length], "a.pdf"), (case, length)


def test_no_changed_byte_makes_it_fail_otherwise() -> None:
    """Whatever stands in a file, the answer is a content or a refusal and never another error or a warning."""
    for case, (suffix, make) in HONEST.items():
        data = make()
        if len(data) > MB:
            continue
        for at in range(0, len(data), max(1, len(data) // 200)):
            for value in (0, 0xFF, data[at] ^ 1):
                changed = data[:at] + bytes([value]) + data[at + 1 :]
                assert outcome(changed, f"a.{suffix}") in ("taken", "refused"), (case, at, value)


@pytest.mark.parametrize(
    "case", ["unpacks to 101 MB", "part longer than declared", "object stream that is a bomb"]
)
def test_bomb_is_not_unpacked_into_memory(case: str) -> None:
    data = HOSTILE[case].make()
    assert peak_of(data) < 40 * MB


def test_largest_honest_unpacking_stays_within_memory() -> None:
    data = open_xml(more={f"word/{n}.xml": bytes(MB) for n in range(60)})
    assert peak_of(data) < 10 * MB
    assert peak_of(HONEST["10 MB exactly"][1]()) < 40 * MB


def peak_of(data: bytes) -> int:
    """The most bytes of memory that looking at the file took beside the file itself."""
    tracemalloc.start()
    try:
        outcome(data, "a.pdf")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_folders_of_an_archive_are_no_double_parts() -> None:
    data = open_xml(more={"word/": b"", "word/theme/": b"", "customXml/": b""})
    assert inspect(data, filename="a.docx").filename == "a.docx"
