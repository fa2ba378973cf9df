"""Two gateways over two databases that differ in one thing: whether the foreign org exists.

Whatever a caller of the own org requests, both must respond alike: then nothing foreign is in any body, header, count,
error, nor in whether a request is refused. Each gateway has pools of one connection, so every request of every tenant
goes over the same one.
"""

import asyncio
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4, uuid5

import asyncpg
import httpx2 as httpx
import orjson
import pytest
from starlette.applications import Starlette

import supabase_local.app as gateway_module
from arti.gateway import create_gateway
from arti.settings import Settings
from arti_core import clock
from arti_core.database import Pool, open_pool
from local_stack.postgres import SUPERUSER, Cluster
from supabase_local.auth.mail.worker import MailWorker
from supabase_local.keys.signing_keys import LocalKeys, SigningKeys
from tests.conftest import TEMPLATE, Database
from tests.isolation.seeding import SeededArtist, SeededOrg, TenantTables

LONG = bool(os.environ.get("ARTI_TEST_LONG"))

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d)?)?|\b1[5-9]\d{8}\b")
_SECRET = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|[A-Za-z0-9_+/-]{28,}")
_VARYING_HEADERS = frozenset({"date", "server", "content-length", "x-request-id", "retry-after"})


def fill(value: Any, words: Mapping[str, str]) -> Any:
    """Return `value` with every `<name>` in it, however deep, replaced by its word."""
    if isinstance(value, str):
        for name, word in words.items():
            value = value.replace(f"<{name}>", word)
        return value
    if isinstance(value, dict):
        return {fill(key, words): fill(part, words) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(fill(part, words) for part in value)
    return value


@dataclass(frozen=True, slots=True)
class ComparedRequest:
    """One request, with `<own>`, `<foreign>`, `<mark>` and so on where a tenant's ids and words stand.

    `<org>` and `<foreign-org>` are the orgs of these ids: of two artists of one org, the same.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Any = None
    principal: str = "member"  # member, key (of the org), anon
    cancel_after: float = 0  # seconds; counts for one of five in the concurrent part

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    def filled(self, words: Mapping[str, str]) -> "ComparedRequest":
        return ComparedRequest(
            self.method,
            fill(self.path, words),
            fill(self.query, words),
            fill(self.headers, words),
            fill(self.body, words),
            self.principal,
        )


@dataclass
class ComparedGateway:
    """One running gateway over one database; `foreign` is None where the foreign org never was."""

    database: Database
    app: Starlette
    seeded_database: TenantTables
    keys: LocalKeys
    settings: Settings
    own: SeededOrg
    foreign: SeededOrg | None
    http: httpx.AsyncClient = field(repr=False)

    async def seed(self) -> None:
        """Restore the orgs' rows, and delete what else requests have created: anyone may create an org."""
        orgs = [self.own, self.foreign] if self.foreign else [self.own]
        for org in orgs:
            await org.seed()
            await seed_machine_key(self.seeded_database, org)
            for artist in org.artists:
                if artist.has_manager:
                    await seed_machine_key(self.seeded_database, org, artist)
        await self.seeded_database.connection.execute(
            "delete from orgs where id <> all($1) and id <> private.canary_org_id()", [org.id for org in orgs]
        )


def machine_key(owner_id: str) -> str:
    """Return the secret of the API key of an org, or of one of its artists."""
    return f"sb_secret_{owner_id}"


async def seed_machine_key(seeded_database: TenantTables, org: SeededOrg, artist: SeededArtist | None = None) -> None:
    """Give the org an API key, as its admin page does: a machine that is a member, perhaps for one artist."""
    machine = uuid5(artist.id if artist else org.id, "machine")
    email, key = f"{machine}@{org.mark}.test", machine_key(str(artist.id if artist else org.id))
    await seeded_database.connection.execute(
        f"""insert into auth.users (id, email) values ('{machine}', '{email}') on conflict do nothing;
            insert into users (id, email) values ('{machine}', '{email}') on conflict do nothing;
            insert into memberships (org_id, user_id, role, artist_access)
            values ('{org.id}', '{machine}', 'manager', '{"list" if artist else "all"}');
            insert into private.org_keys (org_id, id, user_id, name, hash, start)
            values ('{org.id}', '{machine}', '{machine}', '{org.mark}', sha256('{key}'), '')"""
    )
    if artist:
        await seeded_database.connection.execute(
            "insert into member_artists (org_id, user_id, artist_id) values ($1, $2, $3)", org.id, machine, artist.id
        )


async def token_for(
    seeded_database: TenantTables, keys: LocalKeys, whose: SeededOrg | SeededArtist, settings: Settings
) -> str:
    """Return an access token with an active session: of the member of an org, or of who sees one artist."""
    user_id = whose.manager_id if isinstance(whose, SeededArtist) else whose.id
    session, now = uuid4(), int(clock.timestamp())
    await seeded_database.connection.execute(
        """insert into auth.sessions (id, user_id, created_at, updated_at, aal)
           values ($1, $2, clock.now(), clock.now(), 'aal1')""",
        session,
        user_id,
    )
    claims = {
        "iss": f"{settings.supabase_url}/auth/v1",
        "sub": str(user_id),
        "aud": "authenticated",
        "role": "authenticated",
        "email": whose.email,
        "session_id": str(session),
        "aal": "aal1",
        "iat": now,
        "exp": now + 3600,
    }
    return SigningKeys(keys.jwt_keys).sign(claims)


@dataclass
class Comparison:
    """The two sides, the tokens of the tenants, and the violations."""

    full: ComparedGateway
    bare: ComparedGateway
    words: dict[str, str]
    swapped: dict[str, str]  # the same from the foreign tenant's point of view
    bare_words: dict[str, str]  # the same on the bare side
    tokens: dict[str, str]  # of the full side, by the word `own`
    bare_token: str
    wrong: list[str] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    difference: tuple[str, str] = ("with a foreign org", "without")
    changed: bool = False  # whether rows may differ from the seeded ones

    async def send(self, side: ComparedGateway, generated_request: ComparedRequest, who: str) -> httpx.Response:
        """Send one request that is already filled, as the tenant whose word `own` is `who`."""
        key = machine_key(who) if generated_request.principal == "key" else side.keys.publishable_key
        headers = [("apikey", key), *generated_request.headers]
        if generated_request.principal == "key":
            headers.append(("authorization", f"Bearer {key}"))
        if generated_request.principal == "member":
            token = self.tokens[who] if side is self.full else self.bare_token
            headers.append(("authorization", f"Bearer {token}"))
        content = None if generated_request.body is None else orjson.dumps(generated_request.body)
        if content is not None:
            headers.append(("content-type", "application/json"))
        self.changed |= generated_request.writes  # also when no response arrives
        return await side.http.request(
            generated_request.method,
            generated_request.path,
            params=list(generated_request.query),
            headers=headers,
            content=content,
        )

    def record_violation(self, generated_request: ComparedRequest, what: str) -> None:
        self.wrong.append(
            f"{generated_request.method} {generated_request.path} {dict(generated_request.query)} "
            f"{dict(generated_request.headers)} {generated_request.body}: {what}"
        )

    async def compare(self, generated_requests: Sequence[ComparedRequest]) -> None:
        """Send `generated_requests` one after another to both sides, as the own tenant; record every difference."""
        before = await self.foreign_rows()
        for generated_request in generated_requests:
            filled = generated_request.filled(self.words)
            before_it = self.changed
            seen = await self.send(self.full, filled, self.words["own"])
            same = await self.send(self.bare, generated_request.filled(self.bare_words), self.bare_words["own"])
            self.changed = before_it or (generated_request.writes and min(seen.status_code, same.status_code) < 400)
            self.requests["compared"] += 1
            if (answers := self._normalized_response(seen, filled)) != (
                known := self._normalized_response(same, filled)
            ) and not _is_unread(seen, same):
                self.record_violation(filled, f"{self.difference[0]} {answers}, {self.difference[1]} {known}")
            self._look_for_marks(filled, seen, self.swapped["mark"])
            if seen.status_code >= 500:
                self.record_violation(filled, f"broke: {seen.status_code} {seen.text[:300]}")
        if (after := await self.foreign_rows()) != before:
            self.record_violation(
                generated_requests[-1], f"or one before it changed foreign rows: {set(before) ^ set(after)}"
            )
        await self.restore()

    async def foreign_rows(self) -> list[str]:
        """Return what no request of the own tenant may change."""
        assert self.full.foreign
        return await self.full.foreign.rows()

    async def alternate(self, generated_requests: Sequence[ComparedRequest]) -> None:
        """Send all requests at once over one connection, by both tenants in turn; some are cancelled midway."""
        running = []
        for number, generated_request in enumerate(generated_requests):
            words, other = (self.words, self.swapped) if number % 2 == 0 else (self.swapped, self.words)
            sending = self._send_alternating(generated_request, words, other["mark"], cut=number % 5 == 3)
            running.append(asyncio.create_task(sending))
        await asyncio.gather(*running)
        await self.restore()

    async def _send_alternating(
        self, generated_request: ComparedRequest, words: dict[str, str], foreign_mark: str, *, cut: bool
    ) -> None:
        filled = generated_request.filled(words)
        sending = asyncio.create_task(self.send(self.full, filled, words["own"]))
        if cut:
            await asyncio.sleep(generated_request.cancel_after)
            sending.cancel()
            self.requests["cancelled"] += 1
        try:
            seen = await sending
        except asyncio.CancelledError:
            return
        finally:
            self.requests["alternated"] += 1
        self._look_for_marks(filled, seen, foreign_mark)

    async def restore(self) -> None:
        """Restore the rows of both sides if a request may have changed them."""
        if self.changed:
            await asyncio.gather(self.full.seed(), self.bare.seed())
        self.changed = False

    def _look_for_marks(self, generated_request: ComparedRequest, seen: httpx.Response, foreign_mark: str) -> None:
        if foreign_mark in seen.text + str(seen.headers):
            self.record_violation(
                generated_request, f"returns rows that are not the caller's: {seen.status_code} {seen.text[:300]}"
            )

    def _normalized_response(
        self, seen: httpx.Response, generated_request: ComparedRequest
    ) -> tuple[int, dict[str, str], str]:
        headers = {name: value for name, value in seen.headers.items() if name not in _VARYING_HEADERS}
        return seen.status_code, headers, self.normalized(seen.text, generated_request)

    def normalized(self, text: str, generated_request: ComparedRequest) -> str:
        """Return a body without generated ids and times, and its rows sorted unless the request orders them."""
        known = {self.words["own"], self.words["foreign"], self.words.get("org")}
        text = _SECRET.sub("_", _MOMENT.sub("_", _ID.sub(lambda found: found[0] if found[0] in known else "_", text)))
        try:
            body = orjson.loads(text)
        except orjson.JSONDecodeError:
            return "\n".join(sorted(text.splitlines()))
        if isinstance(body, list) and not any(name == "order" for name, _ in generated_request.query):
            body = sorted(body, key=lambda row: orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()


def _is_unread(one: httpx.Response, other: httpx.Response) -> bool:
    """Return whether a PATCH of no row was refused for its values on one side only.

    PostgreSQL reads the values before or after it finds no row, as planned; the response reveals no row.
    """
    refused, passed = sorted((one, other), key=lambda response: response.status_code, reverse=True)
    return (
        one.request.method == "PATCH"
        and refused.status_code == 400
        and refused.json()["code"].startswith("22")
        and passed.text in ("", "[]")
    )


@asynccontextmanager
async def open_comparison(
    cluster: Cluster, settings: Settings, keys: LocalKeys, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Comparison]:
    """Create two databases from the template, seed the orgs, serve a gateway over each."""

    async def open_one(dsn: str, **options: Any) -> Pool:
        return await open_pool(dsn, **{**options, "size": 1})

    monkeypatch.setattr(gateway_module, "open_pool", open_one)
    # Mails are written after the response, at another time, so what they leave behind would differ by chance.
    monkeypatch.setattr(MailWorker, "start", lambda mail_worker: None)
    async with AsyncExitStack() as stack:
        sides = [await _open_side(stack, cluster, settings, keys) for _ in range(2)]
        full, bare = sides
        foreign = SeededOrg(full.seeded_database)
        bare.own.id, bare.own.mark, bare.own.email = full.own.id, full.own.mark, full.own.email
        full.foreign = foreign
        words = _words(full.own, foreign)
        for side in sides:
            await side.seed()
        tokens = {
            str(org.id): await token_for(full.seeded_database, keys, org, settings) for org in (full.own, foreign)
        }
        bare_token = await token_for(bare.seeded_database, keys, bare.own, settings)
        yield Comparison(full, bare, words, _words(foreign, full.own), dict(words), tokens, bare_token)


def _words(own: SeededOrg, foreign: SeededOrg) -> dict[str, str]:
    # The foreign mark itself is left out: an error may repeat what the caller sent.
    words = {"own": str(own.id), "foreign": str(foreign.id), "mark": own.mark, "piece": foreign.mark[:9]}
    return words | {"org": str(own.id), "foreign-org": str(foreign.id)}


async def _open_side(stack: AsyncExitStack, cluster: Cluster, settings: Settings, keys: LocalKeys) -> ComparedGateway:
    database = await stack.enter_async_context(_copied_database(cluster))
    seeded_database = await stack.enter_async_context(TenantTables.of(database))
    pools = {
        "database_url": "arti_api",
        "worker_database_url": "arti_worker",
        "auth_database_url": "supabase_auth_admin",
        "rest_database_url": "arti_rest",
        "service_database_url": "authenticator",
        "console_database_url": "arti_console",
        "realtime_database_url": "supabase_replication_admin",
    }
    values = settings.model_dump() | {name: database.dsn(role) for name, role in pools.items()}
    app = create_gateway(Settings.model_validate(values))
    await stack.enter_async_context(app.router.lifespan_context(app))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=settings.supabase_url))
    return ComparedGateway(database, app, seeded_database, keys, settings, SeededOrg(seeded_database), None, http)


@asynccontextmanager
async def _copied_database(cluster: Cluster) -> AsyncIterator[Database]:
    name = f"s_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    try:
        await admin.execute(f'create database "{name}" template {TEMPLATE} strategy file_copy')
        yield Database(cluster, name)
    finally:
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()
