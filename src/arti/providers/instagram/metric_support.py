"""Which metrics the Graph API refuses, by kind of object: one bad name fails a whole call.

A refused metric is remembered in the cursor for each product type, and asked for again after two weeks, or with the
next version of the API.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from arti.providers.errors import UnsupportedMetric

ASK_AGAIN_AFTER: Final = timedelta(days=14)
ACCOUNT: Final = "account"  # the kind of object that is no post

Fetch = Callable[[Sequence[str]], Awaitable[dict[str, Any]]]


class MetricSupport:
    """`refused`: the day on which a metric was refused, by `version/kind of object/name`."""

    def __init__(self, refused: Mapping[str, str], *, version: str, today: date) -> None:
        since = today - ASK_AGAIN_AFTER
        self.refused = {
            key: day
            for key, day in refused.items()
            if key.startswith(f"{version}/") and since < date.fromisoformat(day) <= today
        }
        self._version, self._today = version, today

    def is_refused(self, kind: str, name: str) -> bool:
        return self._key(kind, name) in self.refused

    async def read(self, kind: str, names: Sequence[str], fetch: Fetch) -> dict[str, Any]:
        """Return the response with all metrics that are not refused; `fetch` asks for those named.

        When the API refuses a call, each metric is asked for alone.
        """
        wanted = [name for name in names if not self.is_refused(kind, name)]
        if len(wanted) > 1:
            try:
                return await fetch(wanted)
            except UnsupportedMetric:
                pass
        data: list[Any] = []
        for name in wanted:
            try:
                data += (await fetch([name])).get("data") or ()
            except UnsupportedMetric:
                self.refused[self._key(kind, name)] = self._today.isoformat()
        return {"data": data}

    def _key(self, kind: str, name: str) -> str:
        return f"{self._version}/{kind}/{name}"
