"""The home page: what happened since, what waits for a person, the roster in any order, and who sees what of it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti.language.reader_locale import WeekStart, begin_of_last_week
from arti.vocabulary import Provider, Role
from arti_core import clock
from tests.conftest import Database, Member, World
from tests.factories.insights import record_spike, run_detection, yesterday
from tests.factories.observations import daily_observations, make_artist, store_observations

LISTENERS = "audience.monthly_listeners"
VIEWS = "consumption.views"
PLAYS = "consumption.plays"


async def add_insight(database: Database, org_id: UUID, artist: UUID, title: str, **more: object) -> UUID:
    """Plant an insight about the artist's first series."""
    columns = {"direction": 1, "severity": "notice", "happened_on": yesterday(), "quiet": False} | more
    [row] = await database.as_owner(
        """insert into insights (org_id, artist_id, detector, fingerprint, severity, provider, metric, series_id,
             happened_on, period_from, period_to, title, body, template, narrator, prompt_version, confidence,
             direction, quiet)
           select $1, $2, 'spike', $3, $4, s.provider, s.metric, s.id, $5, $5, $5, $6, '', '{}', 'templates', '1', 0.5,
             $7, $8
           from series s where s.org_id = $1 and s.artist_id = $2 order by s.id limit 1 returning id""",
        *(org_id, artist, uuid4().hex, columns["severity"], columns["happened_on"], title),
        *(columns["direction"], columns["quiet"]),
    )
    return UUID(str(row["id"]))


async def add_numbers(
    context: WorkerContext, org_id: UUID, artist: UUID, metric: str, values: list[float], provider: Provider
) -> None:
    await store_observations(
        context, org_id, artist, daily_observations(metric, yesterday(), values), provider=provider
    )


async def titles(member: Member, **query: str) -> list[str]:
    body = (await member.http.get("/api/home", params=query)).json()
    return [story["title"] for story in body["stories"]]


async def test_falls_come_first_and_no_artist_fills_the_page(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artists = [await make_artist(world.database, member.org_id, name) for name in ("One", "Two", "Three")]
    for artist in artists:
        await add_numbers(worker_context, member.org_id, artist, LISTENERS, [1000.0] * 60, Provider.SPOTIFY)
    add = world.database, member.org_id
    await add_insight(*add, artists[0], "a rise", severity="important")
    await add_insight(*add, artists[1], "a small fall", direction=-1, severity="info")
    await add_insight(*add, artists[1], "a fall", direction=-1)
    await add_insight(*add, artists[1], "a third of Two", severity="important")
    await add_insight(*add, artists[2], "of a backfill", quiet=True, happened_on=yesterday() - timedelta(days=20))
    assert await titles(member, since="week") == ["a fall", "a small fall", "a rise"]


async def test_a_story_has_its_chart_its_parts_and_what_to_check(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    day = await record_spike(worker_context, member.org_id, artist)
    await run_detection(worker_context, member.org_id, artist)
    await world.database.as_owner("update insights set created_at = clock.now()")
    await world.database.as_owner(
        "insert into home_sessions (org_id, user_id, active_at) values ($1, $2, $3)",
        member.org_id,
        member.user_id,
        clock.now() - timedelta(days=9),
    )
    body = (await member.http.get("/api/home", params={"since": "session"})).json()
    [story] = [story for story in body["stories"] if story["detector"] == "spike"]
    values = story["chart"]["values"]
    at = (day - clock.today().fromisoformat(story["chart"]["from"])).days
    assert values[at] == max(value for value in values if value is not None)
    assert story["next_step"]
    assert not story["is_read"]


async def test_last_session_is_the_members_own(world: World) -> None:
    member = await world.member()
    other = await world.member(member.org_id)
    assert (await member.http.put("/api/home/session")).status_code == 204
    assert (await member.http.get("/api/home")).json()["last_session_at"] is None  # it is this session
    await world.database.as_owner(
        "update home_sessions set active_at = clock.now() - interval '10 days' where user_id = $1", member.user_id
    )
    before = (await member.http.get("/api/home")).json()
    assert before["last_session_at"] is not None
    assert before["since_kind"] == "session"  # longer ago than the last Monday
    await member.http.put("/api/home/session")
    assert (await member.http.get("/api/home")).json()["last_session_at"] == before["last_session_at"]
    assert (await other.http.get("/api/home")).json()["last_session_at"] is None


@pytest.mark.parametrize(("week_start", "weekday"), [("monday", 0), ("saturday", 5), ("sunday", 6)])
def test_last_first_day_of_a_week_is_before_today(week_start: WeekStart, weekday: int) -> None:
    for days in range(7):
        today = clock.today() + timedelta(days=days)
        begin = begin_of_last_week(today, week_start)
        assert begin.weekday() == weekday
        assert timedelta(days=1) <= today - begin <= timedelta(days=7)


async def test_home_begins_with_the_first_day_of_the_readers_week(world: World) -> None:
    member = await world.member()

    async def weekday() -> int:
        return datetime.fromisoformat((await member.http.get("/api/home")).json()["since"]).weekday()

    assert await weekday() == 0
    await world.database.as_owner("update orgs set week_start = 'saturday' where id = $1", member.org_id)
    assert await weekday() == 5
    await world.database.as_owner("update users set week_start = 'sunday' where id = $1", member.user_id)
    assert await weekday() == 6


async def test_first_steps_are_shown_until_they_are_done_or_the_org_is_old(
    world: World, worker_context: WorkerContext
) -> None:
    admin = await world.member()

    async def steps(member: Member = admin) -> dict[str, bool]:
        found = (await member.http.get("/api/home")).json()["first_steps"]
        return {step["kind"]: step["done"] for step in found}

    assert await steps() == dict.fromkeys(["artist", "numbers", "story", "channel", "invitation"], False)
    artist = await make_artist(world.database, admin.org_id, "Velvet Harbor")
    answer = await admin.http.post(
        "/api/channels", json={"kind": "email", "name": "Team", "target": {"address": "team@example.test"}}
    )
    assert answer.status_code == 201, answer.text
    assert await steps() == {"artist": True, "numbers": False, "story": False, "channel": True, "invitation": False}

    manager = await world.member(admin.org_id, Role.MANAGER)
    assert await steps() == {"artist": True, "numbers": False, "story": False, "channel": True, "invitation": True}
    assert "invitation" not in await steps(manager)
    assert await steps(await world.member(admin.org_id, Role.CREATOR)) == {}

    await world.database.as_owner(
        "update orgs set created_at = clock.now() - interval '31 days' where id = $1", admin.org_id
    )
    assert await steps() == {}
    await world.database.as_owner("update orgs set created_at = clock.now() where id = $1", admin.org_id)
    await add_numbers(worker_context, admin.org_id, artist, VIEWS, [1, 2], Provider.YOUTUBE)
    assert (await steps())["numbers"]


async def test_what_waits_for_a_person_is_listed_to_who_may_do_it(world: World) -> None:
    admin = await world.member()
    artist = await make_artist(world.database, admin.org_id, "Velvet Harbor")
    await world.database.as_owner(
        """insert into accounts (org_id, artist_id, provider, external_id, display_name, status)
           values ($1, $2, 'youtube', 'UC1', 'Velvet', 'needs_reauth')""",
        admin.org_id,
        artist,
    )
    await world.database.as_owner(
        """insert into deliveries (org_id, kind, recipient, subject, body, payload, status, created_at)
           select $1, 'email', 'a@example.test', 's', 'b', '{}', 'dead', clock.now() - $2 * interval '1 day'
           from unnest($3::int[]) n""",
        admin.org_id,
        2,
        [1, 2],
    )
    await world.database.as_owner(
        """insert into imports (org_id, artist_id, provider, source, content_sha256, file_name, byte_size, status,
             parser_version, committed_at)
           select $1, $2, 'spotify', 'spotify_for_artists.audience_timeline', sha256('x'), 'a.csv', 1, 'committed', '1',
             clock.now() - interval '40 days'""",
        admin.org_id,
        artist,
    )
    needs = {need["kind"]: need for need in (await admin.http.get("/api/home")).json()["needs"]}
    assert (needs["reconnect"]["count"], needs["reconnect"]["artists"][0]["name"]) == (1, "Velvet Harbor")
    assert needs["failed_deliveries"]["count"] == 2
    assert needs["exports_due"]["artist_count"] == 1
    creator = await world.member(admin.org_id, Role.CREATOR)
    kinds = [need["kind"] for need in (await creator.http.get("/api/home")).json()["needs"]]
    assert kinds == ["reconnect"]


@pytest.fixture
async def three(world: World, worker_context: WorkerContext) -> tuple[Member, dict[str, UUID]]:
    """A member and three artists: two with listeners, all with plays as a running total."""
    member = await world.member()
    artists = {name: await make_artist(world.database, member.org_id, name) for name in ("Ash", "Birch", "Cedar")}
    for name, level, gain in (("Ash", 1000.0, 5), ("Birch", 3000.0, 40), ("Cedar", None, 20)):
        if level:
            levels = [level] * 40 + [level * 1.5] * 28
            await add_numbers(worker_context, member.org_id, artists[name], LISTENERS, levels, Provider.SPOTIFY)
        totals = [10_000.0 + gain * day for day in range(70)]
        await add_numbers(worker_context, member.org_id, artists[name], PLAYS, totals, Provider.SOUNDCLOUD)
    return member, artists


async def names(member: Member, **query: str | bool | int) -> list[str]:
    answer = await member.http.get("/api/home/artists", params={key: str(value) for key, value in query.items()})
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_a_column_means_one_thing_and_a_total_shows_its_gain(three: tuple[Member, dict[str, UUID]]) -> None:
    member, _ = three
    body = (await member.http.get("/api/home/artists", params={"days": 28})).json()
    assert [(column["provider"], column["metric"], column["basis"]) for column in body["columns"]] == [
        ("spotify", LISTENERS, "last"),
        ("soundcloud", PLAYS, "gain"),
    ]
    cedar = next(item for item in body["items"] if item["name"] == "Cedar")
    [plays] = cedar["figures"]
    assert (plays["value"], set(plays["spark"])) == (560.0, {20.0})
    assert len(plays["spark"]) == 28
    assert cedar["updated_on"] == yesterday().isoformat()


async def test_the_roster_is_sorted_and_who_has_no_number_comes_last(three: tuple[Member, dict[str, UUID]]) -> None:
    member, _ = three
    assert await names(member) == ["Ash", "Birch", "Cedar"]
    assert await names(member, descending=True) == ["Cedar", "Birch", "Ash"]
    assert await names(member, sort="spotify", descending=True) == ["Birch", "Ash", "Cedar"]
    assert await names(member, sort="spotify") == ["Ash", "Birch", "Cedar"]
    assert await names(member, sort="soundcloud", descending=True) == ["Birch", "Cedar", "Ash"]
    assert set(await names(member, sort="spotify:change")) == {"Ash", "Birch", "Cedar"}
    assert set(await names(member, sort="updated", descending=True)) == {"Ash", "Birch", "Cedar"}
    refused = await member.http.get("/api/home/artists", params={"sort": "password"})
    assert (refused.status_code, refused.json()["field"]) == (422, "sort")


async def test_new_stories_are_counted_until_they_are_read(world: World, three: tuple[Member, dict[str, UUID]]) -> None:
    member, artists = three
    found = await add_insight(world.database, member.org_id, artists["Birch"], "a rise")
    await add_insight(world.database, member.org_id, artists["Cedar"], "old", quiet=True)
    assert await names(member, sort="insights", descending=True) == ["Birch", "Ash", "Cedar"]
    await member.http.put("/api/insight-reads", json={"insight_ids": [str(found)]})
    body = (await member.http.get("/api/home/artists")).json()
    assert [item["unread_insights"] for item in body["items"]] == [0, 0, 0]


async def test_own_artists_groups_tags_and_search(world: World, three: tuple[Member, dict[str, UUID]]) -> None:
    member, artists = three
    assert (await member.http.put(f"/api/artists/{artists['Cedar']}/star")).status_code == 204
    assert await names(member, own=True) == ["Cedar"]
    other = await world.member(member.org_id)
    assert await names(other, own=True) == []
    assert (await member.http.delete(f"/api/artists/{artists['Cedar']}/star")).status_code == 204
    assert await names(member, own=True) == []
    assert (await member.http.put(f"/api/artists/{uuid4()}/star")).status_code == 404
    await member.http.patch(f"/api/artists/{artists['Ash']}", json={"tags": ["Priority"]})
    assert await names(member, tag="priority") == ["Ash"]
    group = (await member.http.post("/api/artist-groups", json={"name": "Trees"})).json()["id"]
    await member.http.put(f"/api/artist-groups/{group}/artists", json={"artist_ids": [str(artists["Birch"])]})
    assert await names(member, group_id=group) == ["Birch"]
    assert await names(member, q="ED") == ["Cedar"]


async def test_a_list_of_artists_limits_the_home_page(world: World, three: tuple[Member, dict[str, UUID]]) -> None:
    admin, artists = three
    await add_insight(world.database, admin.org_id, artists["Birch"], "of Birch")
    await world.database.as_owner("delete from artists where id = $1", artists["Ash"])
    guest = await world.member(admin.org_id, Role.GUEST)
    await world.database.as_owner("delete from member_artists where artist_id = $1", artists["Birch"])
    assert await names(guest) == ["Cedar"]
    assert await titles(guest) == []


async def test_pages_hold_the_whole_roster_once(world: World) -> None:
    member = await world.member()
    await world.database.as_owner(
        "insert into artists (org_id, name) select $1, 'Artist ' || n from generate_series(1, 120) n", member.org_id
    )
    pages = [await names(member, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [50, 50, 20, 0]
    assert len({name for page in pages for name in page}) == 120
