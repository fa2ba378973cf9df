"""HTTP of rules."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.automation.rules import service, store
from arti.automation.rules.schemas import NewRule, Rule, RuleChange
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["automation"])

Reader = Annotated[Access, needs(Permission.AUTOMATION_READ)]
Manager = Annotated[Access, needs(Permission.AUTOMATION_MANAGE)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("/api/rules")
async def list_rules(access: Reader, cursor: str | None = None, limit: Limit = 50) -> Page[Rule]:
    rows = await store.list_rules(access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1)
    return make_page_by_creation([Rule.model_validate(dict(row)) for row in rows], limit)


@router.post("/api/rules", status_code=201)
async def create_rule(access: Manager, rule: NewRule) -> Rule:
    return await service.create_rule(access, rule)


@router.patch("/api/rules/{rule_id}")
async def update_rule(access: Manager, rule_id: UUID, change: RuleChange) -> Rule:
    return await service.update_rule(access, rule_id, change)


@router.delete("/api/rules/{rule_id}", status_code=204)
async def delete_rule(access: Manager, rule_id: UUID) -> None:
    await service.delete_rule(access, rule_id)
