"""Authorize row versions and private channels by the row-level security policies of the database.

The policies of a table are evaluated on the values in the write-ahead log, once for each role and claims: selecting the
row again would return a later version, or none when it has been deleted. Only the columns that the policies reference
matter, so one result serves many rows. Results are cached for one second, or until a permission changes where the
permission model allows it; those changes arrive through the same log, in commit order.
"""

# ruff: noqa: S608  # identifiers come from the catalogue, quoted by PostgreSQL

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import asyncpg
import orjson
import structlog

from arti_core.database import NO_ANSWER, role_transaction, signature_of
from arti_core.errors import Unavailable
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.channel.channel import ALLOW_ALL, DENY_ALL, ChannelPolicies, Subscriber
from supabase_local.realtime.permission_model import PermissionModel
from supabase_local.realtime.postgres_changes.pgoutput import Values
from supabase_local.realtime.postgres_changes.publication import MESSAGES, Publication, PublicationTable, RowSecurity

log = structlog.get_logger()

_CACHE_SECONDS = 1.0
_PERMISSION_CACHE_SECONDS = 30.0  # of results that depend on permissions alone, whose changes are replicated
_MAX_CACHED_ROWS = 2000  # each with the results of all subscribers of its table

_RowKey: TypeAlias = tuple[str | None, ...]  # the columns that policies reference, in the order of their names


@dataclass(slots=True)
class _CacheEntry:
    expires_at: float
    visible_to: dict[Subscriber, bool] = field(default_factory=dict)


class Authorizer:
    def __init__(self, pools: DatabasePools, publication: Publication, model: PermissionModel) -> None:
        self._pools = pools
        self._publication = publication
        self._model = model
        self._cache: dict[tuple[tuple[str, str], str, _RowKey], _CacheEntry] = {}
        self._tenants: dict[Subscriber, frozenset[str]] = {}
        self.permissions_replicated = False  # else changes of permissions go unnoticed, and are not waited for

    def invalidate(self, user_ids: Collection[str]) -> None:
        """Drop the cached results of users whose permissions have changed."""
        for subscriber in [s for s in self._tenants if any(user_id in s.claims for user_id in user_ids)]:
            del self._tenants[subscriber]
            for entry in self._cache.values():
                entry.visible_to.pop(subscriber, None)

    def invalidate_all(self) -> None:
        self._cache.clear()
        self._tenants.clear()

    async def visible(
        self, table: PublicationTable, versions: Sequence[Values | None], subscribers: Collection[Subscriber]
    ) -> list[set[Subscriber]]:
        """Return for each row version the subscribers that may see it. A missing version is visible to none."""
        visible_to: list[set[Subscriber]] = [set() for _ in versions]
        for role, of_role in _by_role(subscribers).items():
            row_security = await self._publication.row_security(role, table.name)
            if row_security is None or not row_security.readable_columns:
                continue
            if row_security.enabled:
                await self._apply_policies(table, row_security, versions, of_role, visible_to)
                continue
            for n, version in enumerate(versions):
                if version is not None:
                    visible_to[n].update(of_role)
        return visible_to

    async def _apply_policies(
        self,
        table: PublicationTable,
        row_security: RowSecurity,
        versions: Sequence[Values | None],
        subscribers: Sequence[Subscriber],
        visible_to: list[set[Subscriber]],
    ) -> None:
        """Add to `visible_to` the subscribers, all of one role, that the policies let see each version."""
        columns = sorted(row_security.referenced_columns())
        rows: dict[_RowKey, list[int]] = defaultdict(list)
        for n, version in enumerate(versions):
            if version is None:
                continue
            if version.keys() >= set(columns):
                rows[tuple(_text(version[name]) for name in columns)].append(n)
            elif self._model.tenant_column not in table.types:
                # An old row of which the log keeps too few columns to evaluate the policies; upstream evaluates none.
                visible_to[n].update(subscribers)
        entries = self._entries(table, row_security, subscribers[0].role, list(rows))
        candidates = await self._candidates(row_security, columns, list(rows), subscribers)
        unknown = {
            subscriber
            for entry, possible in zip(entries, candidates, strict=True)
            for subscriber in possible
            if subscriber not in entry.visible_to
        }
        if unknown:
            records = [_record(table, columns, row) for row in rows]
            results = await self._evaluate(
                list(unknown), _visible_rows_query(table, row_security, self._pools.live_condition), records
            )
            for subscriber, numbers in results.items():
                visible_numbers = frozenset(numbers or ())
                for n, entry in enumerate(entries, 1):
                    entry.visible_to[subscriber] = n in visible_numbers
        for entry, possible, numbers in zip(entries, candidates, rows.values(), strict=True):
            allowed = {subscriber for subscriber in possible if entry.visible_to.get(subscriber)}
            for n in numbers:
                visible_to[n] |= allowed

    def _entries(
        self, table: PublicationTable, row_security: RowSecurity, role: str, rows: Sequence[_RowKey]
    ) -> list[_CacheEntry]:
        now = time.monotonic()
        if len(self._cache) > _MAX_CACHED_ROWS:
            self._cache = {key: entry for key, entry in self._cache.items() if entry.expires_at > now}
        until_change = self.permissions_replicated and row_security.depends_on_permissions_only
        expires_at = now + (_PERMISSION_CACHE_SECONDS if until_change else _CACHE_SECONDS)
        entries = []
        for row in rows:
            entry = self._cache.get((table.name, role, row))
            if entry is None or entry.expires_at <= now:
                entry = self._cache[table.name, role, row] = _CacheEntry(expires_at)
            entries.append(entry)
        return entries

    async def _candidates(
        self,
        row_security: RowSecurity,
        columns: Sequence[str],
        rows: Sequence[_RowKey],
        subscribers: Sequence[Subscriber],
    ) -> list[Sequence[Subscriber]]:
        """Return for each row the subscribers to evaluate: only those of its tenant where a policy restricts to it."""
        restricted = self.permissions_replicated and row_security.restricted_to_tenant
        if not restricted or subscribers[0].role != "authenticated":
            return [subscribers] * len(rows)
        unknown = [subscriber for subscriber in subscribers if subscriber not in self._tenants]
        if unknown:
            if len(self._tenants) > _MAX_CACHED_ROWS + len(subscribers):
                self._tenants.clear()
                unknown = list(subscribers)
            query = f"select to_jsonb((select {self._model.tenant_function}()))"
            tenants = await self._evaluate(unknown, query, None)
            self._tenants |= {subscriber: frozenset(ids or ()) for subscriber, ids in tenants.items()}
        by_tenant: dict[str | None, list[Subscriber]] = defaultdict(list)
        for subscriber in subscribers:
            for tenant_id in self._tenants[subscriber]:
                by_tenant[tenant_id].append(subscriber)
        place = columns.index(self._model.tenant_column)
        return [by_tenant.get(row[place], []) for row in rows]

    async def channel_policies(
        self, requests: Collection[tuple[Subscriber, str]]
    ) -> dict[tuple[Subscriber, str], ChannelPolicies | None]:
        """Return what each subscriber may do on the private channel of each topic; None when its session has ended."""
        policies: dict[tuple[Subscriber, str], ChannelPolicies | None] = {}
        by_role: dict[str, list[tuple[Subscriber, str]]] = defaultdict(list)
        for request in requests:
            by_role[request[0].role].append(request)
        for role, of_role in by_role.items():
            row_security = await self._publication.row_security(role, MESSAGES)
            if row_security is not None and not row_security.enabled:
                policies.update(dict.fromkeys(of_role, ALLOW_ALL))
                continue
            results = await self._evaluate_each(
                [subscriber for subscriber, _ in of_role],
                [topic for _, topic in of_role],
                _channel_policies_query(row_security, self._pools.live_condition),
                None,
            )
            for request, result in zip(of_role, results, strict=True):
                policies[request] = _channel_policies(result)
        return policies

    async def live_subscribers(self, subscribers: Collection[Subscriber]) -> set[Subscriber]:
        """Return those whose session has not ended and whose key was not revoked."""
        live: set[Subscriber] = set()
        for of_role in _by_role(subscribers).values():
            results = await self._evaluate(of_role, f"select to_jsonb({self._pools.live_condition})", None)
            live |= {subscriber for subscriber, result in results.items() if result is True}
        return live

    async def _evaluate(self, subscribers: Sequence[Subscriber], query: str, parameter: Any) -> dict[Subscriber, Any]:
        results = await self._evaluate_each(subscribers, [""] * len(subscribers), query, parameter)
        return dict(zip(subscribers, results, strict=True))

    async def _evaluate_each(
        self, subscribers: Sequence[Subscriber], topics: Sequence[str], query: str, parameter: Any
    ) -> list[Any]:
        """Run `query` under the claims of each, all of one role. None where a policy failed. Raises Unavailable."""
        role = subscribers[0].role
        claims = [subscriber.claims for subscriber in subscribers]
        try:
            async with role_transaction(self._pools.of(role), role, "", read_only=True) as connection:
                rows = await connection.fetch(
                    "select answer from realtime.evaluate_as($1, $2, $3, $4, $5) order by principal",
                    claims,
                    [signature_of(connection, claimed, role=role) for claimed in claims],
                    list(topics),
                    query,
                    parameter,
                )
        except NO_ANSWER as error:
            raise Unavailable("The database does not answer. Try again in a moment.") from error
        except asyncpg.PostgresError as error:  # a policy that cannot be prepared shows no rows
            log.error("realtime cannot evaluate policies", exc_info=error, role=role)
            return [None] * len(claims)
        return [row["answer"] for row in rows]


def _by_role(subscribers: Collection[Subscriber]) -> dict[str, list[Subscriber]]:
    by_role: dict[str, list[Subscriber]] = defaultdict(list)
    for subscriber in subscribers:
        by_role[subscriber.role].append(subscriber)
    return by_role


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _record(table: PublicationTable, columns: Sequence[str], row: _RowKey) -> dict[str, Any]:
    json_columns = table.json_columns
    return {
        name: orjson.loads(value) if value is not None and name in json_columns else value
        for name, value in zip(columns, row, strict=True)
    }


def _visible_rows_query(table: PublicationTable, row_security: RowSecurity, live: str) -> str:
    """Return SQL that selects the numbers of the visible rows among the records of its parameter."""
    return (
        f"{table.stamp} select coalesce(jsonb_agg(realtime_record_number), '[]') from (select x.n as "
        f"realtime_record_number, r.* from jsonb_array_elements($1) with ordinality as x (value, n), "
        f"jsonb_populate_record(null::{table.sql_name}, x.value) r) as {table.alias} "
        f"where {live} and {row_security.condition()}"
    )


def _channel_policies_query(row_security: RowSecurity | None, live: str) -> str:
    """Return SQL that selects what may be read and written on the channel of `realtime.topic()`."""
    read = row_security.condition() if row_security else "false"
    write = row_security.condition(insert=True) if row_security else "false"
    return (
        f"select jsonb_build_object('live', {live}, "
        f"'read', jsonb_agg(messages.extension) filter (where {read}), "
        f"'write', jsonb_agg(messages.extension) filter (where {write})) "
        "from (select r.* from unnest(array['broadcast', 'presence']) as e (extension), "
        "jsonb_populate_record(null::realtime.messages, jsonb_build_object('topic', realtime.topic(), "
        "'extension', e.extension, 'private', true, 'id', gen_random_uuid(), 'inserted_at', clock.now(), "
        "'updated_at', clock.now())) r) as messages where $1::jsonb is null"
    )


def _channel_policies(result: Mapping[str, Any] | None) -> ChannelPolicies | None:
    if result is None:
        return DENY_ALL
    if not result["live"]:
        return None
    return ChannelPolicies(frozenset(result["read"] or ()), frozenset(result["write"] or ()))
