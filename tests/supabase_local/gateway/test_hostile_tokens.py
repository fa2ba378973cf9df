"""Every hostile token is refused by every service, and a valid one is accepted.

The database console takes no tokens: it has sessions of its own.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from arti.api import create_app
from arti.settings import Settings
from arti_core.errors import Unauthorized
from arti_core.http_client import OutboundClient
from supabase_local.keys.token_verifier import TokenVerifier
from tests.supabase_local.conftest import Gateway
from tests.supabase_local.hostile_tokens import hostile_tokens, right_claims
from tests.supabase_local.realtime.phoenix_client import socket

CHANGES = {"event": "*", "schema": "public"}


@pytest.fixture
async def http_client() -> AsyncIterator[OutboundClient]:
    opened = OutboundClient()
    yield opened
    await opened.close()


@pytest.fixture
async def session(gateway: Gateway) -> dict[str, Any]:
    return await gateway.sign_up("ada@example.test")


@pytest.fixture
def tokens(gateway: Gateway, session: dict[str, Any]) -> list[tuple[str, str]]:
    """What is hostile, each one step away from the honest token of a session that lives."""
    jwk = json.loads(gateway.keys.jwt_keys)[0]
    key = jwt.algorithms.ECAlgorithm.from_jwk(jwk)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    hostile = list(hostile_tokens(key, jwk["kid"], f"{gateway.url}/auth/v1", claims))
    assert len(hostile) > 150
    return hostile


def in_header(token: str) -> bytes | None:
    """Return what a client can send of `token`. Spaces around it are not part of it there."""
    sent = f"Bearer {token}".encode()
    return None if token != token.strip() or any(byte in sent for byte in (b"\x00", b"\n", b"\r")) else sent


async def accepted_over_http(
    http: httpx.AsyncClient, path: str, tokens: list[tuple[str, str]], honest: str
) -> list[tuple[str, int]]:
    """Return which tokens were not refused with 401 or 403."""
    allowed = await http.get(path, headers={"Authorization": f"Bearer {honest}"})
    assert allowed.status_code == 200, allowed.text
    taken = []
    for wrong, token in tokens:
        sent = in_header(token)
        if sent is not None:
            response = await http.get(path, headers={b"Authorization": sent})
            if response.status_code not in (401, 403) or not response.json():
                taken.append((wrong, response.status_code))
    return taken


@pytest.mark.parametrize("path", ["/auth/v1/user", "/rest/v1/artists?select=id"])
async def test_auth_and_rest_refuse_all(
    path: str, gateway: Gateway, session: dict[str, Any], tokens: list[tuple[str, str]]
) -> None:
    sent = [(wrong, token) for wrong, token in tokens if token]  # without a token the API key counts
    assert await accepted_over_http(gateway.http, path, sent, session["access_token"]) == []


async def test_administration_refuses_all(gateway: Gateway, tokens: list[tuple[str, str]]) -> None:
    sent = [(wrong, token) for wrong, token in tokens if token]
    allowed = await gateway.admin.get("/auth/v1/admin/users")
    assert allowed.status_code == 200
    taken = []
    for wrong, token in sent:
        header = in_header(token)
        if header is not None:
            response = await gateway.http.get("/auth/v1/admin/users", headers={b"Authorization": header})
            if response.status_code not in (401, 403):
                taken.append((wrong, response.status_code))
    assert taken == []


async def test_broadcasts_over_http_refuse_all(gateway: Gateway, tokens: list[tuple[str, str]]) -> None:
    message = {"topic": "t", "event": "e", "payload": {}, "private": True}
    taken = []
    for wrong, token in tokens:
        sent = in_header(token)
        if sent is not None and token.strip():
            response = await gateway.http.post(
                "/realtime/v1/api/broadcast", json={"messages": [message]}, headers={b"Authorization": sent}
            )
            if response.status_code not in (401, 403):
                taken.append((wrong, response.status_code))
    assert taken == []


async def test_the_api_refuses_all(gateway: Gateway, session: dict[str, Any], tokens: list[tuple[str, str]]) -> None:
    app = create_app(gateway.settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as http:
            assert await accepted_over_http(http, "/api/orgs", tokens, session["access_token"]) == []


async def test_the_verifier_refuses_tokens_that_no_header_can_carry(
    http_client: OutboundClient, settings: Settings, signing_key: ec.EllipticCurvePrivateKey
) -> None:
    verifier = TokenVerifier(settings, http_client)
    issuer = f"{settings.supabase_url}/auth/v1"
    claims = right_claims(issuer)
    honest = jwt.encode(claims, signing_key, algorithm="ES256", headers={"kid": "test"})
    assert str((await verifier.verify(honest)).user_id) == claims["sub"]
    taken = []
    for wrong, token in hostile_tokens(signing_key, "test", issuer):
        try:
            await verifier.verify(token)
        except Unauthorized:
            continue
        taken.append(wrong)
    assert taken == []


async def test_joins_refuse_all(gateway: Gateway, session: dict[str, Any], tokens: list[tuple[str, str]]) -> None:
    async with socket(gateway) as phoenix:
        await phoenix.join([CHANGES], session["access_token"], "realtime:honest")
        taken = []
        for number, (wrong, token) in enumerate(tokens):
            if token:  # without a token the API key counts
                config = {"config": {"postgres_changes": [CHANGES]}, "access_token": token}
                reply = await phoenix.request(f"realtime:t{number}", "phx_join", config)
                if reply["status"] != "error" or "JWT" not in reply["response"]["reason"]:
                    taken.append((wrong, reply))
        assert taken == []


async def test_a_hostile_token_on_a_channel_closes_it(
    gateway: Gateway, session: dict[str, Any], tokens: list[tuple[str, str]]
) -> None:
    async with socket(gateway) as phoenix:
        taken = []
        for number, (wrong, token) in enumerate(tokens):
            if token:
                topic = f"realtime:t{number}"
                await phoenix.join([CHANGES], session["access_token"], topic)
                await phoenix.send(topic, "access_token", {"access_token": token}, "2")
                await phoenix.send("phoenix", "heartbeat", {}, "beat")
                events = []
                while (message := await phoenix.receive())["ref"] != "beat":
                    events.append(message["event"])
                if "phx_close" not in events:
                    taken.append((wrong, events))
        assert taken == []


async def test_no_hostile_token_is_an_api_key(gateway: Gateway, tokens: list[tuple[str, str]]) -> None:
    taken = []
    for wrong, token in tokens:
        response = await gateway.http.get("/auth/v1/settings", params={"apikey": token}, headers={"apikey": ""})
        if response.status_code != 401:
            taken.append((wrong, response.status_code))
    assert taken == []
