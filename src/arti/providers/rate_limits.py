"""Reads remaining quota and waiting times from response headers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from arti.providers.errors import QuotaExhausted
from arti_core.backoff import parse_retry_after

USAGE_STOP_PERCENT: Final = 95


def find_exhausted_quota(headers: Mapping[str, str]) -> QuotaExhausted | None:
    """Return the error that the next call should raise when Meta's usage headers show a nearly used-up quota."""
    percents = [
        usage.get(key, 0)
        for usage in _usages(headers)
        for key in ("call_count", "total_cputime", "total_time")
        if isinstance(usage.get(key, 0), int | float)
    ]
    if max(percents, default=0) < USAGE_STOP_PERCENT:
        return None
    return QuotaExhausted(
        "Instagram's quota for this account is nearly used up.", retry_after_seconds=seconds_to_regain(headers) or 3600
    )


def _usages(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    by_account = _json(headers.get("x-business-use-case-usage", "").encode())
    groups = list(by_account.values()) if isinstance(by_account, dict) else []
    app = _json(headers.get("x-app-usage", "").encode())
    usages = [usage for group in groups if isinstance(group, list) for usage in group]
    return [usage for usage in [*usages, app] if isinstance(usage, dict)]


def seconds_to_regain(headers: Mapping[str, str]) -> int:
    """Return Meta's estimate of the wait, or 0 when there is none."""
    minutes = [usage.get("estimated_time_to_regain_access") or 0 for usage in _usages(headers)]
    return int(max(minutes, default=0) * 60)


def seconds_to_reset(body: bytes, *, now: datetime) -> int | None:
    """Return the seconds until the `reset_time` in SoundCloud's body, at least 1; None when there is none to read."""
    reset = re.search(rb'"reset_time"\s*:\s*"([^"]+)"', body)
    if reset is None:
        return None
    text = reset[1].decode("utf-8", "replace")
    try:
        until = _parse_slashes(text) or datetime.fromisoformat(text)
        return max(1, int((until - now).total_seconds()) + 1)
    except (ValueError, TypeError):  # another form, or one without a zone
        return None


def _parse_slashes(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y/%m/%d %H:%M:%S %z")
    except ValueError:
        return None


def retry_after(headers: Mapping[str, str], *, now: datetime, default: int) -> int:
    """Return the seconds of Retry-After, at least 1, or `default`."""
    seconds = parse_retry_after(headers, now=now)
    # 0 occurs and must not become a busy loop.
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
