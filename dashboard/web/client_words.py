"""What Streamlit's client says of its own accord, in English alone, and how it is said in the language spoken.

Decided 2026-11. The client takes no words from us for these, so the page carries a small script that puts them right as
they appear: only whole texts that are listed here, only in the places that are the client's own, never what somebody
has typed. A text that a later client words otherwise stays English until it is listed.
"""

import json
from html import escape

from dashboard.language import _, language
from models.errors import N_

SOURCE = "en"  # what the client speaks
WORDS = (
    # a file to be chosen
    N_("Upload"), N_("Add files"), N_("Drag and drop a file here"),
    N_("{type} files are not allowed."),
    # what is typed
    N_("Press Enter to apply"), N_("Press Enter to submit form"), N_("Press Ctrl+Enter to apply"),
    N_("Press ⌘+Enter to apply"), N_("Invalid input."), N_("Hours must be 0–23."), N_("Minutes must be 0–59."),
    N_("Invalid time format. Please use HH:MM."), N_("Number is above the allowed range."),
    N_("Number is below the allowed range."), N_("Show password"), N_("Hide password"), N_("Increment"),
    N_("Decrement"),
    # what is chosen
    N_("No results"), N_("Clear value"), N_("Clear date"), N_("Clear time"), N_("Clear all"), N_("Choose date"),
    N_("Open"), N_("Selectbox options"), N_("Multiselect options"), N_("Select all"),
    # the page
    N_("App pages"), N_("Dismiss"), N_("Help for {label}"), N_("Vega visualization"),
    # tables and charts
    N_("Search"), N_("Close Search"), N_("Next Result"), N_("Previous Result"), N_("Fullscreen"),
    N_("Close fullscreen"), N_("Show/hide columns"), N_("Clear selection"), N_("Dataframe column menu"),
    N_("Sort ascending"), N_("Sort descending"), N_("Statistics"), N_("Format"), N_("Autosize"), N_("Pin column"),
    N_("Unpin column"), N_("Hide column"), N_("Copy column name"), N_("Empty"), N_("Distinct"), N_("Count"),
)  # fmt: skip


def script_tag() -> str:
    """The tag that says these words in the language spoken; "" where that is the client's own."""
    if language() == SOURCE:
        return ""
    said = {msgid: translated for msgid in WORDS if (translated := _(msgid)) != msgid}
    words = escape(json.dumps(said, ensure_ascii=False), quote=True)
    return f'<script src="/masuk/kata.js" data-words="{words}" defer></script>'
