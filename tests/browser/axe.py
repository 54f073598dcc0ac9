"""axe-core at work on a page: what it finds there that shuts people out.

It is put into the page by the debugger, since the server's headers let no foreign script in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = ("serious", "critical")

_RUN = """async ({ grave, rules }) => {
    const options = { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) }
    const { violations } = await axe.run(document, options)
    const found = violations.filter(one => rules || grave.includes(one.impact))
    return found.flatMap(one => one.nodes.map(node => {
        const element = document.querySelector(node.target.at(-1))
        const within = []
        for (let box = element; box; box = box.parentElement) within.push(box)
        const names = within.map(box => box.dataset.testid || [...box.classList].find(c => c.startsWith('st-key-')))
        const place = names.filter(Boolean).slice(0, 4).reverse().join(' > ')
        const target = node.target.at(-1)
        return { rule: one.id, html: node.html.slice(0, 160), why: node.failureSummary, place, target }
    }))
}"""
_LIES_IN = "([target, selector]) => Boolean(document.querySelector(target)?.closest(selector))"


@dataclass(frozen=True)
class Fault:
    """One rule broken by one element. `where` says on which screens, once faults are gathered."""

    rule: str
    html: str
    why: str
    place: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.html} in {self.place}: {' '.join(self.why.split())}"


def faults(
    page: Page, *, excused: Mapping[tuple[str, str], str] | None = None, rules: Iterable[str] | None = None
) -> list[Fault]:
    """The grave faults of the page as it stands, without those of `excused` (rule and selector of a place).

    With `rules` these alone are looked for, however grave.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        _RUN, {"grave": GRAVE, "rules": list(rules) if rules else None}
    )
    return [
        Fault(**one) for one in found if not _is_excused(page, one["rule"], one.pop("target"), excused or {})
    ]


def _is_excused(page: Page, rule: str, target: str, excused: Mapping[tuple[str, str], str]) -> bool:
    return any(known == rule and page.evaluate(_LIES_IN, [target, place]) for known, place in excused)
