"""Compare two to six artists or songs: from home in three clicks, one chart and table, a view in the address."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import ARTIST, Open, PageErrors, assert_accessible_everywhere, count_clicks
from tests.browser.site import Person


def test_from_home_to_a_comparison_of_two_artists_in_three_clicks(open_as: Open, label: Person) -> None:
    other = label.add_artist("Second Wind")
    label.import_timeline(other, "Second Wind")
    page = open_as(label)
    page.goto("/")
    clicks = count_clicks(page)
    page.get_by_role("checkbox", name=f"Compare {ARTIST}").click()
    page.get_by_role("checkbox", name="Compare Second Wind").click()
    assert_accessible_everywhere(page, "home with chosen rows")
    page.get_by_role("link", name="Compare 2").click()
    expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    table = page.get_by_role("region", name="In numbers")
    expect(table.get_by_role("row", name=re.compile("Second Wind"))).to_contain_text("from a file")
    expect(page.get_by_role("application")).to_be_visible()
    assert clicks() == 3
    assert_accessible_everywhere(page, "comparison")

    # The view is in the address: another number, the days before, an index.
    page.get_by_role("checkbox", name="The days before, dashed").check()
    page.get_by_role("radio", name="Index").click()
    page.get_by_label("Number to compare").select_option("spotify consumption.streams")
    expect(page.get_by_role("heading", name="Streams on Spotify")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Streams on Spotify")).to_be_visible()
    expect(page.get_by_role("checkbox", name="The days before, dashed")).to_be_checked()
    expect(page.get_by_role("radio", name="Index")).to_be_checked()
    page.get_by_role("button", name="View as table").click()
    expect(page.get_by_role("region", name="Day by day").get_by_role("columnheader")).to_have_count(5)

    with page.expect_download() as saved:
        page.get_by_role("region", name="In numbers").get_by_role("button", name="CSV").click()
    rows = Path(saved.value.path()).read_text().splitlines()
    assert rows[0].startswith("name,id,platform,metric,unit,basis,from,to,value,previous,change_percent")
    assert any("Second Wind" in row and "consumption.streams" in row for row in rows)

    page.get_by_role("button", name="Remove Second Wind from the comparison").click()
    expect(page.get_by_text("Add one more to compare it with.")).to_be_visible()
    label.call("DELETE", f"/api/artists/{other}", expect=204)


def test_an_empty_comparison_is_filled_by_name(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/compare/")
    expect(page.get_by_text("Nothing to compare yet")).to_be_visible()
    field = page.get_by_role("combobox", name="Add an artist")
    field.fill("velvet")
    expect(page.get_by_role("option", name=ARTIST)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("list").get_by_role("link", name=ARTIST)).to_be_visible()
    expect(page.get_by_role("region", name="In numbers")).to_contain_text(ARTIST)


def test_a_comparison_of_somebody_unknown_is_answered_in_words(
    open_as: Open, page_errors: PageErrors, label: Person
) -> None:
    page = open_as(label)
    with page_errors.expecting("404"):
        page.goto("/compare/?artist=00000000-0000-0000-0000-000000000000")
        expect(page.get_by_text("The comparison could not be loaded")).to_be_visible()
