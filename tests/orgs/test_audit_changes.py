"""What is edited or removed shows in the audit log by name, with the old and the new value."""

from datetime import timedelta
from typing import Any

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import daily_observations, make_artist, store_observations


async def details_of(member: Member, action: str) -> dict[str, Any]:
    entries = (await member.http.get("/api/audit")).json()["items"]
    return next(entry["details"] for entry in entries if entry["action"] == action)


async def send(member: Member, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    response = await member.http.request(method, path, json=body)
    assert response.is_success, response.text
    return response.json() if response.content else None


async def test_an_artist_is_edited_and_a_tag_deleted(world: World) -> None:
    admin = await world.member()
    artist = await send(admin, "POST", "/api/artists", {"name": "Moth", "tags": ["priority"]})
    path = f"/api/artists/{artist['id']}"
    await send(admin, "PATCH", path, {"name": "Moth & Co", "country": None, "tags": ["priority", "tour"]})
    assert await details_of(admin, "artist.updated") == {
        "name": "Moth",
        "changes": {
            "name": {"from": "Moth", "to": "Moth & Co"},
            "tags": {"from": ["priority"], "to": ["priority", "tour"]},
        },
    }
    tags = (await send(admin, "GET", "/api/tags"))["items"]
    await send(admin, "DELETE", f"/api/tags/{next(tag['id'] for tag in tags if tag['name'] == 'tour')}")
    assert await details_of(admin, "tag.deleted") == {"name": "tour"}


async def test_a_song_and_a_release_are_edited(world: World) -> None:
    admin = await world.member()
    song = await send(admin, "POST", "/api/recordings", {"title": "Halo", "credits": [{"name": "Moth"}]})
    await send(admin, "PATCH", f"/api/recordings/{song['id']}", {"title": "Halo II", "released_on": "2026-11-06"})
    assert await details_of(admin, "recording.updated") == {
        "title": "Halo",
        "changes": {"title": {"from": "Halo", "to": "Halo II"}, "released_on": {"from": None, "to": "2026-11-06"}},
    }
    credits = {"credits": [{"name": "Moth"}, {"name": "Nilo", "role": "producer"}]}
    await send(admin, "PUT", f"/api/recordings/{song['id']}/credits", credits)
    assert await details_of(admin, "recording.credited") == {
        "title": "Halo II",
        "changes": {"credits": {"from": ["Moth (main)"], "to": ["Moth (main)", "Nilo (producer)"]}},
    }
    release = await send(admin, "POST", "/api/releases", {"title": "Tides", "credits": [{"name": "Moth"}]})
    path = f"/api/releases/{release['id']}"
    await send(admin, "PATCH", path, {"kind": "ep", "title": "Tides"})
    assert await details_of(admin, "release.updated") == {
        "title": "Tides",
        "changes": {"kind": {"from": None, "to": "ep"}},
    }
    await send(admin, "PUT", f"{path}/tracks", {"tracks": [{"position": 1, "recording_id": song["id"]}]})
    assert await details_of(admin, "release.tracks_changed") == {
        "title": "Tides",
        "changes": {"tracks": {"from": [], "to": ["Halo II"]}},
    }


async def test_sources_rules_and_the_calendar(world: World) -> None:
    admin = await world.member()
    source = await send(admin, "POST", "/api/sources", {"name": "Linkfire", "cadence": "week"})
    await send(admin, "PATCH", f"/api/sources/{source['slug']}", {"cadence": "day", "note": ""})
    assert await details_of(admin, "source.changed") == {
        "name": "Linkfire",
        "changes": {"cadence": {"from": "week", "to": "day"}},
    }
    channel = await send(
        admin, "POST", "/api/channels", {"kind": "email", "name": "Team", "target": {"address": "a@example.test"}}
    )
    rule_body = {"name": "Falls", "event_type": "insight.created", "channel_id": channel["id"]}
    rule = await send(admin, "POST", "/api/rules", rule_body)
    await send(admin, "PATCH", f"/api/rules/{rule['id']}", {"name": "All falls", "enabled": True})
    assert await details_of(admin, "rule.changed") == {
        "name": "Falls",
        "changes": {"name": {"from": "Falls", "to": "All falls"}},
    }
    await send(admin, "PATCH", f"/api/channels/{channel['id']}", {"enabled": False})
    changed = await details_of(admin, "channel.changed")
    assert (changed["name"], changed["changes"]) == ("Team", {"enabled": {"from": True, "to": False}})
    await send(admin, "DELETE", f"/api/rules/{rule['id']}")
    await send(admin, "DELETE", f"/api/channels/{channel['id']}")
    assert await details_of(admin, "rule.deleted") == {"name": "All falls"}
    assert await details_of(admin, "channel.deleted") == {"name": "Team"}
    show = {"kind": "show", "title": "Berlin", "starts_on": "2026-11-06"}
    entry = await send(admin, "POST", "/api/calendar", show)
    assert await details_of(admin, "calendar_entry.created") == {"title": "Berlin", "kind": "show"}
    await send(admin, "PATCH", f"/api/calendar/{entry['id']}", {"starts_on": "2026-11-07"})
    assert await details_of(admin, "calendar_entry.updated") == {
        "title": "Berlin",
        "changes": {"starts_on": {"from": "2026-11-06", "to": "2026-11-07"}},
    }
    await send(admin, "DELETE", f"/api/calendar/{entry['id']}")
    assert await details_of(admin, "calendar_entry.deleted") == {"title": "Berlin"}


async def test_a_campaign_is_edited_and_its_money_stays_out_of_the_log(
    world: World, worker_context: WorkerContext
) -> None:
    admin = await world.member()
    artist = await make_artist(world.database, admin.org_id)
    streams = daily_observations("consumption.streams", today() - timedelta(days=1), [100.0] * 40)
    await store_observations(worker_context, admin.org_id, artist, streams, provider=Provider.SPOTIFY)
    new = {
        "artist_id": str(artist),
        "name": "Autumn",
        "goal_metric": "consumption.streams",
        "goal_provider": "spotify",
        "currency": "EUR",
        "budget_minor": 5000,
        "starts_on": str(today() - timedelta(days=20)),
        "ends_on": str(today() - timedelta(days=5)),
    }
    campaign = await send(admin, "POST", "/api/campaigns", new)
    await send(admin, "PATCH", f"/api/campaigns/{campaign['id']}", {"name": "Late autumn", "budget_minor": 9000})
    assert await details_of(admin, "campaign.updated") == {
        "name": "Autumn",
        "changes": {"name": {"from": "Autumn", "to": "Late autumn"}},
        "fields": ["budget_minor"],
    }
    costs = f"/api/campaigns/{campaign['id']}/costs"
    cost = await send(admin, "POST", costs, {"spent_on": new["starts_on"], "amount_minor": 4100})
    about = {"name": "Late autumn", "spent_on": new["starts_on"]}
    assert await details_of(admin, "campaign.cost_added") == about
    await send(admin, "PUT", f"{costs}/{cost['id']}", {"spent_on": new["starts_on"], "amount_minor": 4200})
    assert await details_of(admin, "campaign.cost_changed") == about
    await send(admin, "DELETE", f"{costs}/{cost['id']}")
    assert await details_of(admin, "campaign.cost_removed") == {"name": "Late autumn"}
    await send(admin, "DELETE", f"/api/campaigns/{campaign['id']}")
    assert await details_of(admin, "campaign.deleted") == {"name": "Late autumn"}


async def test_documents_and_how_often_exports_are_due_are_in_the_log(world: World) -> None:
    admin = await world.member()
    new = {"title": "Release plan", "kind": "note", "body": "The single comes in May."}
    document = await send(admin, "POST", "/api/documents", new)
    assert await details_of(admin, "document.added") == {"title": "Release plan", "kind": "note"}
    await send(admin, "DELETE", f"/api/documents/{document['id']}")
    assert await details_of(admin, "document.deleted") == {"title": "Release plan"}
    await send(admin, "PUT", "/api/update-desk/cadences/spotify.audience", {"every_days": 7})
    assert await details_of(admin, "export_cadence.changed") == {"export": "spotify.audience", "every_days": 7}
