"""What runs, and stopping it; how large things are."""

from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console.activity import store
from arti.ops.console.session_guard import ConsoleRequest, field, page, redirect, require_session
from arti_core.database import Row
from arti_core.errors import Invalid

_BLOAT_SHARE, _BLOAT_BYTES = 0.3, 1024 * 1024
_DEAD_SHARE, _DEAD_ROWS = 0.2, 1000


async def show_activity(console_request: ConsoleRequest) -> Response:
    sessions, locks = await store.list_activity(console_request.pool), await store.list_locks(console_request.pool)
    return page(console_request, "activity.html", "Activity", here="/activity", sessions=sessions, locks=locks)


async def cancel(console_request: ConsoleRequest) -> Response:
    return await _stop(console_request, ends_session=False)


async def terminate(console_request: ConsoleRequest) -> Response:
    """Ask first; with `sure` end the session."""
    form = await console_request.request.form()
    if field(form, "sure") != "yes":
        pid, started_at = field(form, "pid"), field(form, "started_at")
        title = f"End the session of process {pid}?"
        return page(console_request, "end_session.html", title, here="/activity", pid=pid, started_at=started_at)
    return await _stop(console_request, ends_session=True)


async def _stop(console_request: ConsoleRequest, *, ends_session: bool) -> Response:
    form = await console_request.request.form()
    try:
        pid, started_at = int(field(form, "pid")), datetime.fromisoformat(field(form, "started_at"))
    except ValueError:
        raise Invalid("Pick a session from the list.") from None
    await store.stop(
        console_request.pool,
        pid=pid,
        started_at=started_at,
        ends_session=ends_session,
        session=console_request.session.name,
    )
    return redirect("/activity")


async def show_sizes(console_request: ConsoleRequest) -> Response:
    total = await store.database_size(console_request.pool)
    tables, idle = await store.list_sizes(console_request.pool), await store.list_idle_indexes(console_request.pool)
    return page(
        console_request,
        "sizes.html",
        "Sizes",
        here="/sizes",
        total=total,
        tables=tables,
        idle=idle,
        has_many_dead=_has_many_dead,
        has_bloat=_has_bloat,
    )


def _has_many_dead(row: Row) -> bool:
    dead: int = row["dead"]
    return dead > _DEAD_ROWS and dead > _DEAD_SHARE * (row["live"] + dead)


def _has_bloat(row: Row) -> bool:
    bloat: int = row["loose"]
    return bloat > _BLOAT_BYTES and bloat > _BLOAT_SHARE * row["heap"]


ROUTES = [
    Route("/activity", require_session(show_activity)),
    Route("/activity/cancel", require_session(cancel), methods=["POST"]),
    Route("/activity/terminate", require_session(terminate), methods=["POST"]),
    Route("/sizes", require_session(show_sizes)),
]
