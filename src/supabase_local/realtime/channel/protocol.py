"""What a client says on its socket and what it is answered: joining, leaving, tokens, broadcasts, presence."""

import asyncio
from dataclasses import replace
from typing import Any

import structlog

from arti_core import clock
from arti_core.errors import Unavailable
from supabase_local.gateway.authentication import AuthResult, TokenRefused
from supabase_local.realtime.channel.channel import (
    EVERYTHING,
    NOTHING,
    PREFIX,
    Access,
    Audience,
    Channel,
    Config,
    JoinRefused,
    Transport,
    audience_of,
    parse_config,
)
from supabase_local.realtime.channel.handlers import PRIVATE_ONLY, ChannelEnded, broadcast, presence
from supabase_local.realtime.channel.replay import replay
from supabase_local.realtime.context import RealtimeContext
from supabase_local.realtime.serializer import Broadcast, Frame, encode_broadcast, reply
from supabase_local.realtime.token_errors import token_error

log = structlog.get_logger()

_MOST_CHANNELS = 100
_READY_SECONDS = 0.5
ENDED = "Your session has ended, sign in again"


class ProtocolHandler:
    """One client's channels."""

    def __init__(self, transport: Transport, principal: AuthResult, context: RealtimeContext) -> None:
        """`principal` is who the socket's key speaks for, where a channel brings no token."""
        self._transport = transport
        self._principal = principal
        self._doors = context
        self._channels: dict[str, Channel] = {}
        self._expiries: dict[Channel, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        for channel in list(self._channels.values()):
            self._drop(channel)
        for task in self._tasks:
            task.cancel()

    async def take(self, frame: Frame, size: int) -> None:
        """Answer one frame of `size` bytes."""
        try:
            if frame.topic == "phoenix":
                self._transport.send_frame(reply(frame, "ok"))
            elif frame.event == "phx_join":
                await self._join(frame)
            elif frame.event == "phx_leave":
                self._leave(frame)
            elif (channel := self._channels.get(frame.topic)) is None:
                self._transport.send_frame(reply(frame, "error", {"reason": "unmatched topic"}))
            elif frame.event == "access_token":
                await self._refresh_token(channel, frame.member("access_token"))
            elif frame.event in ("broadcast", "presence"):
                answer = (broadcast if frame.event == "broadcast" else presence)(self._doors.hub, channel, frame, size)
                if answer is not None:
                    self._transport.send_frame(answer)
        except ChannelEnded as ended:
            self._end(self._channels[frame.topic], str(ended))
        except Unavailable:
            reason = "UnableToConnectToProject: Realtime was unable to connect to the project database"
            self._transport.send_frame(reply(frame, "error", {"reason": reason}))

    def _leave(self, frame: Frame) -> None:
        channel = self._channels.get(frame.topic)
        if channel is not None and self._transport.version == 2 and frame.join_ref != channel.join_ref:
            return  # it means an earlier channel of this topic, whose close was sent already
        if channel is not None:
            self._drop(channel)
        self._transport.send_frame(reply(frame, "ok"))
        if channel is not None:
            self._closed(channel)

    async def _join(self, frame: Frame) -> None:
        config = parse_config(frame.member("config"))
        token = frame.member("access_token") or frame.member("user_token")
        try:
            self._check_join(frame, config)
            principal = self._principal_of(token)
            audience = audience_of(principal)
            name = frame.topic.removeprefix(PREFIX)
            access = await self._access(audience, name, config)
            old_messages: list[Broadcast] = []
            if config.replay is not None:
                old_messages = await replay(self._doors.pools, name, config.replay)
        except TokenRefused as refused:
            self._transport.send_frame(reply(frame, "error", {"reason": ": ".join(token_error(refused, token))}))
            return
        except JoinRefused as refused:
            self._transport.send_frame(reply(frame, "error", {"reason": str(refused)}))
            return
        channel = Channel(
            frame.topic,
            frame.join_ref or frame.ref,
            principal,
            audience,
            config,
            access,
            self._transport,
            end=self._end,
            lose=self._lose,
            token=token if isinstance(token, str) else None,
            replayed=frozenset(one.meta["id"] for one in old_messages if one.meta),
        )
        if (config.bindings and not config.waits) or "broadcast" in access.read:
            await self._doors.changes.ready(_READY_SECONDS)  # or what is written right after the answer might be missed
        told_bindings = await self._doors.changes.subscribe(channel, config)
        if (old := self._channels.get(frame.topic)) is not None:
            self._drop(old)
            if self._transport.version == 2:  # who speaks the older framing could not tell which channel is meant
                self._closed(old)
        self._channels[frame.topic] = channel
        self._doors.channels.add(channel)
        self._doors.hub.join(channel)
        self._expire(channel)
        joined = reply(frame, "ok", {"postgres_changes": told_bindings})
        if config.bindings and config.waits:
            self._later(self._subscribe(channel, joined))
            return
        self._joined(channel, joined)
        for message in old_messages:
            if (data := encode_broadcast(channel.topic, message, self._transport.version)) is not None:
                self._transport.send(data)
        if config.bindings:
            self._later(self._subscribe(channel))

    def _joined(self, channel: Channel, answer: Frame) -> None:
        self._transport.send_frame(answer)
        if channel.config.presence_enabled and "presence" in channel.access.read:
            self._doors.hub.presence_state(channel)
        if channel.config.reports_ready or "broadcast" in channel.access.read:
            self._doors.changes.add(channel)  # the database may send broadcasts of its own
        if channel.config.reports_ready:
            self._later(self._report_when_ready(channel))

    def _check_join(self, frame: Frame, config: Config) -> None:
        """Raises JoinRefused."""
        if not frame.topic.startswith(PREFIX):
            raise JoinRefused("unmatched topic")
        if frame.topic == PREFIX:
            raise JoinRefused("TopicNameRequired: You must provide a topic name")
        if len(frame.topic.encode()) > 255:
            raise JoinRefused("TopicNameRequired: You must provide a topic name of at most 246 bytes")
        if frame.topic not in self._channels and len(self._channels) >= _MOST_CHANNELS:
            raise JoinRefused("ChannelRateLimitReached: Too many channels")
        if not config.private and not self._doors.allow_public and (config.presence_enabled or not config.bindings):
            raise JoinRefused(PRIVATE_ONLY)
        if config.replay is not None and not config.private:
            raise JoinRefused("UnableToReplayMessages: Replay is not allowed for public channels")

    async def _access(self, audience: Audience, name: str, config: Config) -> Access:
        """Return what may be done on the channel. Raises JoinRefused."""
        if not config.private:
            if audience not in await self._doors.authorizer.live_audiences([audience]):
                raise JoinRefused(f"Unauthorized: {ENDED}")
            return EVERYTHING if self._doors.allow_public else NOTHING
        access = (await self._doors.authorizer.access([(audience, name)]))[audience, name]
        if access is None:
            raise JoinRefused(f"Unauthorized: {ENDED}")
        if not may_read(access, config) or (config.replay is not None and "broadcast" not in access.read):
            raise JoinRefused(f"Unauthorized: You do not have permissions to read from this Channel topic: {name}")
        return access

    async def _subscribe(self, channel: Channel, joined: Frame | None = None) -> None:
        """Begin to tell changes, and say so. `joined` is the answer to a join that waited for it."""
        reason = await self._doors.changes.listen(channel)
        if self._channels.get(channel.topic) is not channel:
            self._doors.changes.remove(channel)
            return
        if joined is not None and reason is not None:
            self._drop(channel)
            reason = f"RealtimeDisabledForConfiguration: {reason}"
            refusal = {"status": "error", "response": {"reason": reason}}
            self._transport.send_frame(replace(joined, payload=refusal))
            return
        if joined is not None:
            self._joined(channel, joined)
        if reason is None:
            channel.system("ok", "Subscribed to PostgreSQL", "postgres_changes")
        else:
            channel.system("error", reason, "postgres_changes")

    async def _report_when_ready(self, channel: Channel) -> None:
        """Say that broadcasts of the database are heard from now on, or end the channel that asked for them."""
        reason = await self._doors.changes.settled()
        if reason is not None:
            self._end(channel, reason)
        elif self._channels.get(channel.topic) is channel:
            channel.system("ok", "Replication connection established")

    async def _refresh_token(self, channel: Channel, token: object) -> None:
        """Take a refreshed token. An opaque key, nothing, or the same token again changes nothing."""
        if not isinstance(token, str) or token.startswith("sb_") or token == channel.token:
            return
        try:
            principal = self._doors.authenticator.principal_of_token(token)
            audience = audience_of(principal)
            access = await self._access(audience, channel.name, channel.config)
        except TokenRefused as refused:
            self._end(channel, token_error(refused, token)[1])
            return
        except JoinRefused as refused:
            self._end(channel, str(refused).partition(": ")[2])
            return
        if self._channels.get(channel.topic) is not channel:
            return
        if channel.access.read - access.read:
            self._end(channel, lost_permission(channel))
            return
        if audience != channel.audience:
            listened = self._doors.changes.listens(channel)
            self._doors.changes.remove(channel)
            channel.audience = audience
            if listened:
                self._doors.changes.add(channel)
        channel.principal, channel.token, channel.access = principal, token, access
        if "broadcast" in access.read:  # perhaps since now
            self._doors.changes.add(channel)
        self._expire(channel)
        if channel.bindings and channel.refusal is None:
            self._later(self._subscribe(channel))

    def _principal_of(self, token: Any) -> AuthResult:
        """Return who a channel speaks for. Raises TokenRefused."""
        if not isinstance(token, str) or not token or token.startswith("sb_"):
            return self._principal
        return self._doors.authenticator.principal_of_token(token)

    def _expire(self, channel: Channel) -> None:
        """End the channel when its token ends."""
        if (old := self._expiries.pop(channel, None)) is not None:
            old.cancel()
        if channel.principal.expires_at is not None:
            left = min(max(0.0, channel.principal.expires_at - clock.timestamp()), 86_400.0)
            loop = asyncio.get_running_loop()
            self._expiries[channel] = loop.call_later(left, self._expired, channel)

    def _expired(self, channel: Channel) -> None:
        if (channel.principal.expires_at or 0) > clock.timestamp():
            self._expire(channel)
        else:
            self._end(channel, "Token has expired 0 seconds ago")

    def _end(self, channel: Channel, reason: str) -> None:
        if self._channels.get(channel.topic) is channel:
            self._drop(channel)
            channel.system("error", reason)
            self._closed(channel)

    def _closed(self, channel: Channel) -> None:
        self._transport.send_frame(Frame(channel.topic, "phx_close", {}, channel.join_ref, channel.join_ref))

    def _lose(self, channel: Channel) -> None:
        """Tell the client that it may have missed something; it joins again by itself."""
        if self._channels.get(channel.topic) is channel:
            self._drop(channel)
            self._transport.send_frame(Frame(channel.topic, "phx_error", {}, channel.join_ref, channel.join_ref))

    def _drop(self, channel: Channel) -> None:
        del self._channels[channel.topic]
        self._doors.channels.discard(channel)
        self._doors.changes.remove(channel)
        self._doors.hub.leave(channel)
        if (timer := self._expiries.pop(channel, None)) is not None:
            timer.cancel()

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def may_read(access: Access, config: Config) -> bool:
    """Say whether there is anything to hear on the channel."""
    return "broadcast" in access.read or (config.presence_enabled and "presence" in access.read)


def lost_permission(channel: Channel) -> str:
    return f"You no longer have permission to read from this Channel topic: {channel.name}"
