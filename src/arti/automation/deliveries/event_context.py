"""Read what an event is about from the rooms below: names that people know, and the facts that rules ask about."""

from uuid import UUID

from arti.automation.channels.rendering import EventContext, account_text
from arti.vocabulary import EventType, Provider, Severity
from arti_core.database import Connection, Row


async def find_org_name(connection: Connection, org_id: UUID) -> str:
    name: str = await connection.fetchval("select name from orgs where id = $1", org_id)
    return name


async def find_event_context(connection: Connection, org_id: UUID, event_id: UUID) -> EventContext | None:
    """Return what an event says in names and facts, or None when it or its subject is gone."""
    event = await connection.fetchrow(
        "select id, type, payload, created_at from events where org_id = $1 and id = $2", org_id, event_id
    )
    if event is None:
        return None
    if event["type"] == EventType.INSIGHT_CREATED:
        return await _read_insight(connection, org_id, event)
    if event["type"] in (EventType.ACCOUNT_NEEDS_REAUTH, EventType.SYNC_FAILED):
        return await _read_account(connection, org_id, event)
    return None


async def _read_insight(connection: Connection, org_id: UUID, event: Row) -> EventContext | None:
    insight = await connection.fetchrow(
        """select i.*, a.name as artist_name, o.name as org_name
           from insights i join artists a on a.org_id = i.org_id and a.id = i.artist_id join orgs o on o.id = i.org_id
           where i.org_id = $1 and i.id = $2 and i.status <> 'withdrawn'""",
        org_id,
        UUID(event["payload"]["insight_id"]),
    )
    if insight is None:
        return None
    return EventContext(
        event_type=event["type"],
        event_id=event["id"],
        happened_at=event["created_at"],
        org_id=org_id,
        org_name=insight["org_name"],
        title=insight["title"],
        body=insight["body"],
        path=f"/insights/?id={insight['id']}&org={org_id}",
        artist_id=insight["artist_id"],
        artist_name=insight["artist_name"],
        subject_kind="insight",
        subject_id=insight["id"],
        provider=Provider(insight["provider"]),
        severity=Severity(insight["severity"]),
        detector=insight["detector"],
        metric=insight["metric"],
        happened_on=insight["happened_on"],
    )


async def _read_account(connection: Connection, org_id: UUID, event: Row) -> EventContext | None:
    account = await connection.fetchrow(
        """select c.id, c.provider, c.display_name, c.artist_id, a.name as artist_name, o.name as org_name
           from accounts c join artists a on a.org_id = c.org_id and a.id = c.artist_id
           join orgs o on o.id = c.org_id
           where c.org_id = $1 and c.id = $2""",
        org_id,
        UUID(event["payload"]["account_id"]),
    )
    if account is None:
        return None
    provider = Provider(account["provider"])
    title, body = account_text(event["type"], event["payload"], provider=provider, account=account["display_name"])
    return EventContext(
        event_type=event["type"],
        event_id=event["id"],
        happened_at=event["created_at"],
        org_id=org_id,
        org_name=account["org_name"],
        title=title,
        body=body,
        path=f"/accounts/?id={account['id']}&org={org_id}",
        artist_id=account["artist_id"],
        artist_name=account["artist_name"],
        subject_kind="account",
        subject_id=account["id"],
        provider=provider,
    )
