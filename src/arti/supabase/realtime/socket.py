"""The socket of /realtime/v1: Phoenix channels over one WebSocket."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

import structlog
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from arti.supabase.gate import Asker, Gate, KeyRefused, TokenRefused
from arti.supabase.realtime.changes import Changes
from arti.supabase.realtime.channels import Channel, JoinRefused, parse_bindings
from arti.supabase.realtime.frames import Frame, FrameRefused, Version, decode, encode, parse_version, reply
from arti.supabase.rest.catalogue import Catalogue

log = structlog.get_logger()

_SILENCE_SECONDS = 60.0  # clients beat every 25 s
_MOST_CHANNELS = 100
_MOST_UNSENT = 1000
_GOING_AWAY, _TOO_SLOW = 1001, 1008


@dataclass(frozen=True, slots=True)
class RealtimeDoors:
    """Kept on `app.state.realtime` of the gateway."""

    changes: Changes
    catalogue: Catalogue


class Socket:
    """One client's connection and the channels that it joined."""

    def __init__(self, websocket: WebSocket, version: Version, key_role: str, doors: RealtimeDoors) -> None:
        self._websocket = websocket
        self._version = version
        self._nobody = Asker(key_role, {"role": key_role})
        self._doors = doors
        self._gate: Gate = websocket.app.state.gate
        self._channels: dict[str, Channel] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._unsent: asyncio.Queue[Frame | None] = asyncio.Queue(_MOST_UNSENT)

    async def serve(self) -> None:
        """Read and write until either side goes."""
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writer, reader):
                task.cancel()
            for ended in await asyncio.gather(writer, reader, return_exceptions=True):
                if isinstance(ended, Exception) and not isinstance(ended, WebSocketDisconnect):
                    log.error("a socket ended by an unforeseen error", exc_info=ended)
            for topic in list(self._channels):
                self._drop(topic)
            if self._websocket.application_state is not WebSocketState.DISCONNECTED:
                with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                    await self._websocket.close(_GOING_AWAY)

    def send(self, frame: Frame) -> None:
        """Queue a frame; a client that does not read is dropped, it would only fall further behind."""
        try:
            self._unsent.put_nowait(frame)
        except asyncio.QueueFull:
            while not self._unsent.empty():
                self._unsent.get_nowait()
            self._unsent.put_nowait(None)

    async def _write(self) -> None:
        while (frame := await self._unsent.get()) is not None:
            await self._websocket.send_text(encode(frame, self._version))
        await self._websocket.close(_TOO_SLOW)

    async def _read(self) -> None:
        while True:
            try:
                message = await asyncio.wait_for(self._websocket.receive(), _SILENCE_SECONDS)
            except TimeoutError:
                return
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is None:  # binary broadcasts, which are not spoken
                continue
            try:
                await self._take(decode(text, self._version))
            except FrameRefused:
                log.info("a frame was not understood", bytes=len(text))

    async def _take(self, frame: Frame) -> None:
        if frame.topic == "phoenix":
            self.send(reply(frame, "ok"))
        elif frame.event == "phx_join":
            await self._join(frame)
        elif (channel := self._channels.get(frame.topic)) is None:
            self.send(reply(frame, "error", {"reason": "unmatched topic"}))
        elif frame.event == "phx_leave":
            self._drop(frame.topic)
            self.send(reply(frame, "ok"))
            channel.push("phx_close", {})
        elif frame.event == "access_token":
            self._renew(channel, frame.payload.get("access_token"))
        else:
            reason = f"ARTi does not speak {frame.event[:40]} yet, see docs/supabase.md"
            self.send(reply(frame, "error", {"reason": reason}))

    async def _join(self, frame: Frame) -> None:
        token = frame.payload.get("access_token")
        config = frame.payload.get("config")
        config = config if isinstance(config, dict) else {}
        try:
            asker = self._asker(token)
            if not frame.topic.startswith("realtime:") or len(frame.topic) > 255:
                raise JoinRefused("A topic is written realtime:<name>")
            if config.get("private"):
                raise JoinRefused("ARTi does not speak private channels yet, see docs/supabase.md")
            presence = config.get("presence")
            if isinstance(presence, dict) and presence.get("enabled"):
                raise JoinRefused("ARTi does not speak presence yet, see docs/supabase.md")
            if frame.topic not in self._channels and len(self._channels) >= _MOST_CHANNELS:
                raise JoinRefused("ChannelRateLimitReached: too many channels on one socket")
            bindings = await parse_bindings(config, catalogue=self._doors.catalogue)
            if bindings and not self._doors.changes.listening.is_set():
                raise JoinRefused("The database cannot be heard now. Try again in a moment.")
        except TokenRefused as refused:
            self.send(reply(frame, "error", {"reason": f"InvalidJWTToken: {refused}"}))
            return
        except JoinRefused as refused:
            self.send(reply(frame, "error", {"reason": str(refused)}))
            return
        self._drop(frame.topic)
        channel = Channel(
            frame.topic,
            frame.join_ref or frame.ref,
            asker,
            bindings,
            send=self.send,
            lose=self._lose,
            token=token if isinstance(token, str) else None,
        )
        self._channels[frame.topic] = channel
        self.send(reply(frame, "ok", {"postgres_changes": [{**one.asked, "id": one.id} for one in bindings]}))
        self._expire(channel)
        if bindings:
            self._doors.changes.add(channel)
            channel.system("ok", "Subscribed to PostgreSQL")

    def _renew(self, channel: Channel, token: object) -> None:
        """Take a refreshed token. An opaque key, nothing, or the same token again changes nothing."""
        if not isinstance(token, str) or not token or token.startswith("sb_") or token == channel.token:
            return
        try:
            channel.asker, channel.token = self._asker(token), token
        except TokenRefused as refused:
            self._end(channel, str(refused))
            return
        self._expire(channel)

    def _asker(self, token: object) -> Asker:
        if not isinstance(token, str) or not token or token.startswith("sb_"):
            return self._nobody
        return self._gate.asker_of_token(token)

    def _expire(self, channel: Channel) -> None:
        """End the channel when its token ends."""
        if (old := self._expiries.pop(channel.topic, None)) is not None:
            old.cancel()
        if channel.asker.expires_at is not None:
            left = max(0.0, channel.asker.expires_at - time.time())
            loop = asyncio.get_running_loop()
            self._expiries[channel.topic] = loop.call_later(left, self._end, channel, "Token has expired")

    def _end(self, channel: Channel, reason: str) -> None:
        if self._channels.get(channel.topic) is channel:
            self._drop(channel.topic)
            channel.system("error", reason)
            channel.push("phx_close", {})

    def _lose(self, channel: Channel) -> None:
        """Tell the client that it may have missed something; it joins again by itself."""
        if self._channels.get(channel.topic) is channel:
            self._drop(channel.topic)
            channel.push("phx_error", {})

    def _drop(self, topic: str) -> None:
        channel = self._channels.pop(topic, None)
        if channel is not None:
            self._doors.changes.remove(channel)
        if (timer := self._expiries.pop(topic, None)) is not None:
            timer.cancel()


async def realtime_socket(websocket: WebSocket) -> None:
    gate: Gate = websocket.app.state.gate
    version = parse_version(websocket.query_params.get("vsn", ""))
    try:
        key = websocket.headers.get("x-api-key") or websocket.headers.get("apikey")
        role = gate.role_of_key(key or websocket.query_params.get("apikey", ""))
    except KeyRefused as refused:
        await websocket.send_denial_response(JSONResponse({"error": str(refused)}, 401))
        return
    if version is None:
        await websocket.send_denial_response(JSONResponse({"error": "vsn must be 1.0.0 or 2.0.0"}, 400))
        return
    await websocket.accept()
    await Socket(websocket, version, role, websocket.app.state.realtime).serve()


ROUTES = [WebSocketRoute("/realtime/v1/websocket", realtime_socket)]
