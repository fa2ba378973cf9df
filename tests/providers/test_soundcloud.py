"""SoundCloud's answers, read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arti.providers.contract import Observation
from arti.providers.errors import ProviderContractBroken
from arti.providers.soundcloud import add_plays, parse_account, parse_me, parse_tokens, parse_tracks
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


def test_the_total_of_the_account_is_unknown_when_a_track_is_hidden() -> None:
    def plays(*values: float | None) -> list[Observation]:
        reasons = ["hidden" if value is None else None for value in values]
        return [Observation("consumption.plays", TODAY, *pair) for pair in zip(values, reasons, strict=True)]

    assert add_plays(0, plays(3, 4)) == 7
    assert add_plays(7, [*plays(0), Observation("engagement.likes_total", TODAY, 5)]) == 7
    assert add_plays(7, plays(1, None, 2)) is None
    assert add_plays(None, plays(1)) is None


def test_a_zero_of_a_quiet_track_is_hidden() -> None:
    page = own("soundcloud_tracks.json")
    quiet = {"reveal_stats": False, "playback_count": 0, "favoritings_count": 0, "comment_count": 0, "reposts_count": 3}
    page["collection"][0] |= quiet
    observations = parse_tracks(page, TODAY)[1]
    found = {o.metric: o.value for o in observations if o.asset_external_id == "soundcloud:tracks:1"}
    assert found == {
        "consumption.plays": None,
        "engagement.likes_total": None,
        "engagement.comments_total": 0,
        "engagement.reposts_total": 3,
    }


def test_a_track_has_its_duration_and_what_its_uploader_says() -> None:
    page = own("soundcloud_tracks.json")
    page["collection"][1] |= {"metadata_artist": "Mira Sol", "label_name": "Shoreline", "release_year": 2018}
    page["collection"][1] |= {"release_month": 12, "release_day": 7}
    plain, detailed = parse_tracks(page, TODAY)[0]
    assert (plain.duration_ms, plain.artists, plain.released_on) == (180_000, (), date(2019, 1, 15))
    assert ([artist.name for artist in detailed.artists], detailed.details["label"]) == (["Mira Sol"], "Shoreline")
    assert (detailed.duration_ms, detailed.released_on) == (None, date(2018, 12, 7))


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
