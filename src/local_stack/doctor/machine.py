"""The machine: versions, disk, memory, clock, ports."""

import platform
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import psutil

from arti_core.errors import Conflict
from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.doctor.diagnosis import Diagnosis, ok, problem, skipped, warning
from local_stack.environment import NO_BACKUPS, Environment
from local_stack.run_state import read_state, running_pid
from local_stack.services import list_services, refuse_taken_ports

_GB = 1024**3
_LEAST_FREE, _LITTLE_FREE = 1 * _GB, 5 * _GB
_LITTLE_MEMORY = 2 * _GB
_STORES = {"ARTI_POSTGRES_PORT": "PostgreSQL", "ARTI_REDIS_PORT": "the queue"}


def check_versions() -> Iterator[Diagnosis]:
    """Yield what the programs and this machine are."""
    yield ok("versions", f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {platform.platform(terse=True)}.")
    if sys.maxsize < 2**32:
        yield problem("versions", "This Python is a 32-bit program.", "Install a 64-bit system.")
    caddy = shutil.which("caddy")
    if caddy:
        shown = subprocess.run([caddy, "version"], capture_output=True, text=True, timeout=20, check=False).stdout
        yield ok("versions", f"Caddy {shown.split()[0] if shown.split() else 'of an unknown version'}.")


def check_space(folder: DataDirectory, environment: Environment) -> Iterator[Diagnosis]:
    """Yield how much room the disks and the memory have."""
    places = {"data": folder.root, "checkout": CHECKOUT}
    backups = environment.values["ARTI_BACKUP_URL"]
    if backups not in NO_BACKUPS and "://" not in backups:
        places["backups"] = Path(backups)
    for name, place in places.items():
        present = next(path for path in (place, *place.parents) if path.exists())
        free = shutil.disk_usage(present).free
        text = f"{free / _GB:.1f} GB are free where the {name} {'is' if name == 'checkout' else 'are'} ({place})."
        if free < _LEAST_FREE:
            yield problem("disk", text, "Free some space, or move the folder to a larger disk.")
        elif free < _LITTLE_FREE:
            yield warning("disk", text, f"Keep {_LITTLE_FREE // _GB} GB free: a full disk stops the database.")
        else:
            yield ok("disk", text)
    if "backups" in places and places["backups"].exists() and _device(places["backups"]) == _device(folder.root):
        text = "Backups are on the disk of the data, so they end with it."
        yield warning("disk", text, "Set ARTI_BACKUP_URL to a bucket or to another disk.")
    memory = psutil.virtual_memory().total
    text = f"{memory / _GB:.1f} GB of memory."
    if memory < _LITTLE_MEMORY:
        yield warning("memory", text, "Use a machine with 2 GB or more; 4 GB with n8n.")
    else:
        yield ok("memory", text)


def check_synchronisation() -> Iterator[Diagnosis]:
    """Yield whether something keeps the clock right."""
    program = shutil.which("timedatectl")
    command = [program or "", "show", "--property=NTPSynchronized", "--value"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False) if program else None
    answer = said.stdout.strip() if said and said.returncode == 0 else ""
    if answer == "no":
        remedy = "Run timedatectl set-ntp true: second factors and signed messages need the right time."
        yield problem("clock", "The clock is not synchronised.", remedy)
    elif answer == "yes":
        yield ok("clock", "The clock is synchronised.")
    else:
        yield skipped("clock", "systemd does not say whether the clock is synchronised.")


def check_ports(folder: DataDirectory, environment: Environment) -> Iterator[Diagnosis]:
    """Yield which ports are taken, or open to the network although they are for this machine."""
    if running_pid(folder) is None:
        folder.prepare()
        try:
            refuse_taken_ports(list_services(folder, environment), environment.values.get("ARTI_BIND", "127.0.0.1"))
            yield ok("ports", "All ports of the services are free; ARTi does not run.")
        except Conflict as error:
            yield problem("ports", error.message, "Then run ./arti doctor again.")
        return
    try:
        open_ports = {
            connection.laddr.port: connection.laddr.ip
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN and not ip_address(connection.laddr.ip).is_loopback
        }
    except psutil.AccessDenied:
        yield skipped("ports", "Only root sees which ports are open to the network.")
        return
    exposed = [name for name in _STORES if environment.ports[name] in open_ports]
    for name in exposed:
        text = f"Port {environment.ports[name]} ({_STORES[name]}) is open to the network."
        yield problem("ports", text, "Close it in the firewall: deploy/nftables.conf lets 80 and 443 in alone.")
    wide = [name for name, port in environment.ports.items() if port in open_ports and name not in _STORES]
    if wide:
        text = f"{', '.join(wide)}: open to the network, and so without the proxy's TLS."
        yield warning("ports", text, "Set ARTI_BIND=127.0.0.1, or close them in the firewall.")
    if not exposed and not wide:
        yield ok("ports", "The services listen on this machine alone.")


def check_processes(folder: DataDirectory) -> Iterator[Diagnosis]:
    """Yield how each process of a running installation is."""
    state = read_state(folder)
    for service in state.services if state else ():
        if service.state == "external":
            continue
        text = f"{service.title}{f' at {service.url}' if service.url else ''}: {service.state}"
        text += f", restarted {service.restarts} times." if service.restarts else "."
        if service.is_well:
            yield ok("processes", text)
        else:
            reason = service.problem or service.note
            yield problem("processes", f"{text} {reason}".strip(), f"See ./arti logs {service.service}.")


def _device(place: Path) -> int:
    return place.stat().st_dev
