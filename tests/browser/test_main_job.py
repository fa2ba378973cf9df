"""The main job, end to end in a browser: sign in, collect, detect, notify, show."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIST, forget_session
from tests.browser.site import PASSWORD, STORAGE_KEY, Person, Site, audience_timeline, wait_until

PLATFORMS = ("Spotify", "Instagram", "YouTube", "SoundCloud")
SLOW_MS = 120_000


def _sign_up_and_in(page: Page, site: Site) -> Person:
    """Create an account and an org in the browser, sign out and in again, and return the user."""
    email = f"ada-{uuid4().hex[:8]}@example.test"
    page.goto(f"{site.web}/sign-in/")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Name", exact=True).fill("Harbour Lights")
    page.get_by_role("button", name="Create the organisation").click()
    expect(page.get_by_text("Your roster is empty")).to_be_visible()
    forget_session(page, site)
    page.goto(f"{site.web}/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    session = json.loads(page.evaluate(f"localStorage.getItem('{STORAGE_KEY}')"))
    person = Person(site, email, session)
    person.org_id = person.call("GET", "/api/orgs")[0]["id"]
    return person


def _open_artist(page: Page, name: str) -> None:
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    page.get_by_role("row").get_by_role("link", name=name, exact=True).click()  # news above come and go meanwhile
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def _add_artist(page: Page, name: str) -> None:
    page.get_by_role("link", name="Home", exact=True).click()
    page.get_by_role("button", name="Add artist").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Add artist").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def _connect(page: Page, platform: str, artist: str) -> None:
    """Give consent on the simulator's page and return."""
    page.get_by_role("link", name="Accounts").click()
    page.get_by_label(f"Platform {platform.lower()}").get_by_role("button", name="Connect").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Artist", exact=True).select_option(label=artist)
    dialog.get_by_role("button", name=f"Continue to {platform}").click()
    page.get_by_role("radio", name=artist).check()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1, name="Accounts")).to_be_visible()
    expect(page.get_by_role("button", name=f"More about {platform} of {artist}")).to_be_visible()


def _import(page: Page, files: list[Path] | dict[str, bytes]) -> None:
    """Import one file on the artist page and commit it."""
    chosen: list[object] = (
        [{"name": name, "mimeType": "text/csv", "buffer": body} for name, body in files.items()]
        if isinstance(files, dict)
        else [str(file) for file in files]
    )
    page.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name=re.compile("^Commit ")).click()
    expect(sheet.get_by_role("link", name="See the numbers")).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()


def _find_spike(person: Person) -> list[dict[str, Any]]:
    """Return the insights about the file's spike."""
    items = person.call("GET", "/api/insights?provider=spotify")["items"]
    return [item for item in items if re.search(r"streams up \d+%", json.dumps(item))]


def test_the_main_job(page: Page, site: Site) -> None:
    # 1. Sign in.
    person = _sign_up_and_in(page, site)
    channel = {"kind": "email", "name": "Inbox", "target": {"address": "team@example.test"}}
    channel_id = person.call("POST", "/api/channels", json=channel, expect=201)["id"]
    rule = {"name": "All of it", "channel_id": channel_id, "conditions": {"min_severity": "info"}}
    person.call("POST", "/api/rules", json=rule, expect=201)
    _add_artist(page, ARTIST)

    # 2. Collect from all four simulators, and Spotify's numbers from a file: its API gives none.
    for platform in PLATFORMS:
        _connect(page, platform, ARTIST)
    _open_artist(page, ARTIST)
    _import(page, {"Velvet Harbor-audience-timeline.csv": audience_timeline(120)})
    wait_until(
        lambda: all(account["last_success_at"] for account in person.call("GET", "/api/accounts")["items"]), seconds=120
    )

    # 3. An insight is created, and its numbers open the stored rows.
    page.get_by_role("link", name="Insights", exact=True).click()
    feed = page.get_by_label("Insights", exact=True)
    expect(feed.get_by_text(re.compile("Spike|Growth|Milestone|Level")).first).to_be_visible(timeout=SLOW_MS)
    wait_until(lambda: _find_spike(person), seconds=120)  # a summary of the past may stand above it
    insight = _find_spike(person)[0]
    page.goto(f"{site.web}/insights/?id={insight['id']}")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("All numbers").get_by_role("button").first.click()
    expect(sheet.get_by_text(re.compile(r"Recomputed just now from [\d,]+ rows?: equal"))).to_be_visible()
    expect(sheet.get_by_label("Rows behind the number").get_by_role("row").nth(1)).to_be_visible()
    expect(sheet).to_contain_text(re.compile(r"streams up \d+%"))
    page.keyboard.press("Escape")

    # 4. A notification is delivered.
    wait_until(lambda: person.call("GET", "/api/mailbox")["items"], seconds=60)
    page.get_by_role("link", name="Mailbox").click()
    expect(page.get_by_label("Messages").get_by_text("team@example.test").first).to_be_visible()
    expect(page.get_by_label("Messages").get_by_text(ARTIST).first).to_be_visible()

    # 5. The data is shown with its source and period.
    _open_artist(page, ARTIST)
    for platform in PLATFORMS:
        tile = page.get_by_role("button", name=re.compile(rf"^{platform} ")).first
        expect(tile).to_contain_text(re.compile("from a file" if platform == "Spotify" else "synced"))
    expect(page.get_by_role("heading", name="Songs")).to_be_visible()
    expect(page.get_by_role("row").nth(3)).to_be_visible()


@pytest.fixture
def spotify_export(shared: Path) -> Path:
    return shared / "data" / "exports-spotify-for-artists" / "la-ramona" / "audience.csv"


@pytest.fixture
def youtube_export(shared: Path) -> Path:
    return shared / "data" / "exports-youtube-studio" / "coding-train-geography" / "Totals.csv"


def test_real_exports_show_their_numbers(page: Page, site: Site, spotify_export: Path, youtube_export: Path) -> None:
    _sign_up_and_in(page, site)
    _add_artist(page, "La Ramona")
    _import(page, [spotify_export])
    _import(page, [youtube_export])
    page.reload()
    for file, unit in ((spotify_export, "streams"), (youtube_export, "views")):
        rows = [
            {name.lower(): value for name, value in row.items()}
            for row in csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))
        ]
        newest = sorted(rows, key=lambda row: row["date"])[-28:]
        total = sum(int(row[unit]) for row in newest)
        # The last 28 days of the file, with the exact sum and its source.
        tile = page.get_by_role("button").filter(has=page.get_by_title(f"{total:,} {unit}"))
        expect(tile).to_contain_text("from a file")
        expect(tile).to_contain_text(newest[-1]["date"][:4])
