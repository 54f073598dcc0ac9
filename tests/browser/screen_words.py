"""What a person can read on a screen, and which of it is in the wrong language."""

import re
from collections.abc import Collection, Iterable

from playwright.sync_api import Page

# all that can be read: text without the names that icons go by, charts, tables on canvas, what stands in fields
_READ = """() => {
    const root = document.body.cloneNode(true)
    root.querySelectorAll("[data-testid=stIconMaterial], script, style, template, noscript").forEach(e => e.remove())
    root.querySelectorAll("svg text, canvas td, canvas th").forEach(e => e.prepend("\\n"))
    root.querySelectorAll("p, div, li, label, h1, h2, h3, h4, h5, h6, button, a, td, th, option").forEach(e => {
        e.prepend("\\n"); e.append("\\n")
    })
    const fields = [...document.querySelectorAll("input, textarea")].map(e => e.value || e.placeholder)
    return [root.textContent, ...fields].join("\\n")
}"""
_PLACE = re.compile(r"\{\w+\}")
_SPACES = re.compile(r"[ \u00a0\t]+")


def lines(page: Page) -> set[str]:
    """Each line on the screen once, with the marks of emphasis and the ends of sentences as they stand."""
    said = str(page.evaluate(_READ))
    return {clean for line in said.splitlines() if (clean := _SPACES.sub(" ", line).strip())}


def patterns(texts: Iterable[str]) -> dict[str, re.Pattern[str]]:
    """How each text of the catalogue looks when it stands alone on a line; those with hardly a word are left out."""
    found = {}
    for text in texts:
        words = re.sub(r"\*\*|`", "", text).strip()
        if len(re.sub(r"[^A-Za-z]", "", _PLACE.sub("", words))) >= 3:
            parts = [re.escape(part) for part in _PLACE.split(words)]
            found[text] = re.compile(r"\W*" + ".+?".join(parts) + r"[\W\d]*")
    return found


def leaks(said: Collection[str], wrong: dict[str, re.Pattern[str]]) -> set[str]:
    """The lines, or the parts of lines between the points that join words of ours, that are in the wrong language."""
    parts = {part.strip() for line in said for part in (line, *line.split(" · "))}
    return {part for part in parts for pattern in wrong.values() if pattern.fullmatch(part)}
