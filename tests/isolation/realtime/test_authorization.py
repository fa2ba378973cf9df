"""Realtime shows the rows that a select under row-level security shows, for every published table and every role."""

from uuid import UUID

import pytest

from arti.gateway import PERMISSION_MODEL
from arti.vocabulary import Role
from arti_core.database import open_pool, role_transaction
from supabase_local.gateway.authentication import AuthResult
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.keys.signing_keys import SigningKeys
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.channel import subscriber_of
from supabase_local.realtime.postgres_changes.publication import Publication
from tests.isolation.realtime.conftest import Orgs, member

CANARY = UUID("ca4a0000-0000-4000-a000-000000000000")  # the org that has a row in every table
TABLES = {"insights", "deliveries", "imports", "sync_runs", "jobs"}

# What the log keeps of a deleted row.
_IDENTITY = """
  select a.attname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where c.oid = $1::text::regclass and not a.attisdropped and (c.relreplident = 'f' or exists (
    select from pg_index i where i.indrelid = c.oid and a.attnum = any (i.indkey)
      and (c.relreplident = 'i' and i.indisreplident or c.relreplident = 'd' and i.indisprimary)))"""


@pytest.mark.parametrize("replicated", [True, False], ids=["permissions replicated", "not replicated"])
async def test_authorizer_agrees_with_policies(orgs: Orgs, replicated: bool) -> None:
    gateway, keys = orgs.gateway, SigningKeys(orgs.gateway.keys.jwt_keys)
    sessions = [orgs.ada, *[await member(gateway, CANARY, role) for role in Role]]
    for statement in (
        "insert into member_artists (org_id, user_id, artist_id) values ($1, $2, $1)",
        "insert into member_groups (org_id, user_id, group_id) values ($1, $2, $1)",
        "select",
    ):
        listed = await member(gateway, CANARY)
        await gateway.database.as_owner(
            "update memberships set artist_access = 'list', money_access = false where user_id = $1",
            listed["user"]["id"],
        )
        if statement != "select":
            await gateway.database.as_owner(statement, CANARY, listed["user"]["id"])
        sessions.append(listed)
    without_spotify = await member(gateway, CANARY, Role.ADMIN)
    await gateway.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        CANARY,
        without_spotify["user"]["id"],
    )
    principals = [AuthResult("anon", {"role": "anon"})]
    for session in (*sessions, without_spotify):
        principals.append(AuthResult("authenticated", keys.verify(session["access_token"])))
    pool = await open_pool(
        gateway.settings.rest_database_url.get_secret_value(), size=2, claims_key=gateway.settings.claims_signing_key
    )
    pools = DatabasePools(pool, pool)
    publication = Publication(pools, PERMISSION_MODEL)
    authorizer = Authorizer(pools, publication, PERMISSION_MODEL)
    authorizer.permissions_replicated = replicated
    visible = 0
    try:
        tables = await publication.tables("public", "*")
        assert {table.name[1] for table in tables} >= TABLES
        for table in (table for table in tables if table.name[1] in TABLES):
            row_security = await publication.row_security("authenticated", table.name)
            assert row_security is not None
            assert row_security.restricted_to_tenant  # so that only subscribers of the org are evaluated
            assert row_security.depends_on_permissions_only  # so that results are cached until one changes
            rows = await gateway.database.as_owner(
                f"select to_jsonb(t) as row from {table.sql_name} t where org_id = $1", CANARY
            )
            whole = {name: None if value is None else str(value) for name, value in rows[0]["row"].items()}
            kept = await gateway.database.as_owner(_IDENTITY, table.sql_name)
            identity = {row["name"]: whole[row["name"]] for row in kept}
            for principal in principals:
                subscriber = subscriber_of(principal)
                visible_to = await authorizer.visible(table, [whole, identity], [subscriber])
                if principal.role == "anon":
                    assert visible_to == [set(), set()]
                    continue
                async with role_transaction(pool, principal.role, subscriber.claims, read_only=True) as connection:
                    count = await connection.fetchval(
                        f"select count(*) from {table.sql_name} where org_id = $1 and id = $2", CANARY, CANARY
                    )
                of_version = [subscriber in subscribers for subscribers in visible_to]
                assert of_version == [count == 1] * 2, (table.name, principal.claims)
                visible += count
    finally:
        await pool.close()
    assert visible > len(TABLES)
