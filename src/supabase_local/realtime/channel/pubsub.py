"""Broadcasts and presence among the channels of one topic, within this process."""

from collections import defaultdict
from typing import Any

import orjson

from supabase_local.realtime.channel.channel import PREFIX, RealtimeChannel
from supabase_local.realtime.channel.presence import Presence
from supabase_local.realtime.postgres_changes.pgoutput import Change
from supabase_local.realtime.serializer import Broadcast, Encoded, Frame, Version, encode, encode_broadcast


class PubSub:
    def __init__(self) -> None:
        self._channels: dict[tuple[str, bool], set[RealtimeChannel]] = defaultdict(set)
        self._presences: dict[tuple[str, bool], Presence] = {}

    def join(self, channel: RealtimeChannel) -> None:
        self._channels[channel.pubsub_key].add(channel)

    def leave(self, channel: RealtimeChannel) -> None:
        self.untrack(channel)
        members = self._channels[channel.pubsub_key]
        members.discard(channel)
        if not members:
            del self._channels[channel.pubsub_key]

    def broadcast(
        self, key: tuple[str, bool], message: Broadcast | dict[str, Any], *, sender: RealtimeChannel | None = None
    ) -> None:
        """Send to every channel of the topic that may read. A dict is the whole payload as the sender wrote it."""
        topic = PREFIX + key[0]
        message_id = message.meta.get("id") if isinstance(message, Broadcast) and message.meta else None
        frames: dict[Version, Encoded | None] = {}
        for channel in self._channels.get(key, ()):
            if channel is sender and not channel.config.self_broadcast:
                continue
            if "broadcast" not in channel.policies.read or message_id in channel.replayed_ids:
                continue
            version = channel.transport.version
            if version not in frames:
                frames[version] = (
                    encode_broadcast(topic, message, version)
                    if isinstance(message, Broadcast)
                    else encode(Frame(topic, "broadcast", message), version)
                )
            if (frame := frames[version]) is not None:
                channel.transport.send(frame)

    def broadcast_message_row(self, change: Change) -> None:
        """Broadcast a row that was inserted into realtime.messages."""
        row = change.new
        if row is None or change.verb != "INSERT" or row.get("extension") != "broadcast":
            return
        topic, event, payload, binary_payload = (
            row.get(name) for name in ("topic", "event", "payload", "binary_payload")
        )
        meta = {"id": row.get("id")}
        if not isinstance(topic, str):
            return
        name = event if isinstance(event, str) else ""
        if isinstance(binary_payload, str):
            message = Broadcast(name, bytes.fromhex(binary_payload.removeprefix("\\x")), is_json=False, meta=meta)
        elif isinstance(payload, str):
            message = Broadcast(name, payload.encode(), is_json=True, meta=meta)
        else:
            return
        self.broadcast((topic, row.get("private") == "t"), message)

    def presence_state(self, channel: RealtimeChannel) -> None:
        presence = self._presences.get(channel.pubsub_key)
        channel.push("presence_state", presence.state() if presence else {})

    def track(self, channel: RealtimeChannel, meta: dict[str, Any]) -> None:
        """Add the presence of a channel with `meta`, or replace its meta."""
        channel.is_tracking = True
        presence = self._presences.setdefault(channel.pubsub_key, Presence())
        self._push_presence_diff(channel.pubsub_key, presence.track(channel, channel.config.presence_key, meta))

    def untrack(self, channel: RealtimeChannel) -> None:
        presence = self._presences.get(channel.pubsub_key)
        if presence is None:
            return
        self._push_presence_diff(channel.pubsub_key, presence.untrack(channel))
        if not presence:
            del self._presences[channel.pubsub_key]

    def _push_presence_diff(self, key: tuple[str, bool], diff: dict[str, Any] | None) -> None:
        if diff is None:
            return
        text = orjson.Fragment(orjson.dumps(diff))
        frames: dict[Version, str] = {}
        for channel in self._channels.get(key, ()):
            receives = channel.config.presence_enabled or channel.is_tracking
            if not receives or "presence" not in channel.policies.read:
                continue
            version = channel.transport.version
            if version not in frames:
                frames[version] = encode(Frame(PREFIX + key[0], "presence_diff", text), version)
            channel.transport.send(frames[version])
