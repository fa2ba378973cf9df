"""The environment of a suite: a PostgreSQL of its own with the suite's schema, and one gateway for each port."""

import asyncio
import base64
import re
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import structlog
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from arti import MIGRATIONS
from arti.settings import Settings
from arti_core import clock
from arti_core.database import Connection
from arti_core.errors import Unavailable
from arti_core.migrations import apply_migrations
from conformance.suites import Server, Suite, read_keys
from local_stack import postgres
from supabase_local.app import create_gateway
from supabase_local.keys.signing_keys import make_keys

_DATABASE = "suite"
_LOG = Path(__file__).resolve().parents[1] / ".arti" / "conformance" / "gateway.log"
_START_SECONDS = 20.0
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_PARTS = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|(\$\w*\$).*?\1|;", re.DOTALL)

# The suites own schema public, as in a new Supabase project: ARTi's tables are moved away, and the grants are the same.
_EMPTY_PUBLIC = r"""
alter schema public rename to arti_public;
create schema public authorization postgres;
set check_function_bodies = off;
do $$ declare definition text; begin
  for definition in
    select regexp_replace(pg_get_functiondef(f.oid), '\mpublic\.', 'arti_public.', 'g') from pg_proc f
    where f.pronamespace in ('private'::regnamespace, 'arti_public'::regnamespace) and f.prokind in ('f', 'p')
      and f.prosrc ~ '\mpublic\.' and not exists (select from pg_depend d where d.objid = f.oid and d.deptype = 'e')
  loop
    execute definition;
  end loop;
end $$;
grant usage on schema public to anon, authenticated, service_role, authenticator;
alter default privileges for role postgres grant execute on functions to public;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
do $$ begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (select from pg_proc where proname = 'uuid_generate_v4') then
    create function extensions.uuid_generate_v4() returns uuid language sql as 'select gen_random_uuid()';
  end if;
end $$;
"""

# Settings of the server of `supabase start` that appear in the execution plans which a suite compares.
_CLI_SETTINGS = ("jit = on", "effective_cache_size = '128MB'", "compute_query_id = on")


@dataclass(slots=True)
class Environment:
    """The running servers, and in `remarks` what differs from the suite's expectations."""

    remarks: list[str] = field(default_factory=list)
    database_url: str = ""  # logs in as postgres


class PrefixApp:
    """Adds the gateway's prefix to requests for a bare service, and an API key to requests without one."""

    def __init__(self, app: ASGIApp, prefix: str, key: str) -> None:
        self._app, self._prefix, self._key = app, prefix, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = list(scope["headers"])
            if not any(name == b"apikey" for name, _ in headers) and b"apikey=" not in scope["query_string"]:
                headers.append((b"apikey", self._key.encode()))
            path = self._prefix + scope["path"]
            raw = self._prefix.encode() + scope.get("raw_path", scope["path"].encode())
            scope = {**scope, "path": path, "raw_path": raw, "headers": headers}
        await self._app(scope, receive, send)


@contextmanager
def running_environment(suite: Suite, home: Path) -> Iterator[Environment]:
    """Start and stop what `suite` expects. Raises Unavailable when a port is in use or a server does not start."""
    environment = Environment()
    if not suite.servers:
        yield environment
        return
    sockets = {server.port: _bind(server.port) for server in suite.servers}
    folder = Path(tempfile.mkdtemp(prefix="arti-conformance-"))
    folder.chmod(0o711)  # when started by root the database runs as nobody
    cluster = postgres.Cluster(folder / "data", _free_port(), secrets.token_hex(16))
    postgres.init_cluster(cluster)
    database = postgres.start_server(cluster, fast_and_unsafe=True)
    try:
        files = [path for pattern in suite.schema for path in sorted(home.glob(pattern))]
        asyncio.run(_prepare(cluster, {path.name: path.read_text() for path in files}, environment))
        environment.database_url = cluster.dsn("postgres", _DATABASE)
        with ExitStack() as stack:
            stack.enter_context(_logging())
            for server in suite.servers:
                settings = _settings(server, cluster, home, environment)
                prefixed_app = PrefixApp(create_gateway(settings), server.prefix, settings.supabase_publishable_key)
                stack.enter_context(_serving(prefixed_app, sockets[server.port]))
            yield environment
    finally:
        database.send_signal(signal.SIGQUIT)
        database.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _prepare(cluster: postgres.Cluster, schema: dict[str, str], environment: Environment) -> None:
    await postgres.wait_for_server(cluster)
    await postgres.prepare_database(cluster, _DATABASE)
    await postgres.set_passwords(cluster, _DATABASE)
    await apply_migrations(cluster.dsn("postgres", _DATABASE), MIGRATIONS)
    connection = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, _DATABASE))
    try:
        if clock.ahead():
            await connection.execute("call clock.move('test', $1::interval)", clock.ahead())
        # Bun refuses a server with as few SCRAM iterations as the tests use.
        await connection.execute(f"alter database {_DATABASE} set scram_iterations = 4096")
        await postgres.set_passwords(cluster, _DATABASE)
        await connection.execute(_EMPTY_PUBLIC)
        for setting in _CLI_SETTINGS:
            await connection.execute(f"alter database {_DATABASE} set {setting}")
        await connection.execute("set search_path to public, extensions")
        for name, sql in schema.items():
            await _load(connection, name, sql, environment)
    finally:
        await connection.close()


async def _load(connection: Connection, name: str, sql: str, environment: Environment) -> None:
    """Load a file of the suite as `postgres`, as Supabase's CLI does; statements that fail become remarks."""
    for statement in split_statements(sql):
        try:
            await _run(connection, statement)
        except asyncpg.PostgresError as error:
            environment.remarks.append(
                f"{name} was loaded only in part: {error} in: {' '.join(statement.split())[:90]}"
            )


async def _run(connection: Connection, sql: str) -> None:
    """Run as `postgres`, and as superuser when postgres lacks the privilege."""
    for role in ("postgres", "none"):
        try:
            async with connection.transaction():
                await connection.execute(f"set local role {role}")
                await connection.execute(sql)
            return
        except asyncpg.InsufficientPrivilegeError:
            if role == "none":
                raise


def split_statements(sql: str) -> list[str]:
    """Return the statements of a file; semicolons in comments, quotes and function bodies do not end one."""
    statements, start = [], 0
    for part in _PARTS.finditer(sql):
        if part[0] == ";":
            statements.append(sql[start : part.start()])
            start = part.end()
    return [text.strip() for text in (*statements, sql[start:]) if _COMMENT.sub("", text).strip()]


def _settings(server: Server, cluster: postgres.Cluster, home: Path, environment: Environment) -> Settings:
    own = make_keys()
    keys = read_keys(server, home)
    if not any("sign" in key.get("key_ops", ()) and key["kty"] != "oct" for key in keys):
        keys = orjson.loads(own.jwt_keys)
    url = f"http://127.0.0.1:{server.port}"
    values: dict[str, Any] = {
        "auth_database_url": cluster.dsn("supabase_auth_admin", _DATABASE),
        "claims_signing_key": cluster.claims_key,
        "rest_database_url": cluster.dsn("arti_rest", _DATABASE),
        "service_database_url": cluster.dsn("authenticator", _DATABASE),
        "owner_database_url": cluster.dsn("postgres", _DATABASE),
        "realtime_database_url": cluster.dsn("supabase_replication_admin", _DATABASE),
        "supabase_url": url,
        "supabase_publishable_key": own.publishable_key,
        "supabase_secret_key": own.secret_key,
        "jwt_keys": orjson.dumps(keys).decode(),
        "jwt_secret": server.secret,
        "gotrue_hook_custom_access_token_uri": "",
        "password_min_length": 6,  # upstream's defaults: the suites' own passwords are short
        "password_refuse_common": False,
        "sign_in_backoff": False,  # the suites sign in wrongly, again and again, from one address
        "arti_master_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    for name, value in server.settings:
        if name in Settings.model_fields:
            values[name] = value
        else:
            environment.remarks.append(f"port {server.port}: the gateway has no setting {name} (expected: {value})")
    return Settings.model_validate(values)


@contextmanager
def _logging() -> Iterator[None]:
    """Write the gateways' log to a file, so that the terminal shows only the results."""
    before = structlog.get_config()
    _LOG.parent.mkdir(parents=True, exist_ok=True)
    with _LOG.open("w") as out:
        structlog.configure(
            processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
            logger_factory=structlog.WriteLoggerFactory(out),
        )
        try:
            yield
        finally:
            structlog.configure(**before)


@contextmanager
def _serving(app: ASGIApp, listening: list[socket.socket]) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": listening}, daemon=True)
    thread.start()
    until = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise Unavailable("The gateway did not start.")
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def _bind(port: int) -> list[socket.socket]:
    """Return sockets on both loopback addresses, for `localhost` may mean either."""
    bound = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            listening = socket.socket(family, socket.SOCK_STREAM)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((address, port))
            bound.append(listening)
        except OSError:
            if family == socket.AF_INET:
                raise Unavailable(f"Port {port} is in use, and the suite calls it. Stop what listens there.") from None
    return bound


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
