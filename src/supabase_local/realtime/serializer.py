"""Phoenix frames in both serializations: 1.0.0 is an object, 2.0.0 an array, and broadcasts of 2.0.0 may be binary."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

from supabase_local.gateway.json_io import is_too_deep

Version = Literal[1, 2]
Encoded: TypeAlias = str | bytes  # a text frame, a binary frame
MAX_FRAME_BYTES = 5_000_000

_USER_BROADCAST_PUSH, _USER_BROADCAST = 3, 4  # types of binary frames: from a client, to a client
_RAW, _JSON = 0, 1


class FrameRefused(Exception):
    """Not a frame of the socket's serializer version."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast whose payload is encoded apart from the frame. `payload` is JSON text, or raw bytes."""

    event: str
    payload: bytes
    is_json: bool
    meta: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """`payload` is a Broadcast when the frame was binary."""

    topic: str
    event: str
    payload: dict[str, Any] | Broadcast | orjson.Fragment
    ref: str | None = None
    join_ref: str | None = None

    def member(self, name: str) -> Any:
        """Return a member of the payload, None when there is none."""
        return self.payload.get(name) if isinstance(self.payload, dict) else None


def parse_version(text: str) -> Version | None:
    """Return the serializer version of `vsn`, None for an unknown one; older clients send none and mean 1.0.0."""
    if text in ("", "1.0.0"):
        return 1
    return 2 if text == "2.0.0" else None


def decode(data: Encoded, version: Version) -> Frame:
    """Decode a frame. Raises FrameRefused."""
    if isinstance(data, bytes):
        if version == 1:
            raise FrameRefused
        return _decode_binary(data)
    try:
        raw = orjson.loads(data)
        if version == 2:
            join_ref, ref, topic, event, payload = raw
        else:
            topic, event, payload = raw["topic"], raw["event"], raw["payload"]
            ref, join_ref = raw.get("ref"), raw.get("join_ref")
    except (ValueError, TypeError, KeyError):
        raise FrameRefused from None
    if not isinstance(topic, str) or not isinstance(event, str) or is_too_deep(payload):
        raise FrameRefused
    return Frame(topic, event, payload if isinstance(payload, dict) else {}, _ref(ref), _ref(join_ref))


def _decode_binary(data: bytes) -> Frame:
    if len(data) < 7 or data[0] != _USER_BROADCAST_PUSH:
        raise FrameRefused
    parts, at = [], 7
    for size in data[1:6]:
        parts.append(data[at : at + size])
        at += size
    if at > len(data):
        raise FrameRefused
    payload = data[at:]
    try:
        join_ref, ref, topic, event, _ = (part.decode() for part in parts)
        if data[6] != _RAW:
            orjson.loads(payload)
    except ValueError:
        raise FrameRefused from None
    return Frame(topic, "broadcast", Broadcast(event, payload, data[6] != _RAW), ref or None, join_ref or None)


def encode(frame: Frame, version: Version) -> str:
    """Encode a text frame."""
    if version == 2:
        return orjson.dumps([frame.join_ref, frame.ref, frame.topic, frame.event, frame.payload]).decode()
    members = {"topic": frame.topic, "event": frame.event, "payload": frame.payload, "ref": frame.ref}
    return orjson.dumps(members).decode()


def encode_broadcast(topic: str, broadcast: Broadcast, version: Version) -> Encoded | None:
    """Encode a broadcast to a client. None where the version cannot carry it: 1.0.0 has no raw bytes."""
    names = [topic.encode(), broadcast.event.encode(), orjson.dumps(broadcast.meta) if broadcast.meta else b""]
    if version == 2 and all(len(name) < 256 for name in names):
        head = bytes([_USER_BROADCAST, *map(len, names), _JSON if broadcast.is_json else _RAW])
        return b"".join([head, *names, broadcast.payload])
    if not broadcast.is_json:
        return None
    payload: dict[str, Any] = {
        "type": "broadcast",
        "event": broadcast.event,
        "payload": orjson.Fragment(broadcast.payload),
    }
    if broadcast.meta:
        payload["meta"] = broadcast.meta
    return encode(Frame(topic, "broadcast", payload), version)


def reply(to: Frame, status: Literal["ok", "error"], response: dict[str, Any] | None = None) -> Frame:
    """Return the phx_reply to a frame."""
    return Frame(to.topic, "phx_reply", {"status": status, "response": response or {}}, to.ref, to.join_ref)


def _ref(value: object) -> str | None:
    return None if value is None else str(value)[:255]
