"""n8n of this installation: its secrets, its database, whether `./arti up` runs it, and an API key for ARTi."""

import asyncio
import base64
import json
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from arti_core.errors import ArtiError, Unavailable
from arti_core.http_client import OutboundClient
from arti_core.login_passwords import set_password
from local_stack import postgres
from local_stack.data_directory import DataDirectory
from local_stack.environment import Environment

ROLE = DATABASE = "n8n"
OWNER_EMAIL = "owner@arti.test"
_READY_SECONDS = 240.0
_LABEL = "ARTi"
_SCOPES = [
    *("workflow:create", "workflow:read", "workflow:update", "workflow:delete", "workflow:list"),
    *("workflow:activate", "workflow:deactivate", "credential:create", "credential:delete", "execution:list"),
]


@dataclass(frozen=True, slots=True)
class N8nSecrets:
    """Made once. With another encryption key n8n could not open its stored credentials."""

    encryption_key: str
    jwt_secret: str
    owner_password: str
    database_password: str


def load_or_create_n8n_secrets(folder: DataDirectory) -> N8nSecrets:
    """Return the secrets of n8n's folder, readable by its owner only."""
    path = folder.n8n / "secrets.json"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        made = N8nSecrets(
            base64.b64encode(secrets.token_bytes(32)).decode(),
            secrets.token_urlsafe(32),
            f"{secrets.token_urlsafe(12)}A1",  # n8n asks for a capital letter and a digit
            secrets.token_urlsafe(24),
        )
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(made), indent=2))
    return N8nSecrets(**json.loads(path.read_text()))


async def prepare_n8n_database(environment: Environment, password: str) -> None:
    """Make n8n's login and its database in the cluster, or beside the database of DATABASE_URL. Idempotent."""
    if environment.cluster is not None:
        connection = await postgres.connect_superuser(environment.cluster, "postgres")
    else:
        try:
            connection = await asyncpg.connect(environment.values["OWNER_DATABASE_URL"], statement_cache_size=0)
        except (OSError, KeyError, asyncpg.PostgresError) as error:
            raise Unavailable(f"n8n's database cannot be made ({type(error).__name__}). Check DATABASE_URL.") from None
    try:
        if not await connection.fetchval("select exists (select from pg_roles where rolname = $1)", ROLE):
            await connection.execute(f"create role {ROLE} login")
        await set_password(connection, ROLE, password)
        if not await connection.fetchval("select exists (select from pg_database where datname = $1)", DATABASE):
            await connection.execute(f"grant {ROLE} to current_user")
            await connection.execute(f"create database {DATABASE} owner {ROLE}")
            await connection.execute(f"revoke all on database {DATABASE} from public")
    except asyncpg.InsufficientPrivilegeError:
        raise Unavailable(
            "The database's owner may create no login or no database, which n8n needs. Set N8N_URL to an n8n of yours."
        ) from None
    finally:
        await connection.close()


async def ensure_api_key(folder: DataDirectory, url: str) -> None:
    """Make an API key of n8n for ARTi unless the stored one works. Raises Unavailable."""
    path = folder.n8n_api_key
    client = OutboundClient(allowed_hosts=frozenset({url.removeprefix("http://")}))
    try:
        await _wait_until_ready(client, url)
        if path.exists():
            headers = {"X-N8N-API-KEY": path.read_text()}
            known = await client.call("GET", f"{url}/api/v1/workflows?limit=1", headers=headers, timeout_seconds=20)
            if known.status == 200:
                return
        password = load_or_create_n8n_secrets(folder).owner_password
        signed_in = await _post(client, f"{url}/rest/login", {"emailOrLdapLoginId": OWNER_EMAIL, "password": password})
        cookie = signed_in.headers.get("set-cookie", "").partition(";")[0]
        await _delete_keys_of_before(client, url, cookie)
        body = {"label": _LABEL, "expiresAt": None, "scopes": _SCOPES}
        made = await _post(client, f"{url}/rest/api-keys", body, {"Cookie": cookie})
        path.touch(mode=0o600)
        path.write_text(orjson.loads(made.body)["data"]["rawApiKey"])
    except ArtiError as error:
        raise Unavailable(f"n8n gives ARTi no API key: {error.message}") from None
    finally:
        await client.close()


async def _delete_keys_of_before(client: OutboundClient, url: str, cookie: str) -> None:
    """Delete ARTi's keys whose file is lost, as after a restore: n8n has one of a label only."""
    answer = await client.call("GET", f"{url}/rest/api-keys", headers={"Cookie": cookie}, timeout_seconds=20)
    listed = orjson.loads(answer.body)["data"] if answer.status == 200 else []
    for key in listed["items"] if isinstance(listed, dict) else listed:
        if key["label"] == _LABEL:
            place = f"{url}/rest/api-keys/{key['id']}"
            await client.call("DELETE", place, headers={"Cookie": cookie}, timeout_seconds=20)


async def _wait_until_ready(client: OutboundClient, url: str) -> None:
    """Wait for n8n, whose first start makes its tables. Raises Unavailable."""
    until = time.monotonic() + _READY_SECONDS
    while True:
        try:
            if (await client.call("GET", f"{url}/healthz/readiness", timeout_seconds=5)).status == 200:
                return
        except Unavailable:
            pass
        if time.monotonic() > until:
            raise Unavailable(f"it was not ready within {_READY_SECONDS:.0f} s.")
        await asyncio.sleep(0.5)


async def _post(client: OutboundClient, url: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    answer = await client.call("POST", url, json=body, headers=headers, timeout_seconds=20)
    if answer.status >= 300:
        raise Unavailable(f"it answers {answer.status} to {Path(url).name}.")
    return answer
