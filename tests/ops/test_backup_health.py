"""Health says how backups are: quiet while they are good, degraded with the reason when they are not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arti.ops.backup_health import describe_backup_problem
from tests.conftest import World

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "since": NOW - timedelta(days=90),
    "reported_at": NOW - timedelta(seconds=20),
    "kind": "physical",
    "last_backup_at": NOW - timedelta(hours=25),
    "archived_until": NOW - timedelta(seconds=20),
    "last_error": None,
}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        (
            {"last_backup_at": NOW - timedelta(hours=27)},
            "No good backup for 27 hours. The newest is of 28 Feb 09:00 UTC.",
        ),
        ({"last_backup_at": None}, "There is none."),
        ({"last_backup_at": None, "since": NOW - timedelta(hours=1)}, None),
        ({"last_backup_at": NOW - timedelta(hours=27), "last_error": "The disk is full."}, "The disk is full."),
        ({"reported_at": NOW - timedelta(minutes=6)}, "silent since 01 Mar 11:54 UTC"),
        (
            {"archived_until": NOW - timedelta(minutes=6), "last_error": "No bucket."},
            "behind: a loss would cost them. The last error: No bucket.",
        ),
        ({"archived_until": None}, "behind"),
        ({"archived_until": None, "kind": "logical"}, None),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, Any], problem: str | None) -> None:
    found = describe_backup_problem(GOOD | changed, NOW)
    assert found is None if problem is None else problem in str(found)


async def test_health_is_degraded_without_a_good_backup_for_26_hours(world: World) -> None:
    member = await world.member()

    async def part() -> dict[str, Any]:
        world_health = (await member.http.get("/api/health")).json()
        return next(part for part in world_health["parts"] if part["name"] == "backups")

    await world.database.as_owner("update private.backup_state set since = clock.now() - interval '27 hours'")
    bad = await part()
    assert bad["state"] == "degraded"
    assert bad["detail"].startswith("No good backup for 27 hours. There is none.")
    assert bad["needed"] is False
    anonymous = (await world.anonymous.get("/api/health")).json()
    assert next(part for part in anonymous["parts"] if part["name"] == "backups")["detail"] is None


async def test_where_backups_are_made_elsewhere_nothing_is_missing(world: World) -> None:
    await world.database.as_owner("update private.backup_state set since = clock.now() - interval '27 hours'")
    world.settings.__dict__["arti_backup_url"] = "external"  # settings are frozen
    report = (await world.anonymous.get("/api/health")).json()
    assert next(part for part in report["parts"] if part["name"] == "backups")["state"] == "ok"


@pytest.mark.parametrize(("environment", "state"), [("local", "ok"), ("production", "degraded")])
async def test_without_backups_production_is_degraded(world: World, environment: str, state: str) -> None:
    world.settings.__dict__.update(arti_backup_url="off", arti_environment=environment)
    report = (await world.anonymous.get("/api/health")).json()
    assert next(part for part in report["parts"] if part["name"] == "backups")["state"] == state


@pytest.mark.parametrize("role", ["authenticated", "anon", "arti_worker", "arti_rest", "arti_api"])
async def test_only_the_service_of_backups_reports(world: World, role: str) -> None:
    for function in (
        "private.report_backup(text, timestamptz, timestamptz, text)",
        "private.unshipped_deletions(integer)",
        "private.mark_deletions_shipped(uuid[], interval)",
    ):
        rows = await world.database.as_owner(
            "select has_function_privilege($1, $2::text, 'execute') as may", role, function
        )
        assert rows[0]["may"] is False
        rows = await world.database.as_owner(
            "select has_function_privilege('arti_backup', $1::text, 'execute') as may", function
        )
        assert rows[0]["may"] is True
