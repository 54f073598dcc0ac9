"""The two languages: which one is spoken now, and the catalogue that turns English source strings into Indonesian.

Decided 2026-11. The English msgid is the source and the English text at once; `locale/id.po` holds the Indonesian and
is read as it stands (no compiled .mo that could lag behind it). The language is a context variable, because one
process serves many people at once. A fragment rerun does not pass the entry script, so a running screen registers
where its language is remembered (`remembered_by`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from babel.messages.pofile import read_po

INDONESIAN, ENGLISH = "id", "en"
LANGUAGES = (INDONESIAN, ENGLISH)

_CATALOGUE_FILE = Path(__file__).parent / "locale" / "id.po"
_spoken: ContextVar[str | None] = ContextVar("patuh_language", default=None)
_memory: list[Callable[[], str | None]] = []


def _read_catalogue(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=INDONESIAN)
    texts: dict[str, str] = {}
    for message in catalogue:
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        said = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
        if said and ids[0]:
            texts.update(dict.fromkeys(ids, said))
    return texts


_INDONESIAN = _read_catalogue(_CATALOGUE_FILE)


def language() -> str:
    """The language spoken now: "id" or "en"; Indonesian when nothing was said."""
    spoken = _spoken.get() or next((code for source in _memory if (code := source())), None)
    return spoken if spoken in LANGUAGES else INDONESIAN


def speak(code: str) -> None:
    """From here on in this thread or task speak `code`; an unknown code means Indonesian."""
    _spoken.set(code if code in LANGUAGES else INDONESIAN)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Speak `code` inside the block, whatever was spoken before."""
    token = _spoken.set(code if code in LANGUAGES else INDONESIAN)
    try:
        yield
    finally:
        _spoken.reset(token)


def remembered_by(source: Callable[[], str | None]) -> None:
    """Ask `source` for the language wherever none was set in this thread."""
    if source not in _memory:
        _memory.append(source)


def gettext(msgid: str, /, **params: object) -> str:
    """`msgid` in the spoken language with its `{name}` places filled; the msgid itself where no translation stands."""
    text = _INDONESIAN.get(msgid, msgid) if language() == INDONESIAN else msgid
    return text.format(**params) if params else text


def ngettext(one: str, many: str, count: float, /, **params: object) -> str:
    """As `gettext`, with the English plural by `count`, which fills `{count}` unless `params` says otherwise."""
    return gettext(one if count == 1 else many, **{"count": count, **params})


_ = gettext
