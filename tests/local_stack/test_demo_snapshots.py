"""The demo's past counters fit the works that its syncs have stored."""

from datetime import date, timedelta

from arti.vocabulary import Provider
from local_stack.demo.snapshots import list_snapshots
from provider_simulators import soundcloud
from provider_simulators.world import ARTIST_NAMES, account_name, releases


def test_snapshots_name_only_works_that_the_newest_sync_stored() -> None:
    """The demo's first sync is of three days ago and its history ends yesterday: a Friday may lie between."""
    released_since = 0
    for today in (date(2026, 11, 28) + timedelta(days=n) for n in range(100)):
        synced_on, yesterday = today - timedelta(days=3), today - timedelta(days=1)
        for name in ARTIST_NAMES:
            account = account_name(name)
            stored = {soundcloud.track_urn(account, work.index) for work in releases(account, synced_on)}
            snapshots = list_snapshots(
                Provider.SOUNDCLOUD, account, yesterday - timedelta(days=2), yesterday, known_on=synced_on
            )
            assert {entry.asset_external_id for entry in snapshots} - {None} <= stored
            released_since += len(releases(account, yesterday)) > len(releases(account, synced_on))
    assert released_since > 10
