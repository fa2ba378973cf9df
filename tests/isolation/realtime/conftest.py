"""The gateway of the Realtime tests, with two orgs and a manager of each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.vocabulary import Role
from tests.supabase_local.conftest import Gateway
from tests.supabase_local.realtime.conftest import database, gateway, gateway_changes, served, settings

__all__ = ["database", "gateway", "gateway_changes", "served", "settings"]

JOBS = {"event": "*", "schema": "public", "table": "jobs"}


@dataclass(frozen=True)
class Orgs:
    """`ada` is the session of a manager of `owl`, `bob` of `lark`."""

    gateway: Gateway
    owl: UUID
    lark: UUID
    ada: dict[str, Any]
    bob: dict[str, Any]

    @property
    def token(self) -> str:
        """Ada's access token."""
        return str(self.ada["access_token"])


@pytest.fixture
async def orgs(gateway: Gateway) -> Orgs:
    owl, lark = await gateway.org("Night Owl"), await gateway.org("Day Lark")
    return Orgs(gateway, owl, lark, await member(gateway, owl), await member(gateway, lark))


async def add_job(gateway: Gateway, org: UUID) -> UUID:
    rows = await gateway.database.as_owner(
        "insert into jobs (org_id, name) values ($1, 'connections.sync') returning id", org
    )
    return UUID(str(rows[0]["id"]))


async def member(gateway: Gateway, org: UUID, role: Role = Role.MANAGER) -> dict[str, Any]:
    """Return the Session of a new member of `org`."""
    session = await gateway.sign_up(f"{uuid4().hex[:8]}@example.test")
    await gateway.join(session, org, role)
    return session
