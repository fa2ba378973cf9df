"""An installation as `./arti up` starts it, once per session, and a browser that reports every error of a page.

Browser tests are plain functions, not coroutines: Playwright's synchronous API runs outside pytest's event loop.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from arti.vocabulary import Provider
from arti_core import clock
from local_stack.data_directory import DataDirectory
from local_stack.demo.clock import store_ahead
from tests.browser.site import Person, Site, wait_until
from tests.conftest import free_port, make_world_executable
from tests.local_stack.installation import create_installation
from tests.supabase_local.auth.oidc_issuer import serving_issuer
from tests.tmp_dirs import make_tmp_dir
from tools.chromium import find_chromium

_SECONDS = 600  # the first test also waits for the platform, and perhaps for the web app to be built
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # the rules whose result depends on the theme
# Only violations are returned: describing passed elements takes longer than checking them.
_RUN_AXE = """rules => axe.run({runOnly: rules, resultTypes: ["violations"]}).then(
  result => result.violations.map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 200)}`))"""
# Where one dialog gives way to the next, the page behind is out of reach of the pointer before it is hidden again: axe
# would take its backgrounds for white.
_IS_SETTLED = "getComputedStyle(document.body).pointerEvents !== 'none' || document.querySelector('[data-aria-hidden]')"
ARTIST = "Velvet Harbor"
expect.set_options(timeout=30_000)  # a loaded machine must not fail tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.timeout(_SECONDS))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running installation on free ports, without users. One local OIDC issuer stands for Google and GitHub."""
    with make_tmp_dir(tmp_path_factory.mktemp("browser")) as home:
        make_world_executable(home)
        installation = create_installation(home / "data")
        if clock.ahead():
            store_ahead(DataDirectory(installation.data), clock.ahead())
        with serving_issuer(free_port()) as issuer:
            providers = issuer.settings("google", "github") | {"gotrue_security_manual_linking_enabled": True}
            started = installation.arti(
                "up", "--detach", seconds=_SECONDS, **{name.upper(): str(value) for name, value in providers.items()}
            )
            try:
                assert started.returncode == 0, started.stdout + started.stderr
                web = f"http://127.0.0.1:{installation.env['ARTI_WEB_PORT']}"
                config = httpx.get(f"{web}/config.json", trust_env=False).json()
                yield Site(web, config["apiUrl"], config["supabaseUrl"], config["supabaseKey"], installation, issuer)
            finally:
                installation.arti("down")


@pytest.fixture(scope="session")
def label(site: Site) -> Person:
    """The admin of an org with one artist and data on every page."""
    admin = site.sign_up("Ada")
    admin.create_org("Night Owl Records")
    channel = {"kind": "email", "name": "Marketing inbox", "target": {"address": "team@example.test"}}
    channel_id = admin.call("POST", "/api/channels", json=channel, expect=201)["id"]
    rule = {"name": "Everything", "channel_id": channel_id, "conditions": {"min_severity": "info"}}
    admin.call("POST", "/api/rules", json=rule, expect=201)
    document = {"title": "Release plan", "kind": "brief", "body": "The single comes out on a Friday, with radio."}
    admin.call("POST", "/api/documents", json=document, expect=201)
    artist = admin.add_artist(ARTIST)
    admin.connect(Provider.YOUTUBE, artist, ARTIST)
    admin.import_timeline(artist, ARTIST)
    campaign = {
        "artist_id": artist,
        "name": "Spring push",
        "goal_metric": "consumption.streams",
        "goal_provider": "spotify",
        "goal_target": 20_000,
        "budget_minor": 100_000,
        "currency": "EUR",
        "starts_on": "2026-01-05",
        "ends_on": "2026-01-11",
    }
    admin.call("POST", "/api/campaigns", json=campaign, expect=201)
    line = {"month": "2026-01", "store": "Spotify", "quantity": 1000, "amount": "3.21", "currency": "EUR"}
    royalties = {"source": "distrokid", "lines": [line | {"artist_id": artist}]}
    admin.call("POST", "/api/royalties", json=royalties, expect=201)
    admin.add_member("Carla", "creator")
    wait_until(lambda: admin.call("GET", "/api/mailbox")["items"], seconds=120)
    wait_until(lambda: admin.call("GET", "/api/accounts")["items"][0]["last_success_at"], seconds=120)
    admin.wait_until_idle()  # no test sees a list that grows while it chooses from it
    return admin


@pytest.fixture(scope="session")
def two_stories(site: Site) -> Person:
    """The admin of an org with two artists, each with a story: what a simulator's days hold depends on the date."""
    admin = site.sign_up("Ida")
    admin.create_org("Two Stories Records")
    for name in ("Paper Lanterns", "Slow Harbor"):
        admin.import_timeline(admin.add_artist(name), name)
    wait_until(lambda: len(admin.call("GET", "/api/insights")["items"]) == 2, seconds=120)
    admin.wait_until_idle()
    return admin


@pytest.fixture(scope="session")
def newcomer(site: Site) -> Person:
    """The admin of an empty org."""
    admin = site.sign_up("Nora")
    admin.create_org("Brand New Records")
    return admin


@pytest.fixture(scope="session")
def creator(label: Person) -> Person:
    """A member of the label with the role creator, who sees its artists."""
    artists = label.call("GET", "/api/artists")["items"]
    return label.add_member("Cleo", "creator", artist_ids=[artist["id"] for artist in artists])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = find_chromium()
    if program is None:
        pytest.skip("needs Chromium: install it, or name it in ARTI_CHROMIUM")
    return {**browser_type_launch_args, "executable_path": program, "args": _ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1280, "height": 900},
        "locale": "en-GB",
        "timezone_id": "UTC",
        "reduced_motion": "reduce",
    }


class PageErrors:
    """Records the errors of a page, and every request to another host."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def listen_to(self, page: Page) -> None:
        page.on("console", self._on_console_message)
        page.on("pageerror", lambda error: self._record(f"page error: {error}"))
        page.on("request", lambda request: self._check(request.url))

    def _on_console_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._record(f"console: {message.text} at {message.location['url']}")

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self._record(f"request to {url}")

    def _record(self, problem: str) -> None:
        if not any(pattern.search(problem) for pattern in self._expected):
            self.problems.append(problem)

    @contextmanager
    def expecting(self, pattern: str) -> Iterator[None]:
        """Ignore matching errors, also after the block: the browser reports some of them late."""
        self._expected.append(re.compile(pattern))
        yield


@pytest.fixture
def page_errors() -> Iterator[PageErrors]:
    errors = PageErrors()
    yield errors
    assert errors.problems == []


@pytest.fixture
def page(context: BrowserContext, page_errors: PageErrors) -> Iterator[Page]:
    """A page without a session."""
    page = context.new_page()
    page_errors.listen_to(page)
    yield page
    _end_routes(context)


def _end_routes(context: BrowserContext) -> None:
    """Wait for routes of the test that are still being fulfilled: they would fail in the next test."""
    for page in context.pages:
        page.unroute_all(behavior="wait")


Open = Callable[[Person], Page]


@pytest.fixture
def open_as(
    browser: Browser, browser_context_args: dict[str, Any], site: Site, page_errors: PageErrors
) -> Iterator[Open]:
    """Open a page with the session of a user."""
    contexts: list[BrowserContext] = []

    def open(person: Person) -> Page:
        context = browser.new_context(**browser_context_args, base_url=site.web, storage_state=person.storage())  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page_errors.listen_to(page)
        return page

    yield open
    for context in contexts:
        _end_routes(context)
        context.close()


def forget_session(page: Page, site: Site) -> None:
    """Empty the browser's storage while no page is open that could send a request without its session."""
    page.goto(f"{site.web}/icon.svg")
    page.evaluate("localStorage.clear()")


def open_live(page: Page, path: str) -> None:
    """Open `path` and wait until its Realtime channel is subscribed."""
    messages: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: messages.append(str(frame))))
    page.goto(path)
    for _ in range(600):
        if any("Subscribed to PostgreSQL" in frame for frame in messages):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never subscribed: {messages}")


def count_clicks(page: Page) -> Callable[[], int]:
    """Count the presses of the pointer in this document; a key that presses a button is none."""
    page.evaluate("window.clicks = 0; addEventListener('pointerdown', () => { window.clicks += 1 }, true)")
    return lambda: int(page.evaluate("window.clicks"))


def assert_accessible(page: Page, what: str, rules: Sequence[str] = _ALL_RULES) -> None:
    """Fail on any WCAG violation that axe finds, and on content that is wider than the viewport."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = []
    for _ in range(5):  # what is wrong stays wrong; while one dialog gives way to the next, axe sees neither whole
        page.wait_for_function(_IS_SETTLED)
        found = page.evaluate(_RUN_AXE, rules)
        if not found:
            break
        page.wait_for_timeout(500)
    assert found == [], what
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{what} is wider than the viewport"


def assert_accessible_everywhere(page: Page, what: str) -> None:
    """`assert_accessible` in the light theme, its colour rules in the dark one, and all rules on a phone."""
    assert_accessible(page, f"{what}, light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert_accessible(page, f"{what}, dark", _COLOUR_RULES)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_accessible(page, f"{what}, phone")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
