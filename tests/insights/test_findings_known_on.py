"""What was found, and what stood beside it, as known on an earlier day: the home page, insights, and the dossier."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from arti.jobs import WorkerContext
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.imports import commit_import, undo_import, upload_file
from tests.factories.insights import STREAMS, run_detection, weekly_series, with_spike, yesterday
from tests.factories.observations import backdate, daily_observations, make_artist, store_observations
from tests.insights.test_unusual_streams import BURST, DAYS, made

PLAYLISTS = "title,author,listeners,streams,date_added\n"


async def read(member: Member, path: str, known_on: date | None = None, **query: str) -> Any:
    answer = await member.http.get(path, params=query | ({"known_on": str(known_on)} if known_on else {}))
    assert answer.status_code == 200, answer.text
    return answer.json() if "json" in answer.headers["content-type"] else answer.text


async def test_insights_are_those_that_had_been_found_with_the_chart_of_then(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    last = today() - timedelta(days=3)
    values = with_spike(weekly_series(120))
    await store_observations(worker_context, member.org_id, artist, daily_observations(STREAMS, last, values))
    await run_detection(worker_context, member.org_id, artist)
    await backdate(world.database, member.org_id, 1)
    await world.database.as_owner("update insights set created_at = created_at - interval '1 day', quiet = false")
    [insight] = (await read(member, "/api/insights"))["items"]
    path = f"/api/insights/{insight['id']}"
    before = await read(member, path)
    [story] = (await read(member, "/api/home", since="week"))["stories"]

    usual = weekly_series(120)[-6]
    restated = daily_observations(STREAMS, last - timedelta(days=5), [usual])
    await store_observations(worker_context, member.org_id, artist, restated)
    await run_detection(worker_context, member.org_id, artist)
    assert (await read(member, "/api/insights"))["items"] == []
    assert (await read(member, "/api/home", since="week"))["stories"] == []
    now = await read(member, path)
    assert (now["status"], now["chart"] == before["chart"]) == ("withdrawn", False)

    then, earlier = yesterday(), yesterday() - timedelta(days=1)
    [listed] = (await read(member, "/api/insights", then))["items"]
    [shown] = (await read(member, "/api/home", then))["stories"]
    for found, as_found in ((listed, insight), (shown, story), (await read(member, path, then), before)):
        assert (found["id"], found["title"], found["chart"]) == (as_found["id"], as_found["title"], as_found["chart"])
    assert (await read(member, "/api/insights", today()))["items"] == []
    assert (await read(member, "/api/home", today()))["stories"] == []
    assert (await read(member, "/api/insights", earlier))["items"] == []
    assert (await read(member, "/api/home", earlier))["stories"] == []
    assert (await member.http.get(path, params={"known_on": str(earlier)})).status_code == 404


async def test_the_home_page_of_a_day_is_of_the_week_before_it(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    await member.http.put("/api/home/session")
    for day in (date(2026, 3, 4), date(2026, 3, 9)):  # a Wednesday, and a Monday
        home = await read(member, "/api/home", day)
        assert (home["since"][:10], home["since_kind"]) == ("2026-03-02", "week")
    assert (await member.http.get("/api/home", params={"known_on": "soon"})).status_code == 422


async def test_columns_of_the_roster_are_those_that_had_numbers(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    last = today() - timedelta(days=20)
    followers = daily_observations("audience.followers", last, [1000.0 + day for day in range(60)])
    await store_observations(worker_context, member.org_id, artist, followers)
    await backdate(world.database, member.org_id, 2)
    before = await read(member, "/api/home/artists")
    listeners = daily_observations("audience.monthly_listeners", last, [500.0] * 60)
    await store_observations(worker_context, member.org_id, artist, listeners)
    now = await read(member, "/api/home/artists")
    assert [column["metric"] for column in now["columns"]] != [column["metric"] for column in before["columns"]]
    assert await read(member, "/api/home/artists", yesterday()) == before
    nothing = await read(member, "/api/home/artists", today() - timedelta(days=5))
    assert (nothing["columns"], nothing["items"][0]["figures"]) == ([], [])


async def test_a_dossier_holds_what_was_known(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Velvet Harbor")
    last = yesterday() - timedelta(days=2)
    for one in made(streams=5):
        values = [None if value != value else float(value) for value in one.values]
        rows = daily_observations(one.about.metric, last, values)
        await store_observations(worker_context, member.org_id, artist, rows)
    period = {"period": "28day", "period_to": str(last - timedelta(days=4))}
    imports = []
    for name, text in (
        ("playlists.csv", PLAYLISTS + '"Radio","Spotify",8,50,n/a\n'),
        ("cities.csv", "country,city,count\nDE,Munich,70\nDE,Berlin,60\n"),
    ):
        [preview] = await upload_file(member, artist, name, text.encode())
        imports.append(await commit_import(member, preview, period))
    await run_detection(worker_context, member.org_id, artist)
    [insight] = [one for one in (await read(member, "/api/insights"))["items"] if one["detector"] == "unusual_streams"]
    path = f"/api/insights/{insight['id']}/dossier.csv"
    before = await read(member, path)
    assert ("playlist Radio" in before, "city Munich" in before, before.count(",yes,")) == (True, True, len(BURST))

    # Two days later a day is restated, both files are undone, and others take their place.
    await backdate(world.database, member.org_id, 2)
    for change in (
        "update playlist_snapshots set created_at = created_at - interval '2 days'",
        "update insights set created_at = created_at - interval '2 days'",
    ):
        await world.database.as_owner(change)
    burst = last - timedelta(days=DAYS - 1 - BURST[0])
    restated = daily_observations(STREAMS, burst, [1_234.0])
    await store_observations(worker_context, member.org_id, artist, restated)
    for committed in imports:
        await undo_import(member, committed["id"])
    for name, text in (
        ("playlists-2.csv", PLAYLISTS + '"Mixes","Spotify",3,9,n/a\n'),
        ("cities-2.csv", "country,city,count\nDE,Munich,71\nDE,Hamburg,11\n"),
    ):
        [preview] = await upload_file(member, artist, name, text.encode())
        await commit_import(member, preview, period)

    now = await read(member, path)
    assert ("playlist Radio" in now, "playlist Mixes" in now, "1234" in now, "Hamburg" in now) == (False, *[True] * 3)
    assert await read(member, path, today()) == now
    assert await read(member, path, yesterday()) == before
    # Before anything was known there is nothing, and nothing was worth checking.
    assert list(csv.DictReader(io.StringIO(await read(member, path, today() - timedelta(days=4))))) == []
    await world.database.as_owner("update insights set created_at = created_at + interval '2 days'")
    unfound = await read(member, path, yesterday())
    assert unfound == before.replace(",yes,", ",,")
