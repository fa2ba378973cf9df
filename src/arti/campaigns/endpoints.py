"""HTTP of campaigns."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.campaigns import service
from arti.campaigns.lift import goals, reading
from arti.campaigns.lift.schemas import Calibration, CampaignLift, GoalOptions
from arti.campaigns.schemas import Campaign, CampaignChange, CampaignDetail, CampaignResult, Cost, NewCampaign, NewCost
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn, SearchText
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page

router = ApiRouter(prefix="/api/campaigns", tags=["campaigns"])

Reader = Annotated[Access, needs(Permission.CAMPAIGNS_READ)]
Writer = Annotated[Access, needs(Permission.CAMPAIGNS_WRITE)]
MoneyWriter = Annotated[Access, needs(Permission.MONEY_WRITE)]


@router.get("")
async def list_campaigns(
    access: Reader,
    artist_id: UUID | None = None,
    q: Annotated[SearchText | None, Query(description="Part of the name.")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    known_on: KnownOn = None,
) -> Page[Campaign]:
    """List campaigns, newest first.

    `known_on` concerns what they added; what else is said of them is that of now.
    """
    return await service.list_campaigns(
        access.connection, access.org_id, artist_id=artist_id, q=q, cursor=cursor, limit=limit, known_on=known_on
    )


@router.get("/goals")
async def list_campaign_goals(access: Reader, artist_id: UUID) -> GoalOptions:
    """List the metrics of an artist that a campaign can aim at: what is counted by day, and what a total gains."""
    return await goals.list_goals(access.connection, access.org_id, artist_id)


@router.get("/calibration")
async def get_lift_calibration(access: Reader) -> Calibration:
    """Say how often the intervals of lifts were right in the org's own past, where nothing happened."""
    return await reading.read_calibration(access.connection, access.org_id)


@router.post("", status_code=201)
async def create_campaign(access: Writer, campaign: NewCampaign) -> CampaignDetail:
    return await service.create_campaign(access, new=campaign)


@router.get("/{campaign_id}")
async def get_campaign(access: Reader, campaign_id: UUID, known_on: KnownOn = None) -> CampaignDetail:
    """Return a campaign with its costs. `known_on` concerns what it added; the rest is that of now."""
    return await service.get_campaign(access.connection, access.org_id, campaign_id, known_on=known_on)


@router.patch("/{campaign_id}")
async def update_campaign(access: Writer, campaign_id: UUID, change: CampaignChange) -> CampaignDetail:
    return await service.update_campaign(access, campaign_id, change=change)


@router.delete("/{campaign_id}", status_code=204)
async def delete_campaign(access: Writer, campaign_id: UUID) -> None:
    await service.delete_campaign(access, campaign_id)


@router.post("/{campaign_id}/costs", status_code=201)
async def add_campaign_cost(access: MoneyWriter, campaign_id: UUID, cost: NewCost) -> Cost:
    """Add the cost of one day."""
    return await service.add_cost(access, campaign_id, new=cost)


@router.put("/{campaign_id}/costs/{cost_id}")
async def update_campaign_cost(access: MoneyWriter, campaign_id: UUID, cost_id: UUID, cost: NewCost) -> Cost:
    return await service.update_cost(access, campaign_id, cost_id, new=cost)


@router.delete("/{campaign_id}/costs/{cost_id}", status_code=204)
async def delete_campaign_cost(access: MoneyWriter, campaign_id: UUID, cost_id: UUID) -> None:
    await service.delete_cost(access, campaign_id, cost_id)


@router.get("/{campaign_id}/result")
async def get_campaign_result(access: Reader, campaign_id: UUID, known_on: KnownOn = None) -> CampaignResult:
    """Compare the goal metric before, during and after the campaign. A difference only: see the lift.

    `known_on` concerns the numbers; costs and targets are those of now.
    """
    return await service.read_result(access.connection, access.org_id, campaign_id, known_on=known_on)


@router.get("/{campaign_id}/lift")
async def get_campaign_lift(access: Reader, campaign_id: UUID, known_on: KnownOn = None) -> CampaignLift:
    """Return what the campaign added to its goal, as a range with what it costs, or why nobody can tell."""
    return await service.read_lift(access.connection, access.org_id, campaign_id, known_on=known_on)
