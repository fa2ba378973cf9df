"""What a page shows while it loads, on failures, and without permission."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import ARTIST, Open, PageErrors, assert_accessible, assert_accessible_everywhere
from tests.browser.site import Person, Site


def _fail(route: Route) -> None:
    body = {"error": "internal", "message": "Something went wrong on our side.", "request_id": "req-4711"}
    route.fulfill(status=500, json=body, headers={"Access-Control-Allow-Origin": "*"})


def test_a_failed_card_leaves_the_page_usable_and_can_be_retried(
    open_as: Open, page_errors: PageErrors, label: Person
) -> None:
    page = open_as(label)
    page.route("**/api/artists/*/summary*", _fail)
    with page_errors.expecting("status of 500"):
        page.goto("/")
        page.get_by_role("link", name=ARTIST, exact=True).locator("visible=true").first.click()
        alert = page.get_by_role("alert").filter(has_text="The key numbers could not be loaded")
        expect(alert).to_contain_text("req-4711")
        expect(page.get_by_role("heading", name="What changed")).to_be_visible()
        assert_accessible_everywhere(page, "failed card")
    page.unroute("**/api/artists/*/summary*")
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("region", name="Key numbers")).to_be_visible()


def test_a_loading_page_shows_placeholders(open_as: Open, label: Person) -> None:
    page = open_as(label)
    held: list[Route] = []
    page.route("**/api/insights?*", lambda route: held.append(route))
    page.goto("/insights/")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    assert_accessible(page, "loading")
    for route in held:
        route.continue_()
    page.unroute("**/api/insights?*")
    expect(page.locator("[data-row]").first).to_be_visible()


def test_an_unreachable_server_is_reported(open_as: Open, page_errors: PageErrors, site: Site, label: Person) -> None:
    page = open_as(label)
    page.route(f"{site.api}/**", lambda route: route.abort())
    with page_errors.expecting("ERR_FAILED"):
        page.goto("/")
        expect(page.get_by_text("ARTi cannot be reached")).to_be_visible(timeout=15_000)
        assert_accessible(page, "no server")
    page.unroute(f"{site.api}/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()


def test_stale_data_is_kept_with_its_age(open_as: Open, page_errors: PageErrors, site: Site, label: Person) -> None:
    page = open_as(label)
    page.clock.install()
    page.goto("/insights/")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.route(f"{site.api}/**", lambda route: route.abort())
    with page_errors.expecting("ERR_FAILED"):
        page.clock.fast_forward(31_000)
        expect(page.get_by_text("This page was last updated")).to_be_visible()
        expect(page.locator("[data-row]").first).to_be_visible()
        assert_accessible(page, "stale data")
    page.unroute(f"{site.api}/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("This page was last updated")).not_to_be_attached()


@pytest.mark.parametrize("path", ["/imports/", "/automation/", "/status/"])
def test_a_forbidden_page_explains_whom_to_ask(
    open_as: Open, page_errors: PageErrors, creator: Person, path: str
) -> None:
    page = open_as(creator)
    with page_errors.expecting("status of 403"):
        page.goto(path)
        expect(page.get_by_text("You do not have access to this").first).to_be_visible()
        expect(page.get_by_text(re.compile("Ask an admin of the org")).first).to_be_visible()
        assert_accessible_everywhere(page, f"{path}, not allowed")


def test_a_creator_sees_permitted_actions_only(open_as: Open, creator: Person) -> None:
    page = open_as(creator)
    page.goto("/")
    expect(page.get_by_role("link", name=ARTIST, exact=True).locator("visible=true").first).to_be_visible()
    expect(page.get_by_role("button", name="Add artist")).not_to_be_attached()
    menu = page.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Insights")).to_be_visible()
    expect(menu.get_by_role("link", name="Automation")).not_to_be_attached()
    page.goto("/members/")
    expect(page.get_by_text("Carla", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Invite somebody")).not_to_be_attached()


def test_an_unknown_artist_is_reported(open_as: Open, page_errors: PageErrors, label: Person) -> None:
    page = open_as(label)
    with page_errors.expecting("status of 404"):
        page.goto("/artist/?id=00000000-0000-4000-8000-000000000000")
        expect(page.get_by_text("There is no such artist here").first).to_be_visible()


def test_an_unknown_page_links_to_the_roster(open_as: Open, page_errors: PageErrors, label: Person) -> None:
    page = open_as(label)
    with page_errors.expecting("status of 404"):
        page.goto("/nowhere/")
        expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
        assert_accessible_everywhere(page, "unknown page")
    page.get_by_role("link", name="Go to the roster").click()
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()


def test_an_artist_page_without_an_id_links_to_the_roster(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/artist/")
    expect(page.get_by_text("This address names no artist")).to_be_visible()
    assert_accessible_everywhere(page, "no artist")
    page.get_by_role("link", name="Go to the roster").click()
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()


def test_a_crashed_page_keeps_the_menu_and_can_be_retried(
    open_as: Open, page_errors: PageErrors, label: Person
) -> None:
    page = open_as(label)
    one_artist = re.compile(r"/api/artists/[0-9a-f-]{36}$")
    # A response without genres, which the page reads.
    page.route(one_artist, lambda route: route.fulfill(json={}, headers={"Access-Control-Allow-Origin": "*"}))
    with page_errors.expecting("genres|not iterable|error boundary"):
        page.goto("/")
        page.get_by_role("link", name=ARTIST, exact=True).locator("visible=true").first.click()
        expect(page.get_by_role("heading", name="Something went wrong")).to_be_visible()
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        assert_accessible_everywhere(page, "crashed page")
        page.unroute(one_artist)
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", level=1, name=ARTIST)).to_be_visible()
