"""HTTP of channels."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from arti.automation.channels import service, store
from arti.automation.channels.schemas import Channel, ChannelChange, CreatedChannel, EnqueuedJob, NewChannel, Workflow
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["automation"])

Reader = Annotated[Access, needs(Permission.AUTOMATION_READ)]
Manager = Annotated[Access, needs(Permission.AUTOMATION_MANAGE)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("/api/channels")
async def list_channels(access: Reader, cursor: str | None = None, limit: Limit = 50) -> Page[Channel]:
    rows = await store.list_channels(access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1)
    return make_page_by_creation([service.show_channel(row, access.context.settings) for row in rows], limit)


@router.post("/api/channels", status_code=201)
async def create_channel(access: Manager, channel: NewChannel) -> CreatedChannel:
    return await service.create_channel(access, channel)


@router.patch("/api/channels/{channel_id}")
async def update_channel(access: Manager, channel_id: UUID, change: ChannelChange) -> Channel:
    return await service.update_channel(access, channel_id, change)


@router.delete("/api/channels/{channel_id}", status_code=204)
async def delete_channel(access: Manager, channel_id: UUID) -> None:
    await service.delete_channel(access, channel_id)


@router.post("/api/channels/{channel_id}/test", status_code=202)
async def test_channel(access: Manager, channel_id: UUID) -> EnqueuedJob:
    """Send a test message. It is a delivery like any other."""
    return EnqueuedJob(job_id=await service.enqueue_test(access, channel_id))


@router.get("/api/n8n-workflows")
async def list_n8n_workflows(access: Reader) -> list[Workflow]:
    """List the workflows that the operator registered for this org, by name."""
    rows = await store.list_workflows(access.connection, access.org_id)
    return [Workflow.model_validate(dict(row)) for row in rows]


@router.get("/api/channels/{channel_id}/workflow")
async def get_channel_workflow(access: Reader, channel_id: UUID) -> dict[str, Any]:
    """Return an n8n workflow that receives the events of this channel, ready to import."""
    return await service.render_channel_workflow(access, channel_id)
