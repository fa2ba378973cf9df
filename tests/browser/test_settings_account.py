"""Account settings: name, e-mail address, password, two-step verification, sign-in methods, sessions."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, PageErrors, assert_accessible, assert_accessible_everywhere
from tests.browser.site import PASSWORD, Person, Site, totp_code
from tests.supabase_local.auth.oidc_issuer import ProviderUser

ACCOUNT = "/settings/?view=account"


@pytest.fixture
def sam(site: Site) -> Person:
    person = site.sign_up("Sam")
    person.create_org("Settings Records")
    return person


def _open_elsewhere(open_as: Open, person: Person) -> Page:
    """Open a page in another browser, and wait until it has loaded."""
    page = open_as(person)
    page.goto("/")
    expect(page.get_by_text("Your roster is empty")).to_be_visible()
    return page


def _expect_ended(page: Page) -> None:
    """Follow a link of a page whose session was ended. It may know already: then a dialog stands before the link."""
    page.locator("a[href='/members/']").first.dispatch_event("click")
    expect(page.get_by_text("Your session ended")).to_be_visible()


def test_a_user_changes_their_name(open_as: Open, sam: Person) -> None:
    page = open_as(sam)
    page.goto("/")
    page.get_by_role("button", name="Account: Sam").click()
    page.get_by_role("menuitem", name="Your account").click()
    card = page.get_by_role("region", name="You", exact=True)
    expect(card.get_by_label("Your name")).to_have_value("Sam")
    card.get_by_label("Your name").fill("Samira Noor")
    card.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Account: Samira Noor")).to_be_visible()


def test_a_new_address_is_used_after_both_links_were_opened(open_as: Open, site: Site, sam: Person) -> None:
    page = open_as(sam)
    page.goto(ACCOUNT)
    new = f"sam-{uuid4().hex[:8]}@example.test"
    card = page.get_by_role("region", name="E-mail", exact=True)
    card.get_by_label("New e-mail").fill(new)
    card.get_by_role("button", name="Change").click()
    expect(card.get_by_text(f"Waiting for {new}")).to_be_visible()
    assert_accessible_everywhere(page, "change of address")
    page.goto(site.next_mail(sam.email).link)
    expect(page.get_by_role("heading", name="One more link to open")).to_be_visible()
    assert_accessible(page, "half of a change of address")
    page.goto(site.next_mail(new).link)
    expect(page.get_by_text(f"You sign in with {new}")).to_be_visible()
    expect(page.get_by_text("Your new address is confirmed")).to_be_visible()


def test_a_new_password_signs_out_the_other_devices(
    open_as: Open, page_errors: PageErrors, site: Site, sam: Person
) -> None:
    other = _open_elsewhere(open_as, sam)
    sam.session = site.sign_in(sam.email)
    page = open_as(sam)
    page.goto(ACCOUNT)
    card = page.get_by_role("region", name="Password", exact=True)
    with page_errors.expecting("status of 422"):
        card.get_by_label("New password").fill(PASSWORD)
        card.get_by_role("button", name="Change").click()
        expect(card.get_by_text("This is your current password")).to_be_visible()
    card.get_by_label("New password").fill("quite another sentence")
    with page_errors.expecting("status of 40[0-9]"):
        card.get_by_role("button", name="Change").click()
        expect(page.get_by_text("Your new password is set")).to_be_visible()
        _expect_ended(other)


def test_a_change_of_the_password_shows_the_required_fields(
    open_as: Open, page_errors: PageErrors, sam: Person
) -> None:
    # This installation requires neither, so the responses of one that requires both are simulated.
    answers = iter(["current_password_required", "reauthentication_needed"])

    def refuse(route: Route) -> None:
        code = next(answers, None)
        if code is None or route.request.method != "PUT":
            route.continue_()
            return
        body = {"code": code, "message": code}
        headers = {"Access-Control-Allow-Origin": "*", "X-Supabase-Api-Version": "2024-01-01"}
        headers["Access-Control-Expose-Headers"] = "X-Supabase-Api-Version"
        route.fulfill(status=400, json=body, headers=headers)

    page = open_as(sam)
    page.goto(ACCOUNT)
    card = page.get_by_role("region", name="Password", exact=True)
    card.get_by_label("New password").fill("quite another sentence")
    page.route("**/auth/v1/user", refuse)
    with page_errors.expecting("status of 400"):
        card.get_by_role("button", name="Change").click()
        card.get_by_label("Current password").fill(PASSWORD)
        card.get_by_role("button", name="Change").click()
        expect(card.get_by_label("Code")).to_be_visible()
        expect(card.get_by_label("New password")).to_have_value("quite another sentence")
        assert_accessible(page, "change of password")
    card.get_by_label("Code").fill(sam.site.next_mail(sam.email).code)
    card.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Your new password is set")).to_be_visible()


def test_two_step_verification_is_set_up_and_removed(open_as: Open, page_errors: PageErrors, sam: Person) -> None:
    page = open_as(sam)
    page.goto(ACCOUNT)
    card = page.get_by_role("region", name="Two-step verification")
    expect(card.get_by_text("Off", exact=True)).to_be_visible()
    card.get_by_role("button", name="Set it up").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Continue").click()
    code = dialog.get_by_role("img", name="QR code")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth > 20)"), "the QR code is drawn"
    assert_accessible_everywhere(page, "set up a device")
    secret = dialog.get_by_label("Key", exact=True).inner_text()
    with page_errors.expecting("status of 4(00|22)"):
        dialog.get_by_label("Code that the app shows").fill(f"{(int(totp_code(secret)) + 1) % 1_000_000:06}")
        expect(dialog.get_by_text("This code is wrong")).to_be_visible()
    dialog.get_by_label("Code that the app shows").fill(totp_code(secret))
    expect(card.get_by_text("On", exact=True)).to_be_visible()
    expect(card.get_by_text("My phone")).to_be_visible()
    assert_accessible_everywhere(page, "two-step verification is on")
    card.get_by_role("button", name="Remove My phone").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card.get_by_text("Off", exact=True)).to_be_visible()
    page.reload()
    expect(card.get_by_text("Off", exact=True)).to_be_visible()


def test_sign_in_methods_are_added_and_removed(open_as: Open, page_errors: PageErrors, site: Site, sam: Person) -> None:
    page = open_as(sam)
    page.goto(ACCOUNT)
    card = page.get_by_role("region", name="Sign-in methods")
    expect(card.get_by_text("E-mail and password")).to_be_visible()
    expect(card.get_by_role("button", name="Remove")).not_to_be_attached()
    site.issuer.user = ProviderUser(subject=str(uuid4().int % 10**9), email=sam.email, name="Sam")
    card.get_by_role("button", name="Add GitHub").click()
    expect(page.get_by_text("You can sign in with it from now on")).to_be_visible()
    expect(card.get_by_text("GitHub", exact=True)).to_be_visible()
    expect(card.get_by_role("button", name="Add GitHub")).not_to_be_attached()
    assert_accessible(page, "two sign-in methods")
    card.get_by_role("button", name="Remove GitHub").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card.get_by_role("button", name="Add GitHub")).to_be_visible()


def test_signing_out_elsewhere_and_everywhere(open_as: Open, page_errors: PageErrors, site: Site, sam: Person) -> None:
    other = _open_elsewhere(open_as, sam)
    sam.session = site.sign_in(sam.email)
    page = open_as(sam)
    page.goto(ACCOUNT)
    with page_errors.expecting("status of 40[0-9]"):
        page.get_by_role("button", name="Sign out all other devices").click()
        expect(page.get_by_text("All other devices are signed out")).to_be_visible()
        _expect_ended(other)
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_text("You are signed out on all devices")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_recent_sign_ins_show_failed_ones(open_as: Open, site: Site, sam: Person) -> None:
    wrong = {"email": sam.email, "password": "a guess"}
    url = f"{site.gateway}/auth/v1/token?grant_type=password"
    assert site.http.post(url, json=wrong, headers={"apikey": site.key}).status_code == 400
    page = open_as(sam)
    page.goto(ACCOUNT)
    card = page.get_by_role("region", name="Recent sign-ins", exact=True)
    expect(card.get_by_text("Failed", exact=True)).to_be_visible()
    expect(card.get_by_text("by password").first).to_be_visible()
    assert_accessible_everywhere(page, "recent sign-ins")
