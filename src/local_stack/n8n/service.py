"""n8n as a service of `./arti up --with-n8n`: on 5678, with a database and a login of its own; it calls nobody."""

import os
import socket
from urllib.parse import unquote, urlsplit

import bcrypt

from arti_core.errors import Misconfigured
from local_stack.data_directory import DataDirectory
from local_stack.environment import Environment
from local_stack.n8n.install import find_n8n
from local_stack.n8n.installation import DATABASE, OWNER_EMAIL, ROLE, load_or_create_n8n_secrets
from local_stack.processes.visible_settings import environment_without_settings
from local_stack.services import WORK
from local_stack.supervision.service_spec import Service
from local_stack.web.build import node_program

_QUIET = {
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_HIRING_BANNER_ENABLED": "false",
    "N8N_DYNAMIC_BANNERS_ENABLED": "false",
    "EXTERNAL_FRONTEND_HOOKS_URLS": "",
    "N8N_DIAGNOSTICS_CONFIG_FRONTEND": "",
    "N8N_DIAGNOSTICS_CONFIG_BACKEND": "",
    "N8N_LICENSE_AUTO_RENEW_ENABLED": "false",
    "N8N_COMMUNITY_PACKAGES_ENABLED": "false",
    "N8N_AI_ENABLED": "false",
    "N8N_DISABLED_MODULES": "mcp-registry,mcp,instance-ai,chat-hub,community-packages,workflow-builder,"
    "dynamic-credentials,quick-connect,source-control,otel,oauth-server,token-exchange",
}
# n8n's own settings that an operator may change.
_OWN = ("GENERIC_TIMEZONE", "TZ", "EXECUTIONS_DATA_MAX_AGE", "N8N_LOG_LEVEL", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS")


def switch_n8n(folder: DataDirectory, *, enabled: bool) -> None:
    """Record whether `./arti up` runs n8n from now on. Raises Misconfigured when it cannot."""
    if not enabled:
        folder.n8n_enabled.unlink(missing_ok=True)
        return
    if os.environ.get("N8N_URL"):
        raise Misconfigured("N8N_URL is an n8n of yours. Unset it, or leave out --with-n8n.")
    if find_n8n() is None:
        raise Misconfigured("n8n is not installed. ./arti n8n install shows its licence and installs it.")
    folder.n8n.mkdir(mode=0o700, exist_ok=True)
    folder.n8n_enabled.touch()


def n8n_service(folder: DataDirectory, environment: Environment) -> Service:
    """Return n8n as a service."""
    port, program = environment.ports["ARTI_N8N_PORT"], find_n8n()
    return Service(
        name="n8n",
        title="n8n",
        command=(str(node_program()), str(program), "start"),
        log=folder.log_path("n8n"),
        env=n8n_environment(folder, environment),
        stage=WORK,
        display_url=f"http://127.0.0.1:{port}",
        port=port,
        port_setting="ARTI_N8N_PORT",
        health_url=f"http://127.0.0.1:{port}/healthz/readiness",
        stop_seconds=15,
    )


def n8n_environment(folder: DataDirectory, environment: Environment) -> dict[str, str]:
    """Return the environment of n8n and of its commands: none of ARTi's settings, and none of its secrets."""
    secrets, port = load_or_create_n8n_secrets(folder), environment.ports["ARTI_N8N_PORT"]
    domain = environment.values.get("ARTI_DOMAIN", "")
    public = f"https://link.{domain}/" if domain else f"http://127.0.0.1:{port}/"
    owner_hash = bcrypt.hashpw(secrets.owner_password.encode(), bcrypt.gensalt(10)).decode()
    foreign = {name for name in os.environ if name.startswith(("N8N_", "DB_POSTGRESDB_"))}
    kept = {name: value for name, value in environment_without_settings().items() if name not in foreign}
    return {
        **kept,
        "TZ": "UTC",
        "GENERIC_TIMEZONE": "UTC",
        **{name: os.environ[name] for name in _OWN if name in os.environ},
        **_QUIET,
        **_database(environment, secrets.database_password),
        "PATH": f"{node_program().parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "N8N_USER_FOLDER": str(folder.n8n),
        "N8N_ENCRYPTION_KEY": secrets.encryption_key,
        "N8N_USER_MANAGEMENT_JWT_SECRET": secrets.jwt_secret,
        "N8N_LISTEN_ADDRESS": "127.0.0.1",
        "N8N_HOST": "127.0.0.1",
        "N8N_PORT": str(port),
        "N8N_PROTOCOL": "http",
        "N8N_SECURE_COOKIE": str(bool(domain)).lower(),
        "N8N_PROXY_HOPS": "1",
        "N8N_WEBHOOK_URL": public,
        "N8N_EDITOR_BASE_URL": public,
        "N8N_RUNNERS_BROKER_PORT": str(_free_port()),
        "N8N_INSTANCE_OWNER_MANAGED_BY_ENV": "true",
        "N8N_INSTANCE_OWNER_EMAIL": OWNER_EMAIL,
        "N8N_INSTANCE_OWNER_FIRST_NAME": "ARTi",
        "N8N_INSTANCE_OWNER_LAST_NAME": "Operator",
        "N8N_INSTANCE_OWNER_PASSWORD_HASH": owner_hash,
    }


def _database(environment: Environment, password: str) -> dict[str, str]:
    host, port, encrypted = "127.0.0.1", 5432, False
    if environment.cluster is not None:
        port = environment.cluster.port
    else:
        parts = urlsplit(environment.values["OWNER_DATABASE_URL"])
        host, port = unquote(parts.hostname or host), parts.port or port
        encrypted = "sslmode=" in parts.query and "sslmode=disable" not in parts.query
    return {
        "DB_TYPE": "postgresdb",
        "DB_POSTGRESDB_HOST": host,
        "DB_POSTGRESDB_PORT": str(port),
        "DB_POSTGRESDB_DATABASE": DATABASE,
        "DB_POSTGRESDB_USER": ROLE,
        "DB_POSTGRESDB_PASSWORD": password,
        "DB_POSTGRESDB_SSL_ENABLED": str(encrypted).lower(),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
