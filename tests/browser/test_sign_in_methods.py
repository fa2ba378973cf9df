"""Sign-in with an identity provider and with a second factor, and reauthentication after a session ended."""

from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, PageErrors, assert_accessible, assert_accessible_everywhere
from tests.browser.site import PASSWORD, Person, Site, totp_code
from tests.supabase_local.auth.oidc_issuer import ProviderUser


@pytest.fixture
def mfa_user(site: Site) -> tuple[Person, str]:
    """A user with a verified TOTP factor, and its secret."""
    person = site.sign_up("Gil")
    person.create_org("Guarded Records")

    def call_auth(path: str, body: dict[str, str]) -> Any:
        headers = {"apikey": site.key, "Authorization": f"Bearer {person.session['access_token']}"}
        response = httpx.post(f"{site.gateway}/auth/v1/factors{path}", json=body, headers=headers, trust_env=False)
        assert response.status_code == 200, response.text
        return response.json()

    factor = call_auth("", {"factor_type": "totp", "friendly_name": "Old phone"})
    secret = factor["totp"]["secret"]
    challenge = call_auth(f"/{factor['id']}/challenge", {})
    # The code of another time step, so that the current one is left for the test.
    call_auth(f"/{factor['id']}/verify", {"challenge_id": challenge["id"], "code": totp_code(secret, steps=-1)})
    return person, secret


def _sign_in(page: Page, person: Person) -> None:
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_the_second_factor_is_required_before_any_page(
    page: Page, page_errors: PageErrors, site: Site, mfa_user: tuple[Person, str]
) -> None:
    person, secret = mfa_user
    page.goto(f"{site.web}/members/")
    _sign_in(page, person)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    expect(page.get_by_text("On Old phone")).to_be_visible()
    assert_accessible_everywhere(page, "second factor")
    page.goto(f"{site.web}/members/")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    code = totp_code(secret)
    with page_errors.expecting("status of 4(00|22)"):
        page.get_by_label("Code from the app").fill(f"{(int(code) + 1) % 1_000_000:06}")
        expect(page.get_by_role("alert").filter(has_text="This code is wrong")).to_be_visible()
    page.get_by_label("Code from the app").fill(code)
    expect(page.get_by_role("heading", name="Members")).to_be_visible()


def test_signing_in_with_an_identity_provider(page: Page, site: Site) -> None:
    site.issuer.user = ProviderUser(subject="2001", email=f"olga-{uuid4().hex[:8]}@example.test", name="Olga Ott")
    page.goto(f"{site.web}/sign-in/")
    expect(page.get_by_role("button", name="Continue with GitHub")).to_be_visible()
    expect(page.get_by_role("button", name="Continue with Spotify")).not_to_be_attached()
    assert_accessible_everywhere(page, "sign-in methods")
    page.get_by_role("button", name="Continue with Google").click()
    expect(page.get_by_role("heading", name="Name your organisation")).to_be_visible()
    page.get_by_label("Name").fill("Olga's Office")
    page.get_by_role("button", name="Create the organisation").click()
    expect(page.get_by_role("button", name="Account: Olga Ott")).to_be_visible()


def test_a_refusal_at_the_provider_is_reported(page: Page, site: Site) -> None:
    site.issuer.callback_parameters = {"error": "access_denied", "error_description": "The user refused", "code": ""}
    try:
        page.goto(f"{site.web}/sign-in/")
        page.get_by_role("button", name="Continue with GitHub").click()
        expect(page.get_by_text("Access was denied")).to_be_visible()
    finally:
        site.issuer.callback_parameters = {}
    page.get_by_role("link", name="Go to sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_reauthentication_keeps_the_page_as_it_was(open_as: Open, page_errors: PageErrors, site: Site) -> None:
    person = site.sign_up("Rea")
    person.create_org("Revoked Records")
    page = open_as(person)
    page.goto("/")
    page.get_by_role("button", name="Add artist").first.click()
    page.get_by_label("Name").fill("Half Typed")
    headers = {"apikey": site.key, "Authorization": f"Bearer {person.session['access_token']}"}
    with page_errors.expecting("status of 40[0-9]"):
        ended = httpx.post(f"{site.gateway}/auth/v1/logout?scope=global", headers=headers, trust_env=False)
        assert ended.status_code == 204
        page.get_by_role("dialog").get_by_role("button", name="Add artist").click()
        again = page.get_by_role("dialog", name="Your session ended")
        expect(again).to_be_visible()
        expect(again.get_by_label("E-mail")).to_have_value(person.email)
        assert_accessible_everywhere(page, "session ended")
        page.keyboard.press("Escape")
        expect(again).to_be_visible()
        again.get_by_label("Password").fill("not this one")
        again.get_by_role("button", name="Sign in", exact=True).click()
        expect(again.get_by_text("Wrong e-mail address or password")).to_be_visible()
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Sign in", exact=True).click()
    expect(again).not_to_be_attached()
    expect(page.get_by_label("Name")).to_have_value("Half Typed")
    page.get_by_role("dialog").get_by_role("button", name="Add artist").click()
    expect(page.get_by_role("heading", level=1, name="Half Typed")).to_be_visible()


def test_a_refused_token_is_refreshed_silently(open_as: Open, page_errors: PageErrors, site: Site) -> None:
    person = site.sign_up("Toni")
    person.create_org("Token Records")
    person.session["access_token"] = person.session["access_token"][:-8] + "AAAAAAAA"
    page = open_as(person)
    with page_errors.expecting("status of 401"):
        page.goto("/")
        expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    assert_accessible(page, "after a refresh")
