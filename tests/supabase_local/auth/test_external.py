"""Signing in with Google, GitHub and Spotify, all three played by the local issuer."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from supabase_auth.errors import AuthApiError

from arti.settings import Settings
from supabase import AsyncClient, AsyncClientOptions, create_async_client
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.browser import SITE, Browser, fragment, query, start, user_of
from tests.supabase_local.auth.mailbox import Mailbox
from tests.supabase_local.auth.oidc_issuer import Issuer, ProviderUser
from tests.supabase_local.conftest import Gateway, opened

ALL = ("google", "github", "spotify")


Open = Callable[..., Any]


@pytest.fixture
def open_gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys, issuer: Issuer
) -> Open:
    """Return what opens a gateway on which the three providers are on."""

    @asynccontextmanager
    async def make(**changes: Any) -> AsyncIterator[Gateway]:
        values = issuer.settings(*ALL) | {
            "enable_email_autoconfirm": False,
            "gotrue_security_manual_linking_enabled": True,
            "smtp_max_frequency": 0,
        }
        async with opened(database, gateway_settings(**(values | changes)), local_keys) as gateway:
            yield gateway

    return make


@pytest.fixture
async def gateway(open_gateway: Open) -> AsyncIterator[Gateway]:
    async with open_gateway() as served:
        yield served


async def client_of(gateway: Gateway, *, flow: Any = "pkce") -> AsyncClient:
    options = AsyncClientOptions(auto_refresh_token=False, flow_type=flow)
    return await create_async_client(gateway.url, gateway.keys.publishable_key, options)


@pytest.mark.parametrize("provider", ["google", "github"])
async def test_the_implicit_flow_returns_a_session(
    gateway: Gateway, issuer: Issuer, browser: Browser, provider: str
) -> None:
    page = await browser.open(start(gateway, provider, redirect_to=f"{SITE}/welcome?from=home", scopes="extra"))
    assert page.startswith(f"{SITE}/welcome?from=home#")
    parameters = fragment(page)
    assert (parameters["token_type"], parameters["expires_in"], parameters["sb"]) == ("bearer", "3600", "")
    assert parameters["provider_token"] in issuer.tokens
    assert ("provider_refresh_token" in parameters) is (provider == "google")
    user = await user_of(gateway, parameters["access_token"])
    assert (user["email"], user["app_metadata"]) == (
        "ada@example.test",
        {"provider": provider, "providers": [provider]},
    )
    identity = user["identities"][0]
    assert (identity["provider"], identity["id"]) == (provider, "1001")
    assert identity["identity_data"]["email_verified"] is True
    assert user["user_metadata"]["full_name"] == "Ada"
    assert user["email_confirmed_at"]
    sent = issuer.authorize_requests[0]
    assert "extra" in sent["scope"].split()
    assert sent["redirect_uri"] == f"{gateway.url}/auth/v1/callback"
    assert ("nonce" in sent) is (provider == "google")
    again = await browser.open(start(gateway, provider))
    assert (await user_of(gateway, fragment(again)["access_token"]))["id"] == user["id"]


async def test_the_python_client_signs_in_with_pkce(gateway: Gateway, issuer: Issuer, browser: Browser) -> None:
    client = await client_of(gateway)
    begun = await client.auth.sign_in_with_oauth(
        {"provider": "google", "options": {"redirect_to": f"{SITE}/done", "query_params": {"prompt": "consent"}}}
    )
    page = await browser.open(begun.url)
    assert page.startswith(f"{SITE}/done?code=")
    assert urlsplit(page).fragment == ""
    assert issuer.authorize_requests[0]["prompt"] == "consent"
    kept = await gateway.database.as_owner("select provider_access_token from auth.flow_state")
    assert not any(token in kept[0]["provider_access_token"] for token in issuer.tokens)
    code = query(page)["code"]
    signed_in = await client.auth.exchange_code_for_session({"auth_code": code})
    assert signed_in.session is not None
    assert signed_in.session.provider_token in issuer.tokens
    assert signed_in.session.provider_refresh_token == f"refresh-{signed_in.session.provider_token}"
    claims = await client.auth.get_claims()
    assert claims is not None
    assert [entry["method"] for entry in claims["claims"]["amr"]] == ["oauth"]
    body = {"auth_code": code, "code_verifier": "x" * 43}
    reused = await gateway.http.post("/auth/v1/token?grant_type=pkce", json=body)
    assert (reused.status_code, reused.json()["error_code"]) == (404, "flow_state_not_found")


async def test_a_verified_address_links_and_an_unverified_one_never(
    open_gateway: Open, issuer: Issuer, browser: Browser
) -> None:
    async with open_gateway(enable_email_autoconfirm=True) as gateway:  # where upstream would accept any address
        values = await gateway.sign_up("ada@example.test")
        issuer.user.verified = False
        for provider in ALL:
            parameters = fragment(await browser.open(start(gateway, provider)))
            assert (parameters["error"], parameters["error_code"]) == (
                "access_denied",
                "provider_email_needs_verification",
            )
        counted = await gateway.database.as_owner("select count(*) as n from auth.identities")
        assert counted[0]["n"] == 1
        issuer.user.verified = True
        parameters = fragment(await browser.open(start(gateway, "github")))
        user = await user_of(gateway, parameters["access_token"])
        assert user["id"] == values["user"]["id"]
        assert user["app_metadata"]["providers"] == ["email", "github"]
        assert {identity["provider"] for identity in user["identities"]} == {"email", "github"}


async def test_an_unconfirmed_account_loses_what_an_attacker_may_have_added(
    gateway: Gateway, issuer: Issuer, browser: Browser
) -> None:
    body = {"email": "ada@example.test", "password": "attackers password", "data": {"note": "trap"}}
    await gateway.http.post("/auth/v1/signup", json=body)
    parameters = fragment(await browser.open(start(gateway)))
    user = await user_of(gateway, parameters["access_token"])
    assert [identity["provider"] for identity in user["identities"]] == ["google"]
    assert "note" not in user["user_metadata"]
    refused = await gateway.http.post("/auth/v1/token?grant_type=password", json=body)
    assert refused.json()["error_code"] == "invalid_credentials"


async def test_spotify_needs_the_mail_confirmed_first(gateway: Gateway, issuer: Issuer, browser: Browser) -> None:
    parameters = fragment(await browser.open(start(gateway, "spotify")))
    assert parameters["error_code"] == "provider_email_needs_verification"
    assert parameters["error_description"] == (
        "Unverified email with spotify. A confirmation email has been sent to your spotify email"
    )
    mails = await Mailbox(gateway.database).all()
    assert [mail.recipient for mail in mails] == ["ada@example.test"]
    assert "access_token" in fragment(await browser.open(mails[0].link))
    parameters = fragment(await browser.open(start(gateway, "spotify")))
    assert (await user_of(gateway, parameters["access_token"]))["email"] == "ada@example.test"


async def test_an_unverified_address_does_not_hijack_an_account(
    gateway: Gateway, issuer: Issuer, browser: Browser
) -> None:
    # Eve links a Spotify account with Ada's unverified address; Ada's sign-in must not get Eve's account.
    issuer.user = ProviderUser(subject="666", email="eve@example.test")
    eve = fragment(await browser.open(start(gateway)))
    issuer.user = ProviderUser(subject="667", email="ada@example.test")
    linking = await gateway.http.get(
        "/auth/v1/user/identities/authorize?provider=spotify&skip_http_redirect=true",
        headers={"Authorization": f"Bearer {eve['access_token']}"},
    )
    assert "access_token" in fragment(await browser.open(linking.json()["url"]))
    issuer.user = ProviderUser()
    ada = fragment(await browser.open(start(gateway)))
    assert (await user_of(gateway, ada["access_token"]))["email"] == "ada@example.test"


async def test_banned_closed_and_denied(open_gateway: Open, issuer: Issuer, browser: Browser) -> None:
    async with open_gateway() as gateway:
        parameters = fragment(await browser.open(start(gateway)))
        user_id = (await user_of(gateway, parameters["access_token"]))["id"]
        await gateway.admin.put(f"/auth/v1/admin/users/{user_id}", json={"ban_duration": "24h"})
        parameters = fragment(await browser.open(start(gateway)))
        assert (parameters["error"], parameters["error_code"]) == ("access_denied", "user_banned")
        await gateway.admin.request("DELETE", f"/auth/v1/admin/users/{user_id}", json={"should_soft_delete": True})
        parameters = fragment(await browser.open(start(gateway)))
        assert (await user_of(gateway, parameters["access_token"]))["id"] != user_id
        issuer.callback_parameters = {"code": "", "error": "access_denied", "error_description": "no thanks"}
        page = await browser.open(start(gateway, redirect_to=f"{SITE}/welcome?a=1"))
        assert query(page) == {"a": "1", "error": "access_denied", "error_description": "no thanks"}
        assert fragment(page) == {"error": "access_denied", "error_description": "no thanks", "sb": ""}
    issuer.callback_parameters, issuer.user = {}, ProviderUser(subject="2", email="new@example.test")
    async with open_gateway(disable_signup=True) as gateway:
        parameters = fragment(await browser.open(start(gateway)))
        assert (parameters["error"], parameters["error_code"]) == ("access_denied", "signup_disabled")


async def test_identities_are_linked_and_unlinked_by_the_python_client(
    gateway: Gateway, issuer: Issuer, browser: Browser
) -> None:
    client = await client_of(gateway, flow="implicit")
    page = await browser.open(start(gateway))
    parameters = fragment(page)
    await client.auth.set_session(parameters["access_token"], parameters["refresh_token"])
    issuer.user = ProviderUser(subject="77", email="other@example.test")
    begun = await client.auth.link_identity({"provider": "github", "options": {"redirect_to": f"{SITE}/settings"}})
    linked = await browser.open(begun.url)
    assert linked.startswith(f"{SITE}/settings#")
    identities = await client.auth.get_user_identities()
    by_provider = {identity.provider: identity for identity in identities.identities}
    assert set(by_provider) == {"google", "github"}
    again = fragment(await browser.open((await client.auth.link_identity({"provider": "github"})).url))
    assert (again["error_code"], again["error_description"]) == (
        "identity_already_exists",
        "Identity is already linked",
    )
    await client.auth.unlink_identity(by_provider["google"])
    left = await client.auth.get_user()
    assert left is not None
    # The address came from the deleted identity; the next one is verified too.
    assert (left.user.email, left.user.app_metadata["providers"]) == ("other@example.test", ["github"])
    with pytest.raises(AuthApiError) as last:
        await client.auth.unlink_identity(by_provider["github"])
    assert (last.value.code, last.value.status) == ("single_identity_not_deletable", 422)


async def test_the_python_client_signs_in_with_an_id_token(gateway: Gateway, issuer: Issuer) -> None:
    client = await client_of(gateway)
    token = issuer.id_token(access_token="from google")
    response = await client.auth.sign_in_with_id_token(
        {"provider": "google", "token": token, "access_token": "from google"}
    )
    assert response.user is not None
    assert (response.user.email, response.user.app_metadata["provider"]) == ("ada@example.test", "google")
    with pytest.raises(AuthApiError) as refused:
        await client.auth.sign_in_with_id_token({"provider": "google", "token": token, "access_token": "another"})
    assert refused.value.status == 400
    with pytest.raises(AuthApiError) as off:
        await client.auth.sign_in_with_sso({"domain": "example.test"})
    assert (off.value.code, off.value.message) == ("saml_provider_disabled", "SAML 2.0 is disabled")


async def test_an_anonymous_user_links_an_identity(open_gateway: Open, issuer: Issuer, browser: Browser) -> None:
    async with open_gateway(enable_anonymous_users=True) as gateway:
        anonymous = (await gateway.http.post("/auth/v1/signup", json={})).json()
        headers = {"Authorization": f"Bearer {anonymous['access_token']}"}
        factors = await gateway.http.post("/auth/v1/factors", json={"factor_type": "totp"}, headers=headers)
        assert (factors.status_code, factors.json()["error_code"]) == (403, "no_authorization")
        path = "/auth/v1/user/identities/authorize?provider=google"
        begun = await gateway.http.get(path, headers=headers)
        assert begun.status_code == 302
        parameters = fragment(await browser.open(begun.headers["location"]))
        user = await user_of(gateway, parameters["access_token"])
        assert (user["id"], user["email"], user["is_anonymous"]) == (
            anonymous["user"]["id"],
            "ada@example.test",
            False,
        )


async def test_settings_and_disabled_providers(gateway: Gateway, open_gateway: Open) -> None:
    external = (await gateway.http.get("/auth/v1/settings")).json()["external"]
    assert {name for name, on in external.items() if on} == {"email", "google", "github", "spotify"}
    unknown = await gateway.http.get("/auth/v1/authorize?provider=apple")
    assert (unknown.status_code, unknown.json()["msg"]) == (
        400,
        "Unsupported provider: Provider apple could not be found",
    )
    async with open_gateway(
        gotrue_external_github_enabled=False, gotrue_security_manual_linking_enabled=False
    ) as closed:
        off = await closed.http.get("/auth/v1/authorize?provider=github")
        assert off.json()["msg"] == "Unsupported provider: provider is not enabled"
        linking = await closed.http.get("/auth/v1/user/identities/authorize?provider=google")
        assert (linking.status_code, linking.json()["error_code"]) == (404, "manual_linking_disabled")
    for path, code, sentence in (
        ("/sso", "saml_provider_disabled", "SAML 2.0 is disabled"),
        ("/passkeys/authentication/options", "passkey_disabled", "Passkeys are disabled"),
        ("/oauth/token", "feature_disabled", "OAuth server is disabled"),
        ("/scim/v2/Users", "feature_disabled", "SCIM server is disabled"),
    ):
        response = await gateway.http.post(f"/auth/v1{path}", json={})
        assert (response.status_code, response.json()["error_code"], response.json()["msg"]) == (404, code, sentence)
    web3 = await gateway.http.post("/auth/v1/token?grant_type=web3", json={})
    assert (web3.status_code, web3.json()["error_code"]) == (422, "web3_provider_disabled")
    assert (await gateway.http.get("/auth/v1/admin/oauth/clients")).json()["error_code"] == "not_admin"
    assert (await gateway.admin.get("/auth/v1/admin/sso/providers")).json() == {"items": []}
    described = await gateway.http.get("/auth/v1/.well-known/openid-configuration", headers={"apikey": ""})
    assert described.json()["jwks_uri"] == f"{gateway.url}/auth/v1/.well-known/jwks.json"
