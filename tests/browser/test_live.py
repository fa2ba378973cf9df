"""What changes elsewhere is shown by itself."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.site import Site, audience_timeline


def test_an_import_comes_and_goes_without_a_reload(open_as: Open, site: Site) -> None:
    person = site.sign_up("Liv")
    person.found_org("Live Records")
    artist = person.add_artist("Mira Sol")
    page = open_as(person)
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    page.goto("/imports/")
    expect(page.get_by_text("Nothing has been imported yet")).to_be_visible()
    for _ in range(400):
        if any("Subscribed to PostgreSQL" in frame for frame in frames):
            break
        page.wait_for_timeout(50)
    else:
        raise AssertionError(f"never subscribed: {frames}")
    file = {"file": ("Mira Sol-audience-timeline.csv", audience_timeline(30), "text/csv")}
    looked = person.call("POST", "/api/imports", data={"artist_id": artist}, files=file, expect=201)
    expect(page.get_by_text("Mira Sol-audience-timeline.csv")).to_be_visible()
    person.call("DELETE", f"/api/imports/{looked['imports'][0]['id']}", expect=204)
    expect(page.get_by_text("Nothing has been imported yet")).to_be_visible()
