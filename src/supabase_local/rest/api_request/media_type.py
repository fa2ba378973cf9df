"""Media types: parse Accept, and choose the one to respond with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import Headers

from supabase_local.rest.errors import RestError, not_supported

OBJECT = "application/vnd.pgrst.object+json"
ARRAY = "application/vnd.pgrst.array+json"
PLAN = "application/vnd.pgrst.plan"
_JSON = frozenset({"application/json", "*/*", "application/*", ""})
_Q = re.compile(r";\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)")
_PLAN_OPTIONS = ("analyze", "verbose", "settings", "buffers", "wal")


@dataclass(frozen=True, slots=True)
class MediaType:
    """The media type of the response."""

    kind: Literal["array", "object", "csv"]
    content_type: str
    strip_nulls: bool = False
    plan: tuple[str, ...] | None = None  # the options of EXPLAIN; None: no plan is requested
    plan_json: bool = False


def parse_accept(headers: Headers, *, plan_enabled: bool) -> MediaType:
    """Return the preferred media type of Accept that is supported. Raises RestError PGRST107 when none is."""
    accepted = [part.strip() for part in headers.get("accept", "*/*").split(",")]
    for text in sorted(accepted, key=_quality, reverse=True):
        media_type = _parse_media_type(text, plan_enabled=plan_enabled)
        if media_type is not None:
            return media_type
    if any(text.startswith("application/geo+json") for text in accepted):
        raise not_supported("GeoJSON")
    raise media_type_not_acceptable(accepted)


def _quality(accepted: str) -> float:
    """Return the q of a media type."""
    match = _Q.search(accepted)
    return 1.0 if match is None else float(match[1])


def media_type_not_acceptable(accepted: Sequence[str]) -> RestError:
    return RestError(406, "PGRST107", f"None of these media types are available: {', '.join(accepted)[:300]}")


def _parse_media_type(text: str, *, plan_enabled: bool) -> MediaType | None:
    name, _, options = text.partition(";")
    name, strip = name.strip().lower(), "nulls=stripped" in options.replace(" ", "")
    if name.startswith(PLAN):
        return _parse_plan_media_type(name, options) if plan_enabled else None
    if name in (OBJECT, "application/vnd.pgrst.object"):
        return MediaType("object", f"{OBJECT}{';nulls=stripped' if strip else ''}; charset=utf-8", strip)
    if name in (ARRAY, "application/vnd.pgrst.array"):
        content_type = f"{ARRAY};nulls=stripped" if strip else "application/json"
        return MediaType("array", f"{content_type}; charset=utf-8", strip)
    if name in _JSON:
        return MediaType("array", "application/json; charset=utf-8")
    if name == "text/csv":
        return MediaType("csv", "text/csv; charset=utf-8")
    return None


def _parse_plan_media_type(name: str, options: str) -> MediaType:
    as_json = name == f"{PLAN}+json"
    for_match = re.search(r'for="([^"]*)"', options)
    planned = _parse_media_type(for_match[1], plan_enabled=False) if for_match else None
    options_match = re.search(r"options=([\w|]*)", options)
    requested = options_match[1].split("|") if options_match else []
    chosen = tuple(option for option in _PLAN_OPTIONS if option in requested)
    for_media = f'; for="{planned.content_type.removesuffix("; charset=utf-8")}"' if planned else ""
    with_options = f"; options={'|'.join(chosen)}" if chosen else ""
    content_type = f"{PLAN}+{'json' if as_json else 'text'}{for_media}{with_options}; charset=utf-8"
    if planned is None:
        return MediaType("array", content_type, plan=chosen, plan_json=as_json)
    return MediaType(planned.kind, content_type, planned.strip_nulls, chosen, as_json)
