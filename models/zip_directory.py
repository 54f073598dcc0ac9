"""The parts of a zip archive, read from bytes without trusting what the archive says of itself.

Decisions (2026-11):
- Read here rather than with `zipfile`, which takes in a directory of any length, forgives archives that differ from
  reader to reader (something before the first part, local names unlike those of the directory, overlapping parts) and
  stops at the declared size of a part, so that one that goes on behind it looks sound. Strictness is the point: what
  only some readers can open is refused.
- The directory is judged before anything is unpacked: number of parts, total size, ratio, names. Then each part is
  unpacked once, in pieces that are thrown away, and must come out at the declared size and checksum; so the declared
  figures are true of everything that was taken.
- Zip64 is read, because Java's writers of xlsx use it for small files too.
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models import attachment_refusal as words
from models.attachment_refusal import refused

ZIP_BEGINS = b"PK\x03\x04"
MOST_PARTS = 2_000
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 100
RATIO_COUNTS_FROM = 1024 * 1024  # smaller parts are harmless however well they pack

_PIECE = 256 * 1024
_STORED, _DEFLATED = 0, 8
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000  # encrypted, strongly, directory masked
_UTF8_FLAG = 0x800
_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL = 0xFFFFFFFF  # "see the zip64 field"
_LONGEST_COMMENT = 0xFFFF
_OUTSIDE = re.compile(r"/|[a-z]:|(.*/)?\.{1,2}(/|$)|.*[\x00-\x1f\x7f]", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `name` has slashes only; `begins`, `packed` say where its packed bytes stand in the archive."""

    name: str
    method: int
    begins: int
    packed: int
    size: int
    checksum: int


@dataclass(slots=True)
class Room:
    """What an archive, together with the archives inside it, may still take up."""

    parts: int
    unpacked: int


def new_room() -> Room:
    """Room for one attachment."""
    return Room(parts=MOST_PARTS, unpacked=MOST_UNPACKED)


def parts_of(data: bytes, room: Room) -> list[Part]:
    """Return the parts as they stand in the archive; raise Invalid when the directory alone shows it unfit.

    Takes what the parts will need from `room`. Folders are left out.
    """
    try:
        count, directory_at, directory_ends = _directory(data)
        if count > room.parts:
            raise refused(words.MANY_PARTS, limit=MOST_PARTS)
        room.parts -= count
        entries = list(_entries(data, count, directory_at, directory_ends))
        _check_names(entries)
        _check_sizes(entries, room)
        return list(_placed(data, entries, directory_at))
    except (struct.error, UnicodeDecodeError, IndexError):
        raise refused(words.BROKEN) from None


def unpack(data: bytes, part: Part) -> Iterator[bytes]:
    """Yield the content of a part in pieces, none of them empty.

    Raises Invalid when the content is not of the declared size and checksum. The last pieces come before the
    checksum is known: act on nothing before the end.
    """
    length = checksum = 0
    for piece in _inflated(data, part):
        length += len(piece)
        if length > part.size:
            raise refused(words.BROKEN)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if length != part.size or checksum != part.checksum:
        raise refused(words.BROKEN)


def read(data: bytes, part: Part, *, most: int) -> bytes:
    """Return a part's content; raise Invalid when it has more than `most` bytes, whatever size is declared."""
    content = bytearray()
    for piece in unpack(data, part):
        content += piece
        if len(content) > most:
            raise refused(words.UNCHECKABLE)
    return bytes(content)


def ends_with_archive(data: bytes) -> bool:
    """Whether readers of zip archives, which begin at the end, would find one in this file of another kind."""
    end_at = data.rfind(b"PK\x05\x06", -_LONGEST_COMMENT - _END.size)
    if end_at < 0 or end_at + _END.size > len(data):
        return False
    size = _END.unpack_from(data, end_at)[5]
    return 0 < size <= end_at and data.startswith(b"PK\x01\x02", end_at - size)


def _directory(data: bytes) -> tuple[int, int, int]:
    """The number of entries and where they begin and end."""
    end_at = data.rfind(b"PK\x05\x06", max(0, len(data) - _LONGEST_COMMENT - _END.size))
    if end_at < 0:
        raise refused(words.BROKEN)
    _, disk, first_disk, here, count, size, begins, comment = _END.unpack_from(data, end_at)
    ends = end_at
    locator_at = max(0, end_at - _END64_LOCATOR.size)
    if data.startswith(b"PK\x06\x07", locator_at):
        ends = _END64_LOCATOR.unpack_from(data, locator_at)[2]
        mark, _, _, _, disk, first_disk, here, count, size, begins = _END64.unpack_from(data, ends)
        if mark != b"PK\x06\x06":
            raise refused(words.BROKEN)
    whole = end_at + _END.size + comment == len(data) and begins + size == ends
    if not whole or disk or first_disk or here != count or not count:
        raise refused(words.BROKEN)
    return count, begins, ends


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the directory as it stands there, but for sizes and place taken from its zip64 field."""

    raw_name: bytes
    name: str
    method: int
    checksum: int
    packed: int
    size: int
    local_at: int
    mode: int


def _entries(data: bytes, count: int, at: int, ends: int) -> Iterator[_Entry]:
    for _ in range(count):
        fields = _ENTRY.unpack_from(data, at)
        mark, made_by, _, flags, method, _, _, checksum, packed, size = fields[:10]
        name_length, extra_length, comment_length, _, _, attributes, local_at = fields[10:]
        if mark != b"PK\x01\x02":
            raise refused(words.BROKEN)
        if flags & _ENCRYPTED_FLAGS:
            raise refused(words.ENCRYPTED)
        name_at = at + _ENTRY.size
        raw_name = data[name_at : name_at + name_length]
        extra = data[name_at + name_length : name_at + name_length + extra_length]
        packed, size, local_at = _wide(extra, size=size, packed=packed, local_at=local_at)
        name = raw_name.decode("utf-8" if flags & _UTF8_FLAG else "cp437").replace("\\", "/")
        mode = attributes >> 16 if made_by >> 8 == 3 else 0  # 3: Unix
        yield _Entry(raw_name, name, method, checksum, packed, size, local_at, mode)
        at = name_at + name_length + extra_length + comment_length
    if at != ends:
        raise refused(words.BROKEN)


def _wide(extra: bytes, *, size: int, packed: int, local_at: int) -> tuple[int, int, int]:
    """Sizes and place, those that need it from the zip64 field."""
    at = 0
    wide: list[int] = []
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = list(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
        at += 4 + length
    size, packed, local_at = (wide.pop(0) if value == _FULL else value for value in (size, packed, local_at))
    return packed, size, local_at


def _check_names(entries: Sequence[_Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if _OUTSIDE.match(entry.name) or stat.S_ISLNK(entry.mode) or not entry.name:
            raise refused(words.PART_PATH)
        folded = entry.name.casefold()  # office programs on Windows do not tell case apart
        if folded in seen:
            raise refused(words.DOUBLE_PART)
        seen.add(folded)


def _check_sizes(entries: Sequence[_Entry], room: Room) -> None:
    room.unpacked -= sum(entry.size for entry in entries)
    if room.unpacked < 0:
        raise refused(words.UNPACKS_TOO_LARGE, limit=MOST_UNPACKED // 1024**2)
    for entry in entries:
        if entry.size > RATIO_COUNTS_FROM and entry.size > entry.packed * MOST_RATIO:
            raise refused(words.PACKED_TOO_TIGHT, limit=MOST_RATIO)


def _placed(data: bytes, entries: Sequence[_Entry], directory_at: int) -> Iterator[Part]:
    """The parts with their packed bytes found; they fill the archive from its first byte and share none."""
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.local_at):
        local = _LOCAL.unpack_from(data, entry.local_at)
        name_length, extra_length = local[9:11]
        name_at = entry.local_at + _LOCAL.size
        begins = name_at + name_length + extra_length
        as_listed = (local[0], data[name_at : name_at + name_length], local[3])
        first_is_first = free_from or entry.local_at == 0
        if as_listed != (ZIP_BEGINS, entry.raw_name, entry.method) or not first_is_first:
            raise refused(words.BROKEN)
        if entry.local_at < free_from or begins + entry.packed > directory_at:
            raise refused(words.BROKEN)
        free_from = begins + entry.packed
        if entry.method not in (_STORED, _DEFLATED):
            raise refused(words.UNCHECKABLE)
        if not entry.name.endswith("/") or entry.size:
            yield Part(entry.name, entry.method, begins, entry.packed, entry.size, entry.checksum)


def _inflated(data: bytes, part: Part) -> Iterator[bytes]:
    view = memoryview(data)
    ends = part.begins + part.packed
    if part.method == _STORED:
        yield from (bytes(view[at : min(at + _PIECE, ends)]) for at in range(part.begins, ends, _PIECE))
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    at = part.begins
    rest: bytes | memoryview = b""
    try:
        while not inflate.eof:
            if not rest and at < ends:
                rest, at = view[at : min(at + _PIECE, ends)], at + _PIECE
            given = bool(rest)
            piece = inflate.decompress(rest, _PIECE)
            rest = inflate.unconsumed_tail
            if not piece and not given:  # all was given and nothing more comes out
                raise refused(words.BROKEN)
            if piece:  # none comes out of any number of empty blocks; an empty piece would look like the end
                yield piece
    except zlib.error:
        raise refused(words.BROKEN) from None
    if inflate.unused_data or rest or at < ends:
        raise refused(words.BROKEN)
