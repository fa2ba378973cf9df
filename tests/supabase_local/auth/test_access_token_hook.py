"""The custom-access-token hook: ARTi's own adds the orgs, another function may stand in its place, and may refuse."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import jwt
import pytest

from arti.gateway import create_gateway
from arti.settings import Settings
from arti.vocabulary import Role
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


async def test_orgs_and_roles_come_from_memberships_only(gateway: Gateway) -> None:
    forged = {"orgs": {"x": "admin"}, "org": "x", "role": "service_role"}
    body = {"email": "ada@example.test", "password": "correct horse", "data": forged}
    session = (await gateway.http.post("/auth/v1/signup", json=body)).json()
    assert claims_of(session)["orgs"] == {}
    assert claims_of(session)["role"] == "authenticated"
    first, second = await gateway.org("One"), await gateway.org("Two")
    await gateway.join(session, first, Role.ADMIN)
    await gateway.join(session, second, Role.CREATOR)
    session = await refreshed(gateway, session)
    assert claims_of(session)["orgs"] == {str(first): "admin", str(second): "creator"}
    await gateway.database.as_owner("update memberships set status = 'disabled' where org_id = $1", second)
    session = await refreshed(gateway, session)
    assert claims_of(session)["orgs"] == {str(first): "admin"}


async def test_a_stale_claim_grants_nothing(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    org_id = await gateway.org("One")
    await gateway.artist(org_id, "Ada")
    await gateway.join(session, org_id)
    session = await refreshed(gateway, session)
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert len((await gateway.http.get("/rest/v1/artists?select=id", headers=bearer)).json()) == 1
    await gateway.database.as_owner("alter table memberships disable trigger prevent_last_admin_removal")
    await gateway.database.as_owner("delete from memberships where org_id = $1", org_id)
    assert claims_of(session)["orgs"] == {str(org_id): "admin"}
    assert (await gateway.http.get("/rest/v1/artists?select=id", headers=bearer)).json() == []


async def test_the_token_stays_small_with_many_orgs(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    await gateway.join(session, await gateway.org("One"))
    await gateway.database.as_owner(
        """with made as (insert into orgs (name) select 'org ' || n from generate_series(1, 200) n returning id)
           insert into memberships (org_id, user_id, role) select id, $1, 'manager' from made""",
        UUID(session["user"]["id"]),
    )
    session = await refreshed(gateway, session)
    assert len(claims_of(session)["orgs"]) == 50
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await gateway.http.get("/auth/v1/user", headers=bearer)).status_code == 200


async def define(database: Database, body: str) -> None:
    await database.as_owner(
        f"create or replace function public.hook(event jsonb) returns jsonb language plpgsql as $$ begin {body} end $$"
    )
    await database.as_owner("grant execute on function public.hook(jsonb) to supabase_auth_admin")


async def test_another_function_can_be_the_hook(
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
