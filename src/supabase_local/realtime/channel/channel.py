"""A joined channel: its subscriber, its configuration and what its policies allow."""

import itertools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from supabase_local.gateway.authentication import AuthResult
from supabase_local.realtime.postgres_changes.bindings import Binding
from supabase_local.realtime.serializer import Encoded, Frame, Version

PREFIX = "realtime:"
SESSION_ENDED = "Your session has ended, sign in again"

# Claims that differ between two tokens of one session, and that no policy should depend on.
_TOKEN_CLAIMS = frozenset({"iat", "exp", "nbf", "jti"})
_numbers = itertools.count(1)


class JoinRefused(Exception):
    """The channel cannot be joined; the message starts with upstream's code."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A role with its claims as sorted JSON: connections that share both are authorized alike."""

    role: str
    claims: str


def subscriber_of(principal: AuthResult) -> Subscriber:
    claims = {name: value for name, value in principal.claims.items() if name not in _TOKEN_CLAIMS}
    return Subscriber(principal.role, orjson.dumps(claims, option=orjson.OPT_SORT_KEYS).decode())


@dataclass(frozen=True, slots=True)
class ChannelPolicies:
    """The extensions, `broadcast` and `presence`, that the policies of realtime.messages allow on a channel."""

    read: frozenset[str]
    write: frozenset[str]

    def can_read(self, config: "JoinConfig") -> bool:
        """Whether the channel can deliver anything."""
        return "broadcast" in self.read or (config.presence_enabled and "presence" in self.read)


ALLOW_ALL = ChannelPolicies(frozenset({"broadcast", "presence"}), frozenset({"broadcast", "presence"}))
DENY_ALL = ChannelPolicies(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class JoinConfig:
    """The `config` of a phx_join."""

    private: bool = False
    ack: bool = False
    self_broadcast: bool = False
    presence_key: str = ""
    presence_enabled: bool = False
    bindings: tuple[Mapping[str, Any], ...] = ()
    wait: bool = False  # reply to the join only once the replication slot is read
    replay: Mapping[str, Any] | None = None
    replication_ready: bool = False  # send a system message once broadcasts of the database are read


def parse_join_config(payload: object) -> JoinConfig:
    """Parse `config` of a phx_join. Members of another type than expected are ignored."""
    config = _object(payload)
    broadcast, presence = _object(config.get("broadcast")), _object(config.get("presence"))
    bindings = config.get("postgres_changes")
    return JoinConfig(
        private=_is_true(config.get("private")),
        ack=_is_true(broadcast.get("ack")),
        self_broadcast=_is_true(broadcast.get("self")),
        presence_key=_presence_key(presence.get("key")),
        presence_enabled=_is_true(presence.get("enabled")),
        bindings=tuple(binding for binding in bindings if isinstance(binding, dict))
        if isinstance(bindings, list)
        else (),
        wait=_is_true(_object(config.get("postgres_changes_options")).get("wait")),
        replay=_object(broadcast["replay"]) if isinstance(broadcast.get("replay"), dict) else None,
        replication_ready=_is_true(broadcast.get("replication_ready")),
    )


class Transport(Protocol):
    """The part of the socket that channels use."""

    version: Version

    def send(self, data: Encoded) -> None: ...

    def send_frame(self, frame: Frame) -> None: ...


@dataclass(slots=True, eq=False)
class RealtimeChannel:
    topic: str  # with its prefix, as frames carry it
    join_ref: str | None
    principal: AuthResult
    subscriber: Subscriber
    config: JoinConfig
    policies: ChannelPolicies
    transport: Transport
    close: Callable[["RealtimeChannel", str], None]  # with the reason for the client
    fail: Callable[
        ["RealtimeChannel"], None
    ]  # with phx_error, when changes may have been missed: the client joins again
    bindings: tuple[Binding, ...] = ()
    subscription_error: str | None = None  # why its bindings cannot be served
    token: str | None = None
    is_tracking: bool = False
    replayed_ids: frozenset[str] = frozenset()  # of the messages that were replayed when it joined
    presence_calls: int = 0  # since `presence_until` was set
    presence_until: float = 0.0
    number: int = field(default_factory=_numbers.__next__)  # of its own among those of this process

    @property
    def name(self) -> str:
        return self.topic.removeprefix(PREFIX)

    @property
    def pubsub_key(self) -> tuple[str, bool]:
        """Private and public channels of one name are separate topics."""
        return self.name, self.config.private

    def push(self, event: str, payload: dict[str, Any]) -> None:
        """Push a message to the client."""
        self.transport.send_frame(Frame(self.topic, event, payload, None, self.join_ref))

    def system(self, status: str, message: str, extension: str = "system") -> None:
        self.push("system", {"extension": extension, "status": status, "message": message, "channel": self.name})


def permission_lost(channel: RealtimeChannel) -> str:
    return f"You no longer have permission to read from this Channel topic: {channel.name}"


def _is_true(value: object) -> bool:
    """Whether a value is true; as upstream, some clients send it as text."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _presence_key(key: object) -> str:
    if isinstance(key, str):
        return key or str(uuid.uuid4())
    return orjson.dumps(key).decode() if isinstance(key, int | float) else str(uuid.uuid4())


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
