"""Handle the events `broadcast` and `presence` of a joined channel."""

import time

from supabase_local.realtime.channel.channel import RealtimeChannel
from supabase_local.realtime.channel.pubsub import PubSub
from supabase_local.realtime.serializer import Broadcast, Frame, reply

PRIVATE_ONLY = "PrivateOnly: This project only allows private channels"
MAX_PAYLOAD_BYTES = 3_000_000
_MAX_PRESENCE_CALLS, _PRESENCE_WINDOW_SECONDS = 5, 30.0


class ChannelClosed(Exception):
    """The client exceeded a limit; its channel is closed with the message."""


def broadcast(pubsub: PubSub, channel: RealtimeChannel, frame: Frame, size: int) -> Frame | None:
    """Broadcast the payload of `frame`, of `size` bytes. Returns the reply; None when the client wants no ack."""
    message = frame.payload
    if "broadcast" not in channel.policies.write:
        if not channel.config.private:
            return _error(frame, PRIVATE_ONLY)
        return _error(frame, "Unauthorized: You may not send to this topic") if channel.config.ack else None
    if size > MAX_PAYLOAD_BYTES:
        return _error(frame, "payload_size_exceeded")
    if isinstance(message, Broadcast | dict):
        pubsub.broadcast(channel.pubsub_key, message, sender=channel)
    return reply(frame, "ok") if channel.config.ack else None


def presence(pubsub: PubSub, channel: RealtimeChannel, frame: Frame, size: int) -> Frame | None:
    """Track or untrack. Returns an error reply; success is sent before the presence diff. Raises ChannelClosed."""
    if frame.member("event") is None:
        return reply(frame, "ok")
    now = time.monotonic()
    if now > channel.presence_until:
        channel.presence_calls, channel.presence_until = 0, now + _PRESENCE_WINDOW_SECONDS
    if channel.presence_calls >= _MAX_PRESENCE_CALLS:
        raise ChannelClosed("Client presence rate limit exceeded")
    channel.presence_calls += 1
    event, meta = str(frame.member("event")).lower(), frame.member("payload")
    if event == "untrack":
        channel.transport.send_frame(reply(frame, "ok"))
        pubsub.untrack(channel)
        return None
    if event != "track":
        return _error(frame, "UnknownPresenceEvent: track and untrack are known")
    if "presence" not in channel.policies.write:
        return _error(frame, "Unauthorized: You may not be present here" if channel.config.private else PRIVATE_ONLY)
    if meta is not None and not isinstance(meta, dict):
        return _error(frame, "Presence track payload must be a map")
    if size > MAX_PAYLOAD_BYTES:
        raise ChannelClosed("Track message size exceeded")
    channel.transport.send_frame(reply(frame, "ok"))
    first = not channel.is_tracking and not channel.config.presence_enabled
    pubsub.track(channel, meta or {})
    if first and "presence" in channel.policies.read:  # the state was not pushed when it joined
        pubsub.presence_state(channel)
    return None


def _error(frame: Frame, reason: str) -> Frame:
    return reply(frame, "error", {"reason": reason})
