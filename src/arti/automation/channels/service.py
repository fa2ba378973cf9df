"""Channels: validation of targets and secrets, changes with their audit entries, and the destination of a message."""

import base64
import secrets
from typing import Any, cast
from uuid import UUID

from arti.automation.channels import n8n, store
from arti.automation.channels.n8n_template import render_workflow
from arti.automation.channels.schemas import (
    Channel,
    ChannelChange,
    ChannelKind,
    CreatedChannel,
    NewChannel,
    NewTarget,
    Target,
)
from arti.automation.channels.transport import Destination
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.settings import Settings
from arti_core import vault_store
from arti_core.contact_addresses import parse_email, parse_phone
from arti_core.crypto import Vault
from arti_core.database import Connection, Row
from arti_core.errors import Invalid, Misconfigured, NotFound
from arti_core.http_client import AddressNotAllowed, OutboundClient
from arti_core.jobs import enqueue_job

SIGNING_KEY_FORMAT = "A signing secret is whsec_ and 24 to 64 bytes in base64. Leave it out to generate one."
_FIELD_OF_KIND = {"email": "address", "sms": "phone", "n8n": "url", "slack": "label"}


def address_ref(channel_id: UUID) -> str:
    """Return the vault reference of a channel's address: the Slack or n8n URL, or the phone number."""
    return f"{channel_id}/address"


def signing_ref(channel_id: UUID) -> str:
    """Return the vault reference of a channel's signing secret."""
    return f"{channel_id}/signing"


def generate_signing_secret() -> str:
    """Return a new Standard Webhooks secret: whsec_ and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def is_external(kind: str, target: Target, settings: Settings) -> bool:
    """Return whether a service is configured for a channel; else its messages go to the mailbox."""
    if kind == "email":
        return bool(settings.smtp_url.get_secret_value())
    if kind == "sms":
        return bool(settings.twilio_account_sid and settings.twilio_auth_token.get_secret_value())
    return bool(target.host) or (kind == "n8n" and bool(settings.n8n_url))


def show_channel(row: Row, settings: Settings) -> Channel:
    target = Target.model_validate(row["target"])
    delivers_to = "external" if is_external(row["kind"], target, settings) else "mailbox"
    return Channel.model_validate({**dict(row), "target": target, "delivers_to": delivers_to})


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
    shown, address, signing = await _read_target(access.context.http_client, new.kind, new.target, new.secret)
    generated = generate_signing_secret() if new.kind == "n8n" and signing is None else None
    row = await store.create_channel(
        access.connection,
        access.org_id,
        kind=new.kind,
        name=new.name,
        target=_as_json(shown),
        created_by=access.principal.user_id,
    )
    await _seal(access, row["id"], address, signing or generated)
    await audit(access, "channel.created", row["id"], {"kind": new.kind, "name": new.name})
    channel = show_channel(row, access.context.settings)
    return CreatedChannel(**channel.model_dump(), secret=generated)


async def update_channel(access: Access, channel_id: UUID, change: ChannelChange) -> Channel:
    """Change a channel. A field that is not sent stays as it is, secrets too."""
    before = await get_channel(access, channel_id)
    shown = address = signing = None
    if change.target is not None or change.secret is not None:
        target = change.target or NewTarget(label=before.target.label, address=before.target.address)
        shown, address, signing = await _read_target(access.context.http_client, before.kind, target, change.secret)
        shown.host = shown.host or before.target.host
        shown.phone = shown.phone or before.target.phone
        shown.address = shown.address or before.target.address
    row = await store.update_channel(
        access.connection,
        access.org_id,
        channel_id,
        name=change.name,
        enabled=change.enabled,
        target=_as_json(shown) if shown else None,
    )
    if row is None:
        raise NotFound("channel")
    await _seal(access, channel_id, address, signing)
    about = {"name": row["name"], "fields": sorted(change.model_fields_set)}
    await audit(access, "channel.changed", channel_id, about)
    return show_channel(row, access.context.settings)


async def delete_channel(access: Access, channel_id: UUID) -> None:
    """Delete a channel with its rules and secrets. Its deliveries stay on record."""
    if not await store.delete_channel(access.connection, access.org_id, channel_id):
        raise NotFound("channel")
    for ref in (address_ref(channel_id), signing_ref(channel_id)):
        await vault_store.delete_secret(access.connection, access.org_id, kind="channel", ref=ref)
    await audit(access, "channel.deleted", channel_id)


async def enqueue_test(access: Access, channel_id: UUID) -> UUID | None:
    """Enqueue a test message. Returns None when one is queued already."""
    await get_channel(access, channel_id)
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
    """Return where a channel sends, or None while no service is configured for it. For workers."""
    if not is_external(channel["kind"], Target.model_validate(channel["target"]), settings):
        return None
    refs = [address_ref(channel["id"]), signing_ref(channel["id"])]
    sealed = await vault_store.list_sealed(connection, org_id, kind="channel", refs=refs)
    opened = {
        ref: cast(str, vault.open(secret, owner_id=org_id, kind="channel", ref=ref)) for ref, secret in sealed.items()
    }
    address, signing_secret = opened.get(refs[0]) or channel["target"].get("address"), opened.get(refs[1], "")
    if channel["kind"] == "n8n":
        address = address or f"{settings.n8n_url.rstrip('/')}/{n8n.WEBHOOK_PATH}"
        if not signing_secret:
            raise Misconfigured("The channel has no signing secret. Give it a new one.")
    return Destination(address, signing_secret)


async def render_channel_workflow(access: Access, channel_id: UUID) -> dict[str, Any]:
    """Return the n8n workflow for a channel of kind n8n. Raises Invalid for another kind."""
    channel = await get_channel(access, channel_id)
    if channel.kind != "n8n":
        raise Invalid("Only an n8n channel has a workflow.", field="channel_id")
    org_name = await store.get_org_name(access.connection, access.org_id)
    return render_workflow(org_id=access.org_id, org_name=org_name, site_url=access.context.settings.site_url)


async def _read_target(
    http_client: OutboundClient, kind: ChannelKind, given: NewTarget, secret: str | None
) -> tuple[Target, str | None, str | None]:
    """Return the target as it may be shown, and the address and the signing secret to seal."""
    for field in given.model_fields_set - {_FIELD_OF_KIND[kind]}:
        if getattr(given, field) is not None:
            raise Invalid(f"A channel of kind {kind} has no {field}.", field=f"target.{field}")
    if kind == "email":
        if secret is not None:
            raise Invalid("An e-mail channel has no secret. The operator configures the mail server.", field="secret")
        try:
            address = parse_email(given.address) if given.address is not None else None
        except ValueError as error:
            raise Invalid(str(error), field="target.address") from None
        return Target(address=address), None, None
    if kind == "sms":
        if secret is not None:
            raise Invalid("An SMS channel has no secret. The operator configures the sender.", field="secret")
        if given.phone is None:
            return Target(), None, None
        try:
            phone = parse_phone(given.phone)
        except ValueError as error:
            raise Invalid(str(error), field="target.phone") from None
        return Target(phone=mask_phone(phone)), phone, None
    if kind == "slack":
        host = await _check_url(http_client, secret, field="secret") if secret else None
        return Target(host=host, label=given.label), secret or None, None
    if secret is not None and not is_signing_secret(secret):
        raise Invalid(SIGNING_KEY_FORMAT, field="secret")
    host = await _check_url(http_client, given.url, field="target.url") if given.url else None
    return Target(host=host), given.url or None, secret


def mask_phone(phone: str) -> str:
    """Return `phone` with all but its first three and last two characters hidden."""
    return phone[:3] + "•" * (len(phone) - 5) + phone[-2:]


def is_signing_secret(text: str) -> bool:
    """Return whether `text` is a Standard Webhooks secret of a safe length."""
    try:
        return text.startswith("whsec_") and 24 <= len(base64.b64decode(text[6:], validate=True)) <= 64
    except ValueError:
        return False


async def _check_url(http_client: OutboundClient, url: str, *, field: str) -> str:
    try:
        return await http_client.check(url)
    except (AddressNotAllowed, ValueError) as error:
        reason = error.message if isinstance(error, AddressNotAllowed) else "This is not a URL. Use https://host/path."
        raise Invalid(reason, field=field) from None


async def _seal(access: Access, channel_id: UUID, address: str | None, signing: str | None) -> None:
    vault: Vault = access.context.vault
    for ref, secret in ((address_ref(channel_id), address), (signing_ref(channel_id), signing)):
        if secret is not None:
            sealed = vault.seal(secret, owner_id=access.org_id, kind="channel", ref=ref)
            await vault_store.put_secret(access.connection, access.org_id, kind="channel", ref=ref, sealed=sealed)


def _as_json(target: Target) -> dict[str, Any]:
    return target.model_dump(exclude_none=True)
