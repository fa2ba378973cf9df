"""What an answer's headers say about how much is left, and how long to wait."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from arti.providers.contract import QuotaExhausted
from arti_core.backoff import parse_retry_after

USAGE_STOP_PERCENT: Final = 95


def find_exhausted_quota(headers: Mapping[str, str]) -> QuotaExhausted | None:
    """Return the error for the next call when Meta's usage headers say that this account's budget is nearly gone."""
    percents = [
        each.get(key, 0)
        for each in _usages(headers)
        for key in ("call_count", "total_cputime", "total_time")
        if isinstance(each.get(key, 0), int | float)
    ]
    if max(percents, default=0) < USAGE_STOP_PERCENT:
        return None
    return QuotaExhausted(
        "Instagram's budget for this account is nearly used up.", retry_after_seconds=seconds_to_regain(headers) or 3600
    )


def _usages(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    found = _json(headers.get("x-business-use-case-usage", "").encode())
    groups = list(found.values()) if isinstance(found, dict) else []
    app = _json(headers.get("x-app-usage", "").encode())
    flat = [each for group in groups if isinstance(group, list) for each in group]
    return [each for each in [*flat, app] if isinstance(each, dict)]


def seconds_to_regain(headers: Mapping[str, str]) -> int:
    """Return Meta's own estimate of the wait, or 0 when it gives none."""
    minutes = [each.get("estimated_time_to_regain_access") or 0 for each in _usages(headers)]
    return int(max(minutes, default=0) * 60)


def retry_after(headers: Mapping[str, str], *, now: datetime, default: int) -> int:
    """Return the seconds of Retry-After, at least 1, or `default`."""
    seconds = parse_retry_after(headers, now=now)
    # 0 was seen in the wild and must not become a busy loop.
    return default if seconds is None else max(1, ceil(seconds))


def seconds_to_midnight(now: datetime, zone: ZoneInfo) -> int:
    """Return the seconds until a minute past the next midnight of `zone`."""
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(0), zone)
    return int((tomorrow.astimezone(UTC) - now).total_seconds()) + 60


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
