"""ARTi's access token hook adds the orgs of a user, which no policy reads."""

from uuid import UUID

from arti.vocabulary import Role
from tests.supabase_local.auth.test_access_token_hook import claims_of, refreshed
from tests.supabase_local.conftest import Gateway


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
        """with new_orgs as (insert into orgs (name) select 'org ' || n from generate_series(1, 200) n returning id)
           insert into memberships (org_id, user_id, role) select id, $1, 'manager' from new_orgs""",
        UUID(session["user"]["id"]),
    )
    session = await refreshed(gateway, session)
    assert len(claims_of(session)["orgs"]) == 50
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await gateway.http.get("/auth/v1/user", headers=bearer)).status_code == 200
