"""What policies ask about the caller is what the tables of members say."""

from uuid import UUID, uuid4

import pytest

from arti.vocabulary import Role
from arti_core.database import Pool, Principal, fetch_one, member_transaction
from tests.conftest import World
from tests.factories.observations import make_artist

_ACCESS = """
select private.member_org_ids() as member, private.all_artist_org_ids() as all_artists,
  private.all_platform_org_ids() as all_platforms, private.unrestricted_org_ids() as unrestricted,
  (select jsonb_object_agg(p.permission, private.org_ids_with(p.permission))
   from (values ('members:read'), ('roster:read'), ('connections:read'), ('metrics:read'), ('money:read'),
     ('money:write'), ('insights:read'), ('org:manage')) as p (permission)) as permissions,
  array(select v.artist_id from private.visible_artists() v order by 1) as artists
"""
# The same from the tables that members are kept in.
_EXPECTED = """
with m as (
  select m.*, m.artist_access = 'all' as sees_all,
    not exists (select from user_permissions u
                where u.org_id = m.org_id and u.user_id = m.user_id and not u.can_read) as all_platforms,
    coalesce(m.money_access, exists (select from private.role_permissions p
                                     where p.role = m.role and p.permission = 'money:read')) as money
  from memberships m where m.user_id = $1 and m.status = 'active')
select coalesce((select array_agg(org_id) from m), '{}') as member,
  coalesce((select array_agg(org_id) from m where sees_all), '{}') as all_artists,
  coalesce((select array_agg(org_id) from m where all_platforms), '{}') as all_platforms,
  coalesce((select array_agg(org_id) from m where sees_all and all_platforms and money), '{}') as unrestricted,
  (select jsonb_object_agg(p.permission, coalesce((
     select jsonb_agg(m.org_id) from m
     where case p.permission when 'money:read' then m.money
       else (m.money_access is not false or p.permission !~ 'money')
         and exists (select from private.role_permissions r where r.role = m.role and r.permission = p.permission) end
   ), '[]'))
   from (values ('members:read'), ('roster:read'), ('connections:read'), ('metrics:read'), ('money:read'),
     ('money:write'), ('insights:read'), ('org:manage')) as p (permission)) as permissions,
  array(select a.artist_id from m join member_artists a using (org_id, user_id) where not m.sees_all
        order by 1) as artists
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


async def access_of(pool: Pool, user_id: UUID, *, read_only: bool) -> list[object]:
    async with member_transaction(pool, Principal(user_id, None), read_only=read_only) as connection:
        return list(await fetch_one(connection, _ACCESS))


@pytest.mark.parametrize("role", Role)
async def test_what_policies_ask_is_what_the_tables_of_members_say(world: World, role: Role) -> None:
    org_id, other_id = await world.org(), await world.org()
    for _ in range(2):
        await make_artist(world.database, org_id, uuid4().hex)
    pool = await world.database.pool("arti_api")
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
            [expected] = await world.database.as_owner(_EXPECTED, member.user_id)
            for read_only in (False, True):
                assert await access_of(pool, member.user_id, read_only=read_only) == list(expected), change
        both = await world.member(other_id, Role.ANALYST)
        await world.database.as_owner(
            "insert into memberships (org_id, user_id, role) values ($1, $2, 'guest')", org_id, both.user_id
        )
        found = await access_of(pool, both.user_id, read_only=True)
        assert set(found[0]) == {org_id, other_id}  # type: ignore[call-overload]
    finally:
        await pool.close()


async def test_access_changes_with_the_membership_inside_a_transaction(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    pool = await world.database.pool("arti_api")
    async with member_transaction(pool, Principal(member.user_id, None)) as connection:
        made: UUID = await connection.fetchval("select public.create_org('Second')")
        assert made in await connection.fetchval("select private.org_ids_with('org:manage')")
    await pool.close()
