"""SQL of connected accounts and pending authorizations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from arti.providers.contract import ProviderAccount
from arti.providers.oauth import ProviderTokens
from arti.vocabulary import Provider
from arti_core.database import Connection, Row, fetch_one

_ACCOUNT = """
  select c.id, c.artist_id, a.name as artist_name, c.provider, c.external_id, c.display_name, c.url, c.status, c.scopes,
    c.token_expires_at, c.consent_expires_at, c.last_sync_at, c.last_success_at, c.next_sync_at, c.last_error_class,
    c.last_error_message, c.created_at, coalesce(gap.days, 0) as missing_days
  from accounts c
  join artists a on a.org_id = c.org_id and a.id = c.artist_id
  left join lateral (
    select count(distinct m.month + (d.on_day::integer - 1)) as days
    from series s
    join observation_months m on m.org_id = s.org_id and m.series_id = s.id
      and m.month >= private.month_of(clock.today() - 89)
    cross join lateral unnest(m.values) with ordinality as d (value, on_day)
    where s.org_id = c.org_id and s.artist_id = c.artist_id and s.provider = c.provider and s.asset_id is null
      and s.terms = c.provider || '_api' and m.month + (d.on_day::integer - 1) > clock.today() - 90
      -- Not reported: a day that has a row, no value, and no other state.
      and d.value is null and m.days & (1 << (d.on_day::integer - 1)) <> 0
      and m.states -> d.on_day::text is null
  ) gap on true
"""


async def list_accounts(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    """Return linked accounts, newest first; disconnected ones are left out."""
    return await connection.fetch(
        _ACCOUNT
        + """where c.org_id = $1 and c.status <> 'disconnected' and ($2::uuid is null or c.artist_id = $2)
               and ($3::timestamptz is null or (c.created_at, c.id) < ($3, $4))
             order by c.created_at desc, c.id desc limit $5""",
        org_id,
        artist_id,
        *(after or (None, None)),
        limit,
    )


async def list_account_states(connection: Connection, org_id: UUID, artist_ids: Sequence[UUID]) -> list[Row]:
    """Return (artist_id, provider, status) of each linked account of these artists, by provider."""
    return await connection.fetch(
        """select artist_id, provider, status from accounts
           where org_id = $1 and artist_id = any ($2) and status <> 'disconnected' order by provider""",
        org_id,
        artist_ids,
    )


async def find_account(connection: Connection, org_id: UUID, account_id: UUID) -> Row | None:
    return await connection.fetchrow(_ACCOUNT + "where c.org_id = $1 and c.id = $2", org_id, account_id)


async def insert_oauth_state(
    connection: Connection,
    org_id: UUID,
    *,
    state: UUID,
    user_id: UUID,
    artist_id: UUID,
    provider: Provider,
    verifier: str,
    return_to: str,
    profile_url: str | None,
) -> None:
    await connection.execute(
        """insert into oauth_states (org_id, id, user_id, artist_id, provider, code_verifier, return_to, profile_url)
           values ($1, $2, $3, $4, $5::text, $6, $7, $8)""",
        org_id,
        state,
        user_id,
        artist_id,
        provider,
        verifier,
        return_to,
        profile_url,
    )


async def delete_old_oauth_states(connection: Connection, org_id: UUID) -> None:
    await connection.execute(
        "delete from oauth_states where org_id = $1 and expires_at < clock.now() - interval '1 day'", org_id
    )


async def consume_oauth_state(connection: Connection, state: UUID) -> Row | None:
    """Mark an OAuth state as used: once, within ten minutes. Returns what it was issued for."""
    return await connection.fetchrow("select * from private.consume_oauth_state($1)", state)


async def upsert_account(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: Provider,
    account: ProviderAccount,
    tokens: ProviderTokens,
    connected_by: UUID,
) -> UUID:
    """Insert an account, or link it again. Returns its id."""
    row = await fetch_one(
        connection,
        """insert into accounts as c (org_id, artist_id, provider, external_id, display_name, url, scopes,
             token_expires_at, consent_expires_at, connected_by, next_sync_at)
           values ($1, $2, $3::text, $4, $5, $6, $7, $8, $9, $10, clock.now())
           on conflict (org_id, artist_id, provider, external_id) do update
           set display_name = excluded.display_name, url = excluded.url, scopes = excluded.scopes, status = 'active',
             token_expires_at = excluded.token_expires_at, consent_expires_at = excluded.consent_expires_at,
             tokens_restored_at = null,
             connected_by = excluded.connected_by, next_sync_at = clock.now(), last_error_class = null,
             last_error_message = null, updated_at = clock.now()
           returning c.id""",
        org_id,
        artist_id,
        provider,
        account.external_id,
        account.display_name,
        account.url,
        list(tokens.scopes),
        tokens.expires_at,
        tokens.consent_expires_at,
        connected_by,
    )
    return UUID(str(row["id"]))


async def find_unfinished_job(connection: Connection, org_id: UUID, dedupe_key: str) -> UUID | None:
    row = await connection.fetchrow(
        "select id from jobs where org_id = $1 and dedupe_key = $2 and status in ('queued', 'running')",
        org_id,
        dedupe_key,
    )
    return UUID(str(row["id"])) if row else None


async def list_runs(
    connection: Connection, org_id: UUID, account_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        """select id, account_id, kind, status, job_id, started_at, finished_at, pages, calls, observations_new,
             observations_restated, gaps, error_class, error_message
           from sync_runs where org_id = $1 and account_id = $2
             and ($3::timestamptz is null or (started_at, id) < ($3, $4))
           order by started_at desc, id desc limit $5""",
        org_id,
        account_id,
        *(after or (None, None)),
        limit,
    )


async def mark_disconnected(connection: Connection, org_id: UUID, account_id: UUID) -> None:
    await connection.execute(
        """update accounts set status = 'disconnected', cursor = null, next_sync_at = null, scopes = '{}',
             token_expires_at = null, consent_expires_at = null, updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        account_id,
    )


async def delete_account(connection: Connection, org_id: UUID, account_id: UUID) -> None:
    await connection.execute("delete from accounts where org_id = $1 and id = $2", org_id, account_id)


async def has_linked_account(connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider) -> bool:
    """Return whether an account of this artist at this provider is linked and not disconnected."""
    linked = await connection.fetchval(
        """select 1 from accounts where org_id = $1 and artist_id = $2 and provider = $3::text
             and status <> 'disconnected' limit 1""",
        org_id,
        artist_id,
        provider,
    )
    return linked is not None


async def count_accounts(connection: Connection, org_id: UUID, provider: Provider) -> Row:
    """Return the number of accounts by status, the last success and the last error of a provider in this org."""
    return await fetch_one(
        connection,
        """select count(*) filter (where status = 'active') as active,
             count(*) filter (where status = 'needs_reauth') as needs_reauth,
             count(*) filter (where status = 'paused') as paused, max(last_success_at) as last_success_at,
             (array_agg(last_error_class order by last_sync_at desc nulls last)
              filter (where last_error_class is not null))[1] as last_error_class
           from accounts where org_id = $1 and provider = $2::text and status <> 'disconnected'""",
        org_id,
        provider.value,
    )


async def count_calls_since(connection: Connection, org_id: UUID, provider: Provider, since: datetime) -> int:
    calls: int = await connection.fetchval(
        """select coalesce(sum(r.calls), 0) from sync_runs r
           join accounts c on c.org_id = r.org_id and c.id = r.account_id
           where r.org_id = $1 and c.provider = $2::text and r.started_at >= $3""",
        org_id,
        provider.value,
        since,
    )
    return calls
