"""The settings of a local installation: what the user set wins, what is missing is made here.

Setting a box's URL (DATABASE_URL, REDIS_URL, SUPABASE_URL, SIMULATORS_URL) replaces that box: `up` then starts none.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from arti.settings import SETTING_NAMES, Settings
from arti_core.errors import Misconfigured
from local_stack.data_directory import DataDirectory
from local_stack.postgres import Cluster
from local_stack.secrets import LocalSecrets

PORTS = {
    "ARTI_WEB_PORT": 3000,
    "ARTI_API_PORT": 3002,
    "ARTI_SIMULATORS_PORT": 3010,
    "ARTI_POSTGRES_PORT": 5432,
    "ARTI_REDIS_PORT": 6379,
    "ARTI_GATEWAY_PORT": 8000,
    "ARTI_CONSOLE_PORT": 54323,
}
_SUPABASE_KEYS = ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY")
GATEWAY_LOGINS = ("AUTH_DATABASE_URL", "REST_DATABASE_URL", "SERVICE_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Environment:
    """`values` are all settings by name; the flags say which defaults are ours to start."""

    values: Mapping[str, str]
    ports: Mapping[str, int]
    cluster: Cluster | None
    own_valkey: bool
    own_gateway: bool
    own_simulators: bool

    def settings(self) -> Settings:
        """Return them as Settings, whatever the process environment says."""
        return Settings.model_validate({name.lower(): value for name, value in self.values.items()})


def compose_environment(
    folder: DataDirectory, secrets: LocalSecrets, given: Mapping[str, str] = os.environ
) -> Environment:
    """Put together what the user set and what the defaults need. Raises Misconfigured, naming the setting."""
    ports = {name: _port(name, given.get(name), default) for name, default in PORTS.items()}
    values = {name: str(port) for name, port in ports.items() if name in SETTING_NAMES}
    values |= {
        "REDIS_URL": f"redis://:{quote(secrets.redis_password)}@127.0.0.1:{ports['ARTI_REDIS_PORT']}/0",
        "SUPABASE_URL": _local(ports["ARTI_GATEWAY_PORT"]),
        "SITE_URL": _local(ports["ARTI_WEB_PORT"]),
        "API_URL": _local(ports["ARTI_API_PORT"]),
        "SIMULATORS_URL": _local(ports["ARTI_SIMULATORS_PORT"]),
        "ARTI_MASTER_KEY": secrets.arti_master_key,
        "ARTI_WEBHOOK_SECRET": secrets.arti_webhook_secret,
        "ARTI_CONSOLE_PASSWORD": secrets.console_password,
    }
    own_gateway = not given.get("SUPABASE_URL")
    values["ARTI_OWN_GATEWAY"] = str(own_gateway).lower()
    if own_gateway:
        values |= {
            "JWT_KEYS": secrets.jwt_keys,
            "SUPABASE_JWKS": secrets.supabase_jwks,
            "SUPABASE_PUBLISHABLE_KEY": secrets.supabase_publishable_key,
            "SUPABASE_SECRET_KEY": secrets.supabase_secret_key,
        }
        if not given.get("JWT_KEYS"):
            values |= {
                "JWT_KEYS_FILE": signing_keys_path(folder),
                "SUPABASE_JWKS_FILE": public_keys_path(folder),
            }
    else:
        missing = [name for name in _SUPABASE_KEYS if not given.get(name)]
        if missing:
            raise Misconfigured(f"With SUPABASE_URL, set {' and '.join(missing)} too: that project's own keys.")
        if not given.get("DATABASE_URL"):
            raise Misconfigured("With SUPABASE_URL, set DATABASE_URL too: its people are in that project's database.")
    cluster = None
    if given.get("DATABASE_URL"):
        values |= _external_database(given, secrets, own_gateway)
    else:
        cluster = Cluster(folder.postgres, ports["ARTI_POSTGRES_PORT"], secrets.database_password)
        values |= {
            "DATABASE_URL": cluster.dsn("arti_api"),
            "WORKER_DATABASE_URL": cluster.dsn("arti_worker"),
            "AUTH_DATABASE_URL": cluster.dsn("supabase_auth_admin"),
            "REST_DATABASE_URL": cluster.dsn("arti_rest"),
            "SERVICE_DATABASE_URL": cluster.dsn("authenticator"),
            "REALTIME_DATABASE_URL": cluster.dsn("supabase_replication_admin"),
            "OWNER_DATABASE_URL": cluster.dsn("postgres"),
        }
    derived = {"DATABASE_URL"} if given.get("DATABASE_URL") else set()
    values |= {name: value for name, value in given.items() if name in SETTING_NAMES and name not in derived}
    return Environment(
        values=values,
        ports=ports,
        cluster=cluster,
        own_valkey=not given.get("REDIS_URL"),
        own_gateway=own_gateway,
        own_simulators="SIMULATORS_URL" not in given,
    )


def signing_keys_path(folder: DataDirectory) -> str:
    """Return where ./arti keys rotate puts the keys that sign tokens. Not there before the first rotation."""
    return str(folder.root / "signing-keys.json")


def public_keys_path(folder: DataDirectory) -> str:
    """Return where their public halves are put."""
    return str(folder.root / "public-keys.json")


def role_of_dsn(dsn: str) -> str:
    """Return the role that `dsn` logs in as, without a pooler's project suffix (role.project)."""
    return (urlsplit(dsn).username or "").split(".")[0]


def role_transaction(dsn: str, role: str, password: str) -> str:
    """Return `dsn` with another login, keeping host, database, options and a pooler's project suffix."""
    parts = urlsplit(dsn)
    suffix = (parts.username or "").partition(".")[2]
    user = f"{role}.{suffix}" if suffix else role
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}").geturl()


def _external_database(given: Mapping[str, str], secrets: LocalSecrets, own_gateway: bool) -> dict[str, str]:
    """From the owner's URL alone every other login follows; from arti_api's URL the others must be named."""
    dsn = given["DATABASE_URL"]
    if not dsn.startswith(("postgres://", "postgresql://")):
        raise Misconfigured("DATABASE_URL must look like postgresql://user:password@host:5432/database.")
    if role_of_dsn(dsn) == "arti_api":
        needed = ["WORKER_DATABASE_URL", *(GATEWAY_LOGINS if own_gateway else ())]
        missing = [name for name in needed if not given.get(name)]
        if missing:
            raise Misconfigured(
                f"DATABASE_URL logs in as arti_api, so {', '.join(missing)} must be set too. "
                "Or give the database owner's URL alone: the other logins are then made from it."
            )
        return {"DATABASE_URL": dsn}
    password = secrets.database_password
    return {
        "OWNER_DATABASE_URL": dsn,
        "DATABASE_URL": role_transaction(dsn, "arti_api", password),
        "WORKER_DATABASE_URL": role_transaction(dsn, "arti_worker", password),
        "AUTH_DATABASE_URL": role_transaction(dsn, "supabase_auth_admin", password) if own_gateway else "",
        "REST_DATABASE_URL": role_transaction(dsn, "arti_rest", password) if own_gateway else "",
        "SERVICE_DATABASE_URL": role_transaction(dsn, "authenticator", password) if own_gateway else "",
        "REALTIME_DATABASE_URL": role_transaction(dsn, "supabase_replication_admin", password) if own_gateway else "",
    }


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _port(name: str, text: str | None, default: int) -> int:
    if not text:
        return default
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Misconfigured(f"{name} must be a port between 1 and 65535.")
    return int(text)
