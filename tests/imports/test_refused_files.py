"""Files that could not be imported are kept as long as the org says."""

from typing import Any

from arti.vocabulary import Role
from arti_core.retention import delete_past_retention
from tests.conftest import World
from tests.factories.imports import upload_file
from tests.factories.observations import make_artist

UNKNOWN = b"a,b\n1,2\n"
TIMELINE = b"date,listeners,streams\n2026-03-01,5,50\n"


async def count_files(world: World, org_id: Any) -> tuple[int, int]:
    [row] = await world.database.as_owner(
        """select (select count(*) from files where org_id = $1) as files,
             (select count(*) from private.file_pieces where org_id = $1) as pieces""",
        org_id,
    )
    return row["files"], row["pieces"]


async def age_files(world: World, org_id: Any, days: int) -> None:
    await world.database.as_owner(
        "update files set created_at = clock.now() - make_interval(days => $2) where org_id = $1", org_id, days
    )


async def test_a_refused_file_goes_when_the_org_says_so_and_others_stay(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    artist = await make_artist(world.database, admin.org_id)
    [refused] = await upload_file(admin, artist, "x.csv", UNKNOWN)
    [kept] = await upload_file(admin, artist, "a.csv", TIMELINE)
    assert (refused["status"], kept["status"]) == ("refused", "previewed")
    path = "/api/orgs/current/retention"
    assert (await admin.http.get(path)).json() == {"refused_file_days": 30}
    pool = await world.database.pool("arti_worker")
    await age_files(world, admin.org_id, 29)
    await delete_past_retention(pool)
    assert await count_files(world, admin.org_id) == (2, 2)
    answer = await admin.http.put(path, json={"refused_file_days": 7})
    assert (answer.status_code, (await admin.http.get(path)).json()) == (200, {"refused_file_days": 7})
    await delete_past_retention(pool)
    assert await count_files(world, admin.org_id) == (1, 1)
    await pool.close()
    # The import says still why, and can be removed; the other one can be committed.
    shown = (await admin.http.get(f"/api/imports/{refused['id']}")).json()
    assert (shown["status"], bool(shown["refusal"])) == ("refused", True)
    assert (await admin.http.delete(f"/api/imports/{refused['id']}")).status_code == 204
    done = await admin.http.post(f"/api/imports/{kept['id']}/commit", json={"options": {}})
    assert done.status_code == 200


async def test_the_default_is_thirty_days(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    artist = await make_artist(world.database, admin.org_id)
    await upload_file(admin, artist, "x.csv", UNKNOWN)
    await age_files(world, admin.org_id, 31)
    pool = await world.database.pool("arti_worker")
    await delete_past_retention(pool)
    await pool.close()
    assert await count_files(world, admin.org_id) == (0, 0)


async def test_only_an_admin_changes_it(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    manager = await world.member(admin.org_id, Role.MANAGER)
    path = "/api/orgs/current/retention"
    assert (await manager.http.put(path, json={"refused_file_days": 1})).status_code == 403
    assert (await manager.http.get(path)).json() == {"refused_file_days": 30}
    assert (await admin.http.put(path, json={"refused_file_days": -1})).status_code == 422
