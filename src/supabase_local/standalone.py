"""Run auth, REST and Realtime alone on one PostgreSQL: prepare the database, make the keys, build the gateway."""

import base64
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import orjson
from pydantic import Field, SecretStr

from arti_core.claims_signature import derive_key, store_keys
from arti_core.errors import Misconfigured, Unavailable
from arti_core.login_passwords import derive_password, set_password
from arti_core.master_keys import MasterKeys
from supabase_local.bootstrap import apply_steps
from supabase_local.keys.signing_keys import make_keys
from supabase_local.settings import SupabaseLocalSettings

_SQL = Path(__file__).parent / "standalone.sql"
# The login of each setting. Its password is one of the keys file.
_LOGINS = {
    "auth_database_url": "supabase_auth_admin",
    "rest_database_url": "supabase_rest",
    "service_database_url": "authenticator",
    "realtime_database_url": "supabase_replication_admin",
}
_KEYS = (
    "jwt_keys",
    "supabase_publishable_key",
    "supabase_secret_key",
    "supabase_local_encryption_key",
    "database_password",
)


class StandaloneSettings(SupabaseLocalSettings):
    """The settings of a gateway that runs alone, from the environment and the keys file."""

    supabase_local_encryption_key: SecretStr = Field(
        default=SecretStr(""), description="32 bytes in base64: seals what auth stores."
    )

    def master_keys(self) -> MasterKeys:
        """Return the keys that seal what auth stores: of the setting. Raises Misconfigured."""
        return MasterKeys(self.supabase_local_encryption_key.get_secret_value())


def load_or_create_keys(file: Path) -> dict[str, str]:
    """Return the settings in the keys file. Created if missing, readable by its owner only.

    Raises Misconfigured when the file has another content.
    """
    if not file.exists():
        keys = make_keys()
        file.touch(mode=0o600)
        values = {
            "jwt_keys": keys.jwt_keys,
            "supabase_publishable_key": keys.publishable_key,
            "supabase_secret_key": keys.secret_key,
            "supabase_local_encryption_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "database_password": secrets.token_urlsafe(24),
        }
        file.write_bytes(orjson.dumps(values, option=orjson.OPT_INDENT_2))
    try:
        stored = orjson.loads(file.read_bytes())
        return {name: str(stored[name]) for name in _KEYS}
    except (OSError, ValueError, KeyError, TypeError):
        raise Misconfigured(
            f"{file} is not a keys file of supabase_local. Move it away, or name another one."
        ) from None


async def prepare_database(superuser_url: str, secret: str) -> None:
    """Create the schemas and logins of Supabase in a PostgreSQL. Idempotent. Raises Unavailable, Misconfigured.

    `secret`: what the password of each login and the key of signed claims are made from.
    """
    try:
        connection = await asyncpg.connect(superuser_url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(f"The database does not answer ({type(error).__name__}). Check SUPABASE_DB_URL.") from None
    try:
        if not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
            raise Misconfigured("SUPABASE_DB_URL must log in as a superuser: it creates roles and publications.")
        await apply_steps(connection)
        await connection.execute(_SQL.read_text())
        for role in _LOGINS.values():
            await set_password(connection, role, derive_password(secret, role))
        await store_keys(connection, derive_key(secret))
    finally:
        await connection.close()


def compose_settings(superuser_url: str, keys: dict[str, str], *, public_url: str) -> StandaloneSettings:
    """Return the settings of a gateway at `public_url` over the database of `superuser_url`.

    Other settings, for example SMTP_URL or SITE_URL, are read from the environment.
    """
    values: dict[str, Any] = {name: value for name, value in keys.items() if name != "database_password"}
    values["claims_signing_key"] = derive_key(keys["database_password"])
    for name, role in _LOGINS.items():
        values[name] = _login_url(superuser_url, role, derive_password(keys["database_password"], role))
    return StandaloneSettings(**{"supabase_url": public_url, **values})


def _login_url(url: str, role: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))
