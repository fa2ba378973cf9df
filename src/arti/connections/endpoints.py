"""HTTP endpoints of connected accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, status
from fastapi.responses import RedirectResponse

from arti.connections import health, oauth_flow, service, store
from arti.connections.schemas import (
    Account,
    ConnectAnswer,
    ConnectedAccount,
    ConnectRequest,
    Consent,
    ProviderApp,
    ProviderAppSaved,
    ProviderHealth,
    SyncRequested,
    SyncRun,
)
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, get_context, needs, public
from arti.providers.oauth import AppCredentials
from arti.vocabulary import Permission, Provider
from arti_core.errors import Invalid
from arti_core.paging import MAX_PAGE, Page, make_page, make_page_by_creation, read_cursor, write_cursor

router = ApiRouter(tags=["connections"])

Reader = Annotated[Access, needs(Permission.CONNECTIONS_READ)]
Manager = Annotated[Access, needs(Permission.CONNECTIONS_MANAGE)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
_NOT_GRANTED = "Access was not granted."


@router.get("/api/accounts")
async def list_accounts(
    access: Reader, artist_id: UUID | None = None, cursor: str | None = None, limit: Limit = 50
) -> Page[Account]:
    rows = await store.list_accounts(
        access.connection, access.org_id, artist_id=artist_id, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([Account.model_validate(dict(row)) for row in rows], limit)


@router.post("/api/accounts/connect")
async def connect_account(access: Manager, body: ConnectRequest) -> ConnectAnswer:
    """Start the authorization of an account: open the returned URL in the browser."""
    url = await oauth_flow.begin_connect(
        access.connection,
        access.context,
        access.principal,
        access.org_id,
        artist_id=body.artist_id,
        provider=body.provider,
        return_to=body.return_to,
        profile_url=body.profile_url,
    )
    return ConnectAnswer(authorize_url=url)


@router.get("/api/accounts/callback", status_code=status.HTTP_303_SEE_OTHER, response_class=RedirectResponse)
@public
async def receive_consent(
    request: Request, state: str = "", code: str | None = None, error: str | None = None
) -> RedirectResponse:
    """OAuth callback: hands the provider's answer to the web app, where whoever asked finishes it, signed in."""
    granted = not error and bool(code)
    result = {"consent_state": state, "consent_code": code or ""} if granted else {"connect_error": _NOT_GRANTED}
    return RedirectResponse(
        oauth_flow.return_url(get_context(request).settings, "/accounts/", **result), status.HTTP_303_SEE_OTHER
    )


@router.post("/api/accounts/connect/finish")
async def finish_connection(access: Manager, body: Consent, request: Request) -> ConnectedAccount:
    """Link the account of a consent. Only whoever started it, in the same org, may: nobody links another's account."""
    context, org_id, user_id = access.context, access.org_id, access.principal.user_id
    await access.end()  # the provider may take its time
    pending = await oauth_flow.consume_oauth_state(context.pool, body.state)
    if pending is None or (pending.org_id, pending.user_id) != (org_id, user_id):
        raise Invalid(
            "This request has expired, was used before, or was started by somebody else or in another org. Start again "
            "in this browser.",
            field="state",
        )
    account_id = await oauth_flow.finish_connect(context, pending, code=body.code, request_id=request.state.request_id)
    return ConnectedAccount(account_id=account_id, provider=pending.provider, return_to=pending.return_to)


@router.get("/api/accounts/{account_id}")
async def get_account(access: Reader, account_id: UUID) -> Account:
    return Account.model_validate(dict(await service.get_account(access.connection, access.org_id, account_id)))


@router.post("/api/accounts/{account_id}/sync", status_code=status.HTTP_202_ACCEPTED)
async def sync_account(access: Manager, account_id: UUID) -> SyncRequested:
    """Enqueue a sync. If one is unfinished, its job is returned."""
    return SyncRequested(job_id=await service.sync_now(access.connection, access.org_id, account_id, access.principal))


@router.get("/api/accounts/{account_id}/runs")
async def list_sync_runs(
    access: Reader, account_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[SyncRun]:
    await service.get_account(access.connection, access.org_id, account_id)
    rows = await store.list_runs(
        access.connection, access.org_id, account_id, after=read_cursor(cursor), limit=limit + 1
    )
    runs = [SyncRun.model_validate(dict(row)) for row in rows]
    return make_page(runs, limit, cursor_of=lambda run: write_cursor(run.started_at, run.id))


@router.delete("/api/accounts/{account_id}", status_code=status.HTTP_204_NO_CONTENT)
async def disconnect_account(access: Manager, account_id: UUID, delete_data: bool = False) -> None:
    """Delete the account's tokens; with `delete_data` also the data of its syncs."""
    await service.disconnect(access, account_id, delete_data=delete_data)


@router.get("/providers/{provider}/health")
async def get_provider_health(access: Reader, provider: Provider) -> ProviderHealth:
    return await health.describe_health(access, provider)


@router.put("/api/provider-apps/{provider}")
async def save_provider_app(access: Manager, provider: Provider, app: ProviderApp) -> ProviderAppSaved:
    """Save the org's own OAuth app. The secret is sealed and never returned."""
    credentials = AppCredentials(app.client_id, app.client_secret.get_secret_value())
    await service.save_provider_app(access, provider, credentials)
    return ProviderAppSaved(provider=provider, client_id=app.client_id)
