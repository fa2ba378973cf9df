"""The presences of one topic in the format of Phoenix.Presence: keys, each with one meta per tracking channel."""

import itertools
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

# The gateway of a channel, empty for this one, and the channel's number there.
PresenceMember: TypeAlias = tuple[str, int]
# A presence's key, and its meta with phx_ref.
Tracked: TypeAlias = tuple[str, dict[str, Any]]

_prefix = secrets.token_hex(4)  # clients know a meta by its phx_ref, whichever gateway made it
_phx_refs = itertools.count(1)


class Presence:
    def __init__(self) -> None:
        self._tracked: dict[PresenceMember, Tracked] = {}

    def __bool__(self) -> bool:
        return bool(self._tracked)

    def state(self) -> dict[str, Any]:
        """Return the payload of `presence_state`."""
        return _metas(self._tracked.values())

    def of_gateway(self, gateway: str) -> Iterator[tuple[int, Tracked]]:
        """Yield the presences of a gateway's channels by their numbers."""
        yield from ((number, tracked) for (of, number), tracked in self._tracked.items() if of == gateway)

    def track(self, member: PresenceMember, key: str, meta: dict[str, Any]) -> dict[str, Any] | None:
        """Add or replace a member's meta. Returns the diff, None when nothing changed.

        A replaced meta leaves in the same diff, else clients would count it twice.
        """
        before = self._tracked.get(member)
        new = {**meta, "phx_ref": f"F{_prefix}{next(_phx_refs):x}"}
        if before is not None:
            old = before[1]
            if {name: value for name, value in old.items() if name not in ("phx_ref", "phx_ref_prev")} == meta:
                return None
            new["phx_ref_prev"] = old["phx_ref"]
        return self.replace({member: (key, new)})

    def replace(self, changes: Mapping[PresenceMember, Tracked | None]) -> dict[str, Any] | None:
        """Put what members track now, None for nothing. Returns the diff, None when nothing changed."""
        joins, leaves = [], []
        for member, tracked in changes.items():
            before = self._tracked.get(member)
            if tracked is not None:
                self._tracked[member] = tracked
            elif before is not None:
                del self._tracked[member]
            if before != tracked:
                joins += [tracked] if tracked else []
                leaves += [before] if before else []
        return {"joins": _metas(joins), "leaves": _metas(leaves)} if joins or leaves else None

    def tracked(self, member: PresenceMember) -> Tracked | None:
        return self._tracked.get(member)


def _metas(of: Any) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for key, meta in of:
        keys.setdefault(key, {"metas": []})["metas"].append(meta)
    return keys
