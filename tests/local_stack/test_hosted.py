"""With SUPABASE_URL and its keys ARTi uses that Supabase: its own gateway is off, its schema and users are there."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2 as httpx
import jwt
import orjson
import pytest

from arti import MIGRATIONS
from arti.api import create_app
from arti.orgs.isolation.catalogue import list_holes
from arti.settings import Settings
from arti_core.crypto import Vault
from arti_core.database import Principal, job_transaction, member_transaction
from arti_core.mail_budget import MailLimits
from arti_core.mail_queue import MailContent, MailQueue, MailServer, seal_content
from arti_core.mail_queue_store import insert_mail_of_worker
from arti_core.migrations import list_migrations
from local_stack.data_directory import DataDirectory
from local_stack.database_setup import migrate_database
from local_stack.environment import Environment, compose_environment
from local_stack.postgres import SUPERUSER, Cluster
from local_stack.secrets import generate_secrets
from local_stack.services import list_external_services, list_services
from supabase_local.keys.signing_keys import LocalKeys, make_keys
from tests.conftest import MASTER_KEY, Database, free_port
from tests.local_stack.hosted_supabase import hosted_database
from tests.supabase_local.conftest import Gateway, gateway_settings, local_keys, opened
from tests.supabase_local.hostile_tokens import right_claims
from tools.lints.schema import RULES

__all__ = ["gateway_settings", "local_keys"]


@pytest.fixture
async def hosted(cluster: Cluster) -> AsyncIterator[Database]:
    async with hosted_database(cluster) as database:
        yield database


def environment_of(hosted: Database, keys: LocalKeys, url: str, folder: Path) -> Environment:
    # Roles belong to the whole server: their password must stay what the other tests use.
    secrets = replace(generate_secrets(), database_password=hosted.cluster.secret)
    given = {
        "SUPABASE_URL": url,
        "SUPABASE_PUBLISHABLE_KEY": keys.publishable_key,
        "SUPABASE_SECRET_KEY": keys.secret_key,
        "DATABASE_URL": hosted.dsn("postgres"),
    }
    return compose_environment(DataDirectory(folder), secrets, given)


async def test_the_migrations_apply_there_and_keep_every_rule(
    hosted: Database, local_keys: LocalKeys, tmp_path: Path
) -> None:
    before = await hosted.as_owner("select count(*) from auth.schema_migrations")
    environment = environment_of(hosted, local_keys, "https://project.example", tmp_path)
    assert await migrate_database(environment) == [migration.name for migration in list_migrations(MIGRATIONS)]
    assert await migrate_database(environment) == []
    assert await hosted.as_owner("select count(*) from auth.schema_migrations") == before
    ours = await hosted.as_owner(
        """select c.oid::regclass::text as name from pg_class c where c.relowner = 'postgres'::regrole
           and c.relnamespace in ('auth'::regnamespace, 'storage'::regnamespace, 'realtime'::regnamespace)"""
    )
    assert ours == []
    connection = await asyncpg.connect(hosted.dsn(SUPERUSER))
    try:
        found = {
            rule.says: {row["name"] for row in await connection.fetch(rule.finds)} - rule.allowed for rule in RULES
        }
    finally:
        await connection.close()
    # What supabase_admin makes is granted to everybody there. ARTi makes nothing as supabase_admin.
    broken = {(says, name) for says, names in found.items() for name in names if not name.startswith(f"{SUPERUSER} ")}
    assert broken == set()
    pool = await hosted.pool("arti_api")
    async with member_transaction(pool, Principal(uuid4(), None)) as member:
        assert await list_holes(member) == [], "what the platform makes is no hole"
    await pool.close()


async def test_grants_on_later_objects_stay_as_supabase_has_them(
    hosted: Database, local_keys: LocalKeys, tmp_path: Path
) -> None:
    """The default grants are revoked on what ARTi creates; existing objects keep theirs."""
    owner = await asyncpg.connect(hosted.dsn("postgres"))
    await owner.execute("create table public.external_supabase (id bigint primary key)")
    await migrate_database(environment_of(hosted, local_keys, "https://project.example", tmp_path))
    assert await owner.fetchval("select has_table_privilege('anon', 'public.external_supabase', 'select')")
    assert not await owner.fetchval("select has_table_privilege('anon', 'public.artists', 'select')")
    await owner.close()


async def test_a_worker_queues_and_sends_mails_where_no_gateway_of_ours_does(
    hosted: Database, local_keys: LocalKeys, tmp_path: Path
) -> None:
    await hosted.as_owner("drop schema mail cascade")
    await migrate_database(environment_of(hosted, local_keys, "https://project.example", tmp_path))
    pool = await hosted.pool("arti_worker", size=2)
    vault, mail_id = Vault(MASTER_KEY), uuid4()
    content = seal_content(vault, mail_id, MailContent("Subject", "text", "<p>text</p>"))
    async with job_transaction(pool, uuid4()) as connection:
        await insert_mail_of_worker(
            connection,
            mail_id,
            recipient="a@example.test",
            kind="invitation",
            title="Title",
            sealed=content,
            state="queued",
        )
    server = MailServer(f"smtp://127.0.0.1:{free_port()}", "ARTi <arti@example.test>", "example.test")
    queue = MailQueue(pool, vault, server, MailLimits(1, 1, 1))
    assert await queue.send_next()
    [row] = await hosted.as_owner("select state, attempts, last_error from mail.queue")
    assert (row["state"], row["attempts"], "SMTP_URL" in row["last_error"]) == ("queued", 1, True)
    await queue.delete_old()
    await pool.close()
    connection = await asyncpg.connect(hosted.dsn("arti_api"))
    for role in ("none", "authenticated", "anon"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"begin; set local role {role}; select from mail.queue")
        await connection.execute("rollback")
    await connection.close()


@pytest.fixture
async def external_supabase(
    hosted: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys, tmp_path: Path
) -> AsyncIterator[tuple[Gateway, Settings]]:
    """A Supabase on the hosted database, with keys of its own, and the settings of an ARTi that uses it."""
    served = gateway_settings(
        **{
            f"{name}_database_url": hosted.dsn(role)
            for name, role in {
                "auth": "supabase_auth_admin",
                "rest": "arti_rest",
                "service": "authenticator",
                "realtime": "supabase_replication_admin",
            }.items()
        }
    )
    environment = environment_of(hosted, local_keys, served.supabase_url, tmp_path)
    await migrate_database(environment)
    async with opened(hosted, served, local_keys) as gateway:
        yield gateway, environment.settings()


async def test_our_own_gateway_is_off(hosted: Database, local_keys: LocalKeys, tmp_path: Path) -> None:
    environment = environment_of(hosted, local_keys, "https://project.example", tmp_path)
    folder = DataDirectory(tmp_path)
    folder.valkey.mkdir(parents=True)
    assert "gateway" not in {service.name for service in list_services(folder, environment)}
    assert {row.service: row.url for row in list_external_services(environment)}["gateway"] == "https://project.example"
    values = environment.values
    assert not any(values.get(name) for name in ("JWT_KEYS", "JWT_KEYS_FILE", "SUPABASE_JWKS", "SUPABASE_JWKS_FILE"))
    assert not any(values.get(name) for name in ("AUTH_DATABASE_URL", "REST_DATABASE_URL", "SERVICE_DATABASE_URL"))
    assert environment.settings().arti_own_gateway is False


async def test_the_api_accepts_users_of_that_supabase_only(external_supabase: tuple[Gateway, Settings]) -> None:
    gateway, settings = external_supabase
    assert settings.supabase_jwks == ""  # its public keys come over the wire
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as http:
            session = await gateway.sign_up("ada@example.test")
            http.headers["Authorization"] = f"Bearer {session['access_token']}"
            me = await http.get("/auth/me")
            assert (me.status_code, me.json()["user"]["email"]) == (200, "ada@example.test")
            org = (await http.post("/api/orgs", json={"name": "Night Owl Records"})).json()["id"]
            http.headers["X-ARTi-Org"] = org
            assert (await http.post("/api/artists", json={"name": "Ada & the Engines"})).status_code == 201
            added = await http.post("/api/admin/users", json={"email": "bob@example.test", "role": "analyst"})
            assert added.status_code == 201, added.text
            link = "a link that was mailed to bob"
            await gateway.database.as_owner("update invitations set token_hash = sha256($1)", link.encode())
            made = await http.post("/api/invitations/sign-up", json={"token": link})
            assert made.status_code == 200, made.text  # asked of that Supabase with its secret key
            assert (await http.post("/api/keys", json={"name": "n8n", "role": "manager"})).status_code == 409
            report = await http.post("/auth/test-isolation")
            assert (report.status_code, report.json()["passed"]) == (200, True)

            await _refuses_other_issuers(gateway, http)
            await gateway.http.post("/auth/v1/logout", headers={"Authorization": http.headers["Authorization"]})
            assert (await http.get("/auth/me")).status_code == 401


async def _refuses_other_issuers(gateway: Gateway, http: httpx.AsyncClient) -> None:
    """Tokens of another installation, under its own key id and under the known one."""
    foreign = orjson.loads(make_keys().jwt_keys)[0]
    known = orjson.loads(gateway.keys.jwt_keys)[0]["kid"]
    key = jwt.PyJWK({name: value for name, value in foreign.items() if name != "key_ops"}).key
    for kid in (foreign["kid"], known):
        token = jwt.encode(right_claims(f"{gateway.url}/auth/v1"), key, algorithm="ES256", headers={"kid": kid})
        assert (await http.get("/auth/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401
