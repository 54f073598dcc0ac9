"""A walk through every screen that a role may open, with what can be unfolded there."""

from collections.abc import Iterator

from models.access import PERMISSIONS, Permission, Role
from seed import shipped
from tests.browser.person import Person

_OPEN = {
    "/ringkasan": Permission.VIEW_SUMMARY,
    "/ringkasan?per=2026-10-30": Permission.VIEW_SUMMARY,  # a past day
    "/kepatuhan": Permission.VIEW_SUMMARY,
    "/kepatuhan?lihat=daftar": Permission.VIEW_SUMMARY,  # the steps behind a figure
    "/tugas": Permission.VIEW_TASKS,
    "/laporan": Permission.VIEW_REPORTS,
    "/sop": Permission.VIEW_SOPS,
    "/pengguna": Permission.MANAGE_USERS,
}


def screens(person: Person, role: Role, *, unfold: bool) -> Iterator[str]:
    """Open one screen after the other; what is on the page when its name is given is to be looked at.

    With `unfold` every view that a switch offers is shown too, and the first of each kind of form.
    """
    for address in _addresses(role):
        yield person.move_to(address).page.url
        yield from unfolded(person) if unfold else ()
    for sop in shipped.sops():
        if role not in sop.readers:
            continue
        yield person.move_to(f"/{sop.code}?status=terbuka").page.url
        yield person.open_first_row().page.url
        yield from unfolded(person) if unfold else ()


def _addresses(role: Role) -> list[str]:
    may = PERMISSIONS[role]
    new = [f"/baru?sop={sop.code}" for sop in shipped.sops() if role in {*sop.readers} & {*sop.openers}]
    return [
        *(address for address, permission in _OPEN.items() if permission in may),
        *(new if Permission.OPEN_CASE in may else ()),
        "/akun",
    ]


def unfolded(person: Person) -> Iterator[str]:
    """What can be unfolded on the screen that is open, one after the other; ends as it began."""
    page, screen = person.page, person.page.url
    forms = page.locator("[class*='st-key-task-open-']").get_by_role("button")
    if forms.count():
        forms.first.click()
        yield f"{person.settled().page.url} with a form"
    whys = page.locator("[class*='st-key-why-']").get_by_role("button")
    if whys.count():
        whys.first.click()
        yield f"{person.settled().page.url} with a due date explained"
        page.keyboard.press("Escape")
    yield from views(person)
    assert page.url == screen


def views(person: Person, group: int = 0) -> Iterator[str]:
    """Each view that this switch offers, and within each those of the switches that come with it."""
    switches = person.page.get_by_test_id("stButtonGroup")
    if switches.count() <= group:
        return
    offered = switches.nth(group).get_by_role("radio")
    for place in range(offered.count() - 1, -1, -1):  # the first is the usual one: end there
        offered.nth(place).click()
        yield f"{person.settled().page.url} view {group}.{place}"
        yield from views(person, group + 1)
