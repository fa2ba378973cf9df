"""What runs, and stopping it; how large things are."""

from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from arti.base.errors import Invalid
from arti.ops.console.activity import pages, store
from arti.ops.console.door import Visit, field, go, guarded, html


async def show_activity(visit: Visit) -> Response:
    sessions, locks = await store.list_activity(visit.pool), await store.list_locks(visit.pool)
    return html(pages.activity_page(sessions, locks, **visit.frame))


async def cancel(visit: Visit) -> Response:
    return await _stop(visit, ends_session=False)


async def terminate(visit: Visit) -> Response:
    """Ask first; with `sure` end the session."""
    form = await visit.request.form()
    if field(form, "sure") != "yes":
        return html(pages.end_page(field(form, "pid"), field(form, "started_at"), **visit.frame))
    return await _stop(visit, ends_session=True)


async def _stop(visit: Visit, *, ends_session: bool) -> Response:
    form = await visit.request.form()
    try:
        pid, started_at = int(field(form, "pid")), datetime.fromisoformat(field(form, "started_at"))
    except ValueError:
        raise Invalid("Pick a session from the list.") from None
    await store.stop(visit.pool, pid=pid, started_at=started_at, ends_session=ends_session, session=visit.session.name)
    return go("/activity")


async def show_sizes(visit: Visit) -> Response:
    total = await store.database_size(visit.pool)
    tables, idle = await store.list_sizes(visit.pool), await store.list_idle_indexes(visit.pool)
    return html(pages.sizes_page(total, tables, idle, **visit.frame))


ROUTES = [
    Route("/activity", guarded(show_activity)),
    Route("/activity/cancel", guarded(cancel), methods=["POST"]),
    Route("/activity/terminate", guarded(terminate), methods=["POST"]),
    Route("/sizes", guarded(show_sizes)),
]
