"""The payload of `postgres_changes`, encoded once for all sockets that receive the same."""

from collections.abc import Mapping, Sequence
from datetime import UTC

import orjson

from supabase_local.realtime.channel.channel import RealtimeChannel
from supabase_local.realtime.postgres_changes.bindings import Binding
from supabase_local.realtime.postgres_changes.pgoutput import Change
from supabase_local.realtime.postgres_changes.publication import PublicationTable
from supabase_local.realtime.postgres_changes.row_records import Version
from supabase_local.realtime.serializer import Frame, encode
from supabase_local.realtime.serializer import Version as FrameVersion

_MAX_RECORD_BYTES = 1_048_576
_MAX_VALUE_BYTES_OF_LARGE_RECORD = 64  # where the row as a whole is too large


class ChangeMessage:
    """One change as it is sent to many channels."""

    def __init__(
        self,
        table: PublicationTable,
        change: Change,
        version: Version,
        before: Version | None,
        readable: Mapping[str, frozenset[str]],
        *,
        row_security_enabled: bool,
    ) -> None:
        """`readable` has the readable columns by role."""
        self._table = table
        self._change = change
        self._version = version
        self._before = before
        self._readable = readable
        # As upstream: a DELETE under row-level security carries the key alone.
        self._has_old_row = change.relation.whole and (change.verb == "UPDATE" or not row_security_enabled)
        versions = (row for row in (version, before) if row is not None)
        self._too_large = sum(len(text) for row in versions for text in row.columns.values()) > _MAX_RECORD_BYTES
        self._data: dict[tuple[frozenset[str], bool], bytes] = {}
        self._frames: dict[tuple[str, FrameVersion, tuple[int, ...], frozenset[str], bool], str] = {}

    def push(self, channel: RealtimeChannel, bound: Sequence[Binding], *, sees_before: bool) -> None:
        """Send one frame for the bindings without `select`, and one for each other set of columns."""
        readable = self._readable[channel.subscriber.role]
        bindings_by_columns: dict[frozenset[str], list[int]] = {}
        for binding in bound:
            columns = readable if binding.columns is None else readable & binding.columns
            bindings_by_columns.setdefault(columns, []).append(binding.id)
        for columns, ids in bindings_by_columns.items():
            channel.transport.send(self._frame(channel, tuple(ids), columns, sees_before))

    def _frame(self, channel: RealtimeChannel, ids: tuple[int, ...], columns: frozenset[str], sees_before: bool) -> str:
        key = (channel.topic, channel.transport.version, ids, columns, sees_before)
        encoded = self._frames.get(key)
        if encoded is None:
            data = orjson.Fragment(self._data_of(columns, sees_before))
            # Clients do not need a join_ref here; without it one frame serves every socket of a topic.
            frame = Frame(channel.topic, "postgres_changes", {"ids": ids, "data": data})
            encoded = self._frames[key] = encode(frame, channel.transport.version)
        return encoded

    def _data_of(self, columns: frozenset[str], sees_before: bool) -> bytes:
        data = self._data.get((columns, sees_before))
        if data is None:
            data = self._data[columns, sees_before] = orjson.dumps(self._payload(columns, sees_before))
        return data

    def _payload(self, columns: frozenset[str], sees_before: bool) -> dict[str, object]:
        change, types = self._change, self._table.types
        at = change.committed_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        payload: dict[str, object] = {
            "schema": self._table.name[0],
            "table": self._table.name[1],
            "commit_timestamp": at,
            "type": change.verb,
            "columns": [{"name": name, "type": type_name} for name, type_name in types.items() if name in columns],
            "errors": ["Error 413: Payload Too Large"] if self._too_large else None,
        }
        if change.verb != "DELETE":
            payload["record"] = self._record(self._version, columns)
        if change.verb != "INSERT":
            whole = self._has_old_row and sees_before and self._before is not None
            old = self._before or self._version
            payload["old_record"] = self._record(old, columns if whole else columns & frozenset(self._table.key))
        return payload

    def _record(self, version: Version, columns: frozenset[str]) -> dict[str, object]:
        return {
            name: orjson.Fragment(text)
            for name, text in version.columns.items()
            if name in columns and not (self._too_large and len(text) > _MAX_VALUE_BYTES_OF_LARGE_RECORD)
        }
