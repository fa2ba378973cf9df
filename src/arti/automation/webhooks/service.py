"""Who may call in, whether a call is really theirs, and what is done with it after the answer."""

import secrets
from http import HTTPStatus
from typing import Any, Final, cast
from uuid import UUID

from pydantic import ValidationError

from arti.automation.channels.service import is_signing_secret, make_signing_secret
from arti.automation.store import delete_secret, put_secret
from arti.automation.webhooks import store
from arti.automation.webhooks.schemas import AnnotationData, NewWebhookSource, Source, WebhookSource, WebhookSourceMade
from arti.jobs import Job
from arti.orgs.audit import record_audit
from arti.orgs.authorization import Access, ApiContext
from arti.vocabulary import EventType
from arti_core import clock
from arti_core.database import Connection, Row, anonymous_transaction
from arti_core.errors import ArtiError, Invalid, NotFound
from arti_core.outbox import record_event

SIGNING: Final[dict[str, str]] = {
    "n8n": "standard-webhooks",
    "custom": "standard-webhooks",
    "slack": "slack-v0",
    "meta": "x-hub-signature-256",
}
ROTATION_SECONDS: Final = 86_400


class WebhookSourceNotConfigured(ArtiError):
    """No secret is configured. An unknown org answers the same, so that nobody can ask which orgs exist."""

    code = "not_set_up"
    status = HTTPStatus.SERVICE_UNAVAILABLE


async def open_secrets(context: ApiContext, org_id: UUID, source: str) -> dict[str, Any]:
    """Return what was sealed for a source: {secret, verify_token, previous, previous_until}.

    Raises WebhookSourceNotConfigured.
    """
    async with anonymous_transaction(context.pool) as connection:
        sealed = await store.find_sealed(connection, org_id, source)
    if sealed is None:
        raise WebhookSourceNotConfigured(
            "This webhook is not set up. A manager of the org makes its secret under Automation."
        )
    return cast(dict[str, Any], context.vault.open(sealed, owner_id=org_id, kind="webhook_source", ref=source))


def valid_secrets(opened: dict[str, Any], *, now: float) -> list[str]:
    """Return the secrets that are valid now: the new one, and for a day the one that it replaced."""
    previous = opened.get("previous")
    return [opened["secret"]] + ([previous] if previous and opened.get("previous_until", 0) > now else [])


async def create_source(access: Access, given: NewWebhookSource) -> WebhookSourceMade:
    """Let a system call in, or give it a new secret: the old one stays valid for a day."""
    made = None
    if given.source in ("slack", "meta"):
        if given.secret is None:
            raise Invalid(f"Give the secret that {given.source} shows for your app.", field="secret")
    elif given.secret is None:
        made = make_signing_secret()
    elif not is_signing_secret(given.secret):
        raise Invalid(
            "A signing secret is whsec_ and 24 to 64 bytes in base64. Leave it out to get one.", field="secret"
        )
    token = secrets.token_urlsafe(24) if given.source == "meta" else None
    sealing: dict[str, Any] = {"secret": given.secret or made, "verify_token": token}
    is_new = await store.create_source(
        access.connection, access.org_id, given.source, created_by=access.principal.user_id
    )
    if not is_new:
        before = await open_secrets(access.context, access.org_id, given.source)
        sealing |= {"previous": before["secret"], "previous_until": int(clock.timestamp()) + ROTATION_SECONDS}
    sealed = access.context.vault.seal(sealing, owner_id=access.org_id, kind="webhook_source", ref=given.source)
    await put_secret(access.connection, access.org_id, kind="webhook_source", ref=given.source, sealed=sealed)
    await _audit(access, "webhook_source.created" if is_new else "webhook_source.secret_changed", given.source)
    shown = show_source(access, await store.get_source(access.connection, access.org_id, given.source))
    return WebhookSourceMade(**shown.model_dump(), secret=made, verify_token=token)


async def delete_source(access: Access, source: Source) -> None:
    """Let a system call in no more. What it sent stays on record."""
    if not await store.delete_source(access.connection, access.org_id, source):
        raise NotFound("webhook source")
    await delete_secret(access.connection, access.org_id, kind="webhook_source", ref=source)
    await _audit(access, "webhook_source.deleted", source)


def show_source(access: Access, row: Row) -> WebhookSource:
    source = row["source"]
    url = f"{access.context.settings.api_url}/webhooks/{source}?org={access.org_id}"
    return WebhookSource.model_validate({**dict(row), "url": url, "signing": SIGNING[source]})


async def _audit(access: Access, action: str, source: str) -> None:
    await record_audit(
        access.connection,
        org_id=access.org_id,
        actor_id=access.principal.user_id,
        action=action,
        subject_kind="webhook_source",
        subject_id=source,
        request_id=access.principal.request_id,
    )


async def process_webhook(job: Job) -> None:
    """Do the work of a call that was received, once, and note what came of it."""
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
            status, note = "processed", "Kept as it came: nothing is set up to act on it."
        await store.finish_received(connection, job.org_id, received_id, status=status, note=note)


async def _process_insight(job: Job, connection: Connection, payload: dict[str, Any]) -> tuple[str, str]:
    """See to it that the event stands in the outbox, which tells each channel once however often it is called."""
    if "event_id" in payload:
        if await store.find_insight_event(connection, job.org_id, UUID(payload["event_id"])):
            return "processed", "The event is in the outbox."
        return "failed", "There is no such event in this org."
    insight_id = UUID(payload["insight_id"])
    insight = await store.lock_insight(connection, job.org_id, insight_id)
    if insight is None:
        return "failed", "There is no such insight in this org."
    if await store.find_event_of_insight(connection, job.org_id, insight_id):
        return "processed", "The event is in the outbox."
    facts = {"insight_id": str(insight_id), "artist_id": str(insight["artist_id"])}
    await record_event(connection, job.org_id, EventType.INSIGHT_CREATED, facts)
    return "processed", "The event was put into the outbox."


async def _process_annotation(job: Job, connection: Connection, payload: dict[str, Any]) -> tuple[str, str]:
    try:
        data = AnnotationData.model_validate(payload.get("data"))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(["data", *(str(part) for part in first["loc"])])
        return "failed", f"{field}: {first['msg']}"
    if not await store.create_annotation(connection, job.org_id, data):
        return "failed", "data.artist_id: there is no such artist in this org."
    return "processed", "An annotation was made."
