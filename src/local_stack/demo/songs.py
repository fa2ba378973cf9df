"""Songs of the demo: their streams from files of Spotify for Artists, and labels, which its API does not tell."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from local_stack.demo.roster import ROSTER, DemoArtist
from provider_simulators.providers import SimulatedProvider
from provider_simulators.world import EPOCH, Timeline, Work, account_name, featured_name, releases, timeline

_SONGS: Final = 3  # of each artist; a file each
_DAYS: Final = 365
_LABELS: Final = {"compilation": "Owl Archive"}
_LABEL: Final = "Night Owl Records"

_BEFORE_PLAYLISTS: Final = 90  # days: songs that were out before the first of the playlists exports began

Call = Callable[..., Awaitable[Any]]


async def import_song_timelines(call: Call, artists: Mapping[str, str], *, today: date) -> None:
    """Import the streams of each artist's newest songs, and of those on which somebody is featured."""
    for demo_artist in ROSTER:
        account = account_name(demo_artist.name)
        history = timeline(SimulatedProvider.SPOTIFY, account, today - timedelta(days=1))
        out = [work for work in history.releases if work.released_on < today - timedelta(days=7)]
        featuring = [work for work in out if featured_name(account, work.index)][-1:]
        for work in {work.index: work for work in (*out[-_SONGS:], *featuring)}.values():
            await _import_timeline(call, artists[demo_artist.name], demo_artist, work, history, today=today)


def list_song_days(demo_artist: DemoArtist, today: date) -> list[date]:
    """Return the days on which the artist's newest songs came out that are imported."""
    works = releases(account_name(demo_artist.name), today)
    return [work.released_on for work in works if work.released_on < today - timedelta(days=7)][-_SONGS:]


def list_playlist_songs(demo_artist: DemoArtist, *, today: date) -> list[str]:
    """Return the titles of the artist's newest songs that were out before the first playlists export, newest first."""
    account = account_name(demo_artist.name)
    works = timeline(SimulatedProvider.SPOTIFY, account, today - timedelta(days=_BEFORE_PLAYLISTS)).releases
    return [_title(account, work) for work in works[-_SONGS:]][::-1]


def _title(account: str, work: Work) -> str:
    guest = featured_name(account, work.index)
    return f"{work.title} (feat. {guest})" if guest else work.title


async def _import_timeline(
    call: Call, artist_id: str, demo_artist: DemoArtist, work: Work, history: Timeline, *, today: date
) -> None:
    title = _title(account_name(demo_artist.name), work)
    first = max(work.released_on, today - timedelta(days=_DAYS), EPOCH)
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    rows = "\n".join(f"{day},{int(history.plays[work.index, history.index(day)])}" for day in days)
    previews = await call(
        "POST",
        "/api/imports",
        None,
        form={"artist_id": artist_id},
        files={"file": (f"{title}-timeline.csv", f"date,streams\n{rows}\n".encode(), "text/csv")},
    )
    for preview in previews["imports"]:
        await call("POST", f"/api/imports/{preview['id']}/commit", {"options": {"song": title}})


async def name_labels(call: Call) -> None:
    """Write down the label of each release."""
    query = "?limit=100"
    while True:
        page = await call("GET", f"/api/releases{query}")
        for release in page["items"]:
            label = {"label": _LABELS.get(release["kind"], _LABEL)}
            await call("PATCH", f"/api/releases/{release['id']}", label)
        if page["next_cursor"] is None:
            return
        query = f"?limit=100&cursor={page['next_cursor']}"
