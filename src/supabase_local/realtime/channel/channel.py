"""A joined channel: who listens, to what, and what they may do there."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from supabase_local.gateway.authentication import AuthResult
from supabase_local.realtime.postgres_changes.bindings import Binding
from supabase_local.realtime.serializer import Encoded, Frame, Version

PREFIX = "realtime:"

# Claims that only say when the token was made do not set two tabs of one person apart.
_TIMES = frozenset({"iat", "exp", "nbf", "jti"})


class JoinRefused(Exception):
    """The channel cannot be joined as asked; the sentence says why, after upstream's code for it."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Those for whom every policy decides alike: one role with the same claims, as sorted JSON."""

    role: str
    claims: str


def audience_of(principal: AuthResult) -> Audience:
    claims = {name: value for name, value in principal.claims.items() if name not in _TIMES}
    return Audience(principal.role, orjson.dumps(claims, option=orjson.OPT_SORT_KEYS).decode())


@dataclass(frozen=True, slots=True)
class Access:
    """What the policies of realtime.messages allow on a private channel: `broadcast` and `presence`, each way."""

    read: frozenset[str]
    write: frozenset[str]


EVERYTHING = Access(frozenset({"broadcast", "presence"}), frozenset({"broadcast", "presence"}))
NOTHING = Access(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Config:
    """What a client asks of a channel when it joins."""

    private: bool = False
    ack: bool = False
    self_broadcast: bool = False
    presence_key: str = ""
    presence_enabled: bool = False
    bindings: tuple[Mapping[str, Any], ...] = ()
    waits: bool = False  # for the database, before the join is answered
    replay: Mapping[str, Any] | None = None
    reports_ready: bool = False  # to be told once the database's own broadcasts are heard


def parse_config(payload: object) -> Config:
    """Read `config` of a join. What is missing or of another type than it should be is as if it was not there."""
    config = _object(payload)
    broadcast, presence = _object(config.get("broadcast")), _object(config.get("presence"))
    bindings = config.get("postgres_changes")
    return Config(
        private=_is_true(config.get("private")),
        ack=_is_true(broadcast.get("ack")),
        self_broadcast=_is_true(broadcast.get("self")),
        presence_key=_presence_key(presence.get("key")),
        presence_enabled=_is_true(presence.get("enabled")),
        bindings=tuple(one for one in bindings if isinstance(one, dict)) if isinstance(bindings, list) else (),
        waits=_is_true(_object(config.get("postgres_changes_options")).get("wait")),
        replay=_object(broadcast["replay"]) if isinstance(broadcast.get("replay"), dict) else None,
        reports_ready=_is_true(broadcast.get("replication_ready")),
    )


class Transport(Protocol):
    """The socket as its channels see it."""

    version: Version

    def send(self, data: Encoded) -> None: ...

    def send_frame(self, frame: Frame) -> None: ...


@dataclass(slots=True, eq=False)
class Channel:
    topic: str  # with its prefix, as frames carry it
    join_ref: str | None
    principal: AuthResult
    audience: Audience
    config: Config
    access: Access
    transport: Transport
    end: Callable[["Channel", str], None]  # with the reason that the client is told
    lose: Callable[["Channel"], None]  # when something may have been missed: the client joins again
    bindings: tuple[Binding, ...] = ()
    refusal: str | None = None  # why its bindings cannot be served
    token: str | None = None
    tracks: bool = False
    replayed: frozenset[str] = frozenset()  # ids of messages that it was given when it joined
    presence_calls: int = 0  # since `presence_until` was set
    presence_until: float = 0.0

    @property
    def name(self) -> str:
        return self.topic.removeprefix(PREFIX)

    @property
    def place(self) -> tuple[str, bool]:
        """Where it hears broadcasts: private and public channels of one name are two places."""
        return self.name, self.config.private

    def push(self, event: str, payload: dict[str, Any]) -> None:
        """Tell the client something that it did not ask for."""
        self.transport.send_frame(Frame(self.topic, event, payload, None, self.join_ref))

    def system(self, status: str, message: str, extension: str = "system") -> None:
        self.push("system", {"extension": extension, "status": status, "message": message, "channel": self.name})


def _is_true(value: object) -> bool:
    """Some clients write their booleans as words, and upstream takes them."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _presence_key(key: object) -> str:
    if isinstance(key, str):
        return key or str(uuid.uuid4())
    return orjson.dumps(key).decode() if isinstance(key, int | float) else str(uuid.uuid4())


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
