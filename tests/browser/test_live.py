"""Changes made elsewhere appear without a reload."""

from playwright.sync_api import expect

from tests.browser.conftest import Open, open_live
from tests.browser.site import Site, audience_timeline


def test_an_import_appears_and_disappears_without_a_reload(open_as: Open, site: Site) -> None:
    person = site.sign_up("Liv")
    person.create_org("Live Records")
    artist = person.add_artist("Mira Sol")
    page = open_as(person)
    open_live(page, "/imports/")
    expect(page.get_by_text("Nothing has been imported yet")).to_be_visible()
    file = {"file": ("Mira Sol-audience-timeline.csv", audience_timeline(30), "text/csv")}
    preview = person.call("POST", "/api/imports", data={"artist_id": artist}, files=file, expect=201)
    expect(page.get_by_text("Mira Sol-audience-timeline.csv")).to_be_visible()
    person.call("DELETE", f"/api/imports/{preview['imports'][0]['id']}", expect=204)
    expect(page.get_by_text("Nothing has been imported yet")).to_be_visible()
