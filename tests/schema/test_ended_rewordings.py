"""A job that no worker knows any more ends at the update, without a failure."""

from uuid import uuid4

import pytest

from arti import MIGRATIONS
from arti.worker import HANDLERS
from tests.conftest import World

MIGRATION = MIGRATIONS / "20261203021000_ended_rewordings.sql"


@pytest.mark.parametrize("status", ["queued", "running"])
async def test_an_unfinished_rewording_ends(world: World, status: str) -> None:
    org_id, job_id, other_id = await world.org(), uuid4(), uuid4()
    for one, name in ((job_id, "insights.reword"), (other_id, "insights.detect")):
        await world.database.as_owner(
            "insert into jobs (org_id, id, name, status) values ($1, $2, $3, $4)", org_id, one, name, status
        )
    assert "insights.reword" not in HANDLERS
    await world.database.as_owner(MIGRATION.read_text())
    rows = await world.database.as_owner("select id, status, finished_at from jobs where org_id = $1", org_id)
    ends = {row["id"]: (row["status"], row["finished_at"] is not None) for row in rows}
    assert ends == {job_id: ("done", True), other_id: (status, False)}
