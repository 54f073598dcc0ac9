"""Files that must not be taken in, each with the one thing that is wrong with it; made anew each time.

Each is an honest file of `honest_files` but for that thing, so a check that looked at something else would let it pass.
"""

import struct
import zlib
from collections.abc import Mapping

from models import attachment_refusal as words
from tests.unit.honest_files import (
    OLE,
    animation,
    exact,
    object_stream,
    pdf,
    phone_photo,
    picture,
    scan,
    stream,
    zipped,
)
from tests.unit.hostile_archives import ARCHIVES, MB, Hostile, changed, cut, patched, utf16

# Pictures ---------------------------------------------------------------------------------------------------------


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def png_of(width: int, height: int, *, more: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + head + more + pixels + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    data = picture("JPEG")
    at = data.index(b"\xff\xc0")
    return patched(data, at + 5, struct.pack(">2H", height, width))


def webp_of(width: int, height: int) -> bytes:
    data = picture("WEBP", lossless=True)
    bits = (width - 1) | (height - 1) << 14
    return patched(data, 21, struct.pack("<L", bits | data[24] >> 4 << 28))


PICTURES: Mapping[str, Hostile] = {
    "png of 50,000,001 pixels": Hostile(words.LARGE_PICTURE, lambda: png_of(50_000_001, 1), "a.png"),
    "png of a trillion pixels": Hostile(words.LARGE_PICTURE, lambda: png_of(10**6, 10**6), "a.png"),
    "jpeg of 60 million pixels": Hostile(words.LARGE_PICTURE, lambda: jpeg_of(10_000, 6_000), "a.jpg"),
    "gif of 4 billion pixels": Hostile(
        words.LARGE_PICTURE, lambda: patched(animation(), 6, b"\xff\xff\xff\xff"), "a.gif"),
    "gif with a frame far outside": Hostile(
        words.LARGE_PICTURE, lambda: changed(animation(), b",\0\0\0\0", b",\xff\xff\xff\xff"), "a.gif"),
    "webp of 60 million pixels": Hostile(words.LARGE_PICTURE, lambda: webp_of(10_000, 6_000), "a.webp"),
    "png without pixels": Hostile(words.BROKEN, lambda: png_of(0, 10), "a.png"),
    "png of 60,000 chunks": Hostile(words.BROKEN, lambda: png_of(9, 9, more=chunk(b"tEXt", b"") * 60_000), "a.png"),
    "png that begins with text": Hostile(
        words.BROKEN, lambda: png_of(9, 9)[:8] + chunk(b"tEXt", b"a\0b") + png_of(9, 9)[8:], "a.png"),
    "png without data": Hostile(words.BROKEN, lambda: png_of(9, 9)[:33] + chunk(b"IEND", b""), "a.png"),
    "gif of no frames": Hostile(words.BROKEN, lambda: b"GIF89a\1\0\1\0\0\0\0;", "a.gif"),
    "gif with another block": Hostile(words.BROKEN, lambda: b"GIF89a\1\0\1\0\0\0\0A\0;", "a.gif"),
    "webp whose chunk is too long": Hostile(words.BROKEN, lambda: patched(picture("WEBP"), 17, b"\xff"), "a.webp"),
    "cut png": Hostile(words.BROKEN, lambda: cut(picture("PNG")), "a.png"),
    "png with a changed byte": Hostile(words.BROKEN, lambda: patched(picture("PNG"), 200, b"####"), "a.png"),
    "cut jpeg": Hostile(words.BROKEN, lambda: cut(picture("JPEG")), "a.jpg"),
    "cut phone photo": Hostile(words.BROKEN, lambda: phone_photo()[:2200], "a.jpg"),
    "jpeg without pixels": Hostile(words.BROKEN, lambda: b"\xff\xd8\xff\xe0\0\4ab\xff\xd9", "a.jpg"),
    "cut gif": Hostile(words.BROKEN, lambda: cut(animation()), "a.gif"),
    "cut webp": Hostile(words.BROKEN, lambda: cut(picture("WEBP")), "a.webp"),
    "webp of nothing": Hostile(words.BROKEN, lambda: b"RIFF\4\0\0\0WEBP", "a.webp"),
    "png and zip at once": Hostile(words.TWO_KINDS, lambda: picture("PNG") + zipped({"a": b"a"}), "a.png"),
    "gif and pdf at once": Hostile(words.TWO_KINDS, lambda: changed(
        animation(), b"!\xff\x0b", b"!\xfe\x09%PDF-1.7 \0!\xff\x0b"), "a.gif"),
}  # fmt: skip

# PDF --------------------------------------------------------------------------------------------------------------

SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


def undeclared(*objects: bytes) -> bytes:
    return object_stream(*objects, head=b"/Filter/FlateDecode")


PDFS: Mapping[str, Hostile] = {
    "cut pdf": Hostile(words.BROKEN, lambda: cut(scan())),
    "pdf without its end": Hostile(words.BROKEN, lambda: scan().rstrip(b"\0").removesuffix(b"%%EOF\n")),
    "pdf with its middle taken out": Hostile(words.BROKEN, lambda: scan()[:1000] + scan()[2000:]),
    "pdf that is only a beginning": Hostile(words.BROKEN, lambda: b"%PDF-1.7\n"),
    "pdf with a long tail": Hostile(words.BROKEN, lambda: pdf() + b"x" * 1100),
    "something before the pdf": Hostile(words.TWO_KINDS, lambda: b"<html>" + pdf()),
    "pdf and zip at once": Hostile(words.TWO_KINDS, lambda: pdf() + zipped({"a": b"a"})),
    "encrypted pdf": Hostile(words.ENCRYPTED, lambda: pdf(trailer=b"/Encrypt 4 0 R")),
    "encrypted scan": Hostile(words.ENCRYPTED, lambda: pdf(trailer=b"/Encrypt 4 0 R", xref_stream=True)),
    "script": Hostile(words.PDF_SCRIPT, lambda: pdf(SCRIPT)),
    "script spelled crookedly": Hostile(words.PDF_SCRIPT, lambda: pdf(b"<</S/J#61vaScr#69pt/#4aS 5 0 R>>")),
    "script by its short name": Hostile(words.PDF_SCRIPT, lambda: pdf(b"<</S/Rendition/JS 5 0 R>>")),
    "script in an object stream": Hostile(
        words.PDF_SCRIPT, lambda: pdf(object_stream(b"[1]", SCRIPT), xref_stream=True)),
    "script in an undeclared object stream": Hostile(words.PDF_SCRIPT, lambda: pdf(undeclared(b"[1]", SCRIPT))),
    "script behind a false stream": Hostile(
        words.PDF_SCRIPT, lambda: pdf(b"(>>\nstream\n)", SCRIPT, b"(endstream)")),
    "object stream behind a false stream": Hostile(
        words.PDF_SCRIPT, lambda: pdf(b"(>>\nstream\n)", object_stream(SCRIPT))),
    "script in a readable object stream": Hostile(
        words.PDF_SCRIPT, lambda: pdf(stream(b"20 0 <</JS 5 0 R>>", b"/Type/ObjStm/N 1/First 5"))),
    "form of program code": Hostile(words.PDF_SCRIPT, lambda: pdf(b"<</XFA 5 0 R>>")),
    "launch action": Hostile(words.PDF_LAUNCH, lambda: pdf(b"<</S /Launch/F(cmd.exe)>>")),
    "embedded file": Hostile(
        words.PDF_FILES, lambda: pdf(stream(b"MZ", b"/Type /EmbeddedFile"), b"<</Type/Filespec/EF<</F 4 0 R>>>>")),
    "embedded file by its short name": Hostile(words.PDF_FILES, lambda: pdf(stream(b"MZ"), b"<</EF<</F 4 0 R>>>>")),
    "embedded files in an object stream": Hostile(words.PDF_FILES, lambda: pdf(object_stream(b"<</EmbeddedFiles[]>>"))),
    "object stream packed unusually": Hostile(
        words.UNCHECKABLE, lambda: pdf(stream(b"a", b"/Type/ObjStm/Filter/LZWDecode"))),
    "object stream with predictor": Hostile(words.UNCHECKABLE, lambda: pdf(object_stream(
        b"[1]", head=b"/Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12>>"))),
    "object stream that is a bomb": Hostile(words.UNCHECKABLE, lambda: pdf(object_stream(bytes(17 * MB)))),
    "object stream damaged": Hostile(
        words.BROKEN, lambda: changed(pdf(object_stream(b"[7 8 9]" * 99)), b"x\x9c", b"x\x9c\xff")),
    "60,000 streams": Hostile(words.UNCHECKABLE, lambda: pdf(b"stream\n" * 60_000)),
}  # fmt: skip

# By name, by size, by kind ----------------------------------------------------------------------------------------

OTHERS: Mapping[str, Hostile] = {
    "empty": Hostile(words.EMPTY, lambda: b""),
    "10 MB and a byte": Hostile(words.TOO_LARGE, lambda: exact(10 * MB + 1)),
    "name of 300 characters": Hostile(words.LONG_NAME, pdf, "a" * 296 + ".pdf"),
    "name of 151 characters": Hostile(words.LONG_NAME, pdf, "a" * 147 + ".pdf"),
    "name with a path": Hostile(words.NAME_PATH, pdf, "../../etc/passwd.pdf"),
    "name with a windows path": Hostile(words.NAME_PATH, pdf, "C:\\Users\\a.pdf"),
    "name of dots": Hostile(words.NAME_PATH, pdf, ".."),
    "name with NUL": Hostile(words.NAME_CHARACTER, pdf, "a.exe\0.pdf"),
    "name of two lines": Hostile(words.NAME_CHARACTER, pdf, "a\r\nX-Header: b.pdf"),
    "name turned round": Hostile(words.NAME_CHARACTER, pdf, "surat\u202efdp.exe"),
    "name with an isolate": Hostile(words.NAME_CHARACTER, pdf, "surat\u2067.pdf"),
    "name with a surrogate": Hostile(words.NAME_CHARACTER, pdf, "surat\ud800.pdf"),
    "no name": Hostile(words.NO_NAME, pdf, ""),
    "nothing before the ending": Hostile(words.NO_NAME, pdf, " .pdf"),
    "program": Hostile(words.UNKNOWN, lambda: b"MZ\x90\0" + bytes(2000)),
    "svg": Hostile(words.UNKNOWN, lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "logo.png"),
    "html": Hostile(words.UNKNOWN, lambda: b"<!doctype html><script>alert(1)</script>"),
    "text": Hostile(words.UNKNOWN, lambda: b"Yth. Sekretaris", "surat.txt"),
    "csv": Hostile(words.UNKNOWN, lambda: b"No;Nama\n1;=1+1\n", "rekap.xlsx"),
    "rar": Hostile(words.UNKNOWN, lambda: b"Rar!\x1a\x07\x01\0" + bytes(50), "surat.docx"),
    "old word": Hostile(words.OLD_OFFICE, lambda: OLE + bytes(3000) + utf16("WordDocument"), "surat.doc"),
    "old excel called xlsx": Hostile(words.OLD_OFFICE, lambda: OLE + bytes(3000) + utf16("Workbook"), "a.xlsx"),
    "rich text": Hostile(words.OLD_OFFICE, lambda: b"{\\rtf1 Surat}", "surat.doc"),
    "encrypted docx": Hostile(words.ENCRYPTED, lambda: OLE + bytes(3000) + utf16("EncryptedPackage"), "surat.docx"),
    "photo of an iphone": Hostile(words.OTHER_PICTURE, lambda: b"\0\0\0\x24ftypheic" + bytes(99), "IMG_0001.HEIC"),
    "tiff": Hostile(words.OTHER_PICTURE, lambda: picture("TIFF"), "pindai.tif"),
    "bmp": Hostile(words.OTHER_PICTURE, lambda: picture("BMP"), "gambar.bmp"),
}  # fmt: skip

HOSTILE: Mapping[str, Hostile] = {**OTHERS, **ARCHIVES, **PICTURES, **PDFS}
