"""Broadcasts and presence among the channels of one topic: here, and through a relay at other gateways."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import orjson

from supabase_local.realtime.channel.channel import PREFIX, RealtimeChannel
from supabase_local.realtime.channel.presence import Presence, Tracked
from supabase_local.realtime.postgres_changes.pgoutput import Change
from supabase_local.realtime.serializer import Broadcast, Encoded, Frame, Version, encode, encode_broadcast

TopicKey: TypeAlias = tuple[str, bool]  # its name, and whether it is private
Message: TypeAlias = Broadcast | dict[str, Any]

_HERE = ""


class Relay(Protocol):
    """Takes what happens here to the other gateways."""

    def broadcast(self, key: TopicKey, message: Message) -> None: ...

    def presence(self, key: TopicKey, number: int, tracked: Tracked | None) -> None: ...


class PubSub:
    def __init__(self) -> None:
        self.relay: Relay | None = None  # none: this is the only gateway
        self._channels: dict[TopicKey, set[RealtimeChannel]] = defaultdict(set)
        self._presences: dict[TopicKey, Presence] = {}

    def join(self, channel: RealtimeChannel) -> None:
        self._channels[channel.pubsub_key].add(channel)

    def leave(self, channel: RealtimeChannel) -> None:
        self.untrack(channel)
        members = self._channels[channel.pubsub_key]
        members.discard(channel)
        if not members:
            del self._channels[channel.pubsub_key]

    def broadcast(self, key: TopicKey, message: Message, *, sender: RealtimeChannel | None = None) -> None:
        """Send to every channel of the topic that may read, at every gateway. A dict is the whole payload."""
        self.deliver(key, message, sender=sender)
        if self.relay is not None:
            self.relay.broadcast(key, message)

    def deliver(self, key: TopicKey, message: Message, *, sender: RealtimeChannel | None = None) -> None:
        """Send to the channels of this gateway alone."""
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
        """Broadcast a row that was inserted into realtime.messages. Every gateway reads it by itself."""
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
        self.deliver((topic, row.get("private") == "t"), message)

    def presence_state(self, channel: RealtimeChannel) -> None:
        presence = self._presences.get(channel.pubsub_key)
        channel.push("presence_state", presence.state() if presence else {})

    def track(self, channel: RealtimeChannel, meta: dict[str, Any]) -> None:
        """Add the presence of a channel with `meta`, or replace its meta."""
        channel.is_tracking = True
        key, member = channel.pubsub_key, (_HERE, channel.number)
        presence = self._presences.setdefault(key, Presence())
        diff = presence.track(member, channel.config.presence_key, meta)
        self._push_presence_diff(key, diff)
        if diff is not None and self.relay is not None:
            self.relay.presence(key, channel.number, presence.tracked(member))

    def untrack(self, channel: RealtimeChannel) -> None:
        if self._replace(channel.pubsub_key, _HERE, {channel.number: None}) and self.relay is not None:
            self.relay.presence(channel.pubsub_key, channel.number, None)

    def list_tracked(self, gateway: str = _HERE) -> list[tuple[TopicKey, int, Tracked]]:
        """Return the presences of a gateway's channels; without an argument, of this one's."""
        return [
            (key, number, tracked)
            for key, presence in self._presences.items()
            for number, tracked in presence.of_gateway(gateway)
        ]

    def put_tracked(self, gateway: str, key: TopicKey, number: int, tracked: Tracked | None) -> None:
        """Put what one channel of another gateway tracks now."""
        self._replace(key, gateway, {number: tracked})

    def put_all_tracked(self, gateway: str, present: list[tuple[TopicKey, int, Tracked]]) -> None:
        """Put what all channels of another gateway track now; nothing when it has ended."""
        changes: dict[TopicKey, dict[int, Tracked | None]] = defaultdict(dict)
        for key, number, _ in self.list_tracked(gateway):
            changes[key][number] = None
        for key, number, tracked in present:
            changes[key][number] = tracked
        for key, of_topic in changes.items():
            self._replace(key, gateway, of_topic)

    def _replace(self, key: TopicKey, gateway: str, changes: Mapping[int, Tracked | None]) -> bool:
        """Put what channels track, and push the difference. Returns whether there is one."""
        presence = self._presences.setdefault(key, Presence())
        diff = presence.replace({(gateway, number): tracked for number, tracked in changes.items()})
        self._push_presence_diff(key, diff)
        if not presence:
            del self._presences[key]
        return diff is not None

    def _push_presence_diff(self, key: TopicKey, diff: dict[str, Any] | None) -> None:
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
