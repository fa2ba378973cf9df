"""Your data and the organisation's: downloads, deletion with a typed confirmation, the banner before it."""

import os
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, PageErrors, assert_accessible_everywhere
from tests.browser.site import PASSWORD, Person, Site

ACCOUNT = "/settings/?view=account"


@pytest.fixture
def mira(site: Site) -> Person:
    person = site.sign_up("Mira")
    person.create_org("Leaving Records")
    return person


def show(page: Page, name: str) -> None:
    """Keep a picture of the page at two widths where ARTI_SCREENSHOTS names a folder."""
    if folder := os.environ.get("ARTI_SCREENSHOTS"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def _refuse_as_too_old(route: Route) -> None:
    body = {"error": "sign_in_too_old", "message": "Sign in again, then repeat it."}
    route.fulfill(status=403, json=body, headers={"Access-Control-Allow-Origin": "*"})


def test_an_admin_exports_and_deletes_an_org(open_as: Open, page_errors: PageErrors, mira: Person) -> None:
    mira.call("POST", "/api/artists", json={"name": "Nora Ash"}, expect=201)
    guest = mira.add_member("Gus", "guest")
    page = open_as(mira)
    page.goto("/settings/")
    card = page.get_by_role("region", name="Export or delete this organisation")
    card.get_by_role("button", name="Make an export").click()
    expect(card.get_by_text("Ready,")).to_be_visible(timeout=90_000)
    show(page, "org-export")
    with page.expect_download() as download:
        card.get_by_role("button", name="Download").click()
    with ZipFile(download.value.path()) as archive:
        assert b"Nora Ash" in archive.read("data/artists.jsonl")

    card.get_by_role("button", name="Delete organisation").click()
    dialog = page.get_by_role("dialog", name="Delete Leaving Records?")
    dialog.get_by_label("Type Leaving Records to be sure").fill("Leaving")
    with page_errors.expecting("status of 422"):
        dialog.get_by_role("button", name="Delete in 12 hours").click()
        expect(dialog.get_by_text("This is not the name of the organisation.")).to_be_visible()
    show(page, "org-delete")
    dialog.get_by_label("Type Leaving Records to be sure").fill("Leaving Records")
    dialog.get_by_role("button", name="Delete in 12 hours").click()
    banner = page.get_by_text("Leaving Records and all of its data will be deleted in 1")
    expect(banner).to_be_visible()
    show(page, "org-banner")
    assert_accessible_everywhere(page, "an org that will be deleted")
    other = open_as(guest)
    other.goto("/")
    expect(other.get_by_text("An admin can cancel this.")).to_be_visible()
    page.get_by_role("button", name="Keep the organisation").click()
    expect(banner).to_be_hidden()


def test_a_person_downloads_and_deletes_their_own(
    open_as: Open, page_errors: PageErrors, site: Site, mira: Person
) -> None:
    page = open_as(mira)
    page.goto(ACCOUNT)
    card = page.get_by_role("region", name="Your data")
    with page.expect_download() as download:
        card.get_by_role("button", name="Download my data").click()
    with ZipFile(download.value.path()) as archive:
        assert mira.email.encode() in archive.read("data/users.jsonl")
    show(page, "your-data")
    card.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog", name="Delete your account?")
    dialog.get_by_label(f"Type {mira.email} to be sure").fill(mira.email)
    with page_errors.expecting("status of 409"):
        dialog.get_by_role("button", name="Delete my account").click()
        expect(dialog.get_by_text("You are the only admin of Leaving Records.")).to_be_visible()
    show(page, "account-delete")
    assert_accessible_everywhere(page, "the dialog that deletes an account")
    second = mira.add_member("Ben", "admin")
    # A session of more than 15 minutes ago is simulated: none of this installation is that old.
    page.route("**/auth/me/erasure", _refuse_as_too_old)
    with page_errors.expecting("status of 403"):
        dialog.get_by_role("button", name="Delete my account").click()
        expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.unroute("**/auth/me/erasure")  # not by times=1, which may lose the request of the dialog's script
    show(page, "is-it-you")
    assert_accessible_everywhere(page, "the sign-in before an act that cannot be undone")
    page.get_by_role("textbox", name="Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_hidden()
    dialog.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    members = second.call("GET", "/api/admin/users")["items"]
    assert [member["email"] for member in members] == [second.email]
