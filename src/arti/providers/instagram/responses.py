"""Reads Instagram's responses; pure.

A value's end_time is the midnight after its day.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Final

from arti.providers.classification import PACIFIC
from arti.providers.contract import AssetRecord, Observation, ProviderAccount
from arti.providers.oauth import ProviderTokens
from arti.providers.response_fields import parse_count, parse_time, require_field
from arti.providers.states import HIDDEN, LATE, NOT_REPORTED, UNSUPPORTED
from arti_core.clock import now

LATE_DAYS: Final = 2
MEDIA_INSIGHTS: Final = {
    "views": "consumption.views_total",
    "shares": "engagement.shares_total",
    "saved": "engagement.saves_total",
}
TOTALS: Final = {
    "views": "consumption.views",
    "likes": "engagement.likes",
    "comments": "engagement.comments",
    "shares": "engagement.shares",
    "saves": "engagement.saves",
    "accounts_engaged": "reach.accounts_engaged",
}
# Documented as FOLLOWER, seen as follow: both are accepted.
FOLLOW_TYPES: Final = {
    "FOLLOWER": "audience.followers_gained",
    "FOLLOW": "audience.followers_gained",
    "NON_FOLLOWER": "audience.followers_lost",
    "UNFOLLOW": "audience.followers_lost",
}
KINDS: Final = {"REELS": "reel", "STORY": "story"}
_ISO_ZONE: Final = "%Y-%m-%dT%H:%M:%S%z"


def parse_permissions(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the granted permissions, sent as a list or as one string with commas."""
    permissions = body.get("permissions") or ()
    return tuple(permissions.split(",") if isinstance(permissions, str) else permissions)


def parse_tokens(body: Mapping[str, Any], scopes: tuple[str, ...]) -> ProviderTokens:
    """Return a long-lived token. It is its own refresh token, so the authorization expires with it."""
    expires_at = now() + timedelta(seconds=require_field(body, "expires_in", int))
    return ProviderTokens(require_field(body, "access_token", str), None, expires_at, expires_at, scopes)


def parse_account(body: Mapping[str, Any]) -> ProviderAccount:
    """Return the account that the token belongs to."""
    username = require_field(body, "username", str)
    id = body.get("user_id") or require_field(body, "id", str)
    return ProviderAccount(str(id), body.get("name") or username, f"https://www.instagram.com/{username}/")


def parse_profile(body: Mapping[str, Any], today: date) -> list[Observation]:
    """Return today's counters of the account."""
    return [
        Observation("audience.followers", today, float(require_field(body, "followers_count", int))),
        Observation("catalogue.assets_total", today, float(require_field(body, "media_count", int))),
    ]


def parse_media(body: Mapping[str, Any], today: date) -> tuple[list[AssetRecord], list[Observation]]:
    """Return the posts, reels or stories of a page and today's counters.

    Likes are absent when the owner hides them. A story has none.
    """
    assets, observations = [], []
    for item in require_field(body, "data", list):
        id = require_field(item, "id", str)
        published = parse_time(require_field(item, "timestamp", str), _ISO_ZONE)
        caption = (item.get("caption") or "").strip().splitlines()
        details = {"media_type": item.get("media_type"), "media_product_type": item.get("media_product_type")}
        kind = KINDS.get(str(item.get("media_product_type")), "post")
        title = caption[0][:200] if caption and caption[0] else f"{kind.capitalize()} of {published.date()}"
        assets.append(AssetRecord(id, kind, title, item.get("permalink"), published.date(), details=details))
        if kind == "story":
            continue
        for name, slug in (("like_count", "engagement.likes_total"), ("comments_count", "engagement.comments_total")):
            value = parse_count(item.get(name))
            observations.append(Observation(slug, today, value, HIDDEN if value is None else None, id))
    return assets, observations


def parse_after(body: Mapping[str, Any]) -> str:
    """Return the cursor of the next page, or "" on the last."""
    paging = body.get("paging") or {}
    return str((paging.get("cursors") or {}).get("after") or "") if paging.get("next") else ""


def parse_series(body: Mapping[str, Any], slug: str) -> list[Observation]:
    """Return the days of a time series. An empty list means unknown, never 0."""
    observations = []
    for metric in require_field(body, "data", list):
        for entry in require_field(metric, "values", list):
            midnight = parse_time(require_field(entry, "end_time", str), _ISO_ZONE).astimezone(PACIFIC)
            if (value := parse_count(entry.get("value"))) is not None:
                observations.append(Observation(slug, midnight.date() - timedelta(days=1), value))
    return observations


def parse_totals(
    body: Mapping[str, Any], day: date, *, today: date, refused: Collection[str] = ()
) -> list[Observation]:
    """Return one day's totals. One that is missing is late on the last two days, and a gap before; never 0."""
    found = {
        metric.get("name"): parse_count((metric.get("total_value") or {}).get("value"))
        for metric in require_field(body, "data", list)
    }
    missing = LATE if (today - day).days <= LATE_DAYS else NOT_REPORTED
    observations = []
    for name, slug in TOTALS.items():
        value = found.get(name)
        reason = UNSUPPORTED if name in refused else missing
        observations.append(Observation(slug, day, value, reason if value is None else None))
    return observations


def parse_follows(body: Mapping[str, Any], day: date) -> list[Observation]:
    """Return people gained and lost in one day, from the breakdown by follow_type."""
    return [
        Observation(FOLLOW_TYPES[kind], day, value)
        for metric in require_field(body, "data", list)
        for breakdown in (metric.get("total_value") or {}).get("breakdowns") or ()
        for result in breakdown.get("results") or ()
        if (kind := str((result.get("dimension_values") or [""])[0]).upper()) in FOLLOW_TYPES
        and (value := parse_count(result.get("value"))) is not None
    ]


def parse_media_insights(body: Mapping[str, Any], media_id: str, today: date) -> list[Observation]:
    """Return today's lifetime numbers of one post."""
    return [
        Observation(slug, today, value, asset_external_id=media_id)
        for metric in require_field(body, "data", list)
        if (slug := MEDIA_INSIGHTS.get(str(metric.get("name"))))
        and (value := parse_count((metric.get("values") or [{}])[0].get("value"))) is not None
    ]
