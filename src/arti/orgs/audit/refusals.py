"""Record in the audit log of an org what its members were refused."""

import time
from collections import OrderedDict
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from fastapi import Request

from arti.orgs import store
from arti.orgs.audit.log import audit
from arti.orgs.authorization import ORG_HEADER, Actor, authenticate, get_context, read_org_id
from arti_core.database import member_transaction
from arti_core.errors import ArtiError, Forbidden

# Whoever tries the same again and again is recorded once a minute.
_QUIET_SECONDS: Final = 60.0
_REMEMBERED: Final = 2_000

log = structlog.get_logger()


async def record_refusal(request: Request, error: Forbidden) -> None:
    """Write an entry `access.refused` for a member of the org, in a transaction of its own.

    The request's own is rolled back. Who is no member is in the log of requests alone: else strangers could fill the
    audit log of an org. A failure to record is logged; the answer stays 403.
    """
    context = get_context(request)
    route = getattr(request.scope.get("route"), "path", request.url.path)
    subject = f"{request.method} {route}"[:200]
    try:
        request_id = getattr(request.state, "request_id", "")
        principal = await authenticate(context, request.headers.get("authorization", ""), request_id=request_id)
        org_id = read_org_id(request.headers.get(ORG_HEADER))
        if not _recent_of(request).add((principal.user_id, org_id, subject)):
            return
        async with member_transaction(context.pool, principal) as connection:
            if await store.find_own_membership(connection, org_id) is not None:
                actor = Actor(connection, org_id, principal, context.vault)
                await audit(actor, "access.refused", subject, {"message": error.message})
    except (ArtiError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        log.warning("refusal not recorded", error=type(failure).__name__)


class RecentRefusals:
    """What was refused within the last minute: (user, org, operation). Kept by each process on its own."""

    def __init__(self) -> None:
        self._times: OrderedDict[tuple[UUID, UUID, str], float] = OrderedDict()

    def add(self, refusal: tuple[UUID, UUID, str]) -> bool:
        """Return whether it is the first within a minute."""
        at = time.monotonic()
        if at - self._times.get(refusal, at - _QUIET_SECONDS) < _QUIET_SECONDS:
            return False
        self._times[refusal] = at
        self._times.move_to_end(refusal)
        while len(self._times) > _REMEMBERED:
            self._times.popitem(last=False)
        return True


def _recent_of(request: Request) -> RecentRefusals:
    state = request.app.state
    if not hasattr(state, "recent_refusals"):
        state.recent_refusals = RecentRefusals()
    recent: RecentRefusals = state.recent_refusals
    return recent
