"""Inside one org too: who may not read a platform sees nothing of its numbers, whatever their role."""

from arti.vocabulary import Role
from tests.conftest import World
from tests.isolation.seeding import SeededOrg, TenantTables


async def test_a_forbidden_platform_returns_no_numbers(world: World) -> None:
    async with TenantTables.of(world.database) as seeded_database:
        org = SeededOrg(seeded_database)
        await org.seed()
        member = await world.member(org.id, Role.MANAGER)
        series = f"/api/artists/{org.id}/series?metric=audience.followers"
        lists = [
            f"/api/artists/{org.id}/assets",
            f"/api/observations?series_id={org.id}",
            "/api/insights",
        ]
        things = [f"/api/insights/{org.id}", f"/api/accounts/{org.id}"]

        async def seen() -> tuple[list[int], list[int]]:
            found = []
            for path in lists:
                answer = await member.http.get(path)
                found.append(len(answer.json().get("items", [])))
            statuses = [(await member.http.get(path)).status_code for path in things]
            return found, statuses

        assert await seen() == ([1, 1, 1], [200, 200])
        await seeded_database.connection.execute(
            "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
            org.id,
            member.user_id,
        )
        assert await seen() == ([0, 0, 0], [404, 404])
        chart = (await member.http.get(series)).json()
        assert not [point for line in chart["series"] for point in line["points"] if point["value"] is not None]
