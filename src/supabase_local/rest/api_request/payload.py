"""Read a request's body: JSON, CSV, a form, or a raw argument. It stays text; PostgreSQL parses it again."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from supabase_local.rest.errors import RestError, invalid_body

MAX_BODY_BYTES = 10 * 1024 * 1024
_RAW = {"text/plain": "text", "text/xml": "xml", "application/octet-stream": "bytea"}


@dataclass(frozen=True, slots=True)
class Payload:
    """`text` is JSON. `names` are the members that its objects share."""

    text: str
    names: tuple[str, ...] = ()
    is_object: bool = False


@dataclass(frozen=True, slots=True)
class RawPayload:
    """A body that is one argument of a function. `type_name`: the type that the argument must have."""

    body: bytes
    type_name: str


def read_rows(kind: str, body: bytes, columns: Sequence[str] | None) -> Payload:
    """Return the rows of a write. Raises RestError PGRST102."""
    if kind == "application/json":
        return _read_json(body, columns)
    if kind == "text/csv":
        return _read_csv(body)
    if kind == "application/x-www-form-urlencoded":
        fields = dict(_read_form(body))
        return Payload(orjson.dumps(fields).decode(), tuple(fields), is_object=True)
    raise invalid_body(f"Content-Type not acceptable: {kind[:100]}")


def read_arguments(
    kind: str, body: bytes, columns: Sequence[str] | None
) -> Payload | RawPayload | list[tuple[str, str]]:
    """Return the arguments of a function: JSON, a form's pairs, or one raw value. Raises RestError PGRST102."""
    if kind == "application/json":
        return _read_json(body or b"{}", columns)
    if kind == "application/x-www-form-urlencoded":
        return _read_form(body)
    if kind in _RAW:
        return RawPayload(body, _RAW[kind])
    raise invalid_body(f"Content-Type not acceptable: {kind[:100]}")


def _read_json(body: bytes, columns: Sequence[str] | None) -> Payload:
    try:
        read = orjson.loads(body)
        text = body.decode()
    except ValueError:
        raise invalid_body("Empty or invalid json") from None
    if isinstance(read, dict):
        return Payload(text, tuple(read) if columns is None else tuple(columns), is_object=True)
    if not isinstance(read, list):
        return Payload("[]")
    if not all(isinstance(row, dict) for row in read):
        raise invalid_body("All object keys must match")
    if columns is not None:
        return Payload(text, tuple(columns))
    return Payload(text, _shared_names(read))


def _shared_names(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    names = rows[0].keys() if rows else {}.keys()
    if any(row.keys() != names for row in rows):
        raise invalid_body("All object keys must match")
    return tuple(names)


def _read_csv(body: bytes) -> Payload:
    """The first line names the columns; an unquoted or quoted NULL is null, as upstream has it."""
    try:
        lines = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    except (ValueError, csv.Error):
        raise invalid_body("not enough input") from None
    if not lines:
        raise invalid_body("not enough input")
    names, rows = lines[0], [line for line in lines[1:] if line]
    if any(len(row) != len(names) for row in rows):
        raise invalid_body("All lines must have same number of fields")
    objects = [
        {name: None if value == "NULL" else value for name, value in zip(names, row, strict=True)} for row in rows
    ]
    return Payload(orjson.dumps(objects).decode(), tuple(names))


def _read_form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        raise RestError(400, "PGRST102", "The form is not one, or has more than 1000 fields") from None
