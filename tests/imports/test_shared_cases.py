"""The inputs of ../shared/cases/imports through HTTP: each has the right result that stands beside it.

What is expected is written down here, from each `expected.md`; a file that no test reads fails the last one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from arti.providers.classification import classify, parse_json
from arti.providers.instagram.metric_support import MetricSupport
from arti.providers.instagram.responses import parse_media_insights
from arti.vocabulary import Provider
from arti_core.http_client import HttpResponse
from tests.conftest import SHARED, World
from tests.factories.imports import commit_import, list_all_rows, upload_file
from tests.factories.observations import make_artist

FOLDER = SHARED / "cases" / "imports"
ANSWERED_BY_CONNECTOR = "11-instagram-post-without-one-metric/responses.json"
PERIOD = {"period": "28day", "period_to": "2026-06-01"}
TIKTOK = "01-tiktok-overview-without-year/Overview_2025-12-29_1767225600_exampleact.csv"


@dataclass(frozen=True, slots=True)
class Expected:
    """The first day, and the values by metric: of a row each, by song or video, then by day; that of the whole is last.

    `asks`: the questions besides the period and the scope.
    """

    first: str
    values: Mapping[str, Sequence[float]]
    asks: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    songs: tuple[str, ...] = ()
    warns: int = 0


AUDIENCE = "audience.listeners", "consumption.streams", "audience.followers"


def audience(first: str, listeners: Sequence[float], streams: Sequence[float], followers: Sequence[float]) -> Expected:
    return Expected(first, dict(zip(AUDIENCE, (listeners, streams, followers), strict=True)))


SIX_DAYS = audience("2026-01-10", range(10, 16), range(20, 32, 2), [100] * 6)
GROUPED = audience("2026-01-01", [1234, 1300], [2345, 980], [10000, 10010])
# Of an export with a row of sums: that of the whole last.
VIDEOS: dict[str, Sequence[float]] = {
    "consumption.views": [900, 600, 1500],
    "consumption.watch_hours": [20.5, 10.125, 30.625],
    "discovery.ctr": [4.5, 3.625, 4.125],
}
EXPECTED: dict[str, Expected] = {
    TIKTOK: Expected(
        "2025-12-29",
        {
            "consumption.views": [210, 190, 240, 305, 280],
            "reach.profile_views": [4, 3, 6, 8, 5],
            "engagement.likes": [11, 9, 12, 21, 17],
            "engagement.comments": [2, 0, -1, 3, 1],
            "engagement.shares": [1, 0, 2, 1, 0],
        },
    ),
    "03-date-and-followers-of-no-named-platform/FollowerHistory.csv": Expected(
        "2026-09-10", {"audience.followers": [12500, 12520, 12534]}, frozenset({"platform"}), {"platform": "TikTok"}
    ),
    "03-date-and-followers-of-no-named-platform/likes-and-shares.csv": Expected(
        "2026-09-10",
        {"engagement.likes": [125, 140], "engagement.shares": [3, 5]},
        frozenset({"platform"}),
        {"platform": "TikTok"},
    ),
    "04-spotify-songs-with-the-artists-own-row/The Example Act-songs-28day.csv": Expected(
        "2026-06-01", {"consumption.streams": [900, 600, 1500]}, songs=("First Light", "Second Wind")
    ),
    "05-decimal-comma-with-three-places/Table data.csv": Expected("2026-06-01", VIDEOS, songs=("One", "Two")),
    "05-decimal-comma-with-three-places/audience-grouped.csv": GROUPED,
    "05-decimal-comma-with-three-places/semicolons-grouped-with-dots.csv": GROUPED,
    "07-days-as-spreadsheets-write-them/us.csv": SIX_DAYS,
    "07-days-as-spreadsheets-write-them/german.csv": SIX_DAYS,
    "07-days-as-spreadsheets-write-them/excel.csv": SIX_DAYS,
    "07-days-as-spreadsheets-write-them/day-first.csv": Expected(
        "2025-06-11", {"consumption.views": range(11, 16)}, frozenset({"platform"}), {"platform": "YouTube"}
    ),
    "07-days-as-spreadsheets-write-them/two-readings.csv": Expected(
        "2026-02-01", {"consumption.streams": [2, 2, 2]}, frozenset({"month_first"}), {"month_first": "2026-02-01"}
    ),
    "09-youtube-studio-in-german/Tabellendaten.csv": Expected(
        "2026-06-01", {**VIDEOS, "money.estimated_revenue_eur": [1.0, 0.5, 1.5]}, songs=("Eins", "Zwei")
    ),
    "09-youtube-studio-in-german/Gesamtwerte.csv": Expected(
        "2025-10-29", {"consumption.views": [700, 800]}, frozenset({"platform"}), {"platform": "YouTube"}
    ),
    "09-youtube-studio-in-german/Diagrammdaten.csv": Expected(
        "2025-10-29", {"consumption.views": [400, 500, 300, 300]}, songs=("Eins", "Zwei")
    ),
    "10-youtube-day-below-zero/Totals.csv": Expected(
        "2026-01-01",
        {"consumption.views": [120, -100, 80]},
        frozenset({"platform"}),
        {"platform": "YouTube"},
        warns=1,
    ),
    "13-a-blank-after-each-comma/The Example Act-audience-timeline.csv": audience(
        "2026-01-01", [1234, 1300], [2345, 2400], [10000, 10010]
    ),
    "14-grand-total-and-preamble/songs-28day.csv": Expected(
        "2026-06-01", {"consumption.streams": [900, 600]}, songs=("First Light", "Second Wind"), warns=1
    ),
    "14-grand-total-and-preamble/with-preamble.csv": audience("2026-05-30", [10, 12], [20, 22], [100, 101]),
    # The row whose id is lost is kept with its title and day, until it is matched.
    "16-a-cell-that-excel-broke/Table data.csv": Expected(
        "2026-06-01", {"consumption.views": [10, 1500, 1510]}, songs=("One", "Two"), warns=1
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
async def test_a_case_has_its_right_result(world: World, shared: Path, name: str) -> None:
    expected, member = EXPECTED[name], await world.member()
    artist = await make_artist(world.database, member.org_id, "The Example Act")
    path = FOLDER / name
    [preview] = await upload_file(member, artist, path.name, path.read_bytes())
    assert preview["status"] == "previewed", preview["refusal"]
    keys = {question["key"] for question in preview["questions"]}
    assert keys - PERIOD.keys() - {"scope"} == expected.asks
    answers = {key: value for key, value in {**PERIOD, "scope": "artist", **expected.answers}.items() if key in keys}
    done = await commit_import(member, preview, answers)
    assert done["status"] == "committed"
    assert (done["summary"]["rejected"], done["summary"]["warnings"]) == (0, expected.warns)
    assert all(check["matches"] for check in done["summary"]["totals_check"])
    found: dict[str, list[float]] = defaultdict(list)
    days: set[date] = set()
    for metric, _, _, day, value, *_ in await list_all_rows(world, member.org_id):
        found[metric].append(value)
        days.add(day)
    assert str(min(days)) == expected.first
    assert {metric: found[metric] for metric in expected.values} == {
        metric: list(values) for metric, values in expected.values.items()
    }
    assert "money.estimated_revenue" not in found  # which is in US dollars
    assets = await world.database.as_owner("select title from assets where org_id = $1 order by 1", member.org_id)
    assert tuple(row["title"] for row in assets) == expected.songs


async def test_a_post_that_lacks_one_metric_keeps_the_others(shared: Path) -> None:
    exchanges = orjson.loads((FOLDER / ANSWERED_BY_CONNECTOR).read_bytes())
    called: list[str] = []

    async def fetch(names: Sequence[str]) -> dict[str, Any]:
        called.append(",".join(names))
        response = next(
            each["response"] for each in exchanges if f"metric={','.join(names)}&" in each["request"]["uri"]
        )
        answer = HttpResponse(response["status"], {}, orjson.dumps(response["body"]))
        if error := classify(Provider.INSTAGRAM, answer, parse_json(answer.body), now=datetime(2026, 5, 5, tzinfo=UTC)):
            raise error
        return dict(response["body"])

    today, names = date(2026, 5, 5), ["views", "shares", "saved"]
    exchanges.append({"request": {"uri": "?metric=views&"}, "response": exchanges[0]["response"]})
    for name, data in zip(names[1:], exchanges[1]["response"]["body"]["data"], strict=True):
        alone = {"status": 200, "body": {"data": [data]}}
        exchanges.append({"request": {"uri": f"?metric={name}&"}, "response": alone})
    support = MetricSupport({}, version="v26.0", today=today)
    found = parse_media_insights(await support.read("REELS", names, fetch), "1", today)
    assert {one.metric: one.value for one in found} == {"engagement.shares_total": 7, "engagement.saves_total": 9}
    assert support.refused == {"v26.0/REELS/views": "2026-05-05"}
    called.clear()
    later = MetricSupport(support.refused, version="v26.0", today=today + timedelta(days=1))
    await later.read("REELS", names, fetch)
    assert called == ["shares,saved"]


def test_each_shared_case_is_read_by_a_test(shared: Path) -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*") if path.name != "expected.md"}
    assert files == {*EXPECTED, ANSWERED_BY_CONNECTOR}
