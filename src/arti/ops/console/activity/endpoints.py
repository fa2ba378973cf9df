"""What runs, and stopping it; how large things are."""

from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console.activity import pages, store
from arti.ops.console.session_guard import ConsoleRequest, field, html, redirect, require_session
from arti_core.errors import Invalid


async def show_activity(console_request: ConsoleRequest) -> Response:
    sessions, locks = await store.list_activity(console_request.pool), await store.list_locks(console_request.pool)
    return html(pages.activity_page(sessions, locks, **console_request.frame))


async def cancel(console_request: ConsoleRequest) -> Response:
    return await _stop(console_request, ends_session=False)


async def terminate(console_request: ConsoleRequest) -> Response:
    """Ask first; with `sure` end the session."""
    form = await console_request.request.form()
    if field(form, "sure") != "yes":
        return html(pages.end_page(field(form, "pid"), field(form, "started_at"), **console_request.frame))
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
    return html(pages.sizes_page(total, tables, idle, **console_request.frame))


ROUTES = [
    Route("/activity", require_session(show_activity)),
    Route("/activity/cancel", require_session(cancel), methods=["POST"]),
    Route("/activity/terminate", require_session(terminate), methods=["POST"]),
    Route("/sizes", require_session(show_sizes)),
]
