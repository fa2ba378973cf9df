"""Many files in a browser: one drop, one review page, one button."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Open, PageErrors, assert_accessible_everywhere, count_clicks
from tests.browser.site import Person, Site
from tests.factories.imports import make_zip

FILES = Path(__file__).parents[1] / "imports" / "files"
SONGS = (FILES / "Mira Sol-songs-28day.csv").read_bytes()


def _timeline(plays: int) -> bytes:
    return f"date,listeners,streams,followers\n2026-03-01,5,{plays},7\n2026-03-02,6,{plays + 1},8\n".encode()


def _drop(page: Page, files: dict[str, bytes]) -> None:
    payloads: list[FilePayload] = [
        {"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files.items()
    ]
    page.locator("input[type=file]").set_input_files(payloads)


@pytest.fixture
def office(site: Site) -> Person:
    """The admin of an org with two artists and no numbers."""
    admin = site.sign_up("Olive")
    admin.create_org("Two Boats")
    for name in ("Mira Sol", "Vera Lumen"):
        admin.add_artist(name)
    return admin


def test_seven_files_are_one_drop_and_one_click(open_as: Open, office: Person) -> None:
    page = open_as(office)
    page.goto("/imports/")
    clicks = count_clicks(page)
    studio = {
        f"Mira Sol/{name}.csv": (FILES / f"{name}.csv").read_bytes() for name in ("Chart data", "Table data", "Totals")
    }
    packed = make_zip(studio)
    files = {
        "Mira Sol-audience-timeline.csv": _timeline(1),
        "Vera Lumen-audience-timeline.csv": _timeline(2),
        "Mira Sol-songs-28day_20260305_081500.csv": SONGS,
        "Vera Lumen-songs-28day_20260305_081500.csv": SONGS.replace(b"Night", b"Day"),
        "studio.zip": packed,
    }
    _drop(page, files)
    expect(page.get_by_role("heading", level=1, name="Review 7 files")).to_be_visible()
    expect(page.get_by_text("7 ready")).to_be_visible()
    mira = page.get_by_role("region", name="Mira Sol")
    expect(
        mira.get_by_text(re.compile("YouTube Studio.*placed by: the folder is called Mira Sol")).first
    ).to_be_visible()
    assert_accessible_everywhere(page, "review")
    page.get_by_role("button", name="Commit all 7").click()
    expect(page.get_by_text(re.compile("7 files imported: [1-9][0-9]+ new, 0 restated"))).to_be_visible()
    assert clicks() == 1
    assert {item["status"] for item in office.call("GET", "/api/imports")["items"]} == {"committed"}
    assert_accessible_everywhere(page, "committed")


def test_one_answer_serves_all_files_with_its_question(open_as: Open, office: Person) -> None:
    page = open_as(office)
    page.goto("/imports/")
    files = {f"{name}-songs.csv": SONGS.replace(b"Night", name.encode()) for name in ("Mira Sol", "Vera Lumen")}
    _drop(page, files | {"somebody.csv": _timeline(3), "notes.csv": b"who,what\nAda,calls\n"})
    expect(page.get_by_text("0 ready · 2 asking · 1 without an artist")).to_be_visible()
    waiting = page.get_by_role("region", name="Whose file is this?")
    expect(waiting.get_by_text("ARTi does not recognise a file with the columns who, what")).to_be_visible()
    assert_accessible_everywhere(page, "questions")
    # With the keyboard alone.
    # The list is asked of the server by a part of the name.
    artist = waiting.get_by_role("combobox", name="Artist")
    artist.fill("lumen")
    expect(waiting.get_by_role("option")).to_have_text(["Vera Lumen"])
    assert_accessible_everywhere(page, "artists")
    artist.press("Enter")
    expect(artist).to_have_value("Vera Lumen")
    waiting.get_by_role("button", name="Read somebody.csv").press("Enter")
    expect(page.get_by_role("region", name="Left out").get_by_text("notes.csv")).to_be_visible()
    expect(page.get_by_text("1 ready · 2 asking")).to_be_visible()
    questions = page.get_by_role("region", name="Questions of several files")
    questions.get_by_label("Which period do these songs' numbers cover?").select_option("28day")
    use = questions.get_by_role("button", name="Use for all 2")
    expect(use.first).to_be_enabled()
    use.first.press("Enter")
    questions.get_by_label("What is the last day of that period?").fill("2026-03-04")
    expect(use).to_be_enabled()
    use.press("Enter")
    expect(page.get_by_text("3 ready")).to_be_visible()
    page.get_by_role("button", name="Commit all 3").press("Enter")
    expect(page.get_by_text(re.compile("3 files imported"))).to_be_visible()
    options = [item["options"] for item in office.call("GET", "/api/imports")["items"]]
    periods = [(each["period"], each["period_to"]) for each in options if "period" in each]
    assert periods == [("28day", "2026-03-04")] * 2
    # A file that was imported before says so, and there is nothing to commit.
    page.goto("/imports/")
    _drop(page, {"Mira Sol-songs.csv": files["Mira Sol-songs.csv"], "somebody.csv": _timeline(3)})
    expect(page.get_by_role("heading", level=1, name=re.compile("Review "))).to_be_visible()


def test_the_update_desk_says_what_is_due_and_the_drop_ticks_it_off(open_as: Open, office: Person) -> None:
    page = open_as(office)
    page.goto("/imports/")
    page.get_by_role("link", name="Update desk").click()
    expect(page.get_by_role("heading", level=2, name="6 exports are due")).to_be_visible()
    link = page.get_by_role("link", name="Download Spotify Songs of Mira Sol (opens artists.spotify.com)")
    expect(link).to_have_attribute("href", "https://artists.spotify.com/")
    assert_accessible_everywhere(page, "desk")
    _drop(page, {f"{name}-audience-timeline.csv": _timeline(1) for name in ("Mira Sol", "Vera Lumen")})
    page.get_by_role("button", name="Commit all 2").click()
    expect(page.get_by_text(re.compile("2 files imported"))).to_be_visible()
    page.goto("/imports/desk/")
    expect(page.get_by_role("heading", level=2, name="4 exports are due")).to_be_visible()
    page.get_by_role("radio", name="All").click()
    expect(page.get_by_text(re.compile("Imported .*, up to 2 Mar 2026 · due ")).first).to_be_visible()
    assert_accessible_everywhere(page, "desk, all")
    page.get_by_role("button", name="How often").click()
    page.get_by_label("Spotify: Playlists").select_option("Not asked for")
    assert_accessible_everywhere(page, "cadences")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=2, name="2 exports are due")).to_be_visible()


def test_an_upload_link_is_made_used_without_an_account_reviewed_and_revoked(
    open_as: Open, page: Page, page_errors: PageErrors, office: Person
) -> None:
    member = open_as(office)
    member.goto("/imports/desk/")
    member.get_by_role("button", name="Make a link").click()
    dialog = member.get_by_role("dialog")
    dialog.get_by_label("Artist", exact=True).select_option(label="Mira Sol")
    dialog.get_by_label("For whom").fill("Mira's manager")
    assert_accessible_everywhere(member, "make a link")
    dialog.get_by_role("button", name="Make the link").click()
    shown = member.get_by_role("dialog", name="The link for Mira Sol")
    url = shown.get_by_text(re.compile("/upload/#[A-Za-z0-9_-]{43}")).inner_text()
    member.keyboard.press("Escape")

    page.goto(url)  # no session here
    expect(page.get_by_role("heading", level=1, name="Files for Mira Sol")).to_be_visible()
    expect(page.get_by_text("Two Boats asks you for exported numbers")).to_be_visible()
    _drop(page, {"numbers.csv": _timeline(5), "notes.csv": b"who,what\nAda,calls\n"})
    expect(page.get_by_text("Waits for review")).to_be_visible()
    expect(page.get_by_text("Spotify for Artists, audience timeline, 2 rows")).to_be_visible()
    expect(page.get_by_text("Cannot be used")).to_be_visible()
    assert_accessible_everywhere(page, "hand in")

    member.reload()
    member.get_by_role("link", name="2 files handed in").click()
    member.get_by_role("button", name="Commit all 1").click()
    expect(member.get_by_text("1 file imported")).to_be_visible()
    member.goto("/imports/desk/")
    member.get_by_role("button", name="Revoke the link for Mira Sol").click()
    member.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(member.get_by_text("Revoked", exact=True)).to_be_visible()
    with page_errors.expecting("404"):
        page.reload()
        expect(page.get_by_role("heading", level=1, name="This link does not work")).to_be_visible()
    assert_accessible_everywhere(page, "a link that does not work")


def test_the_columns_of_an_unknown_table_are_mapped_once(open_as: Open, office: Person) -> None:
    source = {"name": "Smart links", "cadence": "day", "how": "file", "time_zone": "UTC"}
    office.call("POST", "/api/sources", json=source, expect=201)
    office.call("POST", "/api/metrics", json={"name": "Visits", "unit": "visits", "kind": "flow"}, expect=201)
    table = b"Day,Link,Visits\n2026-03-01,a,3\n2026-03-02,a,5\n"
    page = open_as(office)
    page.goto("/imports/")
    _drop(page, {"Mira Sol links.csv": table})
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Is it from a source of your own?").select_option(label="Smart links")
    assert_accessible_everywhere(page, "unknown table")
    sheet.get_by_role("button", name="Map its columns").click()
    expect(sheet.get_by_label("Which column holds the day?")).to_have_value("Day")
    expect(sheet.get_by_label("What is in the column 'Visits'?")).to_have_value("own.visits")
    assert_accessible_everywhere(page, "mapping")
    sheet.get_by_role("button", name=re.compile("^Commit ")).click()
    expect(sheet.get_by_role("link", name="See the numbers")).to_be_visible()
    page.goto("/imports/")
    _drop(
        page, {"Vera Lumen links.csv": table.replace(b"3", b"4", 1), "Mira Sol links 2.csv": table.replace(b"5", b"6")}
    )
    page.get_by_role("button", name="Commit all 2").click()
    expect(page.get_by_text(re.compile("2 files imported"))).to_be_visible()
