"""Remove from n8n a workflow that ARTi has made there, when no channel uses it any more."""

from contextlib import suppress
from uuid import UUID

import structlog

from arti.automation.channels.service import REMOVE_WORKFLOW_JOB as REMOVE_WORKFLOW_JOB
from arti.automation.n8n_workflows import store
from arti.automation.n8n_workflows.client import N8nClient, WorkflowGone, find_api_key
from arti.jobs import JobRun

log = structlog.get_logger()


async def remove_workflow(job: JobRun) -> None:
    """Archive the workflow at n8n, where it can be restored, and delete the credential that it shared with its channel.

    Raises Unavailable while n8n does not answer, so that the job runs again.
    """
    workflow_id = UUID(job.args["workflow_id"])
    async with job.transaction() as connection:
        n8n_id = await store.find_unused(connection, job.org_id, workflow_id)
    if n8n_id is None:
        return
    settings = job.worker_context.settings
    if settings.n8n_url and (key := find_api_key(settings)):
        await _archive(N8nClient(job.worker_context.http_client, settings.n8n_url, key), n8n_id)
    else:
        log.warning("a workflow stays in an n8n that is no longer set", workflow_id=str(workflow_id))
    async with job.transaction() as connection:
        await store.remove_connected(connection, workflow_id)


async def _archive(client: N8nClient, n8n_id: str) -> None:
    with suppress(WorkflowGone):
        workflow = await client.get_workflow(n8n_id)
        if not workflow.get("isArchived"):
            await client.archive_workflow(n8n_id)
        for node in workflow["nodes"]:
            if node["type"] == "n8n-nodes-base.webhook" and "jwtAuth" in node.get("credentials", {}):
                await client.delete_credential(node["credentials"]["jwtAuth"]["id"])
