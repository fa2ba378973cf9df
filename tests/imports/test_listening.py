"""Counts of streaming services, by song, place, gender, age, source and segment, and TikTok's videos. Values invented.

No published file of these kinds was found; the columns are those that published parsers read.
"""

from datetime import date

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import Hints, ParsedFile
from tests.conftest import World
from tests.factories.imports import commit_import, count_stored, make_zip, upload_file
from tests.factories.observations import make_artist
from tests.factories.workbooks import make_workbook

Read = set[tuple[str, str, float | None]]


def parse(text: str, name: str = "a.csv", **answers: str) -> tuple[ParsedFile, list[str], str | None]:
    hints = Hints(name, date(2026, 4, 30))
    recognised = recognise_file(text.encode(), hints)
    given = provisional_answers(recognised.questions) | answers
    parsed = parse_file(recognised, given, hints)
    return parsed, [question.key for question in recognised.questions], recognised.with_answers(given).parser.provider


def read(parsed: ParsedFile) -> Read:
    return {(one.metric, one.dimension, one.value) for one in parsed.observations}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country,listeners,streams\nGermany,10,30\nBrazil,5,9\n", {
            ("audience.listeners", "country=DE,period=28day", 10.0),
            ("consumption.streams", "country=DE,period=28day", 30.0),
            ("audience.listeners", "country=BR,period=28day", 5.0),
            ("consumption.streams", "country=BR,period=28day", 9.0)}),
        ("gender,listeners\nFemale,10\nNon-binary,1\nNot specified,2\n", {
            ("audience.listeners", "gender=female,period=28day", 10.0),
            ("audience.listeners", "gender=other,period=28day", 1.0),
            ("audience.listeners", "gender=unknown,period=28day", 2.0)}),
        ("Alter,Anteil der Hörer\n18-22,12.5 %\n60+,3 %\n", {
            ("audience.listeners_share", "age=18-22,period=28day", 12.5),
            ("audience.listeners_share", "age=60+,period=28day", 3.0)}),
        ("age,gender,listeners\n18-22,Female,4\n18-22,Male,6\n", {
            ("audience.listeners", "age=18-22,gender=female,period=28day", 4.0),
            ("audience.listeners", "age=18-22,gender=male,period=28day", 6.0)}),
        ("country,city,streams,listeners\nDE,Berlin,8,3\n", {
            ("consumption.streams", "city=~Berlin|DE,period=28day", 8.0),
            ("audience.listeners", "city=~Berlin|DE,period=28day", 3.0)}),
    ],
)  # fmt: skip
def test_a_breakdown_asks_for_platform_and_period(text: str, expected: Read) -> None:
    parsed, keys, provider = parse(text, platform="Spotify")
    assert (keys, provider) == (["platform", "period", "period_to"], "spotify")
    assert read(parsed) == expected
    assert {one.observed_on for one in parsed.observations} == {date(2026, 4, 29)}


def test_sources_of_streams_and_segments_are_spotify_s_own() -> None:
    parsed, keys, provider = parse(
        "Source of streams,Streams\nSpotify algorithmic playlists,7\nListeners' own playlists and library,5\nTotal,12\n"
    )
    assert (keys, provider) == (["period", "period_to"], "spotify")
    assert read(parsed) == {
        ("consumption.streams", "period=28day,traffic_source=algorithmic", 7.0),
        ("consumption.streams", "period=28day,traffic_source=library", 5.0),
    }
    assert [(check.total, check.matches) for check in parsed.totals] == [(12.0, True)]
    parsed, keys, provider = parse("date,super listeners,moderate listeners,light listeners\n2026-04-01,3,5,9\n")
    assert (keys, provider) == ([], "spotify")
    assert read(parsed) == {
        ("audience.super_listeners", "", 3.0),
        ("audience.listeners", "audience=moderate", 5.0),
        ("audience.listeners", "audience=light", 9.0),
    }
    parsed, keys, _ = parse("segment,listeners\nSuper listeners,3\nPreviously active listeners,8\n")
    assert read(parsed) == {
        ("audience.listeners", "audience=super,period=28day", 3.0),
        ("audience.listeners", "audience=previously_active,period=28day", 8.0),
    }


def test_songs_of_apple_music() -> None:
    parsed, keys, provider = parse(
        "Song,Plays,Average Daily Listeners,Shazams,Radio Spins,Song Purchases\nNight Drive,120,9,4,1,0\n"
    )
    assert (keys, provider) == (["period", "period_to"], "apple_music")
    assert read(parsed) == {
        ("consumption.streams", "period=28day", 120.0),
        ("audience.listeners", "period=28day", 9.0),
        ("discovery.shazams", "period=28day", 4.0),
    }
    assert [asset.title for asset in parsed.assets.values()] == ["Night Drive"]
    assert "Radio Spins, Song Purchases" in parsed.notes[0]


def test_plays_by_day_ask_for_their_platform() -> None:
    text = "Date,Country,Plays\n2026-04-01,Germany,7\n2026-04-01,France,2\n2026-04-02,Germany,8\n"
    parsed, keys, provider = parse(text, platform="SoundCloud")
    assert (keys, provider) == (["platform"], "soundcloud")
    assert [(one.metric, str(one.observed_on), one.dimension, one.value) for one in parsed.observations] == [
        ("consumption.plays_by_day", "2026-04-01", "country=DE", 7),
        ("consumption.plays_by_day", "2026-04-01", "country=FR", 2),
        ("consumption.plays_by_day", "2026-04-02", "country=DE", 8),
    ]
    parsed, _, provider = parse("Date,Plays,Reposts\n2026-04-01,7,1\n")
    assert (provider, read(parsed)) == ("soundcloud", {("consumption.plays_by_day", "", 7.0)})
    _, _, provider = parse("Date,Song,Streams,Listeners,Voice requests\n2026-04-01,Night Drive,7,5,1\n")
    assert provider == "amazon_music"


async def test_counts_of_a_platform_without_a_connector_are_stored(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "songs.csv", b"Song,Plays,Shazams\nNight Drive,120,4\nDawn,80,1\n")
    done = await commit_import(member, preview, {"period": "7day", "period_to": "2026-03-07"})
    assert done["provider"] == "apple_music"
    assert await count_stored(world, member.org_id, "consumption.streams", "period=7day") == (2, 200.0)


CONTENT = (
    "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views,Average watch time,"
    'Watched full video\n"Teaser, part 1",https://www.tiktok.com/@mira/video/7400000000000000001,2026-03-02 19:05:00,'
    '300,22,15,"5,000",11.5,38%\nGala,https://www.tiktok.com/@mira/photo/7400000000000000002,2026-03-05,1,2,3,400,0:12,5%\n'
)


def test_videos_of_tiktok_are_stored_with_their_totals() -> None:
    parsed, keys, provider = parse(CONTENT, "Content_2026-04-01.csv")
    assert (keys, provider) == (["period_to"], "tiktok")
    totals = {(one.asset_external_id, one.metric): one.value for one in parsed.observations}
    assert totals["7400000000000000001", "consumption.views_total"] == 5000
    assert totals["7400000000000000001", "engagement.shares_total"] == 15
    assert totals["7400000000000000002", "consumption.average_view_seconds"] == 12
    assert [(asset.title, str(asset.released_on)) for asset in parsed.assets.values()] == [
        ("Teaser, part 1", "2026-03-02"),
        ("Gala", "2026-03-05"),
    ]


def test_csv_and_workbook_in_one_zip_of_tiktok() -> None:
    sheet = make_workbook({"Content": [["Video title", "Video link", "Total views"], ["A", "x/video/7400000001", 5]]})
    packed = make_zip(
        {"Content/Content.xlsx": sheet, "Overview.csv": b"Date,Video Views,Profile Views\n2026-03-01,5,1\n"}
    )
    sources = [recognise_file(one.content, Hints(one.name, date(2026, 4, 30))).parser.source
               for one in unpack("tiktok.zip", packed)]  # fmt: skip
    assert sources == ["tiktok_studio.content", "tiktok_studio.overview"]
