"""The custom access token hook: a function may change the claims of access tokens, or refuse."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from arti.gateway import create_gateway
from arti.settings import Settings
from arti_core.errors import Misconfigured
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.conftest import Gateway, opened

HOOK = "pg-functions://postgres/public/hook"


def claims_of(session: dict[str, Any]) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(session["access_token"], options={"verify_signature": False})
    return claims


async def refreshed(gateway: Gateway, session: dict[str, Any]) -> dict[str, Any]:
    response = await gateway.http.post(
        "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": session["refresh_token"]}
    )
    assert response.status_code == 200, response.text
    fresh: dict[str, Any] = response.json()
    return fresh


async def define(database: Database, body: str) -> None:
    await database.as_owner(
        f"create or replace function public.hook(event jsonb) returns jsonb language plpgsql as $$ begin {body} end $$"
    )
    await database.as_owner("grant execute on function public.hook(jsonb) to supabase_auth_admin")


async def test_hook_changes_claims_or_refuses(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    settings = gateway_settings(gotrue_hook_custom_access_token_uri=HOOK)
    await define(
        database,
        """return jsonb_build_object('claims', event -> 'claims' || jsonb_build_object(
             'method', event -> 'authentication_method',
             'same', event ->> 'user_id' = event -> 'claims' ->> 'sub'));""",
    )
    async with opened(database, settings, local_keys) as gateway:
        session = await gateway.sign_up("ada@example.test")
        assert (claims_of(session)["method"], claims_of(session)["same"]) == ("password", True)
        session = await refreshed(gateway, session)
        assert claims_of(session)["method"] == "token_refresh"
        body = {"email": "ada@example.test", "password": "correct horse"}
        broken = {
            "return '{}';": (500, "output claims field is missing"),
            "return '{\"claims\": null}';": (500, "output claims do not conform to the expected schema"),
            "return jsonb_build_object('claims', (event -> 'claims') - 'session_id');": (500, "session_id is required"),
            "return jsonb_set(event, '{claims,exp}', '\"soon\"');": (500, "exp: Invalid type. Expected: integer"),
            'return \'{"error": {"message": "not today"}}\';': (500, "not today"),
            'return \'{"error": {"http_code": 403, "message": "not you"}}\';': (403, "not you"),
            "raise exception 'x';": (500, "Error running hook URI"),
            "perform pg_sleep(30);": (500, "Error running hook URI"),
        }
        for text, (status, sentence) in broken.items():
            await define(database, text)
            refused = await gateway.http.post("/auth/v1/token?grant_type=password", json=body)
            assert (refused.status_code, sentence in refused.json()["msg"]) == (status, True), (text, refused.text)
        # A token whose hook changed the user is refused.
        await define(database, "return jsonb_set(event, '{claims,role}', '\"service_role\"');")
        session = (await gateway.http.post("/auth/v1/token?grant_type=password", json=body)).json()
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        assert (await gateway.http.get("/rest/v1/artists", headers=bearer)).status_code == 401
        assert (await gateway.http.get("/auth/v1/admin/users", headers=bearer)).status_code == 403


@pytest.mark.parametrize("uri", ["https://hook.example", "pg-functions://postgres/hook", "pg-functions://x/a;b/c"])
def test_an_invalid_hook_is_refused_at_the_start(uri: str, gateway_settings: Callable[..., Settings]) -> None:
    with pytest.raises(Misconfigured, match="GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_URI"):
        create_gateway(gateway_settings(gotrue_hook_custom_access_token_uri=uri))
