"""Phoenix frames in both serialisations: 1.0.0 is an object, 2.0.0 is an array."""

from dataclasses import dataclass
from typing import Any, Literal

import orjson

Version = Literal[1, 2]
MAX_FRAME_BYTES = 1024 * 1024


class FrameRefused(Exception):
    """Not a frame of the version that the socket speaks."""


@dataclass(frozen=True, slots=True)
class Frame:
    topic: str
    event: str
    payload: dict[str, Any]
    ref: str | None = None
    join_ref: str | None = None


def parse_version(text: str) -> Version | None:
    """Return the version that a client asks for; older clients name none and mean 1.0.0."""
    if text in ("", "1.0.0"):
        return 1
    return 2 if text == "2.0.0" else None


def decode(text: str, version: Version) -> Frame:
    """Read a text frame. Raises FrameRefused."""
    try:
        raw = orjson.loads(text)
        if version == 2:
            join_ref, ref, topic, event, payload = raw
        else:
            topic, event, payload = raw["topic"], raw["event"], raw["payload"]
            ref, join_ref = raw.get("ref"), raw.get("join_ref")
    except (ValueError, TypeError, KeyError):
        raise FrameRefused from None
    if not isinstance(topic, str) or not isinstance(event, str):
        raise FrameRefused
    return Frame(topic, event, payload if isinstance(payload, dict) else {}, _ref(ref), _ref(join_ref))


def encode(frame: Frame, version: Version) -> str:
    if version == 2:
        return orjson.dumps([frame.join_ref, frame.ref, frame.topic, frame.event, frame.payload]).decode()
    shown = {"topic": frame.topic, "event": frame.event, "payload": frame.payload, "ref": frame.ref}
    return orjson.dumps(shown).decode()


def reply(to: Frame, status: Literal["ok", "error"], response: dict[str, Any] | None = None) -> Frame:
    """Answer the frame `to`."""
    return Frame(to.topic, "phx_reply", {"status": status, "response": response or {}}, to.ref, to.join_ref)


def _ref(value: object) -> str | None:
    return None if value is None else str(value)
