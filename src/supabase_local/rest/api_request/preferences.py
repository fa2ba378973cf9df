"""Parse the Prefer headers: resolution, return, count, tx, missing, handling, timezone, max-affected."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from starlette.datastructures import Headers

from supabase_local.rest.errors import RestError, not_supported

_CHOICES = {
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "return": ("representation", "minimal", "headers-only"),
    "count": ("exact", "planned", "estimated"),
    "tx": ("commit", "rollback"),
    "missing": ("default", "null"),
    "handling": ("strict", "lenient"),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    resolution: str | None = None
    returns: str | None = None
    count: str | None = None
    tx: str | None = None
    missing: str | None = None
    handling: str | None = None
    timezone: str | None = None
    max_affected: int | None = None

    @property
    def counts(self) -> bool:
        """Whether the rows of mutations and functions are counted; the planner gives no estimate of them."""
        return self.count in ("exact", "estimated")

    @property
    def strict(self) -> bool:
        return self.handling == "strict"

    def applied(self, *names: str) -> dict[str, str]:
        """Return the Preference-Applied header of the preferences in `names`, in PostgREST's order."""
        values = {
            "resolution": self.resolution,
            "missing": self.missing,
            "return": self.returns,
            "count": self.count,
            "tx": self.tx,
            "handling": self.handling,
            "timezone": self.timezone,
            "max-affected": self.max_affected if self.strict else None,
        }
        included = (*names, "count", "tx", "handling", "timezone")
        applied = [f"{name}={value}" for name, value in values.items() if value is not None and name in included]
        return {"Preference-Applied": ", ".join(applied)} if applied else {}


def parse_preferences(headers: Headers, *, allow_tx_override: bool, planned_counts: bool) -> Preferences:
    """Parse the Prefer headers. Raises RestError PGRST122 for invalid ones with handling=strict."""
    preferences = [part.strip() for header in headers.getlist("prefer") for part in header.split(",") if part.strip()]
    accepted: dict[str, str] = {}
    invalid = []
    for preference in preferences:
        name, _, value = preference.partition("=")
        is_valid = value in _CHOICES.get(name, ())
        if name == "timezone":
            is_valid = value in _timezones()
        elif name == "max-affected":
            is_valid = value.isascii() and value.isdigit() and len(value) < 16
        if is_valid:
            accepted.setdefault(name, value)
        else:
            invalid.append(preference)
    if invalid and accepted.get("handling") == "strict":
        raise RestError(
            400,
            "PGRST122",
            "Invalid preferences given with handling=strict",
            details=f"Invalid preferences: {', '.join(invalid)[:500]}",
        )
    if accepted.get("count", "exact") != "exact" and not planned_counts:
        raise not_supported(
            f"count={accepted['count']}: the planner's estimate includes rows that RLS hides. Use count=exact"
        )
    affected = accepted.get("max-affected")
    return Preferences(
        resolution=accepted.get("resolution"),
        returns=accepted.get("return"),
        count=accepted.get("count"),
        tx=accepted.get("tx") if allow_tx_override else None,
        missing=accepted.get("missing"),
        handling=accepted.get("handling"),
        timezone=accepted.get("timezone"),
        max_affected=None if affected is None else int(affected),
    )


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
