"""HTTP of workflows that ARTi makes in n8n."""

from typing import Annotated

from arti.automation.n8n_workflows import service
from arti.automation.n8n_workflows.schemas import CreatedConnection, N8nConnection, NewConnection
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(tags=["automation"])


@router.get("/api/n8n")
async def get_n8n(access: Annotated[Access, needs(Permission.AUTOMATION_READ)]) -> N8nConnection:
    """Whether workflows can be connected, the templates, and the workflows with their last runs."""
    return await service.describe_connection(access)


@router.post("/api/n8n/workflows", status_code=201)
async def connect_n8n_workflow(
    access: Annotated[Access, needs(Permission.AUTOMATION_MANAGE)], connection: NewConnection
) -> CreatedConnection:
    """Make a workflow of a template in n8n, with its channel and their shared secret."""
    return await service.connect_workflow(access, connection)
