"""Series from before the catalogue of dimensions get the canonical form, and keep their ids."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti.dimensions.text import parse_dimension
from arti_core.migrations import apply_migrations
from local_stack import postgres
from tests.conftest import Database

DIMENSIONS = "20261129000700"
FORMS = {
    "": "",
    "period=28day": "period=28day",
    "country=US": "country=US",
    "period=28day,city=Bogotá, Colombia": "city=~Bogotá%2C Colombia,period=28day",
    "period=28day,city=New York, NY, USA": "city=~New York%2C NY%2C USA,period=28day",
    "period=28day,gender=User-specified": "gender=other,period=28day",
    "period=365day,age=13–17 years": "age=13-17,period=365day",
    "period=365day,age=65+ years": "age=65+,period=365day",
    "subscription_status=Not subscribed": "subscription=not_subscribed",
    "period=28day,traffic_source=Video cards and annotations": "period=28day,traffic_source=card",
    "period=lifetime,song=One, Two = Three": "period=lifetime,song=One%2C Two %3D Three",
    "device=Game console": "device=console",
    "operating_system=iOS": "operating_system=iOS",
}


@pytest.fixture
async def old_database(cluster: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Database]:
    for file in sorted(MIGRATIONS.glob("*.sql")):
        if file.name < DIMENSIONS:
            shutil.copy(file, tmp_path)
    name = f"old_{uuid4().hex[:8]}"
    await postgres.prepare_database(cluster, name)
    database = Database(cluster, name)
    await apply_migrations(database.dsn("postgres"), tmp_path)
    shutil.copy(next(MIGRATIONS.glob(f"{DIMENSIONS}*")), tmp_path)
    yield database
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_dimensions_become_canonical(old_database: Database, tmp_path: Path) -> None:
    org, artist = uuid4(), uuid4()
    await old_database.as_owner("insert into orgs (id, name) values ($1, 'Org')", org)
    await old_database.as_owner("insert into artists (org_id, id, name) values ($1, $2, 'Artist')", org, artist)
    ids = {}
    for form in FORMS:
        [row] = await old_database.as_owner(
            """insert into series (org_id, artist_id, provider, metric, dimension)
               values ($1, $2, 'youtube', 'consumption.views', $3) returning id""",
            *(org, artist, form),
        )
        ids[row["id"]] = FORMS[form]

    await apply_migrations(old_database.dsn("postgres"), tmp_path)

    rows = await old_database.as_owner("select id, dimension from series where org_id = $1", org)
    assert {row["id"]: row["dimension"] for row in rows} == ids
    for form in ids.values():
        parse_dimension(form)
    jobs = await old_database.as_owner("select name from jobs where org_id = $1", org)
    assert [row["name"] for row in jobs] == ["metrics.resolve_places"]
