"""Add what this process has refused to the counts of all processes in the database, for the operator's alerts."""

import asyncio
from collections import Counter

import orjson
import structlog

from arti_core.database import Pool, open_transaction
from arti_core.telemetry.metrics import SECURITY_EVENTS

log = structlog.get_logger()

FLUSH_SECONDS = 10.0
_flushed: Counter[str] = Counter()


async def flush_refusals(pool: Pool) -> None:
    """Write what was refused since the last call. As the API, a worker or the gateway."""
    counted: Counter[str] = Counter()
    for sample in next(iter(SECURITY_EVENTS.collect())).samples:
        if sample.name.endswith("_total"):
            counted[sample.labels["kind"]] += int(sample.value)
    fresh = counted - _flushed
    if not fresh:
        return
    async with open_transaction(pool, "begin") as connection:
        await connection.execute("select private.count_refusals($1::text::jsonb)", orjson.dumps(dict(fresh)).decode())
    _flushed.update(fresh)


async def keep_flushing(pool: Pool) -> None:
    """Write every few seconds until cancelled."""
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        try:
            await flush_refusals(pool)
        except Exception as error:  # counted again at the next turn
            log.warning("refusals could not be counted", error=type(error).__name__)
