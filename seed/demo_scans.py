"""Made-up papers and photographs to attach: each says CONTOH on its face, and comes out the same every time.

Decided 2026-11. A PDF of one page is written by hand here: it needs nothing but the fonts every viewer has, and no
library puts the moment of its making into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

_PHOTO_SIZE = (480, 320)


@dataclass(frozen=True, slots=True)
class Scan:
    """A file to be: under which name and title, and whether it shows who the reporter is."""

    filename: str
    title: str
    body: bytes
    confidential: bool = False


def paper(heading: str, lines: Sequence[str]) -> bytes:
    """A PDF of one page; letters outside Latin-1 become question marks."""
    shown = ["BT /F1 40 Tf 0.8 g 1 0 0 1 190 400 Tm (CONTOH) Tj ET", _line(heading, size=14, y=780)]
    shown += [_line(line, size=11, y=750 - 18 * place) for place, line in enumerate(lines)]
    content = "\n".join(shown).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _file(objects)


def photo(heading: str, lines: Sequence[str]) -> bytes:
    """A PNG that says what a photograph would show."""
    image = Image.new("RGB", _PHOTO_SIZE, "#e8edf2")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, _PHOTO_SIZE[0] - 20, _PHOTO_SIZE[1] - 20), outline="#5b6b7b", width=3)
    draw.text((44, 44), f"CONTOH - {heading}", fill="#22303c")
    for place, line in enumerate(lines):
        draw.text((44, 84 + 22 * place), line, fill="#22303c")
    found = BytesIO()
    image.save(found, "PNG")
    return found.getvalue()


def _line(words: str, *, size: int, y: int) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf 0 g 1 0 0 1 60 {y} Tm ({escaped}) Tj ET"


def _file(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
