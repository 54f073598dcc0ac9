"""Whether a PDF is whole and holds nothing that runs or hides.

Decisions (2026-11):
- The file is searched, not interpreted: viewers disagree on what a crooked PDF means, and a parser that follows
  its own reading misses what another shows. The long names (/JavaScript, /Launch, /EmbeddedFile, /Encrypt) are
  looked for in every byte, in every spelling (#4a for J), so no crooked cross-reference hides them. Only web
  addresses in text, which may well say /JavaScript/, are passed over.
- Short names (/JS, /EF, /XFA) come up by chance in compressed bytes and are looked for outside streams.
- Object streams, in which PDF 1.5 and later keep most objects, are unpacked within limits and searched for all names.
  One that is packed in another way than all programs do it (Flate without predictor) is refused.
- Not found: what a viewer would only meet in a stream that does not look like an object stream and is not declared as
  one, short names inside what looks like a stream and is none, and faults of viewers. It is a search, not a proof.
- A document that says these words itself, uncompressed ("see /JavaScript"), is refused wrongly; printing it anew helps.
- Encrypted means any encryption, also with the empty password that only limits printing: nothing in it can be read.
- The mark %PDF- must be the very first bytes and %%EOF stand near the end: with both, cut-off files and most files of
  two kinds are out. Blanks and NULs behind the end are allowed: scanners fill up blocks with them.
"""

import re
import zlib
from collections.abc import Iterable, Mapping
from functools import cache

from models import attachment_refusal as words
from models.attachment_refusal import refused

_BEGINS = re.compile(rb"%PDF-[12]\.\d")
_END_WITHIN = 1024  # bytes in which viewers look for %%EOF
_START_OF_TABLE = re.compile(rb"startxref\s+(\d{1,10})\s*%%EOF")
_TABLE = re.compile(rb"xref|\d+\s+\d+\s+obj")
_TABLE_SLACK = 16  # some writers are a few bytes off, and viewers forgive it

LONG_NAMES: Mapping[bytes, str] = {
    b"Encrypt": words.ENCRYPTED,
    b"JavaScript": words.PDF_SCRIPT,
    b"Launch": words.PDF_LAUNCH,
    b"EmbeddedFile": words.PDF_FILES,
    b"EmbeddedFiles": words.PDF_FILES,
}
SHORT_NAMES: Mapping[bytes, str] = {
    b"JS": words.PDF_SCRIPT,
    b"XFA": words.PDF_SCRIPT,
    b"EF": words.PDF_FILES,
}
_WEB_ADDRESS = rb"https?://[^\x00-\x20()<>\\]*"

MOST_STREAMS = 50_000
MOST_UNPACKED = 16 * 1024 * 1024  # of all object streams together
_MOST_UNPACKED_UNDECLARED = 4 * 1024 * 1024  # of all that only look like one; the rest is not searched
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_BLANKS = b"\0\t\n\f\r "
_LONGEST_DICTIONARY = 4096
_PEEK = (512, 64)  # bytes given to and wanted from the unpacking at a time: first, then
_PIECES = (64 * 1024, 256 * 1024)
_LOOKS_LIKE_OBJECTS = re.compile(rb"\s*\d+\s+\d+\s")  # number and place of the first object in the stream


def check_pdf(data: bytes) -> None:
    """Raise Invalid when the PDF is cut off, encrypted, or holds scripts, launch actions or other files."""
    _check_ends(data)
    _refuse_names(data, LONG_NAMES)
    _check_streams(data)


def _check_ends(data: bytes) -> None:
    end = len(data.rstrip(_BLANKS))
    mark = data.rfind(b"%%EOF", max(0, end - _END_WITHIN))
    table = data.rfind(b"startxref", 0, max(mark, 0))
    found = _START_OF_TABLE.match(data, table) if table >= 0 else None
    if not _BEGINS.match(data) or not found:
        raise refused(words.BROKEN)
    at = int(found[1])
    if not _TABLE.search(data, max(0, at - _TABLE_SLACK), at + 3 * _TABLE_SLACK):
        raise refused(words.BROKEN)


def _any_spelling(name: bytes) -> bytes:
    """A pattern for the name with any of its letters written as #xx."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name)


_NAME_ENDS = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|\Z)"
_DECLARED = re.compile(rb"/" + _any_spelling(b"ObjStm") + _NAME_ENDS)
_FILTERED = re.compile(rb"/" + _any_spelling(b"Filter") + _NAME_ENDS)
_INTERLEAVED = re.compile(rb"/" + _any_spelling(b"DecodeParms") + _NAME_ENDS)


_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


@cache
def _pattern(names: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """A pattern for any of the names (group 1) or for a web address, which it passes over."""
    first = b"".join({name[:1] for name in names})
    # A set to begin with and a look at the next byte let almost every place be passed over at once.
    begins = rb"[(/](?=[#h" + first + rb"])"
    name = rb"(?<=/)(" + _any_of(names) + rb")" + _NAME_ENDS
    return re.compile(begins + rb"(?:" + name + rb"|(?<=\()" + _WEB_ADDRESS + rb")")


def _any_of(names: Iterable[bytes]) -> bytes:
    """A pattern that decides letter by letter: trying name after name would cost seconds on a file of slashes."""
    tails: dict[bytes, list[bytes]] = {}
    for name in names:
        tails.setdefault(name[:1], []).append(name[1:])
    ways = [_any_spelling(first) + _any_of(rest) if first else b"" for first, rest in tails.items()]
    return b"(?:" + b"|".join(ways) + b")"


def _refuse_names(content: bytes | bytearray, names: Mapping[bytes, str]) -> None:
    """Raise Invalid when one of the names stands anywhere in the content."""
    for found in _pattern(tuple(names)).finditer(content):
        if found[1]:
            raise refused(names[_ESCAPED.sub(lambda code: bytes.fromhex(code[1].decode()), found[1])])


def _check_streams(data: bytes) -> None:
    """Search what stands outside streams for the short names, and object streams for all."""
    left = {True: MOST_UNPACKED, False: _MOST_UNPACKED_UNDECLARED}
    outside_from = 0
    for number, found in enumerate(_STREAM.finditer(data)):
        if number >= MOST_STREAMS:
            raise refused(words.UNCHECKABLE)
        head = data[max(0, found.start() - _LONGEST_DICTIONARY) : found.start()]
        head = head[max(0, head.rfind(b"obj")) :]
        declared = bool(_DECLARED.search(head))
        left[declared] -= _check_stream(data, found.end(), head, declared=declared, most=left[declared])
        # The word in a text or in a stream's bytes begins no stream; taking it for one would hide what follows.
        if found.start() >= outside_from and head.rstrip(_BLANKS).endswith(b">>"):
            _refuse_names(data[outside_from : found.start()], SHORT_NAMES)
            ends = data.find(b"endstream", found.end())
            outside_from = ends if ends >= 0 else len(data)
    _refuse_names(data[outside_from:], SHORT_NAMES)


def _check_stream(data: bytes, begins: int, head: bytes, *, declared: bool, most: int) -> int:
    """Search a stream if it holds objects; return how much was unpacked. `head` is its dictionary."""
    packed = data[begins] & 0x0F == 8 and int.from_bytes(data[begins : begins + 2], "big") % 31 == 0
    if declared and (_INTERLEAVED.search(head) or (_FILTERED.search(head) and not packed)):
        raise refused(words.UNCHECKABLE)
    if not packed and not declared:
        return 0
    if packed:
        content = _unpacked(data, begins, declared=declared, most=most)
    else:
        content = data[begins : data.find(b"endstream", begins)]
    _refuse_names(content, {**LONG_NAMES, **SHORT_NAMES})
    return len(content)


def _unpacked(data: bytes, begins: int, *, declared: bool, most: int) -> bytes | bytearray:
    """What the stream unpacks to; of one that is not declared only what looks like objects and fits in `most`."""
    inflate = zlib.decompressobj()
    content = bytearray()
    rest = memoryview(data)[begins:]
    given, wanted = _PEEK
    try:
        while rest and not inflate.eof and len(content) <= most:
            piece = rest[:given]
            content += inflate.decompress(piece, wanted)
            rest = rest[len(piece) - len(inflate.unconsumed_tail) :]
            if not declared and not _LOOKS_LIKE_OBJECTS.match(content):
                return b""
            given, wanted = _PIECES
    except zlib.error:
        if declared:
            raise refused(words.BROKEN) from None
    if declared and len(content) > most:
        raise refused(words.UNCHECKABLE)
    return content
