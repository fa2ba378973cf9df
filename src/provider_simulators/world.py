"""The simulated world: artists, their releases and the plays of each day. Pure: the same for the same seed.

All simulators and the demo read from here, so that their numbers agree: an item's counter is the sum of its days, an
account's day is the sum of its items. A longer history starts with the shorter one.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from provider_simulators.providers import SimulatedProvider

SEED: Final = 2026
EPOCH: Final = date(2024, 1, 1)
# Offered on the consent page; any other name works as well.
ARTIST_NAMES: Final = ("Velvet Harbor", "Mara Quill", "Static Bloom", "Los Faroles", "Odessa Lane", "Kitefolk")

# Whom some works feature: the account, and which of its works in turn; a name of the roster.
_FEATURED: Final = {("Static Bloom", 2): "Mara Quill", ("Velvet Harbor", 4): "Odessa Lane"}
_FEATURED_EVERY: Final = 6

_FIRST: Final = ("Paper", "Silver", "Northern", "Soft", "Velvet", "Hollow", "Neon", "Salt", "Quiet", "Golden", "Second")
_LAST: Final = ("Rivers", "Machines", "Tides", "Letters", "Gardens", "Signals", "Summer", "Static", "Rooms", "Horizon")
_SEASON: Final = np.array([0.96, 0.94, 0.96, 0.99, 1.08, 1.12, 1.02])  # Monday first
_LEVEL: Final = {  # plays of one release on an ordinary day, as a power of ten: low, high
    SimulatedProvider.SPOTIFY: (2.4, 3.6),
    SimulatedProvider.INSTAGRAM: (2.2, 3.2),
    SimulatedProvider.YOUTUBE: (2.1, 3.4),
    SimulatedProvider.SOUNDCLOUD: (1.4, 2.6),
}
# Each change of what counts as a view. The plays under it go on unbroken: on YouTube, engagedViews counts them. Meta's
# viewers have no day yet; a test scripts them by the data fault refused_metric of reach.
SHORTS_SINCE: Final = date(2025, 3, 31)  # YouTube: views of Shorts count from the first frame
ALL_FORMATS_SINCE: Final = date(2026, 8, 24)  # YouTube: and so do those of every other video
VIEWS_SINCE: Final = date(2025, 4, 21)  # Instagram: views instead of impressions and plays
STARTS: Final = 1.4  # of playbacks that start, for each that goes on
CROWD: Final = 6  # times the plays of another day
IMPRESSIONS: Final = 0.72  # of what counts as a view today, what counted as an impression or a play

RATES: Final = {"likes": 0.041, "comments": 0.0052, "shares": 0.0071, "saves": 0.0093}

Ints = NDArray[np.int64]


def slug_of(name: str) -> str:
    """Return "velvet-harbor" for "Velvet Harbor"."""
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())


def account_name(artist_name: str) -> str:
    """Return the name of an artist's account on every simulator."""
    return f"demo:{slug_of(artist_name)}"


def display_name(account: str) -> str:
    """Return "Velvet Harbor" for "demo:velvet-harbor"."""
    known = {account_name(name): name for name in ARTIST_NAMES}
    return known.get(account) or account.removeprefix("demo:").replace("-", " ").title()


def featured_name(account: str, index: int) -> str | None:
    """Return whom a work features. That is said in its title on Spotify only, as artists really do."""
    return _FEATURED.get((display_name(account), index % _FEATURED_EVERY))


def digits(*parts: object, length: int) -> str:
    """Return a number of `length` digits that depends on the parts only."""
    return str(int.from_bytes(_hash(*parts), "big") % 10**length).zfill(length)


def characters(*parts: object, length: int, alphabet: str) -> str:
    """Return `length` characters of `alphabet` that depend on the parts only."""
    number, found = int.from_bytes(_hash(*parts), "big"), ""
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        found += alphabet[index]
    return found


def _hash(*parts: object) -> bytes:
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).digest()


def _random(*parts: object) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(_hash(*parts)[:8], "big"))


def account_random(account: str, what: str) -> np.random.Generator:
    """Return a generator that depends on the account and on what it is for."""
    return _random(SEED, account, what)


@dataclass(frozen=True, slots=True)
class Work:
    """A work of an artist: a track here, a video there, a post elsewhere, on the same day under the same title."""

    index: int
    title: str
    released_on: date
    isrc: str
    hidden: bool  # its owner hides the counters

    @property
    def duration_ms(self) -> int:
        return 180_000 + self.index * 1_700

    @property
    def upc(self) -> str:
        """Return the code of the single."""
        return make_upc(self.isrc)


def make_upc(*parts: object) -> str:
    """Return a UPC, with its check digit, that depends on the parts only."""
    code = "8" + digits("upc", *parts, length=10)
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(code))
    return f"{code}{-weighted % 10}"


@lru_cache(maxsize=2048)
def releases(account: str, until: date, seed: int = SEED) -> tuple[Work, ...]:
    """Return the works of an artist published up to `until`, oldest first."""
    random = _random(seed, account, "releases")
    found: list[Work] = []
    day = EPOCH - timedelta(days=int(random.integers(100, 400)))
    while day <= until:
        index = len(found)
        title = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
        if title in {release.title for release in found}:
            title = f"{title}, Pt. {index}"
        isrc = f"QZAR{day:%y}{digits(seed, account, index, length=5)}00"[:12]
        found.append(Work(index, title, day, isrc, bool(index % 9 == 8)))
        day += timedelta(days=int(random.integers(24, 60)))
        day += timedelta(days=(4 - day.weekday()) % 7)  # music comes out on Fridays
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The true numbers of each day from EPOCH on: `plays` and `views` are items x days, the rest one number a day.

    `views`: what the provider counts as views of those plays, which is not the same on every day.
    """

    releases: tuple[Work, ...]
    plays: Ints
    views: Ints
    gained: Ints
    lost: Ints
    followers: Ints  # at the end of the day
    missing: NDArray[np.bool_]  # days without a report

    def index(self, day: date) -> int:
        return (day - EPOCH).days

    def total(self, day: date) -> int:
        """Return the plays of all items on one day."""
        return int(self.plays[:, self.index(day)].sum())

    def reactions(self, kind: str, day: date) -> int:
        """Return likes, comments, shares or saves of one day."""
        return int(_reactions(self.plays[:, self.index(day)], kind).sum())

    def lifetime(self, item: int, day: date) -> int:
        """Return an item's plays since its release, up to the end of `day`."""
        return int(self.plays[item, : self.index(day) + 1].sum())

    def total_views(self, day: date) -> int:
        """Return the views of all items on one day."""
        return int(self.views[:, self.index(day)].sum())

    def lifetime_views(self, item: int, day: date) -> int:
        """Return an item's views since its release, up to the end of `day`."""
        return int(self.views[item, : self.index(day) + 1].sum())

    def lifetime_reactions(self, item: int, kind: str, day: date) -> int:
        """Return an item's likes, comments, shares or saves up to the end of `day`."""
        return int(_reactions(self.plays[item, : self.index(day) + 1], kind).sum())


def _reactions(plays: Ints, kind: str) -> Ints:
    floored: Ints = np.floor(plays * RATES[kind]).astype(np.int64)
    return floored


@lru_cache(maxsize=512)
def timeline(
    provider: SimulatedProvider, account: str, until: date, seed: int = SEED, crowded: tuple[date, ...] = ()
) -> Timeline:
    """Return the true numbers of an account up to `until`; on a crowded day everything is played more."""
    days = (until - EPOCH).days + 1
    works = releases(account, until, seed)
    random = _random(seed, provider, account, "account")
    level = 10 ** random.uniform(*_LEVEL[provider])
    growth = random.uniform(0.9, 2.1)
    start_followers = int(level * random.uniform(20, 60))
    ages = np.arange(days)
    weekdays = (ages + EPOCH.weekday()) % 7
    mood = np.exp(_random(seed, provider, account, "mood").normal(0, 0.05, days))
    viral = _random(seed, provider, account, "viral").random(days)
    shape = level * growth ** (ages / 365) * _SEASON[weekdays] * mood
    shape = shape * (1 + 2.2 * np.convolve(viral < 2 / 365, 0.6 ** np.arange(8))[:days])
    plays = np.zeros((len(works), days), dtype=np.int64)
    for work in works:
        own = _random(seed, provider, account, work.index)
        weight, noise = own.uniform(0.15, 0.5), np.exp(own.normal(0, 0.07, days))
        age = ages - (work.released_on - EPOCH).days
        alive = age >= 0
        pull = np.where(alive, 5.0 * np.exp(-np.maximum(age, 0) / 9) + np.exp(-np.maximum(age, 0) / 420), 0.0)
        plays[work.index] = np.floor(shape * weight * pull * noise)
    plays[:, [(day - EPOCH).days for day in crowded]] *= CROWD
    total = plays.sum(axis=0)
    gained = np.floor(total * 0.006 * np.exp(_random(seed, provider, account, "gained").normal(0, 0.1, days)))
    lost = np.floor(gained * _random(seed, provider, account, "lost").uniform(0.12, 0.3, days))
    return Timeline(
        releases=works,
        plays=plays,
        views=count_views(provider, plays, EPOCH),
        gained=gained.astype(np.int64),
        lost=lost.astype(np.int64),
        followers=start_followers + np.cumsum(gained - lost).astype(np.int64),
        missing=_random(seed, provider, account, "missing").random(days) < 0.008,
    )


def is_short(item: int) -> bool:
    """Return whether an item is a Short on YouTube, whose API does not say so."""
    return item % 4 == 3


def count_views(provider: SimulatedProvider, plays: Ints, first_day: date) -> Ints:
    """Return what the provider counts as views of each item on each day. `plays`: items x days from `first_day`."""
    factor = np.ones(plays.shape)
    if provider == SimulatedProvider.YOUTUBE:
        shorts = np.array([is_short(item) for item in range(len(plays))], dtype=bool)
        factor[shorts, max((SHORTS_SINCE - first_day).days, 0) :] = STARTS
        factor[:, max((ALL_FORMATS_SINCE - first_day).days, 0) :] = STARTS
    if provider == SimulatedProvider.INSTAGRAM:
        factor[:, : max((VIEWS_SINCE - first_day).days, 0)] = IMPRESSIONS
    counted: Ints = np.floor(plays * factor).astype(np.int64)
    return counted


def as_reported(value: int, *, age_days: int, settled_after_days: int) -> int:
    """Return the reported value of a day that is `age_days` old: too low at first, the true one once settled."""
    if age_days >= settled_after_days:
        return value
    return int(value * (1 - 0.02 * (settled_after_days - age_days)))
