"""HTTP of inbound webhooks. The receiving routes authenticate callers by the signature alone."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import PlainTextResponse

from arti.automation.signatures import equal_secrets
from arti.automation.webhooks import service, store
from arti.automation.webhooks.schemas import (
    CreatedWebhookSource,
    NewWebhookSource,
    Received,
    Source,
    WebhookEvent,
    WebhookSource,
)
from arti.automation.webhooks.verification import (
    WebhookCall,
    check_insight_call,
    check_source_call,
    read_body,
    require_insight_headers,
    require_plain_json,
    require_source_headers,
)
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, ApiContext, get_context, needs, public
from arti.vocabulary import Permission
from arti_core.database import anonymous_transaction
from arti_core.errors import Unauthorized
from arti_core.paging import MAX_PAGE, Page, make_page, read_cursor, write_cursor

router = ApiRouter(tags=["automation"])

Reader = Annotated[Access, needs(Permission.AUTOMATION_READ)]
Manager = Annotated[Access, needs(Permission.AUTOMATION_MANAGE)]
OrgId = Annotated[str, Query(description="Id of the org that the call is for.")]
_JSON_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}
_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}")


@router.post("/webhooks/insight-created", status_code=202, openapi_extra=_JSON_BODY)
@public
async def receive_insight_created(request: Request) -> Received:
    """Receive that an insight was created, from a Supabase database webhook or a signed caller."""
    context = get_context(request)
    secret = context.settings.arti_webhook_secret.get_secret_value()
    require_plain_json(request)
    require_insight_headers(request, secret=secret)
    body = await read_body(request, sender="insight-created")
    call = check_insight_call(request, body, secret=secret)
    return await _store_call(context, UUID(call.payload["org_id"]), "insight-created", call)


@router.post("/webhooks/{source}", status_code=202, openapi_extra=_JSON_BODY, response_model_exclude_none=True)
@public
async def receive_webhook(request: Request, response: Response, source: Source, org: OrgId) -> Received:
    """Store a signed call of one of the org's sources. It is processed after the response."""
    context = get_context(request)
    org_id = _org_id(org)
    require_plain_json(request)
    require_source_headers(request, source)
    opened = await service.open_secrets(context, org_id, source)
    body = await read_body(request, sender=f"webhooks of {org_id}")
    call = check_source_call(request, body, source=source, opened=opened)
    if source == "slack" and call.payload.get("type") == "url_verification":
        response.status_code = 200
        return Received(status="received", challenge=str(call.payload.get("challenge", ""))[:200])
    return await _store_call(context, org_id, source, call)


@router.get("/webhooks/meta", response_class=PlainTextResponse)
@public
async def verify_meta_webhook(
    request: Request,
    org: OrgId,
    mode: Annotated[str, Query(alias="hub.mode")] = "",
    verify_token: Annotated[str, Query(alias="hub.verify_token")] = "",
    challenge: Annotated[str, Query(alias="hub.challenge")] = "",
) -> PlainTextResponse:
    """Answer Meta's verification request: return the challenge if the token is right."""
    opened = await service.open_secrets(get_context(request), _org_id(org), "meta")
    matches = equal_secrets(verify_token, opened["verify_token"])
    if not matches or mode != "subscribe" or not _CHALLENGE.fullmatch(challenge):
        raise Unauthorized("The verify token does not match the one shown when this webhook was configured.")
    return PlainTextResponse(challenge)


@router.get("/api/webhook-sources")
async def list_webhook_sources(access: Reader) -> Page[WebhookSource]:
    rows = await store.list_sources(access.connection, access.org_id)
    return Page(items=[service.show_source(access, row) for row in rows], next_cursor=None)


@router.post("/api/webhook-sources", status_code=201)
async def create_webhook_source(access: Manager, source: NewWebhookSource) -> CreatedWebhookSource:
    """Add a source, or replace its secret; the replaced one stays valid for a day."""
    return await service.create_source(access, source)


@router.delete("/api/webhook-sources/{source}", status_code=204)
async def delete_webhook_source(access: Manager, source: Source) -> None:
    await service.delete_source(access, source)


@router.get("/api/webhook-events")
async def list_webhook_events(
    access: Reader,
    source: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> Page[WebhookEvent]:
    """List received calls with their results, newest first."""
    rows = await store.list_received(
        access.connection, access.org_id, source=source, after=read_cursor(cursor), limit=limit + 1
    )
    items = [WebhookEvent.model_validate(dict(row)) for row in rows]
    return make_page(items, limit, cursor_of=lambda call: write_cursor(call.received_at, call.id))


def _org_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # The response is that for an org without this source, so that it reveals nothing.
        return UUID(int=0)


async def _store_call(context: ApiContext, org_id: UUID, source: str, call: WebhookCall) -> Received:
    async with anonymous_transaction(context.pool) as connection:
        stored = await store.receive(
            connection, org_id, source=source, external_id=call.external_id, payload=call.payload
        )
    return Received(status="received" if stored else "already_received")
