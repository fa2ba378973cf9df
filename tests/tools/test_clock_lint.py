"""The lint of the clock: which ways to ask for the real time it finds."""

from pathlib import Path

import pytest

from tools.lints.clock import find_violations

MIGRATION = "supabase/migrations/20261201000000_later.sql"
STEP = "src/supabase_local/bootstrap_sql/90_later.sql"


def _checkout_with(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/arti/a.py", "from datetime import date\nDAY = date.today()"),
        ("src/arti/a.py", "import datetime\nat = datetime.datetime.now(datetime.UTC)"),
        ("src/arti/a.py", "from datetime import datetime\nat = datetime.utcnow()"),
        ("tests/a.py", "import time\nat = time.time()"),
        ("tests/a.py", "import time\nread = time.time_ns"),
        ("tools/a.py", "from time import time"),
        ("bench/a", "#!/usr/bin/env python3\nimport time\nat = time.time()"),
        ("src/arti/a.py", "SQL = 'update jobs set run_at = now()'"),
        ("src/arti/a.py", "SQL = f'select * from {table} where day = current_date - 1'"),
        ("src/arti/a.py", "SQL = 'select pg_catalog.clock_timestamp()'"),
        (MIGRATION, "alter table jobs alter column run_at set default now();"),
        (MIGRATION, "select CURRENT_TIMESTAMP;"),
        (STEP, "select localtimestamp;"),
    ],
)
def test_another_clock_is_found(tmp_path: Path, name: str, text: str) -> None:
    found = find_violations(_checkout_with(tmp_path, name, text))
    assert len(found) == 1
    assert found[0].startswith(f"{name}:")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/arti/a.py", '"""Like now() of PostgreSQL."""\nimport time\nbegan = time.monotonic()'),
        ("src/arti/a.py", "from arti_core import clock\nat, day = clock.now(), clock.today()"),
        ("src/arti/a.py", "SQL = 'select clock.now(), clock.today(), clock.wall_now()'"),
        (MIGRATION, "-- unlike now()\nselect clock.today_in('UTC');"),
        ("supabase/migrations/20261122000100_ground.sql", "select now(), current_date;"),
    ],
)
def test_the_clock_durations_comments_and_frozen_files_pass(tmp_path: Path, name: str, text: str) -> None:
    assert find_violations(_checkout_with(tmp_path, name, text)) == []
