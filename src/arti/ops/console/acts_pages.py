"""The log of acts, to read."""

from starlette.responses import Response

from arti.ops.console.acts import PAGE_ACTS, list_acts
from arti.ops.console.door import Visit, html
from arti.ops.console.frame import address, code, line, listing, note, page, pager
from arti.ops.console.markup import tag


async def list_log(visit: Visit) -> Response:
    number = visit.page_number
    acts = await list_acts(visit.pool, page=number)
    lines = [
        line(f"{act['happened_at']:%Y-%m-%d %H:%M:%S}", act["session"], act["act"], act["target"], code(act["detail"]))
        for act in acts[:PAGE_ACTS]
    ]
    previous = address("/log", page=number - 1) if number else ""
    following = address("/log", page=number + 1) if len(acts) > PAGE_ACTS else ""
    return html(
        page(
            "Log",
            tag("h1", "Log"),
            note("Everything that was changed from this console, newest first, in UTC. Lines are only added."),
            listing("Acts", ("When", "Session", "Act", "On", "What"), lines, empty="Nothing was changed yet."),
            pager(f"page {number + 1}", previous=previous, following=following),
            here="/log",
            **visit.frame,
        )
    )
