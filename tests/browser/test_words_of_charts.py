"""The words of every chart stand clear of each other and within their chart, on the wall, a desk and a phone."""

import pytest
from playwright.sync_api import Page, expect

from dashboard.compliance_screen import VIEWS
from tests.browser.conftest import People
from tests.browser.person import DESKTOP, PHONE

pytestmark = pytest.mark.xdist_group("browser")

TABLET, TELEVISION = (1024, 768), (1920, 1080)
WALL = "/ringkasan?layar=1"
SCREENS = (
    "/ringkasan", *(f"/kepatuhan?lihat={view}&sop={code}" for view in VIEWS for code in ("pengawalan", "pengaduan"))
)  # fmt: skip
_CLASHES = """() => [...document.querySelectorAll("[data-testid=stPlotlyChart]")].flatMap((chart, at) => {
    const room = chart.getBoundingClientRect()
    const texts = [...chart.querySelectorAll("text")].filter(word => word.textContent.trim())
    const words = texts.flatMap(text => text.querySelector(".line") ? [...text.querySelectorAll(".line")] : [text])
    const boxes = words.map(word => [word.textContent, word.getBoundingClientRect()])
    const over = boxes.filter(([, box]) => box.right > room.right + 1 || box.left < room.left - 1
        || box.top < room.top - 3 || box.bottom > room.bottom + 3)
    const pairs = boxes.flatMap(([one, a], n) => boxes.slice(n + 1).filter(([, b]) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5
    ).map(([other]) => `${at}: ${one} | ${other}`))
    return [...over.map(([one]) => `${at}: ${one} |`), ...pairs]
})"""


def clashes(page: Page) -> list[str]:
    """Words that reach over another word of their chart, or over its edge."""
    return list(page.evaluate(_CLASHES))


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_words_of_every_chart_stand_clear(people: People, size: tuple[int, int]) -> None:
    leader = people("pimpinan", size=size)
    charts = 0
    for address in SCREENS:
        page = leader.open(address).page
        assert clashes(page) == [], address
        charts += page.get_by_test_id("stPlotlyChart").count()
    assert charts > 20


@pytest.mark.parametrize("size", [TELEVISION, PHONE], ids=["wall", "phone"])
def test_words_on_the_wall_stand_clear(people: People, size: tuple[int, int]) -> None:
    page = people("pimpinan", size=size).open(WALL).page
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(7)
    assert clashes(page) == []


def test_twin_larger_words_on_a_phone_are_found(people: People) -> None:
    page = (
        people("pimpinan", size=(PHONE[0], PHONE[1] + 1)).open(WALL).page
    )  # it does not say that it is a phone
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(7)
    assert clashes(page) != []
