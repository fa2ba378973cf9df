"""API keys: created with a role, shown once, used, and revoked."""

import httpx2 as httpx
from playwright.sync_api import expect

from tests.browser.conftest import Open, assert_accessible, assert_accessible_everywhere
from tests.browser.site import Person, Site, wait_until


def _artists(site: Site, key: str) -> httpx.Response:
    return httpx.get(f"{site.gateway}/rest/v1/artists?select=name", headers={"apikey": key}, trust_env=False)


def test_a_key_is_shown_once_reads_only_its_org_and_can_be_revoked(open_as: Open, site: Site) -> None:
    admin = site.sign_up("Kim")
    admin.create_org("Key Records")
    admin.add_artist("Mira Sol")
    page = open_as(admin)
    keys = page.get_by_role("region", name="API keys").get_by_role("listitem")
    page.goto("/")
    page.get_by_role("link", name="API keys").click()
    expect(page.get_by_text("No keys yet")).to_be_visible()
    page.get_by_role("button", name="Create a key").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("n8n")
    dialog.get_by_label("Role").select_option("Analyst")
    assert_accessible(page, "create a key")
    dialog.get_by_role("button", name="Create the key").click()
    expect(dialog.get_by_role("heading", name="The key for n8n")).to_be_visible()
    key = dialog.get_by_label("Key", exact=True).inner_text()
    assert key.startswith("sb_secret_")
    assert f"{site.gateway}/rest/v1/artists" in dialog.get_by_label("Example", exact=True).inner_text()
    assert_accessible_everywhere(page, "a new key")
    dialog.get_by_role("button", name="I have copied it").click()
    expect(dialog).not_to_be_attached()
    assert key not in page.content()
    page.get_by_role("button", name="Create a key").first.click()
    dialog.get_by_label("Name").fill("Ticketing")
    dialog.get_by_label("What it is for").select_option("Push values")
    dialog.get_by_role("button", name="Create the key").click()
    pushing = dialog.get_by_label("Key", exact=True).inner_text()
    assert "/observations" in dialog.get_by_label("Example of pushing values", exact=True).inner_text()
    dialog.get_by_role("button", name="I have copied it").click()
    expect(keys.filter(has_text="Ticketing")).to_contain_text("Push values")
    assert _artists(site, pushing).status_code == 403
    page.get_by_role("button", name="Revoke Ticketing").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    assert _artists(site, key).json() == [{"name": "Mira Sol"}]

    page.reload()
    expect(page.get_by_text(f"{key[:14]}")).to_be_visible()
    expect(page.get_by_text("Analyst", exact=True)).to_be_visible()
    assert key not in page.content()
    assert_accessible_everywhere(page, "a key")
    page.goto("/members/")
    expect(page.get_by_text("API key", exact=True)).to_be_visible()
    page.get_by_role("button", name="n8n").click()
    expect(page.get_by_text("This member is an API key")).to_be_visible()
    assert_accessible(page, "a key as a member")
    page.get_by_role("dialog").get_by_role("link", name="API keys").click()

    page.get_by_role("button", name="Revoke n8n").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(keys.filter(has_text="n8n")).to_contain_text("Revoked")
    wait_until(lambda: _artists(site, key).status_code == 401)


def test_only_an_admin_sees_keys(open_as: Open, creator: Person) -> None:
    page = open_as(creator)
    page.goto("/keys/")
    expect(page.get_by_text("You do not have access to this")).to_be_visible()
    expect(page.get_by_role("link", name="API keys")).not_to_be_attached()
    assert_accessible(page, "keys, not allowed")
