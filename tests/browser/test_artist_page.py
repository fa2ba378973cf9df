"""The artist page: key numbers, chart, stored observations, annotations and file imports."""

import re
from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from arti_core.clock import today
from tests.browser.conftest import ARTIST, Open, assert_accessible_everywhere, count_clicks
from tests.browser.site import SPIKE_ON_DAY, Person, audience_timeline


def _open_artist(page: Page, query: str = "") -> None:
    page.goto("/")
    page.get_by_role("link", name=ARTIST, exact=True).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1, name=ARTIST)).to_be_visible()
    if query:
        page.goto(f"{page.url}&{query}")
    expect(page.locator(".recharts-wrapper")).to_be_visible()


def test_key_numbers_show_unit_change_base_and_source(open_as: Open, label: Person) -> None:
    page = open_as(label)
    _open_artist(page)
    tile = page.get_by_role("region", name="Key numbers").get_by_role("button", name=re.compile("Spotify streams"))
    expect(tile).to_contain_text("streams")
    expect(tile).to_contain_text(re.compile(r"[+−]\d.*vs .*, 28 days before"))
    expect(tile).to_contain_text("from a file")
    assert_accessible_everywhere(page, "artist")


def test_a_long_name_fits_a_phone(open_as: Open, label: Person) -> None:
    page = open_as(label)
    name = "Superlongunbreakableword" * 4

    def rename(route: Route) -> None:
        route.fulfill(response=(answer := route.fetch()), body=answer.text().replace(ARTIST, name))

    page.route(re.compile("/api/.*artists"), rename)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("link", name=name).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    expect(page.get_by_role("region", name="Key numbers")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.unroute_all(behavior="wait")  # a response after the page is closed would fail the next test


def test_period_metric_and_view_are_in_the_url(open_as: Open, label: Person) -> None:
    page = open_as(label)
    _open_artist(page)
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="90 days")).to_be_checked()
    page.get_by_role("region", name="Key numbers").get_by_role("button", name=re.compile("Spotify streams")).click()
    page.get_by_role("button", name="View as table").click()
    expect(page).to_have_url(re.compile("view=table"))
    for part in ("days=90", "metric=consumption.streams"):
        expect(page).to_have_url(re.compile(rf"[?&]{part}(&|$)"))
    page.reload()
    table = page.get_by_role("region", name="The chart as a table")
    spike = today() - timedelta(days=SPIKE_ON_DAY)
    expect(table.get_by_role("rowheader", name=f"{spike.day} {spike:%b}")).to_be_visible()
    page.get_by_role("button", name="rows").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{ARTIST}-audience-timeline.csv, row")
    assert_accessible_everywhere(page, "rows of a series")


def test_the_chart_is_usable_by_keyboard_and_exported_as_csv(open_as: Open, label: Person) -> None:
    page = open_as(label)
    _open_artist(page, "metric=consumption.streams&provider=spotify")
    expect(page.get_by_text(re.compile("Spotify: .* streams in all"))).to_be_attached()
    page.locator(".recharts-surface").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".recharts-tooltip-wrapper")).to_contain_text(re.compile(r"\d streams"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    lines = saved.value.path().read_text().splitlines()
    assert lines[0] == "day,spotify consumption.streams (streams)"
    spike = today() - timedelta(days=SPIKE_ON_DAY)
    assert max(lines[1:-1], key=lambda line: float(line.split(",")[1] or 0)).startswith(spike.isoformat())


def test_an_annotation_is_added_and_removed(open_as: Open, label: Person) -> None:
    page = open_as(label)
    _open_artist(page)
    page.get_by_role("button", name="Mark a day").click()
    page.get_by_label("What happened").fill("Single out")
    page.get_by_label("Kind").last.select_option("release")
    page.get_by_label("Day", exact=True).last.fill((today() - timedelta(days=10)).isoformat())
    page.get_by_role("button", name="Add the mark").click()
    expect(page.locator(".recharts-wrapper title", has_text="Single out")).to_be_attached()
    page.get_by_role("button", name="Remove “Single out” from the chart").click()
    expect(page.get_by_text("Single out", exact=True)).not_to_be_attached()


def test_a_file_is_previewed_committed_and_undone(open_as: Open, label: Person) -> None:
    label.add_artist("Frech Start")
    page = open_as(label)
    page.goto("/")
    page.get_by_role("link", name="Frech Start").locator("visible=true").first.click()
    _correct_the_name(page, "Fresh Start")
    file = {"name": "Fresh Start-audience-timeline.csv", "mimeType": "text/csv", "buffer": audience_timeline(40)}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Spotify for Artists, audience timeline")
    expect(sheet.get_by_role("cell", name="Accepted").first).to_be_visible()
    assert_accessible_everywhere(page, "preview of a file")
    sheet.get_by_role("button", name=re.compile("Commit")).click()
    expect(sheet.get_by_role("button", name="Undo the import")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("Spotify streams"))).to_be_visible()
    page.goto("/imports/")
    page.get_by_role("button", name=re.compile("Fresh Start-audience-timeline.csv")).click()
    page.get_by_role("dialog").get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("dialog").get_by_text("Undone", exact=True)).to_be_visible()


def _correct_the_name(page: Page, name: str) -> None:
    """Edit an artist in two clicks: the menu, and its entry; Enter saves."""
    more = page.get_by_role("button", name="More about this artist")
    expect(more).to_be_visible()
    clicks = count_clicks(page)
    more.click()
    page.get_by_role("menuitem", name="Edit").click()
    field = page.get_by_role("dialog").get_by_label("Name", exact=True)
    expect(field).to_be_focused()
    field.fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    assert clicks() == 2


def test_an_unsupported_file_is_refused_with_a_reason(open_as: Open, label: Person) -> None:
    page = open_as(label)
    _open_artist(page)
    file = {"name": "holiday.csv", "mimeType": "text/csv", "buffer": b"place,nights\nLisbon,3\n"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("The file is kept as long as")
    remove = page.get_by_role("button", name="Remove from the list")
    expect(remove).to_be_visible()
    assert_accessible_everywhere(page, "refused file")
    remove.click()
    expect(page.get_by_role("dialog")).not_to_be_attached()
