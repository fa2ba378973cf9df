"""Accounts, members, channels and rules, knowledge, campaigns and the isolation check."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.conftest import ARTIST, Open, assert_accessible_everywhere
from tests.browser.site import Person


def test_an_account_is_connected_synced_and_disconnected(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/accounts/")
    page.get_by_role("region", name="Platform soundcloud").get_by_role("button", name="Connect").click()
    page.get_by_role("dialog").get_by_label("Artist", exact=True).select_option(label=ARTIST)
    assert_accessible_everywhere(page, "connect")
    page.get_by_role("button", name="Continue to SoundCloud").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("SoundCloud is connected").first).to_be_visible()
    sync = page.get_by_role("button", name=f"Sync SoundCloud of {ARTIST} now")
    expect(sync).to_be_visible()
    sync.click()
    expect(page.get_by_text(f"SoundCloud of {ARTIST} is up to date").first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name=f"More about SoundCloud of {ARTIST}").click()
    page.get_by_role("menuitem", name="Sync runs").click()
    expect(page.get_by_role("dialog").get_by_text("Succeeded").first).to_be_visible()
    assert_accessible_everywhere(page, "sync runs")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"More about SoundCloud of {ARTIST}").click()
    page.get_by_role("menuitem", name="Disconnect").click()
    page.get_by_label("Also delete all of its data").check()
    assert_accessible_everywhere(page, "disconnect")
    page.get_by_role("button", name="Disconnect and delete the data").click()
    expect(sync).not_to_be_attached()


def test_a_refused_consent_is_reported(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/accounts/")
    page.get_by_role("region", name="Platform instagram").get_by_role("button", name="Connect").click()
    page.get_by_role("dialog").get_by_label("Artist", exact=True).select_option(label=ARTIST)
    page.get_by_role("button", name="Continue to Instagram").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("Access was not granted").first).to_be_visible()


def test_an_invitation_is_withdrawn(open_as: Open, label: Person) -> None:
    page = open_as(label)
    email = f"lena-{uuid4().hex[:6]}@example.test"
    page.goto("/members/")
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Lena Brandt")
    assert_accessible_everywhere(page, "invite somebody")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_role("button", name=f"Withdraw the invitation of {email}").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("The invitation is withdrawn")).to_be_visible()
    expect(page.get_by_role("button", name=f"Withdraw the invitation of {email}")).not_to_be_attached()


def test_a_member_is_restricted_disabled_and_removed(open_as: Open, label: Person) -> None:
    label.add_member("Lena Brandt", "analyst")
    page = open_as(label)
    page.goto("/members/")
    page.get_by_role("button", name="Lena Brandt").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("See YouTube").click()
    expect(sheet.get_by_label("See YouTube")).not_to_be_checked()
    sheet.get_by_label("Role").select_option("manager")
    expect(sheet.get_by_label("Role")).to_have_value("manager")
    assert_accessible_everywhere(page, "member")
    sheet.get_by_role("button", name="Disable").click()
    expect(sheet.get_by_role("button", name="Enable again")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("cell", name="YouTube hidden")).to_be_visible()
    page.get_by_role("button", name="Lena Brandt").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog", name="Remove Lena Brandt?").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Lena Brandt")).not_to_be_attached()


def test_a_test_message_of_a_channel_is_in_the_mailbox(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/automation/")
    page.get_by_role("button", name="Channel", exact=True).click()
    page.get_by_label("Kind").select_option("slack")
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Release team")
    assert_accessible_everywhere(page, "add a channel")
    page.get_by_role("button", name="Add the channel").click()
    page.get_by_role("button", name="Rule", exact=True).click()
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Important to Slack")
    page.get_by_label("At least").select_option("important")
    page.get_by_label("Send to").select_option(label="Release team (Slack)")
    assert_accessible_everywhere(page, "add a rule")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_text("New insight (important only)")).to_be_visible()
    page.get_by_role("button", name="More about the channel Release team").click()
    # The next page would end a request that is not sent yet.
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/test")):
        page.get_by_role("menuitem", name="Send a test message").click()
    page.goto("/mailbox/")
    message = page.get_by_role("button", name=re.compile("This channel works"))
    expect(message.first).to_be_visible()
    message.first.click()
    expect(page.get_by_role("article")).to_contain_text("This is a test message from the channel Release team")
    page.get_by_role("radio", name="Source").click()
    expect(page.get_by_role("article")).to_contain_text('"blocks"')
    assert_accessible_everywhere(page, "message")


def test_documents_are_searched_and_answers_open_their_rows(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/knowledge/")
    page.get_by_label("Search the documents").fill("when is the song released")
    passage = page.get_by_role("button", name=re.compile("Release plan"))
    expect(passage).to_contain_text("comes out on a Friday")
    passage.click()
    expect(page.get_by_role("dialog")).to_contain_text("with radio")
    page.keyboard.press("Escape")
    expect(passage).to_be_focused()
    page.get_by_label("Your question").fill(f"How did the streams of {ARTIST} change in the last 28 days?")
    page.get_by_role("button", name="Ask", exact=True).click()
    numbers = page.get_by_role("region", name="Numbers in this answer")
    expect(numbers).to_be_visible()
    assert_accessible_everywhere(page, "answer")
    numbers.get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{ARTIST}-audience-timeline.csv, row")


def test_a_campaign_is_created_and_its_result_shown(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/campaigns/")
    page.get_by_role("button", name="New campaign").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Name", exact=True).fill("Autumn push")
    sheet.get_by_label("Artist").select_option(label=ARTIST)
    sheet.get_by_label("First day").fill("2026-10-10")
    sheet.get_by_label("Last day").fill("2026-10-01")
    sheet.get_by_label("Goal").select_option(label="Spotify: streams")
    assert_accessible_everywhere(page, "new campaign")
    sheet.get_by_label("Last day").fill("2026-10-16")
    sheet.get_by_role("button", name="Create the campaign").click()
    result = page.get_by_role("dialog", name="Autumn push")
    expect(result.get_by_role("heading", name="What it added")).to_be_visible()
    expect(result.get_by_role("heading", name="Before, during, after")).to_be_visible()
    result.get_by_role("button", name="Add a cost").click()
    result.get_by_label("Amount, EUR").fill("120.50")
    result.get_by_role("button", name="Add").click()
    expect(result.get_by_text("€120.50").first).to_be_visible()
    assert_accessible_everywhere(page, "campaign")


def test_isolation_is_verified_on_the_status_page(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/status/")
    page.get_by_role("button", name="Test it now").click()
    expect(page.get_by_text("Passed", exact=True)).to_be_visible()
    expect(page.get_by_text("Foreign rows visible")).to_be_visible()
    assert_accessible_everywhere(page, "isolation")
