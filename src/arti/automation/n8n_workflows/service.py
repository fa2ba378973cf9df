"""Connect n8n: make channel, credential and workflow in one step, and show what ran."""

import asyncio
import secrets
from contextlib import suppress

import structlog

from arti.automation.channels import service as channels
from arti.automation.channels import store as channel_store
from arti.automation.channels.n8n_template import TEMPLATES, render_workflow
from arti.automation.channels.schemas import NewChannel, NewTarget
from arti.automation.channels.targets import generate_signing_secret
from arti.automation.n8n_workflows import store
from arti.automation.n8n_workflows.client import N8nClient, NotAccepted, find_api_key
from arti.automation.n8n_workflows.schemas import (
    ConnectedWorkflow,
    CreatedConnection,
    N8nConnection,
    NewConnection,
    WorkflowRun,
    WorkflowTemplate,
)
from arti.orgs.authorization import Access
from arti_core.database import Row
from arti_core.errors import ArtiError, Conflict

log = structlog.get_logger()

_SHOWN, _RUNS = 10, 5
_REMOVED = "Its channel was removed. It leaves n8n as soon as n8n answers."
_NO_N8N = "This installation has no n8n. The operator starts one with ./arti up --with-n8n, or sets N8N_URL."
_NO_KEY = "ARTi may not make workflows in n8n. The operator makes an API key there and sets N8N_API_KEY."


def _problem(access: Access) -> str | None:
    settings = access.context.settings
    return _NO_N8N if not settings.n8n_url else None if find_api_key(settings) else _NO_KEY


def _client(access: Access) -> N8nClient:
    """Return n8n's API. Raises Conflict where there is none."""
    if (problem := _problem(access)) is not None:
        raise Conflict(problem)
    settings = access.context.settings
    return N8nClient(access.context.http_client, settings.n8n_url, find_api_key(settings))


async def describe_connection(access: Access) -> N8nConnection:
    problem = _problem(access)
    rows = await store.list_connected(access.connection, access.org_id, _SHOWN)
    workflows = await asyncio.gather(*(_describe(access, row, problem) for row in rows))
    templates = [WorkflowTemplate.model_validate({"name": name, **about}) for name, about in TEMPLATES.items()]
    return N8nConnection(
        can_connect=problem is None,
        problem=problem,
        editor_url=access.context.settings.n8n_editor_base_url or None,
        templates=templates,
        workflows=list(workflows),
    )


async def connect_workflow(access: Access, new: NewConnection) -> CreatedConnection:
    """Make a workflow of a template in n8n, with the channel that sends to it and the credential that they share.

    Raises Conflict without n8n, Unavailable when it does not answer. Nothing is left at n8n when it fails.
    """
    client = _client(access)
    path, secret = f"orgs/{access.org_id}/{secrets.token_hex(8)}", generate_signing_secret()
    credential_id = await client.create_credential(
        f"ARTi: {new.name}"[:120], "jwtAuth", {"keyType": "passphrase", "secret": secret, "algorithm": "HS256"}
    )
    workflow_id = ""
    try:
        workflow = render_workflow(
            org_id=access.org_id,
            org_name=await channel_store.get_org_name(access.connection, access.org_id),
            site_url=access.context.settings.site_url,
            template=new.template,
            path=path,
            credential_id=credential_id,
        )
        workflow_id = await client.create_workflow(workflow | {"name": f"ARTi: {new.name}"[:120]})
        row_id = await store.add_workflow(
            access.connection, access.org_id, name=new.name, path=path, n8n_id=workflow_id, template=new.template
        )
        target = NewTarget(workflow_id=row_id)
        channel = await channels.create_channel(
            access, NewChannel(kind="n8n", name=new.name, target=target, secret=secret)
        )
        next_step = await _publish(client, access, workflow_id, TEMPLATES[new.template]["needs"])
    except BaseException:
        with suppress(ArtiError):
            if workflow_id:
                await client.delete_workflow(workflow_id)
            await client.delete_credential(credential_id)
        raise
    return CreatedConnection(channel=channel, is_active=next_step is None, next_step=next_step)


async def _publish(client: N8nClient, access: Access, workflow_id: str, needs: str) -> str | None:
    """Publish a workflow that needs nothing else. Returns what is left to do."""
    has_editor = bool(access.context.settings.n8n_editor_base_url)
    begin = "Open the workflow in n8n" if has_editor else "Ask the operator to open the workflow in n8n"
    if needs:
        return f"{begin}: {needs} Then publish it there."
    try:
        await client.publish_workflow(workflow_id)
    except NotAccepted as error:
        log.warning("n8n does not publish a workflow", workflow_id=workflow_id)
        return f"{begin} and publish it there. {error.message}"
    return None


async def _describe(access: Access, row: Row, problem: str | None) -> ConnectedWorkflow:
    columns = {name: row[name] for name in ("id", "name", "template", "channel_id")}
    if row["channel_id"] is None:
        problem = _REMOVED
    shown = ConnectedWorkflow(**columns, is_active=False, runs=[], problem=problem)
    if problem is not None:
        return shown
    client = _client(access)
    try:
        workflow = await client.get_workflow(row["n8n_id"])
        executions = await client.list_executions(row["n8n_id"], _RUNS)
    except NotAccepted:
        return shown.model_copy(update={"problem": "It is no longer in n8n. Delete its channel, and connect another."})
    except ArtiError as error:
        return shown.model_copy(update={"problem": error.message})
    runs = [
        WorkflowRun(
            id=str(run["id"]),
            status=str(run.get("status") or "unknown"),
            started_at=run.get("startedAt"),
            stopped_at=run.get("stoppedAt"),
        )
        for run in executions
    ]
    return shown.model_copy(update={"is_active": bool(workflow.get("active")), "runs": runs})
