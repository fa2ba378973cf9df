"""Pages of lists, by an opaque cursor that holds the key of the last row of the page before."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel

from arti_core.errors import Invalid

MAX_PAGE = 100

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None


class Listed(Protocol):
    """An item of a list that is sorted by its time of creation."""

    @property
    def created_at(self) -> datetime: ...

    @property
    def id(self) -> UUID: ...


L = TypeVar("L", bound=Listed)


def make_page(items: Sequence[T], limit: int, *, cursor_of: Callable[[T], str]) -> Page[T]:
    """Return the page of the first `limit` items. Read one more, so that it is known whether a page follows."""
    page_items = list(items[:limit])
    return Page(items=page_items, next_cursor=cursor_of(page_items[-1]) if len(items) > limit else None)


def make_page_by_creation(items: Sequence[L], limit: int) -> "Page[L]":
    """Return the page of a list that is sorted by `created_at` and `id`."""
    return make_page(items, limit, cursor_of=lambda item: write_cursor(item.created_at, item.id))


def write_cursor(created_at: datetime, id: UUID) -> str:
    """Return the cursor of the page after the row (created_at, id)."""
    return _write([created_at.isoformat(), str(id)])


def write_text_cursor(key: str, id: UUID) -> str:
    """Return the cursor of the page after the row (key, id), for lists that are sorted by a text."""
    return _write([key, str(id)])


def read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return (created_at, id), or None for the first page. Raises Invalid for any other text."""
    parts = _read(cursor)
    if parts is None:
        return None
    try:
        return datetime.fromisoformat(parts[0]), UUID(parts[1])
    except (ValueError, TypeError):
        raise invalid_cursor() from None


def read_text_cursor(cursor: str | None) -> tuple[str, UUID] | None:
    """Return (key, id), or None for the first page. Raises Invalid for any other text."""
    parts = _read(cursor)
    if parts is None:
        return None
    try:
        return parts[0], UUID(parts[1])
    except ValueError:
        raise invalid_cursor() from None


def _write(parts: list[str]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[str, str] | None:
    if not cursor:
        return None
    try:
        key, id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        raise invalid_cursor() from None
    if not isinstance(key, str) or not isinstance(id, str) or "\x00" in key:
        raise invalid_cursor()
    return key, id


def invalid_cursor() -> Invalid:
    return Invalid("This page cursor is not one of ours. Start again from the first page.", field="cursor")
