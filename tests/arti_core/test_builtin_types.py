"""What one connection learnt of PostgreSQL's own types serves all; types of a schema are asked about by each."""

from collections.abc import Collection
from typing import Any

import asyncpg
import pytest

from arti_core import builtin_types
from tests.conftest import Database


@pytest.mark.parametrize(
    ("sql", "answer", "questions"),
    [
        ("select array['01:02:03:04:05:06:07:08'::macaddr8]", ["01:02:03:04:05:06:07:08"], 1),
        ("select array['manager']::public.member_role[]", ["manager"], 2),
    ],
)
async def test_each_connection_reads_arrays(
    database: Database, monkeypatch: pytest.MonkeyPatch, sql: str, answer: list[str], questions: int
) -> None:
    introspected: list[Collection[int]] = []
    introspect = asyncpg.Connection._introspect_types  # type: ignore[attr-defined]

    async def count(connection: asyncpg.Connection, oids: Collection[int], timeout: float | None) -> Any:
        introspected.append(oids)
        return await introspect(connection, oids, timeout)

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", count)
    monkeypatch.setattr(builtin_types, "_known", {})
    pool = await database.pool("arti_api", size=2)
    async with pool.acquire() as first, pool.acquire() as second:
        for connection in (first, second, second):
            assert await connection.fetchval(sql) == answer
            assert await connection.fetch("select $1::text[]", ["a"])
    await pool.close()
    assert len([oids for oids in introspected if max(oids) != 1009]) == questions  # 1009: text[]
