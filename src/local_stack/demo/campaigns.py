"""The demo's campaigns: two beside a release, of which nobody can tell what they added, and two on quiet days.

One of the quiet two brought streams, the other nothing; one more is planned.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from local_stack.demo.roster import ROSTER, DemoArtist, release_day
from local_stack.demo.songs import list_song_days
from provider_simulators.world import account_name, releases

DAYS: Final = 14
_QUIET_BEFORE: Final = 7  # without a release, so that the level before is known
_LOOK_BACK: Final = range(18, 200)
_KNOWN_DAYS: Final = 45  # a song has to be out for so long before it can be compared with
_ENOUGH: Final = 9  # artists and songs
_BROUGHT: Final = 0.16

Call = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class DemoCampaign:
    """A campaign of an artist; `added` is the share of streams that it really brings."""

    artist: DemoArtist
    name: str
    metric: str
    provider: str
    budget_minor: int
    target: int | None
    starts_on: date
    added: float = 0.0

    @property
    def ends_on(self) -> date:
        return self.starts_on + timedelta(days=DAYS - 1)


def list_campaigns(today: date) -> list[DemoCampaign]:
    """Return the demo's campaigns, which the artists' streams know of too."""
    first, third = ROSTER[0], ROSTER[2]
    streams = ("consumption.streams", "spotify")
    found = [
        DemoCampaign(first, "Tidelight release", *streams, 450_000, 3_000_000, release_day(first, today)),
        DemoCampaign(
            third, "Afterglow 04 video ads", "consumption.views", "youtube", 180_000, 900_000, release_day(third, today)
        ),
    ]
    quiet = (("Late-night radio spots", 120_000, _BROUGHT), ("Street posters", 60_000, 0.0))
    for (artist, starts_on), (name, budget, added) in zip(_quiet_days(today), quiet, strict=False):
        found.append(DemoCampaign(artist, name, *streams, budget, None, starts_on, added))
    planned = next(artist for artist in ROSTER[::-1] if artist not in (each.artist for each in found))
    found.append(DemoCampaign(planned, "Winter playlist ads", *streams, 90_000, None, today + timedelta(days=10)))
    return found


def added_streams(demo_artist: DemoArtist, today: date) -> dict[date, float]:
    """Return by which share an artist's campaigns raise the streams of each day."""
    campaigns = [each for each in list_campaigns(today) if each.artist == demo_artist and each.added]
    return {each.starts_on + timedelta(days=day): each.added for each in campaigns for day in range(DAYS)}


def _quiet_days(today: date) -> list[tuple[DemoArtist, date]]:
    """Return two artists, each with two weeks of their own in which nothing comes out and there is enough to compare.

    They lie apart from each other, since a campaign takes its artist out of the comparison of another. The newest days
    with the best comparison come first.
    """
    starts = [today - timedelta(days=back + DAYS) for back in _LOOK_BACK]
    found = [
        (-min(_ENOUGH, _count_donors(artist, start, today)), today - start, ROSTER.index(artist))
        for start in starts
        for artist in ROSTER[1:]
        if _is_quiet(artist, start, today)
    ]
    chosen: list[tuple[DemoArtist, date]] = []
    for _, back, index in sorted(found):
        start, artist = today - back, ROSTER[index]
        apart = timedelta(days=DAYS + _QUIET_BEFORE)
        if all(artist != other and abs(start - day) >= apart for other, day in chosen):
            chosen.append((artist, start))
    return chosen[:2]


def _count_donors(artist: DemoArtist, start: date, today: date) -> int:
    """Return how many other artists without a release, and of all their newest songs, the days are compared with."""
    others = [other for other in ROSTER if other != artist]
    known_by = start - timedelta(days=_KNOWN_DAYS)
    songs = sum(day <= known_by for other in others for day in list_song_days(other, today))
    return songs + sum(_is_quiet(other, start, today) for other in others)


def _is_quiet(artist: DemoArtist, start: date, today: date) -> bool:
    out = [work.released_on for work in releases(account_name(artist.name), today)] + [release_day(artist, today)]
    quiet_from, quiet_to = start - timedelta(days=_QUIET_BEFORE), start + timedelta(days=DAYS - 1)
    return not any(quiet_from <= day <= quiet_to for day in out)


async def seed_campaigns(call: Call, artists: Mapping[str, str], today: date) -> None:
    for each in list_campaigns(today):
        body = {
            "artist_id": artists[each.artist.name],
            "name": each.name,
            "goal_metric": each.metric,
            "goal_provider": each.provider,
            "goal_target": each.target,
            "budget_minor": each.budget_minor,
            "currency": "EUR",
            "starts_on": str(each.starts_on),
            "ends_on": str(each.ends_on),
        }
        made = await call("POST", "/api/campaigns", body)
        for after_days, share in ((0, 0.5), (5, 0.3)):
            day = each.starts_on + timedelta(days=after_days)
            if day <= today:
                cost = {"spent_on": str(day), "amount_minor": int(each.budget_minor * share), "note": "Ads"}
                await call("POST", f"/api/campaigns/{made['id']}/costs", cost)
