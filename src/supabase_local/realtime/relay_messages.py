"""What gateways send each other: one line of JSON, then the payload of a broadcast as it is; all of it sealed.

Private broadcasts pass through Redis, and whoever may publish there must not be able to broadcast, so each message is
sealed with a key that is derived from the master key.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from arti_core.crypto import DataKey
from arti_core.errors import Misconfigured
from arti_core.master_keys import MasterKeys
from supabase_local.realtime.channel.presence import Tracked
from supabase_local.realtime.channel.pubsub import Message, TopicKey
from supabase_local.realtime.serializer import Broadcast

_PURPOSE = "realtime messages"


@dataclass(frozen=True, slots=True)
class RelayMessage:
    """`changes` counts the changes of presence that its gateway has made, up to and with this message."""

    gateway: str
    kind: str
    changes: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""

    def encode(self) -> bytes:
        return orjson.dumps([self.gateway, self.kind, self.changes, self.fields]) + b"\n" + self.payload

    @classmethod
    def decode(cls, data: bytes) -> "RelayMessage":
        """Raises ValueError."""
        line, _, payload = data.partition(b"\n")
        gateway, kind, changes, fields = orjson.loads(line)
        return cls(gateway, kind, changes, fields, payload)


class MessageSealer:
    """Seals for one pub/sub channel; opens what any version of the master key has sealed."""

    def __init__(self, keys: MasterKeys, name: str) -> None:
        self._keys = keys
        self._associated = name.encode()
        self._data_keys: dict[int, DataKey] = {}

    def seal(self, data: bytes) -> bytes:
        version = next(iter(self._keys.derive(_PURPOSE)))
        return bytes([version]) + self._data_key(version).seal(data, associated=self._associated)

    def open(self, sealed: bytes) -> bytes:
        """Raises ValueError for what no gateway of this installation has sealed."""
        if not sealed or sealed[0] not in self._keys.derive(_PURPOSE):
            raise ValueError("sealed with another key")
        try:
            return self._data_key(sealed[0]).open(sealed[1:], associated=self._associated)
        except Misconfigured:
            raise ValueError("sealed with another key") from None

    def _data_key(self, version: int) -> DataKey:
        if version not in self._data_keys:
            self._data_keys[version] = DataKey(self._keys.derive(_PURPOSE)[version])
        return self._data_keys[version]


def broadcast_fields(key: TopicKey, message: Message) -> tuple[dict[str, Any], bytes]:
    """Return the fields and the payload of a broadcast."""
    fields: dict[str, Any] = {"topic": key[0], "private": key[1]}
    if isinstance(message, dict):
        return fields, orjson.dumps(message)
    return fields | {"event": message.event, "json": message.is_json, "meta": message.meta}, message.payload


def read_broadcast(message: RelayMessage) -> Message:
    if "event" not in message.fields:
        payload: dict[str, Any] = orjson.loads(message.payload)
        return payload
    fields = message.fields
    return Broadcast(fields["event"], message.payload, is_json=fields["json"], meta=fields["meta"])


def presence_fields(key: TopicKey, number: int, tracked: Tracked | None) -> dict[str, Any]:
    return {"topic": key[0], "private": key[1], "number": number, "tracked": tracked}


def read_presence(fields: dict[str, Any]) -> tuple[TopicKey, int, Tracked | None]:
    tracked = fields["tracked"]
    return (fields["topic"], fields["private"]), fields["number"], (tracked[0], tracked[1]) if tracked else None
