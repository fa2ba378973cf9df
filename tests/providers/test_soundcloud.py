"""SoundCloud's answers, read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arti.providers.errors import ProviderContractBroken
from arti.providers.soundcloud import parse_account, parse_me, parse_tokens, parse_tracks
from tests.providers.recordings import body, own

TODAY = date(2026, 5, 5)


def test_tracks() -> None:
    assets, observations = parse_tracks(own("soundcloud_tracks.json"), TODAY)
    assert [(a.external_id, a.released_on, a.isrc) for a in assets] == [
        ("soundcloud:tracks:1", date(2019, 1, 15), "QZAAA1900001"),
        ("soundcloud:tracks:2", date(2019, 1, 16), None),
    ]
    values = {(o.asset_external_id, o.metric): (o.value, o.null_reason) for o in observations}
    assert values["soundcloud:tracks:1", "consumption.plays"] == (10, None)
    assert values["soundcloud:tracks:1", "engagement.likes_total"] == (0, None)
    assert values["soundcloud:tracks:2", "consumption.plays"] == (None, "hidden")
    assert values["soundcloud:tracks:2", "engagement.reposts_total"] == (None, "hidden")


def test_the_account() -> None:
    me = {"urn": "soundcloud:users:9", "username": "Tides", "followers_count": 12, "track_count": 0}
    assert [(o.metric, o.value) for o in parse_me(me, TODAY)] == [
        ("audience.followers", 12),
        ("catalogue.assets_total", 0),
    ]
    assert parse_account(me).external_id == "soundcloud:users:9"


@pytest.mark.parametrize(
    "broken", [{}, {"access_token": "a", "expires_in": 1}, {"refresh_token": "r", "expires_in": 1}]
)
def test_a_token_response_needs_both_tokens(broken: dict[str, Any]) -> None:
    with pytest.raises(ProviderContractBroken):
        parse_tokens(broken)


@pytest.mark.parametrize("field", ["urn", "title", "created_at"])
def test_a_track_needs_its_fields(field: str) -> None:
    page = own("soundcloud_tracks.json")
    del page["collection"][0][field]
    with pytest.raises(ProviderContractBroken, match=field):
        parse_tracks(page, TODAY)


def test_recorded_tracks(shared: Path) -> None:
    """The recording is of 2013: a bare list with numeric ids. Values and the form of dates are those of today."""
    folder = shared / "data" / "responses-soundcloud" / "recorded"
    tracks = body(folder, "interaction_2.json")["response"]["body"]
    page = {"collection": [track | {"urn": f"soundcloud:tracks:{track['id']}"} for track in tracks]}
    assets, observations = parse_tracks(page, TODAY)
    assert len(assets) == 9
    first = {o.metric: o.value for o in observations if o.asset_external_id == "soundcloud:tracks:86031061"}
    assert first == {
        "consumption.plays": 22,
        "engagement.likes_total": 1,
        "engagement.comments_total": 0,
        "engagement.reposts_total": None,
    }
    assert assets[0].released_on == date(2013, 4, 2)
    tokens = parse_tokens(body(folder, "interaction_1.json")["response"]["body"])
    assert tokens.scopes == ("*",)
