"""The WebSocket of /realtime/v1: reads frames, writes what channels send, and closes idle and slow connections."""

import asyncio
import contextlib
from collections import deque

import structlog
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from supabase_local.gateway.authentication import Authenticator, AuthResult
from supabase_local.realtime.channel.protocol import ProtocolHandler
from supabase_local.realtime.serializer import Encoded, Frame, FrameRefused, Version, decode, encode, parse_version

log = structlog.get_logger()

_HEARTBEAT_TIMEOUT_SECONDS = 60.0  # clients send a heartbeat every 25 s
_MAX_UNSENT_FRAMES = 20_000
_MAX_UNSENT_BYTES = 32_000_000
_GOING_AWAY, _TOO_SLOW = 1001, 1008


class Socket:
    """One WebSocket connection."""

    def __init__(self, websocket: WebSocket, version: Version, principal: AuthResult) -> None:
        self.version: Version = version
        self._websocket = websocket
        self._protocol = ProtocolHandler(self, principal, websocket.app.state.realtime)
        self._unsent: deque[Encoded] = deque()
        self._unsent_bytes = 0
        self._filled = asyncio.Event()
        self._too_slow = False

    async def serve(self) -> None:
        """Read and write until either side closes."""
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._protocol.close()
            for task in (writer, reader):
                task.cancel()
            for result in await asyncio.gather(writer, reader, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    log.error("a socket failed with an unexpected error", exc_info=result)
            if self._websocket.application_state is not WebSocketState.DISCONNECTED:
                with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                    await self._websocket.close(_TOO_SLOW if self._too_slow else _GOING_AWAY)

    def send_frame(self, frame: Frame) -> None:
        self.send(encode(frame, self.version))

    def send(self, data: Encoded) -> None:
        """Queue a frame; a client that does not read is disconnected, since it would only fall further behind."""
        if len(self._unsent) >= _MAX_UNSENT_FRAMES or self._unsent_bytes > _MAX_UNSENT_BYTES:
            self._too_slow = True
        else:
            self._unsent.append(data)
            self._unsent_bytes += len(data)
        self._filled.set()

    async def _write(self) -> None:
        while not self._too_slow:
            await self._filled.wait()
            self._filled.clear()
            while self._unsent and not self._too_slow:
                data = self._unsent.popleft()
                self._unsent_bytes -= len(data)
                sending = self._websocket.send_text(data) if isinstance(data, str) else self._websocket.send_bytes(data)
                await sending

    async def _read(self) -> None:
        while True:
            try:
                message = await asyncio.wait_for(self._websocket.receive(), _HEARTBEAT_TIMEOUT_SECONDS)
            except TimeoutError:
                return
            if message["type"] == "websocket.disconnect":
                return
            data: Encoded = message.get("text") or message.get("bytes") or ""
            try:
                await self._protocol.handle(decode(data, self.version), len(data))
            except FrameRefused:
                log.info("a frame could not be decoded", bytes=len(data))


async def realtime_socket(websocket: WebSocket) -> None:
    authenticator: Authenticator = websocket.app.state.authenticator
    version = parse_version(websocket.query_params.get("vsn", ""))
    if version is None:
        await websocket.send_denial_response(JSONResponse({"error": "vsn must be 1.0.0 or 2.0.0"}, 400))
        return
    await websocket.accept()
    await Socket(websocket, version, authenticator.principal_of_key(websocket)).serve()
