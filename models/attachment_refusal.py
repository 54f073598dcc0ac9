"""The words in which a file is refused: each says what is wrong and what the person can do about it.

None of them names anything found inside the file: a part's name is the sender's text and not ours to show.
"""

from models.errors import N_, Invalid, Problem

EMPTY = N_("The file is empty.")
TOO_LARGE = N_("The file has {size} bytes; at most {limit} bytes ({megabytes} MB) can be attached.")
NO_NAME = N_("The file has no name. Give it one and attach it again.")
LONG_NAME = N_(
    "The name of the file has {length} characters; at most {limit} are possible. Give it a shorter name."
)
NAME_CHARACTER = N_("The name of the file holds a character that cannot be kept ({code}). Rename the file.")
NAME_PATH = N_("The name of the file holds parts of a path. Give it a plain name without slashes.")

UNKNOWN = N_(
    "This kind of file cannot be attached. PDF, PNG, JPEG, GIF, WebP, docx, xlsx, pptx, odt, ods and odp can: "
    "save it as one of these."
)
OLD_OFFICE = N_(
    "Old office files (doc, xls, ppt, rtf) cannot be attached. Save it as docx, xlsx, pptx or PDF."
)
OTHER_PICTURE = N_(
    "Pictures such as HEIC, AVIF, TIFF and BMP cannot be attached. Save it as JPEG, PNG or PDF."
)
ENCRYPTED = N_(
    "The file is encrypted (a password, or limits on printing and copying) and cannot be checked. "
    "Save it without that."
)
MACROS = N_("The file holds macros. Save it without them or as PDF and attach that.")
BROKEN = N_("The file is damaged or was cut off. Open it, save it again and attach the new one.")
UNCHECKABLE = N_(
    "The file is packed in a way that cannot be checked. Save it again, or print it to a new PDF."
)
TWO_KINDS = N_("The file is of two kinds at once. Save it again, or print it to a new PDF.")

MANY_PARTS = N_("The file consists of more than {limit} parts. Save it as PDF.")
UNPACKS_TOO_LARGE = N_(
    "Unpacked, the file would be larger than {limit} MB. Make it smaller or save it as PDF."
)
PACKED_TOO_TIGHT = N_("A part of the file unpacks to more than {limit} times its size. Save it as PDF.")
PART_PATH = N_("Parts of the file have names that lead out of it. Save it again or as PDF.")
DOUBLE_PART = N_("Two parts of the file have the same name. Save it again or as PDF.")
NESTED = N_("The file holds another archive or a program. Attach what it holds by itself, or save it as PDF.")

LARGE_PICTURE = N_(
    "The picture has {width} x {height} pixels; at most {limit} million are possible. Make it smaller."
)
PDF_SCRIPT = N_("The PDF holds program code (JavaScript). Print it to a new PDF and attach that.")
PDF_LAUNCH = N_("The PDF starts other programs. Print it to a new PDF and attach that.")
PDF_FILES = N_("The PDF holds other files. Attach those by themselves, and the PDF printed to a new one.")


def refused(msgid: str, **params: object) -> Invalid:
    """Return (not raise) what a form shows beside its field "file"."""
    return Invalid({"file": Problem(msgid, params)})
