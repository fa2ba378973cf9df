"""Channels: changes with their audit entries, and the destination of a message."""

from typing import Any, Final, cast
from uuid import UUID

from arti.automation.channels import n8n, slack, store, targets
from arti.automation.channels.n8n_template import render_workflow
from arti.automation.channels.schemas import (
    Channel,
    ChannelChange,
    CreatedChannel,
    NewChannel,
    NewTarget,
    Target,
)
from arti.automation.channels.transport import Destination
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Access
from arti.settings import Settings
from arti_core import vault_store
from arti_core.crypto import Vault
from arti_core.database import Connection, Row
from arti_core.errors import Invalid, Misconfigured, NotFound
from arti_core.jobs import enqueue_job
from arti_core.tenant_client import TenantUrl

_NO_WORKFLOW = (
    "It has no workflow, so its messages stay in the mailbox. Enter the URL of your n8n, or choose a workflow that "
    "the operator has registered for your org."
)
_NO_N8N = "The operator has no n8n configured, so its messages stay in the mailbox. Ask for N8N_URL to be set."


# Its handler is above this package: n8n_workflows/jobs.py.
REMOVE_WORKFLOW_JOB: Final = "automation.remove_n8n_workflow"


def address_ref(channel_id: UUID) -> str:
    """Return the vault reference of a channel's address: the Slack or n8n URL, or the phone number."""
    return f"{channel_id}/address"


def signing_ref(channel_id: UUID) -> str:
    """Return the vault reference of a channel's signing secret."""
    return f"{channel_id}/signing"


def is_external(channel: Row, settings: Settings) -> bool:
    """Return whether a service is configured for a channel; else its messages go to the mailbox."""
    if channel["kind"] == "email":
        return settings.sends_mail
    if channel["kind"] == "sms":
        return settings.sends_sms
    if channel["workflow_path"]:
        return bool(settings.n8n_url)
    return bool(channel["target"].get("host"))


def show_channel(row: Row, settings: Settings) -> Channel:
    external = is_external(row, settings)
    problem = None
    if row["kind"] == "n8n" and not external:
        problem = _NO_N8N if row["workflow_path"] else _NO_WORKFLOW
    delivers_to = "external" if external else "mailbox"
    target = Target(**row["target"], workflow_id=row["workflow_id"])
    return Channel.model_validate({**dict(row), "target": target, "delivers_to": delivers_to, "problem": problem})


async def get_channel(access: Access, channel_id: UUID) -> Channel:
    row = await store.find_channel(access.connection, access.org_id, channel_id)
    if row is None:
        raise NotFound("channel")
    return show_channel(row, access.context.settings)


async def create_channel(access: Access, new: NewChannel) -> CreatedChannel:
    """Create a channel. A generated signing secret is in the response and never shown again."""
    if new.kind == "email" and not new.target.address:
        raise Invalid("Enter the e-mail address.", field="target.address")
    if new.kind == "sms" and not new.target.phone:
        raise Invalid("Enter the phone number.", field="target.phone")
    read = await _read_target(access, new.kind, new.target, new.secret)
    generated = targets.generate_signing_secret() if new.kind == "n8n" and read.signing_secret is None else None
    row = await store.create_channel(
        access.connection,
        access.org_id,
        kind=new.kind,
        name=new.name,
        target=read.shown,
        workflow_id=new.target.workflow_id,
        created_by=access.principal.user_id,
    )
    await _seal(access, row["id"], read.address, read.signing_secret or generated)
    await audit(access, "channel.created", row["id"], {"kind": new.kind, "name": new.name})
    channel = show_channel(row, access.context.settings)
    return CreatedChannel(**channel.model_dump(), secret=generated)


async def update_channel(access: Access, channel_id: UUID, change: ChannelChange) -> Channel:
    """Change a channel. A field that is not sent stays as it is, secrets too.

    Who changes where it sends gets what it sends: its rules and its digest run for them from then on.
    """
    before = await get_channel(access, channel_id)
    read = shown = None
    given = change.target or NewTarget()
    if change.target is not None or change.secret is not None:
        read = await _read_target(access, before.kind, given, change.secret)
        kept = before.target.model_dump(exclude_none=True, exclude={"workflow_id"})
        # A URL replaces a workflow and the other way round; anything else that is not sent stays.
        shown = read.shown if given.url or given.workflow_id else kept | read.shown
        if before.kind == "slack" and change.target is not None and given.label is None:
            shown.pop("label", None)
    row = await store.update_channel(
        access.connection,
        access.org_id,
        channel_id,
        name=change.name,
        enabled=change.enabled,
        target=shown,
        workflow_id=given.workflow_id or (None if given.url else before.target.workflow_id),
    )
    if row is None:
        raise NotFound("channel")
    if read is not None:
        await _seal(access, channel_id, read.address, read.signing_secret)
        if read.address or "address" in read.shown or given.workflow_id:
            await store.take_over_channel(access.connection, access.org_id, channel_id)
    if row["workflow_id"] != before.target.workflow_id:
        await _enqueue_removal(access, before.target.workflow_id)
    # Its target may hold a secret, so that of it only the field is named.
    shown_changes = change.model_dump(include={"name", "enabled"}, exclude_none=True)
    about = {
        "name": before.name,
        "changes": changed_values({"name": before.name, "enabled": before.enabled}, shown_changes),
        "fields": sorted(change.model_fields_set - {"name", "enabled"}),
    }
    await audit(access, "channel.changed", channel_id, about)
    return show_channel(row, access.context.settings)


async def delete_channel(access: Access, channel_id: UUID) -> None:
    """Delete a channel with its rules and secrets, and its connected workflow in n8n. Its deliveries stay on record."""
    channel = await get_channel(access, channel_id)
    if not await store.delete_channel(access.connection, access.org_id, channel_id):
        raise NotFound("channel")
    for ref in (address_ref(channel_id), signing_ref(channel_id)):
        await vault_store.delete_secret(access.connection, access.org_id, kind="channel", ref=ref)
    await _enqueue_removal(access, channel.target.workflow_id)
    await audit(access, "channel.deleted", channel_id, {"name": channel.name})


async def _enqueue_removal(access: Access, workflow_id: UUID | None) -> None:
    """Let a worker remove a workflow from n8n that ARTi has made and no channel uses any more."""
    if workflow_id is not None:
        await enqueue_job(
            access.connection,
            access.org_id,
            REMOVE_WORKFLOW_JOB,
            {"workflow_id": str(workflow_id)},
            dedupe_key=f"{REMOVE_WORKFLOW_JOB}:{workflow_id}",
            requested_by=access.principal.user_id,
        )


async def enqueue_test(access: Access, channel_id: UUID) -> UUID | None:
    """Enqueue a test message. Returns None when one is queued already."""
    channel = await get_channel(access, channel_id)
    await audit(access, "channel.tested", channel_id, {"name": channel.name})
    return await enqueue_job(
        access.connection,
        access.org_id,
        "automation.test_channel",
        {"channel_id": str(channel_id)},
        dedupe_key=f"automation.test_channel:{channel_id}",
        requested_by=access.principal.user_id,
    )


async def resolve_destination(
    connection: Connection, org_id: UUID, channel: Row, settings: Settings, vault: Vault
) -> Destination | None:
    """Return where a channel sends, or None while no service is configured for it. For workers.

    Raises UrlNotAllowed for a stored URL that may not be called: versions before this rule accepted others.
    """
    if not is_external(channel, settings):
        return None
    refs = [address_ref(channel["id"]), signing_ref(channel["id"])]
    sealed = await vault_store.list_sealed(connection, org_id, kind="channel", refs=refs)
    opened = {
        ref: cast(str, vault.open(secret, owner_id=org_id, kind="channel", ref=ref)) for ref, secret in sealed.items()
    }
    address, signing_secret = opened.get(refs[0]) or channel["target"].get("address"), opened.get(refs[1], "")
    if channel["kind"] == "slack":
        return Destination(slack.build_address(settings, address or ""))
    if channel["kind"] != "n8n":
        return Destination(address or "")
    if not signing_secret:
        raise Misconfigured("The channel has no signing secret. Give it a new one.")
    if channel["workflow_path"]:
        return Destination(n8n.build_address(settings, channel["workflow_path"]), signing_secret)
    return Destination(signing_secret=signing_secret, tenant_url=TenantUrl.parse(address or ""))


async def render_channel_workflow(access: Access, channel_id: UUID) -> dict[str, Any]:
    """Return the n8n workflow for a channel of kind n8n. Raises Invalid for another kind."""
    channel = await get_channel(access, channel_id)
    if channel.kind != "n8n":
        raise Invalid("Only an n8n channel has a workflow.", field="channel_id")
    org_name = await store.get_org_name(access.connection, access.org_id)
    return render_workflow(org_id=access.org_id, org_name=org_name, site_url=access.context.settings.site_url)


async def _read_target(access: Access, kind: str, given: NewTarget, secret: str | None) -> targets.ReadTarget:
    workflow = None
    if kind == "n8n" and given.workflow_id is not None:
        workflow = await store.find_workflow(access.connection, access.org_id, given.workflow_id)
        if workflow is None:
            raise NotFound("workflow")
    return targets.read_target(
        access.context.settings, kind, given, secret, workflow_name=workflow["name"] if workflow else None
    )


async def _seal(access: Access, channel_id: UUID, address: str | None, signing: str | None) -> None:
    vault: Vault = access.context.vault
    for ref, secret in ((address_ref(channel_id), address), (signing_ref(channel_id), signing)):
        if secret is not None:
            sealed = vault.seal(secret, owner_id=access.org_id, kind="channel", ref=ref)
            await vault_store.put_secret(access.connection, access.org_id, kind="channel", ref=ref, sealed=sealed)
