"""What the demo's accounts bring: one song on several platforms, a feature of the roster, a compilation, cities."""

from uuid import UUID

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from tests.conftest import World
from tests.connections.conftest import SimulatorControl, connect, connected, make_artist
from tests.job_runner import run_due_jobs


async def test_the_demos_accounts_bring_songs_on_several_platforms_a_feature_and_a_compilation(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    featured = await make_artist(world, member, "Mara Quill")
    artist = (await connected(world, member, Provider.SPOTIFY, "Static Bloom"))["artist_id"]
    for provider in (Provider.SOUNDCLOUD, Provider.YOUTUBE):
        await connect(world, member, provider, UUID(artist), "Static Bloom")
    await run_due_jobs(worker_context)
    query = {"limit": 100}
    songs = (await member.http.get(f"/api/artists/{artist}/recordings", params=query)).json()["items"]
    on_three = [song for song in songs if len({asset["provider"] for asset in song["assets"]}) == 3]
    assert len(on_three) > len(songs) / 2
    shared = (await member.http.get(f"/api/artists/{featured}/recordings", params=query)).json()["items"]
    assert shared
    assert {song["id"] for song in shared} <= {song["id"] for song in songs}
    assert {(credit["name"], credit["role"]) for song in shared for credit in song["credits"]} == {
        ("Static Bloom", "main"),
        ("Mara Quill", "featured"),
    }
    releases = (await member.http.get("/api/releases", params=query | {"artist_id": artist})).json()["items"]
    [compilation] = [release for release in releases if release["kind"] == "compilation"]
    tracks = (await member.http.get(f"/api/releases/{compilation['id']}")).json()["tracks"]
    # Its songs are those of other releases.
    elsewhere = {song["id"] for song in songs if {"single", "album"} & {each["kind"] for each in song["releases"]}}
    assert len(tracks) > 1
    assert {track["recording_id"] for track in tracks} <= elsewhere
