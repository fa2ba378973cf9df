"""The demo's playlists that come and go, calendar, and a year of royalties in two currencies."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final, Protocol

import numpy as np

from local_stack.demo.roster import ROSTER, SEED, DemoArtist, release_day
from local_stack.demo.songs import list_playlist_songs

_STORES: Final = (("Spotify", "EUR", 0.0031), ("Apple Music", "USD", 0.0072), ("Deezer", "EUR", 0.0055))
_COUNTRIES: Final = (("DE", 0.36), ("US", 0.28), ("GB", 0.19), ("FR", 0.1))
# (title, curator, in which of the three exports, share of the artist's streams, which of their songs); the days are in
# the exports' file.
_PLAYLISTS: Final = (
    ("Radio", "Spotify", (0, 1, 2), 0.11, 0),
    ("Release Radar", "Spotify", (1, 2), 0.05, 0),
    ("Fresh Finds", "Spotify", (1,), 0.07, 1),
    ("Night Drive", "Spotify", (0, 1), 0.04, 1),
    ("slow sundays", "-", (0, 2), 0.008, 2),
    ("songs for the ferry", "-", (2,), 0.003, 0),
)


class DemoApi(Protocol):
    """The API as one signed-in person in one org."""

    async def call(self, method: str, path: str, body: object = None, **more: Any) -> Any: ...


async def seed_playlists(api: DemoApi, artists: Mapping[str, str], today: date) -> None:
    """Import three playlists exports each of two artists, as a person would month by month."""
    for demo_artist in ROSTER[:2]:
        for number, last in enumerate(today - timedelta(days=days) for days in (58, 30, 2)):
            content = playlists_export(demo_artist, number, today=today).encode()
            file = (f"{demo_artist.name}-playlists-28day.csv", content, "text/csv")
            form = {"artist_id": artists[demo_artist.name]}
            previews = await api.call("POST", "/api/imports", None, form=form, files={"file": file})
            options = {"period": "28day", "period_to": str(last)}
            await api.call("POST", f"/api/imports/{previews['imports'][0]['id']}/commit", {"options": options})


def playlists_export(demo_artist: DemoArtist, number: int, *, today: date) -> str:
    """Return the `number`-th playlists export of Spotify for Artists: 28 days, one row a song and playlist."""
    lines = ["song,title,author,listeners,streams,date_added"]
    songs = list_playlist_songs(demo_artist, today=today)
    added = {"Fresh Finds": today - timedelta(days=50), "songs for the ferry": today - timedelta(days=20)}
    for title, curator, exports, share, song in _PLAYLISTS:
        if number in exports:
            streams = int(demo_artist.daily_streams * 28 * share)
            named = songs[song % len(songs)]
            lines.append(f'"{named}","{title}","{curator}",{int(streams / 2.6)},{streams},{added.get(title, "n/a")}')
    return "\ufeff" + "\n".join(lines) + "\n"


async def seed_royalties(api: DemoApi, artists: Mapping[str, str], today: date) -> None:
    """Push twelve months of royalties of two artists, and state a rate for the last half year only."""
    for index, demo_artist in enumerate(ROSTER[:2]):
        lines = royalty_lines(demo_artist, index, artists[demo_artist.name], today=today)
        title = f"{demo_artist.name}, twelve months"
        await api.call("POST", "/api/royalties", {"source": "nightowl_distribution", "title": title, "lines": lines})
    rate = {"from_currency": "USD", "to_currency": "EUR", "rate": "0.92", "note": "Monthly average of the bank"}
    await api.call("PUT", "/api/exchange-rates", rate | {"valid_from": str(month_before(today, 6))})


def royalty_lines(demo_artist: DemoArtist, index: int, artist_id: str, *, today: date) -> list[dict[str, Any]]:
    """Return royalty lines of twelve months, with a licence and something that a store took back."""
    random = np.random.default_rng([SEED, 7, index])
    lines: list[dict[str, Any]] = []
    for ago in range(12, 0, -1):
        month = f"{month_before(today, ago):%Y-%m}"
        common = {"month": month, "artist_id": artist_id, "title": demo_artist.release}
        for store, currency, each in _STORES:
            for country, share in _COUNTRIES:
                quantity = int(demo_artist.daily_streams * 30 * share / len(_STORES) * random.normal(1, 0.08))
                amount = f"{quantity * each * random.normal(1, 0.02):.6f}"
                where = {"store": store, "country": country, "currency": currency}
                lines.append(common | where | {"quantity": quantity, "amount": amount})
        if ago == 5:
            licence = {"store": "Film licence", "type": "sync", "quantity": 1, "amount": "1500.00", "currency": "EUR"}
            lines.append(common | licence)
        if ago == 3:
            taken = {"store": "Spotify", "type": "adjustment", "amount": "-84.120000", "currency": "EUR"}
            lines.append(common | taken | {"country": "DE"})
    return lines


def month_before(day: date, months: int) -> date:
    """Return the first day of the month that lies `months` before that of `day`."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


async def seed_calendar(api: DemoApi, artists: Mapping[str, str], today: date) -> None:
    """Plan shows, a pitch that a manager owns, and what was in the press."""
    members = (await api.call("GET", "/api/admin/users"))["items"]
    owner = next(member["id"] for member in members if member["role"] == "manager")
    first, second = ROSTER[0], ROSTER[1]
    for demo_artist, entry in (
        (first, {"kind": "show", "title": "Paradiso, Amsterdam", "starts_on": str(today + timedelta(days=18))}),
        (first, {"kind": "press", "title": "Review of the week", "starts_on": str(release_day(first, today))}),
        (
            second,
            {
                "kind": "show",
                "title": "Ireland tour",
                "starts_on": str(today + timedelta(days=30)),
                "ends_on": str(today + timedelta(days=37)),
            },
        ),
        (
            second,
            {
                "kind": "pitch",
                "title": "Next single to the editors of Spotify",
                "deadline_on": str(today + timedelta(days=12)),
                "owner_id": owner,
            },
        ),
        (None, {"kind": "note", "title": "Showcase of the label", "starts_on": str(today + timedelta(days=45))}),
    ):
        artist_id = artists[demo_artist.name] if demo_artist else None
        await api.call("POST", "/api/calendar", {"artist_id": artist_id, **entry})
