"""The rule for stale data is the same in Python and in SQL."""

import pytest

from arti.metrics.staleness import stale_after_days
from tests.conftest import Database


@pytest.mark.parametrize("terms", ["own", "spotify_api", "instagram_api", "youtube_api", "soundcloud_api"])
async def test_python_and_sql_agree(database: Database, terms: str) -> None:
    [row] = await database.as_owner("select private.stale_after_days($1) as days", terms)
    assert row["days"] == stale_after_days(terms)
    [function] = await database.as_owner(
        "select prosrc from pg_proc where oid = 'private.series_figures'::regproc",
    )
    assert "private.stale_after_days(s.terms)" in function["prosrc"]
