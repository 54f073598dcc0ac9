"""A person before a screen: the application as Streamlit runs it, opened by address, filled in, read by element.

`AppTest` finds pages by their file; an address tells more (one register file serves every SOP), so pages are opened by
the hash that Streamlit makes of an address.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.settings import ROOT
from models.access import Actor
from models.commands.sessions import open_session, token_hash
from models.database import transaction
from tests.conftest import NOW
from tests.factories import Office
from tests.moments import WIB

ENTRY = ROOT / "dashboard" / "app.py"
PATIENCE = 15

# where a text stands as text, whatever is in it; all else may be read as Markdown or HTML
PLAIN = frozenset({"text", "dataframe", "text_input", "text_area", "selectbox", "multiselect", "code"})


@dataclass
class Visitor:
    """One tab of one browser. `who` is None for somebody who is not signed in."""

    office: Office
    who: Actor | None
    script: Path = ENTRY
    at: AppTest = field(init=False)

    def __post_init__(self) -> None:
        self.at = AppTest.from_file(str(self.script), default_timeout=PATIENCE)
        self.at.user = signed_in(self.office, self.who) if self.who else {}

    def open(self, url: str = "", **query: str) -> "Visitor":
        """Go to an address."""
        self.at.query_params = dict(query)
        self.at._page_hash = calc_hash(url) if url else ""
        if not url:
            self.at._finished_page_script_hash = ""
        self.at.run()
        self.at._page_hash = ""
        return self

    def is_at(self, url: str) -> bool:
        """Whether this is the page shown now, after all leading on."""
        return bool(self.at._finished_page_script_hash == calc_hash(url))

    def rerun(self) -> "Visitor":
        self.at.run()
        return self

    def field(self, name: str) -> Any:
        """The one widget whose key ends in `.name`; forms put their token before it."""
        found = [node for node in self.widgets() if node.key and node.key.endswith(f".{name}")]
        assert len(found) == 1, f"{name}: {[node.key for node in self.widgets()]}"
        return found[0]

    def has_field(self, name: str) -> bool:
        return any(node.key and node.key.endswith(f".{name}") for node in self.widgets())

    def fill(self, **values: object) -> "Visitor":
        """Type into widgets, as `field` finds them; a moment is typed as the office's clock shows it."""
        for name, value in values.items():
            typed = value.astimezone(WIB).replace(tzinfo=None) if isinstance(value, datetime) else value
            self.field(name).set_value(typed)
        return self

    def key_of(self, begin: str, end: str) -> str:
        """The key of the widget that begins and ends so; the form's token stands between."""
        found = [node.key for node in self.widgets() if node.key.startswith(begin) and node.key.endswith(end)]
        assert len(found) == 1, f"{begin}…{end}: {[node.key for node in self.widgets()]}"
        return str(found[0])

    def fill_key(self, begin: str, end: str, value: object) -> "Visitor":
        """Type into a widget that shares the end of its key with another form's."""
        key = self.key_of(begin, end)
        next(node for node in self.widgets() if node.key == key).set_value(value)
        return self

    def press(self, name: str) -> "Visitor":
        """Press the one button whose key is `name` or ends in `.name`, and wait for what follows."""
        found = [b for b in self.at.button if b.key and (b.key == name or b.key.endswith(f".{name}"))]
        assert len(found) == 1, f"{name}: {[button.key for button in self.at.button]}"
        found[0].click().run()
        return self

    def choose(self, key: str, which: int | str) -> "Visitor":
        """Choose a segment of a segmented control, by its number (from 0) or its label, and wait."""
        control = next(group for group in self.at.button_group if group.key == key)
        labels = [option.content for option in control.proto.options]
        number = labels.index(which) if isinstance(which, str) else which
        control.set_value(
            [control.options[number]] if isinstance(control.value, list) else control.options[number]
        )
        control.run()
        return self

    def act(self, label: str) -> "Visitor":
        """Open one of a case's further actions."""
        return self.choose("case.tab", "Tindakan").choose("case.act", label)

    def segments(self, key: str) -> int:
        """How many segments a segmented control has."""
        return next(len(group.options) for group in self.at.button_group if group.key == key)

    def widgets(self) -> list[Any]:
        return [node for node in self.elements() if getattr(node, "key", None)]

    def elements(self) -> Iterator[Any]:
        """Every element on the screen, wherever it stands."""
        return (node for node in self.at._tree if hasattr(node, "value"))

    def kinds_with(self, text: str) -> set[str]:
        """The kinds of elements and blocks that carry `text` in anything they send to the browser."""
        sought = text.encode()
        return {
            node.type
            for node in self.at._tree
            if getattr(node, "proto", None) is not None and sought in sent(node.proto)
        }

    def shows(self, text: str) -> bool:
        return bool(self.kinds_with(text))

    def texts(self, *kinds: str) -> list[str]:
        """What the elements of those kinds say, in order."""
        return [str(node.value) for node in self.elements() if node.type in kinds]

    def errors(self) -> list[str]:
        return [str(node.value) for node in self.at.error]


def sent(proto: Any) -> bytes:
    """All that the browser is sent of an element; tables are columns of plain UTF-8."""
    return bytes(proto.SerializeToString())


def signed_in(office: Office, who: Actor, *, now: datetime = NOW) -> dict[str, Any]:
    """A new session of `who`, as the server's gate tells it to the scripts."""
    with transaction(office.store) as connection:
        opened = open_session(connection, user_id=who.user_id, now=now)
    return {"user_id": str(who.user_id), "sid": token_hash(opened)}
