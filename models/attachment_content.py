"""What an attached file really is: decided by its content, never by its name or by what the browser says of it.

Decisions (2026-11):
- Taken are PDF, four kinds of picture and six kinds of office file, which every viewer of an office opens and which can
  be checked. All else is refused with what to do instead; nothing is repaired, cut or cleaned on the quiet.
- The file is served later with the media type found here and under the name made here, so a PNG called surat.pdf is
  kept as surat.png. A name is refused rather than cut; only what some systems cannot write (`:*?"<>|`, a device's
  name, dots and blanks at the ends) is evened out.
- A file that is valid as two kinds at once (a PDF with an archive behind it) is refused, whatever its name.
- This is no virus scanner. It refuses what runs (macros, scripts, launch actions, programs), what hides its content
  (encryption, nested archives) and what would overwhelm a reader (bombs). It cannot know a document that exploits a
  fault in a viewer or one that deceives in plain words.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from models import attachment_refusal as words
from models.attachment_refusal import refused
from models.image_content import check_image, image_kind
from models.office_archive import check_office
from models.pdf_content import check_pdf
from models.zip_directory import ZIP_BEGINS, ends_with_archive

MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Content:
    """What is stored and served: the type of the content, and a name that ends as that type does.

    `filename` is NFC, without path and control characters, and at most LONGEST_NAME + 6 characters long.
    """

    media_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class _Kind:
    media_type: str
    suffixes: tuple[str, ...]  # the first is the one given to a file of another name


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_KINDS: Mapping[str, _Kind] = {
    "pdf": _Kind("application/pdf", ("pdf",)),
    "png": _Kind("image/png", ("png",)),
    "jpeg": _Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "gif": _Kind("image/gif", ("gif",)),
    "webp": _Kind("image/webp", ("webp",)),
    "docx": _Kind(_OPEN_XML + "wordprocessingml.document", ("docx",)),
    "xlsx": _Kind(_OPEN_XML + "spreadsheetml.sheet", ("xlsx",)),
    "pptx": _Kind(_OPEN_XML + "presentationml.presentation", ("pptx",)),
    "odt": _Kind(_OPEN_DOCUMENT + "text", ("odt",)),
    "ods": _Kind(_OPEN_DOCUMENT + "spreadsheet", ("ods",)),
    "odp": _Kind(_OPEN_DOCUMENT + "presentation", ("odp",)),
}
# Endings that say a kind and are replaced when it is the wrong one; all others ("No. 12.2025") are part of the name.
_OTHER_ENDINGS = (
    "apk avif bat bmp cmd com csv doc docm dot exe gz heic heif hta htm html jar js lnk msi odg pps ppt pptm ps1 rar "
    "rtf scr svg tif tiff txt vbs xls xlsb xlsm xml zip"
)
_ENDINGS = {suffix for kind in _KINDS.values() for suffix in kind.suffixes}.union(_OTHER_ENDINGS.split())
# Besides control characters: what turns the order of the letters round ("gnp.exe" shown as "exe.png"), line and
# paragraph separators, lone surrogates and non-characters.
_NAME_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_NAME_PATH = re.compile(r".*[/\\].*|\.{1,2}", re.DOTALL)
_UNWRITABLE = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_PDF_MARK = b"%PDF-"
_PDF_READERS_LOOK = 1024  # bytes in which viewers look for the mark of a PDF
_OTHER_PICTURES = re.compile(rb"II\*\0|MM\0\*|BM.{4}\0{4}|.{4}ftyp(?:hei|hev|mif1|msf1|avi[fs])", re.DOTALL)


def inspect(data: bytes, *, filename: str) -> Content:
    """Return what the file is; raise Invalid({"file": Problem}) when it cannot be attached.

    A file of 10 MB costs some tenths of a second, one made to be costly up to four seconds; memory below 100 MB.
    """
    name = _checked_name(filename)
    if not data:
        raise refused(words.EMPTY)
    if len(data) > MOST_BYTES:
        megabytes = MOST_BYTES // 1024**2
        raise refused(words.TOO_LARGE, size=len(data), limit=MOST_BYTES, megabytes=megabytes)
    kind = _KINDS[_kind_of(data)]
    return Content(kind.media_type, _named(name, kind))


def _kind_of(data: bytes) -> str:
    if data.startswith(ZIP_BEGINS):
        kind = check_office(data)
    elif data.startswith(_PDF_MARK):
        check_pdf(data)
        kind = "pdf"
    elif picture := image_kind(data):
        check_image(data, picture)
        kind = picture
    else:
        raise refused(_why_unknown(data))
    if _is_of_two_kinds(data):
        raise refused(words.TWO_KINDS)
    return kind


def _is_of_two_kinds(data: bytes) -> bool:
    also_pdf = _PDF_MARK in data[1:_PDF_READERS_LOOK]
    return also_pdf or (not data.startswith(ZIP_BEGINS) and ends_with_archive(data))


def _why_unknown(data: bytes) -> str:
    if data.startswith(_OLE):  # the container of both old office files and encrypted new ones
        return words.ENCRYPTED if _ENCRYPTED_PACKAGE in data else words.OLD_OFFICE
    if data.startswith(b"{\\rtf"):
        return words.OLD_OFFICE
    if _OTHER_PICTURES.match(data):
        return words.OTHER_PICTURE
    return words.TWO_KINDS if _PDF_MARK in data[:_PDF_READERS_LOOK] else words.UNKNOWN


def _checked_name(filename: str) -> str:
    """The name with composed letters and without blanks around it; how it ends is not looked at yet."""
    name = unicodedata.normalize("NFC", filename.strip(" "))
    if _NAME_PATH.fullmatch(name):
        raise refused(words.NAME_PATH)
    if wrong := _NAME_CHARACTERS.search(name):
        raise refused(words.NAME_CHARACTER, code=f"U+{ord(wrong[0]):04X}")
    if len(name) > LONGEST_NAME:
        raise refused(words.LONG_NAME, length=len(name), limit=LONGEST_NAME)
    return name


def _named(name: str, kind: _Kind) -> str:
    stem, dot, suffix = name.rpartition(".")
    if not dot or suffix.lower() not in _ENDINGS:
        stem, suffix = name, kind.suffixes[0]
    elif suffix.lower() not in kind.suffixes:
        suffix = kind.suffixes[0]
    stem = _UNWRITABLE.sub("_", stem).strip(". ")
    if not stem:
        raise refused(words.NO_NAME)
    if _DEVICE.match(stem):
        stem = "_" + stem
    return f"{stem}.{suffix}"
