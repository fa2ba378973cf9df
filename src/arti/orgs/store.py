"""SQL of orgs, members and permissions."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from arti.orgs.locale_store import LOCALE_COLUMNS
from arti.vocabulary import ArtistAccess, MemberStatus, Role
from arti_core.database import Connection, Row, fetch_one

_USER: Final = f"id, email, display_name, {', '.join(LOCALE_COLUMNS)}"
_ORG: Final = f"name, {', '.join(LOCALE_COLUMNS)}"
_MEMBER = """
  select u.id, u.email, u.display_name, m.role, m.status, m.last_seen_at, m.created_at,
    m.artist_access, m.money_access, l.artists, l.groups,
    (select jsonb_object_agg(k.slug, jsonb_build_object('can_read', coalesce(p.can_read, true),
       'can_write', coalesce(p.can_write, true), 'can_delete', coalesce(p.can_delete, true)))
     from private.known_providers k
     left join user_permissions p on p.org_id = m.org_id and p.user_id = m.user_id and p.provider = k.slug
     where k.org_id is null or k.org_id = m.org_id) as platforms,
    exists (select from private.org_keys k where k.org_id = m.org_id and k.user_id = m.user_id
            and k.revoked_at is null) as machine
  from memberships m join users u on u.id = m.user_id
  cross join lateral private.access_lists(m.org_id, m.user_id) l
"""


async def record_user(connection: Connection, user_id: UUID, email: str) -> Row:
    """Create or update the user's own row: (id, email, display_name) and what they chose."""
    await connection.execute(
        """insert into users (id, email) values ($1, $2)
           on conflict (id) do update set email = excluded.email where users.email <> excluded.email""",
        user_id,
        email,
    )
    return await fetch_one(connection, f"select {_USER} from users where id = $1", user_id)  # noqa: S608 - a constant


async def update_user(connection: Connection, user_id: UUID, values: Mapping[str, Any]) -> Row:
    """Set name and choices of the user's own row, and return it as `record_user` does."""
    statement = f"""update users set display_name = $2, language = $3, time_zone = $4, currency = $5, week_start = $6,
                     number_form = $7
                   where id = $1 returning {_USER}"""  # noqa: S608 - a constant
    chosen = [values[name] for name in ("display_name", *LOCALE_COLUMNS)]
    return await fetch_one(connection, statement, user_id, *chosen)


async def try_lock_user(connection: Connection, user_id: UUID) -> bool:
    """Return whether the user runs no other isolation test. The lock ends with the transaction."""
    free: bool = await connection.fetchval("select pg_try_advisory_xact_lock(4127, hashtext($1))", str(user_id))
    return free


async def record_seen(connection: Connection, org_id: UUID) -> None:
    """Record that the caller is there. At most one write a quarter of an hour: this runs at each load of a page."""
    await connection.execute("select private.record_seen($1)", org_id)


async def list_orgs(connection: Connection, user_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select o.id, o.name, o.language, o.time_zone, o.currency, o.week_start, o.number_form,
             m.role::text, m.artist_access, m.money_access, private.logo_id(o.id) as logo_id
           from memberships m join orgs o on o.id = m.org_id
           where m.user_id = $1 and m.status = 'active' order by lower(o.name), o.id""",
        user_id,
    )


async def find_own_membership(connection: Connection, org_id: UUID) -> Row | None:
    """Return (role, artist_access, money_access) of the caller, None unless they are an active member.

    `language` and `number_form`: how they read, null unless they chose.
    """
    return await connection.fetchrow(
        "select role::text, artist_access, money_access, language, number_form from private.own_membership($1)", org_id
    )


async def create_org(connection: Connection, name: str) -> UUID:
    org_id: UUID = await connection.fetchval("select public.create_org($1)", name)
    return org_id


async def lock_org(connection: Connection, org_id: UUID) -> Row:
    """Return the name and the locale of an org that is about to be changed."""
    return await fetch_one(connection, f"select {_ORG} from orgs where id = $1 for no key update", org_id)  # noqa: S608


async def update_org(connection: Connection, org_id: UUID, values: Mapping[str, Any]) -> Row:
    """Set the name and the locale, and return them."""
    statement = f"""update orgs set name = $2, language = $3, time_zone = $4, currency = $5, week_start = $6,
                     number_form = $7, updated_at = clock.now()
                   where id = $1 returning {_ORG}"""  # noqa: S608 - a constant
    return await fetch_one(connection, statement, org_id, *(values[name] for name in ("name", *LOCALE_COLUMNS)))


async def read_refused_file_days(connection: Connection, org_id: UUID) -> int:
    days: int = await connection.fetchval("select refused_file_days from orgs where id = $1", org_id)
    return days


async def set_refused_file_days(connection: Connection, org_id: UUID, days: int) -> None:
    await connection.execute(
        "update orgs set refused_file_days = $2, updated_at = clock.now() where id = $1", org_id, days
    )


async def read_model_limit(connection: Connection, org_id: UUID) -> int | None:
    """Return the org's own limit of what a model may cost, in US cents a month; None: the operator's."""
    cents: int | None = await connection.fetchval("select model_limit_cents from orgs where id = $1", org_id)
    return cents


async def set_model_limit(connection: Connection, org_id: UUID, cents: int | None) -> None:
    await connection.execute(
        "update orgs set model_limit_cents = $2, updated_at = clock.now() where id = $1", org_id, cents
    )


async def read_sms_limits(connection: Connection, org_id: UUID) -> Row:
    """Return the org's own limits of SMS a month: messages, and US cents; None: the operator's."""
    return await fetch_one(connection, "select sms_limit_messages, sms_limit_cents from orgs where id = $1", org_id)


async def set_sms_limits(connection: Connection, org_id: UUID, *, messages: int | None, cents: int | None) -> None:
    await connection.execute(
        "update orgs set sms_limit_messages = $2, sms_limit_cents = $3, updated_at = clock.now() where id = $1",
        org_id,
        messages,
        cents,
    )


async def list_provider_permissions(connection: Connection, org_id: UUID, user_id: UUID) -> list[Row]:
    """Return what a member may do on every platform and own source. As private.platforms_with."""
    return await connection.fetch(
        """select k.slug as provider, coalesce(p.can_read, true) as can_read, coalesce(p.can_write, true) as can_write,
             coalesce(p.can_delete, true) as can_delete
           from private.known_providers k
           left join user_permissions p on p.org_id = $1 and p.user_id = $2 and p.provider = k.slug
           where k.org_id is null or k.org_id = $1 order by k.org_id is not null, k.slug""",
        org_id,
        user_id,
    )


async def list_members(
    connection: Connection,
    org_id: UUID,
    *,
    text: str | None,
    role: Role | None,
    status: MemberStatus | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    """Return members in the order in which they joined."""
    return await connection.fetch(
        _MEMBER
        + """ where m.org_id = $1
                and ($2::text is null or position(lower($2) in lower(u.email || ' ' || u.display_name)) > 0)
                and ($3::text is null or m.role::text = $3) and ($4::text is null or m.status::text = $4)
                and ($5::timestamptz is null or (m.created_at, m.user_id) > ($5, $6::uuid))
              order by m.created_at, m.user_id limit $7""",
        org_id,
        text,
        role,
        status,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def find_member(connection: Connection, org_id: UUID, user_id: UUID) -> Row | None:
    return await connection.fetchrow(_MEMBER + " where m.org_id = $1 and m.user_id = $2", org_id, user_id)


async def lock_member(connection: Connection, org_id: UUID, user_id: UUID) -> None:
    """Let one change of a member wait for another, before either takes a lock that the other needs."""
    await connection.execute("select from memberships where org_id = $1 and user_id = $2 for update", org_id, user_id)


async def find_member_by_email(connection: Connection, org_id: UUID, email: str) -> Row | None:
    return await connection.fetchrow(_MEMBER + " where m.org_id = $1 and lower(u.email) = $2", org_id, email)


async def add_machine_member(connection: Connection, org_id: UUID, user_id: UUID, *, name: str, role: Role) -> None:
    """Make the user of an API key a member. People become members by accepting an invitation."""
    await connection.execute("select private.add_machine_member($1, $2, $3, $4)", org_id, user_id, name, role)


async def update_member(
    connection: Connection,
    org_id: UUID,
    user_id: UUID,
    *,
    role: Role | None = None,
    status: MemberStatus | None = None,
    artist_access: ArtistAccess | None = None,
    money: tuple[bool | None] | None = None,
) -> bool:
    """Set what is not None. Return whether there was a row that the caller may change."""
    command_tag = await connection.execute(
        """update memberships set role = coalesce($3, role), status = coalesce($4, status),
             artist_access = coalesce($5, artist_access),
             money_access = case when $6::boolean then $7 else money_access end, updated_at = clock.now()
           where org_id = $1 and user_id = $2""",
        org_id,
        user_id,
        role,
        status,
        artist_access,
        money is not None,
        money[0] if money else None,
    )
    return command_tag.endswith(" 1")


async def replace_member_artists(
    connection: Connection, org_id: UUID, user_id: UUID, artist_ids: Collection[UUID]
) -> None:
    """Put these artists on the member's list and take all others off."""
    await connection.execute(
        """with removed as (
             delete from member_artists where org_id = $1 and user_id = $2 and artist_id <> all ($3::uuid[]))
           insert into member_artists (org_id, user_id, artist_id)
           select $1, $2, id from unnest($3::uuid[]) as listed (id) on conflict do nothing""",
        org_id,
        user_id,
        list(artist_ids),
    )


async def replace_member_groups(
    connection: Connection, org_id: UUID, user_id: UUID, group_ids: Collection[UUID]
) -> None:
    """Put these groups on the member's list and take all others off."""
    await connection.execute(
        """with removed as (
             delete from member_groups where org_id = $1 and user_id = $2 and group_id <> all ($3::uuid[]))
           insert into member_groups (org_id, user_id, group_id)
           select $1, $2, id from unnest($3::uuid[]) as listed (id) on conflict do nothing""",
        org_id,
        user_id,
        list(group_ids),
    )


async def add_to_own_list(connection: Connection, org_id: UUID, artist_id: UUID) -> None:
    """Put an artist who is about to be created on the caller's list."""
    await connection.execute("select private.add_to_own_list($1, $2)", org_id, artist_id)


async def save_provider_permissions(
    connection: Connection, org_id: UUID, user_id: UUID, platforms: Mapping[str, Mapping[str, bool]]
) -> None:
    await connection.executemany(
        """insert into user_permissions (org_id, user_id, provider, can_read, can_write, can_delete)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (org_id, user_id, provider) do update set
             can_read = excluded.can_read, can_write = excluded.can_write, can_delete = excluded.can_delete""",
        [
            (org_id, user_id, provider, may["can_read"], may["can_write"], may["can_delete"])
            for provider, may in platforms.items()
        ],
    )


async def delete_member(connection: Connection, org_id: UUID, user_id: UUID) -> bool:
    """Return whether there was a row that the caller may delete."""
    command_tag = await connection.execute(
        "delete from memberships where org_id = $1 and user_id = $2", org_id, user_id
    )
    return command_tag.endswith(" 1")


async def list_quota_use(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select replace(resource, '_', ' ') as resource, used, allowed, passes,
             case when resource like 'bytes of %' then 'bytes' else 'count' end as unit
           from private.list_quota_use($1) order by used::float / greatest(allowed, 1) desc, resource""",
        org_id,
    )


async def list_org_ids(connection: Connection) -> list[UUID]:
    """Return the ids of all orgs. For a worker's transaction without org."""
    return [row[0] for row in await connection.fetch("select private.all_org_ids()")]


async def use_key(connection: Connection, hashed: bytes) -> Row | None:
    """Return id, role, user_id, email and scope of the unrevoked key with this SHA-256, and record its use.

    A key of the installation has neither user nor scope.
    """
    return await connection.fetchrow("select id, role, user_id, email, scope from private.use_key($1)", hashed)
