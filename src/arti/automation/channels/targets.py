"""Targets and secrets of channels as members enter them: what is shown, and what is sealed."""

import base64
import secrets
from typing import NamedTuple

from arti.automation.channels import slack
from arti.automation.channels.schemas import NewTarget
from arti.settings import Settings
from arti_core.contact_addresses import parse_email, parse_phone
from arti_core.errors import Invalid
from arti_core.tenant_client import TenantUrl, UrlNotAllowed

SIGNING_KEY_FORMAT = "A signing secret is whsec_ and 24 to 64 bytes in base64. Leave it out to generate one."
_FIELDS_OF_KIND = {"email": {"address"}, "sms": {"phone"}, "n8n": {"url", "workflow_id"}, "slack": {"label"}}


class ReadTarget(NamedTuple):
    """`shown`: the stored target, which holds no secret. `address` and `signing_secret` are sealed, if given."""

    shown: dict[str, str]
    address: str | None = None
    signing_secret: str | None = None


def read_target(
    settings: Settings, kind: str, given: NewTarget, secret: str | None, *, workflow_name: str | None
) -> ReadTarget:
    """Return what a channel of `kind` stores. `workflow_name`: of the workflow that `given` names.

    Raises Invalid with the field. Calls nothing and looks no name up.
    """
    for field in sorted(given.model_fields_set - _FIELDS_OF_KIND[kind]):
        if getattr(given, field) is not None:
            raise Invalid(f"A channel of kind {kind} has no {field}.", field=f"target.{field}")
    if kind == "email":
        if secret is not None:
            raise Invalid("An e-mail channel has no secret. The operator configures the mail server.", field="secret")
        return _read_email(given.address)
    if kind == "sms":
        if secret is not None:
            raise Invalid("An SMS channel has no secret. The operator configures the sender.", field="secret")
        return _read_phone(given.phone)
    if kind == "slack":
        shown = {"label": given.label} if given.label else {}
        if not secret:
            return ReadTarget(shown)
        try:
            slack.build_address(settings, secret)
        except UrlNotAllowed as error:
            raise Invalid(error.message, field="secret") from None
        return ReadTarget(shown | {"host": slack.HOST}, secret)
    return _read_n8n(given, secret, workflow_name)


def _read_email(text: str | None) -> ReadTarget:
    try:
        return ReadTarget({"address": parse_email(text)} if text is not None else {})
    except ValueError as error:
        raise Invalid(str(error), field="target.address") from None


def _read_phone(text: str | None) -> ReadTarget:
    if text is None:
        return ReadTarget({})
    try:
        phone = parse_phone(text)
    except ValueError as error:
        raise Invalid(str(error), field="target.phone") from None
    return ReadTarget({"phone": mask_phone(phone)}, phone)


def _read_n8n(given: NewTarget, secret: str | None, workflow_name: str | None) -> ReadTarget:
    if secret is not None and not is_signing_secret(secret):
        raise Invalid(SIGNING_KEY_FORMAT, field="secret")
    if workflow_name is not None:
        if given.url:
            raise Invalid("Enter a URL or choose a workflow, not both.", field="target.url")
        return ReadTarget({"label": workflow_name}, None, secret)
    if not given.url:
        return ReadTarget({}, None, secret)
    try:
        url = TenantUrl.parse(given.url)
    except UrlNotAllowed as error:
        raise Invalid(error.message, field="target.url") from None
    return ReadTarget({"host": url.host}, url.text, secret)


def generate_signing_secret() -> str:
    """Return a new Standard Webhooks secret: whsec_ and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def is_signing_secret(text: str) -> bool:
    """Return whether `text` is a Standard Webhooks secret of a safe length."""
    try:
        return text.startswith("whsec_") and 24 <= len(base64.b64decode(text[6:], validate=True)) <= 64
    except ValueError:
        return False


def mask_phone(phone: str) -> str:
    """Return `phone` with all but its first three and last two characters hidden."""
    return phone[:3] + "•" * (len(phone) - 5) + phone[-2:]
