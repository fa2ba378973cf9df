"""The default services of the platform: what each runs, in which order, and which settings each may read."""

import socket
import sys
from contextlib import suppress
from signal import SIGINT
from urllib.parse import urlsplit

import psutil

from arti.settings import Settings
from arti_core.errors import Conflict
from local_stack.binaries import valkey_server
from local_stack.data_directory import DataDirectory
from local_stack.environment import NO_BACKUPS, Environment
from local_stack.postgres import server_command, unprivileged_user
from local_stack.processes.selection import ServiceSelection, add_copies
from local_stack.processes.visible_settings import (
    GATEWAY_SERVICES,
    environment_of_service,
    environment_without_settings,
)
from local_stack.run_state import ServiceStatus
from local_stack.supervision.service_spec import Service

# What people call starts first and stops last, so that an update takes it away for the shortest time.
STORES, SERVICES, WORK = 0, 1, 2


def list_services(
    folder: DataDirectory, environment: Environment, selection: ServiceSelection | None = None
) -> list[Service]:
    """Return the services to start, in order, without those that the user replaced by a setting.

    `selection`: with how many processes of each. Raises Misconfigured when it names a service that is not ours here.
    """
    selection = selection or ServiceSelection()
    ports, bind = environment.ports, environment.values.get("ARTI_BIND", "127.0.0.1")
    console_bind = environment.values.get("ARTI_CONSOLE_BIND", "127.0.0.1")
    services = []
    if environment.cluster is not None:
        services.append(
            Service(
                name="postgres",
                title="PostgreSQL + pgvector",
                command=tuple(server_command(environment.cluster)),
                log=folder.log_path("postgres"),
                env=environment_without_settings(),
                stage=STORES,
                display_url=f"postgresql://127.0.0.1:{environment.cluster.port}",
                port=environment.cluster.port,
                port_setting="ARTI_POSTGRES_PORT",
                ready_line="ready to accept connections",
                probe=b"\0\0\0\x08\x04\xd2\x16\x2f",  # SSLRequest
                stop_signal=SIGINT,
                stop_seconds=30,
                uid=unprivileged_user(),
                essential=True,
            )
        )
    if environment.own_valkey:
        services.append(_valkey(folder, environment))

    def python(
        name: str, title: str, entry: str, port_setting: str = "", health: str = "", stage: int = SERVICES
    ) -> Service:
        port = ports.get(port_setting)
        url = f"http://127.0.0.1:{port}" if port else ""
        return Service(
            name=name,
            title=title,
            command=(sys.executable, "-m", "local_stack.supervision.entrypoint", entry),
            log=folder.log_path(name),
            env=environment_of_service(name, environment),
            stage=stage,
            display_url=url,
            port=port,
            port_setting=port_setting,
            health_url=f"http://{reachable_host(console_bind if name == 'console' else bind)}:{port}{health}"
            if port
            else "",
            ready_line="" if port else f"{name} ready",
        )

    if environment.own_gateway:
        services.append(
            python(
                "gateway",
                "Gateway (auth, rest, realtime)",
                "arti.gateway:run",
                "ARTI_GATEWAY_PORT",
                "/healthz",
            )
        )
        services += [
            python(name, GATEWAY_SERVICES[name], f"arti.gateway:run_{name}", f"ARTI_{name.upper()}_PORT", "/healthz")
            for name in selection.gateway_services
        ]
    if environment.own_simulators:
        services.append(
            python(
                "simulators",
                "Provider simulators",
                "provider_simulators.server:run",
                "ARTI_SIMULATORS_PORT",
                "/_simulator/state",
                WORK,
            )
        )
    services += [
        python("console", "Database console", "arti.ops.console.app:run", "ARTI_CONSOLE_PORT", "/", WORK),
        python("web", "Web app", "local_stack.web.server:run", "ARTI_WEB_PORT", "/config.json"),
        python("api", "API", "arti.api:run", "ARTI_API_PORT", "/healthz"),
        python("worker", "Worker", "arti.worker:run", "ARTI_WORKER_PORT", "/healthz", WORK),
    ]
    if environment.values["ARTI_BACKUP_URL"] not in NO_BACKUPS and environment.values.get("BACKUP_DATABASE_URL"):
        services.append(python("backup", "Backups", "local_stack.backup.service:run", stage=WORK))
    return add_copies(services, selection, folder, bind, taken=set(ports.values()))


def list_external_services(environment: Environment) -> list[ServiceStatus]:
    """Return the services that the user replaced by a setting, for the table. Passwords are left out."""
    values = environment.values
    rows = []
    if environment.cluster is None:
        rows.append(("postgres", "PostgreSQL + pgvector", values["DATABASE_URL"]))
    if not environment.own_valkey:
        rows.append(("redis", "Redis", values["REDIS_URL"]))
    if not environment.own_gateway:
        rows.append(("gateway", "Supabase", values["SUPABASE_URL"]))
    if not environment.own_simulators:
        rows.append(("providers", "Providers", values["SIMULATORS_URL"] or "the real APIs"))
    for name, title, setting in (
        ("model", "Language model", "OPENAI_BASE_URL"),
        ("mail", "E-mail", "SMTP_URL"),
        ("n8n", "n8n", "N8N_URL"),
    ):
        if values.get(setting) and not (name == "n8n" and environment.own_n8n):
            rows.append((name, title, values[setting]))
    if values.get("TWILIO_ACCOUNT_SID"):
        rows.append(("sms", "SMS", values.get("TWILIO_BASE_URL") or Settings.model_fields["twilio_base_url"].default))
    return [ServiceStatus(name, title, without_credentials(url), "external") for name, title, url in rows]


def without_credentials(url: str) -> str:
    """Return `url` without user, password and options."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def refuse_taken_ports(services: list[Service], bind: str) -> None:
    """Raise Conflict naming the service, the program that has its port if known, and the setting to change."""
    for service in services:
        if service.port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1" if service.stage == STORES else bind, service.port))
            except PermissionError:
                raise Conflict(
                    f"Port {service.port} ({service.name}) needs root. Set {service.port_setting} above 1023."
                ) from None
            except OSError:
                raise Conflict(
                    f"Port {service.port} ({service.name}) is taken by {_program_on_port(service.port)}. "
                    f"Stop that, or set {service.port_setting} to a free port."
                ) from None


def _program_on_port(port: int) -> str:
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    return "another program"


def _valkey(folder: DataDirectory, environment: Environment) -> Service:
    port = environment.ports["ARTI_REDIS_PORT"]
    password = urlsplit(environment.values["REDIS_URL"]).password or ""
    settings = folder.valkey / "valkey.conf"
    settings.touch(mode=0o600)
    # In a file, not in the command: every user of the machine can read commands.
    settings.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass "{password}"\ndir "{folder.valkey}"\n'
        'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\ndaemonize no\n'
    )
    return Service(
        name="valkey",
        title="Valkey (queue)",
        command=(str(valkey_server()), str(settings)),
        log=folder.log_path("valkey"),
        env=environment_without_settings(),
        stage=STORES,
        display_url=f"redis://127.0.0.1:{port}",
        port=port,
        port_setting="ARTI_REDIS_PORT",
        ready_line="Ready to accept connections",
        probe=b"PING\r\n",
        essential=True,
    )


def reachable_host(bind: str) -> str:
    """Return the address at which this machine reaches what listens on `bind`."""
    return "127.0.0.1" if bind in ("0.0.0.0", "::", "") else bind  # noqa: S104 - compared, not bound
