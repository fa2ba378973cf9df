"""The log of acts, to read."""

from starlette.responses import Response

from arti.ops.console.audit import CHANGES_PER_PAGE, list_changes
from arti.ops.console.html import tag
from arti.ops.console.layout import address, code, data_table, line, note, page, pager
from arti.ops.console.session_guard import ConsoleRequest, html


async def list_log(console_request: ConsoleRequest) -> Response:
    number = console_request.page_number
    acts = await list_changes(console_request.pool, page=number)
    lines = [
        line(f"{act['happened_at']:%Y-%m-%d %H:%M:%S}", act["session"], act["act"], act["target"], code(act["detail"]))
        for act in acts[:CHANGES_PER_PAGE]
    ]
    previous = address("/log", page=number - 1) if number else ""
    following = address("/log", page=number + 1) if len(acts) > CHANGES_PER_PAGE else ""
    return html(
        page(
            "Log",
            tag("h1", "Log"),
            note("Everything that was changed from this console, newest first, in UTC. Lines are only added."),
            data_table("Acts", ("When", "Session", "Act", "On", "What"), lines, empty="Nothing was changed yet."),
            pager(f"page {number + 1}", previous=previous, following=following),
            here="/log",
            **console_request.frame,
        )
    )
