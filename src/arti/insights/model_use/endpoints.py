"""HTTP of the language model: what it cost, how much it may cost, and a test."""

from typing import Annotated

from arti.insights.model_use import service
from arti.insights.model_use.schemas import ModelLimit, ModelUse
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(prefix="/api/model", tags=["insights"])

Manager = Annotated[Access, needs(Permission.ORG_MANAGE)]


@router.get("")
async def get_model_use(access: Manager) -> ModelUse:
    """Return which model chooses clauses, and what it cost the active org this month."""
    return await service.read_use(access)


@router.put("/limit")
async def put_model_limit(access: Manager, limit: ModelLimit) -> ModelUse:
    """Set how much the active org wants to spend in a month. At the limit ARTi chooses by itself."""
    await service.set_limit(access, limit.monthly_limit)
    return await service.read_use(access)


@router.post("/test", status_code=202)
async def test_model(access: Manager) -> None:
    """Let a worker ask the model once; `tested_at` and `test_error` say how it went."""
    await service.request_test(access)
