"""What Realtime tells is what a select under row-level security shows, for every published table and every role."""

from uuid import UUID

import pytest

from arti.vocabulary import Role
from arti_core.database import open_pool, role_transaction
from supabase_local.gateway.authentication import AuthResult
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.keys.signing_keys import SigningKeys
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.channel import audience_of
from supabase_local.realtime.postgres_changes.publication import Publication
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import member

CANARY = UUID("ca4a0000-0000-4000-a000-000000000000")  # the org that has a row in every table
TABLES = {"insights", "deliveries", "imports", "sync_runs", "jobs"}


@pytest.mark.parametrize("exact", [True, False], ids=["hears of memberships", "does not"])
async def test_the_judge_decides_as_the_policies_do(stage: Stage, exact: bool) -> None:
    gateway, keys = stage.gateway, SigningKeys(stage.gateway.keys.jwt_keys)
    people = [stage.ada, *[await member(gateway, CANARY, role) for role in Role]]
    blind = await member(gateway, CANARY, Role.ADMIN)
    await gateway.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        CANARY,
        blind["user"]["id"],
    )
    principals = [AuthResult("anon", {"role": "anon"})]
    principals += [AuthResult("authenticated", keys.verify(one["access_token"])) for one in (*people, blind)]
    pool = await open_pool(gateway.settings.rest_database_url.get_secret_value(), size=2)
    published = Publication(DatabasePools(pool, pool))
    authorizer = Authorizer(DatabasePools(pool, pool), published)
    authorizer.hears_of_memberships = exact
    shown = 0
    try:
        tables = await published.tables("public", "*")
        assert {table.name[1] for table in tables} >= TABLES
        for table in (one for one in tables if one.name[1] in TABLES):
            standing = await published.standing("authenticated", table.name)
            assert standing is not None
            assert standing.members_only  # so that nobody else needs to be asked
            assert standing.rests_on_permissions  # so that answers hold until one of these changes
            rows = await gateway.database.as_owner(
                f"select to_jsonb(t) as row from {table.sql_name} t where org_id = $1", CANARY
            )
            whole = {name: None if value is None else str(value) for name, value in rows[0]["row"].items()}
            identity = {name: whole[name] for name in ("org_id", "id", "provider") if name in whole}
            for principal in principals:
                audience = audience_of(principal)
                seen = await authorizer.visible(table, [whole, identity], [audience])
                if principal.role == "anon":
                    assert seen == [set(), set()]
                    continue
                async with role_transaction(pool, principal.role, audience.claims, read_only=True) as connection:
                    count = await connection.fetchval(
                        f"select count(*) from {table.sql_name} where org_id = $1 and id = $2", CANARY, CANARY
                    )
                assert [audience in one for one in seen] == [count == 1] * 2, (table.name, principal.claims)
                shown += count
    finally:
        await pool.close()
    assert shown > len(TABLES)
