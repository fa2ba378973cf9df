"""`./arti n8n add|list|remove`: which workflows of the operator's n8n an org's channels may name."""

import asyncio
import sys
from uuid import UUID

from arti.automation.channels import store, workflows
from arti_core.crypto import Vault
from arti_core.database import Connection
from arti_core.errors import Invalid, Misconfigured
from local_stack.commands.owner import connect_as_owner
from local_stack.n8n.install import VERSION, install_n8n


def install(*, accept_licence: bool) -> str:
    """Show n8n's licence, and install it when it is accepted. Returns what was done, in a sentence."""

    def accept(licence: str) -> bool:
        print(licence, flush=True)
        if accept_licence or not sys.stdin.isatty():
            return accept_licence
        return input("Accept the licence and install it? [y/N] ").strip().lower() in ("y", "yes")

    program = asyncio.run(install_n8n(accept))
    return f"n8n {VERSION} is installed: {program}. ./arti up --with-n8n starts it."


async def add(*, org: str | None, name: str, path: str) -> str:
    """Register a workflow for an org. Returns what was done, in a sentence."""
    connection, environment = await connect_as_owner()
    try:
        settings = environment.settings()
        if not settings.n8n_url:
            raise Misconfigured("N8N_URL is not set. Set it to the address of your n8n, for ARTi's services too.")
        async with connection.transaction():
            org_id = await _find_org(connection, org)
            vault = Vault(settings.master_keys())
            workflow_id, adopted = await workflows.register_workflow(
                connection, settings, vault, org_id, name=name, path=path
            )
    finally:
        await connection.close()
    moved = f" {adopted} of its channels use it from now on." if adopted else ""
    return f"Registered {workflow_id}.{moved} Managers of the org can choose it for a channel."


async def list_lines() -> list[str]:
    """Return one line for each registered workflow, by org and name."""
    connection, _ = await connect_as_owner()
    try:
        rows = await store.list_all_workflows(connection)
    finally:
        await connection.close()
    return [f"{row['id']}  {row['org_name']}  {row['name']}  webhook/{row['path']}" for row in rows]


async def remove(workflow_id: str) -> None:
    """Remove the workflow whose id starts with `workflow_id`. Raises NotFound."""
    connection, _ = await connect_as_owner()
    try:
        await workflows.remove_workflow(connection, workflow_id)
    finally:
        await connection.close()


async def _find_org(connection: Connection, name: str | None) -> UUID:
    rows = await store.list_orgs_by_name(connection, name)
    if len(rows) == 1:
        return UUID(str(rows[0]["id"]))
    known = ", ".join(f"{row['name']} ({row['id']})" for row in rows) or "none of this name"
    raise Invalid(f"Name the org with --org NAME or its id. There are: {known}.", field="org")
