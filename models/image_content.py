"""Whether a picture is whole and of a size that can be shown, found without decoding it.

Decisions (2026-11):
- A picture's bytes are walked from its first block to its last (checksums included where the format has them), which
  finds one that was cut off and its size in pixels; only then is Pillow asked whether it knows it. It is never
  decoded here: a few kilobytes can ask for gigabytes of pixels, and a phone's photo would take seconds.
- Pillow is given what makes up the picture, without the camera's notes (EXIF, thumbnails, second pictures): it warns
  about those of half the phones, and they do not matter here.
- What stands behind the end of a picture stays (phones keep a short film there); an archive there is refused by the
  caller.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.ImageFile import ImageFile

from models import attachment_refusal as words
from models.attachment_refusal import refused

MOST_PIXELS = 50_000_000
_MOST_BLOCKS = 50_000  # real pictures have some hundred; each costs time

_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
_JPEG_BEGINS = b"\xff\xd8\xff"
_JPEG_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN, _JPEG_ENDS, _JPEG_EXIF, _JPEG_MORE = 0xDA, 0xD9, 0xE1, 0xE2
_GIF_BEGINS = (b"GIF87a", b"GIF89a")
_NOT_READ = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    zlib.error,
)


class _Broken(Exception):
    """The picture is not what its first bytes promise."""


@dataclass(slots=True)
class _Blocks:
    """Counts the blocks of a picture, so that a million empty ones do not take their time."""

    left: int

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Broken


def image_kind(data: bytes) -> str | None:
    """Return "png", "jpeg", "gif" or "webp" by the first bytes, or None for anything else."""
    if data.startswith(_PNG_BEGINS):
        return "png"
    if data.startswith(_JPEG_BEGINS):
        return "jpeg"
    if data.startswith(_GIF_BEGINS):
        return "gif"
    return "webp" if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else None


def check_image(data: bytes, kind: str) -> None:
    """Raise Invalid when the picture of this kind is broken, cut off or has more than MOST_PIXELS."""
    try:
        essence = _WALKS[kind](data)
        # The plugin itself and not Image.open(), which warns of large pictures and takes in second ones.
        with _PLUGINS[kind](BytesIO(essence)) as picture:
            _check_size(*picture.size)
    except (_Broken, *_NOT_READ):
        raise refused(words.BROKEN) from None


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise _Broken
    if width * height > MOST_PIXELS:
        raise refused(words.LARGE_PICTURE, width=width, height=height, limit=MOST_PIXELS // 1_000_000)


def _png(data: bytes) -> bytes:
    """Walk the chunks; return those a picture needs."""
    essence = [_PNG_BEGINS]
    blocks = _Blocks(_MOST_BLOCKS)
    view = memoryview(data)
    at = len(_PNG_BEGINS)
    seen_data = False
    while True:
        blocks.count()
        length, name = struct.unpack_from(">L4s", data, at)
        ends = at + 12 + length
        if (
            ends > len(data)
            or zlib.crc32(view[at + 4 : ends - 4]) != struct.unpack_from(">L", data, ends - 4)[0]
        ):
            raise _Broken
        if len(essence) == 1:
            if name != b"IHDR":
                raise _Broken
            _check_size(*struct.unpack_from(">2L", data, at + 8))
        seen_data = seen_data or name == b"IDAT"
        if name[:1].isupper():
            essence.append(data[at:ends])
        if name == b"IEND":
            break
        at = ends
    if not seen_data:
        raise _Broken
    return b"".join(essence)


def _jpeg(data: bytes) -> bytes:
    """Walk the segments to the end of the picture; return those before its pixels, without EXIF and the like."""
    essence = [b"\xff\xd8"]
    scans = sizes = 0
    for marker, begins, ends in _segments(data):
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">2H", data, begins + 5)
            _check_size(width, height)
            sizes += 1
        if marker == _JPEG_SCAN:
            scans += 1
        if scans <= (marker == _JPEG_SCAN) and marker not in (_JPEG_EXIF, _JPEG_MORE):
            essence.append(data[begins:ends])
    if not scans or not sizes:
        raise _Broken
    return b"".join(essence)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment's marker with where it begins (at 0xFF) and ends; returns at the picture's end, never without."""
    blocks = _Blocks(_MOST_BLOCKS)
    at = 2
    while found := _JPEG_MARKER.search(data, at):
        blocks.count()
        marker = found[1][0]
        if marker == _JPEG_ENDS:
            return
        begins = found.end() - 2
        length = struct.unpack_from(">H", data, begins + 2)[0]
        at = begins + 2 + length
        if length < 2 or at > len(data):
            raise _Broken
        yield marker, begins, at
    raise _Broken


def _gif(data: bytes) -> bytes:
    """Walk the blocks to the trailer."""
    width, height, flags = struct.unpack_from("<2HB", data, 6)
    _check_size(width, height)
    blocks = _Blocks(_MOST_BLOCKS)
    at = 13 + _colours(flags)
    frames = 0
    # The trailer is missing in some old pictures, which viewers show as whole.
    while at < len(data) + (not frames) and data[at] != 0x3B:
        blocks.count()
        if data[at] == 0x2C:
            left, top, wide, high, flags = struct.unpack_from("<4HB", data, at + 1)
            width, height = (
                max(width, left + wide),
                max(height, top + high),
            )  # viewers widen the picture for it
            _check_size(width, height)
            frames += 1
            at += 11 + _colours(flags)
        elif data[at] == 0x21:
            at += 2
        else:
            raise _Broken
        while length := data[at]:
            at += 1 + length
        at += 1
    if not frames:
        raise _Broken
    return data


def _colours(flags: int) -> int:
    """The bytes of a colour table."""
    return 3 * 2 ** (flags % 8 + 1) if flags & 0x80 else 0


def _webp(data: bytes) -> bytes:
    """Walk the chunks to the declared end."""
    ends = struct.unpack_from("<L", data, 4)[0] + 8
    if ends > len(data):
        raise _Broken
    _check_size(*_webp_size(data))
    blocks = _Blocks(_MOST_BLOCKS)
    at = 12
    seen = set()
    while at < ends:
        blocks.count()
        name, length = struct.unpack_from("<4sL", data, at)
        seen.add(name)
        at += 8 + length + length % 2
    if at > ends + 1 or not seen & {b"VP8 ", b"VP8L", b"ANMF"}:
        raise _Broken
    return data[:ends]


def _webp_size(data: bytes) -> tuple[int, int]:
    name = data[12:16]
    if name == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if name == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return bits % 2**14 + 1, (bits >> 14) % 2**14 + 1
    if name == b"VP8 ":
        width, height = struct.unpack_from("<2H", data, 26)
        return width % 2**14, height % 2**14
    raise _Broken


_WALKS: Mapping[str, Callable[[bytes], bytes]] = {"png": _png, "jpeg": _jpeg, "gif": _gif, "webp": _webp}
_PLUGINS: Mapping[str, Callable[[BytesIO], ImageFile]] = {
    "png": PngImagePlugin.PngImageFile,
    "jpeg": JpegImagePlugin.JpegImageFile,
    "gif": GifImagePlugin.GifImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
}
