"""Parse a request's body: JSON, CSV, a form, or one raw argument. JSON is passed on as text for PostgreSQL."""

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
    """`text` is JSON. `names` are the keys of its objects."""

    text: str
    names: tuple[str, ...] = ()
    is_object: bool = False


@dataclass(frozen=True, slots=True)
class RawPayload:
    """A body that is one argument of a function. `type_name`: the type that the argument must have."""

    body: bytes
    type_name: str


def read_rows(content_type: str, body: bytes, columns: Sequence[str] | None) -> Payload:
    """Return the rows of a mutation. Raises RestError PGRST102."""
    if content_type == "application/json":
        return _read_json(body, columns)
    if content_type == "text/csv":
        return _read_csv(body)
    if content_type == "application/x-www-form-urlencoded":
        fields = dict(_read_form(body))
        return Payload(orjson.dumps(fields).decode(), tuple(fields), is_object=True)
    raise invalid_body(f"Content-Type not acceptable: {content_type[:100]}")


def read_arguments(
    content_type: str, body: bytes, columns: Sequence[str] | None
) -> Payload | RawPayload | list[tuple[str, str]]:
    """Return the arguments of a function: JSON, a form's pairs, or one raw value. Raises RestError PGRST102."""
    if content_type == "application/json":
        return _read_json(body or b"{}", columns)
    if content_type == "application/x-www-form-urlencoded":
        return _read_form(body)
    if content_type in _RAW:
        return RawPayload(body, _RAW[content_type])
    raise invalid_body(f"Content-Type not acceptable: {content_type[:100]}")


def _read_json(body: bytes, columns: Sequence[str] | None) -> Payload:
    try:
        value = orjson.loads(body)
        text = body.decode()
    except ValueError:
        raise invalid_body("Empty or invalid json") from None
    if isinstance(value, dict):
        return Payload(text, tuple(value) if columns is None else tuple(columns), is_object=True)
    if not isinstance(value, list):
        return Payload("[]")
    if not all(isinstance(row, dict) for row in value):
        raise invalid_body("All object keys must match")
    if columns is not None:
        return Payload(text, tuple(columns))
    return Payload(text, _shared_names(value))


def _shared_names(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    names = rows[0].keys() if rows else {}.keys()
    if any(row.keys() != names for row in rows):
        raise invalid_body("All object keys must match")
    return tuple(names)


def _read_csv(body: bytes) -> Payload:
    """The first line has the column names; NULL is null, quoted or not, as in PostgREST."""
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
        raise RestError(400, "PGRST102", "The form is invalid, or has more than 1000 fields") from None
