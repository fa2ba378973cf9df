"""Reads YouTube's responses; pure."""

import re
from datetime import date, timedelta
from typing import Any, Final

from arti.providers.contract import AssetRecord, Observation, ProviderAccount
from arti.providers.errors import ProviderContractBroken, ReauthRequired
from arti.providers.oauth import ProviderTokens
from arti.providers.response_fields import parse_count, parse_time, require_field
from arti.providers.states import HIDDEN, LATE, NOT_REPORTED, ROUNDED
from arti_core.clock import now

LATE_DAYS: Final = 3  # Analytics publishes 48 to 72 hours after a day
SHORT_MS: Final = 60_000
LONGEST_SHORT_MS: Final = 180_000  # since October 2024
_DURATION: Final = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")

# Analytics name -> our slug and the factor from their unit to ours.
DAILY: Final[dict[str, tuple[str, float]]] = {
    "views": ("consumption.views", 1),
    "engagedViews": ("consumption.engaged_views", 1),
    "estimatedMinutesWatched": ("consumption.watch_hours", 1 / 60),
    "likes": ("engagement.likes", 1),
    "comments": ("engagement.comments", 1),
    "shares": ("engagement.shares", 1),
    "subscribersGained": ("audience.followers_gained", 1),
    "subscribersLost": ("audience.followers_lost", 1),
}
COUNTERS: Final = {
    "viewCount": "consumption.views_total",
    "likeCount": "engagement.likes_total",
    "commentCount": "engagement.comments_total",
}


def parse_tokens(body: dict[str, Any], old: ProviderTokens | None) -> ProviderTokens:
    """Return the tokens of a token response. A refresh returns no new refresh token."""
    scopes = tuple(str(body.get("scope", "")).split()) or (old.scopes if old else ())
    return ProviderTokens(
        access_token=require_field(body, "access_token", str),
        refresh_token=body.get("refresh_token") or (old.refresh_token if old else None),
        expires_at=now() + timedelta(seconds=require_field(body, "expires_in", int)),
        consent_expires_at=None,
        scopes=scopes,
    )


def parse_account(body: dict[str, Any]) -> ProviderAccount:
    """Return the channel of a `channels` response. Raises ReauthRequired when the account has none."""
    items = body.get("items") or []
    if not items:
        raise ReauthRequired("This Google account has no YouTube channel. Connect another one.")
    snippet = require_field(items[0], "snippet", dict)
    id = require_field(items[0], "id", str)
    return ProviderAccount(id, require_field(snippet, "title", str), f"https://www.youtube.com/channel/{id}")


def parse_channel(body: dict[str, Any], today: date) -> tuple[list[Observation], str]:
    """Return today's counters of the channel and the id of its uploads playlist."""
    items = body.get("items") or []
    if not items:
        raise ReauthRequired("This YouTube channel is gone, or no longer this account's.")
    statistics = require_field(items[0], "statistics", dict)
    playlists = require_field(require_field(items[0], "contentDetails", dict), "relatedPlaylists", dict)
    hidden = statistics.get("hiddenSubscriberCount") is True
    subscribers = None if hidden else parse_count(statistics.get("subscriberCount"))
    views = parse_count(require_field(statistics, "viewCount", str))
    # Three digits are shown of what is larger.
    rounded = ROUNDED if subscribers is not None and subscribers >= 1000 else None
    return [
        Observation("audience.followers", today, subscribers, HIDDEN if subscribers is None else None, state=rounded),
        Observation("consumption.views_total", today, views),
    ], require_field(playlists, "uploads", str)


def parse_playlist(body: dict[str, Any]) -> list[str]:
    """Return the ids of the videos of one page of the uploads playlist."""
    items = require_field(body, "items", list)
    return [require_field(require_field(item, "contentDetails", dict), "videoId", str) for item in items]


def parse_videos(body: dict[str, Any], today: date) -> tuple[list[AssetRecord], list[Observation]]:
    """Return the videos and today's counters. A counter that the owner hides is missing: null with a reason."""
    assets, observations = [], []
    for item in require_field(body, "items", list):
        id, snippet = require_field(item, "id", str), require_field(item, "snippet", dict)
        published = parse_time(require_field(snippet, "publishedAt", str))
        duration = parse_duration((item.get("contentDetails") or {}).get("duration"))
        live = snippet.get("liveBroadcastContent") == "live"
        title, url = require_field(snippet, "title", str), f"https://www.youtube.com/watch?v={id}"
        kind, guessed = find_kind(title, duration, live=live)
        details = {"image_url": find_thumbnail(snippet), "live": live, "kind_guessed": guessed}
        assets.append(AssetRecord(id, kind, title, url, published.date(), details=details, duration_ms=duration))
        statistics = require_field(item, "statistics", dict)
        for name, slug in COUNTERS.items():
            value = parse_count(statistics.get(name))
            observations.append(Observation(slug, today, value, HIDDEN if value is None else None, id))
    return assets, observations


def parse_duration(text: Any) -> int | None:
    """Return the milliseconds of an ISO 8601 duration like PT3M12S; None for none, and for a stream that goes on."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 or None


def find_kind(title: str, duration_ms: int | None, *, live: bool = False) -> tuple[str, bool]:
    """Return short or video, and whether that is a guess: no API or export names Shorts.

    The uploader's own tag names one; what is longer than a Short can be, or goes out live, is none. Anything else is
    guessed by its length: up to a minute it mostly is a Short, and up to three minutes it may be one.
    """
    if "#shorts" in title.casefold():
        return "short", False
    if live or (duration_ms is not None and duration_ms > LONGEST_SHORT_MS):
        return "video", False
    return "short" if duration_ms is not None and duration_ms <= SHORT_MS else "video", True


def find_thumbnail(snippet: dict[str, Any]) -> str | None:
    """Return the address of the largest of the usual thumbnails."""
    thumbnails = snippet.get("thumbnails") or {}
    return next((thumbnails[size].get("url") for size in ("high", "medium", "default") if size in thumbnails), None)


def parse_days(body: dict[str, Any], *, first: date | None, last: date, today: date) -> list[Observation]:
    """Return the days of a report by day.

    `rows` is missing when there is no data. Days without a row between `first` (or the first row) and `last` are
    observations without a value: the last ones are late, since YouTube publishes up to three days after.
    """
    names = [require_field(column, "name", str) for column in require_field(body, "columnHeaders", list)]
    if "day" not in names:
        raise ProviderContractBroken("YouTube's report has no column day: its API changed. ARTi needs an update.")
    rows = {date.fromisoformat(row[names.index("day")]): row for row in body.get("rows") or ()}
    if not rows:
        return []
    newest = max(rows)
    day, end = first or min(rows), max(last, newest)
    wanted = [(DAILY[name], names.index(name)) for name in DAILY if name in names]
    observations = []
    while day <= end:
        row = rows.get(day)
        reason = LATE if day > newest and (today - day).days <= LATE_DAYS else NOT_REPORTED
        for (slug, unit), index in wanted:
            value = None if row is None else parse_count(row[index])
            scaled = None if value is None else value * unit
            observations.append(Observation(slug, day, scaled, reason if value is None else None))
        day += timedelta(days=1)
    return observations
