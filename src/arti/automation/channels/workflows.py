"""Workflows of the operator's n8n: registered by the operator for one org, whose channels then name them."""

import re
from uuid import UUID

from arti.automation.channels import n8n, store
from arti.automation.channels.service import address_ref
from arti.settings import Settings
from arti_core import vault_store
from arti_core.crypto import Vault
from arti_core.database import Connection
from arti_core.errors import Conflict, Invalid, NotFound
from arti_core.tenant_client import TenantUrl

_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_MAX_PATH, _MAX_NAME = 200, 120


async def register_workflow(
    connection: Connection, settings: Settings, vault: Vault, org_id: UUID, *, name: str, path: str
) -> tuple[UUID, int]:
    """Register the workflow that listens at <N8N_URL>/webhook/`path` for an org, as the database's owner.

    Channels that had this very address as their URL, which earlier versions allowed, name the workflow from now on.
    Returns the workflow's id and the number of those channels. Raises Invalid or Conflict.
    """
    path = path.strip("/").removeprefix("webhook/")
    if not _PATH.fullmatch(path) or len(path) > _MAX_PATH:
        raise Invalid(
            "The path is that of the webhook node, such as arti/events: letters, digits, -, _ and /.", field="path"
        )
    if not 1 <= len(name) <= _MAX_NAME:
        raise Invalid(f"A workflow needs a name of at most {_MAX_NAME} characters.", field="name")
    if any(row["path"] == path for row in await store.list_workflows(connection, org_id)):
        raise Conflict("This path is registered for the org already. See ./arti n8n list.")
    workflow_id = await store.create_workflow(connection, org_id, name=name, path=path)
    adopted = 0
    for channel in await store.list_n8n_channels_without_workflow(connection, org_id):
        if await _find_path(connection, settings, vault, org_id, channel["id"], channel["host"]) == path:
            await store.assign_workflow(
                connection, org_id, channel["id"], workflow_id, label=name, lifted_reason=TenantUrl.FORM
            )
            adopted += 1
    return workflow_id, adopted


async def remove_workflow(connection: Connection, workflow_id: str) -> None:
    """Remove the workflow whose id starts with `workflow_id`. Its channels stay, and deliver to the mailbox."""
    if not await store.delete_workflow(connection, workflow_id):
        raise NotFound("workflow")


async def _find_path(
    connection: Connection, settings: Settings, vault: Vault, org_id: UUID, channel_id: UUID, host: str | None
) -> str | None:
    """Return the path at the operator's n8n to which a channel without a workflow sent before workflows were."""
    if host is None:
        return n8n.WEBHOOK_PATH
    ref = address_ref(channel_id)
    sealed = await vault_store.list_sealed(connection, org_id, kind="channel", refs=[ref])
    address = str(vault.open(sealed[ref], owner_id=org_id, kind="channel", ref=ref)) if ref in sealed else ""
    base = n8n.build_address(settings, "")
    return address.removeprefix(base) if settings.n8n_url and address.startswith(base) else None
