"""Whether a service is ready: a plain socket, no client library, so that the supervisor stays small."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from local_stack.supervision.service_spec import Service

_SECONDS = 2.0
_ANSWER_SECONDS = 5.0


async def is_ready(service: Service, log_from: int) -> bool:
    """Return whether `service` is ready now. `log_from` is where its log began at this start."""
    if service.ready_line:
        with suppress(OSError), service.log.open("rb") as log:
            log.seek(log_from)
            return service.ready_line.encode() in log.read()
        return False
    try:
        async with asyncio.timeout(_SECONDS):
            if service.health_url:
                return await http_status(service.health_url) < 500
            if service.ready_port:
                _, writer = await asyncio.open_connection("127.0.0.1", service.ready_port)
                writer.close()
            return True
    except (OSError, TimeoutError, ValueError, IndexError):
        return False


async def does_answer(service: Service) -> bool:
    """Return whether a service that was ready answers now: a frozen one takes connections and says nothing."""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            if service.health_url:
                return await http_status(service.health_url) < 500
            if service.probe:
                reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
                try:
                    writer.write(service.probe)
                    return bool(await reader.read(1))
                finally:
                    writer.close()
            return True
    except (OSError, TimeoutError, ValueError, IndexError):
        return False


async def http_status(url: str) -> int:
    """Return the status of the answer. Raises OSError, ValueError or IndexError when there is none."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(f"GET {parts.path or '/'} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
