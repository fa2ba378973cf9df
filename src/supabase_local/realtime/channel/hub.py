"""Where channels of one name meet: broadcasts among them, and who is present. Knows the channels of this process."""

from collections import defaultdict
from typing import Any

import orjson

from supabase_local.realtime.channel.channel import PREFIX, Channel
from supabase_local.realtime.channel.presence import Presence
from supabase_local.realtime.postgres_changes.pgoutput import Change
from supabase_local.realtime.serializer import Broadcast, Encoded, Frame, Version, encode, encode_broadcast


class Hub:
    def __init__(self) -> None:
        self._channels: dict[tuple[str, bool], set[Channel]] = defaultdict(set)
        self._presences: dict[tuple[str, bool], Presence] = {}

    def join(self, channel: Channel) -> None:
        self._channels[channel.place].add(channel)

    def leave(self, channel: Channel) -> None:
        self.untrack(channel)
        members = self._channels[channel.place]
        members.discard(channel)
        if not members:
            del self._channels[channel.place]

    def broadcast(
        self, place: tuple[str, bool], message: Broadcast | dict[str, Any], *, sender: Channel | None = None
    ) -> None:
        """Send to all who may receive there. A dict is the whole payload as its sender wrote it."""
        topic = PREFIX + place[0]
        number = message.meta.get("id") if isinstance(message, Broadcast) and message.meta else None
        frames: dict[Version, Encoded | None] = {}
        for channel in self._channels.get(place, ()):
            if channel is sender and not channel.config.self_broadcast:
                continue
            if "broadcast" not in channel.access.read or number in channel.replayed:
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

    def deliver(self, change: Change) -> None:
        """Broadcast what the database sent itself: a row of realtime.messages."""
        row = change.new
        if row is None or change.verb != "INSERT" or row.get("extension") != "broadcast":
            return
        topic, event, payload, raw = (row.get(name) for name in ("topic", "event", "payload", "binary_payload"))
        meta = {"id": row.get("id")}
        if not isinstance(topic, str):
            return
        name = event if isinstance(event, str) else ""
        if isinstance(raw, str):
            message = Broadcast(name, bytes.fromhex(raw.removeprefix("\\x")), is_json=False, meta=meta)
        elif isinstance(payload, str):
            message = Broadcast(name, payload.encode(), is_json=True, meta=meta)
        else:
            return
        self.broadcast((topic, row.get("private") == "t"), message)

    def presence_state(self, channel: Channel) -> None:
        presence = self._presences.get(channel.place)
        channel.push("presence_state", presence.state() if presence else {})

    def track(self, channel: Channel, meta: dict[str, Any]) -> None:
        """Say that the channel's person is there, with `meta`; a second time replaces the first."""
        channel.tracks = True
        presence = self._presences.setdefault(channel.place, Presence())
        self._push_presence_diff(channel.place, presence.track(channel, channel.config.presence_key, meta))

    def untrack(self, channel: Channel) -> None:
        presence = self._presences.get(channel.place)
        if presence is None:
            return
        self._push_presence_diff(channel.place, presence.untrack(channel))
        if not presence:
            del self._presences[channel.place]

    def _push_presence_diff(self, place: tuple[str, bool], diff: dict[str, Any] | None) -> None:
        if diff is None:
            return
        text = orjson.Fragment(orjson.dumps(diff))
        frames: dict[Version, str] = {}
        for channel in self._channels.get(place, ()):
            listens = channel.config.presence_enabled or channel.tracks
            if not listens or "presence" not in channel.access.read:
                continue
            version = channel.transport.version
            if version not in frames:
                frames[version] = encode(Frame(PREFIX + place[0], "presence_diff", text), version)
            channel.transport.send(frames[version])
