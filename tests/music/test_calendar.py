"""The calendar over HTTP: entries, pitches with deadline and owner, and what lies in a range of days."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import make_artist


async def add_entry(member: Member, **fields: Any) -> dict[str, Any]:
    answer = await member.http.post("/api/calendar", json=fields)
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


async def list_calendar(member: Member, **query: Any) -> list[dict[str, Any]]:
    answer = await member.http.get("/api/calendar", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def make_everything(world: World, org: UUID, artist: UUID) -> None:
    """A release, a campaign and a video, all in March 2026, by statements of the owner."""
    await world.database.run_script(
        f"""insert into releases (org_id, id, title, kind, released_on)
              values ('{org}', '00000000-0000-4000-8000-000000000001', 'Tidelight', 'single', '2026-03-06');
            insert into credits (org_id, release_id, artist_id, name, role)
              values ('{org}', '00000000-0000-4000-8000-000000000001', '{artist}', 'Mira Sol', 'main');
            insert into releases (org_id, id, title, kind, released_on)
              values ('{org}', '00000000-0000-4000-8000-000000000002', 'Night Owl 10', 'compilation', '2026-03-20');
            insert into recordings (org_id, id, title)
              values ('{org}', '00000000-0000-4000-8000-000000000003', 'Tidelight');
            insert into credits (org_id, recording_id, artist_id, name, role)
              values ('{org}', '00000000-0000-4000-8000-000000000003', '{artist}', 'Mira Sol', 'main');
            insert into release_tracks (org_id, release_id, position, recording_id)
              values ('{org}', '00000000-0000-4000-8000-000000000002', 4, '00000000-0000-4000-8000-000000000003');
            insert into assets (org_id, artist_id, provider, kind, external_id, title, released_on, url, release_id)
              values ('{org}', '{artist}', 'spotify', 'album', 'a1', 'Tidelight', '2026-03-06', 'https://open.test/a1',
                      '00000000-0000-4000-8000-000000000001');
            insert into assets (org_id, artist_id, provider, kind, external_id, title, released_on)
              values ('{org}', '{artist}', 'youtube', 'video', 'v1', 'Tidelight (video)', '2026-03-08'),
                     ('{org}', '{artist}', 'spotify', 'track', 't1', 'no post', '2026-03-08');
            insert into campaigns (org_id, artist_id, name, goal_metric, goal_provider, starts_on, ends_on)
              values ('{org}', '{artist}', 'Release ads', 'consumption.streams', 'spotify', '2026-03-01',
                      '2026-03-14')"""
    )


async def test_a_range_shows_releases_campaigns_posts_shows_and_pitches(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    await make_everything(world, manager.org_id, artist)
    own = {"artist_id": str(artist)}
    await add_entry(manager, **own, kind="show", title="Club show", starts_on="2026-03-10", url="https://show.test/")
    tour = {"kind": "show", "title": "Tour", "starts_on": "2026-02-20", "ends_on": "2026-03-03"}
    await add_entry(manager, **own, **tour)
    await add_entry(manager, **own, kind="note", title="Too early", starts_on="2026-02-01")
    pitch = {"kind": "pitch", "title": "Editorial pitch", "deadline_on": "2026-03-12"}
    await add_entry(manager, **own, **pitch, owner_id=str(manager.user_id))
    await add_entry(manager, kind="press", title="Label of the year", starts_on="2026-03-11")

    shown = await list_calendar(manager, **{"artist_id": artist, "from": "2026-03-01", "to": "2026-03-31"})
    assert [(item["kind"], item["title"], item["starts_on"], item["ends_on"]) for item in shown] == [
        ("show", "Tour", "2026-02-20", "2026-03-03"),
        ("campaign", "Release ads", "2026-03-01", "2026-03-14"),
        ("release", "Tidelight", "2026-03-06", "2026-03-06"),
        ("post", "Tidelight (video)", "2026-03-08", "2026-03-08"),
        ("show", "Club show", "2026-03-10", "2026-03-10"),
        ("pitch", "Editorial pitch", "2026-03-12", "2026-03-12"),
        ("release", "Night Owl 10", "2026-03-20", "2026-03-20"),
    ]
    by_title = {item["title"]: item for item in shown}
    assert by_title["Tidelight"]["url"] == "https://open.test/a1"
    assert by_title["Club show"]["url"] == "https://show.test/"
    assert by_title["Tidelight (video)"]["provider"] == "youtube"
    assert by_title["Editorial pitch"]["owner"]["id"] == str(manager.user_id)
    assert (by_title["Editorial pitch"]["status"], by_title["Editorial pitch"]["deadline_on"]) == ("open", "2026-03-12")
    assert all(item["artists"] == [{"id": str(artist), "name": "Mira Sol"}] for item in shown)

    everything = await list_calendar(manager, **{"from": "2026-03-01", "to": "2026-03-31"})
    assert [item["artists"] for item in everything if item["title"] == "Label of the year"] == [[]]
    some = await list_calendar(manager, **{"from": "2026-03-01", "to": "2026-03-31", "kind": ["show", "pitch"]})
    assert {item["kind"] for item in some} == {"show", "pitch"}


async def test_pages_of_the_calendar(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    for day in ("2026-03-03", "2026-03-01", "2026-03-02", "2026-03-02"):
        await add_entry(manager, title="x", starts_on=day)
    query: dict[str, Any] = {"from": "2026-03-01", "to": "2026-03-31", "limit": 3}
    page = (await manager.http.get("/api/calendar", params=query)).json()
    rest = (await manager.http.get("/api/calendar", params=query | {"cursor": page["next_cursor"]})).json()
    days = [item["starts_on"] for item in page["items"] + rest["items"]]
    assert (days, rest["next_cursor"]) == (["2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03"], None)
    assert (await manager.http.get("/api/calendar", params=query | {"cursor": "x"})).status_code == 422
    assert (
        await manager.http.get("/api/calendar", params={"from": "2026-03-02", "to": "2026-03-01"})
    ).status_code == 422


async def test_a_pitch_has_deadline_owner_and_status(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    foreign_member = await world.member()
    entry = await add_entry(manager, kind="pitch", title="Pitch", deadline_on=str(today() + timedelta(days=10)))
    assert (entry["starts_on"], entry["status"], entry["owner_id"]) == (entry["deadline_on"], "open", None)
    path = f"/api/calendar/{entry['id']}"
    changed = await manager.http.patch(path, json={"status": "sent", "owner_id": str(manager.user_id)})
    assert (changed.status_code, changed.json()["status"]) == (200, "sent")
    assert (await manager.http.get(path)).json() == changed.json()

    foreign = await manager.http.patch(path, json={"owner_id": str(foreign_member.user_id)})
    assert (foreign.status_code, foreign.json()["field"]) == (422, "owner_id")
    for change, field in (({"deadline_on": None}, "deadline_on"), ({"ends_on": "2020-01-01"}, "ends_on")):
        refused = await manager.http.patch(path, json=change)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    for body, field in (
        ({"kind": "pitch", "title": "x", "starts_on": "2026-03-01"}, "deadline_on"),
        ({"kind": "show", "title": "x", "starts_on": "2026-03-01", "status": "open"}, "status"),
        ({"kind": "show", "title": "x"}, "starts_on"),
    ):
        refused = await manager.http.post("/api/calendar", json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert (await foreign_member.http.patch(path, json={"status": "accepted"})).status_code == 404
    assert (await foreign_member.http.delete(path)).status_code == 404
    assert (await manager.http.delete(path)).status_code == 204
    assert (await manager.http.get(path)).status_code == 404


async def test_a_member_who_leaves_owns_nothing_any_more(world: World) -> None:
    admin = await world.member()
    owner = await world.member(admin.org_id, Role.MANAGER)
    entry = await add_entry(admin, kind="pitch", title="x", deadline_on="2026-03-01", owner_id=str(owner.user_id))
    assert (await admin.http.delete(f"/api/admin/users/{owner.user_id}")).status_code == 204
    assert (await admin.http.get(f"/api/calendar/{entry['id']}")).json()["owner_id"] is None


async def test_who_sees_some_artists_sees_their_calendar_only(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    own, other = [await make_artist(world.database, manager.org_id, name) for name in ("Own", "Other")]
    await make_everything(world, manager.org_id, other)
    for artist in (own, other):
        await add_entry(manager, artist_id=str(artist), title=f"of {artist}", starts_on="2026-03-05")
    await add_entry(manager, title="of the label", starts_on="2026-03-05")
    creator = await world.member(manager.org_id, Role.CREATOR)
    await world.database.as_owner(
        "delete from member_artists where user_id = $1 and artist_id = $2", creator.user_id, other
    )
    shown = await list_calendar(creator, **{"from": "2026-03-01", "to": "2026-03-31"})
    assert [item["title"] for item in shown] == [f"of {own}"]
    assert (await creator.http.get("/api/calendar", params={"artist_id": str(other)})).status_code == 404
