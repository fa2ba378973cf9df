"""What a client sends to the others on its channel: broadcasts, and that it is present."""

import time

from supabase_local.realtime.channel.channel import Channel
from supabase_local.realtime.channel.hub import Hub
from supabase_local.realtime.serializer import Broadcast, Frame, reply

PRIVATE_ONLY = "PrivateOnly: This project only allows private channels"
MAX_PAYLOAD_BYTES = 3_000_000
_PRESENCE_CALLS, _PRESENCE_SECONDS = 5, 30.0


class ChannelEnded(Exception):
    """The client went too far; its channel is closed with the sentence."""


def broadcast(hub: Hub, channel: Channel, frame: Frame, size: int) -> Frame | None:
    """Send on what `frame` of `size` bytes holds. Returns the answer to the sender, if it is owed one."""
    message = frame.payload
    if "broadcast" not in channel.access.write:
        if not channel.config.private:
            return _error(frame, PRIVATE_ONLY)
        return _error(frame, "Unauthorized: You may not send to this topic") if channel.config.ack else None
    if size > MAX_PAYLOAD_BYTES:
        return _error(frame, "payload_size_exceeded")
    if isinstance(message, Broadcast | dict):
        hub.broadcast(channel.place, message, sender=channel)
    return reply(frame, "ok") if channel.config.ack else None


def presence(hub: Hub, channel: Channel, frame: Frame, size: int) -> Frame | None:
    """Track or untrack. Returns a refusal; what is done is answered before the others are told. Raises ChannelEnded."""
    if frame.member("event") is None:
        return reply(frame, "ok")
    now = time.monotonic()
    if now > channel.presence_until:
        channel.presence_calls, channel.presence_until = 0, now + _PRESENCE_SECONDS
    if channel.presence_calls >= _PRESENCE_CALLS:
        raise ChannelEnded("Client presence rate limit exceeded")
    channel.presence_calls += 1
    event, meta = str(frame.member("event")).lower(), frame.member("payload")
    if event == "untrack":
        channel.transport.send_frame(reply(frame, "ok"))
        hub.untrack(channel)
        return None
    if event != "track":
        return _error(frame, "UnknownPresenceEvent: track and untrack are known")
    if "presence" not in channel.access.write:
        return _error(frame, "Unauthorized: You may not be present here" if channel.config.private else PRIVATE_ONLY)
    if meta is not None and not isinstance(meta, dict):
        return _error(frame, "Presence track payload must be a map")
    if size > MAX_PAYLOAD_BYTES:
        raise ChannelEnded("Track message size exceeded")
    channel.transport.send_frame(reply(frame, "ok"))
    first = not channel.tracks and not channel.config.presence_enabled
    hub.track(channel, meta or {})
    if first and "presence" in channel.access.read:  # it has heard of nobody yet
        hub.presence_state(channel)
    return None


def _error(frame: Frame, reason: str) -> Frame:
    return reply(frame, "error", {"reason": reason})
