"""The logo of an organisation: uploaded, refused, shown beside the name, removed."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Open, PageErrors, assert_accessible_everywhere
from tests.browser.site import Person, Site
from tests.browser.test_your_data import show
from tests.orgs.test_logo import SVG, png


@pytest.fixture
def nora(site: Site) -> Person:
    person = site.sign_up("Nora")
    person.create_org("Night Owl Records")
    return person


def choose(page: Page, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "image/png", "buffer": content}
    page.get_by_label("Logo file").set_input_files(file)


def test_an_admin_sets_and_removes_the_logo(open_as: Open, page_errors: PageErrors, nora: Person) -> None:
    guest = nora.add_member("Gus", "guest")
    page = open_as(nora)
    page.goto("/settings/")
    switcher = page.get_by_role("button", name="Organisation: Night Owl Records")
    expect(switcher.locator("img")).to_have_count(0)
    field = page.get_by_role("group", name="Logo")
    with page_errors.expecting("status of 422"):
        choose(page, "logo.png", SVG)
        expect(field.get_by_text("An SVG can hold scripts.")).to_be_visible()
    choose(page, "logo.png", png(240, 160, color=90))
    expect(page.get_by_text("Logo saved")).to_be_visible()
    expect(field.get_by_text("An SVG can hold scripts.")).to_have_count(0)
    for place in (switcher, field):
        expect(place.locator("img")).to_be_visible()
        assert place.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 240
    assert_accessible_everywhere(page, "organisation settings with a logo")
    show(page, "org-logo")

    other = open_as(guest)
    other.goto("/settings/")
    expect(other.get_by_role("group", name="Logo").locator("img")).to_be_visible()
    expect(other.get_by_role("group", name="Logo").get_by_role("button")).to_have_count(0)

    page = open_as(nora)
    page.goto("/settings/")
    field = page.get_by_role("group", name="Logo")
    field.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Logo removed")).to_be_visible()
    expect(field.locator("img")).to_have_count(0)
    expect(page.get_by_role("button", name="Organisation: Night Owl Records").locator("img")).to_have_count(0)
