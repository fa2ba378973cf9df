"""What `./arti up` starts besides its usual services: more processes of some, parts of the gateway, a proxy, n8n."""

import socket
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from arti_core.errors import Misconfigured
from local_stack.data_directory import DataDirectory
from local_stack.run_state import ServiceStatus
from local_stack.supervision.service_spec import Service

SCALABLE = ("api", "worker", "gateway", "web", "console")
_MOST = 50


@dataclass(frozen=True, slots=True)
class ServiceSelection:
    """`scale` is how many processes of a service are started, one where it says nothing, none for 0."""

    scale: Mapping[str, int] = field(default_factory=dict)
    gateway_services: tuple[str, ...] = ()
    with_caddy: bool = False
    with_n8n: bool = False

    def words(self) -> list[str]:
        """Return the options of `./arti up` that say the same."""
        words = [*(["--with-caddy"] if self.with_caddy else []), *(["--with-n8n"] if self.with_n8n else [])]
        if self.scale:
            words += ["--scale", ",".join(f"{name}={count}" for name, count in self.scale.items())]
        return words + [word for name in self.gateway_services for word in ("--service", name)]


def parse_scale(text: str) -> dict[str, int]:
    """Return the number of processes by service, of `api=2,worker=3`. Raises Misconfigured."""
    scale = {}
    for part in text.split(",") if text else ():
        name, _, count = part.strip().partition("=")
        if name not in SCALABLE:
            raise Misconfigured(f"--scale takes {', '.join(SCALABLE)}, as in api=2,worker=3; not {name or 'nothing'}.")
        if not (count.isascii() and count.isdecimal() and int(count) <= _MOST):
            raise Misconfigured(f"--scale {name}= takes a number from 0 to {_MOST}.")
        scale[name] = int(count)
    return scale


def kind_of(service: Service) -> str:
    """Return of which service this is a process: `api` of api-2."""
    return service.name.partition("-")[0]


def add_copies(
    services: Sequence[Service], selection: ServiceSelection, folder: DataDirectory, bind: str, *, taken: Set[int]
) -> list[Service]:
    """Return `services` with as many processes of each as the selection says.

    The first has the port of the setting, the others have free ones. Raises Misconfigured for a service that is not
    started here.
    """
    names = {service.name for service in services}
    for name in (*selection.scale, *selection.gateway_services):
        if name not in names:
            raise Misconfigured(f"There is no {name} of ours here: a setting has replaced it. Leave it out.")
    found = []
    for service in services:
        count = selection.scale.get(service.name, 1)
        ports = _free_ports(count - 1, bind, taken)
        taken |= set(ports)
        found += [service] if count else []
        found += [_copy(service, number, port, folder) for number, port in enumerate(ports, 2)]
    return found


def describe_copies(rows: Sequence[ServiceStatus]) -> Iterator[str]:
    """Yield where the processes of each service are that has several, and what divides the requests among them."""
    proxy = next((row.url for row in rows if row.service == "caddy"), "")
    for name in SCALABLE:
        urls = [row.url for row in rows if row.service.partition("-")[0] == name and row.state != "external"]
        if len(urls) < 2:
            continue
        if name == "worker":
            yield f"{len(urls)} workers share the jobs."
        elif proxy:
            yield f"{len(urls)} processes of {name}: Caddy ({proxy}) divides the requests among them."
        else:
            others = f"{', '.join(urls)}. Nothing divides the requests among them"
            yield f"{len(urls)} processes of {name}: {others}; use --with-caddy, or name them in a proxy of yours."


def _copy(service: Service, number: int, port: int, folder: DataDirectory) -> Service:
    name, old = f"{service.name}-{number}", f":{service.port}"
    return replace(
        service,
        name=name,
        title=f"{service.title} {number}",
        log=folder.log_path(name),
        env={**service.env, service.port_setting: str(port)},
        display_url=service.display_url.replace(old, f":{port}"),
        health_url=service.health_url.replace(old, f":{port}"),
        port=port,
    )


def _free_ports(count: int, bind: str, taken: Set[int]) -> list[int]:
    """Return ports that nobody has. All are held until the last is found, so that they differ."""
    held: list[socket.socket] = []
    ports: list[int] = []
    try:
        while len(ports) < count:
            one = socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET)
            held.append(one)
            one.bind((bind, 0))
            if (port := one.getsockname()[1]) not in taken:
                ports.append(port)
    finally:
        for one in held:
            one.close()
    return ports
