"""Song, release, artist, label, catalogue: what may be added is added once, and what is left out is listed with why."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti.providers.contract import ArtistCredit, AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import Member, World
from tests.factories.observations import make_artist, store_observations
from tests.music.songs import ISRC, list_songs, sync, track

LAST = clock.today() - timedelta(days=2)
FIRST = LAST - timedelta(days=27)
STREAMS = "consumption.streams"
VIEWS = "consumption.views"
PLAYS = "consumption.plays"
OLD = date(2022, 5, 6)


def days(
    metric: str,
    asset: str,
    value: float,
    *,
    first: date = FIRST,
    last: date = LAST,
    step: float = 0,
    dimension: str = "",
) -> list[Observation]:
    """Return the same value for each day, or one that grows by `step`."""
    count = (last - first).days + 1
    return [
        Observation(metric, first + timedelta(days=n), value + n * step, asset_external_id=asset, dimension=dimension)
        for n in range(count)
    ]


async def rollup(member: Member, scope: str, metric: str, id: object = None, **more: str) -> dict[str, Any]:
    query = {"scope": scope, "metric": metric, **more} | ({"id": str(id)} if id else {})
    answer = await member.http.get("/api/rollups", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def by_platform(body: dict[str, Any]) -> dict[str, Any]:
    return {platform["provider"]: platform["value"] for platform in body["platforms"]}


def reasons(body: dict[str, Any], provider: str) -> dict[str, int]:
    [platform] = [platform for platform in body["platforms"] if platform["provider"] == provider]
    return {group["reason"]: group["count"] for group in platform["refused"]}


async def test_a_track_on_single_album_and_compilation_counts_once(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    albums = [
        AssetRecord(id, "album", title, None, OLD, details={"album_type": kind, "label": label})
        for id, title, kind, label in (
            ("a1", "Halo", "single", "Night Owl"),
            ("a2", "Night Rooms", "album", "Night Owl"),
            ("a3", "Summer Hits", "compilation", "Others"),
        )
    ]
    tracks = [
        *(track(f"t{n}", "Halo", isrc=ISRC, on=OLD, details={"album_id": f"a{n}"}) for n in (1, 2, 3)),
        track("t4", "Ember", on=OLD, details={"album_id": "a2"}),
    ]
    # The platform counts the song once, under one of its tracks.
    numbers = [*days(STREAMS, "t1", 100), *days(STREAMS, "t4", 10)]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [*albums, *tracks], numbers)
    releases = (await member.http.get("/api/releases")).json()["items"]
    ids = {release["title"]: release["id"] for release in releases}
    expected = {"Halo": 2800.0, "Night Rooms": 3080.0, "Summer Hits": 2800.0}
    for title, value in expected.items():
        assert (await rollup(member, "release", STREAMS, ids[title]))["total"] == value
    assert (await rollup(member, "label", STREAMS, "night owl"))["total"] == 3080.0
    assert (await rollup(member, "label", STREAMS, "Others"))["total"] == 2800.0
    assert (await rollup(member, "artist", STREAMS, moth))["total"] == 3080.0
    body = await rollup(member, "catalogue", STREAMS)
    assert (body["total"], body["recordings"], body["unit"], body["basis"]) == (3080.0, 2, "streams", "sum")
    assert body["period"] == {"from": str(FIRST), "to": str(LAST), "days": 28}
    labels = (await member.http.get("/api/labels")).json()["items"]
    assert labels == [{"name": "Night Owl", "releases": 2}, {"name": "Others", "releases": 1}]


async def test_a_feature_counts_for_each_artist_and_once_in_total(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    ines = await make_artist(world.database, member.org_id, "Ines Vale")
    both = (ArtistCredit("Moth"), ArtistCredit("Ines Vale", "featured"), ArtistCredit("Nilo", "producer"))
    nilo = await make_artist(world.database, member.org_id, "Nilo")
    halo = track("t1", "Halo (feat. Ines Vale)", isrc=ISRC, on=OLD, artists=both)
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [halo], days(STREAMS, "t1", 100))
    own = track("t2", "Ember", on=OLD)
    numbers = [*days(STREAMS, "t1", 100), *days(STREAMS, "t2", 10)]
    await sync(worker_context, member.org_id, ines, Provider.SPOTIFY, [halo, own], numbers)
    assert (await rollup(member, "artist", STREAMS, moth))["total"] == 2800.0
    assert (await rollup(member, "artist", STREAMS, ines))["total"] == 3080.0
    assert (await rollup(member, "artist", STREAMS, nilo))["total"] is None
    body = await rollup(member, "catalogue", STREAMS)
    assert (body["total"], reasons(body, "spotify")) == (3080.0, {"counted_once": 1})


async def test_platforms_are_added_only_where_the_metric_means_the_same(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    for provider, metric in ((Provider.YOUTUBE, VIEWS), (Provider.INSTAGRAM, VIEWS)):
        kind = "video" if provider is Provider.YOUTUBE else "sound"
        numbers = [*days(metric, "x", 50), *days("engagement.likes", "x", 2)]
        assets = [track("x", "Halo", isrc=ISRC, on=OLD, kind=kind)]
        await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", isrc=ISRC, on=OLD)])
        await sync(worker_context, member.org_id, moth, provider, assets, numbers)
    views = await rollup(member, "artist", VIEWS, moth)
    assert by_platform(views) == {"instagram": 1400.0, "youtube": 1400.0}
    assert views["total"] is None
    assert "in its own way" in views["total_note"]
    likes = await rollup(member, "artist", "engagement.likes", moth)
    assert (likes["total"], likes["total_note"]) == (112.0, None)


async def test_what_cannot_be_added_is_listed_with_the_reason(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    assets = [
        track(id, title, on=OLD) for id, title in (("t1", "Ash"), ("t2", "Brine"), ("t3", "Cedar"), ("t4", "Dune"))
    ]
    new = track("t5", "Elm", on=LAST - timedelta(days=6))
    numbers = [
        *days(STREAMS, "t1", 100),
        *[one for one in days(STREAMS, "t2", 100) if one.observed_on != FIRST + timedelta(days=9)],
        *days(STREAMS, "t3", 700, first=LAST, dimension="period=7day"),
        *days(STREAMS, "t4", 900, first=LAST, dimension="period=28day"),
        *days(STREAMS, "t5", 10, first=LAST - timedelta(days=6)),  # out for a week: no day is missing
    ]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [*assets, new], numbers)
    body = await rollup(member, "artist", STREAMS, moth)
    assert (body["total"], body["recordings"]) == (2800.0 + 900 + 70, 3)
    assert reasons(body, "spotify") == {"missing_days": 1, "other_period": 1}
    [platform] = body["platforms"]
    missing = next(group for group in platform["refused"] if group["reason"] == "missing_days")
    assert missing["examples"][0]["title"] == "Brine"
    assert missing["sentence"] == "Not every day of the period is reported."
    for metric, words in (("audience.monthly_listeners", "Different people"), ("discovery.ctr", "Ratios")):
        refused = await rollup(member, "artist", metric, moth)
        assert (refused["total"], refused["platforms"]) == (None, [])
        assert words in refused["total_note"]


async def test_a_counter_is_rolled_up_by_its_gain(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    assets = [track(id, title, on=OLD) for id, title in (("1", "Ash"), ("2", "Brine"), ("3", "Cedar"), ("4", "Dune"))]
    before = FIRST - timedelta(days=1)
    numbers = [
        *days(PLAYS, "1", 5000, first=before, step=10),
        *days(PLAYS, "2", 5000, step=10),  # unknown on the day before
        *days(PLAYS, "3", 5000, first=before, step=-10),
        *days(PLAYS, "4", 5000, first=before, last=LAST - timedelta(days=1), step=10),
    ]
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, assets, numbers)
    body = await rollup(member, "artist", PLAYS, moth)
    assert (body["total"], body["basis"], body["unit"]) == (280.0, "gain", "plays")
    assert reasons(body, "soundcloud") == {"no_value_before": 1, "fell": 1, "no_value": 1}


async def test_a_change_of_definition_inside_the_period_is_refused(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    changed = date(2025, 3, 31)
    around = [changed - timedelta(days=10), changed + timedelta(days=10)]
    numbers = days(VIEWS, "y1", 50, first=around[0], last=around[1])
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", isrc=ISRC, on=OLD)])
    video = track("y1", "Halo", isrc=ISRC, on=OLD, kind="video")
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [video], numbers)
    across = await rollup(member, "artist", VIEWS, moth, **{"from": str(around[0]), "to": str(around[1])})
    assert (across["total"], reasons(across, "youtube")) == (None, {"definition_break": 1})
    after = await rollup(member, "artist", VIEWS, moth, **{"from": str(changed), "to": str(around[1])})
    assert after["total"] == 11 * 50.0


async def test_the_api_and_a_file_are_never_added(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", isrc=ISRC, on=OLD)])
    video = track("y1", "Halo", isrc=ISRC, on=OLD, kind="video")
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [video], days(VIEWS, "y1", 50))
    # The same video in a file, by its id and once more by its title.
    for id in ("y1", "Halo|2022"):
        asset = track(id, "Halo", isrc=ISRC, on=OLD, kind="video")
        numbers = days(VIEWS, id, 51)
        await store_observations(
            worker_context, member.org_id, moth, numbers, [asset], provider=Provider.YOUTUBE, terms="own"
        )
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [video])
    body = await rollup(member, "artist", VIEWS, moth)
    assert body["total"] == 1428.0
    assert reasons(body, "youtube") == {"same_number": 2}


async def test_song_lists_show_one_number_of_each_platform(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    halo = track("t1", "Halo", isrc=ISRC, on=OLD)
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [halo], days(STREAMS, "t1", 100))
    numbers = days(PLAYS, "c1", 5000, first=FIRST - timedelta(days=1), step=10)
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, [track("c1", "Halo", isrc=ISRC)], numbers)
    [song] = await list_songs(member, moth)
    shown = [(one["provider"], one["value"], one["unit"], one["basis"]) for one in song["figures"]]
    assert shown == [("soundcloud", 280.0, "plays", "gain"), ("spotify", 2800.0, "streams", "sum")]
    assert song["figures"][1]["period"] == {"from": str(FIRST), "to": str(LAST), "days": 28}
    full = (await member.http.get(f"/api/recordings/{song['id']}")).json()
    assert [(one["provider"], one["metric"]) for one in full["figures"]] == [
        ("soundcloud", PLAYS),
        ("spotify", STREAMS),
    ]
    one = await rollup(member, "recording", STREAMS, song["id"])
    assert (one["total"], len(one["platforms"][0]["series_ids"])) == (2800.0, 1)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"scope": "artist", "metric": STREAMS}, 422),
        ({"scope": "artist", "metric": STREAMS, "id": str(uuid4())}, 404),
        ({"scope": "recording", "metric": STREAMS, "id": str(uuid4())}, 404),
        ({"scope": "release", "metric": STREAMS, "id": "x"}, 404),
        ({"scope": "label", "metric": STREAMS, "id": "Nobody"}, 404),
        ({"scope": "catalogue", "metric": "consumption.unheard"}, 404),
        ({"scope": "planet", "metric": STREAMS}, 422),
    ],
)
async def test_an_unknown_scope_is_refused(world: World, query: dict[str, str], status: int) -> None:
    member = await world.member()
    assert (await member.http.get("/api/rollups", params=query)).status_code == status


async def test_nothing_is_rolled_up_across_orgs(world: World, worker_context: WorkerContext) -> None:
    totals: list[UUID] = []
    for _ in range(2):
        member = await world.member()
        moth = await make_artist(world.database, member.org_id, "Moth")
        halo = track("t1", "Halo", isrc=ISRC, on=OLD)
        await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [halo], days(STREAMS, "t1", 100))
        totals.append((await rollup(member, "catalogue", STREAMS))["total"])
    assert totals == [2800.0, 2800.0]


async def test_a_day_that_is_not_over_is_no_part_of_a_period(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    today = clock.today()
    numbers = days(STREAMS, "t1", 100, last=today)
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", on=OLD)], numbers)
    assert (await rollup(member, "artist", STREAMS, moth))["period"]["to"] == str(today - timedelta(days=1))
    body = await rollup(member, "artist", STREAMS, moth, **{"from": str(FIRST), "to": str(today)})
    assert (body["total"], reasons(body, "spotify")) == (None, {"unfinished": 1})


async def test_a_roll_up_is_read_as_known_on_a_day(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    await sync(
        worker_context, member.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", on=OLD)], days(STREAMS, "t1", 100)
    )
    yesterday = clock.today() - timedelta(days=1)
    period = {"from": str(FIRST), "to": str(LAST)}
    before = await rollup(member, "artist", STREAMS, moth, **period, known_on=str(yesterday))
    now = await rollup(member, "artist", STREAMS, moth, **period, known_on=str(clock.today()))
    assert (before["total"], now["total"]) == (None, 2800.0)
    [song] = await list_songs(member, moth)
    one = await member.http.get(f"/api/recordings/{song['id']}", params={"known_on": str(clock.today())})
    assert [figure["value"] for figure in one.json()["figures"]] == [2800.0]
