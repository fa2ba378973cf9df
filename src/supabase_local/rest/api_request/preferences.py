"""What the headers of a request ask for: media type, preferences, schema, range."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from starlette.datastructures import Headers

from supabase_local.rest.api_request.types import Window
from supabase_local.rest.errors import RestError, not_supported

OBJECT = "application/vnd.pgrst.object+json"
ARRAY = "application/vnd.pgrst.array+json"
PLAN = "application/vnd.pgrst.plan"
_JSON = frozenset({"application/json", "*/*", "application/*", ""})
_Q = re.compile(r";\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)")
_PLAN_OPTIONS = ("analyze", "verbose", "settings", "buffers", "wal")

_CHOICES = {
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "return": ("representation", "minimal", "headers-only"),
    "count": ("exact", "planned", "estimated"),
    "tx": ("commit", "rollback"),
    "missing": ("default", "null"),
    "handling": ("strict", "lenient"),
}


@dataclass(frozen=True, slots=True)
class Media:
    """What to answer with. `told` is the Content-Type."""

    kind: Literal["array", "object", "csv"]
    told: str
    strip_nulls: bool = False
    plan: tuple[str, ...] | None = None  # the options of EXPLAIN; None: no plan is asked for
    plan_json: bool = False


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
        """Say whether rows of writes and functions are counted; the planner is not asked about them."""
        return self.count in ("exact", "estimated")

    @property
    def strict(self) -> bool:
        return self.handling == "strict"

    def applied(self, *names: str) -> dict[str, str]:
        """Return the Preference-Applied header for those of `names` that were asked for, in upstream's order."""
        told = {
            "resolution": self.resolution,
            "missing": self.missing,
            "return": self.returns,
            "count": self.count,
            "tx": self.tx,
            "handling": self.handling,
            "timezone": self.timezone,
            "max-affected": self.max_affected if self.strict else None,
        }
        wanted = (*names, "count", "tx", "handling", "timezone")
        said = [f"{name}={value}" for name, value in told.items() if value is not None and name in wanted]
        return {"Preference-Applied": ", ".join(said)} if said else {}


def read_preferences(headers: Headers, *, may_roll_back: bool, may_estimate: bool) -> Preferences:
    """Read the Prefer headers. Raises RestError PGRST122 for unknown ones with handling=strict."""
    given = [part.strip() for header in headers.getlist("prefer") for part in header.split(",") if part.strip()]
    found: dict[str, str] = {}
    unknown = []
    for preference in given:
        name, _, value = preference.partition("=")
        known = value in _CHOICES.get(name, ())
        if name == "timezone":
            known = value in _timezones()
        elif name == "max-affected":
            known = value.isascii() and value.isdigit() and len(value) < 16
        if known:
            found.setdefault(name, value)
        else:
            unknown.append(preference)
    if unknown and found.get("handling") == "strict":
        raise RestError(
            400,
            "PGRST122",
            "Invalid preferences given with handling=strict",
            details=f"Invalid preferences: {', '.join(unknown)[:500]}",
        )
    if found.get("count", "exact") != "exact" and not may_estimate:
        raise not_supported(
            f"count={found['count']}: the planner's guess would tell of other orgs' rows. Use count=exact"
        )
    affected = found.get("max-affected")
    return Preferences(
        resolution=found.get("resolution"),
        returns=found.get("return"),
        count=found.get("count"),
        tx=found.get("tx") if may_roll_back else None,
        missing=found.get("missing"),
        handling=found.get("handling"),
        timezone=found.get("timezone"),
        max_affected=None if affected is None else int(affected),
    )


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_media(headers: Headers, *, may_plan: bool) -> Media:
    """Return the first media type of Accept that is spoken. Raises RestError PGRST107 when none is."""
    accepted = [part.strip() for part in headers.get("accept", "*/*").split(",")]
    for one in sorted(accepted, key=_quality, reverse=True):
        found = _media(one, may_plan=may_plan)
        if found is not None:
            return found
    if any(one.startswith("application/geo+json") for one in accepted):
        raise not_supported("GeoJSON")
    raise no_media(accepted)


def _quality(accepted: str) -> float:
    """Return the q of a media type; sorting by it keeps the order of equals."""
    found = _Q.search(accepted)
    return 1.0 if found is None else float(found[1])


def no_media(accepted: Sequence[str]) -> RestError:
    return RestError(406, "PGRST107", f"None of these media types are available: {', '.join(accepted)[:300]}")


def _media(text: str, *, may_plan: bool) -> Media | None:
    name, _, options = text.partition(";")
    name, strip = name.strip().lower(), "nulls=stripped" in options.replace(" ", "")
    if name.startswith(PLAN):
        return _plan(name, options) if may_plan else None
    if name in (OBJECT, "application/vnd.pgrst.object"):
        return Media("object", f"{OBJECT}{';nulls=stripped' if strip else ''}; charset=utf-8", strip)
    if name in (ARRAY, "application/vnd.pgrst.array"):
        told = f"{ARRAY};nulls=stripped" if strip else "application/json"
        return Media("array", f"{told}; charset=utf-8", strip)
    if name in _JSON:
        return Media("array", "application/json; charset=utf-8")
    if name == "text/csv":
        return Media("csv", "text/csv; charset=utf-8")
    return None


def _plan(name: str, options: str) -> Media:
    as_json = name == f"{PLAN}+json"
    wanted = re.search(r'for="([^"]*)"', options)
    of = _media(wanted[1], may_plan=False) if wanted else None
    api_request = re.search(r"options=([\w|]*)", options)
    chosen = tuple(one for one in _PLAN_OPTIONS if api_request and one in api_request[1].split("|"))
    for_media = f'; for="{of.told.removesuffix("; charset=utf-8")}"' if of else ""
    told_options = f"; options={'|'.join(chosen)}" if chosen else ""
    told = f"{PLAN}+{'json' if as_json else 'text'}{for_media}{told_options}; charset=utf-8"
    return Media(of.kind if of else "array", told, of.strip_nulls if of else False, chosen, as_json)


def read_schema_name(headers: Headers, method: str, schemas: Sequence[str]) -> tuple[str, bool]:
    """Return the schema that a request means, and whether it named one. Raises RestError PGRST106."""
    header = "content-profile" if method in ("POST", "PUT", "PATCH", "DELETE") else "accept-profile"
    wanted = headers.get(header)
    if wanted is None:
        return schemas[0], len(schemas) > 1
    if wanted not in schemas:
        raise RestError(
            406,
            "PGRST106",
            f"Invalid schema: {wanted[:63]}",
            hint=f"Only the following schemas are exposed: {', '.join(schemas)}",
        )
    return wanted, len(schemas) > 1


_RANGE = re.compile(r"(?:items=)?(\d{1,15})-(\d{1,15})?")


def read_range(header: str, window: Window) -> Window:
    """Return what both the Range header and limit/offset leave. Raises RestError PGRST103."""
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return window
    first, last = int(found[1]), None if found[2] is None else int(found[2])
    if last is not None and last < first:
        raise RestError(
            416,
            "PGRST103",
            "Requested range not satisfiable",
            details="The lower boundary must be lower than or equal to the upper boundary in the Range header.",
        )
    offset = max(first, window.offset)
    ends = [] if last is None else [last + 1]
    if window.limit is not None:
        ends.append(window.offset + window.limit)
    return Window(max(min(ends) - offset, 0) if ends else None, offset)
