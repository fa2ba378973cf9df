"""The other side of each channel: small real servers on loopback that keep what they get and fail on demand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Call:
    """One HTTP request as it came over the wire; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An HTTP server. `answers` are used up one a call, the last stays; 0 hangs up, -1 waits for `silence` to end."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=lambda: [(200, {})])
    silence: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.calls.append(Call(method, path, headers, body))
        status, more = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == -1:
            await self.silence.wait()
            status = 200
        if status > 0:
            lines = [f"HTTP/1.1 {status} X", "Content-Length: 2", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in more.items()]
            writer.write(("\r\n".join(lines) + "\r\n\r\nok").encode())


@dataclass
class FakeMailServer:
    """An SMTP server. `answers` are the codes to the end of each message; 0 hangs up instead of answering."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [250])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := (await reader.readline()).decode():
            verb = line.strip().upper()
            if verb.startswith("DATA"):
                writer.write(b"354 go on\r\n")
                raw = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
                self.raw.append(raw)
                self.mails.append(message_from_bytes(raw, policy=policy.default))
                code = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if code == 0:
                    return
                writer.write(f"{code} done\r\n".encode())
            elif verb.startswith("QUIT"):
                writer.write(b"221 bye\r\n")
                return
            else:
                if verb.startswith("RCPT"):
                    self.recipients.append(line.strip())
                writer.write(b"250 fine\r\n")


@asynccontextmanager
async def run_server(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    port: int = 0,
) -> AsyncIterator[int]:
    """Serve on a port of loopback, a free one unless it is named. Gives the port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
