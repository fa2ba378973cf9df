"""The schema cache: reads the database's schema, and reads it again when it is told to or meets an unknown name."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
import structlog

from arti_core.database import Pool, open_transaction
from supabase_local.rest.api_request.request import names_in
from supabase_local.rest.schema_cache.introspection import read_schema
from supabase_local.rest.schema_cache.schema import Schema
from supabase_local.settings import SupabaseLocalSettings

log = structlog.get_logger()

_RELOAD_SECONDS = 5.0
_RECONNECT_SECONDS = 1.0
_BELL = "pgrst"  # notify pgrst, 'reload schema'
_READING = "begin read only; select set_config('search_path', '', true)"


def open_schema_cache(settings: SupabaseLocalSettings, pool: Pool) -> "SchemaCache":
    """Return the schema cache of the exposed schemas, listening for `notify pgrst`. Stop it in the end."""
    dsn = settings.rest_database_url.get_secret_value()
    catalogue = SchemaCache(pool, schemas=names_in(settings.pgrst_db_schemas), dsn=dsn)
    catalogue.start()
    return catalogue


class SchemaCache:
    """Knows what the exposed schemas hold. The first of them answers when a request names none."""

    def __init__(self, pool: Pool, *, schemas: Sequence[str], dsn: str) -> None:
        """`dsn` is for the connection that hears `notify pgrst`."""
        self.schemas = tuple(schemas)
        self._pool = pool
        self._dsn = dsn
        self._schema = Schema()
        self._loaded_at = -_RELOAD_SECONDS
        self._reloading = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen for `notify pgrst`."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def schema(self) -> Schema:
        """Return the present state, read when nothing is known yet."""
        if not self._schema.version:
            await self._reload(0)
        return self._schema

    async def newer(self, known: Schema) -> Schema | None:
        """Return a later state than `known`, or None: it is read again at most once in five seconds."""
        if self._schema.version == known.version and time.monotonic() - self._loaded_at >= _RELOAD_SECONDS:
            await self._reload(known.version)
        return self._schema if self._schema.version > known.version else None

    async def _reload(self, version: int) -> None:
        async with self._reloading:  # who comes while it is read waits for the answer
            if self._schema.version > version:
                return
            async with open_transaction(self._pool, _READING) as connection:
                self._schema = await read_schema(connection, self.schemas, version=version + 1)
            self._loaded_at = time.monotonic()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_lost()
            except Exception as error:  # asyncpg has no common base for what a lost connection raises
                log.warning("the schema cache does not hear the database", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_until_lost(self) -> None:
        rung = asyncio.Event()
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._dsn)
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            connection.add_termination_listener(lambda *_: rung.set())
            await connection.add_listener(_BELL, lambda *_: rung.set())
            if self._schema.version:  # what was told while nobody listened
                rung.set()
            while not lost.is_set():
                await rung.wait()
                rung.clear()
                await self._reload(self._schema.version)
        finally:
            await connection.close()
