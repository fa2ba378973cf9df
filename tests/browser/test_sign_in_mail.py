"""Sign-in by e-mail: recovery, one-time codes, confirmation, invitations, and links that do not work."""

import re
from uuid import uuid4

import httpx2 as httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, PageErrors, assert_accessible, assert_accessible_everywhere, forget_session
from tests.browser.site import PASSWORD, Person, Site

CORS_HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
NEW_PASSWORD = "quite another sentence"


@pytest.fixture
def mia(site: Site) -> Person:
    person = site.sign_up("Mia")
    person.create_org("Mail Records")
    return person


def _request_new_password(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.web}/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_role("heading", name="Forgot your password?")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()


def test_a_recovery_link_works_once(page: Page, page_errors: PageErrors, site: Site, mia: Person) -> None:
    _request_new_password(page, site, mia.email)
    expect(page.get_by_role("button", name="Send it again in")).to_have_attribute("aria-disabled", "true")
    assert_accessible_everywhere(page, "check your mail")
    link = site.next_mail(mia.email).link
    page.goto(link)
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    expect(page).not_to_have_url(re.compile("code="))
    assert_accessible_everywhere(page, "new password")
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    forget_session(page, site)
    page.goto(link)
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    expect(page.get_by_text("used already")).to_be_visible()
    assert_accessible(page, "used link")
    page.get_by_role("link", name="Request a new link").click()
    expect(page.get_by_role("heading", name="Forgot your password?")).to_be_visible()


def test_a_one_time_code_signs_in_without_a_password(
    page: Page, page_errors: PageErrors, site: Site, mia: Person
) -> None:
    page.goto(f"{site.web}/insights/")
    page.get_by_label("E-mail").fill(mia.email)
    page.get_by_role("button", name="E-mail me a code instead").click()
    assert_accessible(page, "sign in by e-mail")
    page.get_by_role("button", name="Send the code").click()
    code = site.next_mail(mia.email).code
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    with page_errors.expecting("status of 403"):
        page.get_by_label("Code").fill(wrong)
        expect(page.get_by_role("alert").filter(has_text="This code is wrong")).to_be_visible()
        assert_accessible(page, "wrong code")
    page.get_by_label("Code").fill(code)
    expect(page.get_by_role("heading", name="Insights")).to_be_visible()


def test_a_link_works_only_where_it_was_requested(open_as: Open, page: Page, site: Site, mia: Person) -> None:
    _request_new_password(page, site, mia.email)
    mail = site.next_mail(mia.email)
    elsewhere = open_as(Person(site, "", {}))
    elsewhere.goto(mail.link)
    expect(elsewhere.get_by_text("requested in another browser")).to_be_visible()
    expect(elsewhere.get_by_role("link", name="Request a new link")).to_be_visible()


def test_an_address_is_confirmed_before_the_first_sign_in(page: Page, page_errors: PageErrors, site: Site) -> None:
    email = f"una-{uuid4().hex[:8]}@example.test"
    unconfirmed = {"id": str(uuid4()), "email": email, "identities": []}
    # The installation of these tests confirms addresses automatically.
    page.route("**/auth/v1/signup*", lambda route: route.fulfill(json=unconfirmed, headers=CORS_HEADERS))
    page.goto(f"{site.web}/sign-in/?new=1")
    page.get_by_label("Your name").fill("Una")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text(f"We sent a link to {email} to confirm your address")).to_be_visible()
    page.get_by_role("button", name="Use another address").click()
    expect(page.get_by_label("E-mail")).to_have_value(email)
    created = httpx.post(
        f"{site.gateway}/auth/v1/admin/users",
        json={"email": email, "password": PASSWORD, "email_confirm": False},
        headers={"apikey": site.secret_key()},
        trust_env=False,
    )
    assert created.status_code == 200, created.text
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Password").fill(PASSWORD)
    with page_errors.expecting("status of 400"):
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("Confirm your e-mail address first")).to_be_visible()
    page.get_by_role("button", name="Send the link again").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page.goto(site.next_mail(email).link)
    expect(page.get_by_role("heading", name="Name your organisation")).to_be_visible()


def test_somebody_new_joins_by_the_mail_of_an_invitation(
    open_as: Open, page: Page, page_errors: PageErrors, site: Site, mia: Person
) -> None:
    email = f"ivo-{uuid4().hex[:8]}@example.test"
    admin_page = open_as(mia)
    admin_page.goto("/members/")
    admin_page.get_by_role("button", name="Invite somebody").click()
    admin_page.get_by_label("E-mail").fill(email)
    assert_accessible(admin_page, "invite")
    admin_page.get_by_role("dialog").get_by_role("button", name="Send the invitation").click()
    invited = admin_page.get_by_role("region", name="Invited")
    expect(invited.get_by_text(email)).to_be_visible()
    expect(invited.get_by_text("Analyst")).to_be_visible()
    expect(invited.get_by_role("button", name=f"Send the invitation to {email} again")).to_be_disabled()
    assert_accessible_everywhere(admin_page, "invited address")
    page.goto(site.next_mail(email).link)
    expect(page.get_by_role("heading", name="Join Mail Records")).to_be_visible()
    expect(page).not_to_have_url(re.compile("token"))
    expect(page.get_by_label("E-mail")).to_have_value(email)
    assert_accessible_everywhere(page, "invitation")
    page.get_by_label("Your name").fill("Ivo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and accept").click()
    expect(page.get_by_role("button", name="Account: Ivo")).to_be_visible()
    admin_page.reload()
    expect(admin_page.get_by_role("table", name="Members").get_by_role("button", name="Ivo")).to_be_visible()
    expect(invited).to_have_count(0)


def test_somebody_with_an_account_accepts_and_declines_in_the_app(
    open_as: Open, page: Page, page_errors: PageErrors, site: Site, mia: Person
) -> None:
    noa = site.sign_up("Noa")
    mia.call("PATCH", "/auth/me", json={"display_name": "Mia"})
    for name in ("Second Records", "Third Records"):
        mia.create_org(name)
        mia.call("POST", "/api/admin/users", json={"email": noa.email, "role": "manager"}, expect=201)
    noa_page = open_as(noa)
    noa_page.goto("/")
    expect(noa_page.get_by_role("heading", name="Name your organisation")).to_be_visible()
    third = noa_page.get_by_role("article", name="Invitation to Third Records")
    expect(third.get_by_text("Mia invites you to Third Records, as a manager")).to_be_visible()
    assert_accessible_everywhere(noa_page, "pending invitations")
    third.get_by_role("button", name="Decline").click()
    expect(third).to_have_count(0)
    noa_page.get_by_role("article", name="Invitation to Second Records").get_by_role("button", name="Accept").click()
    expect(noa_page.get_by_role("button", name="Organisation: Second Records")).to_be_visible()
    assert [org["name"] for org in noa.call("GET", "/api/orgs")] == ["Second Records"]


def test_an_invitation_waits_for_its_own_address(
    open_as: Open, page_errors: PageErrors, site: Site, mia: Person
) -> None:
    ora, other = site.sign_up("Ora"), site.sign_up("Other")
    mia.call("POST", "/api/admin/users", json={"email": ora.email, "role": "guest"}, expect=201)
    page = open_as(other)
    page.goto(site.next_mail(ora.email).link)
    expect(page.get_by_text(f"You are signed in as {other.email}")).to_be_visible()
    page.get_by_role("button", name="Sign out and continue").click()
    page.get_by_role("button", name="Sign in to accept").click()
    page.get_by_label("E-mail").fill(ora.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Join Mail Records")).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Organisation: Mail Records")).to_be_visible()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/sign-in/callback/#error=access_denied&error_code=otp_expired&error_description=Old", "used already"),
        ("/#error=access_denied&error_code=otp_expired&error_description=Old", "used already"),
        ("/?error=server_error&error_code=bad_oauth_state&error_description=x", "took too long"),
        ("/sign-in/?code=00000000-0000-4000-8000-000000000000", "another browser"),
        ("/sign-in/callback/#error=x&error_description=Something+else+went+wrong", "Something else went wrong"),
    ],
)
def test_a_link_that_does_not_work_is_explained(page: Page, site: Site, address: str, words: str) -> None:
    page.goto(f"{site.web}{address}")
    expect(page.get_by_text(words)).to_be_visible()
    page.get_by_role("link", name="Go to sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page).to_have_url(f"{site.web}/sign-in/")
