"""People who signed in at a real gateway, and workers."""

from collections.abc import AsyncIterator

import pytest

from arti.jobs import WorkerContext
from arti.worker import open_worker_context
from tests.orgs.conftest import Office, admin, gateway, gateway_settings, local_keys, office

__all__ = ["admin", "gateway", "gateway_settings", "local_keys", "office"]


@pytest.fixture
async def worker(office: Office) -> AsyncIterator[WorkerContext]:
    context = await open_worker_context(office.gateway.settings)
    yield context
    await context.http_client.close()
    await context.tenant_client.close()
    await context.pool.close()
