"""Insights: every number opens its rows, feedback and status are saved, a new insight appears without a reload."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open, assert_accessible_everywhere, open_live
from tests.browser.site import Person


def test_every_number_opens_the_rows_behind_it(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/insights/?provider=spotify")
    page.get_by_role("button", name=re.compile("streams up", re.I)).first.click()
    sheet = page.get_by_role("dialog")
    numbers = sheet.locator("p button")
    expect(numbers.first).to_be_visible()
    assert_accessible_everywhere(page, "insight")
    for number in range(numbers.count()):
        numbers.nth(number).click()
        evidence = sheet.get_by_role("region", name=re.compile("^How .* was computed$"))
        expect(evidence).to_contain_text(re.compile("Recomputed just now from .*: equal"))
        expect(evidence.get_by_role("region", name="Rows behind the number")).to_contain_text(
            "audience-timeline.csv, row"
        )
    assert_accessible_everywhere(page, "evidence")


def test_insights_are_ordered_by_weight_or_newest(open_as: Open, label: Person) -> None:
    page = open_as(label)
    with page.expect_request(re.compile(r"/api/insights\?.*order=weight")):
        page.goto("/insights/")
    page.get_by_label("Order").select_option("Newest first")
    with page.expect_request(re.compile(r"/api/insights\?.*order=newest")):
        page.reload()
    expect(page.get_by_label("Order")).to_have_value("newest")


def test_feedback_and_status_are_saved(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/insights/")
    page.locator("[data-row]").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="Useful", exact=True).click()
    expect(sheet.get_by_role("button", name="Useful", exact=True)).to_have_attribute("aria-pressed", "true")
    sheet.get_by_label("What would be better?").fill("Found it before the label did")
    sheet.get_by_role("button", name="Send").click()
    sheet.get_by_role("button", name="Acknowledge for the team").click()
    expect(sheet.get_by_role("button", name="Mark as new")).to_be_visible()
    page.reload()
    expect(sheet.get_by_label("What would be better?")).to_have_value("Found it before the label did")
    expect(sheet.get_by_role("button", name="Acknowledge for the team")).not_to_be_attached()


def test_a_new_insight_appears_without_a_reload(open_as: Open, newcomer: Person) -> None:
    page = open_as(newcomer)
    open_live(page, "/insights/")
    expect(page.get_by_text("No insights yet")).to_be_visible()
    artist = newcomer.add_artist("Sudden Rise")
    newcomer.import_timeline(artist, "Sudden Rise")
    notice = page.get_by_role("region", name="Notifications").get_by_role("listitem").first
    expect(notice).to_contain_text("Sudden Rise", timeout=60_000)
    notice.get_by_role("button", name="Open").click()
    expect(page.get_by_role("dialog")).to_contain_text("Sudden Rise")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_attached()
    newcomer.call("DELETE", f"/api/artists/{artist}", expect=204)
