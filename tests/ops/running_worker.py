"""A worker process of its own, which can be frozen and killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from arti.settings import Settings
from arti_core import clock
from tests.conftest import free_port


@contextmanager
def running_worker(settings: Settings, *, port: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker that reports twice a second as a process of its own."""
    program = "from arti import worker; worker.BEAT_SECONDS = 0.5; worker.run()"
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "CLAIMS_SIGNING_KEY": settings.claims_signing_key.get_secret_value(),
        "WORKER_DATABASE_URL": settings.worker_database_url.get_secret_value(),
        "ARTI_WORKER_PORT": str(port or free_port()),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "SUPABASE_URL": settings.supabase_url,
        "ARTI_MASTER_KEY": settings.arti_master_key.get_secret_value(),
    }
    environment |= {name: value for name, value in os.environ.items() if name == clock.ENVIRONMENT_VARIABLE}
    worker = subprocess.Popen([sys.executable, "-c", program], env=environment)
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            worker.send_signal(signal.SIGCONT)
        worker.kill()
        worker.wait()
