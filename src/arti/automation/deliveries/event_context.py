"""What an event is about: the names that a message shows, and the facts that the conditions of rules test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from arti.automation.deliveries import context_store as store
from arti.automation.messages.figures import MessageFigure, read_figures
from arti.insights.narration.reading import read_row
from arti.language.catalogue import LanguageCode, load_catalogue
from arti.language.pieces import Pieces, name_piece
from arti.language.reader_locale import ReaderLocale, locale_of
from arti.language.sentences import SlotWords, say
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
    locale: ReaderLocale
    title: Pieces
    body: Pieces
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
    figures: Sequence[MessageFigure] = ()
    summary: Pieces = ()  # of a story: its body without the cause, which stands beside it
    cause: Pieces = ()
    next_step: Pieces = ()
    has_logo: bool = False
    reason: str = "why"  # the sentence that says why the reader gets it

    @property
    def language(self) -> LanguageCode:
        return self.locale.language

    @property
    def about(self) -> Pieces:
        """Artist and platform as far as they are known, else the org."""
        if not self.artist_name or not self.provider:
            return (name_piece(self.artist_name or self.org_name),)
        return self.say("about", {"artist": {"name": self.artist_name}, "platform": self.platform})

    @property
    def platform(self) -> dict[str, str]:
        return {"platform": self.provider or "", "name": self.provider_name}

    def say(self, key: str, words: SlotWords | None = None) -> Pieces:
        """Return a sentence about messages in the org's language."""
        return say(f"message.{key}", self.locale, {"org": {"name": self.org_name}, **(words or {})})


async def find_event_context(
    connection: Connection, org_id: UUID, event_id: UUID, locale: ReaderLocale | None = None
) -> EventContext | None:
    """Return the context of an event; None when the event or its subject is gone, or when it notifies nobody.

    `locale`: of the reader, else that of the org.
    """
    event = await store.find_event(connection, org_id, event_id)
    if event is None:
        return None
    if event["type"] == EventType.INSIGHT_CREATED:
        insight = await store.find_insight(connection, org_id, UUID(event["payload"]["insight_id"]))
        return _insight_context(org_id, event, insight, locale or locale_of(insight)) if insight else None
    if event["type"] in (EventType.ACCOUNT_NEEDS_REAUTH, EventType.SYNC_FAILED):
        account = await store.find_account(connection, org_id, UUID(event["payload"]["account_id"]))
        return _account_context(org_id, event, account, locale or locale_of(account)) if account else None
    return None


def make_test_context(
    *, org_id: UUID, org_name: str, locale: ReaderLocale, channel_name: str, at: datetime
) -> EventContext:
    """Return the context of the message that tests a channel."""
    return EventContext(
        event_type="channel.test",
        event_id=None,
        happened_at=at,
        org_id=org_id,
        org_name=org_name,
        locale=locale,
        title=say("message.test.title", locale),
        body=say("message.test.body", locale, {"channel": {"name": channel_name}}),
        path="/automation/",
    )


def _insight_context(org_id: UUID, event: Row, insight: Row, locale: ReaderLocale) -> EventContext:
    text = read_row(dict(insight), locale)
    return EventContext(
        event_type=event["type"],
        event_id=event["id"],
        happened_at=event["created_at"],
        org_id=org_id,
        org_name=insight["org_name"],
        locale=locale,
        title=text.title,
        body=text.body,
        figures=read_figures(insight, locale),
        summary=text.summary,
        cause=text.cause,
        next_step=text.next_step,
        has_logo=insight["has_logo"],
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


def _account_context(org_id: UUID, event: Row, account: Row, locale: ReaderLocale) -> EventContext:
    provider = Provider(account["provider"])
    title, body = _account_text(event, account, locale.language)
    return EventContext(
        event_type=event["type"],
        event_id=event["id"],
        happened_at=event["created_at"],
        org_id=org_id,
        org_name=account["org_name"],
        locale=locale,
        has_logo=account["has_logo"],
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


def _account_text(event: Row, account: Row, language: LanguageCode) -> tuple[Pieces, Pieces]:
    """Return title and body for an event of a connected account. What the platform itself answered is not sent on."""
    needs_person = event["type"] == EventType.ACCOUNT_NEEDS_REAUTH
    kind, usual = ("reconnect", "reauth_required") if needs_person else ("sync_failed", "transient")
    failure = f"message.failure.{event['payload'].get('error_class')}"
    if failure not in load_catalogue(language).sentences:
        failure = f"message.failure.{usual}"
    words = {
        "account": {"name": account["display_name"]},
        "platform": {"platform": account["provider"], "name": ""},
        "reason": {"phrase": failure},
    }
    return say(f"message.{kind}.title", language, words), say(f"message.{kind}.body", language, words)
