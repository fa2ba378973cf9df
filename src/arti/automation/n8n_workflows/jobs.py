"""Remove from n8n what ARTi has made there: a workflow that no channel uses any more, and all of a deleted org."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog

from arti.automation.channels.service import REMOVE_WORKFLOW_JOB as REMOVE_WORKFLOW_JOB
from arti.automation.n8n_workflows import store
from arti.automation.n8n_workflows.client import N8nClient, WorkflowGone, find_client
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
    if (client := find_client(job.worker_context.settings, job.worker_context.http_client)) is not None:
        await _archive(client, n8n_id)
    else:
        log.warning("a workflow stays in an n8n that is no longer set", workflow_id=str(workflow_id))
    async with job.transaction() as connection:
        await store.remove_connected(connection, workflow_id)


async def delete_workflows(client: N8nClient, org_id: UUID) -> int:
    """Delete from n8n every workflow under the paths of an org, with its runs and the credential of its webhook.

    Those of channels that were removed before are archived there, and go too. Returns how many there were.
    Raises Unavailable while n8n does not answer.
    """
    prefix = f"orgs/{org_id}/"
    found = [w async for w in client.list_workflows() if any(_path(node).startswith(prefix) for node in _webhooks(w))]
    for workflow in found:
        await _delete_credentials(client, workflow)
        with suppress(WorkflowGone):
            if not workflow.get("isArchived"):
                await client.archive_workflow(workflow["id"])
            await client.remove_workflow(workflow["id"])
    return len(found)


async def _archive(client: N8nClient, n8n_id: str) -> None:
    with suppress(WorkflowGone):
        workflow = await client.get_workflow(n8n_id)
        if not workflow.get("isArchived"):
            await client.archive_workflow(n8n_id)
        await _delete_credentials(client, workflow)


async def _delete_credentials(client: N8nClient, workflow: Mapping[str, Any]) -> None:
    for node in _webhooks(workflow):
        if "jwtAuth" in node.get("credentials", {}):
            with suppress(WorkflowGone):
                await client.delete_credential(node["credentials"]["jwtAuth"]["id"])


def _webhooks(workflow: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (node for node in workflow["nodes"] if node["type"] == "n8n-nodes-base.webhook")


def _path(webhook: Mapping[str, Any]) -> str:
    return str(webhook["parameters"].get("path", ""))
