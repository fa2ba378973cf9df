"""The page you open on Monday: from a story to its rows, the roster in the URL, what it costs to load."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Route, expect

from tests.browser.conftest import ARTIST, Open, PageErrors, assert_accessible_everywhere, count_clicks
from tests.browser.site import Person, Site

MOST_REQUESTS, MOST_SCRIPT_BYTES = 40, 200_000


def test_from_home_to_the_rows_behind_a_story_in_two_clicks(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/")
    story = page.get_by_role("region", name="What changed").get_by_role("link", name=re.compile("streams up"))
    expect(story.first).to_be_visible()
    assert_accessible_everywhere(page, "home")
    clicks = count_clicks(page)
    story.first.click()
    sheet = page.get_by_role("dialog")
    sheet.locator("p button").first.click()
    rows = sheet.get_by_role("region", name="Rows behind the number")
    expect(rows.get_by_role("row").nth(1)).to_be_visible()
    assert clicks() == 2
    # The address leads somebody else to the same rows.
    expect(page).to_have_url(re.compile("evidence="))
    page.reload()
    expect(rows.get_by_role("row").nth(1)).to_be_visible()


def test_the_roster_is_searched_sorted_and_starred_by_the_address(open_as: Open, newcomer: Person) -> None:
    artists = [newcomer.add_artist(name) for name in ("Ash Grove", "Birch Lane")]
    page = open_as(newcomer)
    page.goto("/")
    page.get_by_role("button", name="Artist", exact=True).click()
    expect(page.get_by_role("columnheader", name="Artist")).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile("order=desc"))
    page.reload()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Birch Lane")
    page.get_by_role("button", name="Ash Grove: one of mine").click()
    page.get_by_role("button", name="My artists").click()
    expect(page.get_by_role("table", name="Roster").locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("table", name="Roster").locator("tbody tr")).to_have_count(1)
    page.get_by_label("Find an artist").fill("birch")
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.get_by_role("table", name="Roster").locator("tbody tr")).to_have_count(2)
    # A row opens by keyboard.
    page.get_by_role("row").filter(has_text="Ash Grove").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Ash Grove")).to_be_visible()
    for artist in artists:
        newcomer.call("DELETE", f"/api/artists/{artist}", expect=204)


def test_stories_are_given_put_off_commented_and_read(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/insights/")
    title = label.call("GET", "/api/insights")["items"][0]["title"]
    mark = page.get_by_role("checkbox", name=f"Select: {title}", exact=True)
    row = page.get_by_role("listitem").filter(has=mark).locator("button[data-row]")
    mark.check()
    page.get_by_role("button", name="Mark unread").click()
    expect(page.get_by_text("selected")).not_to_be_attached()
    mark.check()
    page.get_by_label("Assign to").select_option("Ada")
    expect(page.get_by_text("For Ada").first).to_be_visible()
    page.get_by_role("radio", name="Mine").click()
    expect(page.locator("button[data-row]")).to_have_count(1)
    expect(mark).to_be_visible()
    assert_accessible_everywhere(page, "inbox")

    row.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Write a comment").fill("A playlist, I think.")
    sheet.get_by_role("button", name="Comment", exact=True).click()
    expect(sheet.get_by_label("Comments")).to_contain_text("A playlist, I think.")
    sheet.get_by_label("Snooze until").select_option("In 4 weeks")
    expect(sheet.get_by_role("button", name="Wake now")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Snoozed").click()
    expect(mark).to_be_visible()
    row.click()
    sheet.get_by_role("button", name="Wake now").click()
    sheet.get_by_label("Assign to").select_option("")
    sheet.get_by_role("button", name="Delete this comment").click()
    expect(sheet.get_by_label("Comments")).to_contain_text("Nobody has commented yet.")
    page.keyboard.press("Escape")


def test_all_stories_are_marked_assigned_and_put_off_at_once(open_as: Open, two_stories: Person) -> None:
    page = open_as(two_stories)
    page.goto("/insights/")
    rows = page.locator("button[data-row]")
    expect(rows).to_have_count(2)

    page.get_by_role("checkbox", name="Select all").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Mark unread").click()
    expect(rows.get_by_text("Unread", exact=True).first).to_be_visible()
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("button", name="Mark read").click()
    expect(rows.get_by_text("Unread", exact=True)).to_have_count(0)
    expect(rows).to_have_count(2)
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_label("Assign to").select_option("Ida")
    expect(page.get_by_text("For Ida")).to_have_count(2)
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_label("Snooze until").select_option("Tomorrow")
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    page.get_by_role("radio", name="Snoozed").click()
    expect(rows).to_have_count(2)
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_label("Assign to").select_option("Nobody")
    expect(page.get_by_text("For Ida")).to_have_count(0)
    snoozed = two_stories.call("GET", "/api/insights", params={"snoozed": True})["items"]
    ids = [item["id"] for item in snoozed]
    assert len(ids) == 2
    two_stories.call("PATCH", "/api/insights", json={"insight_ids": ids, "snoozed_until": None}, expect=204)


def test_home_takes_few_requests_and_little_script(open_as: Open, site: Site, label: Person) -> None:
    page = open_as(label)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    scripts: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def note(event: dict[str, Any]) -> None:
        if event.get("type") == "Script":
            scripts[event["requestId"]] = event["request"]["url"]

    def measure(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]  # as transferred: headers and compressed body

    network.on("Network.requestWillBeSent", note)
    network.on("Network.loadingFinished", measure)
    page.goto("/")
    expect(page.get_by_role("link", name=ARTIST, exact=True).first).to_be_visible()
    # What a script of the head requests before the others are loaded is taken, and not requested again.
    paths = [urlsplit(url).path for url in requests]
    assert [paths.count(path) for path in ("/config.json", "/auth/me", "/api/home", "/api/home/artists")] == [1] * 4
    page.wait_for_timeout(3000)  # for what is loaded when the page is idle
    sent = [url for url in requests if url.startswith("http")]
    assert len(sent) <= MOST_REQUESTS, "\n".join(sent)
    loaded = {url: sizes.get(request, 0) for request, url in scripts.items()}
    assert 0 < sum(loaded.values()) <= MOST_SCRIPT_BYTES, "\n".join(f"{size:.0f} {url}" for url, size in loaded.items())


def test_offline_a_link_leaves_the_page_and_what_was_typed(
    open_as: Open, page_errors: PageErrors, label: Person
) -> None:
    page = open_as(label)
    page.goto("/")
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    page.get_by_role("button", name="Add artist").first.click()
    page.get_by_role("dialog").get_by_label("Name").fill("Half typed")
    page.keyboard.press("Escape")
    page.get_by_label("Find an artist").fill("velvet")
    with page_errors.expecting("ERR_INTERNET_DISCONNECTED"):
        page.context.set_offline(True)
        expect(page.get_by_text("You are offline.")).to_be_visible()
        page.get_by_role("link", name="Campaigns").click()
        expect(page.get_by_text("That page cannot be loaded")).to_be_visible()
        assert page.get_by_label("Find an artist").input_value() == "velvet"
        assert_accessible_everywhere(page, "offline")
        page.context.set_offline(False)
    banner = page.get_by_role("alert").filter(has_text="That page cannot be loaded")
    banner.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1, name="Campaigns")).to_be_visible()


def test_a_link_right_after_typing_is_followed(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/")
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    held: list[Route] = []
    page.route(re.compile("[?&]_rsc="), lambda route: held.append(route))
    page.get_by_label("Find an artist").fill("velvet")
    page.get_by_role("link", name="Campaigns").click()
    page.wait_for_timeout(500)  # longer than the field waits for more letters
    for route in held:
        route.continue_()
    page.unroute_all()
    expect(page.get_by_role("heading", level=1, name="Campaigns")).to_be_visible()


def test_a_server_that_hangs_is_reported_after_five_seconds(open_as: Open, label: Person) -> None:
    page = open_as(label)
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/campaigns?*", hold_the_first)
    page.goto("/campaigns/")
    expect(page.get_by_text("This takes longer than usual.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Spring push").first).to_be_visible()
    expect(page.get_by_text("This takes longer than usual.")).not_to_be_attached()
    held[0].continue_()  # until then the page waits for its end


def test_a_new_organisation_tries_sample_data_with_one_click(open_as: Open, site: Site) -> None:
    person = site.sign_up("Robin Fresh")
    person.create_org("Fresh Ears")
    page = open_as(person)
    page.goto("/")
    steps = page.get_by_role("region", name="First steps")
    expect(steps).to_contain_text("0 of 5 done")
    assert_accessible_everywhere(page, "home of a new organisation")
    steps.get_by_role("button", name="Try with sample data").click()  # 1
    expect(page.get_by_role("heading", level=1, name="Sample artist (made-up numbers)")).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).first.click()
    expect(steps).to_contain_text("of 5 done")
    expect(steps.get_by_role("link", name="Bring in numbers")).to_have_count(0)
    expect(steps.get_by_role("button", name="Try with sample data")).to_have_count(0)
    # Detection finds the fall of the last ten days.
    expect(page.get_by_role("region", name="What changed").get_by_role("listitem").first).to_be_visible(timeout=60_000)
    steps.get_by_role("link", name="Invite somebody").click()
    expect(page.get_by_role("heading", level=1, name="Members")).to_be_visible()
