"""A gateway process of its own, which can be frozen and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx2 as httpx
from pydantic import SecretStr

from arti.settings import Settings
from arti_core import clock
from tests.conftest import free_port
from tests.supabase_local.conftest import Gateway

_SETTINGS = (
    *("auth_database_url", "rest_database_url", "service_database_url", "realtime_database_url"),
    *("claims_signing_key", "redis_url", "jwt_keys", "arti_master_key", "supabase_secret_key"),
    *("supabase_publishable_key", "supabase_url", "site_url"),
)


@contextmanager
def gateway_process(settings: Settings, **changes: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run another gateway of the installation of `settings`, with the same keys. Yields its URL and its process."""
    port = free_port()
    values = {name: getattr(settings, name) for name in _SETTINGS}
    environment = {
        name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
    }
    environment |= {"ARTI_GATEWAY_PORT": str(port), "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    environment |= {name: value for name, value in os.environ.items() if name in (clock.ENVIRONMENT_VARIABLE, "PATH")}
    process = subprocess.Popen(
        [sys.executable, "-m", "local_stack.supervision.entrypoint", "arti.gateway:run"], env=environment | changes
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process)
        yield url, process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@asynccontextmanager
async def clients_of(url: str, first: Gateway) -> AsyncIterator[Gateway]:
    """Yield the gateway at `url`, with the keys of `first`."""
    async with (
        httpx.AsyncClient(base_url=url, headers=first.http.headers, timeout=20) as http,
        httpx.AsyncClient(base_url=url, headers=first.admin.headers, timeout=20) as admin,
    ):
        yield replace(first, url=url, http=http, admin=admin)


@asynccontextmanager
async def second_gateway(first: Gateway, **changes: str) -> AsyncIterator[tuple[Gateway, subprocess.Popen[bytes]]]:
    """Run another gateway of the installation of `first`, which issues and accepts the same tokens."""
    with gateway_process(first.settings, **changes) as (url, process):
        async with clients_of(url, first) as gateway:
            yield gateway, process


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    with httpx.Client() as client:
        for _ in range(600):
            assert process.poll() is None, "the second gateway did not start"
            with suppress(httpx.TransportError):
                if client.get(f"{url}/healthz").status_code == 200:
                    return
            time.sleep(0.1)
    raise AssertionError("the second gateway did not answer in time")
