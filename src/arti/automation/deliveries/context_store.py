"""SQL of what an event is about, and of who reads it, one statement a function."""

from uuid import UUID

from arti.insights.store import NUMBERS
from arti.language.reader_locale import ReaderLocale, locale_of
from arti.orgs.locale_store import LOCALE_OF_MEMBER
from arti_core.database import Connection, Row

_HAS_LOGO = "exists (select from files f where f.org_id = o.id and f.kind = 'logo') as has_logo"


async def find_event(connection: Connection, org_id: UUID, event_id: UUID) -> Row | None:
    return await connection.fetchrow(
        "select id, type, payload, created_at from events where org_id = $1 and id = $2", org_id, event_id
    )


async def find_insight(connection: Connection, org_id: UUID, insight_id: UUID) -> Row | None:
    """Return an insight that was not withdrawn, with the names of its artist and org."""
    return await connection.fetchrow(
        f"""select i.id, i.title, i.body, i.template, {NUMBERS}, i.provider, i.severity,
             i.detector, i.metric, i.happened_on, i.artist_id, i.is_money, i.cause, i.next_step,
             a.name as artist_name, m.name as metric_name, m.unit,
             o.name as org_name, o.language, o.number_form, o.time_zone, p.name as provider_name, {_HAS_LOGO}
           from insights i
           join private.known_metrics m on m.slug = i.metric and (m.org_id is null or m.org_id = i.org_id)
           left join private.known_providers p on p.slug = i.provider and (p.org_id is null or p.org_id = i.org_id)
           join artists a on a.org_id = i.org_id and a.id = i.artist_id join orgs o on o.id = i.org_id
           where i.org_id = $1 and i.id = $2 and i.status <> 'withdrawn'""",  # noqa: S608 - a constant
        org_id,
        insight_id,
    )


async def find_charted_insight(connection: Connection, org_id: UUID, event_id: UUID) -> Row | None:
    """Return what the chart of an event's insight needs; None when the event is about no insight."""
    return await connection.fetchrow(
        """select i.id, i.series_id, i.happened_on, i.direction, i.detector, s.interval_days as step_days,
             m.kind = 'counter' as is_counter
           from events e
           join insights i on i.org_id = e.org_id and i.id::text = e.payload ->> 'insight_id'
           join series s on s.org_id = i.org_id and s.id = i.series_id
           join private.known_metrics m on m.slug = i.metric and (m.org_id is null or m.org_id = i.org_id)
           where e.org_id = $1 and e.id = $2""",
        org_id,
        event_id,
    )


async def find_reader_locale(connection: Connection, org_id: UUID, address: str) -> ReaderLocale | None:
    """Return how the active member with this address reads; None when there is no such member."""
    row = await connection.fetchrow(
        f"""select {LOCALE_OF_MEMBER} from memberships m join users u on u.id = m.user_id join orgs o on o.id = m.org_id
           where m.org_id = $1 and m.status = 'active' and lower(u.email) = lower($2)""",  # noqa: S608 - a constant
        org_id,
        address,
    )
    return locale_of(row) if row else None


async def find_account(connection: Connection, org_id: UUID, account_id: UUID) -> Row | None:
    """Return a connected account with the names of its artist and org."""
    return await connection.fetchrow(
        f"""select c.id, c.provider, c.display_name, c.artist_id, a.name as artist_name, o.name as org_name,
             o.language, o.number_form, o.time_zone, {_HAS_LOGO}
           from accounts c join artists a on a.org_id = c.org_id and a.id = c.artist_id
           join orgs o on o.id = c.org_id
           where c.org_id = $1 and c.id = $2""",  # noqa: S608 - a constant
        org_id,
        account_id,
    )
