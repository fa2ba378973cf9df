"""/realtime/v1: the WebSocket, and both HTTP endpoints for broadcasts."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from arti_core.errors import Invalid
from arti_core.request_body import check_json
from supabase_local.gateway.authentication import Authenticator, AuthResult, KeyRefused, TokenRefused, refuse_key
from supabase_local.gateway.json_io import BodyRefused, is_too_deep, json_answer, read_body
from supabase_local.realtime.channel.channel import SESSION_ENDED, subscriber_of
from supabase_local.realtime.channel.handlers import MAX_PAYLOAD_BYTES, PRIVATE_ONLY
from supabase_local.realtime.context import RealtimeContext
from supabase_local.realtime.serializer import Broadcast
from supabase_local.realtime.socket import realtime_socket

_MAX_MESSAGES = 1000
_MAX_BATCH_BYTES = 8_000_000
_CONTENT_TYPES = ("application/json", "application/octet-stream")


async def broadcast_batch(request: Request) -> Response:
    """Broadcast {messages: [{topic, event, payload, private?}]}; as upstream, those a policy forbids are skipped."""
    principal = _principal(request)
    if isinstance(principal, Response):
        return principal
    try:
        text = await read_body(request, at_most=_MAX_BATCH_BYTES)
        check_json(text)
        body = orjson.loads(text)
    except BodyRefused as refused:
        return json_answer({"message": str(refused)}, 413)
    except Invalid as refused:
        return json_answer({"message": refused.message}, 422)
    except ValueError:
        return json_answer({"message": "Could not parse request body as JSON"}, 400)
    if is_too_deep(body):
        return json_answer({"message": "Could not parse request body as JSON: it is nested too deep"}, 400)
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not messages:
        return json_answer({"errors": {"messages": ["is invalid" if messages else "can't be blank"]}}, 422)
    if len(messages) > _MAX_MESSAGES:
        return json_answer({"message": "Too many messages to broadcast, please reduce the batch size"}, 429)
    errors = [_errors(message) for message in messages]
    if any(errors):
        return json_answer({"errors": {"messages": errors}}, 422)
    context: RealtimeContext = request.app.state.realtime
    if not context.allow_public and not all(message.get("private") is True for message in messages):
        return json_answer({"message": PRIVATE_ONLY}, 403)
    topics = {message["topic"] for message in messages if message.get("private") is True}
    try:
        writable = await _writable(context, principal, topics)
    except _SessionEnded:
        return json_answer({"message": SESSION_ENDED}, 401)
    for message in messages:
        private = message.get("private") is True
        if not private or message["topic"] in writable:
            payload = {"type": "broadcast", "event": message["event"], "payload": message["payload"]}
            context.pubsub.broadcast((message["topic"], private), payload)
    return Response(status_code=202)


async def broadcast_one(request: Request) -> Response:
    """Broadcast the body as one payload: JSON, or raw bytes as application/octet-stream."""
    principal = _principal(request)
    if isinstance(principal, Response):
        return principal
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type not in _CONTENT_TYPES:
        return json_answer({"error": f"Unsupported Media Type. Use {' or '.join(_CONTENT_TYPES)}"}, 415)
    try:
        payload = await read_body(request, at_most=MAX_PAYLOAD_BYTES)
        if content_type == "application/json":
            orjson.loads(payload)
    except BodyRefused:
        return json_answer({"errors": {"payload": ["Payload size exceeds tenant limit"]}}, 422)
    except ValueError:
        return json_answer({"message": "Could not parse request body as JSON"}, 400)
    context: RealtimeContext = request.app.state.realtime
    topic, event = request.path_params["topic"], request.path_params["event"]
    private = request.query_params.get("private") == "true"
    if not private and not context.allow_public:
        return json_answer({"message": PRIVATE_ONLY}, 403)
    try:
        if private and topic not in await _writable(context, principal, {topic}):
            return json_answer({"message": "Unauthorized"}, 403)
    except _SessionEnded:
        return json_answer({"message": SESSION_ENDED}, 401)
    context.pubsub.broadcast((topic, private), Broadcast(event, payload, is_json=content_type == "application/json"))
    return Response(status_code=202)


def _principal(request: Request) -> AuthResult | Response:
    authenticator: Authenticator = request.app.state.authenticator
    try:
        principal = authenticator.principal(request)
    except KeyRefused as refused:
        return refuse_key(refused)
    except TokenRefused:
        principal = None
    return principal or json_answer({"message": "Unauthorized"}, 401)


class _SessionEnded(Exception):
    """The token is valid, but its session has ended or lacks the second factor."""


async def _writable(context: RealtimeContext, principal: AuthResult, topics: set[str]) -> set[str]:
    """Return those of the private `topics` to which `principal` may send. Raises _SessionEnded."""
    if not topics:
        return set()
    subscriber = subscriber_of(principal)
    policies = await context.authorizer.channel_policies([(subscriber, topic) for topic in topics])
    if None in policies.values():
        raise _SessionEnded
    return {topic for (_, topic), channel in policies.items() if channel is not None and "broadcast" in channel.write}


def _errors(message: Any) -> dict[str, list[str]]:
    """Return the validation errors of a message, by member."""
    if not isinstance(message, dict):
        return {"topic": ["is invalid"]}
    errors: dict[str, list[str]] = {}
    for name, member_type in (("topic", str), ("event", str), ("payload", dict)):
        value = message.get(name)
        if value is None or value == "":
            errors[name] = ["can't be blank"]
        elif not isinstance(value, member_type):
            errors[name] = ["is invalid"]
        elif name == "payload" and len(orjson.dumps(value)) > MAX_PAYLOAD_BYTES:
            errors[name] = ["Payload size exceeds tenant limit"]
    return errors


async def ping(request: Request) -> Response:
    """Answer that Realtime is running; upstream's tools call it."""
    return json_answer({"message": "Success"})


ROUTES = [
    WebSocketRoute("/realtime/v1/websocket", realtime_socket),
    Route("/realtime/v1/api/ping", ping, methods=["GET"]),
    Route("/realtime/v1/api/broadcast", broadcast_batch, methods=["POST"]),
    Route("/realtime/v1/api/broadcast/{topic:path}/events/{event:path}", broadcast_one, methods=["POST"]),
]
