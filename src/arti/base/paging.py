"""Lists are paged by an opaque cursor that names the last row of the page before."""

import base64
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel

from arti.base.errors import Invalid

MAX_PAGE = 100

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None


def write_cursor(created_at: datetime, id: UUID) -> str:
    """Return the cursor of the page after the row (created_at, id)."""
    return base64.urlsafe_b64encode(orjson.dumps([created_at, id])).decode().rstrip("=")


def read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return (created_at, id), or None for the first page. Raises Invalid for anything that we did not write."""
    if not cursor:
        return None
    try:
        when, id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(when), UUID(id)
    except (ValueError, TypeError):
        raise Invalid("This page cursor is not one of ours. Start again from the first page.", field="cursor") from None
