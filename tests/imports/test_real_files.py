"""Every real file under ../shared/data is imported with its numbers, or refused by its name.

The expected sums were computed with Python's csv module, without ARTi's code.
"""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import FileRejected, Hints
from tests.conftest import World
from tests.factories.imports import commit_import, count_stored, make_zip, upload_file
from tests.factories.observations import make_artist

PERIOD = {"period": "28day", "period_to": "2026-01-31", "columns": "streams"}
SPOTIFY, YOUTUBE = "exports-spotify-for-artists", "exports-youtube-studio"


class Export(NamedTuple):
    path: str
    source: str
    row_results: tuple[int, int, int]
    metric: str
    dimension: str
    rows: int
    sum: float


REAL_FILES = [
    Export(f"{SPOTIFY}/blue-frog/Blue Frog-audience-timeline.csv", "spotify_for_artists.audience_timeline", (783, 0, 0),
         "consumption.streams", "", 783, 200_988),
    Export(f"{SPOTIFY}/blue-frog/Blue Frog-songs-all.csv", "spotify_for_artists.songs", (29, 0, 0),
         "consumption.streams", "period=28day", 29, 235_444),
    Export(f"{SPOTIFY}/la-ramona/audience.csv", "spotify_for_artists.audience_timeline", (852, 0, 0),
         "audience.listeners", "", 852, 277_515),
    Export(f"{SPOTIFY}/la-ramona/songs.csv", "spotify_for_artists.songs", (23, 0, 0),
         "engagement.saves", "period=28day", 23, 3_179),
    Export(f"{SPOTIFY}/la-ramona/listenersbycity.csv", "spotify_for_artists.cities", (49, 1, 0),
         "audience.listeners", "city=%,period=28day", 50, 3_353),
    Export(f"{SPOTIFY}/la-ramona/playlists.csv", "spotify_for_artists.playlists", (98, 0, 0),
         "consumption.streams", "period=28day", 98, 57_454),
    Export(f"{SPOTIFY}/la-ramona/top_ten_dailystreams.csv", "spotify_for_artists.merged_song_timelines", (487, 0, 0),
         "consumption.streams", "", 5_357, 172_191),
    Export(f"{YOUTUBE}/all-metrics-one-row/Table data.csv", "youtube_studio.table", (1, 0, 0),
         "consumption.watch_hours", "period=28day", 1, 1_763.4329),
    Export(f"{YOUTUBE}/coding-train-geography/Chart data.csv", "youtube_studio.chart", (73_365, 0, 0),
         "consumption.views", "country=%", 73_365, 14_344_009),
    Export(f"{YOUTUBE}/coding-train-geography/Table data.csv", "youtube_studio.table", (202, 0, 0),
         "consumption.watch_hours", "country=%,period=28day", 201, 1_078_604.379),
    Export(f"{YOUTUBE}/coding-train-geography/Totals.csv", "platform.days", (365, 0, 0),
         "consumption.views", "", 365, 15_503_810),
    Export(f"{YOUTUBE}/danger-tv/DangerTV_Content.csv", "youtube_studio.table", (500, 1, 0),
         "money.estimated_revenue", "period=28day", 500, 367_589.755),
    Export(f"{YOUTUBE}/danger-tv/Subscription status_Chart data.csv", "youtube_studio.chart", (730, 0, 0),
         "consumption.views", "subscription=%", 730, 100_325_568),
    Export(f"{YOUTUBE}/danger-tv/Subscription_status.csv", "youtube_studio.table", (3, 0, 0),
         "consumption.views", "period=28day", 1, 100_325_767),
    Export(f"{YOUTUBE}/danger-tv/Viewer_Cities.csv", "youtube_studio.table", (500, 1, 0),
         "consumption.views", "city=%,period=28day", 500, 26_625_986),
    Export(f"{YOUTUBE}/danger-tv/Viewer_gender.csv", "youtube_studio.table", (3, 0, 0),
         "consumption.views_share", "gender=%,period=28day", 3, 99.99),
    Export(f"{YOUTUBE}/danger-tv/viewer_age.csv", "youtube_studio.table", (7, 0, 0),
         "consumption.watch_share", "age=%,period=28day", 7, 100),
    Export(f"{YOUTUBE}/keith-galli/Chart data.csv", "youtube_studio.chart", (420, 0, 0),
         "consumption.views", "traffic_source=%", 420, 489_665),
    Export(f"{YOUTUBE}/keith-galli/Table data.csv", "youtube_studio.table", (16, 0, 0),
         "discovery.impressions", "period=28day,traffic_source=%", 15, 3_279_288),
    Export(f"{YOUTUBE}/keith-galli/Totals.csv", "platform.days", (28, 0, 0),
         "consumption.views", "", 28, 489_680),
    Export(f"{YOUTUBE}/ken-jee-content/Aggregated_Metrics_By_Video.csv", "youtube_studio.table", (224, 0, 0),
         "audience.followers_gained", "period=28day", 224, 130_970 + 229_241),
    Export(f"{YOUTUBE}/tim-a-ghost-content/Chart data.csv", "youtube_studio.chart", (6_802, 0, 0),
         "consumption.engaged_views", "", 6_802, 534),
    Export(f"{YOUTUBE}/tim-a-ghost-content/Table data.csv", "youtube_studio.table", (318, 0, 0),
         "consumption.views", "period=28day", 318, 36_978 + 37_504),
    Export(f"{YOUTUBE}/tim-a-ghost-content/Totals.csv", "youtube_studio.totals", (6_802, 0, 0),
         "consumption.engaged_views", "", 6_802, 26_367),
]  # fmt: skip


def test_every_real_file_is_tested(shared: Path) -> None:
    paths = {str(path.relative_to(shared / "data")) for kind in (SPOTIFY, YOUTUBE)
             for path in (shared / "data" / kind).rglob("*.csv")}  # fmt: skip
    assert paths == {real.path for real in REAL_FILES}


@pytest.mark.parametrize("real", REAL_FILES, ids=[real.path for real in REAL_FILES])
async def test_real_file_is_imported_with_its_numbers(world: World, shared: Path, real: Export) -> None:
    member = await world.member()
    path = shared / "data" / real.path
    artist = await make_artist(world.database, member.org_id, path.parent.name.replace("-", " ").title())
    [preview] = await upload_file(member, artist, path.name, path.read_bytes())
    assert (preview["source"], preview["refusal"], preview["status"]) == (real.source, None, "previewed")
    done = await commit_import(member, preview, PERIOD)
    summary = done["summary"]
    assert (summary["accepted"], summary["warnings"], summary["rejected"]) == real.row_results
    assert summary["recorded"] == {"new": summary["observations"], "restated": 0, "unchanged": 0}
    assert await count_stored(world, member.org_id, real.metric, real.dimension) == (real.rows, real.sum)


def test_unsupported_exports_are_refused_by_name(shared: Path) -> None:
    [path] = (shared / "data").glob("exports-meta-business-suite/*/Top*.csv")
    for member in unpack(path.name, path.read_bytes()):
        with pytest.raises(FileRejected, match="Meta Business Suite summary of content formats"):
            recognise_file(member.content, Hints(path.name, date(2026, 11, 20)))


SERIES = ("Follows", "Reach", "Visits", "Views", "IG", "Interactions", "Viewers")


def test_series_of_meta_equal_an_independent_reading(shared: Path) -> None:
    """Days and sums of each table, read here line by line, without the parsers of the product."""
    tables = 0
    for path in sorted((shared / "data" / "exports-meta-business-suite").glob("*/*.csv")):
        if not path.name.startswith(SERIES):
            continue
        content = path.read_bytes()
        text = content.decode("utf-16" if content.startswith(b"\xff\xfe") else "utf-8-sig")
        expected: list[tuple[int, int]] = []
        for line in text.splitlines():
            if "Primary" in line:
                expected.append((0, 0))
            elif match := re.fullmatch(r'"?(\d{4}-\d\d-\d\d)T[\d:]+"?[,;\t]"?(\d+)"?', line):
                expected[-1] = (expected[-1][0] + 1, expected[-1][1] + int(match[2]))
        members = unpack(path.name, content)
        assert len(members) == len(expected), path
        for member, (days, total) in zip(members, expected, strict=True):
            hints = Hints(path.name, date(2026, 11, 20))
            recognised = recognise_file(member.content, hints)
            parsed = parse_file(recognised, provisional_answers(recognised.questions), hints)
            read = [observation.value for observation in parsed.observations]
            assert (len(read), sum(value or 0 for value in read)) == (days, total), member.name
            assert [question.key for question in recognised.questions] in ([], ["network"]), member.name
            tables += 1
    assert tables == 23


async def test_period_of_a_table_comes_from_the_other_files_of_the_zip(world: World, shared: Path) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    folder = shared / "data" / YOUTUBE / "keith-galli"
    packed = make_zip({f"Traffic source/{path.name}": path.read_bytes() for path in sorted(folder.glob("*.csv"))})
    previews = await upload_file(member, artist, "export.zip", packed)
    by_source = {preview["source"]: preview for preview in previews}
    table = by_source["youtube_studio.table"]
    assert {question["key"]: question["default"] for question in table["questions"]} == {
        "period": "28day",
        "period_to": "2025-03-26",
    }
    checks = {check["column"]: check for check in table["summary"]["totals_check"]}
    assert checks["Views"] == {"column": "Views", "total": 489_680, "sum": 489_665, "matches": True}
    for preview in previews:
        assert (await commit_import(member, preview))["status"] == "committed"
    assert await count_stored(world, member.org_id, "consumption.views", "") == (28, 489_680)
    assert await count_stored(world, member.org_id, "consumption.views", "period=28day") == (1, 489_680)


async def test_merged_timelines_are_matched_to_the_songs_of_the_list(world: World, shared: Path) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    folder = shared / "data" / SPOTIFY / "la-ramona"
    for name in ("songs.csv", "top_ten_dailystreams.csv"):
        [preview] = await upload_file(member, artist, name, (folder / name).read_bytes())
        done = await commit_import(member, preview, PERIOD)
    # Brio is Brío. Two songs are called Se Acabó el Amor, and one title is misspelt: these are stored separately.
    rows = await world.database.as_owner(
        """select a.external_id, sum(o.value) as streams from observations o
           join series s on s.org_id = o.org_id and s.id = o.series_id join assets a on a.id = s.asset_id
           where o.org_id = $1 and s.dimension = '' group by 1""",
        member.org_id,
    )
    streams = {row["external_id"]: row["streams"] for row in rows}
    assert streams["Brío|2017-03-31"] == 48_215
    assert streams["Señorita Ley D|2024-05-17"] == 19_640
    assert streams["Se Acabo el Amor|"] == 15_738
    assert streams["Quier Sentirlo Otra Vez|"] == 4_491
    assert any("Se Acabo el Amor" in note for note in done["summary"]["notes"])
