"""A source of the demo org's own: clicks on a link page, typed in once a week."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

WEEKS = 12


async def add_link_clicks(call: Callable[..., Awaitable[Any]], artist_id: str, *, today: date) -> None:
    """Define metric and source, and enter the clicks of the last weeks. `call` is the API as a person."""
    metric = {"name": "Link clicks", "unit": "clicks", "kind": "flow", "description": "Clicks on the link page."}
    await call("POST", "/api/metrics", metric)
    source = {"name": "Linkfire clicks", "slug": "own.linkfire", "cadence": "week", "note": "Noted on Mondays."}
    await call("POST", "/api/sources", source)
    sunday = today - timedelta(days=today.weekday() + 1)
    values = [
        {
            "metric": "own.link_clicks",
            "artist_id": artist_id,
            "on": str(sunday - timedelta(weeks=ago)),
            "value": 900 + 37 * (WEEKS - ago) + (ago * 53) % 120,
        }
        for ago in range(WEEKS)
    ]
    await call("POST", "/api/sources/own.linkfire/observations", {"observations": values})
