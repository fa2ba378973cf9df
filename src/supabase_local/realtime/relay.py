"""Share broadcasts and presence among the gateways of an installation, by pub/sub of Redis or Valkey.

A broadcast is sent once, as everywhere in Realtime: while Redis is away, clients of other gateways miss it. Presence
repairs itself: every gateway says all 1.5 seconds how many changes of presence it has made, and whoever has counted
otherwise asks it for all of its presences. The presences of a gateway that is silent for six seconds are removed, and
come back when it does.
"""

import asyncio
import secrets
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

import orjson
import redis.asyncio as redis
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from supabase_local.realtime.channel.presence import Tracked
from supabase_local.realtime.channel.pubsub import Message, PubSub, TopicKey
from supabase_local.realtime.relay_messages import (
    MessageSealer,
    RelayMessage,
    broadcast_fields,
    presence_fields,
    read_broadcast,
    read_presence,
)

log = structlog.get_logger()

ALIVE_SECONDS = 1.5
SILENT_SECONDS = 6.0
_ASK_SECONDS = 1.0
_RECONNECT_SECONDS = 0.5
_START_SECONDS = 3.0
_SOCKET_SECONDS = 10.0  # without a message, though our own arrive: the connection is dead
_MAX_UNSENT, _MAX_UNSENT_BYTES, _AT_ONCE = 20_000, 32_000_000, 200
_LOST = (RedisError, OSError, TimeoutError)


@dataclass(slots=True)
class _Gateway:
    """Another gateway. `changes` is None until it has sent all of its presences."""

    seen_at: float
    changes: int | None = None
    requested_at: float = float("-inf")


class GatewayRelay:
    """The relay of one gateway. It sends broadcasts only while it knows of another gateway."""

    def __init__(self, redis_url: str, name: str, sealer: MessageSealer, pubsub: PubSub) -> None:
        """`name` is the pub/sub channel, the same for all gateways of the installation and for no others."""
        self._name, self._sealer, self._pubsub = name, sealer, pubsub
        self._id = secrets.token_hex(8)
        self._client = redis.from_url(
            redis_url,
            socket_timeout=_SOCKET_SECONDS,
            socket_connect_timeout=2.0,
            retry=Retry(NoBackoff(), 0),  # a broadcast that is sent again could arrive twice
        )
        self._gateways: dict[str, _Gateway] = {}
        self._changes = 0
        self._unsent: deque[bytes] = deque()
        self._unsent_bytes = 0
        self._filled, self._subscribed = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Join the others, and wait until their presences are here, for some seconds at most."""
        self._tasks = [asyncio.create_task(work) for work in (self._receive(), self._publish(), self._stay_alive())]
        with suppress(*_LOST):
            async with asyncio.timeout(_START_SECONDS):
                await self._subscribed.wait()
                others = (await self._client.pubsub_numsub(self._name))[0][1] - 1
                self._send("ask", to="")
                while sum(one.changes is not None for one in self._gateways.values()) < others:
                    await asyncio.sleep(0.01)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(*_LOST):
            async with asyncio.timeout(1.0):
                await self._client.publish(self._name, self._seal(RelayMessage(self._id, "leaving")))
        with suppress(*_LOST):
            await self._client.aclose()

    def broadcast(self, key: TopicKey, message: Message) -> None:
        if self._gateways:
            fields, payload = broadcast_fields(key, message)
            self._enqueue(RelayMessage(self._id, "broadcast", self._changes, fields, payload))

    def presence(self, key: TopicKey, number: int, tracked: Tracked | None) -> None:
        self._changes += 1
        if self._gateways:
            self._enqueue(RelayMessage(self._id, "presence", self._changes, presence_fields(key, number, tracked)))

    def _send(self, kind: str, **fields: object) -> None:
        self._enqueue(RelayMessage(self._id, kind, self._changes, fields))

    def _send_all_presences(self) -> None:
        present = [presence_fields(*one) for one in self._pubsub.list_tracked()]
        self._enqueue(RelayMessage(self._id, "presences", self._changes, payload=orjson.dumps(present)))

    def _enqueue(self, message: RelayMessage) -> None:
        data = message.encode()
        if len(self._unsent) >= _MAX_UNSENT or self._unsent_bytes > _MAX_UNSENT_BYTES:
            return  # Redis is away or too slow; presence repairs itself
        self._unsent.append(data)
        self._unsent_bytes += len(data)
        self._filled.set()

    def _seal(self, message: RelayMessage) -> bytes:
        return self._sealer.seal(message.encode())

    async def _publish(self) -> None:
        lost = False
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._unsent:
                batch = [self._unsent.popleft() for _ in range(min(len(self._unsent), _AT_ONCE))]
                self._unsent_bytes -= sum(map(len, batch))
                try:
                    async with self._client.pipeline(transaction=False) as pipeline:
                        for data in batch:
                            pipeline.publish(self._name, self._sealer.seal(data))
                        await pipeline.execute()
                    lost = False
                except _LOST as error:
                    if not lost:
                        log.warning("realtime does not reach the other gateways", error=type(error).__name__)
                    lost = True
                    await asyncio.sleep(_RECONNECT_SECONDS)

    async def _receive(self) -> None:
        lost = False
        while True:
            try:
                async with self._client.pubsub() as subscription:
                    await subscription.subscribe(self._name)
                    while (received := await subscription.get_message(timeout=_SOCKET_SECONDS)) is not None:
                        if received["type"] == "subscribe":
                            self._subscribed.set()
                            lost = False
                        elif received["type"] == "message":
                            self._take(received["data"])
            except _LOST as error:
                if not lost:
                    log.warning("realtime receives nothing from the other gateways", error=type(error).__name__)
                lost = True
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _stay_alive(self) -> None:
        while True:
            self._send("alive")
            now = time.monotonic()
            for gateway in [one for one, state in self._gateways.items() if now - state.seen_at > SILENT_SECONDS]:
                log.warning("a gateway is silent, its presences are removed", gateway=gateway)
                self._forget(gateway)
            await asyncio.sleep(ALIVE_SECONDS)

    def _forget(self, gateway: str) -> None:
        del self._gateways[gateway]
        self._pubsub.put_all_tracked(gateway, [])

    def _take(self, sealed: bytes) -> None:
        try:
            message = RelayMessage.decode(self._sealer.open(sealed))
            if message.gateway != self._id:
                self._handle(message)
        except (ValueError, TypeError, KeyError):
            log.warning("realtime has received what no gateway of this installation sent")

    def _handle(self, message: RelayMessage) -> None:
        if message.kind == "leaving":
            if message.gateway in self._gateways:
                self._forget(message.gateway)
            return
        state = self._gateways.setdefault(message.gateway, _Gateway(0.0))
        state.seen_at = time.monotonic()
        match message.kind:
            case "broadcast":
                fields = message.fields
                self._pubsub.deliver((fields["topic"], fields["private"]), read_broadcast(message))
            case "presence" if state.changes is not None and message.changes == state.changes + 1:
                state.changes = message.changes
                self._pubsub.put_tracked(message.gateway, *read_presence(message.fields))
            case "presences":
                state.changes = message.changes
                present = [read_presence(fields) for fields in orjson.loads(message.payload)]
                self._pubsub.put_all_tracked(
                    message.gateway, [(key, number, tracked) for key, number, tracked in present if tracked]
                )
            case "ask" if message.fields["to"] in ("", self._id):
                self._send_all_presences()
        if state.changes != message.changes:
            self._ask(message.gateway, state)

    def _ask(self, gateway: str, state: _Gateway) -> None:
        now = time.monotonic()
        if now - state.requested_at > _ASK_SECONDS:
            state.requested_at = now
            self._send("ask", to=gateway)
