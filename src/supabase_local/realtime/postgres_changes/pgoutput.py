"""Decode PostgreSQL's logical replication messages (pgoutput), protocol version 1.

Source: PostgreSQL documentation, "Logical Replication Message Formats". Values come as text.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Literal, TypeAlias

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Unchanged(Enum):
    """An unchanged TOASTed value, which the log does not repeat."""

    UNCHANGED = 0


UNCHANGED = Unchanged.UNCHANGED
Values: TypeAlias = Mapping[str, str | Unchanged | None]
Verb: TypeAlias = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True, slots=True)
class RelationMessage:
    """A table as of the change. `identity` are the columns of its replica identity."""

    oid: int  # differs when a table was dropped and created again
    schema: str
    table: str
    columns: Mapping[str, int]  # with the oids of their types
    identity: frozenset[str]
    whole: bool  # REPLICA IDENTITY FULL

    @property
    def name(self) -> tuple[str, str]:
        return self.schema, self.table


@dataclass(frozen=True, slots=True)
class Change:
    """`new` is None for a DELETE; `old` has the replica identity, also of an UPDATE that changed it."""

    relation: RelationMessage
    verb: Verb
    new: Values | None
    old: Values | None
    committed_at: datetime
    commit_lsn: int
    end_lsn: int


def decode(messages: Iterable[bytes]) -> list[Change]:
    """Return the changes of whole transactions, in commit order. Raises ValueError for an unknown message."""
    relations: dict[int, RelationMessage] = {}
    changes: list[Change] = []
    open_changes: list[tuple[RelationMessage, Verb, Values | None, Values | None]] = []
    commit_lsn, committed_at = 0, _EPOCH
    for message in messages:
        reader = _Reader(message)
        kind = reader.text(1)
        if kind == "B":
            commit_lsn, microseconds, _ = reader.unpack(">QqI")
            committed_at = _EPOCH + timedelta(microseconds=microseconds)
            open_changes = []
        elif kind == "R":
            relation = _relation(reader)
            relations[relation.oid] = relation
        elif kind in "IUD":
            open_changes.append(_row(reader, kind, relations))
        elif kind == "C":
            _, _, end_lsn, _ = reader.unpack(">BQQq")
            changes += [Change(*change, committed_at, commit_lsn, end_lsn) for change in open_changes]
        elif kind not in "TOYM":  # truncate, origin, type and message do not concern a subscriber
            raise ValueError(f"pgoutput: unknown message {kind!r}")
    return changes


def parse_lsn(text: str) -> int:
    """Return an LSN such as 16/B374D848 as a number."""
    high, _, low = text.partition("/")
    return int(high, 16) << 32 | int(low, 16)


class _Reader:
    def __init__(self, message: bytes) -> None:
        self._message = message
        self._at = 0

    def unpack(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self._message, self._at)
        self._at += struct.calcsize(form)
        return values

    def text(self, size: int) -> str:
        self._at += size
        return self._message[self._at - size : self._at].decode()

    def string(self) -> str:
        end = self._message.index(0, self._at)
        text = self._message[self._at : end].decode()
        self._at = end + 1
        return text


def _relation(reader: _Reader) -> RelationMessage:
    (oid,) = reader.unpack(">I")
    schema, table = reader.string() or "pg_catalog", reader.string()
    identity = reader.text(1)
    (count,) = reader.unpack(">H")
    columns, keys = {}, []
    for _ in range(count):
        (flags,) = reader.unpack(">B")
        column = reader.string()
        columns[column], _ = reader.unpack(">Ii")
        if flags & 1:
            keys.append(column)
    return RelationMessage(oid, schema, table, columns, frozenset(keys), whole=identity == "f")


def _row(
    reader: _Reader, kind: str, relations: Mapping[int, RelationMessage]
) -> tuple[RelationMessage, Verb, Values | None, Values | None]:
    (oid,) = reader.unpack(">I")
    relation = relations[oid]
    old = None
    part = reader.text(1)
    if part in "KO":
        old = _values(reader, relation)
        if part == "K":  # the other columns are not null, they are not in the message
            old = {name: value for name, value in old.items() if name in relation.identity}
        if kind == "D":
            return relation, "DELETE", None, old
        part = reader.text(1)
    if part != "N":
        raise ValueError(f"pgoutput: unknown tuple {part!r}")
    return relation, "INSERT" if kind == "I" else "UPDATE", _values(reader, relation), old


def _values(reader: _Reader, relation: RelationMessage) -> Values:
    (count,) = reader.unpack(">H")
    values: dict[str, str | Unchanged | None] = {}
    for _, name in zip(range(count), relation.columns, strict=False):
        kind = reader.text(1)
        if kind == "t":
            (size,) = reader.unpack(">I")
            values[name] = reader.text(size)
        elif kind == "n":
            values[name] = None
        elif kind == "u":
            values[name] = UNCHANGED
        else:
            raise ValueError(f"pgoutput: unknown value {kind!r}")
    return values
