"""The rule for stale data is the same in Python and in SQL, and counts days where the provider does."""

from datetime import UTC, date, datetime

import asyncpg
import pytest

from arti.metrics.staleness import stale_after_days
from arti.metrics.summary_store import list_tiles
from arti_core import clock
from tests.clock import move_database
from tests.conftest import Database
from tests.factories.observations import insert_value


@pytest.mark.parametrize("terms", ["own", "own_label", "spotify_api", "instagram_api", "youtube_api", "soundcloud_api"])
async def test_python_and_sql_agree(database: Database, terms: str) -> None:
    [row] = await database.as_owner("select private.stale_after_days($1) as days", terms)
    assert row["days"] == stale_after_days(terms)
    [function] = await database.as_owner(
        "select prosrc from pg_proc where oid = 'private.series_figures_by_policies'::regproc",
    )
    assert "private.stale_after_days(line.terms)" in function["prosrc"]


@pytest.mark.parametrize(("hour", "age"), [(7, 4), (9, 5)])
async def test_a_number_gets_older_at_its_providers_midnight(database: Database, hour: int, age: int) -> None:
    """Pacific midnight is at 8 in UTC. A number of 24 February is stale from 1 March on, and no earlier."""
    instant = datetime(2027, 3, 1, hour, tzinfo=UTC)
    await move_database(database.dsn("postgres"), instant - (clock.now() - clock.ahead()))
    [row] = await database.as_owner(
        """with org as (insert into orgs (name) values ('Blue') returning id),
             artist as (insert into artists (org_id, name) select id, 'Mira Sol' from org returning org_id, id),
             made as (insert into series (org_id, artist_id, provider, metric, terms, time_zone)
                      select org_id, id, 'youtube', 'consumption.views', 'youtube_api', 'America/Los_Angeles'
                      from artist returning org_id, artist_id, id)
           select * from made"""
    )
    await insert_value(database, row["org_id"], row["id"], date(2027, 2, 24), 7)
    owner = await asyncpg.connect(database.dsn("supabase_admin"))
    try:
        [tile] = await list_tiles(owner, row["org_id"], row["artist_id"], days=28, spark=1, known_on=None)
    finally:
        await owner.close()
    assert (tile["age_days"], tile["stale"]) == (age, age > 4)
