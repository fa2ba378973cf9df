"""What channels are: how they are checked, sealed, changed and written down in the audit log."""

import base64
import secrets
from typing import Any
from uuid import UUID

from arti.automation import store
from arti.automation.channels.n8n_template import render_workflow
from arti.automation.deliveries.event_context import find_org_name
from arti.automation.schemas import Channel, ChannelChange, ChannelKind, ChannelMade, NewChannel, Target, TargetGiven
from arti.orgs.audit import record_audit
from arti.orgs.authorization import Access
from arti.settings import Settings
from arti_core.contact_addresses import parse_email, parse_phone
from arti_core.crypto import Vault
from arti_core.database import Row
from arti_core.errors import Invalid, NotFound
from arti_core.http_client import AddressNotAllowed, OutboundClient
from arti_core.jobs import enqueue_job

HOW_TO_SIGN = "A signing secret is whsec_ and 24 to 64 bytes in base64. Leave it out to get one."
_FIELD_OF_KIND = {"email": "address", "sms": "phone", "n8n": "url", "slack": "label"}


def address_ref(channel_id: UUID) -> str:
    """Return where in the vault a channel keeps its address: the Slack or n8n URL, or the phone number."""
    return f"{channel_id}/address"


def signing_ref(channel_id: UUID) -> str:
    """Return where in the vault a channel keeps the secret with which calls are signed."""
    return f"{channel_id}/signing"


def make_signing_secret() -> str:
    """Return a new Standard Webhooks secret: whsec_ and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def is_external(kind: str, target: Target, settings: Settings) -> bool:
    """Say whether anything outside is configured for a channel; else its messages stay in the mailbox."""
    if kind == "email":
        return bool(settings.smtp_url.get_secret_value())
    if kind == "sms":
        return bool(settings.twilio_account_sid and settings.twilio_auth_token.get_secret_value())
    return bool(target.host) or (kind == "n8n" and bool(settings.n8n_url))


def show_channel(row: Row, settings: Settings) -> Channel:
    target = Target.model_validate(row["target"])
    leads = "outside" if is_external(row["kind"], target, settings) else "mailbox"
    return Channel.model_validate({**dict(row), "target": target, "leads": leads})


async def get_channel(access: Access, channel_id: UUID) -> Channel:
    row = await store.find_channel(access.connection, access.org_id, channel_id)
    if row is None:
        raise NotFound("channel")
    return show_channel(row, access.context.settings)


async def create_channel(access: Access, given: NewChannel) -> ChannelMade:
    """Make a channel. An n8n channel gets a signing secret, which is in the answer and never shown again."""
    if given.kind == "email" and not given.target.address:
        raise Invalid("Say which address the mail goes to.", field="target.address")
    if given.kind == "sms" and not given.target.phone:
        raise Invalid("Say which number the message goes to.", field="target.phone")
    shown, address, signing = await _read_target(access.context.http_client, given.kind, given.target, given.secret)
    made = make_signing_secret() if given.kind == "n8n" and signing is None else None
    row = await store.create_channel(
        access.connection,
        access.org_id,
        kind=given.kind,
        name=given.name,
        target=_plain(shown),
        created_by=access.principal.user_id,
    )
    await _seal(access, row["id"], address, signing or made)
    await audit(access, "channel.created", "channel", row["id"], {"kind": given.kind, "name": given.name})
    channel = show_channel(row, access.context.settings)
    return ChannelMade(**channel.model_dump(), secret=made)


async def update_channel(access: Access, channel_id: UUID, change: ChannelChange) -> Channel:
    """Change a channel. A field that is not sent stays as it is, secrets too."""
    before = await get_channel(access, channel_id)
    shown = address = signing = None
    if change.target is not None or change.secret is not None:
        target = change.target or TargetGiven(label=before.target.label, address=before.target.address)
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
        target=_plain(shown) if shown else None,
    )
    if row is None:
        raise NotFound("channel")
    await _seal(access, channel_id, address, signing)
    about = {"name": row["name"], "fields": sorted(change.model_fields_set)}
    await audit(access, "channel.changed", "channel", channel_id, about)
    return show_channel(row, access.context.settings)


async def delete_channel(access: Access, channel_id: UUID) -> None:
    """Remove a channel with its rules and secrets. What it sent stays on record."""
    if not await store.delete_channel(access.connection, access.org_id, channel_id):
        raise NotFound("channel")
    for ref in (address_ref(channel_id), signing_ref(channel_id)):
        await store.delete_secret(access.connection, access.org_id, kind="channel", ref=ref)
    await audit(access, "channel.deleted", "channel", channel_id, {})


async def enqueue_test(access: Access, channel_id: UUID) -> UUID | None:
    """Owe the channel a test message. Returns None when one is on its way already."""
    await get_channel(access, channel_id)
    return await enqueue_job(
        access.connection,
        access.org_id,
        "automation.test_channel",
        {"channel_id": str(channel_id)},
        dedupe_key=f"automation.test_channel:{channel_id}",
        requested_by=access.principal.user_id,
    )


async def render_channel_workflow(access: Access, channel_id: UUID) -> dict[str, Any]:
    """Return the n8n workflow for a channel of kind n8n. Raises Invalid for another kind."""
    channel = await get_channel(access, channel_id)
    if channel.kind != "n8n":
        raise Invalid("Only a channel of kind n8n has a workflow.", field="channel_id")
    org_name = await find_org_name(access.connection, access.org_id)
    return render_workflow(org_id=access.org_id, org_name=org_name, site_url=access.context.settings.site_url)


async def _read_target(
    http_client: OutboundClient, kind: ChannelKind, given: TargetGiven, secret: str | None
) -> tuple[Target, str | None, str | None]:
    """Return what may be shown of a target, the address to seal, and the signing secret to seal."""
    for field in given.model_fields_set - {_FIELD_OF_KIND[kind]}:
        if getattr(given, field) is not None:
            raise Invalid(f"A channel of kind {kind} takes no {field}.", field=f"target.{field}")
    if kind == "email":
        if secret is not None:
            raise Invalid("An e-mail channel has no secret; the mail server is set by the operator.", field="secret")
        try:
            address = parse_email(given.address) if given.address is not None else None
        except ValueError as error:
            raise Invalid(str(error), field="target.address") from None
        return Target(address=address), None, None
    if kind == "sms":
        if secret is not None:
            raise Invalid("An SMS channel has no secret; the sender is set by the operator.", field="secret")
        if given.phone is None:
            return Target(), None, None
        try:
            phone = parse_phone(given.phone)
        except ValueError as error:
            raise Invalid(str(error), field="target.phone") from None
        return Target(phone=mask_phone(phone)), phone, None
    if kind == "slack":
        host = await _checked_host(http_client, secret, field="secret") if secret else None
        return Target(host=host, label=given.label), secret or None, None
    if secret is not None and not is_signing_secret(secret):
        raise Invalid(
            "A signing secret is whsec_ and 24 to 64 bytes in base64. Leave it out to get one.", field="secret"
        )
    host = await _checked_host(http_client, given.url, field="target.url") if given.url else None
    return Target(host=host), given.url or None, secret


def mask_phone(phone: str) -> str:
    """Return `phone` with all but its first three and last two characters hidden."""
    return phone[:3] + "•" * (len(phone) - 5) + phone[-2:]


def is_signing_secret(text: str) -> bool:
    """Say whether `text` is a Standard Webhooks secret of a safe length."""
    try:
        return text.startswith("whsec_") and 24 <= len(base64.b64decode(text[6:], validate=True)) <= 64
    except ValueError:
        return False


async def _checked_host(http_client: OutboundClient, url: str, *, field: str) -> str:
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
            await store.put_secret(access.connection, access.org_id, kind="channel", ref=ref, sealed=sealed)


def _plain(target: Target) -> dict[str, Any]:
    return target.model_dump(exclude_none=True)


async def audit(access: Access, action: str, subject_kind: str, subject_id: UUID, details: dict[str, Any]) -> None:
    """Write down what the caller did, in the transaction in which they did it."""
    await record_audit(
        access.connection,
        org_id=access.org_id,
        actor_id=access.principal.user_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        details=details,
        request_id=access.principal.request_id,
    )
