"""The gateway's door: which routes ask for a key, which keys there are, and how refusals look."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import jwt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from arti.api import create_app
from arti.settings import Settings
from arti_core import clock
from arti_core.errors import Conflict, Misconfigured, NotFound
from local_stack.commands.keys import installation_keys, signing_keys
from local_stack.commands.keys.signing_keys import SigningKeyStore
from local_stack.data_directory import DataDirectory
from local_stack.secrets import load_or_create_secrets
from supabase_local.keys.signing_keys import LocalKeys, make_keys, public_jwks
from tests.conftest import Database
from tests.eventually import eventually
from tests.supabase_local.conftest import Gateway, opened

# What supabase-js, supabase-py and n8n send from a browser, and what they read.
SENT = [
    "apikey",
    "authorization",
    "content-type",
    "accept",
    "prefer",
    "range",
    "range-unit",
    "accept-profile",
    "content-profile",
    "x-client-info",
    "x-supabase-api-version",
    "x-client-ip",
    "x-jwt-aud",
    "x-use-cookie",
    "x-retry-count",
    "traceparent",
    "tracestate",
    "baggage",
    "x-region",
]
READ = [
    "content-range",
    "content-location",
    "location",
    "preference-applied",
    "x-total-count",
    "link",
    "x-supabase-api-version",
]


async def get(gateway: Gateway, path: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=gateway.url) as bare:
        return await bare.get(path, headers=headers, follow_redirects=False)


async def test_routes_require_a_key_as_supabases_gateway_does(gateway: Gateway) -> None:
    for path in (
        "/auth/v1/health",
        "/auth/v1/settings",
        "/rest/v1/",
        "/rest/v1/artists",
        "/graphql/v1",
        "/pg/tables",
        "/realtime/v1/api/broadcast",
        "/auth/v1/verifyx",
    ):
        reply = await get(gateway, path)
        assert (reply.status_code, reply.json()["message"]) == (401, "No API key found in request"), path
        reply = await get(gateway, path, apikey="sb_publishable_wrong_wrong_wrong_wrong")
        assert (reply.status_code, reply.json()["message"]) == (401, "Invalid API key"), path
        reply = await get(gateway, path, Authorization=f"Bearer {gateway.keys.secret_key}")
        assert reply.status_code == 401, path
    for path in (
        "/auth/v1/.well-known/jwks.json",
        "/auth/v1/verify",
        "/auth/v1/authorize",
        "/auth/v1/callback",
        "/auth/v1/sso/saml/metadata",
        "/healthz",
    ):
        assert (await get(gateway, path)).status_code != 401, path
    for path in ("/realtime/v1/api/tenants", "/realtime/v1/api/tenants/x/health", "/realtime/v1/api/openapi"):
        assert (await get(gateway, path, apikey=gateway.keys.secret_key)).status_code == 403, path


async def test_unsupported_services_return_404(gateway: Gateway) -> None:
    for path in ("/storage/v1/object/list/x", "/functions/v1/hello"):
        reply = await get(gateway, path)
        assert (reply.status_code, "SUPABASE_URL" in reply.json()["message"]) == (404, True), path
    for path, key, status in (
        ("/graphql/v1", gateway.keys.publishable_key, 404),
        ("/pg/tables", gateway.keys.publishable_key, 403),
        ("/pg/tables", gateway.keys.secret_key, 404),
        ("/nothing", gateway.keys.secret_key, 404),
    ):
        reply = await get(gateway, path, apikey=key)
        assert (reply.status_code, bool(reply.json()["message"])) == (status, True), path


async def test_a_key_may_be_in_the_query_or_repeated_as_the_bearer(gateway: Gateway) -> None:
    key = gateway.keys.publishable_key
    assert (await get(gateway, f"/auth/v1/settings?apikey={key}")).status_code == 200
    assert (await get(gateway, f"/rest/v1/artists?select=id&apikey={key}")).status_code in (200, 401)
    session = await gateway.sign_up("ada@example.test")
    bearer = f"Bearer {session['access_token']}"
    reply = await get(gateway, f"/rest/v1/artists?apikey={key}&select=id", Authorization=bearer)
    assert (reply.status_code, reply.json()) == (200, [])
    repeated = await get(gateway, "/auth/v1/settings", apikey=key, Authorization=f"Bearer {key}")
    assert repeated.status_code == 200
    # Another key as the bearer is ignored too: only `apikey` counts.
    raised = await get(gateway, "/auth/v1/admin/users", apikey=key, Authorization=f"Bearer {gateway.keys.secret_key}")
    assert raised.status_code in (401, 403)


async def test_sockets_send_their_key_in_the_query_or_as_x_api_key(gateway: Gateway) -> None:
    url = gateway.url.replace("http", "ws") + "/realtime/v1/websocket?vsn=2.0.0"
    key = gateway.keys.publishable_key
    async with connect(f"{url}&apikey={key}"):
        pass
    async with connect(f"{url}&apikey=wrong", additional_headers={"x-api-key": key}):
        pass
    for wrong in ("", "&apikey=sb_secret_wrong_wrong_wrong_wrong"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url + wrong)
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body or b"{}")["error"]


async def test_browsers_may_send_and_read_what_the_clients_do(gateway: Gateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.url) as bare:
        for method in ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"):
            reply = await bare.options(
                "/rest/v1/artists",
                headers={
                    "Origin": "https://app.example",
                    "Access-Control-Request-Method": method,
                    "Access-Control-Request-Headers": ",".join(SENT),
                },
            )
            assert reply.status_code == 200, method
            assert reply.headers["access-control-allow-origin"] == "*"
            allowed = {name.strip().lower() for name in reply.headers["access-control-allow-headers"].split(",")}
            assert set(SENT) <= allowed
        for path in ("/auth/v1/settings", "/storage/v1/x", "/rest/v1/artists"):  # errors are readable too
            reply = await bare.get(path, headers={"Origin": "https://app.example"})
            exposed = {name.strip().lower() for name in reply.headers["access-control-expose-headers"].split(",")}
            assert set(READ) <= exposed, path
            assert reply.headers["access-control-allow-origin"] == "*"


async def test_keys_of_the_legacy_secret_are_keys_and_no_user(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    secret = "a-legacy-secret-of-more-than-32-characters"
    now = int(clock.timestamp())

    def legacy(**claims: Any) -> str:
        return jwt.encode({"iss": "supabase", "iat": now, "exp": now + 10 * 365 * 86_400} | claims, secret, "HS256")

    async with opened(database, gateway_settings(jwt_secret=secret), local_keys) as gateway:
        anon, service = legacy(role="anon"), legacy(role="service_role")
        assert (await get(gateway, "/auth/v1/settings", apikey=anon, Authorization=f"Bearer {anon}")).status_code == 200
        assert (await get(gateway, "/auth/v1/admin/users", apikey=service)).status_code == 200
        assert (await get(gateway, "/auth/v1/admin/users", apikey=anon)).status_code == 403
        # As in the clients' own suites: without an expiry, with a `sub` that is ignored.
        endless = jwt.encode({"role": "service_role"}, secret, "HS256")
        bearer = {"Authorization": f"Bearer {endless}"}
        assert (await gateway.http.get("/auth/v1/admin/users", headers=bearer)).status_code == 200
        named = jwt.encode({"role": "anon", "sub": "1234567890", "iss": "supabase-demo"}, secret, "HS256")
        assert (await get(gateway, "/auth/v1/settings", apikey=named)).status_code == 200
        chief = {"Authorization": f"Bearer {jwt.encode({'role': 'supabase_admin', 'sub': 'x'}, secret, 'HS256')}"}
        assert (await gateway.http.get("/auth/v1/admin/users", headers=chief)).status_code == 200
        assert (await gateway.http.get("/rest/v1/artists", headers=chief)).status_code == 401
        session = await gateway.sign_up("ada@example.test")
        claims = jwt.decode(session["access_token"], options={"verify_signature": False})
        user_token = jwt.encode(claims, secret, "HS256")
        reply = await gateway.http.get("/auth/v1/user", headers={"Authorization": f"Bearer {user_token}"})
        assert (reply.status_code, reply.json()["error_code"]) == (403, "bad_jwt")
        for wrong in (legacy(role="authenticated"), legacy(role="service_role", sub="x"), user_token):
            assert (await get(gateway, "/auth/v1/settings", apikey=wrong)).status_code == 401


@asynccontextmanager
async def two_gateways(
    database: Database, make: Callable[..., Settings], keys: LocalKeys, **changes: Any
) -> AsyncIterator[tuple[Gateway, Gateway]]:
    async with opened(database, make(**changes), keys) as first, opened(database, make(**changes), keys) as second:
        yield first, second


async def test_keys_of_the_installation_are_created_listed_and_revoked(
    database: Database,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    monkeypatch.delenv("SUPABASE_URL", raising=False)
    async with two_gateways(database, gateway_settings, local_keys) as gateways:
        created = {kind: await installation_keys.create(kind, f"the {kind} one") for kind in ("publishable", "secret")}
        for gateway in gateways:  # at once, without a restart
            assert (await get(gateway, "/auth/v1/settings", apikey=created["publishable"])).status_code == 200
            assert (await get(gateway, "/auth/v1/admin/users", apikey=created["publishable"])).status_code == 403
            assert (await get(gateway, "/auth/v1/admin/users", apikey=created["secret"])).status_code == 200
        lines = await installation_keys.list_lines()
        assert len(lines) == 2
        assert not any(key in line for line in lines for key in created.values())
        stored = await database.as_owner("select k::text as row from private.installation_keys k")
        assert not any(key in row["row"] for row in stored for key in created.values())
        secret = next(line for line in lines if "the secret one" in line)
        assert "last used" in secret
        await installation_keys.revoke(secret.split()[0])
        for gateway in gateways:

            async def refuses(gateway: Gateway = gateway) -> bool:
                return (await get(gateway, "/auth/v1/admin/users", apikey=created["secret"])).status_code == 401

            assert await eventually(refuses, seconds=1)
        with pytest.raises(NotFound):
            await installation_keys.revoke("ffffffff-0000")
    monkeypatch.setenv("SUPABASE_URL", "https://project.example")
    with pytest.raises(Conflict, match="another Supabase"):
        await installation_keys.create("secret", "x")


async def test_signing_keys_rotate_without_ending_sessions(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys, tmp_path: Path
) -> None:
    private, public = tmp_path / "private.json", tmp_path / "public.json"
    private.write_text(local_keys.jwt_keys)
    public.write_text(local_keys.jwks)
    files = {"jwt_keys_file": str(private), "supabase_jwks_file": str(public), "jwt_keys": ""}
    settings = gateway_settings(**files)
    store = SigningKeyStore(DataDirectory(tmp_path), {"JWT_KEYS_FILE": str(private), "SUPABASE_JWKS_FILE": str(public)})
    async with opened(database, settings, local_keys) as gateway:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            api = httpx.AsyncClient(transport=transport, base_url="http://api.test")

            async def statuses(session: dict[str, Any]) -> tuple[int, int]:
                bearer = {"Authorization": f"Bearer {session['access_token']}"}
                user = await gateway.http.get("/auth/v1/user", headers=bearer)
                return user.status_code, (await api.get("/api/orgs", headers=bearer)).status_code

            old = await gateway.sign_up("ada@example.test")
            assert await statuses(old) == (200, 200)
            rotating = asyncio.create_task(asyncio.to_thread(signing_keys.rotate, store))
            while not rotating.done():  # old and new tokens are accepted meanwhile
                assert await statuses(old) == (200, 200)
                fresh = await gateway.http.post(
                    "/auth/v1/token?grant_type=password",
                    json={"email": "ada@example.test", "password": "correct horse"},
                )
                assert await statuses(fresh.json()) == (200, 200)
            kid = await rotating
            until = time.monotonic() + 20
            while jwt.get_unverified_header(fresh.json()["access_token"])["kid"] != kid:
                assert time.monotonic() < until, "the new key does not sign"
                fresh = await gateway.http.post(
                    "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": fresh.json()["refresh_token"]}
                )
            assert (await statuses(old), await statuses(fresh.json())) == ((200, 200), (200, 200))
            listed = (await gateway.http.get("/auth/v1/.well-known/jwks.json")).json()["keys"]
            first = jwt.get_unverified_header(old["access_token"])["kid"]
            assert {key["kid"] for key in listed} == {kid, first}
            assert [line.split()[2] for line in signing_keys.list_lines(store)] == ["signs", "verifies"]

            with pytest.raises(Conflict, match="signs new tokens"):
                signing_keys.remove(store, kid)
            with pytest.raises(NotFound):
                signing_keys.remove(store, "nothing")
            signing_keys.remove(store, first)

            async def is_refused() -> bool:
                return await statuses(old) == (403, 401)

            assert await eventually(is_refused, seconds=1)
            assert await statuses(fresh.json()) == (200, 200)

            private.write_text("half of a fi")  # an invalid file does not affect running services
            await asyncio.sleep(0.6)
            assert await statuses(fresh.json()) == (200, 200)
            await api.aclose()


def test_the_keys_of_a_local_installation_are_kept_in_its_folder(tmp_path: Path) -> None:
    folder = DataDirectory(tmp_path)
    before = json.loads(load_or_create_secrets(folder.secrets).jwt_keys)
    store = SigningKeyStore(folder, {})
    added = json.loads(make_keys().jwt_keys)
    store.write([*added, *before])
    secrets = load_or_create_secrets(folder.secrets)
    assert json.loads(secrets.jwt_keys) == [*added, *before]
    assert secrets.supabase_jwks == public_jwks(secrets.jwt_keys)
    for name in ("secrets.json", "signing-keys.json"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert "d" not in json.loads((tmp_path / "public-keys.json").read_text())["keys"][0]
    for given in ({"JWT_KEYS": "[]"}, {"SUPABASE_URL": "https://project.example"}):
        with pytest.raises((Misconfigured, Conflict)):
            SigningKeyStore(folder, given)
