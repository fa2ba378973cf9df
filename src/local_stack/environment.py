"""The settings of a local installation: those of the user, and defaults for the rest.

The URL of a service (DATABASE_URL, REDIS_URL, SUPABASE_URL, SIMULATORS_URL) replaces it: `up` then starts none. They
are checked here, all together, since no service sees all of them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlsplit

from pydantic import ValidationError

from arti.settings import SETTING_NAMES, Settings, list_installation_refusals
from arti_core import clock
from arti_core.claims_signature import derive_key
from arti_core.errors import Misconfigured
from arti_core.login_passwords import derive_password
from arti_core.pooler import direct_dsn
from local_stack.data_directory import DataDirectory
from local_stack.demo.clock import read_ahead
from local_stack.postgres import CONSOLE_ROLE, Cluster
from local_stack.secrets import LocalSecrets, load_or_create_secrets

PORTS = {
    "ARTI_WEB_PORT": 3000,
    "ARTI_API_PORT": 3002,
    "ARTI_WORKER_PORT": 3003,
    "ARTI_SIMULATORS_PORT": 3010,
    "ARTI_POSTGRES_PORT": 5432,
    "ARTI_REDIS_PORT": 6379,
    "ARTI_GATEWAY_PORT": 8000,
    "ARTI_AUTH_PORT": 9999,
    "ARTI_REST_PORT": 3001,  # the reference's 3000 is the web app's
    "ARTI_REALTIME_PORT": 4000,
    "ARTI_N8N_PORT": 5678,
    "ARTI_CADDY_PORT": 8080,
    "ARTI_CONSOLE_PORT": 54323,
}
_SUPABASE_KEYS = ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY")
# Settings of 0.1.0 under their present names.
_RENAMED = {"TWINS_URL": "SIMULATORS_URL", "ARTI_TWINS_PORT": "ARTI_SIMULATORS_PORT"}
# Of ARTI_BACKUP_URL: no backups, and backups that somebody else makes (a hosted database's own).
NO_BACKUPS = ("off", "external")
# Where the master keys are, when they are not this installation's own.
MASTER_KEY_SETTINGS = ("ARTI_MASTER_KEY", "ARTI_MASTER_KEY_FILE", "ARTI_MASTER_KEY_COMMAND")
_DIRECT = ("OWNER_DATABASE_URL", "REALTIME_DATABASE_URL", "BACKUP_DATABASE_URL", "CONSOLE_DATABASE_URL")
GATEWAY_LOGINS = ("AUTH_DATABASE_URL", "REST_DATABASE_URL", "SERVICE_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Environment:
    """`values` are all settings by name; the flags say which services `up` starts itself.

    `ahead` is how far the clock is ahead of the real time: None except in a demo that was moved.
    """

    values: Mapping[str, str]
    ports: Mapping[str, int]
    cluster: Cluster | None
    own_valkey: bool
    own_gateway: bool
    own_simulators: bool
    own_n8n: bool = False
    ahead: timedelta | None = None

    def settings(self) -> Settings:
        """Return them as Settings, whatever the process environment says."""
        return Settings.model_validate({name.lower(): value for name, value in self.values.items()})


def load_environment(folder: DataDirectory) -> Environment:
    """Return the environment of the installation in `folder`, and move this process's clock to that of its demo.

    Raises Misconfigured with everything that is wrong with it.
    """
    environment = compose_environment(folder, load_or_create_secrets(folder.secrets))
    if problems := list_problems(environment):
        raise Misconfigured(join_problems(problems))
    if environment.ahead is not None:
        clock.move(environment.ahead)
    return environment


def list_problems(environment: Environment) -> list[str]:
    """Return a sentence for each setting that is wrong, unsafe or does not fit the others, never with its value."""
    try:
        settings = environment.settings()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        return [f"{str(one['loc'][0]).upper() if one['loc'] else 'A setting'}: {one['msg']}." for one in found]
    problems = list_installation_refusals(settings)
    if settings.is_production and environment.ahead is not None:
        problems.append("The clock of this data folder is moved, which is for demos. Set ARTI_DATA to another folder.")
    return problems


def join_problems(problems: list[str]) -> str:
    """Return them as one message."""
    if len(problems) == 1:
        return problems[0]
    return "\n  - ".join([f"{len(problems)} things are wrong with the settings:", *problems])


def compose_environment(
    folder: DataDirectory, secrets: LocalSecrets, environ: Mapping[str, str] = os.environ
) -> Environment:
    """Return the user's settings completed by defaults. Raises Misconfigured, naming the settings."""
    problems = [
        f"{old} is called {new} now: rename it in the environment." for old, new in _RENAMED.items() if old in environ
    ]
    problems += [
        f"{name} must be a port between 1 and 65535."
        for name in PORTS
        if environ.get(name) and not _port(environ[name])
    ]
    own_gateway = not environ.get("SUPABASE_URL") or environ.get("ARTI_OWN_GATEWAY", "").lower() in ("true", "1")
    problems += _list_missing(environ, own_gateway)
    if problems:
        raise Misconfigured(join_problems(problems))
    ports = {name: _port(environ.get(name, "")) or default for name, default in PORTS.items()}
    is_production = environ.get("ARTI_ENVIRONMENT") == "production"
    values = {name: str(port) for name, port in ports.items() if name in SETTING_NAMES}
    values |= {
        "REDIS_URL": f"redis://:{quote(secrets.redis_password)}@127.0.0.1:{ports['ARTI_REDIS_PORT']}/0",
        "SUPABASE_URL": _local(ports["ARTI_GATEWAY_PORT"]),
        "SITE_URL": _local(ports["ARTI_WEB_PORT"]),
        "API_URL": _local(ports["ARTI_API_PORT"]),
        "SIMULATORS_URL": "" if is_production else _local(ports["ARTI_SIMULATORS_PORT"]),
        "ARTI_MASTER_KEY": secrets.arti_master_key,
        "ARTI_WEBHOOK_SECRET": secrets.arti_webhook_secret,
        "ARTI_CONSOLE_PASSWORD": secrets.console_password,
        # Beside the data folder, so that losing the one does not lose the other.
        "ARTI_BACKUP_URL": str(folder.root.with_name(f"{folder.root.name}-backups")),
        "ARTI_BACKUP_KEY": secrets.arti_backup_key,
        "CLAIMS_SIGNING_KEY": derive_key(secrets.database_password),
        "ARTI_OWN_GATEWAY": str(own_gateway).lower(),
        "ARTI_MAIL_CONFIGURED": str(bool(environ.get("SMTP_URL"))).lower(),
        "ARTI_SMS_CONFIGURED": str(bool(environ.get("TWILIO_AUTH_TOKEN"))).lower(),
    }
    if domain := environ.get("ARTI_DOMAIN"):
        values |= {"SITE_URL": f"https://app.{domain}", "API_URL": f"https://api.{domain}"}
        if own_gateway:
            values |= {"API_EXTERNAL_URL": f"https://db.{domain}", "ARTI_CONSOLE_URL": f"https://db.{domain}"}
    if own_gateway:
        values |= {
            "JWT_KEYS": secrets.jwt_keys,
            "SUPABASE_JWKS": secrets.supabase_jwks,
            "SUPABASE_PUBLISHABLE_KEY": secrets.supabase_publishable_key,
            "SUPABASE_SECRET_KEY": secrets.supabase_secret_key,
        }
        if not environ.get("JWT_KEYS"):
            values |= {
                "JWT_KEYS_FILE": signing_keys_path(folder),
                "SUPABASE_JWKS_FILE": public_keys_path(folder),
            }
    own_n8n = folder.n8n_enabled.exists() and not environ.get("N8N_URL")
    if own_n8n:
        at = _local(ports["ARTI_N8N_PORT"])
        # Under a domain n8n's one account is the operator's, who may name its editor to managers.
        editor = {} if domain else {"N8N_EDITOR_BASE_URL": at}
        values |= {"N8N_URL": at, "N8N_API_KEY_FILE": str(folder.n8n_api_key), **editor}
    cluster = None
    if environ.get("DATABASE_URL"):
        values |= _external_database(environ, secrets, own_gateway)
    else:
        cluster = Cluster(folder.postgres, ports["ARTI_POSTGRES_PORT"], secrets.database_password)
        values |= {
            "DATABASE_URL": cluster.dsn("arti_api"),
            "WORKER_DATABASE_URL": cluster.dsn("arti_worker"),
            "AUTH_DATABASE_URL": cluster.dsn("supabase_auth_admin"),
            "REST_DATABASE_URL": cluster.dsn("arti_rest"),
            "SERVICE_DATABASE_URL": cluster.dsn("authenticator"),
            "REALTIME_DATABASE_URL": cluster.dsn("supabase_replication_admin"),
            "CONSOLE_DATABASE_URL": cluster.dsn(CONSOLE_ROLE),
            "OWNER_DATABASE_URL": cluster.dsn("postgres"),
            "BACKUP_DATABASE_URL": cluster.dsn("arti_backup"),
            "ARTI_BACKUP_PHYSICAL": "true",
        }
    if not any(environ.get(name) for name in MASTER_KEY_SETTINGS):
        values["ARTI_MASTER_KEY_FILE"] = master_keys_path(folder)
    else:
        values["ARTI_MASTER_KEY"] = ""
    ahead = read_ahead(folder)
    if ahead is not None and (environ.get("DATABASE_URL") or "SIMULATORS_URL" in environ):
        raise Misconfigured(
            f"The data folder {folder.root} is that of a demo with a moved clock, which needs a database and "
            "simulators of its own. Leave out DATABASE_URL and SIMULATORS_URL, or set ARTI_DATA to another folder."
        )
    if ahead is not None:
        values["ARTI_BACKUP_URL"] = "off"  # the moments of a moved clock are not those of the log
    derived = {"DATABASE_URL"} if environ.get("DATABASE_URL") else set()
    values |= {name: value for name, value in environ.items() if name in SETTING_NAMES and name not in derived}
    for name in _DIRECT:  # they need what a pooler in transaction mode does not give
        if values.get(name) and values.get("DATABASE_DIRECT_HOST"):
            values[name] = direct_dsn(values[name], values["DATABASE_DIRECT_HOST"])
    return Environment(
        values=values,
        ports=ports,
        cluster=cluster,
        own_valkey=not environ.get("REDIS_URL"),
        own_gateway=own_gateway,
        own_simulators=bool(values["SIMULATORS_URL"]) and "SIMULATORS_URL" not in environ,
        own_n8n=own_n8n,
        ahead=ahead,
    )


def master_keys_path(folder: DataDirectory) -> str:
    """Return where ./arti keys rotate-master puts the master keys. Not there before the first rotation."""
    return str(folder.root / "master-keys")


def signing_keys_path(folder: DataDirectory) -> str:
    """Return where ./arti keys rotate puts the keys that sign tokens. Not there before the first rotation."""
    return str(folder.root / "signing-keys.json")


def public_keys_path(folder: DataDirectory) -> str:
    """Return where their public halves are put."""
    return str(folder.root / "public-keys.json")


def role_of_dsn(dsn: str) -> str:
    """Return the role that `dsn` logs in as, without a pooler's project suffix (role.project)."""
    return (urlsplit(dsn).username or "").split(".")[0]


def dsn_with_role(dsn: str, role: str, password: str) -> str:
    """Return `dsn` with another login, keeping host, database, options and a pooler's project suffix."""
    parts = urlsplit(dsn)
    suffix = (parts.username or "").partition(".")[2]
    user = f"{role}.{suffix}" if suffix else role
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}").geturl()


def _list_missing(environ: Mapping[str, str], own_gateway: bool) -> list[str]:
    """Return what another Supabase needs besides its URL."""
    if own_gateway:
        return []
    missing = [name for name in _SUPABASE_KEYS if not environ.get(name)]
    problems = [f"With SUPABASE_URL, set {' and '.join(missing)} too: that project's own keys."] if missing else []
    if not environ.get("DATABASE_URL"):
        problems.append("With SUPABASE_URL, set DATABASE_URL too: its users are in that project's database.")
    return problems


def _external_database(environ: Mapping[str, str], secrets: LocalSecrets, own_gateway: bool) -> dict[str, str]:
    """Derive every login from the owner's URL; with arti_api's URL, require the others."""
    dsn = environ["DATABASE_URL"]
    if not dsn.startswith(("postgres://", "postgresql://")):
        raise Misconfigured("DATABASE_URL must look like postgresql://user:password@host:5432/database.")
    if role_of_dsn(dsn) == "arti_api":
        needed = ["WORKER_DATABASE_URL", *(GATEWAY_LOGINS if own_gateway else ())]
        missing = [name for name in needed if not environ.get(name)]
        _refuse_shared_passwords(environ)
        if missing:
            raise Misconfigured(
                f"DATABASE_URL logs in as arti_api, so {', '.join(missing)} must be set too. "
                "Or give the database owner's URL alone: the other logins are then derived from it."
            )
        return {"DATABASE_URL": dsn}

    def login(role: str) -> str:
        return dsn_with_role(dsn, role, derive_password(secrets.database_password, role))

    return {
        "OWNER_DATABASE_URL": dsn,
        "DATABASE_URL": login("arti_api"),
        "WORKER_DATABASE_URL": login("arti_worker"),
        # Another Supabase has its own gateway and Studio.
        "CONSOLE_DATABASE_URL": login(CONSOLE_ROLE) if own_gateway else "",
        "AUTH_DATABASE_URL": login("supabase_auth_admin") if own_gateway else "",
        "REST_DATABASE_URL": login("arti_rest") if own_gateway else "",
        "SERVICE_DATABASE_URL": login("authenticator") if own_gateway else "",
        "REALTIME_DATABASE_URL": login("supabase_replication_admin") if own_gateway else "",
        "BACKUP_DATABASE_URL": login("arti_backup"),
    }


def _refuse_shared_passwords(environ: Mapping[str, str]) -> None:
    """Raise Misconfigured when two logins of different roles have one password."""
    holders: dict[str, str] = {}
    for setting in sorted(name for name in SETTING_NAMES if name.endswith("DATABASE_URL") and environ.get(name)):
        role, password = role_of_dsn(environ[setting]), urlsplit(environ[setting]).password
        if password and holders.setdefault(password, role) != role:
            raise Misconfigured(
                f"{setting} has the password of another role's URL, so a service that is taken over could log in as "
                f"that role too. Give {role} and {holders[password]} passwords of their own."
            )


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _port(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None
