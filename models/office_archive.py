"""Which office file an archive is, and whether it holds what must not be taken in.

Decisions (2026-11):
- The kind is what the archive declares where the office programs look: `[Content_Types].xml` for docx, xlsx and pptx,
  the stored first part `mimetype` for odt, ods and odp. An archive that declares both, or two main parts, is refused;
  templates, slide shows and other archives are kinds we do not take.
- Macros are found by the declared types (docm, xlsm, pptm, xlsb and Excel 4.0 macro sheets), by the names of the parts
  that hold them, by OLE parts that hold Visual Basic, and in OpenDocument by the folders Basic and Scripts.
- A chart in a Word or PowerPoint file brings its table as a whole xlsx in the folder `embeddings`: there, one level
  deep and within the same limits, an office file is looked at like an attachment. Every other archive or program
  among the parts is refused, also one packed as an OLE object.
- Not looked at: links to the outside (pictures, templates, queries), which viewers ask about before they follow them.
"""

from collections.abc import Iterator, Mapping, Sequence
from xml.parsers import expat

from models import attachment_refusal as words
from models.attachment_refusal import refused
from models.zip_directory import ZIP_BEGINS, Part, Room, new_room, parts_of, read, unpack

_TYPES_PART, _MIMETYPE_PART, _MANIFEST_PART = "[Content_Types].xml", "mimetype", "META-INF/manifest.xml"
_MOST_DECLARED = 1024 * 1024  # bytes of a part that is read to know the kind; real ones have some kilobytes
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_MAIN_TYPES: Mapping[str, str] = {
    _OPEN_XML + "wordprocessingml.document.main+xml": "docx",
    _OPEN_XML + "spreadsheetml.sheet.main+xml": "xlsx",
    _OPEN_XML + "presentationml.presentation.main+xml": "pptx",
}
_OPEN_DOCUMENT_TYPES: Mapping[bytes, str] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
MACRO_TYPES = ("macroenabled", "vbaproject", "vbadata", "macrosheet")
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
MACRO_FOLDERS = ("basic", "scripts")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_MACRO_MARKS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "_VBA_PROJECT_CUR"))
OLE_PACKAGE_MARKS = ("Ole10Native".encode("utf-16-le"),)
ARCHIVE_BEGINNINGS = (
    ZIP_BEGINS,
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"MSCF\0\0\0\0",
    b"\xfd7zXZ\0",
    b"MZ",
    b"\x7fELF",
)
MOST_EMBEDDED = 10 * 1024 * 1024  # bytes of an office file inside another: it is held in memory
DEEPEST = 1  # an office file may hold office files; those may hold none


def check_office(data: bytes) -> str:
    """Return "docx", "xlsx", "pptx", "odt", "ods" or "odp"; raise Invalid when it is none of them or unfit."""
    return _check(data, new_room(), deep=0)


def _check(data: bytes, room: Room, *, deep: int) -> str:
    parts = parts_of(data, room)
    by_name = {part.name: part for part in parts}
    if _TYPES_PART in by_name and _MIMETYPE_PART not in by_name:
        kind = _open_xml_kind(data, by_name)
        embeds = True
    elif _MIMETYPE_PART in by_name and _TYPES_PART not in by_name:
        kind = _open_document_kind(data, parts, by_name)
        embeds = False
    else:
        raise refused(words.UNKNOWN)
    for part in parts:
        _check_part(data, part, room, embeds_below=deep + 1 if embeds else DEEPEST + 1)
    return kind


def _open_xml_kind(data: bytes, by_name: Mapping[str, Part]) -> str:
    declared = list(_declared_types(read(data, by_name[_TYPES_PART], most=_MOST_DECLARED)))
    types = [content_type.strip().lower() for _, content_type in declared]
    if any(mark in content_type for content_type in types for mark in MACRO_TYPES):
        raise refused(words.MACROS)
    if any(_last(name) in MACRO_PARTS for name in by_name):
        raise refused(words.MACROS)
    kinds = {_MAIN_TYPES[content_type] for content_type in types if content_type in _MAIN_TYPES}
    if len(kinds) != 1:
        raise refused(words.UNKNOWN)
    folded = {"/" + name.casefold() for name in by_name}
    mains = {
        name.casefold() for name, content_type in declared if content_type.strip().lower() in _MAIN_TYPES
    }
    if not any(name in folded or not name.startswith("/") for name in mains) or "/_rels/.rels" not in folded:
        raise refused(words.BROKEN)
    return kinds.pop()


def _open_document_kind(data: bytes, parts: Sequence[Part], by_name: Mapping[str, Part]) -> str:
    if parts[0].name != _MIMETYPE_PART:
        raise refused(words.UNKNOWN)
    kind = _OPEN_DOCUMENT_TYPES.get(read(data, parts[0], most=200).strip())
    if kind is None:
        raise refused(words.UNKNOWN)
    if _MANIFEST_PART not in by_name:
        raise refused(words.BROKEN)
    manifest = read(data, by_name[_MANIFEST_PART], most=_MOST_DECLARED)
    if any(element == "encryption-data" for element, _ in _elements(manifest)):
        raise refused(words.ENCRYPTED)
    if any(folder in MACRO_FOLDERS for name in by_name for folder in name.lower().split("/")[:-1]):
        raise refused(words.MACROS)
    if "content.xml" not in by_name:
        raise refused(words.BROKEN)
    return kind


def _check_part(data: bytes, part: Part, room: Room, *, embeds_below: int) -> None:
    """Unpack one part to its end, so that its size and checksum are known, and look at what it is."""
    pieces = unpack(data, part)
    first = next(pieces, b"")
    while len(first) < 16 and (more := next(pieces, b"")):
        first += more
    if first.startswith(ARCHIVE_BEGINNINGS):
        embedded = "embeddings" in part.name.casefold().split("/")[:-1] and part.size <= MOST_EMBEDDED
        if not (first.startswith(ZIP_BEGINS) and embedded and embeds_below <= DEEPEST):
            raise refused(words.NESTED)
        _check(first + b"".join(pieces), room, deep=embeds_below)
    elif first.startswith(_OLE):
        _check_ole(first, pieces)
    else:
        for _ in pieces:
            pass


def _check_ole(first: bytes, pieces: Iterator[bytes]) -> None:
    """Look for Visual Basic and for packed files by the names an OLE container keeps in UTF-16."""
    marks = [(mark, words.MACROS) for mark in OLE_MACRO_MARKS]
    marks += [(mark, words.NESTED) for mark in OLE_PACKAGE_MARKS]
    carried = b""
    while first:
        looked_at = carried + first
        for mark, msgid in marks:
            if mark in looked_at:
                raise refused(msgid)
        carried = looked_at[-64:]
        first = next(pieces, b"")


def _declared_types(content: bytes) -> Iterator[tuple[str, str]]:
    """Each declared content type with the part's name ("/word/document.xml") or the ending ("xml") it is for."""
    for element, attributes in _elements(content):
        if element in ("Override", "Default"):
            yield (
                attributes.get("PartName", attributes.get("Extension", "")),
                attributes.get("ContentType", ""),
            )


def _elements(content: bytes) -> list[tuple[str, Mapping[str, str]]]:
    """Every element's local name and attributes; entities of the file's own are refused, external ones not read."""
    found: list[tuple[str, Mapping[str, str]]] = []

    def entity(*_: object) -> None:
        raise refused(words.UNCHECKABLE)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(" ")[2], attributes))
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes it by position only
    except (expat.ExpatError, ValueError, LookupError):
        raise refused(words.BROKEN) from None
    return found


def _last(name: str) -> str:
    return name.casefold().rpartition("/")[2]
