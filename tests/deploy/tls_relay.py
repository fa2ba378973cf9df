"""TLS in front of a PostgreSQL or Redis that was built without it."""

import asyncio
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SSL_REQUEST = struct.pack("!II", 8, 80877103)


@contextmanager
def tls_before(folder: Path, port: int, *, requested: bool, listen: int = 0) -> Iterator[int]:
    """Serve in a thread, with tls.crt and tls.key of `folder`. Gives the port; in clear it answers nobody.

    `requested`: clients request TLS first, by PostgreSQL's SSLRequest. `listen`: the port to serve at, if not any.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    loop = asyncio.new_event_loop()
    tasks: set[asyncio.Task[None]] = set()

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(65536):
                target.write(piece)
                await target.drain()
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            if requested:
                if await reader.readexactly(8) != _SSL_REQUEST:
                    writer.close()
                    return
                writer.write(b"S")
                await writer.start_tls(context)
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
            for source, target in ((reader, server_writer), (server_reader, writer)):
                task = asyncio.create_task(copy(source, target))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

    async def end() -> None:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    own = None if requested else context
    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", listen, ssl=own))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(end())
        loop.close()
