"""A database from before calendar and money keeps its annotations and budgets, and hides its revenue."""

import shutil
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti_core.migrations import apply_migrations
from local_stack import postgres
from tests.conftest import Database

CALENDAR = "20261129000500"


@pytest.fixture
async def old_database(cluster: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Database]:
    for file in sorted(MIGRATIONS.glob("*.sql")):
        if file.name < CALENDAR:
            shutil.copy(file, tmp_path)
    name = f"old_{uuid4().hex[:8]}"
    await postgres.prepare_database(cluster, name)
    database = Database(cluster, name)
    await apply_migrations(database.dsn("postgres"), tmp_path)
    yield database
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_annotations_budgets_and_revenue_are_carried_over(old_database: Database) -> None:
    org, artist, annotation = uuid4(), uuid4(), uuid4()
    await old_database.run_script(
        f"""insert into orgs (id, name) values ('{org}', 'Org');
            insert into artists (org_id, id, name) values ('{org}', '{artist}', 'Artist');
            insert into annotations (org_id, id, artist_id, occurred_on, kind, title, url)
              values ('{org}', '{annotation}', '{artist}', '2026-03-01', 'show', 'Club show', 'https://show.test/');
            insert into campaigns
                (org_id, artist_id, name, goal_metric, goal_provider, goal_target, budget_minor, currency,
                 starts_on, ends_on)
              values ('{org}', '{artist}', 'With', 'consumption.streams', 'spotify', 70, 5000, 'EUR', '2026-01-01',
                      '2026-01-02'),
                     ('{org}', '{artist}', 'Without', 'consumption.streams', 'spotify', null, null, null, '2026-01-01',
                      '2026-01-02');
            insert into series (org_id, artist_id, provider, metric) values
              ('{org}', '{artist}', 'youtube', 'money.estimated_revenue'),
              ('{org}', '{artist}', 'youtube', 'consumption.views')"""
    )
    assert "calendar_entries" in await apply_migrations(old_database.dsn("postgres"), MIGRATIONS)

    [entry] = await old_database.as_owner("select * from calendar_entries where org_id = $1", org)
    assert (entry["id"], entry["artist_id"], entry["starts_on"], entry["ends_on"]) == (
        annotation,
        artist,
        date(2026, 3, 1),
        None,
    )
    assert (entry["kind"], entry["title"], entry["url"]) == ("show", "Club show", "https://show.test/")
    budgets = await old_database.as_owner(
        """select c.name, b.amount_minor from campaign_budgets b
           join campaigns c on c.org_id = b.org_id and c.id = b.campaign_id where b.org_id = $1""",
        org,
    )
    assert [(row["name"], row["amount_minor"]) for row in budgets] == [("With", 5000)]
    targets = await old_database.as_owner(
        """select c.name, t.value from campaign_targets t
           join campaigns c on c.org_id = t.org_id and c.id = t.campaign_id where t.org_id = $1""",
        org,
    )
    assert [(row["name"], row["value"]) for row in targets] == [("With", 70)]
    series = await old_database.as_owner("select metric, is_money from series where org_id = $1 order by metric", org)
    assert [(row["metric"], row["is_money"]) for row in series] == [
        ("consumption.views", False),
        ("money.estimated_revenue", True),
    ]
