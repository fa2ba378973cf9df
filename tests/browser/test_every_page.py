"""Every page with content and empty, accessible in both themes and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARTIST, Open, assert_accessible_everywhere
from tests.browser.site import Person

# Path, heading, and a text that is shown only with the content.
PAGES = [
    ("/", "Home", ARTIST),
    ("/insights/", "Insights", "Notice|Important|Info"),
    ("/accounts/", "Accounts", "Last success"),
    ("/imports/", "Imports", f"{ARTIST}-audience-timeline.csv"),
    ("/calendar/?from=2026-01-01", "Calendar", "Spring push"),
    ("/campaigns/", "Campaigns", "Spring push"),
    ("/royalties/", "Royalties", "Source: distrokid"),
    ("/knowledge/", "Knowledge", "Release plan"),
    ("/automation/", "Automation", "Marketing inbox"),
    ("/automation/?view=deliveries", "Automation", "In the mailbox"),
    ("/mailbox/", "Mailbox", "team@example.test"),
    ("/members/", "Members", "Carla"),
    ("/members/?view=audit", "Members", "Audit log"),
    ("/status/", "Status", "Database"),
    ("/settings/", "Settings", "Organisation id"),
    ("/settings/?view=account", "Settings", "Two-step verification"),
    ("/keys/", "API keys", "No keys yet"),
]

EMPTY_PAGES = [
    ("/", "Your roster is empty"),
    ("/insights/", "No insights yet"),
    ("/accounts/", "No accounts connected"),
    ("/imports/", "Nothing has been imported yet"),
    ("/calendar/", "Nothing in these months"),
    ("/campaigns/", "No campaigns yet"),
    ("/royalties/", "No royalties yet"),
    ("/knowledge/", "No documents yet"),
    ("/automation/", "No rules yet"),
    ("/automation/?view=deliveries", "No deliveries yet"),
    ("/mailbox/", "The mailbox is empty"),
]


@pytest.mark.parametrize(("path", "heading", "content"), PAGES)
def test_page_with_content_is_accessible(open_as: Open, label: Person, path: str, heading: str, content: str) -> None:
    page = open_as(label)
    page.goto(path)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    main = page.get_by_role("main")
    expect(main.get_by_text(re.compile(content)).locator("visible=true").first).to_be_visible()
    assert_accessible_everywhere(page, path)


@pytest.mark.parametrize(("path", "words"), EMPTY_PAGES)
def test_empty_page_is_accessible(open_as: Open, newcomer: Person, path: str, words: str) -> None:
    page = open_as(newcomer)
    page.goto(path)
    expect(page.get_by_text(words)).to_be_visible()
    assert_accessible_everywhere(page, f"{path}, empty")
