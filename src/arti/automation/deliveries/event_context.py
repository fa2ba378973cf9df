"""What an event is about: the names that a message shows, and the facts that the conditions of rules test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from arti.automation.deliveries import store
from arti.vocabulary import PROVIDER_NAMES, EventType, Provider, Severity
from arti_core.database import Connection, Row


@dataclass(frozen=True, slots=True)
class EventContext:
    """One event in names and facts. A fact that does not apply to this type of event is None."""

    event_type: str
    event_id: UUID | None
    happened_at: datetime
    org_id: UUID
    org_name: str
    title: str
    body: str
    path: str
    artist_id: UUID | None = None
    artist_name: str = ""
    subject_kind: str = ""
    subject_id: UUID | None = None
    provider: str | None = None
    provider_name: str = ""
    severity: Severity | None = None
    detector: str | None = None
    metric: str | None = None
    happened_on: date | None = None
    is_money: bool = False

    @property
    def about(self) -> str:
        """Artist and platform as far as they are known, else the org."""
        return " on ".join(part for part in (self.artist_name, self.provider_name) if part) or self.org_name


async def find_event_context(connection: Connection, org_id: UUID, event_id: UUID) -> EventContext | None:
    """Return the context of an event; None when the event or its subject is gone, or when it notifies nobody."""
    event = await store.find_event(connection, org_id, event_id)
    if event is None:
        return None
    if event["type"] == EventType.INSIGHT_CREATED:
        insight = await store.find_insight(connection, org_id, UUID(event["payload"]["insight_id"]))
        return _insight_context(org_id, event, insight) if insight else None
    if event["type"] in (EventType.ACCOUNT_NEEDS_REAUTH, EventType.SYNC_FAILED):
        account = await store.find_account(connection, org_id, UUID(event["payload"]["account_id"]))
        return _account_context(org_id, event, account) if account else None
    return None


def make_test_context(*, org_id: UUID, org_name: str, channel_name: str, at: datetime) -> EventContext:
    """Return the context of the message that tests a channel."""
    return EventContext(
        event_type="channel.test",
        event_id=None,
        happened_at=at,
        org_id=org_id,
        org_name=org_name,
        title="This channel works",
        body=f"This is a test message from the channel {channel_name}. No data has changed.",
        path="/automation/",
    )


def _insight_context(org_id: UUID, event: Row, insight: Row) -> EventContext:
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
        provider=insight["provider"],
        provider_name=insight["provider_name"] or "",
        severity=Severity(insight["severity"]),
        detector=insight["detector"],
        metric=insight["metric"],
        happened_on=insight["happened_on"],
        is_money=insight["is_money"],
    )


def _account_context(org_id: UUID, event: Row, account: Row) -> EventContext:
    provider = Provider(account["provider"])
    title, body = _account_text(event["type"], event["payload"], provider, account["display_name"])
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
        provider_name=PROVIDER_NAMES[provider],
    )


def _account_text(event_type: str, payload: Mapping[str, Any], provider: Provider, account: str) -> tuple[str, str]:
    """Return title and body for an event of a connected account."""
    platform = PROVIDER_NAMES[provider]
    if event_type == EventType.ACCOUNT_NEEDS_REAUTH:
        reason = " ".join(str(payload.get("reason") or "the platform no longer accepts our access").split())
        return (
            f"Reconnect {platform}",
            f"ARTi can no longer read the account {account}: {reason}. Connect it again to resume. "
            "The days in between will show as a gap.",
        )
    reason = " ".join(str(payload.get("error_class") or "unknown error").split()).replace("_", " ")
    return (
        f"{platform} sync failed",
        f"The last sync of {account} failed ({reason}). Data collected so far is kept, and ARTi will try again.",
    )
