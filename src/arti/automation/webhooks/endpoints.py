"""HTTP of inbound webhooks. The two receiving routes need no sign-in: the signature says who calls."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from arti.automation.signatures import same_secret
from arti.automation.webhooks import service, store
from arti.automation.webhooks.schemas import (
    NewWebhookSource,
    Received,
    Source,
    WebhookEvent,
    WebhookSource,
    WebhookSourceMade,
)
from arti.automation.webhooks.verification import WebhookCall, check_insight_call, check_source_call, read_body
from arti.orgs.authorization import Access, ApiContext, get_context, needs, public
from arti.vocabulary import Permission
from arti_core.database import anonymous_transaction
from arti_core.errors import Unauthorized
from arti_core.paging import MAX_PAGE, Page, read_cursor, write_cursor

router = APIRouter()

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
    """Hear that an insight was made, from a Supabase database webhook or any signed caller. Kept, then told once."""
    context = get_context(request)
    body = await read_body(request)
    call = check_insight_call(request, body, secret=context.settings.arti_webhook_secret.get_secret_value())
    return await _store_call(context, UUID(call.payload["org_id"]), "insight-created", call)


@router.post("/webhooks/{source}", status_code=202, openapi_extra=_JSON_BODY, response_model_exclude_none=True)
@public
async def receive_webhook(request: Request, response: Response, source: Source, org: OrgId) -> Received:
    """Keep a signed call of one of the org's sources, and answer before anything is done with it."""
    context = get_context(request)
    body = await read_body(request)
    org_id = _org_id(org)
    opened = await service.open_secrets(context, org_id, source)
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
    """Answer Meta's question whether this address is ours: echo the challenge when the token is the right one."""
    opened = await service.open_secrets(get_context(request), _org_id(org), "meta")
    right = same_secret(verify_token, opened["verify_token"])
    if not right or mode != "subscribe" or not _CHALLENGE.fullmatch(challenge):
        raise Unauthorized("The verify token is not the one that was shown when this webhook was set up.")
    return PlainTextResponse(challenge)


@router.get("/api/webhook-sources")
async def list_webhook_sources(access: Reader) -> Page[WebhookSource]:
    rows = await store.list_sources(access.connection, access.org_id)
    return Page(items=[service.show_source(access, row) for row in rows], next_cursor=None)


@router.post("/api/webhook-sources", status_code=201)
async def create_webhook_source(access: Manager, given: NewWebhookSource) -> WebhookSourceMade:
    """Let a system call in, or change its secret; the one before stays valid for a day."""
    return await service.create_source(access, given)


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
    """List the calls that came in, newest first, with what came of each."""
    rows = await store.list_received(
        access.connection, access.org_id, source=source, after=read_cursor(cursor), limit=limit + 1
    )
    items = [WebhookEvent.model_validate(dict(row)) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].received_at, items[-1].id) if more else None)


def _org_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # As an org without this source: nobody learns from the answer which orgs exist.
        return UUID(int=0)


async def _store_call(context: ApiContext, org_id: UUID, source: str, call: WebhookCall) -> Received:
    async with anonymous_transaction(context.pool) as connection:
        kept = await store.receive(
            connection, org_id, source=source, external_id=call.external_id, payload=call.payload
        )
    return Received(status="received" if kept else "already_received")
