"""What daily syncs would have seen: counters have no history at the providers, so a demo's past comes from here."""

from datetime import date, timedelta

from arti.providers.contract import Observation
from arti.vocabulary import Provider
from provider_simulators.soundcloud import track_urn
from provider_simulators.world import SEED, Timeline, timeline
from provider_simulators.youtube import three_significant_digits


def snapshots(
    provider: Provider, account: str, first: date, last: date, *, known_on: date | None = None, seed: int = SEED
) -> list[Observation]:
    """Return the counters that a sync of a twin's account would have recorded on each day from `first` to `last`.

    The twins see the same numbers on the same day. Spotify has no counters, so it gives none. `known_on` is the day of
    the newest sync so far: a work released after it is unknown to whoever stores the counters, so it has none of its
    own yet.
    """
    if provider is Provider.SPOTIFY:
        return []
    known = timeline(provider, account, last, seed)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        observation for day in days for observation in _on(provider, account, known, day, known_on=known_on or last)
    ]


def _on(provider: Provider, account: str, known: Timeline, day: date, *, known_on: date) -> list[Observation]:
    followers = int(known.followers[known.index(day)])
    out = [release for release in known.releases if release.released_on <= day]
    if provider is Provider.YOUTUBE:
        views = sum(known.lifetime(release.index, day) for release in out)
        return [
            Observation("audience.followers", day, three_significant_digits(followers)),
            Observation("consumption.views_total", day, views),
        ]
    counters = [
        Observation("audience.followers", day, followers),
        Observation("catalogue.assets_total", day, len(out)),
    ]
    if provider is Provider.SOUNDCLOUD:
        plays = {release.index: known.lifetime(release.index, day) for release in out if not release.hidden}
        counters.append(Observation("consumption.plays", day, sum(plays.values())))
        counters += [
            Observation("consumption.plays", day, value, asset_external_id=track_urn(account, index))
            for index, value in plays.items()
            if known.releases[index].released_on <= known_on
        ]
    return counters
