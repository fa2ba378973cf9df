"""Spotify's answers, read: names and codes, never numbers."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from arti.providers.contract import AssetRecord
from arti.providers.errors import NoData, ProviderContractBroken
from arti.providers.oauth import ProviderTokens
from arti.providers.spotify import (
    Spotify,
    parse_album,
    parse_albums,
    parse_artist,
    parse_search,
    parse_tokens,
    parse_track,
)
from arti_core.clock import now
from tests.providers.recordings import answers, body, own

ALBUM = AssetRecord("a", "album", "Tides", released_on=date(2026, 2, 6))


def test_albums() -> None:
    found = parse_albums(own("spotify_albums.json"))
    assert [(a.title, a.released_on) for a in found] == [("Tides", date(2026, 2, 6)), ("Old", None)]


def test_a_track_has_its_isrc_and_the_day_of_its_album() -> None:
    track = parse_track({"id": "t", "name": "Tides", "external_ids": {"isrc": "qzaaa1900001"}}, ALBUM)
    assert (track.isrc, track.released_on) == ("QZAAA1900001", date(2026, 2, 6))
    assert parse_track({"id": "t", "name": "Tides"}, ALBUM).isrc is None


def test_codes_label_art_artists_and_duration_are_read() -> None:
    album = parse_album(
        {
            "id": "a",
            "name": "Tides",
            "album_type": "single",
            "label": "Shoreline",
            "external_ids": {"upc": "812345678901"},
            "images": [{"url": "https://i.scdn.co/large"}, {"url": "https://i.scdn.co/small"}],
            "artists": [{"id": "1", "name": "Mira Sol"}],
        }
    )
    assert (album.upc, album.details["label"], album.details["image_url"]) == (
        *("812345678901", "Shoreline", "https://i.scdn.co/large"),
    )
    assert [(artist.name, artist.external_id) for artist in album.artists] == [("Mira Sol", "1")]
    both = [{"id": "1", "name": "Mira Sol"}, {"id": "2", "name": "Kitefolk"}]
    track = parse_track(
        {"id": "t", "name": "Tides", "duration_ms": 201000, "disc_number": 1, "track_number": 3, "artists": both}, album
    )
    assert (track.duration_ms, [artist.name for artist in track.artists]) == (201_000, ["Mira Sol", "Kitefolk"])
    assert track.details == {"album_id": "a", "disc_number": 1, "track_number": 3}
    # The page of a list has neither codes nor label, and must not erase them.
    assert "label" not in parse_albums(own("spotify_albums.json"))[0].details


def test_an_artist_is_found_by_its_exact_name() -> None:
    def found(*names: str) -> dict[str, Any]:
        return {"artists": {"items": [{"id": str(place), "name": name} for place, name in enumerate(names)]}}

    assert parse_search(found("Tides Tribute", "TIDES"), "Tides").external_id == "1"
    for names in (("Tides Tribute",), ("Tides", "tides"), ()):
        with pytest.raises(NoData, match="exactly this name"):
            parse_search(found(*names), "Tides")


def test_a_refresh_does_not_extend_the_authorization() -> None:
    consent = now() + timedelta(days=3)
    old = ProviderTokens("a", "r", now(), consent, ("s",))
    fresh = parse_tokens({"access_token": "b", "expires_in": 3600}, old)
    assert (fresh.refresh_token, fresh.consent_expires_at, fresh.scopes) == ("r", consent, ("s",))
    first = parse_tokens({"access_token": "b", "refresh_token": "r", "expires_in": 3600}, None)
    assert first.consent_expires_at is not None
    assert 179 <= (first.consent_expires_at - now()).days <= 180


def test_no_metrics_are_declared() -> None:
    assert Spotify.metrics == frozenset()


@pytest.mark.parametrize("broken", [{}, {"items": [{}]}, {"items": [{"id": "a"}]}, {"items": "x"}])
def test_missing_fields_break_the_contract(broken: dict[str, Any]) -> None:
    with pytest.raises(ProviderContractBroken):
        parse_albums(broken)


def test_recorded_artists(shared: Path) -> None:
    folder = shared / "data" / "responses-spotify"
    assert parse_artist(body(folder / "bodies", "zmb3_find_artist.json")).display_name == "Pitbull"
    found = [b for _, _, b in answers(folder / "recorded", "artist_find_7Ln80lUS6He07XvHI8qqHH.json")]
    assert parse_artist(found[-1]).display_name == "Arctic Monkeys"
    for _, _, search in answers(folder / "recorded", "artist_search_Arctic*.json"):
        names = [item["name"] for item in search["artists"]["items"]]
        if names.count("Arctic Monkeys") == 1:
            assert parse_search(search, "arctic monkeys").external_id == "7Ln80lUS6He07XvHI8qqHH"


def test_recorded_albums_and_tracks(shared: Path) -> None:
    folder = shared / "data" / "responses-spotify"
    albums = parse_albums(body(folder / "bodies", "java_GetArtistsAlbumsRequest.json"))
    assert albums[0].title == "Heaven (David Guetta & MORTEN Remix)"
    assert albums[0].released_on == date(2019, 8, 23)
    name = "artist_7Ln80lUS6He07XvHI8qqHH_albums_limit_20_offset_0.json"
    for _, _, page in answers(folder / "recorded", name):
        assert len(parse_albums(page)) == 20
    tracks = [parse_track(b, ALBUM) for _, _, b in answers(folder / "recorded", "track_find_*.json") if "name" in b]
    assert tracks
    assert all(track.isrc and len(track.isrc) == 12 for track in tracks)
    floats = body(folder / "bodies", "zmb3_find_track_with_floats.json")
    assert parse_track(floats, ALBUM).title
