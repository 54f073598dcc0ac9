"""Strict reading of one TOML file: every problem is gathered with its line, dotted key and reason, then told at once.

Each value is asked for with its type; whatever nobody asked for is an unknown key. A value that is missing or wrong is
reported and replaced by an empty one, so that reading goes on and the author sees all mistakes of a file together.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.sop_form import Label

Where = tuple[str | int, ...]

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\- ]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"\s*([\w-]+)\s*=")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class SopProblem:
    """One mistake: `key` is dotted and names tables by their own key (`step.review.after`); `line` counts from 1."""

    file: str
    line: int | None
    key: str
    reason: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.reason}" if self.key else f"{place}: {self.reason}"


class SopError(ValueError):
    """A SOP file that cannot be used, with all of its problems; printing it gives one a line."""

    def __init__(self, problems: tuple[SopProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Findings:
    """The problems of one file, gathered while it is read and checked."""

    def __init__(self, *, name: str, text: str, data: Mapping[str, object]) -> None:
        self._name = name
        self._text = text
        self._data = data
        self._found: dict[tuple[Where, str], None] = {}

    def add(self, where: Where, reason: str) -> None:
        """Note a problem at `where`: keys and, inside arrays, positions from 0."""
        self._found[where, reason] = None

    def has(self, where: Where) -> bool:
        """Whether something at or inside `where` is known to be wrong: what follows from it need not be told."""
        return any(known[: len(where)] == where for known, _ in self._found)

    def raise_if_any(self) -> None:
        """Raise SopError with every problem in the order of the file's lines."""
        if not self._found:
            return
        lines = _lines(self._text)
        problems = [
            SopProblem(file=self._name, line=_line(lines, where), key=self._dotted(where), reason=reason)
            for where, reason in self._found
        ]
        raise SopError(tuple(sorted(problems, key=lambda problem: problem.line or 0)))

    def _dotted(self, where: Where) -> str:
        node: object = self._data
        names = []
        for part in where:
            name = str(part + 1) if isinstance(part, int) else part
            if isinstance(part, str):
                node = node.get(part) if isinstance(node, Mapping) else None
            else:
                node = node[part] if isinstance(node, list) and part < len(node) else None
                own = node.get("key") if isinstance(node, Mapping) else None
                name = own if isinstance(own, str) and KEY.fullmatch(own) else name
            names.append(name)
        return ".".join(names)


def _line(lines: dict[Where, int], where: Where) -> int | None:
    """The line of the nearest thing around `where` whose line is known."""
    for length in range(len(where), 0, -1):
        if where[:length] in lines:
            return lines[where[:length]]
    return None


def _lines(text: str) -> dict[Where, int]:
    """Where each table, key and one-line array member of a valid file begins."""
    lines = text.split("\n")
    found: dict[Where, int] = {}
    sizes: dict[Where, int] = {}
    table: Where = ()
    at = 0
    while at < len(lines):
        if header := _HEADER.match(lines[at]):
            table = _table_path(header, sizes)
            found[table] = at + 1
            if isinstance(table[-1], int):
                found.setdefault(table[:-1], at + 1)
        elif key := _ASSIGNMENT.match(lines[at]):
            found[(*table, key[1])] = at + 1
            end = _value_end(lines, at)
            members = [n for n in range(at, end) if lines[n].lstrip().startswith("{")]
            found.update({(*table, key[1], i): n + 1 for i, n in enumerate(members)})
            at = end - 1
        at += 1
    return found


def _table_path(header: re.Match[str], sizes: dict[Where, int]) -> Where:
    """The path of `[a.b]` or `[[a.b]]`, with the position of each array member it lies in."""
    path: Where = ()
    *outer, last = [name.strip() for name in header[2].split(".")]
    for name in outer:
        path = (*path, name)
        if path in sizes:
            path = (*path, sizes[path] - 1)
    path = (*path, last)
    if header[1] == "[[":
        sizes[path] = sizes.get(path, 0) + 1
        path = (*path, sizes[path] - 1)
    return path


def _value_end(lines: list[str], first: int) -> int:
    """The line after the value that begins on line `first`: as soon as what was read so far is TOML."""
    for end in range(first + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[first:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return first + 1


class Table:
    """One TOML table under reading. Every method reports a wrong value and returns an empty one in its place."""

    def __init__(self, values: Mapping[str, object], *, where: Where, findings: Findings) -> None:
        self.where = where
        self.findings = findings
        self._values = values
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def problem(self, key: str, reason: str) -> None:
        """Report what is wrong with the value of `key`."""
        self.findings.add((*self.where, key), reason)

    def refuse(self, key: str, reason: str) -> None:
        """Report a key that must not stand here, whatever its value."""
        self._asked.add(key)
        self.problem(key, reason)

    def done(self) -> None:
        """Report the keys nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.problem(key, "unknown key")

    def _take(self, key: str, *, kind: type, needed: bool) -> object | None:
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            if needed:
                self.problem(key, "missing")
            return None
        if type(value) is not kind:  # a bool is no integer and a moment is no day
            self.problem(key, f"must be {_NAMES[kind]}, not {_NAMES.get(type(value), type(value).__name__)}")
            return None
        return value

    def text_or_none(self, key: str, *, needed: bool = False) -> str | None:
        """Return a text that is not blank and can be printed."""
        value = self._take(key, kind=str, needed=needed)
        if not isinstance(value, str):
            return None
        return value if self._printable((*self.where, key), value) else None

    def text(self, key: str, default: str | None = None) -> str:
        """Return the text; without a default it must be there."""
        value = self.text_or_none(key, needed=default is None)
        return value if value is not None else default or ""

    def name(self, key: str) -> str:
        """Return a key of the file's own: lower case letters, digits and underscores, at most 40."""
        value = self.text(key)
        if value and not KEY.fullmatch(value):
            self.problem(
                key, f"{value!r} is not a key: a-z first, then a-z, 0-9 and _, at most 40 characters"
            )
            return ""
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when it is not there."""
        value = self._take(key, kind=list, needed=False)
        if not isinstance(value, list):
            return ()
        kept = []
        for position, item in enumerate(value):
            where = (*self.where, key, position)
            if not isinstance(item, str):
                self.findings.add(where, f"must be text, not {_NAMES.get(type(item), type(item).__name__)}")
            elif self._printable(where, item):
                kept.append(item)
        return tuple(kept)

    def integer(self, key: str, *, least: int | None = None, needed: bool = True) -> int | None:
        """Return a whole number, not below `least` where one is given."""
        value = self._take(key, kind=int, needed=needed)
        if not isinstance(value, int):
            return None
        if least is not None and value < least:
            self.problem(key, f"must be {least} or more, not {value}")
            return None
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._take(key, kind=bool, needed=False)
        return value if isinstance(value, bool) else default

    def day(self, key: str, *, needed: bool = False) -> date | None:
        """Return a date without a time."""
        value = self._take(key, kind=date, needed=needed)
        return value if isinstance(value, date) else None

    def label(self, key: str) -> Label:
        """Return `{ id = "...", en = "..." }`, which must be there with both."""
        return self.label_or_none(key, needed=True) or Label(id="", en="")

    def label_or_none(self, key: str, *, needed: bool = False) -> Label | None:
        """Return a label if it is there; then it must have both languages."""
        inner = self.table(key, needed=needed)
        if inner is None:
            return None
        label = Label(id=inner.text("id"), en=inner.text("en"))
        inner.done()
        return label

    def table(self, key: str, *, needed: bool = False) -> "Table | None":
        """Return the table under `key`."""
        value = self._take(key, kind=dict, needed=needed)
        if not isinstance(value, dict):
            return None
        return Table(value, where=(*self.where, key), findings=self.findings)

    def tables(self, key: str) -> list["Table"]:
        """Return an array of tables, empty when it is not there; a member that is no table counts as an empty one."""
        value = self._take(key, kind=list, needed=False)
        members = value if isinstance(value, list) else []
        found = []
        for position, member in enumerate(members):
            where = (*self.where, key, position)
            if not isinstance(member, dict):
                self.findings.add(
                    where, f"must be a table, not {_NAMES.get(type(member), type(member).__name__)}"
                )
            found.append(
                Table(member if isinstance(member, dict) else {}, where=where, findings=self.findings)
            )
        return found

    def _printable(self, where: Where, value: str) -> bool:
        if not value.strip():
            self.findings.add(where, "is blank")
        elif _UNPRINTABLE.search(value):
            self.findings.add(where, "contains a control character")
        else:
            return True
        return False


_NAMES: dict[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number with a fraction",
    bool: "true or false",
    date: "a date",
    list: "a list",
    dict: "a table",
}
