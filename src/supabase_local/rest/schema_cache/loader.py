"""Load the schema cache; reload it on `notify pgrst` and when a request has an unknown name."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
import structlog

from arti_core.database import Pool, open_transaction
from arti_core.pooler import direct_dsn
from supabase_local.rest.config import split_names
from supabase_local.rest.schema_cache.introspection import read_schema
from supabase_local.rest.schema_cache.schema_cache import SchemaCache
from supabase_local.settings import SupabaseLocalSettings

log = structlog.get_logger()

_RELOAD_SECONDS = 5.0
_RECONNECT_SECONDS = 1.0
_CHANNEL = "pgrst"  # notify pgrst, 'reload schema'
_READING = "begin read only; select set_config('search_path', '', true)"


def open_schema_cache_loader(settings: SupabaseLocalSettings, pool: Pool) -> "SchemaCacheLoader":
    """Return the loader for the exposed schemas, listening for `notify pgrst`. The caller stops it."""
    dsn = direct_dsn(settings.rest_database_url.get_secret_value(), settings.database_direct_host)
    loader = SchemaCacheLoader(pool, schemas=split_names(settings.pgrst_db_schemas), dsn=dsn)
    loader.start()
    return loader


class SchemaCacheLoader:
    """Holds the schema cache of the exposed schemas. The first of them is the default."""

    def __init__(self, pool: Pool, *, schemas: Sequence[str], dsn: str) -> None:
        """`dsn` is for the connection that listens for `notify pgrst`."""
        self.schemas = tuple(schemas)
        self._pool = pool
        self._dsn = dsn
        self._current = SchemaCache()
        self._loaded_at = -_RELOAD_SECONDS
        self._reloading = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start to listen for `notify pgrst`."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def current(self) -> SchemaCache:
        """Return the current cache, loaded on the first call."""
        if not self._current.version:
            await self._reload(0)
        return self._current

    async def newer(self, current: SchemaCache) -> SchemaCache | None:
        """Return a newer cache than `current`, or None: it is reloaded at most once in five seconds."""
        if self._current.version == current.version and time.monotonic() - self._loaded_at >= _RELOAD_SECONDS:
            await self._reload(current.version)
        return self._current if self._current.version > current.version else None

    async def _reload(self, version: int) -> None:
        async with self._reloading:  # concurrent requests wait for the same reload
            if self._current.version > version:
                return
            async with open_transaction(self._pool, _READING) as connection:
                self._current = await read_schema(connection, self.schemas, version=version + 1)
            self._loaded_at = time.monotonic()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_lost()
            except Exception as error:  # asyncpg has no common base for what a lost connection raises
                log.warning("the schema cache loader lost its LISTEN connection", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_until_lost(self) -> None:
        notified = asyncio.Event()
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._dsn)
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            connection.add_termination_listener(lambda *_: notified.set())
            await connection.add_listener(_CHANNEL, lambda *_: notified.set())
            if self._current.version:  # notifications may have been missed
                notified.set()
            while not lost.is_set():
                await notified.wait()
                notified.clear()
                await self._reload(self._current.version)
        finally:
            await connection.close()
