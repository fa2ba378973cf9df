"""An admin sees what the org uses of each quota, counted as it is enforced."""

from arti.vocabulary import Role
from tests.conftest import World
from tests.factories.observations import make_artist


async def test_an_admin_sees_used_and_allowed_with_the_unit(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    other = await world.member(role=Role.ADMIN)
    for name in ("A", "B", "C"):
        await make_artist(world.database, admin.org_id, name)
    await make_artist(world.database, other.org_id, "D")
    body = {"title": "Plan", "kind": "note", "body": "ä" * 100}
    assert (await admin.http.post("/api/documents", json=body)).status_code in (201, 202)
    await world.database.as_owner(
        "insert into private.org_quotas (org_id, resource, allowed) values ($1, 'artists', 4)", admin.org_id
    )
    answer = await admin.http.get("/api/orgs/current/quotas")
    assert answer.status_code == 200, answer.text
    quotas = {row["resource"]: row for row in answer.json()}
    assert quotas["artists"] == {"resource": "artists", "used": 3, "allowed": 4, "unit": "count", "passes": False}
    assert answer.json()[0]["resource"] == "artists", "the fullest first"
    stored = quotas["bytes of documents and files"]
    assert (stored["used"], stored["unit"], stored["allowed"]) == (200, "bytes", 5_368_709_120)
    assert (quotas["unfinished jobs"]["used"], quotas["unfinished jobs"]["passes"]) == (1, True)
    known = await world.database.as_owner("select replace(resource, '_', ' ') as name from private.quotas")
    assert quotas.keys() == {row["name"] for row in known} - {"orgs of a person"}


async def test_only_an_admin_of_the_org_sees_them(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    assert (await manager.http.get("/api/orgs/current/quotas")).status_code == 403
    foreign = await world.member(role=Role.ADMIN)
    answer = await foreign.http.get("/api/orgs/current/quotas", headers={"X-ARTi-Org": str(manager.org_id)})
    assert answer.status_code in (403, 404)
