"""Handle the events of one socket: phx_join, phx_leave, access_token, heartbeat; broadcast and presence by handlers."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from arti_core import clock
from arti_core.errors import Unavailable
from supabase_local.gateway.authentication import AuthResult, TokenRefused
from supabase_local.realtime.channel.channel import (
    ALLOW_ALL,
    DENY_ALL,
    PREFIX,
    SESSION_ENDED,
    ChannelPolicies,
    JoinConfig,
    JoinRefused,
    RealtimeChannel,
    Subscriber,
    Transport,
    parse_join_config,
    permission_lost,
    subscriber_of,
)
from supabase_local.realtime.channel.handlers import PRIVATE_ONLY, ChannelClosed, broadcast, presence
from supabase_local.realtime.channel.replay import replay
from supabase_local.realtime.serializer import Broadcast, Frame, encode_broadcast, reply
from supabase_local.realtime.token_errors import token_error

if TYPE_CHECKING:
    from supabase_local.realtime.context import RealtimeContext

log = structlog.get_logger()

_MAX_CHANNELS = 100
_READY_SECONDS = 0.5


class ProtocolHandler:
    """The channels of one socket."""

    def __init__(self, transport: Transport, principal: AuthResult, context: "RealtimeContext") -> None:
        """`principal` belongs to the socket's API key; it applies to channels that join without a token."""
        self._transport = transport
        self._principal = principal
        self._context = context
        self._channels: dict[str, RealtimeChannel] = {}
        self._expiries: dict[RealtimeChannel, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        for channel in list(self._channels.values()):
            self._drop(channel)
        for task in self._tasks:
            task.cancel()

    async def handle(self, frame: Frame, size: int) -> None:
        """Handle one frame of `size` bytes."""
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
                handler = broadcast if frame.event == "broadcast" else presence
                response = handler(self._context.pubsub, channel, frame, size)
                if response is not None:
                    self._transport.send_frame(response)
        except ChannelClosed as closed:
            self._close_channel(self._channels[frame.topic], str(closed))
        except Unavailable:
            reason = "UnableToConnectToProject: Realtime was unable to connect to the project database"
            self._transport.send_frame(reply(frame, "error", {"reason": reason}))

    def _leave(self, frame: Frame) -> None:
        channel = self._channels.get(frame.topic)
        if channel is not None and self._transport.version == 2 and frame.join_ref != channel.join_ref:
            return  # for an earlier channel of this topic, whose phx_close was sent already
        if channel is not None:
            self._drop(channel)
        self._transport.send_frame(reply(frame, "ok"))
        if channel is not None:
            self._send_close(channel)

    async def _join(self, frame: Frame) -> None:
        config = parse_join_config(frame.member("config"))
        token = frame.member("access_token") or frame.member("user_token")
        try:
            self._check_join(frame, config)
            principal = self._principal_of(token)
            subscriber = subscriber_of(principal)
            name = frame.topic.removeprefix(PREFIX)
            policies = await self._policies_of(subscriber, name, config)
            messages: list[Broadcast] = []
            if config.replay is not None:
                messages = await replay(self._context.pools, name, config.replay)
        except TokenRefused as refused:
            self._transport.send_frame(reply(frame, "error", {"reason": ": ".join(token_error(refused, token))}))
            return
        except JoinRefused as refused:
            self._transport.send_frame(reply(frame, "error", {"reason": str(refused)}))
            return
        channel = RealtimeChannel(
            frame.topic,
            frame.join_ref or frame.ref,
            principal,
            subscriber,
            config,
            policies,
            self._transport,
            close=self._close_channel,
            fail=self._fail_channel,
            token=token if isinstance(token, str) else None,
            replayed_ids=frozenset(message.meta["id"] for message in messages if message.meta),
        )
        if (config.bindings and not config.wait) or "broadcast" in policies.read:
            # Before the reply, so that what is written right after it is not missed.
            await self._context.dispatcher.ensure_reading(_READY_SECONDS)
        bindings = await self._context.dispatcher.set_bindings(channel, config)
        if (old := self._channels.get(frame.topic)) is not None:
            self._drop(old)
            if self._transport.version == 2:  # without a join_ref the client would take it for the new channel
                self._send_close(old)
        self._channels[frame.topic] = channel
        self._context.channels.add(channel)
        self._context.pubsub.join(channel)
        self._schedule_expiry(channel)
        join_reply = reply(frame, "ok", {"postgres_changes": bindings})
        if config.bindings and config.wait:
            self._spawn(self._subscribe(channel, join_reply))
            return
        self._complete_join(channel, join_reply)
        for message in messages:
            if (data := encode_broadcast(channel.topic, message, self._transport.version)) is not None:
                self._transport.send(data)
        if config.bindings:
            self._spawn(self._subscribe(channel))

    def _complete_join(self, channel: RealtimeChannel, join_reply: Frame) -> None:
        self._transport.send_frame(join_reply)
        if channel.config.presence_enabled and "presence" in channel.policies.read:
            self._context.pubsub.presence_state(channel)
        if channel.config.replication_ready or "broadcast" in channel.policies.read:
            self._context.dispatcher.add(channel)  # for broadcasts that the database sends
        if channel.config.replication_ready:
            self._spawn(self._report_replication_ready(channel))

    def _check_join(self, frame: Frame, config: JoinConfig) -> None:
        """Raises JoinRefused."""
        if not frame.topic.startswith(PREFIX):
            raise JoinRefused("unmatched topic")
        if frame.topic == PREFIX:
            raise JoinRefused("TopicNameRequired: You must provide a topic name")
        if len(frame.topic.encode()) > 255:
            raise JoinRefused("TopicNameRequired: You must provide a topic name of at most 246 bytes")
        if frame.topic not in self._channels and len(self._channels) >= _MAX_CHANNELS:
            raise JoinRefused("ChannelRateLimitReached: Too many channels")
        if not config.private and not self._context.allow_public and (config.presence_enabled or not config.bindings):
            raise JoinRefused(PRIVATE_ONLY)
        if config.replay is not None and not config.private:
            raise JoinRefused("UnableToReplayMessages: Replay is not allowed for public channels")

    async def _policies_of(self, subscriber: Subscriber, name: str, config: JoinConfig) -> ChannelPolicies:
        """Return the policies of a channel that can be read. Raises JoinRefused."""
        if not config.private:
            if subscriber not in await self._context.authorizer.live_subscribers([subscriber]):
                raise JoinRefused(f"Unauthorized: {SESSION_ENDED}")
            return ALLOW_ALL if self._context.allow_public else DENY_ALL
        policies = (await self._context.authorizer.channel_policies([(subscriber, name)]))[subscriber, name]
        if policies is None:
            raise JoinRefused(f"Unauthorized: {SESSION_ENDED}")
        if not policies.can_read(config) or (config.replay is not None and "broadcast" not in policies.read):
            raise JoinRefused(f"Unauthorized: You do not have permissions to read from this Channel topic: {name}")
        return policies

    async def _subscribe(self, channel: RealtimeChannel, join_reply: Frame | None = None) -> None:
        """Subscribe to changes and push the outcome. `join_reply`: the pending reply of a join that waits for it."""
        reason = await self._context.dispatcher.subscribe(channel)
        if self._channels.get(channel.topic) is not channel:
            self._context.dispatcher.remove(channel)
            return
        if join_reply is not None and reason is not None:
            self._drop(channel)
            reason = f"RealtimeDisabledForConfiguration: {reason}"
            payload = {"status": "error", "response": {"reason": reason}}
            self._transport.send_frame(replace(join_reply, payload=payload))
            return
        if join_reply is not None:
            self._complete_join(channel, join_reply)
        if reason is None:
            channel.system("ok", "Subscribed to PostgreSQL", "postgres_changes")
        else:
            channel.system("error", reason, "postgres_changes")

    async def _report_replication_ready(self, channel: RealtimeChannel) -> None:
        """Push that broadcasts of the database are delivered from now on, or close the channel."""
        reason = await self._context.dispatcher.wait_until_reading()
        if reason is not None:
            self._close_channel(channel, reason)
        elif self._channels.get(channel.topic) is channel:
            channel.system("ok", "Replication connection established")

    async def _refresh_token(self, channel: RealtimeChannel, token: object) -> None:
        """Replace the channel's token. An API key, no token, or the same token again changes nothing."""
        if not isinstance(token, str) or token.startswith("sb_") or token == channel.token:
            return
        try:
            principal = self._context.authenticator.principal_of_token(token)
            subscriber = subscriber_of(principal)
            policies = await self._policies_of(subscriber, channel.name, channel.config)
        except TokenRefused as refused:
            self._close_channel(channel, token_error(refused, token)[1])
            return
        except JoinRefused as refused:
            self._close_channel(channel, str(refused).partition(": ")[2])
            return
        if self._channels.get(channel.topic) is not channel:
            return
        if channel.policies.read - policies.read:
            self._close_channel(channel, permission_lost(channel))
            return
        if subscriber != channel.subscriber:
            subscribed = self._context.dispatcher.is_subscribed(channel)
            self._context.dispatcher.remove(channel)
            channel.subscriber = subscriber
            if subscribed:
                self._context.dispatcher.add(channel)
        channel.principal, channel.token, channel.policies = principal, token, policies
        if "broadcast" in policies.read:  # the former token may have lacked it
            self._context.dispatcher.add(channel)
        self._schedule_expiry(channel)
        if channel.bindings and channel.subscription_error is None:
            self._spawn(self._subscribe(channel))

    def _principal_of(self, token: Any) -> AuthResult:
        """Return the principal of a channel's token. Raises TokenRefused."""
        if not isinstance(token, str) or not token or token.startswith("sb_"):
            return self._principal
        return self._context.authenticator.principal_of_token(token)

    def _schedule_expiry(self, channel: RealtimeChannel) -> None:
        """Close the channel when its token expires."""
        if (old := self._expiries.pop(channel, None)) is not None:
            old.cancel()
        if channel.principal.expires_at is not None:
            seconds = min(max(0.0, channel.principal.expires_at - clock.timestamp()), 86_400.0)
            loop = asyncio.get_running_loop()
            self._expiries[channel] = loop.call_later(seconds, self._expired, channel)

    def _expired(self, channel: RealtimeChannel) -> None:
        if (channel.principal.expires_at or 0) > clock.timestamp():
            self._schedule_expiry(channel)
        else:
            self._close_channel(channel, "Token has expired 0 seconds ago")

    def _close_channel(self, channel: RealtimeChannel, reason: str) -> None:
        if self._channels.get(channel.topic) is channel:
            self._drop(channel)
            channel.system("error", reason)
            self._send_close(channel)

    def _send_close(self, channel: RealtimeChannel) -> None:
        self._transport.send_frame(Frame(channel.topic, "phx_close", {}, channel.join_ref, channel.join_ref))

    def _fail_channel(self, channel: RealtimeChannel) -> None:
        """Send phx_error, on which clients join again by themselves."""
        if self._channels.get(channel.topic) is channel:
            self._drop(channel)
            self._transport.send_frame(Frame(channel.topic, "phx_error", {}, channel.join_ref, channel.join_ref))

    def _drop(self, channel: RealtimeChannel) -> None:
        del self._channels[channel.topic]
        self._context.channels.discard(channel)
        self._context.dispatcher.remove(channel)
        self._context.pubsub.leave(channel)
        if (timer := self._expiries.pop(channel, None)) is not None:
            timer.cancel()

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
