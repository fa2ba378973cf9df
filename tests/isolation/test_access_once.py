"""What a read-only transaction keeps about its caller is what policies look up without it."""

from uuid import UUID, uuid4

import pytest

from arti.vocabulary import Role
from arti_core.database import Connection, Pool, Principal, member_transaction, open_pool
from tests.conftest import World
from tests.factories.observations import make_artist

_ACCESS = """
select private.member_org_ids() as member, private.all_artist_org_ids() as all_artists,
  private.all_platform_org_ids() as all_platforms, private.unrestricted_org_ids() as unrestricted,
  (select jsonb_object_agg(p.permission, private.org_ids_with(p.permission))
   from (values ('members:read'), ('roster:read'), ('connections:read'), ('metrics:read'), ('money:read'),
     ('money:write'), ('insights:read'), ('org:manage')) as p (permission)) as permissions,
  array(select v.artist_id from private.visible_artists() v order by 1) as artists,
  current_setting('app.access_of', true) <> '' as is_kept
"""


_PLATFORMS = (
    "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'youtube', true)",
    "update user_permissions set can_read = false",
)
_RIGHTS = (
    "update memberships set money_access = true",
    "update memberships set money_access = false",
    "update memberships set artist_access = 'list'",
    "update user_permissions set can_read = true",
)


async def ask(connection: Connection) -> tuple[list[object], bool]:
    row = await connection.fetchrow(_ACCESS)
    assert row is not None
    return list(row)[:-1], bool(row["is_kept"])


async def access_of(pool: Pool, user_id: UUID, *, read_only: bool) -> tuple[list[object], bool]:
    async with member_transaction(pool, Principal(user_id, None), read_only=read_only) as connection:
        return await ask(connection)


@pytest.mark.parametrize("role", Role)
async def test_what_is_kept_is_what_is_looked_up(world: World, role: Role) -> None:
    org_id, other_id = await world.org(), await world.org()
    for _ in range(2):
        await make_artist(world.database, org_id, uuid4().hex)
    pool = await open_pool(world.settings.database_url.get_secret_value(), size=1)
    try:
        await world.member(org_id, Role.ADMIN)
        member = await world.member(org_id, role)
        changes = [
            None,
            *_PLATFORMS,
            *(() if role is Role.ADMIN else _RIGHTS),
            "update memberships set status = 'disabled'",
        ]
        for change in changes:
            if change:
                where = "" if change.startswith("insert") else " where org_id = $1 and user_id = $2"
                await world.database.as_owner(change + where, org_id, member.user_id)
            looked_up, is_kept = await access_of(pool, member.user_id, read_only=False)
            assert not is_kept
            assert await access_of(pool, member.user_id, read_only=True) == (looked_up, True), change
        both = await world.member(other_id, Role.ANALYST)
        await world.database.as_owner(
            "insert into memberships (org_id, user_id, role) values ($1, $2, 'guest')", org_id, both.user_id
        )
        looked_up, _ = await access_of(pool, both.user_id, read_only=False)
        assert set(looked_up[0]) == {org_id, other_id}  # type: ignore[call-overload]
        kept, _ = await access_of(pool, both.user_id, read_only=True)
        assert sorted(map(str, kept)) == sorted(map(str, looked_up))
    finally:
        await pool.close()


async def test_other_claims_of_the_same_transaction_are_looked_up(world: World) -> None:
    ada, ben = await world.member(), await world.member()
    pool = await open_pool(world.settings.database_url.get_secret_value(), size=1)
    try:
        expected, _ = await access_of(pool, ben.user_id, read_only=False)
        async with member_transaction(pool, Principal(ada.user_id, None), read_only=True) as connection:
            await connection.execute(
                "select set_config('request.jwt.claims', $1, true)", Principal(ben.user_id, None).claims
            )
            assert (await ask(connection))[0] == expected
            await connection.execute("select set_config('request.jwt.claims', '', true)")
            assert (await ask(connection))[0][0] == []
        async with member_transaction(pool, Principal(ada.user_id, None), read_only=True) as connection:
            await connection.execute("select set_config('request.jwt.claim.sub', $1, true)", str(ben.user_id))
            assert (await ask(connection))[0] == expected
        assert await pool.fetchval("select coalesce(current_setting('app.access_of', true), '')") == ""
    finally:
        await pool.close()
