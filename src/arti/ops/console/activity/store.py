"""What runs in the database now, who waits for whom, and how large things are."""

from datetime import datetime

from arti.ops.console.audit import record_change
from arti.ops.console.transactions import read_only_transaction, write_transaction
from arti_core.database import Pool, Row
from arti_core.errors import Conflict

_MAX_LOCKS = 200


async def list_activity(pool: Pool) -> list[Row]:
    """Return the sessions of this database but the console's own, those that work first."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select pid, usename as role, application_name as program, backend_start, coalesce(state, '') as state,
                 extract(epoch from clock_timestamp()
                   - case when state = 'active' then query_start else state_change end)::float8 as seconds,
                 extract(epoch from clock_timestamp() - xact_start)::float8 as transaction_seconds,
                 concat_ws(': ', wait_event_type, wait_event) as waits, pg_blocking_pids(pid) as blockers,
                 left(query, 2000) as query
               from pg_stat_activity
               where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
               order by cardinality(pg_blocking_pids(pid)) desc, state = 'active' desc, xact_start nulls last, pid"""
        )


async def list_locks(pool: Pool) -> list[Row]:
    """Return who waits for a lock, and who holds one that is stronger than that of a plain read."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select l.pid, l.mode, l.granted, l.locktype as kind, pg_blocking_pids(l.pid) as blockers,
                 case when l.relation is not null and l.database = (select oid from pg_database
                      where datname = current_database()) then l.relation::regclass::text else '' end as relation,
                 extract(epoch from clock_timestamp() - l.waitstart)::float8 as seconds
               from pg_locks l
               where l.pid <> pg_backend_pid()
                 and (not l.granted or l.locktype in ('relation', 'tuple', 'advisory') and l.mode <> 'AccessShareLock')
               order by l.granted, l.waitstart, relation, l.pid limit $1""",
            _MAX_LOCKS,
        )


async def stop(pool: Pool, *, pid: int, started_at: datetime, ends_session: bool, session: str) -> None:
    """Cancel what a session runs, or end the whole session.

    `started_at` distinguishes it from a later process with the same number. Raises Conflict when it has ended.
    """
    async with write_transaction(pool) as connection:
        query = await connection.fetchval(
            """select concat(usename, ': ', left(query, 2000)) from pg_stat_activity
               where pid = $1 and backend_start = $2 and pid <> pg_backend_pid()""",
            pid,
            started_at,
        )
        # Apart from the search: in its condition the server might call it for every session.
        function = "pg_terminate_backend" if ends_session else "pg_cancel_backend"
        if query is None or not await connection.fetchval(f"select {function}($1)", pid):
            raise Conflict("This session is not there any more.")
        action = "terminate" if ends_session else "cancel"
        await record_change(connection, session=session, action=action, target=str(pid), detail=query)


async def list_sizes(pool: Pool) -> list[Row]:
    """Return the space of each table. `loose` is what the statistics say it holds too much, in bytes, or null."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select s.schemaname as schema, s.relname as name, pg_total_relation_size(s.relid) as total,
                 pg_relation_size(s.relid) as heap, pg_indexes_size(s.relid) as indexes,
                 coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) as toast,
                 s.n_live_tup as live, s.n_dead_tup as dead,
                 s.seq_scan as scans, coalesce(s.idx_scan, 0) as index_scans,
                 greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at,
                 greatest(s.last_analyze, s.last_autoanalyze) as analyzed_at,
                 -- 24 bytes of page head, 28 of row head and pointer: what full pages would hold.
                 case when c.reltuples > 0 and w.width is not null then greatest(0, pg_relation_size(s.relid)
                   - ceil(c.reltuples * (28 + w.width) / 8168) * 8192)::bigint end as loose
               from pg_stat_user_tables s join pg_class c on c.oid = s.relid
               left join lateral (select sum(p.avg_width * (1 - p.null_frac)) as width from pg_stats p
                 where p.schemaname = s.schemaname and p.tablename = s.relname) w on true
               order by total desc, 1, 2"""
        )


async def list_idle_indexes(pool: Pool) -> list[Row]:
    """Return indexes that no query used since the statistics began, without those that keep a key."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select s.schemaname as schema, s.relname as table_name, s.indexrelname as name,
                 pg_relation_size(s.indexrelid) as size
               from pg_stat_user_indexes s join pg_index i on i.indexrelid = s.indexrelid
               where s.idx_scan = 0 and not i.indisunique order by size desc, 1, 2, 3 limit 100"""
        )


async def database_size(pool: Pool) -> int:
    async with read_only_transaction(pool) as connection:
        size: int = await connection.fetchval("select pg_database_size(current_database())")
        return size
