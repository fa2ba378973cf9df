"""The demo org: people, a roster, releases, documents. Generated from a seed, the same each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

SEED: Final = 20_26
ORG_NAME: Final = "Night Owl Records"
DEMO_USERS: Final = {
    "admin": ("admin@nightowl.test", "Ada Okafor"),
    "manager": ("manager@nightowl.test", "Marco Silva"),
    "analyst": ("analyst@nightowl.test", "Lena Brandt"),
    "creator": ("creator@nightowl.test", "June Park"),
    "guest": ("guest@nightowl.test", "Sam Reyes"),
    "group manager": ("electronic@nightowl.test", "Noor Haddad"),
}
# Whose artists they see; the others see the whole roster.
CREATOR_ARTIST: Final = "Mara Quill"
GUEST_GROUP: Final = ("Folk", ("Mara Quill", "Kitefolk"))
MANAGER_GROUP: Final = ("Electronic", ("Static Bloom", "Velvet Harbor"))


@dataclass(frozen=True, slots=True)
class DemoArtist:
    """An artist of the roster: how many people stream them on a usual day, and how fast that grows."""

    name: str
    genres: tuple[str, ...]
    country: str
    daily_streams: int
    yearly_growth: float
    release: str
    released_days_ago: int


ROSTER: Final = (
    DemoArtist("Velvet Harbor", ("dream pop", "shoegaze"), "GB", 42_000, 1.6, "Tidelight", 24),
    DemoArtist("Mara Quill", ("indie folk",), "IE", 11_500, 1.3, "Paper Rivers", 61),
    DemoArtist("Static Bloom", ("electronic", "house"), "DE", 88_000, 1.1, "Afterglow 04", 12),
    DemoArtist("Los Faroles", ("latin alternative",), "MX", 27_000, 2.2, "Medianoche", 40),
    DemoArtist("Odessa Lane", ("r&b", "neo soul"), "US", 6_400, 0.9, "Soft Machines", 95),
    DemoArtist("Kitefolk", ("folk rock",), "NO", 1_900, 1.2, "Northern Slow", 140),
)

DOCUMENTS: Final = Path(__file__).parent / "documents"


def list_documents() -> list[tuple[str, str, str]]:
    """Return (kind, title, body) of the demo's documents: the kind is in the file's name, the title its heading."""
    texts = [(file.stem.partition("-")[0], file.read_text()) for file in sorted(DOCUMENTS.glob("*.md"))]
    return [(kind, text.splitlines()[0].removeprefix("# "), text) for kind, text in texts]


HEADER: Final = (
    "date,listeners,monthly listeners,monthly active listeners,super listeners,streams,playlist adds,saves,followers"
)


def release_day(demo_artist: DemoArtist, today: date) -> date:
    """Return the Friday on or before the artist's day of release."""
    day = today - timedelta(days=demo_artist.released_days_ago)
    return day - timedelta(days=(day.weekday() - 4) % 7)


def spotify_timeline(
    demo_artist: DemoArtist, index: int, *, today: date, days: int = 365, added: Mapping[date, float] | None = None
) -> str:
    """Return a Spotify for Artists audience timeline of `days` days that ends yesterday.

    The form of 2026: UTF-8 with a byte order mark, ISO days, plain integers. Holds a weekly season, growth, the lift
    of the release, two spikes and a gap of three days. `added`: the share that a campaign brings on a day.
    """
    random = np.random.default_rng([SEED, index])
    released = release_day(demo_artist, today)
    first = today - timedelta(days=days)
    gap = first + timedelta(days=int(random.integers(60, 200)))
    spikes = {
        first + timedelta(days=int(day)): float(random.uniform(1.8, 2.6)) for day in random.integers(30, days - 90, 2)
    }
    followers = demo_artist.daily_streams // 3
    listeners_of_month: list[int] = []
    lines = [HEADER]
    for offset in range(days):
        day = first + timedelta(days=offset)
        level = demo_artist.daily_streams * demo_artist.yearly_growth ** (offset / 365)
        season = (1.0, 0.97, 0.98, 1.0, 1.08, 1.16, 1.07)[day.weekday()]
        since = (day - released).days
        lift = 1 + 1.4 * 0.93**since if since >= 0 else 1.0
        lift *= 1 + (added or {}).get(day, 0.0)
        streams = int(level * season * lift * spikes.get(day, 1.0) * random.normal(1.0, 0.035))
        listeners = int(streams / random.normal(2.3, 0.05))
        listeners_of_month = [*listeners_of_month[-27:], listeners]
        monthly = int(sum(listeners_of_month) * 0.46 * 28 / len(listeners_of_month))
        followers += int(streams * 0.0009 * random.normal(1.0, 0.2))
        if 0 <= (day - gap).days < 3:
            continue
        row = (
            *(day, listeners, monthly, int(monthly * 0.52), int(monthly * 0.03)),
            *(streams, int(streams * 0.004), int(streams * 0.011), followers),
        )
        lines.append(",".join(str(value) for value in row))
    return "\ufeff" + "\n".join(lines) + "\n"
