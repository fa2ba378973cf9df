"""The settings of REST, named after PostgREST's configuration."""

from dataclasses import dataclass

from supabase_local.settings import SupabaseLocalSettings


@dataclass(frozen=True, slots=True)
class RestConfig:
    """What the operator allows."""

    max_rows: int | None = 1000
    plan_enabled: bool = False
    allow_tx_override: bool = False
    planned_counts: bool = False
    extra_search_path: tuple[str, ...] = ("public", "extensions")


def read_config(settings: SupabaseLocalSettings) -> RestConfig:
    return RestConfig(
        max_rows=settings.pgrst_db_max_rows,
        plan_enabled=settings.pgrst_db_plan_enabled,
        allow_tx_override=settings.pgrst_db_tx_end == "commit-allow-override",
        planned_counts=settings.pgrst_db_planned_counts,
        extra_search_path=split_names(settings.pgrst_db_extra_search_path),
    )


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
