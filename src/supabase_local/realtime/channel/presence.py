"""The presences of one topic in the format of Phoenix.Presence: keys, each with one meta per tracking channel."""

import itertools
from typing import Any

from supabase_local.realtime.channel.channel import RealtimeChannel

_phx_refs = itertools.count(1)


class Presence:
    def __init__(self) -> None:
        self._tracked: dict[RealtimeChannel, tuple[str, dict[str, Any]]] = {}

    def __bool__(self) -> bool:
        return bool(self._tracked)

    def state(self) -> dict[str, Any]:
        """Return the payload of `presence_state`."""
        keys: dict[str, Any] = {}
        for key, meta in self._tracked.values():
            keys.setdefault(key, {"metas": []})["metas"].append(meta)
        return keys

    def track(self, channel: RealtimeChannel, key: str, meta: dict[str, Any]) -> dict[str, Any] | None:
        """Add or replace the channel's meta. Returns the diff, None when nothing changed.

        A replaced meta leaves in the same diff, else clients would count it twice.
        """
        before = self._tracked.get(channel)
        new = {**meta, "phx_ref": f"F{next(_phx_refs):x}"}
        if before is None:
            self._tracked[channel] = key, new
            return {"joins": _metas(key, new), "leaves": {}}
        old = before[1]
        if {name: value for name, value in old.items() if name not in ("phx_ref", "phx_ref_prev")} == meta:
            return None
        new["phx_ref_prev"] = old["phx_ref"]
        self._tracked[channel] = key, new
        return {"joins": _metas(key, new), "leaves": _metas(key, old)}

    def untrack(self, channel: RealtimeChannel) -> dict[str, Any] | None:
        """Remove the channel's meta. Returns the diff, None when it had none."""
        before = self._tracked.pop(channel, None)
        return None if before is None else {"joins": {}, "leaves": _metas(*before)}


def _metas(key: str, meta: dict[str, Any]) -> dict[str, Any]:
    return {key: {"metas": [meta]}}
