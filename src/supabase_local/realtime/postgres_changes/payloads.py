"""The payload of `postgres_changes`: written once for all who get the same."""

from collections.abc import Mapping, Sequence
from datetime import UTC

import orjson

from supabase_local.realtime.channel.channel import Channel
from supabase_local.realtime.postgres_changes.bindings import Binding
from supabase_local.realtime.postgres_changes.pgoutput import Change
from supabase_local.realtime.postgres_changes.publication import Table
from supabase_local.realtime.postgres_changes.row_records import Version
from supabase_local.realtime.serializer import Frame, encode
from supabase_local.realtime.serializer import Version as FrameVersion

_MOST_BYTES = 1_048_576
_MOST_BYTES_OF_VALUE = 64  # where the row as a whole is too large


class ChangeMessage:
    """One change on its way to many channels."""

    def __init__(
        self,
        table: Table,
        change: Change,
        version: Version,
        before: Version | None,
        readable: Mapping[str, frozenset[str]],
        *,
        secured: bool,
    ) -> None:
        """`readable` holds the columns by role; `secured` says whether the table has row-level security."""
        self._table = table
        self._change = change
        self._version = version
        self._before = before
        self._readable = readable
        # Upstream's rule: of a delete under row-level security the key alone.
        self._tells_old_row = change.relation.whole and (change.verb == "UPDATE" or not secured)
        told = (one for one in (version, before) if one is not None)
        self._too_large = sum(len(text) for one in told for text in one.columns.values()) > _MOST_BYTES
        self._data: dict[tuple[frozenset[str], bool], bytes] = {}
        self._frames: dict[tuple[str, FrameVersion, tuple[int, ...], frozenset[str], bool], str] = {}

    def push(self, channel: Channel, bound: Sequence[Binding], *, sees_before: bool) -> None:
        """Send the change: one frame for the bindings that want all columns, one for each choice of columns."""
        readable = self._readable[channel.audience.role]
        choices: dict[frozenset[str], list[int]] = {}
        for one in bound:
            columns = readable if one.columns is None else readable & one.columns
            choices.setdefault(columns, []).append(one.id)
        for columns, ids in choices.items():
            channel.transport.send(self._frame(channel, tuple(ids), columns, sees_before))

    def _frame(self, channel: Channel, ids: tuple[int, ...], columns: frozenset[str], sees_before: bool) -> str:
        key = (channel.topic, channel.transport.version, ids, columns, sees_before)
        written = self._frames.get(key)
        if written is None:
            data = orjson.Fragment(self._data_of(columns, sees_before))
            # Without a join_ref, which clients do not ask for: so that one frame serves every socket of a topic.
            frame = Frame(channel.topic, "postgres_changes", {"ids": ids, "data": data})
            written = self._frames[key] = encode(frame, channel.transport.version)
        return written

    def _data_of(self, columns: frozenset[str], sees_before: bool) -> bytes:
        found = self._data.get((columns, sees_before))
        if found is None:
            found = self._data[columns, sees_before] = orjson.dumps(self._payload(columns, sees_before))
        return found

    def _payload(self, columns: frozenset[str], sees_before: bool) -> dict[str, object]:
        change, types = self._change, self._table.types
        at = change.committed_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        payload: dict[str, object] = {
            "schema": self._table.name[0],
            "table": self._table.name[1],
            "commit_timestamp": at,
            "type": change.verb,
            "columns": [{"name": name, "type": kind} for name, kind in types.items() if name in columns],
            "errors": ["Error 413: Payload Too Large"] if self._too_large else None,
        }
        if change.verb != "DELETE":
            payload["record"] = self._record(self._version, columns)
        if change.verb != "INSERT":
            whole = self._tells_old_row and sees_before and self._before is not None
            old = self._before or self._version
            payload["old_record"] = self._record(old, columns if whole else columns & frozenset(self._table.key))
        return payload

    def _record(self, version: Version, columns: frozenset[str]) -> dict[str, object]:
        return {
            name: orjson.Fragment(text)
            for name, text in version.columns.items()
            if name in columns and not (self._too_large and len(text) > _MOST_BYTES_OF_VALUE)
        }
