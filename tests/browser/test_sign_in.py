"""Sign-up, sign-in and sign-out with a password, ended sessions, and switching orgs."""

from uuid import uuid4

import httpx2 as httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, PageErrors, assert_accessible_everywhere
from tests.browser.site import PASSWORD, Person, Site


def test_a_new_user_creates_an_org_and_adds_the_first_artist(page: Page, site: Site) -> None:
    page.goto(f"{site.web}/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert_accessible_everywhere(page, "sign in")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Your name").fill("Greta")
    page.get_by_label("E-mail").fill(f"greta-{uuid4().hex[:8]}@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Name your organisation")).to_be_visible()
    assert_accessible_everywhere(page, "first org")
    page.get_by_label("Name").fill("Paper Moon Management")
    page.get_by_role("button", name="Create the organisation").click()
    expect(page.get_by_text("Your roster is empty")).to_be_visible()
    page.get_by_role("button", name="Add artist").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible_everywhere(page, "add an artist")
    page.get_by_label("Name").fill("Mira Sol")
    page.get_by_label("Genres").fill("indie pop, folk")
    page.get_by_role("dialog").get_by_role("button", name="Add artist").click()
    expect(page.get_by_role("heading", level=1, name="Mira Sol")).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("link", name="Mira Sol")).to_be_visible()


def test_a_wrong_password_is_reported_and_the_right_one_returns_to_the_page(
    page: Page, page_errors: PageErrors, site: Site, label: Person
) -> None:
    page.goto(f"{site.web}/insights/?severity=notice")
    page.get_by_label("E-mail").fill(label.email)
    page.get_by_label("Password").fill("not this one")
    with page_errors.expecting("status of 400"):
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert").filter(has_text="Wrong e-mail address or password")).to_be_visible()
        assert_accessible_everywhere(page, "wrong password")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Insights")).to_be_visible()
    expect(page).to_have_url(f"{site.web}/insights/?severity=notice")


def test_signing_out_ends_the_session(page: Page, site: Site, label: Person) -> None:
    page.goto(f"{site.web}/sign-in/?next=//elsewhere.example")
    page.get_by_label("E-mail").fill(label.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    expect(page).to_have_url(f"{site.web}/")  # the redirect never leaves the site
    page.get_by_role("button", name="Account:").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{site.web}/members/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_revoked_session_requires_a_new_sign_in(open_as: Open, page_errors: PageErrors, site: Site) -> None:
    person = site.sign_up("Gone")
    person.create_org("Gone Records")
    headers = {"apikey": site.key, "Authorization": f"Bearer {person.session['access_token']}"}
    assert httpx.post(f"{site.gateway}/auth/v1/logout", headers=headers, trust_env=False).status_code == 204
    page = open_as(person)
    with page_errors.expecting("status of 40[013]"):
        page.goto("/")
        expect(page.get_by_text("Your session ended")).to_be_visible()


def test_orgs_are_switched_in_the_sidebar(open_as: Open, site: Site) -> None:
    person = site.sign_up("Twice")
    person.create_org("First Label")
    person.add_artist("Only In The First")
    first = person.org_id
    person.create_org("Second Label")
    person.org_id = first
    page = open_as(person)
    page.goto("/")
    expect(page.get_by_role("link", name="Only In The First")).to_be_visible()
    page.get_by_role("button", name="Organisation:").click()
    page.get_by_role("menuitemcheckbox", name="Second Label").click()
    expect(page.get_by_text("Your roster is empty")).to_be_visible()
    expect(page.get_by_role("button", name="Organisation: Second Label")).to_be_visible()
