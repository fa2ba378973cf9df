"""People and servers that lie while somebody signs in with a provider."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.browser import SITE, Browser, fragment, query, start, user_of
from tests.supabase_local.auth.oidc_issuer import CLIENT_ID, Issuer, ProviderUser
from tests.supabase_local.conftest import Gateway, opened

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys, issuer: Issuer
) -> AsyncIterator[Gateway]:
    settings = gateway_settings(
        **issuer.settings("google", "github", "spotify"),
        enable_email_autoconfirm=False,
        additional_redirect_urls="https://app.example/**",
    )
    async with opened(database, settings, local_keys) as served:
        yield served


def callback(gateway: Gateway, **parameters: str) -> str:
    return f"{gateway.url}/auth/v1/callback?{urlencode(parameters)}"


async def halfway(browser: Browser, url: str) -> str:
    """Return where the provider sends the browser back to, without going there."""
    first = await browser.http.get(url)
    second = await browser.http.get(first.headers["location"])
    return str(second.headers["location"])


async def people(gateway: Gateway) -> int:
    rows = await gateway.database.as_owner("select count(*) as n from auth.users")
    return int(rows[0]["n"])


async def test_an_unknown_state_is_refused(gateway: Gateway, browser: Browser) -> None:
    for state in ("", "not-a-state", "eyJhbGciOiJub25lIn0.e30.", str(uuid4()), "' or 1=1 --"):
        for response in (
            await browser.http.get(callback(gateway, state=state, code="x", redirect_to="https://evil.example/")),
            await browser.http.post(callback(gateway), data={"state": state, "code": "x"}),
        ):
            assert response.status_code == 303
            page = response.headers["location"]
            assert page.startswith(f"{SITE}?")
            code = "bad_oauth_state" if state else "bad_oauth_callback"
            for parameters in (query(page), fragment(page)):
                assert (parameters["error"], parameters["error_code"]) == ("invalid_request", code)


async def test_a_state_works_once_and_expires(gateway: Gateway, issuer: Issuer, browser: Browser) -> None:
    callback_url = await halfway(browser, start(gateway))
    answers = await asyncio.gather(*(browser.http.get(callback_url) for _ in range(6)))
    pages = [response.headers["location"] for response in answers]
    assert sum("access_token=" in page for page in pages) == 1
    assert {(fragment(page) or query(page)).get("error_code", "") for page in pages} <= {"", "bad_oauth_state"}
    assert "access_token" not in (await browser.http.get(callback_url)).headers["location"]
    late = await halfway(browser, start(gateway))
    await gateway.database.as_owner("update auth.flow_state set created_at = created_at - interval '301 seconds'")
    page = (await browser.http.get(late)).headers["location"]
    assert query(page)["error_code"] == "bad_oauth_state"
    mailed = await gateway.database.as_owner(
        """insert into auth.flow_state (id, provider_type, authentication_method, created_at, auth_code)
           values (gen_random_uuid(), 'email', 'magiclink', clock.now(), 'x') returning id"""
    )
    page = (await browser.http.get(callback(gateway, state=str(mailed[0]["id"]), code="x"))).headers["location"]
    assert query(page)["error_code"] == "bad_oauth_state"


async def test_a_pkce_flow_needs_its_verifier(gateway: Gateway, issuer: Issuer, browser: Browser) -> None:
    url = start(gateway, code_challenge=CHALLENGE, code_challenge_method="s256")
    page = await browser.open(url)
    state, code = issuer.authorize_requests[0]["state"], query(page)["code"]
    assert state != code
    again = await browser.http.get(callback(gateway, state=state, code="another"))
    assert query(again.headers["location"])["error_code"] == "flow_state_already_used"

    async def exchange(auth_code: str, verifier: str) -> tuple[int, str]:
        body = {"auth_code": auth_code, "code_verifier": verifier}
        response = await gateway.http.post("/auth/v1/token?grant_type=pkce", json=body)
        return response.status_code, response.json().get("error_code", "")

    assert await exchange(state, VERIFIER) == (404, "flow_state_not_found")  # the attacker knows the state
    assert await exchange(code, CHALLENGE) == (400, "bad_code_verifier")
    assert await exchange(code, "w" * 64) == (400, "bad_code_verifier")
    assert await exchange(code, VERIFIER) == (200, "")
    unfinished = await halfway(browser, url)
    stored = await gateway.database.as_owner("select auth_code from auth.flow_state")
    assert await exchange(stored[0]["auth_code"], VERIFIER) == (404, "flow_state_not_found")
    assert unfinished


async def test_a_code_of_another_flow_or_provider_is_refused(
    gateway: Gateway, issuer: Issuer, browser: Browser
) -> None:
    for stolen_from in ("google", "github", "spotify"):
        for used_at in ("google", "github", "spotify"):
            issuer.user = ProviderUser(email="victim@example.test")
            stolen = query(await halfway(browser, start(gateway, stolen_from)))["code"]  # intercepted
            issuer.user = ProviderUser(subject="666", email="eve@example.test")
            eves = query(await halfway(browser, start(gateway, used_at)))
            page = (await browser.http.get(callback(gateway, state=eves["state"], code=stolen))).headers["location"]
            parameters = fragment(page)
            assert parameters["error"] == "server_error"
            assert parameters["error_description"] == f"Unable to exchange external code: {stolen}"
    assert await people(gateway) == 0
    other = await halfway(browser, start(gateway))
    page = (await browser.http.get(f"{other}&iss=https%3A%2F%2Fevil.example")).headers["location"]
    assert fragment(page)["error_code"] == "bad_oauth_callback"
    assert "access_token" in await browser.open(f"{other}&iss={issuer.url}/google")
    assert await people(gateway) == 1


FOREIGN = (
    "https://evil.example/",
    "//evil.example/",
    "https://app.example@evil.example/",
    "https://evil.example/?x=https://app.example/",
    "https://127.0.0.1.evil.example/",
    "http://2130706433/",
    "javascript:alert(1)",
    "https://app.example.evil.example/",
    "http://127.0.0.1:3000@evil.example/",
    "https://app.example/\r\nSet-Cookie: a=b",
)


async def test_no_redirect_leaves_the_allowed_urls(gateway: Gateway, browser: Browser) -> None:
    own = await browser.open(start(gateway, redirect_to=f"{SITE}/käse/☃?q=a b"))
    assert own.startswith((f"{SITE}/k%C3%A4se/%E2%98%83?q=a%20b#", f"{SITE}#"))
    for wanted in FOREIGN:
        assert (await browser.open(start(gateway, redirect_to=wanted))).startswith(f"{SITE}#"), wanted
        denied = query(await halfway(browser, start(gateway, redirect_to=wanted)))
        page = (await browser.http.get(callback(gateway, state=denied["state"], error="x"))).headers["location"]
        assert page.startswith(f"{SITE}?"), wanted


async def test_the_callers_query_overrides_nothing(gateway: Gateway, issuer: Issuer, browser: Browser) -> None:
    page = await browser.open(
        start(
            gateway,
            redirect_to="https://app.example/in",
            redirect_uri="https://evil.example/",
            client_id="evil",
            state="fixed",
            nonce="fixed",
            response_mode="fragment",
            response_type="token",
            code_verifier="x",
            request_uri="https://evil.example/r",
            Scope="all",
            login_hint="ada",
        )
    )
    assert page.startswith("https://app.example/in#")
    sent = issuer.authorize_requests[0]
    assert sent["login_hint"] == "ada"
    assert (sent["client_id"], sent["response_type"]) == (CLIENT_ID, "code")
    assert "fixed" not in (sent["state"], sent["nonce"])
    assert not {"response_mode", "request_uri", "code_verifier", "Scope", "redirect_to"} & sent.keys()


LIES: list[dict[str, Any]] = [
    {"iss": "https://evil.example"},
    {"iss": None},
    {"aud": "somebody-else"},
    {"aud": [CLIENT_ID, "somebody-else"], "azp": "somebody-else"},
    {"aud": [CLIENT_ID, "somebody-else"], "azp": None},
    {"exp": 1_600_000_000},
    {"exp": None},
    {"sub": ""},
    {"sub": None},
    {"sub": 1001},
    {"nonce": "fixed"},
    {"nonce": None},
    {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    {"email": None},
]


async def test_an_id_token_with_a_wrong_claim_is_refused(gateway: Gateway, issuer: Issuer, browser: Browser) -> None:
    for lie in LIES:
        issuer.claims = lie
        parameters = fragment(await browser.open(start(gateway)))
        assert (parameters.get("error"), parameters.get("error_code")) == ("server_error", "unexpected_failure"), lie
        if "nonce" not in lie:
            body = {"provider": "google", "id_token": issuer.id_token(access_token="a"), "access_token": "a"}
            response = await gateway.http.post("/auth/v1/token?grant_type=id_token", json=body)
            assert response.status_code == 400, lie
            assert set(response.json()) == {"error", "error_description"}
    for unsure in (False, "false", 1, None, "yes", [True]):
        issuer.claims = {"email_verified": unsure}
        parameters = fragment(await browser.open(start(gateway)))
        assert parameters.get("error_code") == "provider_email_needs_verification", unsure
        await gateway.database.as_owner("delete from auth.users")
    issuer.claims = {"email": "\u212aim@example.test"}  # a Kelvin sign: in lower case another mailbox's plain k
    parameters = fragment(await browser.open(start(gateway)))
    assert parameters.get("error_code") == "provider_email_needs_verification"
    await gateway.database.as_owner("delete from auth.users")
    assert await people(gateway) == 0


async def test_forged_id_tokens(gateway: Gateway, issuer: Issuer) -> None:
    genuine = issuer.id_token()
    claims = jwt.decode(genuine, options={"verify_signature": False})
    pem = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    other = rsa.generate_private_key(65537, 2048)

    def part(data: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(data)).rstrip(b"=").decode()

    def hs256(header: dict[str, Any]) -> str:
        signed = f"{part(header)}.{part(claims)}"
        mac = hmac.digest(pem, signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key(), as_dict=True)
    forged = [
        f"{part({'alg': 'none', 'kid': 'k1'})}.{part(claims)}.",
        hs256({"alg": "HS256", "kid": "k1"}),
        hs256({"alg": "RS256", "kid": "k1"}),
        jwt.encode(claims, other, algorithm="RS256", headers={"kid": "k1"}),
        jwt.encode(claims, other, algorithm="RS256", headers={"kid": "k2"}),
        jwt.encode(claims, other, algorithm="RS256"),
        jwt.encode(claims, other, algorithm="RS256", headers={"kid": "k1", "jwk": jwk}),
        jwt.encode(claims, issuer.key, algorithm="RS384", headers={"kid": "k1"}),
        genuine[:-4] + "AAAA",
        genuine + "." + genuine,
        "x" * 20_000,
        "",
    ]
    for token in forged:
        body = {"provider": "google", "id_token": token}
        response = await gateway.http.post("/auth/v1/token?grant_type=id_token", json=body)
        assert (response.status_code, response.json()["error"]) == (400, "invalid request"), token
    assert await people(gateway) == 0
    body = {"provider": "google", "id_token": genuine}
    assert (await gateway.http.post("/auth/v1/token?grant_type=id_token", json=body)).status_code == 200


async def test_id_tokens_of_apps(gateway: Gateway, issuer: Issuer) -> None:
    nonce = "from the app"
    hashed = hashlib.sha256(nonce.encode()).hexdigest()

    async def ask(**body: Any) -> tuple[int, str]:
        response = await gateway.http.post("/auth/v1/token?grant_type=id_token", json=body)
        parameters = response.json()
        return response.status_code, parameters.get("error_description") or parameters.get("msg", "")

    with_nonce = issuer.id_token(nonce=hashed)
    both = "Passed nonce and nonce in id_token should either both exist or not."
    assert await ask(provider="google", id_token=with_nonce) == (400, both)
    assert await ask(provider="google", id_token=issuer.id_token(), nonce=nonce) == (400, both)
    assert await ask(provider="google", id_token=with_nonce, nonce=hashed) == (400, "Nonces mismatch")
    assert await ask(id_token=with_nonce) == (400, "provider or client_id and issuer required")
    assert await ask(provider="github", id_token=with_nonce) == (400, 'Custom OIDC provider "github" not allowed')
    foreign = {"issuer": "https://evil.example", "client_id": "evil"}
    assert await ask(id_token=with_nonce, **foreign) == (400, 'Custom OIDC provider "" not allowed')
    assert await ask(provider="google", id_token=with_nonce, nonce=nonce) == (200, "")
    linking = await ask(provider="google", id_token=with_nonce, nonce=nonce, link_identity=True)
    assert linking == (400, "Linking requires a valid user access token in Authorization")


async def test_concurrent_sign_ins_create_one_account(gateway: Gateway, issuer: Issuer, browser: Browser) -> None:
    callback_urls = [await halfway(browser, start(gateway, provider)) for provider in ("google", "github") * 3]
    answers = await asyncio.gather(*(browser.http.get(callback_url) for callback_url in callback_urls))
    parameters = [fragment(response.headers["location"]) for response in answers]
    ids = {(await user_of(gateway, session["access_token"]))["id"] for session in parameters}
    assert len(ids) == 1
    rows = await gateway.database.as_owner("select provider from auth.identities order by provider")
    assert [row["provider"] for row in rows] == ["github", "google"]
