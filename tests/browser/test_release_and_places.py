"""A release at every age, and where to play: each from where people are, in few clicks."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from arti_core.clock import today
from tests.browser.conftest import Open, assert_accessible_everywhere
from tests.browser.site import Person, wait_until

ARTIST = "Paper Tides"
TODAY = today()


def import_song(label: Person, artist: str, title: str, released_on: date, days: int) -> str:
    """Import the streams of a song from its release on, and write its release down; returns the release's id."""
    rows = "\n".join(f"{released_on + timedelta(days=n)},{1000 + 10 * n}" for n in range(days))
    text = f"date,streams\n{rows}\n".encode()
    form = {"artist_id": artist}
    files = {"file": (f"{title}-timeline.csv", text, "text/csv")}
    answer = label.call("POST", "/api/imports", data=form, files=files, expect=201)
    for preview in answer["imports"]:
        label.call("POST", f"/api/imports/{preview['id']}/commit", json={"options": {"song": title}})

    def find_song() -> dict[str, Any] | None:
        songs = label.call("GET", f"/api/artists/{artist}/recordings")["items"]
        return next((song for song in songs if song["title"] == title), None)

    wait_until(lambda: find_song() is not None, seconds=120)
    song = find_song()
    assert song is not None
    release = {
        "title": title,
        "kind": "single",
        "released_on": str(released_on),
        "credits": [{"artist_id": artist, "name": ARTIST, "role": "main"}],
    }
    made = label.call("POST", "/api/releases", json=release, expect=201)
    tracks = {"tracks": [{"position": 1, "recording_id": song["id"]}]}
    label.call("PUT", f"/api/releases/{made['id']}/tracks", json=tracks)
    id: str = made["id"]
    return id


@pytest.fixture(scope="module")
def artist(label: Person) -> str:
    return label.add_artist(ARTIST)


def test_a_release_beside_the_earlier_ones_in_two_clicks(open_as: Open, label: Person, artist: str) -> None:
    import_song(label, artist, "Low Water", TODAY - timedelta(days=90), 60)
    newest = import_song(label, artist, "High Water", TODAY - timedelta(days=10), 8)
    label.import_timeline(artist, ARTIST)
    page = open_as(label)
    page.goto(f"/artist/?id={artist}")
    page.get_by_role("region", name="Releases").get_by_role("link", name="High Water").click()  # 1
    expect(page.get_by_role("heading", level=1, name="High Water")).to_be_visible()
    spotify = page.get_by_role("region", name="Spotify: Its first days")
    expect(spotify.get_by_role("row", name=re.compile("^7 days"))).to_contain_text("7,210")
    expect(spotify.get_by_role("row", name=re.compile("^28 days"))).to_contain_text("not over")
    expect(page.get_by_text("Cannot tell: it takes three earlier releases")).to_be_visible()
    expect(page.get_by_role("application")).to_be_visible()
    assert_accessible_everywhere(page, "release")
    page.get_by_role("link", name="Low Water").click()  # 2
    expect(page.get_by_role("heading", level=1, name="Low Water")).to_be_visible()

    page.goto("/release/")
    expect(page.get_by_text("No release chosen")).to_be_visible()
    assert_accessible_everywhere(page, "release, none chosen")
    page.goto(f"/calendar/?from={TODAY - timedelta(days=20)}")
    page.get_by_role("link", name="High Water").first.click()
    expect(page).to_have_url(re.compile(newest))


def test_where_to_play_is_one_click_from_the_artist(open_as: Open, label: Person, artist: str) -> None:
    cities = b"country,city,count\nDE,Munich,600\nDE,Berlin,200\nNO,Oslo,100\n"
    files = {"file": ("cities.csv", cities, "text/csv")}
    answer = label.call("POST", "/api/imports", data={"artist_id": artist}, files=files, expect=201)
    options = {"period": "28day", "period_to": str(TODAY - timedelta(days=3))}
    for preview in answer["imports"]:
        label.call("POST", f"/api/imports/{preview['id']}/commit", json={"options": options})
    show = {"kind": "show", "title": "Strom, München", "artist_id": artist}
    label.call("POST", "/api/calendar", json=show | {"starts_on": str(TODAY - timedelta(days=30))}, expect=201)
    page = open_as(label)
    page.goto(f"/artist/?id={artist}")
    page.get_by_role("main").get_by_role("link", name="Where to play").click()  # 1
    expect(page.get_by_role("heading", level=1, name="Where to play")).to_be_visible()
    table = page.get_by_role("region", name="The cities as a table")
    munich = table.get_by_role("row", name=re.compile("Munich"))
    expect(munich).to_contain_text("2× the average city")
    expect(munich).to_contain_text("Strom, München")
    expect(page.get_by_role("img", name=re.compile("3 cities as circles"))).to_be_visible()
    assert_accessible_everywhere(page, "where to play")
    table.get_by_role("button", name=re.compile(ARTIST)).click()
    expect(page).to_have_url(re.compile("sort=0"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    rows = Path(saved.value.path()).read_text().splitlines()
    assert rows[0].startswith("city,country,latitude,longitude,artist,platform")
    assert any(row.startswith("Munich,DE,") for row in rows)

    page.goto("/where-to-play/")
    expect(page.get_by_text("No artist chosen")).to_be_visible()
    assert_accessible_everywhere(page, "where to play, nobody chosen")


def test_two_songs_that_are_one_are_joined_and_taken_apart_again(open_as: Open, newcomer: Person) -> None:
    artist = newcomer.add_artist("Hollow Pines")
    credits = [{"artist_id": artist, "role": "main"}]
    one, other = (
        newcomer.call("POST", "/api/recordings", json={"title": title, "credits": credits}, expect=201)["id"]
        for title in ("Undertow", "Undertow (Official Audio)")
    )
    page = open_as(newcomer)
    page.goto(f"/song/?id={one}")
    page.get_by_role("button", name="Join", exact=True).click()
    dialog = page.get_by_role("dialog", name="Join another song with “Undertow”")
    dialog.get_by_label("Find the other song").fill("official")
    dialog.get_by_role("radio", name=re.compile("Official Audio")).check()
    expect(dialog.get_by_role("status")).to_contain_text("“Undertow (Official Audio)” goes into “Undertow”")
    assert_accessible_everywhere(page, "join two songs")
    dialog.get_by_role("button", name="Join them").click()
    expect(page.get_by_text("Now one song")).to_be_visible()
    assert newcomer.call("GET", f"/api/recordings/{other}")["id"] == one  # its address leads to the one that stays
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone", exact=True)).to_be_visible()
    assert newcomer.call("GET", f"/api/recordings/{other}")["id"] == other
    newcomer.call("DELETE", f"/api/artists/{artist}", expect=204)
