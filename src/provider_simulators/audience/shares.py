"""Who an account's audience is: a whole number in parts by country, city, age, source. Pure, fixed by the account."""

from typing import Final

import numpy as np

from provider_simulators.world import account_random

# Part of the whole. What is missing to 1 is people of whom the platform says nothing, or parts below its list.
TRAFFIC_SOURCES: Final = {
    "YT_SEARCH": 0.27,
    "RELATED_VIDEO": 0.24,
    "SUBSCRIBER": 0.14,
    "SHORTS": 0.12,
    "EXT_URL": 0.09,
    "YT_CHANNEL": 0.06,
    "PLAYLIST": 0.04,
    "NO_LINK_OTHER": 0.02,
    "NO_LINK_EMBEDDED": 0.02,
}
CONTENT_TYPES: Final = {"VIDEO_ON_DEMAND": 0.78, "SHORTS": 0.2, "LIVE_STREAM": 0.02}
DEVICES: Final = {"MOBILE": 0.66, "DESKTOP": 0.19, "TV": 0.09, "TABLET": 0.05, "GAME_CONSOLE": 0.01}
SUBSCRIPTION: Final = {"UNSUBSCRIBED": 0.71, "SUBSCRIBED": 0.29}
COUNTRIES: Final = {
    "US": 0.21,
    "GB": 0.13,
    "DE": 0.11,
    "MX": 0.09,
    "BR": 0.07,
    "FR": 0.06,
    "NL": 0.05,
    "CA": 0.05,
    "IE": 0.04,
    "ES": 0.04,
    "AU": 0.03,
    "SE": 0.02,
    "NO": 0.02,
    "JP": 0.01,
}
CITIES: Final = {
    "London, England": 0.06,
    "New York, New York": 0.05,
    "Berlin, Berlin": 0.04,
    "Mexico City, Distrito Federal": 0.04,
    "Los Angeles, California": 0.03,
    "Paris, Île-de-France": 0.03,
    "Amsterdam, Noord-Holland": 0.02,
    "Springfield": 0.01,
}
AGES: Final = {"13-17": 0.06, "18-24": 0.31, "25-34": 0.34, "35-44": 0.16, "45-54": 0.08, "55-64": 0.03, "65+": 0.02}
GENDERS: Final = {"F": 0.47, "M": 0.45, "U": 0.08}


def weigh(shares: dict[str, float], account: str, what: str) -> dict[str, float]:
    """Return the shares as this account has them, each up to a third larger or smaller, with the same sum."""
    factors = account_random(account, what).uniform(0.67, 1.33, len(shares))
    weights = np.array(list(shares.values())) * factors
    weights *= sum(shares.values()) / weights.sum()
    return dict(zip(shares, weights.tolist(), strict=True))


def cut(whole: int, shares: dict[str, float]) -> dict[str, int]:
    """Return the parts of a whole number. If the shares add up to 1, so do the parts to the whole."""
    bounds = np.round(np.cumsum(list(shares.values())) * whole).astype(int)
    parts = np.diff(bounds, prepend=0)
    return {name: int(part) for name, part in zip(shares, parts, strict=True)}
