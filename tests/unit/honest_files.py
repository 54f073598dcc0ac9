"""Files as an office attaches them, made anew each time: scans, photos, papers of Word, Excel and LibreOffice."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import openpyxl
from PIL import Image

OPEN_XML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", OPEN_XML + "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", OPEN_XML + "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", OPEN_XML + "presentationml.presentation.main+xml"),
}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MANIFEST = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">%b</m:manifest>'
Parts = Mapping[str, bytes]


def zipped(parts: Parts, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts in this order; `mimetype` is stored."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return file.getvalue()


def content_types(main: str, content_type: str, more: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{content_type}"/>{more}</Types>'
    ).encode()


def open_xml_parts(kind: str = "docx", *, content_type: str = "", more_types: str = "") -> dict[str, bytes]:
    main, usual = MAIN[kind]
    return {
        "[Content_Types].xml": content_types(main, content_type or usual, more_types),
        "_rels/.rels": b"<Relationships/>",
        main: b"<document>Surat keterangan</document>",
    }


def open_xml(kind: str = "docx", more: Parts | None = None) -> bytes:
    return zipped(open_xml_parts(kind) | dict(more or {}))


def open_document_parts(kind: str = "text", *, manifest: bytes = b"") -> dict[str, bytes]:
    return {
        "mimetype": (OPEN_DOCUMENT + kind).encode(),
        "content.xml": b"<office:document-content/>",
        "META-INF/manifest.xml": MANIFEST % manifest,
    }


def workbook() -> bytes:
    """A real workbook with a chart's worth of rows, by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(300):
        sheet.append([row, f"=A{row + 1}*2", "Kecamatan Selat"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def picture(kind: str, *, size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    """A picture with enough in it that half of it is no whole picture."""
    file = io.BytesIO()
    image = Image.effect_noise(size, 60).convert("RGB")
    image.save(file, kind, **how)
    return file.getvalue()


def phone_photo() -> bytes:
    """A JPEG as phones make it: turned by EXIF, with a thumbnail in it and a short film behind it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Kamera"
    thumbnail = picture("JPEG", size=(16, 12))
    segment = exif.tobytes() + thumbnail
    whole = picture("JPEG", exif=segment, quality=80, progressive=True)
    return whole + b"\0\0\0\x18ftypmp42" + bytes(500)


def animation() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], loop=0)
    return file.getvalue()


def stream(content: bytes, head: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (head, len(content), content)


def object_stream(*objects: bytes, head: bytes = b"/Type/ObjStm/Filter/FlateDecode") -> bytes:
    """The objects packed as PDF 1.5 does it, numbered from 20."""
    places, at = [], 0
    for number, content in enumerate(objects, 20):
        places.append(b"%d %d" % (number, at))
        at += len(content) + 1
    index = b" ".join(places) + b" "
    packed = zlib.compress(index + b" ".join(objects))
    return stream(packed, head + b"/N %d/First %d" % (len(objects), len(index)))


def pdf(*objects: bytes, trailer: bytes = b"", xref_stream: bool = False, before_end: bytes = b"") -> bytes:
    """A PDF of a catalogue, a page and these objects (from number 4 on), with a true table of their places."""
    catalogue = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                 b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")  # fmt: skip
    file = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate((*catalogue, *objects), 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    file += before_end
    table_at, size = len(file), len(places) + 1
    ends = b"/Size %d/Root 1 0 R%b" % (size, trailer)
    if xref_stream:
        rows = b"".join(b"\x01" + struct.pack(">LB", place, 0) for place in places)
        head = b"/Type/XRef/W[1 4 1]/Filter/FlateDecode" + ends
        file += b"%d 0 obj\n%b\nendobj\n" % (size, stream(zlib.compress(b"\0" * 6 + rows), head))
    else:
        lines = b"".join(b"%010d 00000 n \n" % place for place in places)
        file += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<<%b>>\n" % (size, lines, ends)
    return bytes(file + b"startxref\n%d\n%%%%EOF\n" % table_at)


def scan(pages: int = 2) -> bytes:
    """A PDF as a scanner's app makes it: photos in it, objects packed, a cross-reference stream, NULs behind."""
    photos = [stream(phone_photo(), b"/Type/XObject/Subtype/Image/Filter/DCTDecode") for _ in range(pages)]
    return pdf(*photos, object_stream(b"<</Title(Hasil pindai)>>", b"[1 2 3]"), xref_stream=True) + bytes(
        2000
    )


def letter_with_links() -> bytes:
    """A printed web page: an address may say anything."""
    link = b"<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://contoh.id/JavaScript/EmbeddedFile/Launch)>>>>"
    return pdf(link, object_stream(link), stream(zlib.compress(b"1 0 0 1 50 50 cm"), b"/Filter/FlateDecode"))


def signed_later() -> bytes:
    """A PDF with a signature field added behind its first end."""
    first = pdf()
    place = len(first)
    field = b"4 0 obj\n<</FT/Sig/T(Tanda tangan)/V<</Type/Sig/Filter/Adobe.PPKLite/Contents<00>>>>>\nendobj\n"
    table = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev 9>>\n" % place
    return first + field + table + b"startxref\n%d\n%%%%EOF\n" % (place + len(field))


def exact(length: int) -> bytes:
    """A PDF of exactly this many bytes."""
    content = length - len(pdf(stream(b"")))
    for digits in range(30):
        made = pdf(stream(bytes(max(0, content - digits))))
        if len(made) == length:
            return made
    raise AssertionError(length)


def with_zip64(data: bytes) -> bytes:
    """An archive as Java's writers end it: with the end of directory of zip64 before the usual one."""
    end_at = data.rfind(b"PK\x05\x06")
    count, size, begins = struct.unpack_from("<HLL", data, end_at + 10)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, begins)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end_at, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:end_at] + wide + locator + end


def with_wide_parts(data: bytes) -> bytes:
    """An archive whose directory keeps every size and place in fields of zip64."""
    end_at = data.rfind(b"PK\x05\x06")
    size, begins = struct.unpack_from("<LL", data, end_at + 12)
    lines = b""
    at = begins
    while at < begins + size:
        packed, unpacked, name_length = struct.unpack_from("<LLH", data, at + 20)
        place = struct.unpack_from("<L", data, at + 42)[0]
        other = struct.pack("<2HL", 0x5455, 4, 0)
        extra = other + struct.pack("<2H3Q", 1, 24, unpacked, packed, place)
        lines += data[at : at + 20] + b"\xff" * 8 + struct.pack("<2H", name_length, len(extra))
        lines += data[at + 32 : at + 42] + b"\xff" * 4 + data[at + 46 : at + 46 + name_length] + extra
        at += 46 + name_length
    return data[:begins] + lines + data[end_at : end_at + 12] + struct.pack("<LLH", len(lines), begins, 0)


CHART = {"word/embeddings/Microsoft_Excel_Worksheet.xlsx": workbook()}
HONEST: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "letter by hand": ("pdf", pdf),
    "scan of an app": ("pdf", scan),
    "printed web page": ("pdf", letter_with_links),
    "pdf changed and signed later": ("pdf", signed_later),
    "10 MB exactly": ("pdf", lambda: exact(10 * 1024 * 1024)),
    "screenshot": ("png", lambda: picture("PNG")),
    "small palette picture": ("png", lambda: picture("PNG", size=(1, 1))),
    "phone photo": ("jpg", phone_photo),
    "small scan": ("jpg", lambda: picture("JPEG", quality=30)),
    "animation": ("gif", animation),
    "old gif without trailer": ("gif", lambda: animation().removesuffix(b";")),
    "sticker": ("webp", lambda: picture("WEBP")),
    "lossless webp with exif": ("webp", lambda: picture("WEBP", lossless=True, exif=Image.Exif().tobytes())),
    "word": ("docx", open_xml),
    "word with a chart": ("docx", lambda: open_xml(more=CHART)),
    "word with an equation object": ("docx", lambda: open_xml(more={"word/embeddings/o.bin": OLE + bytes(4000)})),
    "word with photos": ("docx", lambda: open_xml(more={"word/media/image1.jpeg": phone_photo()})),
    "workbook": ("xlsx", workbook),
    "workbook by java": ("xlsx", lambda: with_zip64(workbook())),
    "word by java": ("docx", lambda: with_wide_parts(open_xml())),
    "slides": ("pptx", lambda: open_xml("pptx")),
    "libreoffice text": ("odt", lambda: zipped(open_document_parts())),
    "libreoffice sheet": ("ods", lambda: zipped(open_document_parts("spreadsheet"))),
    "libreoffice slides": ("odp", lambda: zipped(open_document_parts("presentation"))),
}  # fmt: skip
