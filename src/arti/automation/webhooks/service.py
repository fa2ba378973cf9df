"""Sources of inbound webhooks, their secrets, and the processing of received calls."""

import secrets
from http import HTTPStatus
from typing import Any, Final, cast
from uuid import UUID

from pydantic import ValidationError

from arti.automation.channels.targets import (
    SIGNING_KEY_FORMAT,
    generate_signing_secret,
    is_signing_secret,
)
from arti.automation.webhooks import store
from arti.automation.webhooks.schemas import (
    AnnotationData,
    CreatedWebhookSource,
    NewWebhookSource,
    Source,
    WebhookSource,
)
from arti.jobs import JobRun
from arti.music.calendar.schemas import NewCalendarEntry
from arti.music.calendar.service import create_entry
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, Actor, ApiContext
from arti.vocabulary import EventType
from arti_core import clock, vault_store
from arti_core.database import Connection, Row, anonymous_transaction
from arti_core.errors import ArtiError, Forbidden, Invalid, NotFound
from arti_core.outbox import record_event

SIGNING: Final[dict[str, str]] = {
    "n8n": "standard-webhooks",
    "custom": "standard-webhooks",
    "slack": "slack-v0",
    "meta": "x-hub-signature-256",
}
ROTATION_SECONDS: Final = 86_400


class WebhookSourceNotConfigured(ArtiError):
    """No secret is configured. An unknown org gets the same response, so that it reveals nothing."""

    code = "webhook_not_configured"
    status = HTTPStatus.SERVICE_UNAVAILABLE


async def open_secrets(context: ApiContext, org_id: UUID, source: str) -> dict[str, Any]:
    """Return {secret, verify_token, previous, previous_until} of a source. Raises WebhookSourceNotConfigured."""
    async with anonymous_transaction(context.pool) as connection:
        sealed = await vault_store.find_sealed(connection, org_id, kind="webhook_source", ref=source)
    if sealed is None:
        raise WebhookSourceNotConfigured(
            "This webhook is not configured. A manager of the org can add it under Automation."
        )
    return cast(dict[str, Any], context.vault.open(sealed, owner_id=org_id, kind="webhook_source", ref=source))


def valid_secrets(opened: dict[str, Any], *, at: float) -> list[str]:
    """Return the secrets that are valid at `at`: the new one, and for a day the one that it replaced."""
    previous = opened.get("previous")
    return [opened["secret"]] + ([previous] if previous and opened.get("previous_until", 0) > at else [])


async def create_source(access: Access, new: NewWebhookSource) -> CreatedWebhookSource:
    """Add a source, or replace its secret; the replaced one stays valid for a day. Raises Forbidden, Invalid."""
    _require_all_artists(access)
    generated = None
    if new.source in ("slack", "meta"):
        if new.secret is None:
            raise Invalid(f"Enter the secret that {new.source.title()} shows for your app.", field="secret")
    elif new.secret is None:
        generated = generate_signing_secret()
    elif not is_signing_secret(new.secret):
        raise Invalid(SIGNING_KEY_FORMAT, field="secret")
    token = secrets.token_urlsafe(24) if new.source == "meta" else None
    sealed_values: dict[str, Any] = {"secret": new.secret or generated, "verify_token": token}
    is_new = await store.create_source(
        access.connection, access.org_id, new.source, created_by=access.principal.user_id
    )
    if not is_new:
        before = await open_secrets(access.context, access.org_id, new.source)
        sealed_values |= {
            "previous": before["secret"],
            "previous_until": int(clock.timestamp()) + ROTATION_SECONDS,
        }
    sealed = access.context.vault.seal(sealed_values, owner_id=access.org_id, kind="webhook_source", ref=new.source)
    await vault_store.put_secret(access.connection, access.org_id, kind="webhook_source", ref=new.source, sealed=sealed)
    await audit(access, "webhook_source.created" if is_new else "webhook_source.secret_changed", new.source)
    shown = show_source(access, await store.get_source(access.connection, access.org_id, new.source))
    return CreatedWebhookSource(**shown.model_dump(), secret=generated, verify_token=token)


async def delete_source(access: Access, source: Source) -> None:
    """Delete a source. The calls received from it stay on record."""
    _require_all_artists(access)
    if not await store.delete_source(access.connection, access.org_id, source):
        raise NotFound("webhook source")
    await vault_store.delete_secret(access.connection, access.org_id, kind="webhook_source", ref=source)
    await audit(access, "webhook_source.deleted", source)


def _require_all_artists(access: Access) -> None:
    if not access.sees_all_artists:
        raise Forbidden("A webhook writes about any artist, and you see some of them. Ask a manager who sees them all.")


def show_source(access: Access, row: Row) -> WebhookSource:
    source = row["source"]
    url = f"{access.context.settings.api_url}/webhooks/{source}?org={access.org_id}"
    return WebhookSource.model_validate({**dict(row), "url": url, "signing": SIGNING[source]})


async def process_webhook(job: JobRun) -> None:
    """Process a received call once and record the result."""
    received_id = UUID(job.args["webhook_event_id"])
    async with job.transaction() as connection:
        call = await store.lock_received(connection, job.org_id, received_id)
        if call is None:
            return
        payload = call["payload"]
        if call["source"] == "insight-created":
            status, note = await _process_insight(job, connection, payload)
        elif call["source"] in ("n8n", "custom") and payload.get("type") == "annotation":
            status, note = await _process_annotation(job, connection, payload)
        else:
            status, note = "processed", "Stored. ARTi does nothing else with calls of this kind."
        await store.finish_received(connection, job.org_id, received_id, status=status, note=note)


async def _process_insight(job: JobRun, connection: Connection, payload: dict[str, Any]) -> tuple[str, str]:
    """Ensure that the insight has its event, which notifies each channel once, however often this is called."""
    if "event_id" in payload:
        if await store.find_insight_event(connection, job.org_id, UUID(payload["event_id"])):
            return "processed", "The event exists already."
        return "failed", "This org has no such event."
    insight_id = UUID(payload["insight_id"])
    insight = await store.lock_insight(connection, job.org_id, insight_id)
    if insight is None:
        return "failed", "This org has no such insight."
    if await store.find_event_of_insight(connection, job.org_id, insight_id):
        return "processed", "The event exists already."
    facts = {"insight_id": str(insight_id), "artist_id": str(insight["artist_id"])}
    await record_event(connection, job.org_id, EventType.INSIGHT_CREATED, facts)
    return "processed", "The event was recorded."


async def _process_annotation(job: JobRun, connection: Connection, payload: dict[str, Any]) -> tuple[str, str]:
    try:
        data = AnnotationData.model_validate(payload.get("data"))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(["data", *(str(part) for part in first["loc"])])
        return "failed", f"{field}: {first['msg']}"
    try:
        entry = NewCalendarEntry(
            artist_id=data.artist_id,
            starts_on=data.occurred_on,
            kind=data.kind,
            title=data.title,
            url=data.url,
        )
        await create_entry(Actor(connection, job.org_id, None, job.worker_context.vault), entry)
    except NotFound:
        return "failed", "data.artist_id: this org has no such artist."
    return "processed", "An entry of the calendar was created."
