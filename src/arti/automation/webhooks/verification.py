"""Verify an inbound webhook call: raw bytes first, then the signature, and only then the content."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import orjson
from fastapi import Request

from arti.automation.signatures import equal_secrets, is_recent, verify_meta, verify_slack, verify_standard
from arti.automation.webhooks.service import WebhookSourceNotConfigured, valid_secrets
from arti_core import clock
from arti_core.errors import ArtiError, Invalid, Unauthorized
from arti_core.request_body import body_of

MAX_BODY_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 32
STANDARD_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
_HEADERS_OF: Final = {
    "slack": ("x-slack-request-timestamp", "x-slack-signature"),
    "meta": ("x-hub-signature-256",),
}


class UnsupportedMediaType(ArtiError):
    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A verified call. `external_id` is the same for each repetition of the call."""

    external_id: str
    payload: dict[str, Any]


def require_plain_json(request: Request) -> None:
    """Raise UnsupportedMediaType for anything but plain JSON."""
    kind = request.headers.get("content-type", "").lower().replace(" ", "")
    if kind not in ("application/json", "application/json;charset=utf-8") or "content-encoding" in request.headers:
        raise UnsupportedMediaType("Send application/json without a Content-Encoding.")


async def read_body(request: Request, *, sender: str) -> bytes:
    """Return the raw bytes, once the headers show who the sender may be. Raises TooLarge beyond 256 KiB."""
    body_of(request.scope).allow(MAX_BODY_BYTES, caller=sender, advice="A webhook may send at most 256 KiB.")
    return await request.body()


def require_insight_headers(request: Request, *, secret: str) -> None:
    """Raise what `check_insight_call` raises for the headers alone, before the body is read."""
    if not secret:
        raise WebhookSourceNotConfigured("This webhook is not configured. Set ARTI_WEBHOOK_SECRET.")
    if any(name.startswith("webhook-") for name in request.headers):
        _require_headers(request, STANDARD_HEADERS)
    elif not equal_secrets(_single_header(request, "authorization"), f"Bearer {secret}"):
        raise _invalid_signature()


def require_source_headers(request: Request, source: str) -> None:
    """Raise Unauthorized when a call of `source` has no signature, or is too old, before the body is read."""
    _require_headers(request, _HEADERS_OF.get(source, STANDARD_HEADERS))


def _require_headers(request: Request, names: tuple[str, ...]) -> None:
    for name in names:
        text = _single_header(request, name)
        if name.endswith("timestamp") and not is_recent(text, now=clock.timestamp()):
            raise _invalid_signature()


def check_insight_call(request: Request, body: bytes, *, secret: str) -> WebhookCall:
    """Verify a call of /webhooks/insight-created, which has one of two forms.

    With webhook-* headers: Standard Webhooks, payload {type: insight.created, data: {org_id, insight_id | event_id}}.
    Without them: a Supabase database webhook on `insights` or `events`, which cannot sign, with the header
    `Authorization: Bearer <the same secret>`. Raises WebhookSourceNotConfigured without a
    secret, Unauthorized for a wrong one.
    """
    if not secret:
        raise WebhookSourceNotConfigured("This webhook is not configured. Set ARTI_WEBHOOK_SECRET.")
    if any(name.startswith("webhook-") for name in request.headers):
        call_id = _check_standard(request, body, [secret])
        return WebhookCall(call_id, _read_insight_call(_parse(body)))
    if not equal_secrets(_single_header(request, "authorization"), f"Bearer {secret}"):
        raise _invalid_signature()
    reference = _read_database_call(_parse(body))
    what = "event_id" if "event_id" in reference else "insight_id"
    return WebhookCall(f"{what}:{reference[what]}", reference)


def check_source_call(request: Request, body: bytes, *, source: str, opened: dict[str, Any]) -> WebhookCall:
    """Verify a call of one org's source with its secret. Raises Unauthorized."""
    valid = valid_secrets(opened, at=clock.timestamp())
    if source == "slack":
        _check_any(
            valid,
            lambda secret: verify_slack(
                secret,
                timestamp=_single_header(request, "x-slack-request-timestamp"),
                signature=_single_header(request, "x-slack-signature"),
                body=body,
                now=clock.timestamp(),
            ),
        )
        payload = _parse(body)
        return WebhookCall(str(payload.get("event_id") or hashlib.sha256(body).hexdigest())[:200], payload)
    if source == "meta":
        signature = _single_header(request, "x-hub-signature-256")
        _check_any(valid, lambda secret: verify_meta(secret, signature=signature, body=body))
        return WebhookCall(hashlib.sha256(body).hexdigest(), _parse(body))
    return WebhookCall(_check_standard(request, body, valid), _parse(body))


def _check_standard(request: Request, body: bytes, secrets: list[str]) -> str:
    call_id = _single_header(request, "webhook-id")
    timestamp, signatures = _single_header(request, "webhook-timestamp"), _single_header(request, "webhook-signature")
    _check_any(
        secrets,
        lambda secret: verify_standard(
            secret, id=call_id, timestamp=timestamp, signatures=signatures, body=body, now=clock.timestamp()
        ),
    )
    return call_id


def _check_any(secrets: list[str], verify: Callable[[str], bool]) -> None:
    # Every secret is tried, so that the time does not reveal which one matches.
    matches = [verify(secret) for secret in secrets]
    if not any(matches):
        raise _invalid_signature()


def _single_header(request: Request, name: str) -> str:
    """Return the header's only value. Missing, empty or repeated is treated as a wrong signature."""
    values = request.headers.getlist(name)
    if len(values) != 1 or not values[0]:
        raise _invalid_signature()
    return values[0]


def _invalid_signature() -> Unauthorized:
    return Unauthorized("The signature is wrong or older than 300 seconds. Check the secret and the sender's clock.")


def _parse(body: bytes) -> dict[str, Any]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Invalid("The body is not valid JSON.", field="body") from None
    if not isinstance(payload, dict):
        raise Invalid("The body must be a JSON object.", field="body")
    level: list[Any] = [payload]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
        if any(isinstance(inner, str) and "\x00" in inner for inner in level):
            raise Invalid("The body contains a NUL character, which cannot be stored.", field="body")
    if level:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.", field="body")
    return payload


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _read_insight_call(payload: dict[str, Any]) -> dict[str, str]:
    """Return {org_id, insight_id} or {org_id, event_id}. Raises Invalid, naming the field."""
    if payload.get("type") != "insight.created":
        raise Invalid("The type must be insight.created.", field="type")
    data = payload.get("data")
    if not isinstance(data, dict):
        raise Invalid("data must be an object.", field="data")
    what = "event_id" if "event_id" in data else "insight_id"
    return {"org_id": _uuid(data, "org_id", "data"), what: _uuid(data, what, "data")}


def _read_database_call(payload: dict[str, Any]) -> dict[str, str]:
    """Return the same from Supabase's payload: {type: INSERT, schema, table, record, old_record}."""
    record, table = payload.get("record"), payload.get("table")
    if payload.get("type") != "INSERT" or payload.get("schema") != "public" or table not in ("insights", "events"):
        raise Invalid("Configure this webhook for inserts into public.insights or public.events.", field="table")
    if not isinstance(record, dict):
        raise Invalid("record must be an object.", field="record")
    if table == "events" and record.get("type") != "insight.created":
        raise Invalid("Only events of type insight.created are accepted here.", field="record.type")
    what = "event_id" if table == "events" else "insight_id"
    return {"org_id": _uuid(record, "org_id", "record"), what: _uuid(record, "id", "record")}


def _uuid(data: dict[str, Any], name: str, where: str) -> str:
    try:
        return str(UUID(data[name]))
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Invalid(f"{name} must be an id.", field=f"{where}.{name}") from None
