"""Who is present at one place, in the shapes of Phoenix: keys with one meta for each channel that tracks."""

import itertools
from typing import Any

from supabase_local.realtime.channel.channel import Channel

_numbers = itertools.count(1)


class Presence:
    def __init__(self) -> None:
        self._tracked: dict[Channel, tuple[str, dict[str, Any]]] = {}

    def __bool__(self) -> bool:
        return bool(self._tracked)

    def state(self) -> dict[str, Any]:
        """Return all who are there, as `presence_state` tells it."""
        keys: dict[str, Any] = {}
        for key, meta in self._tracked.values():
            keys.setdefault(key, {"metas": []})["metas"].append(meta)
        return keys

    def track(self, channel: Channel, key: str, meta: dict[str, Any]) -> dict[str, Any] | None:
        """Add or replace the channel's meta. Returns the diff, None when nothing changed.

        A replaced meta leaves in the same diff, else clients count the person twice.
        """
        before = self._tracked.get(channel)
        new = {**meta, "phx_ref": f"F{next(_numbers):x}"}
        if before is None:
            self._tracked[channel] = key, new
            return {"joins": _one(key, new), "leaves": {}}
        old = before[1]
        if {name: value for name, value in old.items() if name not in ("phx_ref", "phx_ref_prev")} == meta:
            return None
        new["phx_ref_prev"] = old["phx_ref"]
        self._tracked[channel] = key, new
        return {"joins": _one(key, new), "leaves": _one(key, old)}

    def untrack(self, channel: Channel) -> dict[str, Any] | None:
        """Take the channel's meta away. Returns the diff, None when it had none."""
        before = self._tracked.pop(channel, None)
        return None if before is None else {"joins": {}, "leaves": _one(*before)}


def _one(key: str, meta: dict[str, Any]) -> dict[str, Any]:
    return {key: {"metas": [meta]}}
