"""The demo's campaigns show each answer on any date: beside a release, on quiet days, and not begun."""

from datetime import date, timedelta

import pytest

from local_stack.demo.campaigns import DAYS, added_streams, list_campaigns
from local_stack.demo.roster import ROSTER, release_day, spotify_timeline
from provider_simulators.world import account_name, releases


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2026, 11, 29), date(2027, 6, 15), date(2028, 2, 29)])
def test_two_campaigns_lie_on_quiet_days_and_one_of_them_brings_streams(today: date) -> None:
    release, video, radio, posters, planned = list_campaigns(today)
    assert [each.starts_on for each in (release, video)] == [
        release_day(each.artist, today) for each in (release, video)
    ]
    for each in (radio, posters):
        out = [work.released_on for work in releases(account_name(each.artist.name), today)]
        out.append(release_day(each.artist, today))
        assert not any(each.starts_on - timedelta(days=7) <= day <= each.ends_on for day in out)
        assert each.ends_on < today - timedelta(days=14)  # measured, whatever is late
    assert radio.artist != posters.artist
    assert planned.starts_on > today
    added = {artist.name: added_streams(artist, today) for artist in ROSTER}
    assert {name for name, days in added.items() if days} == {radio.artist.name}
    assert len(added[radio.artist.name]) == DAYS


def test_the_streams_of_the_artist_hold_what_the_campaign_brought() -> None:
    today = date(2026, 11, 29)
    radio = list_campaigns(today)[2]
    index = ROSTER.index(radio.artist)
    plain = spotify_timeline(radio.artist, index, today=today).splitlines()
    raised = spotify_timeline(radio.artist, index, today=today, added=added_streams(radio.artist, today)).splitlines()
    streams = [
        [int(line.split(",")[5]) for line in lines[1:] if str(radio.starts_on) <= line[:10] <= str(radio.ends_on)]
        for lines in (plain, raised)
    ]
    assert len(streams[0]) >= DAYS - 3  # the file has a gap of three days somewhere
    assert sum(streams[1]) / sum(streams[0]) == pytest.approx(1 + radio.added, abs=0.001)
