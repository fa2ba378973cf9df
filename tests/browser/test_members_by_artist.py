"""Members see chosen artists: set in the browser for a member and a group, and seen by the member at once."""

import os

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, assert_accessible, assert_accessible_everywhere
from tests.browser.site import Site


def _keep(page: Page, name: str) -> None:
    if folder := os.environ.get("ARTI_TEST_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_an_admin_chooses_artists_and_money_for_a_member(open_as: Open, site: Site) -> None:
    admin = site.sign_up("Ada")
    admin.create_org("Listed Records")
    for name in ("Mira Sol", "Vera Lumen", "Los Faroles"):
        admin.add_artist(name)
    manager, creator = admin.add_member("Max", "manager"), admin.add_member("June", "creator")

    page = open_as(admin)
    page.goto("/members/?view=groups")
    page.get_by_role("button", name="Add a group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Berlin roster")
    dialog.get_by_label("Mira Sol").check()
    dialog.get_by_label("Los Faroles").check()
    assert_accessible(page, "a group")
    _keep(page, "group-dialog")
    dialog.get_by_role("button", name="Save the group").click()
    expect(page.get_by_text("Los Faroles, Mira Sol")).to_be_visible()
    assert_accessible_everywhere(page, "groups")
    _keep(page, "groups")

    page.goto("/members/")
    page.get_by_role("button", name="Max").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_text("Chosen artists").click()
    expect(sheet.get_by_text("Nobody is chosen")).to_be_visible()
    sheet.get_by_label("Berlin roster (2 artists)").check()
    _keep(page, "member-sheet")
    assert_accessible(page, "whose artists a member sees")
    sheet.get_by_role("button", name="Save the artists").click()
    expect(sheet.get_by_role("button", name="Save the artists")).not_to_be_attached()
    sheet.get_by_label("Money").select_option("May not see money")
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("cell", name="Berlin roster")).to_be_visible()
    expect(page.get_by_role("cell", name="none yet")).to_be_visible()  # the creator
    _keep(page, "members")

    members_page = open_as(manager)
    members_page.goto("/")
    expect(members_page.get_by_text("Mira Sol").first).to_be_visible()
    expect(members_page.get_by_text("Vera Lumen")).not_to_be_attached()
    page.goto("/members/?view=audit")
    expect(page.get_by_text("Changed which artists a member sees")).to_be_visible()
    expect(page.get_by_text("all artists → Berlin roster")).to_be_visible()
    _keep(page, "audit")

    empty_page = open_as(creator)
    empty_page.goto("/")
    expect(empty_page.get_by_text("No artists yet", exact=True)).to_be_visible()
    expect(empty_page.get_by_text("nobody is on it yet")).to_be_visible()
    assert_accessible(empty_page, "a creator without artists")
    _keep(empty_page, "creator")

    page.goto("/members/")
    page.get_by_role("button", name="Invite somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Role").select_option("Guest")
    expect(dialog.get_by_text("A guest sees only the artists chosen here.")).to_be_visible()
    assert_accessible_everywhere(page, "add a guest")
    _keep(page, "add-guest")
