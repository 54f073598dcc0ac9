"""Archives that must not be taken in as office files, each an honest one but for the one thing that is wrong."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models import attachment_refusal as words
from tests.unit.honest_files import (
    CHART,
    MAIN,
    OLE,
    OPEN_DOCUMENT,
    content_types,
    open_document_parts,
    open_xml,
    open_xml_parts,
    with_zip64,
    workbook,
    zipped,
)

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Hostile:
    msgid: str
    make: Callable[[], bytes]
    filename: str = "surat.pdf"


def cut(data: bytes, share: float = 0.5) -> bytes:
    return data[: int(len(data) * share)]


def changed(data: bytes, old: bytes, new: bytes, *, count: int = -1) -> bytes:
    """The data with a text, which must be there, replaced."""
    assert old in data, old
    return data.replace(old, new, count)


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def macro_types(kind: str, program: str) -> bytes:
    main = f"application/vnd.ms-{program}.{kind}.macroEnabled.main+xml"
    return zipped(
        open_xml_parts({"word": "docx", "excel": "xlsx", "powerpoint": "pptx"}[program], content_type=main)
    )


def more_type(content_type: str) -> bytes:
    override = f'<Override PartName="/x.xml" ContentType="{content_type}"/>'
    return zipped(open_xml_parts("xlsx", more_types=override))


def listed_as(data: bytes, name: bytes, *, at: int, new: bytes, local_at: int | None = None) -> bytes:
    """The archive with some bytes of a part's line in the directory replaced, and the same in its local header."""
    line = data.rfind(b"PK\x01\x02", 0, data.rfind(name))
    local = data.find(b"PK\x03\x04", max(0, data.find(name) - 30))
    data = patched(data, line + at, new)
    return data if local_at is None else patched(data, local + local_at, new)


def lying_about(name: str, content: bytes, *, declared: int) -> bytes:
    """A part that goes on behind its declared size, with the checksum of what is declared."""
    data = zipped(open_xml_parts() | {name: content})
    checksum = struct.pack("<L", zlib.crc32(content[:declared]))
    data = listed_as(data, name.encode(), at=24, new=struct.pack("<L", declared))
    return listed_as(data, name.encode(), at=16, new=checksum)


def overlapping() -> bytes:
    """A part that stands within the bytes of another."""
    inner = zipped({"word/b.xml": b"b" * 50})
    inner = inner[: inner.find(b"PK\x01\x02")]
    more = {"word/a.xml": inner, "word/b.xml": b"b" * 50}
    data = zipped(open_xml_parts() | more, method=zipfile.ZIP_STORED)
    within = data.find(b"word/a.xml") + len("word/a.xml")
    data = listed_as(data, b"word/b.xml", at=10, new=struct.pack("<H", zipfile.ZIP_DEFLATED))
    data = listed_as(data, b"word/b.xml", at=20, new=struct.pack("<L", len(inner) - 40))
    return listed_as(data, b"word/b.xml", at=42, new=struct.pack("<L", within))


def packed_as(packed: bytes, content: bytes) -> bytes:
    """A part with exactly these packed bytes, declared as the content."""
    name = b"word/a.xml"
    data = zipped(open_xml_parts() | {name.decode(): packed}, method=zipfile.ZIP_STORED)
    data = listed_as(data, name, at=10, new=struct.pack("<H", zipfile.ZIP_DEFLATED), local_at=8)
    data = listed_as(data, name, at=16, new=struct.pack("<L", zlib.crc32(content)))
    return listed_as(data, name, at=24, new=struct.pack("<L", len(content)))


def deflated(content: bytes) -> bytes:
    return zlib.compress(content, wbits=-15)


def hidden_by_empty_blocks(content: bytes) -> bytes:
    """The content packed so that a reader gets two bytes first, then long nothing."""
    packing = zlib.compressobj(wbits=-15)
    first = packing.compress(content[:2]) + packing.flush(zlib.Z_FULL_FLUSH)
    rest = packing.compress(content[2:]) + packing.flush()
    return packed_as(first + b"\0\0\0\xff\xff" * 200_000 + rest, content)


def symbolic_link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in open_xml_parts().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("word/settings.xml")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def doubled(first: str, second: str) -> bytes:
    """Two parts of the same name: the second is written under another of the same length and then renamed."""
    other = "z" * len(second)
    return changed(open_xml(more={first: b"1", other: b"2"}), other.encode(), second.encode())


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    types = content_types(*MAIN["docx"]).decode()
    types = types.replace("<Types", f'<!DOCTYPE Types [<!ENTITY l0 "ha">{entities}]><Types', 1)
    return zipped(open_xml_parts() | {"[Content_Types].xml": types.encode()})


def chart_within_chart() -> bytes:
    return open_xml(more={"word/embeddings/a.docx": open_xml(more=CHART)})


def large_embedded() -> bytes:
    """An embedded office file of 12 MB that packs well, but not too well."""
    picture = b"".join(
        hashlib.sha256(bytes([n % 251, n // 251])).digest() + bytes(992) for n in range(12_000)
    )
    inner = zipped(open_xml_parts() | {"word/media/a.bmp": picture}, method=zipfile.ZIP_STORED)
    return open_xml(more={"word/embeddings/a.docx": inner})


EMBEDDED_MACROS = "word/embeddings/Book.xlsx"
ENCRYPTED_ENTRY = b'<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry>'

ARCHIVES: Mapping[str, Hostile] = {
    "plain zip": Hostile(words.UNKNOWN, lambda: zipped({"a.txt": b"a"}), "surat.docx"),
    "empty zip": Hostile(words.UNKNOWN, lambda: zipped({}), "surat.docx"),
    "word template": Hostile(words.UNKNOWN, lambda: zipped(open_xml_parts(
        content_type=MAIN["docx"][1].replace("document.main", "template.main"))), "surat.docx"),
    "both declarations": Hostile(words.UNKNOWN, lambda: zipped(open_document_parts() | open_xml_parts())),
    "two main parts": Hostile(words.UNKNOWN, lambda: zipped(open_xml_parts("docx", more_types=(
        f'<Override PartName="/xl/workbook.xml" ContentType="{MAIN["xlsx"][1]}"/>')))),
    "drawing of libreoffice": Hostile(words.UNKNOWN, lambda: zipped(open_document_parts("graphics"))),
    "mimetype not first": Hostile(words.UNKNOWN, lambda: zipped(
        {"content.xml": b"<a/>", "mimetype": f"{OPEN_DOCUMENT}text".encode(), "META-INF/manifest.xml": b"<a/>"})),
    "docm": Hostile(words.MACROS, lambda: macro_types("document", "word"), "surat.docm"),
    "docm called docx": Hostile(words.MACROS, lambda: macro_types("document", "word"), "surat.docx"),
    "xlsm": Hostile(words.MACROS, lambda: macro_types("sheet", "excel"), "rekap.xlsm"),
    "pptm": Hostile(words.MACROS, lambda: macro_types("presentation", "powerpoint"), "paparan.pptm"),
    "vba part undeclared": Hostile(words.MACROS, lambda: open_xml(more={"word/VBAProject.bin": b"a"}), "surat.docx"),
    "vba declared under another name": Hostile(
        words.MACROS, lambda: more_type("application/vnd.ms-office.vbaProject"), "rekap.xlsx"),
    "excel 4 macro sheet": Hostile(words.MACROS, lambda: more_type("application/vnd.ms-excel.macrosheet+xml")),
    "basic in odt": Hostile(words.MACROS, lambda: zipped(
        open_document_parts() | {"Basic/Standard/Module1.xml": b"<a/>"}), "surat.odt"),
    "scripts in an object of ods": Hostile(words.MACROS, lambda: zipped(
        open_document_parts("spreadsheet") | {"Object 1/Scripts/python/a.py": b"import os"})),
    "vba in an ole object": Hostile(words.MACROS, lambda: open_xml(
        more={"word/embeddings/o.bin": OLE + bytes(300_000) + utf16("_VBA_PROJECT")})),
    "xlsm within docx": Hostile(
        words.MACROS, lambda: open_xml(more={EMBEDDED_MACROS: macro_types("sheet", "excel")})),
    "encrypted part": Hostile(words.ENCRYPTED, lambda: listed_as(
        open_xml(), b"word/document.xml", at=8, new=b"\1", local_at=6), "surat.docx"),
    "encrypted odt": Hostile(
        words.ENCRYPTED, lambda: zipped(open_document_parts(manifest=ENCRYPTED_ENTRY)), "surat.odt"),
    "2,001 parts": Hostile(words.MANY_PARTS, lambda: open_xml(more={f"word/{n}.xml": b"" for n in range(1998)})),
    "2,001 parts together with embedded ones": Hostile(words.MANY_PARTS, lambda: open_xml(
        more=CHART | {f"word/{n}.xml": b"" for n in range(1990)})),
    "unpacks to 101 MB": Hostile(
        words.UNPACKS_TOO_LARGE, lambda: open_xml(more={f"word/{n}.xml": bytes(MB) for n in range(101)})),
    "one part of 20 MB zeros": Hostile(
        words.PACKED_TOO_TIGHT, lambda: open_xml("xlsx", {"xl/worksheets/sheet1.xml": bytes(20 * MB)}), "a.xlsx"),
    "zip in docx": Hostile(words.NESTED, lambda: open_xml(more={"word/media/a.png": zipped({"a": b"a"})})),
    "zip as embedded file": Hostile(
        words.UNKNOWN, lambda: open_xml(more={"word/embeddings/a.docx": zipped({"a": b"a"})})),
    "docx outside embeddings": Hostile(words.NESTED, lambda: open_xml(more={"word/afchunk.docx": open_xml()})),
    "office file two deep": Hostile(words.NESTED, chart_within_chart),
    "office file of 12 MB in docx": Hostile(words.NESTED, large_embedded),
    "docx in odt": Hostile(words.NESTED, lambda: zipped(open_document_parts() | {"embeddings/a.docx": open_xml()})),
    "rar in docx": Hostile(words.NESTED, lambda: open_xml(more={"word/media/a.png": b"Rar!\x1a\x07\x01\0"})),
    "program in docx": Hostile(words.NESTED, lambda: open_xml(more={"word/media/a.png": b"MZ" + bytes(99)})),
    "program behind empty blocks": Hostile(words.NESTED, lambda: hidden_by_empty_blocks(b"MZ" + bytes(99))),
    "zip behind empty blocks": Hostile(words.NESTED, lambda: hidden_by_empty_blocks(zipped({"a": b"a"}))),
    "macros behind empty blocks": Hostile(
        words.MACROS, lambda: hidden_by_empty_blocks(OLE + bytes(9) + utf16("_VBA_PROJECT"))),
    "packed file as ole object": Hostile(words.NESTED, lambda: open_xml(
        more={"word/embeddings/o.bin": OLE + bytes(900) + utf16("\1Ole10Native")})),
    "part leads upwards": Hostile(words.PART_PATH, lambda: open_xml(more={"word/../../a.xml": b""})),
    "part with backslashes upwards": Hostile(words.PART_PATH, lambda: open_xml(more={"..\\a.xml": b""})),
    "absolute part": Hostile(words.PART_PATH, lambda: open_xml(more={"/etc/a": b""})),
    "part on a drive": Hostile(words.PART_PATH, lambda: open_xml(more={"C:/a": b""})),
    "symbolic link": Hostile(words.PART_PATH, symbolic_link),
    "part twice": Hostile(words.DOUBLE_PART, lambda: doubled("word/a.xml", "word/a.xml")),
    "part twice but for case": Hostile(words.DOUBLE_PART, lambda: doubled("word/a.xml", "Word/A.XML")),
    "types longer than declared": Hostile(words.BROKEN, lambda: lying_about(
        "[Content_Types].xml", content_types(*MAIN["docx"]) + b" " * 30 * MB, declared=400)),
    "part longer than declared": Hostile(
        words.BROKEN, lambda: lying_about("word/a.xml", b"a" * 60 * MB, declared=1000)),
    "types of 2 MB": Hostile(words.UNCHECKABLE, lambda: zipped(open_xml_parts() | {
        "[Content_Types].xml": content_types(*MAIN["docx"]) + b" " * 2 * MB}, method=zipfile.ZIP_STORED)),
    "billion laughs": Hostile(words.UNCHECKABLE, laughs),
    "types are no xml": Hostile(words.BROKEN, lambda: zipped(open_xml_parts() | {"[Content_Types].xml": b"<a>"})),
    "bzip2": Hostile(words.UNCHECKABLE, lambda: zipped(open_xml_parts(), method=zipfile.ZIP_BZIP2)),
    "overlapping parts": Hostile(words.BROKEN, overlapping),
    "other local name": Hostile(
        words.BROKEN, lambda: changed(open_xml(), b"word/document.xml", b"word/DOCUMENT.xml", count=1)),
    "wrong checksum": Hostile(words.BROKEN, lambda: listed_as(
        open_xml(), b"word/document.xml", at=16, new=b"\0\0\0\0")),
    "packed bytes go on": Hostile(words.BROKEN, lambda: packed_as(deflated(b"a" * 99) + b"b", b"a" * 99)),
    "packed bytes cut": Hostile(words.BROKEN, lambda: packed_as(deflated(b"a" * 99)[:-2], b"a" * 99)),
    "packed bytes are none": Hostile(words.BROKEN, lambda: packed_as(b"\xff" * 20, b"a" * 99)),
    "directory of other lines": Hostile(words.BROKEN, lambda: changed(open_xml(), b"PK\1\2", b"PK\1\3")),
    "directory longer than counted": Hostile(words.BROKEN, lambda: changed(
        open_xml(), b"PK\5\6\0\0\0\0\3\0\3", b"PK\5\6\0\0\0\0\2\0\2")),
    "wide size that is not there": Hostile(
        words.BROKEN, lambda: listed_as(open_xml(), b"word/document.xml", at=24, new=b"\xff" * 4)),
    "cut docx": Hostile(words.BROKEN, lambda: cut(open_xml()), "surat.docx"),
    "docx without its last byte": Hostile(words.BROKEN, lambda: open_xml()[:-1], "surat.docx"),
    "middle taken out": Hostile(words.BROKEN, lambda: workbook()[:2000] + workbook()[2500:], "a.xlsx"),
    "zip64 leads nowhere": Hostile(
        words.BROKEN, lambda: with_zip64(workbook())[:-34] + bytes(12) + with_zip64(workbook())[-22:]),
    "something behind": Hostile(words.BROKEN, lambda: open_xml() + b"<script>"),
    "main part missing": Hostile(words.BROKEN, lambda: zipped(
        {name: content for name, content in open_xml_parts().items() if name != MAIN["docx"][0]})),
    "relations missing": Hostile(words.BROKEN, lambda: zipped(
        {name: content for name, content in open_xml_parts().items() if name != "_rels/.rels"})),
    "odt without manifest": Hostile(words.BROKEN, lambda: zipped(
        {name: content for name, content in open_document_parts().items() if "manifest" not in name})),
    "odt without content": Hostile(words.BROKEN, lambda: zipped(
        {name: content for name, content in open_document_parts().items() if name != "content.xml"})),
}  # fmt: skip
