"""What a request says, read from HTTP before the database is asked, and the statement that it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from supabase_local.rest.api_request.preferences import Media, Preferences
from supabase_local.rest.api_request.types import Window
from supabase_local.settings import SupabaseLocalSettings

Kind = Literal["read", "insert", "put", "update", "delete", "call"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator allows."""

    most_rows: int | None = 1000
    may_plan: bool = False
    may_roll_back: bool = False
    may_estimate: bool = False
    extra_search_path: tuple[str, ...] = ("public", "extensions")


def read_options(settings: SupabaseLocalSettings) -> Options:
    return Options(
        most_rows=settings.pgrst_db_max_rows,
        may_plan=settings.pgrst_db_plan_enabled,
        may_roll_back=settings.pgrst_db_tx_end == "commit-allow-override",
        may_estimate=settings.pgrst_db_planned_counts,
        extra_search_path=names_in(settings.pgrst_db_extra_search_path),
    )


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request. `path` is a table's or a function's name."""

    method: str
    schema: str
    path: str
    of_function: bool
    pairs: Sequence[tuple[str, str]]
    query_string: str
    media: Media
    preferences: Preferences
    range_header: str
    body_kind: str = "application/json"
    body: bytes = b""
    profiled: bool = False

    @property
    def reading(self) -> bool:
        return self.method in ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """The statement of a request, and what its answer depends on."""

    kind: Kind
    sql: str
    values: tuple[object, ...]
    read_only: bool
    window: Window = field(default_factory=Window)
    void: bool = False
    keyed: bool = False  # the table has a key, or on_conflict names one
    returns_set: bool = False
    count: "tuple[str, tuple[object, ...]] | None" = None  # the statement to guess the number of rows by
