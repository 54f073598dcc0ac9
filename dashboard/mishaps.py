"""Unforeseen errors: a reference number for the person, and for the log the same number with the places of the code.

Decided 2026-11. An exception's own message may carry what somebody typed or a row of the database, so the log names
only the kinds of the exceptions and the places they passed; that is enough to find the fault and tells nobody a name.
"""

import logging
import secrets
import traceback

_log = logging.getLogger("patuh")
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def record(error: BaseException) -> str:
    """Log `error` without any value it carries and return its reference number, e.g. "K7QM-2XPD"."""
    number = "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(2))
    _log.error("mishap %s\n%s", number, places(error))
    return number


def places(error: BaseException) -> str:
    """The chain of exceptions by kind, each with the places it passed; no message, no local value."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        for frame in traceback.extract_tb(current.__traceback__):
            lines.append(f"  {frame.filename}:{frame.lineno} in {frame.name}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)


class WithoutValues(logging.Filter):
    """Takes the traceback with its values out of other libraries' log records and leaves the places."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always let it through."""
        if record.exc_info and record.exc_info[1] is not None:
            record.msg = f"{record.getMessage()}\n{places(record.exc_info[1])}"
            record.args = ()
            record.exc_info = None
            record.exc_text = None
        return True


def guard_logs() -> None:
    """Make the loggers of the server and of Streamlit keep addresses and values to themselves."""
    known_names = [
        name for name in logging.root.manager.loggerDict if name.startswith(("streamlit", "uvicorn"))
    ]
    for name in {*known_names, "asyncio", "streamlit.error_util"}:
        logger = logging.getLogger(name)
        if not any(isinstance(known, WithoutValues) for known in logger.filters):
            logger.addFilter(WithoutValues())
    logging.getLogger("uvicorn.access").disabled = True  # addresses carry what people search for
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
