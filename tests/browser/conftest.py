"""A real Chromium before the real server with the sample year; one server and one browser for all of these tests."""

import warnings
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import chromium
from tests.browser.office_server import sample_office
from tests.browser.person import DESKTOP, Person, context_of

HERE = Path(__file__).parent
PICTURES = HERE.parent.parent / "test-results"

People = Callable[..., Person]
Profiles = Callable[[str, tuple[int, int]], BrowserContext]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave these tests out, and say so, on a machine without a browser that does not have to have one."""
    if chromium.path() or chromium.is_required():
        return
    ours = [item for item in items if HERE in item.path.parents]
    if not ours:
        return
    items[:] = [item for item in items if item not in ours]
    config.hook.pytest_deselected(items=ours)
    _say(config, f"{len(ours)} browser tests were left out: {chromium.MISSING}")


def _say(config: pytest.Config, words: str) -> None:
    """Put a line into pytest's summary of warnings; one that was raised would be an error here."""
    message = warnings.WarningMessage(
        message=pytest.PytestWarning(words), category=pytest.PytestWarning, filename=str(HERE), lineno=0
    )
    recorded = {"warning_message": message, "nodeid": "tests/browser", "when": "collect", "location": None}
    config.hook.pytest_warning_recorded.call_historic(kwargs=recorded)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a fixture know how the test went."""
    report = yield
    item.stash.setdefault(_WENT, {})[str(report.when)] = report.passed
    return report


_WENT = pytest.StashKey[dict[str, bool]]()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """For as long as these tests run and no longer: Playwright keeps an event loop running in this thread."""
    with chromium.launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the server."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="package")
def home(browser: Browser, office_folder: Path) -> Iterator[str]:
    """The address of the server."""
    with sample_office(office_folder) as address:
        yield address


@pytest.fixture(scope="package")
def profiles(browser: Browser, home: str) -> Iterator[Profiles]:
    """A browser profile per account and size of window, kept: who signed in once stays so, as at home."""
    known: dict[tuple[str, tuple[int, int]], BrowserContext] = {}

    def profile(who: str, size: tuple[int, int]) -> BrowserContext:
        if (who, size) not in known:
            known[who, size] = context_of(browser, home, size=size)
        return known[who, size]

    yield profile
    for context in known.values():
        context.close()


@pytest.fixture
def people(request: pytest.FixtureRequest, profiles: Profiles, home: str) -> Iterator[People]:
    """Make people who are signed in, each with a tab at their first screen; look at the end what their pages did.

    A picture of each screen of a test that failed is put into test-results/.
    """
    known: list[Person] = []

    def person(who: str, *, size: tuple[int, int] = DESKTOP) -> Person:
        known.append(Person(profiles(who, size), home, who))
        return known[-1].come_in()

    yield person
    if not request.node.stash.get(_WENT, {}).get("call", False):
        PICTURES.mkdir(exist_ok=True)
        for number, one in enumerate(known):
            one.page.screenshot(path=PICTURES / f"{request.node.name}-{number}-{one.who}.png")
    for one in known:
        one.page.close()
    assert [finding for one in known for finding in one.watch.findings()] == []
