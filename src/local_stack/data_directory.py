"""The folder with all local data, and who may read it."""

import os
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from arti_core.errors import Misconfigured
from local_stack.postgres import is_world_executable

CHECKOUT = Path(__file__).parents[2]
_LEAST_FREE_MB = 500


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """`root` holds the database, the queue, logs, secrets and the state of a running `./arti up`."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def lock(self) -> Path:
        return self.root / "up.lock"

    @property
    def update_lock(self) -> Path:
        """Held by `./arti update`."""
        return self.root / "update.lock"

    @property
    def state(self) -> Path:
        return self.root / "state.json"

    @property
    def sign_in(self) -> Path:
        return self.root / "sign-in.json"

    @property
    def clock(self) -> Path:
        return self.root / "clock-ahead-seconds"

    @property
    def n8n(self) -> Path:
        return self.root / "n8n"

    @property
    def n8n_api_key(self) -> Path:
        """With which ARTi calls n8n."""
        return self.n8n / "api-key"

    @property
    def n8n_enabled(self) -> Path:
        """There while `./arti up` runs n8n: commands see no option of it."""
        return self.n8n / "enabled"

    def log_path(self, service: str) -> Path:
        return self.logs / f"{service}.log"

    def prepare(self) -> None:
        """Make the folders, closed to everyone else. Raises Misconfigured when they cannot be written or are full."""
        # As root, PostgreSQL runs as another user, who must be able to traverse the folder, not to list it.
        root = os.geteuid() == 0
        mode = 0o711 if root else 0o700
        os.umask(0o022 if root else 0o077)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(mode)
            for folder in (self.logs, self.valkey):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise Misconfigured(
                f"The data folder {self.root} cannot be written ({error.strerror}). "
                "Change its owner, or set ARTI_DATA to another folder."
            ) from None
        free = shutil.disk_usage(self.root).free // 1024**2
        if free < _LEAST_FREE_MB:
            raise Misconfigured(
                f"The disk of {self.root} has only {free} MB left, and {_LEAST_FREE_MB} MB are needed. "
                "Free some space, or set ARTI_DATA to a folder on another disk."
            )


def find_data_directory() -> DataDirectory:
    """Return the folder that ARTI_DATA names, or .arti/data in the checkout.

    As root in a checkout that other users cannot access (below /root, for example), the unprivileged user of
    PostgreSQL could not reach its data: then the folder is /var/lib/arti/<checkout>.
    """
    named = os.environ.get("ARTI_DATA")
    if named:
        return DataDirectory(Path(named).expanduser().resolve())
    if os.geteuid() == 0 and not is_world_executable(CHECKOUT):
        return DataDirectory(Path("/var/lib/arti") / sha256(str(CHECKOUT).encode()).hexdigest()[:12])
    return DataDirectory(CHECKOUT / ".arti" / "data")
