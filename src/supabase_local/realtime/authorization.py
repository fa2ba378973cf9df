"""Who may see a version of a row, and who may use a private channel: asked of the database's own policies.

The policies of a table are put to the very values that the log tells, once for each role and claims. Reading the row
again would show a later version, and none when it is gone meanwhile. What counts of a row are only the columns that
the policies look at, so one answer serves for many rows. It is kept for a second, or, where the policies ask for
memberships alone, until one changes: of that the log tells too (the publication arti_permissions), in its order.
"""

# ruff: noqa: S608  # what is put into the statements comes from the catalogue, quoted by PostgreSQL

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import asyncpg
import orjson
import structlog

from arti_core.database import NO_ANSWER, role_transaction
from arti_core.errors import Unavailable
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.channel.channel import EVERYTHING, NOTHING, Access, Audience
from supabase_local.realtime.postgres_changes.pgoutput import Values
from supabase_local.realtime.postgres_changes.publication import MESSAGES, Publication, RowSecurity, Table

log = structlog.get_logger()

_KEPT_SECONDS = 1.0
_EXACT_SECONDS = 30.0  # of answers that rest on memberships alone, of whose changes we hear
_MOST_KEPT = 2000  # rows, each with the answers of all who listen to its table

_Row: TypeAlias = tuple[str | None, ...]  # the columns that policies look at, in the order of their names


@dataclass(slots=True)
class _Known:
    until: float
    answers: dict[Audience, bool] = field(default_factory=dict)


class Authorizer:
    def __init__(self, pools: DatabasePools, published: Publication) -> None:
        self._pools = pools
        self._publication = published
        self._known: dict[tuple[tuple[str, str], str, _Row], _Known] = {}
        self._orgs: dict[Audience, frozenset[str]] = {}
        self.hears_of_memberships = False  # else what is known of them grows old unnoticed, and is not used

    def forget(self, user_ids: Collection[str]) -> None:
        """What these people may see has changed."""
        for one in [one for one in self._orgs if any(user_id in one.claims for user_id in user_ids)]:
            del self._orgs[one]
            for entry in self._known.values():
                entry.answers.pop(one, None)

    def forget_all(self) -> None:
        self._known.clear()
        self._orgs.clear()

    async def visible(
        self, table: Table, versions: Sequence[Values | None], audiences: Collection[Audience]
    ) -> list[set[Audience]]:
        """Return for each version of a row who of `audiences` may see it. A missing one is seen by nobody."""
        seen: list[set[Audience]] = [set() for _ in versions]
        by_role: dict[str, list[Audience]] = defaultdict(list)
        for audience in audiences:
            by_role[audience.role].append(audience)
        for role, of_role in by_role.items():
            standing = await self._publication.standing(role, table.name)
            if standing is None or not standing.readable:
                continue
            for n, version in enumerate(versions):
                if version is not None and not standing.secured:
                    seen[n].update(of_role)
            if standing.secured:
                await self._authorizer(table, standing, versions, of_role, seen)
        return seen

    async def _authorizer(
        self,
        table: Table,
        standing: RowSecurity,
        versions: Sequence[Values | None],
        audiences: Sequence[Audience],
        seen: list[set[Audience]],
    ) -> None:
        role, now = audiences[0].role, time.monotonic()
        columns = sorted(standing.referenced_columns())
        rows: dict[_Row, list[int]] = defaultdict(list)
        for n, version in enumerate(versions):
            if version is None:
                continue
            if version.keys() >= set(columns):
                rows[tuple(_text(version[name]) for name in columns)].append(n)
            elif "org_id" not in table.types:
                # An old row of which the log keeps too little to ask the policies; upstream asks them for none.
                seen[n].update(audiences)
        if len(self._known) > _MOST_KEPT:
            self._known = {key: one for key, one in self._known.items() if one.until > now}
        entries = []
        for row in rows:
            entry = self._known.get((table.name, role, row))
            if entry is None or entry.until <= now:
                exact = self.hears_of_memberships and standing.rests_on_permissions
                entry = self._known[table.name, role, row] = _Known(now + (_EXACT_SECONDS if exact else _KEPT_SECONDS))
            entries.append(entry)
        possible = await self._candidates(standing, columns, list(rows), audiences)
        strangers = {
            one for entry, able in zip(entries, possible, strict=True) for one in able if one not in entry.answers
        }
        if strangers:
            subject = [_subject(table, columns, row) for row in rows]
            question = _question(table, standing)
            for audience, visible in (await self._ask(list(strangers), question, subject)).items():
                shown = frozenset(visible or ())
                for n, entry in enumerate(entries, 1):
                    entry.answers[audience] = n in shown
        for entry, able, numbers in zip(entries, possible, rows.values(), strict=True):
            allowed = {one for one in able if entry.answers.get(one)}
            for n in numbers:
                seen[n] |= allowed

    async def _candidates(
        self, standing: RowSecurity, columns: Sequence[str], rows: Sequence[_Row], audiences: Sequence[Audience]
    ) -> list[Sequence[Audience]]:
        """Return for each row who may see it at all: where a policy lets members alone pass, nobody else is asked."""
        if not (self.hears_of_memberships and standing.members_only and audiences[0].role == "authenticated"):
            return [audiences] * len(rows)
        strangers = [one for one in audiences if one not in self._orgs]
        if strangers:
            if len(self._orgs) > _MOST_KEPT + len(audiences):
                self._orgs.clear()
                strangers = list(audiences)
            found = await self._ask(strangers, "select to_jsonb((select private.member_org_ids()))", None)
            self._orgs |= {one: frozenset(orgs or ()) for one, orgs in found.items()}
        by_org: dict[str | None, list[Audience]] = defaultdict(list)
        for one in audiences:
            for org_id in self._orgs[one]:
                by_org[org_id].append(one)
        at = columns.index("org_id")
        return [by_org.get(row[at], []) for row in rows]

    async def access(self, wanted: Collection[tuple[Audience, str]]) -> dict[tuple[Audience, str], Access | None]:
        """Return what each audience may do on the private channel of each name; None when their session has ended."""
        found: dict[tuple[Audience, str], Access | None] = {}
        by_role: dict[str, list[tuple[Audience, str]]] = defaultdict(list)
        for pair in wanted:
            by_role[pair[0].role].append(pair)
        for role, pairs in by_role.items():
            standing = await self._publication.standing(role, MESSAGES)
            if standing is not None and not standing.secured:
                found.update(dict.fromkeys(pairs, EVERYTHING))
                continue
            answers = await self._ask_each(
                [pair[0] for pair in pairs], [pair[1] for pair in pairs], _channel_question(standing), None
            )
            for pair, answer in zip(pairs, answers, strict=True):
                found[pair] = _access(answer)
        return found

    async def live_audiences(self, audiences: Collection[Audience]) -> set[Audience]:
        """Return those whose session still lives, or whose key was not revoked."""
        by_role: dict[str, list[Audience]] = defaultdict(list)
        for audience in audiences:
            by_role[audience.role].append(audience)
        alive: set[Audience] = set()
        for of_role in by_role.values():
            answers = await self._ask(of_role, "select to_jsonb((select private.session_lives()))", None)
            alive |= {audience for audience, answer in answers.items() if answer is True}
        return alive

    async def _ask(self, audiences: Sequence[Audience], question: str, subject: Any) -> dict[Audience, Any]:
        answers = await self._ask_each(audiences, [""] * len(audiences), question, subject)
        return dict(zip(audiences, answers, strict=True))

    async def _ask_each(
        self, audiences: Sequence[Audience], topics: Sequence[str], question: str, subject: Any
    ) -> list[Any]:
        """Return each one's answer, None where the policies failed. All are of one role."""
        role = audiences[0].role
        claims = [audience.claims for audience in audiences]
        try:
            async with role_transaction(self._pools.of(role), role, "", read_only=True) as connection:
                rows = await connection.fetch(
                    "select answer from realtime.ask_as($1, $2, $3, $4) order by asker",
                    claims,
                    list(topics),
                    question,
                    subject,
                )
        except NO_ANSWER as error:
            raise Unavailable("The database does not answer. Try again in a moment.") from error
        except asyncpg.PostgresError as error:  # a policy that cannot even be prepared shows nothing
            log.error("policies cannot be asked", error=str(error), role=role)
            return [None] * len(claims)
        return [row["answer"] for row in rows]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _subject(table: Table, columns: Sequence[str], row: _Row) -> dict[str, Any]:
    kinds = table.json_columns
    return {
        name: orjson.loads(value) if value is not None and name in kinds else value
        for name, value in zip(columns, row, strict=True)
    }


def _question(table: Table, standing: RowSecurity) -> str:
    """Return SQL that answers with the numbers of the visible among the rows that are its parameter."""
    return (
        f"{table.stamp} select coalesce(jsonb_agg(arti_n), '[]') from (select x.n as arti_n, r.* "
        f"from jsonb_array_elements($1) with ordinality as x (value, n), "
        f"jsonb_populate_record(null::{table.sql_name}, x.value) r) as {table.alias} "
        f"where (select private.session_lives()) and {standing.condition()}"
    )


def _channel_question(standing: RowSecurity | None) -> str:
    """Return SQL that answers with what may be read and written on the channel of `realtime.topic()`."""
    read = standing.condition() if standing else "false"
    write = standing.condition(sending=True) if standing else "false"
    return (
        "select jsonb_build_object('lives', (select private.session_lives()), "
        f"'read', jsonb_agg(messages.extension) filter (where {read}), "
        f"'write', jsonb_agg(messages.extension) filter (where {write})) "
        "from (select r.* from unnest(array['broadcast', 'presence']) as e (extension), "
        "jsonb_populate_record(null::realtime.messages, jsonb_build_object('topic', realtime.topic(), "
        "'extension', e.extension, 'private', true, 'id', gen_random_uuid(), 'inserted_at', now(), "
        "'updated_at', now())) r) as messages where $1::jsonb is null"
    )


def _access(answer: Mapping[str, Any] | None) -> Access | None:
    if answer is None:
        return NOTHING
    if not answer["lives"]:
        return None
    return Access(frozenset(answer["read"] or ()), frozenset(answer["write"] or ()))
