"""Artists, assets, the metric catalogue, and the rows behind a number."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider, Role
from arti_core import clock
from tests.conftest import World
from tests.factories.observations import daily_observations, make_artist, store_observations

YESTERDAY = clock.today() - timedelta(days=1)  # the last day that is over


async def test_artist_is_created_updated_and_deleted(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    created = await member.http.post("/api/artists", json={"name": "  Mira Sol ", "genres": ["indie"], "country": "NL"})
    assert (created.status_code, created.json()["name"], created.json()["headline"]) == (201, "Mira Sol", [])
    artist = created.json()["id"]
    again = await member.http.post("/api/artists", json={"name": "mira sol"})
    assert (again.status_code, again.json()["field"]) == (409, "name")
    changed = await member.http.patch(f"/api/artists/{artist}", json={"country": None, "genres": ["folk", "pop"]})
    assert (changed.json()["country"], changed.json()["genres"], changed.json()["name"]) == (
        None,
        ["folk", "pop"],
        "Mira Sol",
    )
    refused = await member.http.patch(f"/api/artists/{artist}", json={"name": None})
    assert (refused.status_code, refused.json()["field"]) == (422, "name")
    assert (await member.http.delete(f"/api/artists/{artist}")).status_code == 204
    assert (await member.http.get(f"/api/artists/{artist}")).status_code == 404
    entries = await world.database.as_owner(
        "select action from audit_log where subject_id = $1 order by created_at", artist
    )
    assert [entry["action"] for entry in entries] == ["artist.created", "artist.updated", "artist.deleted"]


async def test_artist_with_a_connected_account_cannot_be_deleted(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await world.database.as_owner(
        """insert into accounts (org_id, artist_id, provider, external_id, display_name)
           values ($1, $2, 'youtube', 'UC1', 'Mira Sol')""",
        member.org_id,
        artist,
    )
    refused = await member.http.delete(f"/api/artists/{artist}")
    assert refused.status_code == 409
    assert "youtube" in refused.json()["message"]
    assert (await member.http.get(f"/api/artists/{artist}")).json()["accounts"] == [
        {"provider": "youtube", "status": "active"}
    ]


async def test_roster_is_searched_and_paged_by_name(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    for name in ("Beta", "alpha", "Gamma", "delta", "alphaville"):
        await make_artist(world.database, member.org_id, name)
    names, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await member.http.get("/api/artists", params=query)).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["alpha", "alphaville", "Beta", "delta", "Gamma"]
    found = (await member.http.get("/api/artists", params={"q": "ALPHA"})).json()
    assert [item["name"] for item in found["items"]] == ["alpha", "alphaville"]
    # An invalid cursor and a NUL byte in the search are errors of the caller.
    for query in ({"cursor": "zzz"}, {"cursor": "WzEsMl0"}, {"q": "a\x00"}):
        assert (await member.http.get("/api/artists", params=query)).status_code == 422


async def test_headline_has_one_number_for_each_platform(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context,
        member.org_id,
        artist,
        daily_observations("consumption.streams", YESTERDAY, [100] * 28 + [110] * 28),
    )
    await store_observations(
        worker_context, member.org_id, artist, daily_observations("audience.followers", YESTERDAY, [50])
    )
    await store_observations(
        worker_context,
        member.org_id,
        artist,
        daily_observations("audience.followers", YESTERDAY, [900]),
        provider=Provider.SOUNDCLOUD,
    )
    [item] = (await member.http.get("/api/artists")).json()["items"]
    assert [(line["provider"], line["metric"], line["value"], line["change_percent"]) for line in item["headline"]] == [
        ("spotify", "consumption.streams", 3080, 10.0),
        ("soundcloud", "audience.followers", 900, None),
    ]


@pytest.mark.parametrize(("role", "status"), [(Role.CREATOR, 403), (Role.ANALYST, 403), (Role.MANAGER, 201)])
async def test_adding_an_artist_requires_a_role(world: World, role: Role, status: int) -> None:
    member = await world.member(role=role)
    assert (await member.http.post("/api/artists", json={"name": "Mira Sol"})).status_code == status


async def test_assets_have_their_numbers_and_are_sorted(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    tracks = [
        AssetRecord(f"t{number}", "track", f"Song {number}", released_on=date(2026, 1, 1) + timedelta(days=number))
        for number in range(5)
    ]
    observations = [
        Observation("consumption.streams", YESTERDAY, number * 10, asset_external_id=f"t{number}")
        for number in range(4)
    ]
    observations += [
        Observation("consumption.streams", YESTERDAY, 5000, asset_external_id="t0", dimension="period=lifetime"),
        # A value of one country is not the value of the song.
        Observation("consumption.streams", YESTERDAY, 9999, asset_external_id="t1", dimension="country=NL"),
    ]
    await store_observations(worker_context, member.org_id, artist, observations, tracks)
    titles, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await member.http.get(f"/api/artists/{artist}/assets", params=query)).json()
        titles += [(item["title"], [(v["period"], v["value"]) for v in item["values"]]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert titles == [
        ("Song 0", [("lifetime", 5000), ("28 days", 0)]),
        ("Song 3", [("28 days", 30)]),
        ("Song 2", [("28 days", 20)]),
        ("Song 1", [("28 days", 10)]),
        ("Song 4", []),
    ]
    for sort, first in (("released", "Song 4"), ("title", "Song 0")):
        page = (await member.http.get(f"/api/artists/{artist}/assets", params={"sort": sort})).json()
        assert page["items"][0]["title"] == first
    videos = await member.http.get(f"/api/artists/{artist}/assets", params={"kind": "video"})
    assert videos.json() == {"items": [], "next_cursor": None}


async def test_catalogue_has_units_and_definitions(world: World) -> None:
    member = await world.member()
    entries = {entry["slug"]: entry for entry in (await member.http.get("/api/metrics")).json()["items"]}
    assert entries["audience.listeners"]["aggregation"] == "mean"
    views = entries["consumption.views"]["definitions"]
    assert [(d["provider"], d["since_on"], d["version"], d["scope"], d["continued_as"]) for d in views] == [
        ("instagram", "2025-04-21", 2, ["all"], None),
        ("youtube", "2025-03-31", 2, ["short", "video"], "consumption.engaged_views"),
        ("youtube", "2026-08-24", 3, ["all"], "consumption.engaged_views"),
    ]
    assert all(d["old_meaning"] and d["new_meaning"] and d["source_url"] and d["announced_on"] for d in views)
    [coming] = entries["reach.unique"]["definitions"]
    assert (coming["since_on"], coming["version"]) == (None, None)
    assert {slug for slug, entry in entries.items() if not entry["can_fall"]} == {
        "consumption.plays",
        "consumption.three_second_views_total",
        "consumption.views_total",
        "engagement.shares_total",
    }


async def test_observations_have_sources_and_revisions(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context, member.org_id, artist, daily_observations("consumption.streams", YESTERDAY, [1, 2, 3])
    )
    await store_observations(
        worker_context, member.org_id, artist, [Observation("consumption.streams", YESTERDAY, 4, source_row=7)]
    )
    [series] = (await member.http.get(f"/api/artists/{artist}/series")).json()["series"]
    query = {"series_id": series["series_id"], "limit": 2}
    first = (await member.http.get("/api/observations", params=query)).json()
    second = (await member.http.get("/api/observations", params=query | {"cursor": first["next_cursor"]})).json()
    rows = first["items"] + second["items"]
    assert [(row["value"], len(row["revisions"])) for row in rows] == [(1, 0), (2, 0), (4, 1)]
    assert (rows[2]["revisions"][0]["value"], rows[2]["source"]["kind"], rows[2]["source"]["row"]) == (3, "sync", 7)
    assert second["next_cursor"] is None
    foreign_member = await world.member()
    for id in (series["series_id"], uuid4()):
        assert (await foreign_member.http.get("/api/observations", params={"series_id": str(id)})).status_code == 404
