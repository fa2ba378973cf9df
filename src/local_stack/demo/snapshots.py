"""Counters as past daily syncs would have recorded them: the providers keep no history of counters."""

from datetime import date, timedelta

from arti.providers.contract import Observation
from arti.providers.states import HIDDEN, ROUNDED
from arti.vocabulary import Provider
from provider_simulators.providers import SimulatedProvider
from provider_simulators.soundcloud import hides_counters, track_urn
from provider_simulators.world import SEED, Timeline, timeline
from provider_simulators.youtube import three_significant_digits, video_id


def list_snapshots(
    provider: Provider, account: str, first: date, last: date, *, known_on: date | None = None, seed: int = SEED
) -> list[Observation]:
    """Return the counters that a sync of a simulated account would have recorded on each day from `first` to `last`.

    The simulators report the same numbers on the same day. Spotify has no counters. `known_on` is the day of the
    newest sync so far: a work released after it has no asset yet, and so no counters of its own.
    """
    if provider is Provider.SPOTIFY:
        return []
    history = timeline(SimulatedProvider(provider), account, last, seed)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    known_on = known_on or last
    return [counter for day in days for counter in _counters_on(provider, account, history, day, known_on=known_on)]


def _counters_on(
    provider: Provider, account: str, history: Timeline, day: date, *, known_on: date
) -> list[Observation]:
    followers = int(history.followers[history.index(day)])
    released = [release for release in history.releases if release.released_on <= day]
    if provider is Provider.YOUTUBE:
        views = sum(history.lifetime_views(release.index, day) for release in released)
        return [
            Observation(
                "audience.followers",
                day,
                three_significant_digits(followers),
                state=ROUNDED if followers >= 1000 else None,
            ),
            Observation("consumption.views_total", day, views),
            *(
                Observation(
                    "consumption.views_total",
                    day,
                    history.lifetime_views(release.index, day),
                    asset_external_id=video_id(account, release.index),
                )
                for release in released
                if release.released_on <= known_on
            ),
        ]
    counters = [
        Observation("audience.followers", day, followers),
        Observation("catalogue.assets_total", day, len(released)),
    ]
    if provider is Provider.SOUNDCLOUD:
        shown = [release for release in released if not hides_counters(account, release)]
        plays = {release.index: history.lifetime(release.index, day) for release in shown}
        hidden = len(shown) < len(released)
        total = None if hidden else sum(plays.values())
        counters.append(Observation("consumption.plays", day, total, HIDDEN if hidden else None))
        counters += [
            Observation("consumption.plays", day, value, asset_external_id=track_urn(account, index))
            for index, value in plays.items()
            if history.releases[index].released_on <= known_on
        ]
    return counters
