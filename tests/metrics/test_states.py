"""What a value is other than a number: hidden, late, too few, below zero, rounded. Never 0."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti.jobs import WorkerContext
from arti.metrics.service import ObservationCounts
from arti.providers.contract import Observation
from arti.providers.states import HIDDEN, LATE, NOT_REPORTED, NULL_REASONS, REMARKS, ROUNDED
from arti_core.migrations import apply_migrations
from local_stack import postgres
from tests.conftest import Database, Member, World
from tests.factories.imports import commit_import, upload_file
from tests.factories.observations import make_artist, store_observations

DAY = date(2026, 3, 2)


async def list_rows(member: Member, artist: UUID, metric: str) -> list[dict[str, Any]]:
    """Return the rows behind the artist's only series of a metric."""
    answer = await member.http.get(
        f"/api/artists/{artist}/series", params={"metric": metric, "from": str(DAY), "to": str(DAY + timedelta(days=9))}
    )
    [series] = answer.json()["series"]
    rows = await member.http.get("/api/observations", params={"series_id": series["series_id"]})
    items: list[dict[str, Any]] = rows.json()["items"]
    return items


async def test_a_state_is_a_code_and_a_sentence(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    observations = [
        Observation("audience.followers", DAY, None, HIDDEN),
        Observation("audience.followers", DAY + timedelta(days=1), 1230, state=ROUNDED),
        Observation("audience.followers", DAY + timedelta(days=2), 7),
    ]
    await store_observations(worker_context, member.org_id, artist, observations)
    hidden, rounded, plain = await list_rows(member, artist, "audience.followers")
    sentence = "The account's owner hides this number."
    assert (hidden["value"], hidden["state"], hidden["null_reason"]) == (None, "hidden", sentence)
    assert (rounded["value"], rounded["state"], rounded["null_reason"]) == (1230, "rounded", None)
    assert rounded["remark"] == "The provider rounds this number."
    assert (plain["value"], plain["state"], plain["null_reason"], plain["remark"]) == (7, None, None, None)
    rest = await world.database.as_owner(
        "select state, null_reason from observations where org_id = $1 order by observed_on", member.org_id
    )
    assert [tuple(row) for row in rest] == [(None, "hidden"), ("rounded", None), (None, None)]


async def test_every_code_has_its_sentence(world: World) -> None:
    for code in NULL_REASONS | REMARKS:
        [row] = await world.database.as_owner("select private.state_sentence($1) as text", code)
        assert row["text"] != code
        assert row["text"].endswith(".")


async def test_a_late_day_is_new_when_it_comes(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)

    async def store(*values: Observation) -> ObservationCounts:
        return await store_observations(worker_context, member.org_id, artist, values)

    late = [Observation("consumption.views", DAY + timedelta(days=n), None, LATE) for n in (0, 1)]
    assert await store(*late) == ObservationCounts(2, 0, 0)
    assert await store(*late) == ObservationCounts(0, 0, 2)
    came = Observation("consumption.views", DAY, 0)
    never = Observation("consumption.views", DAY + timedelta(days=1), None, NOT_REPORTED)
    assert await store(came, never) == ObservationCounts(2, 0, 0)
    rows = await list_rows(member, artist, "consumption.views")
    assert [(row["value"], row["state"], row["revisions"]) for row in rows] == [(0, None, []), (None, NOT_REPORTED, [])]
    assert await store(Observation("consumption.views", DAY, 5)) == ObservationCounts(0, 1, 0)
    rows = await list_rows(member, artist, "consumption.views")
    assert [revision["value"] for revision in rows[0]["revisions"]] == [0]


async def test_a_day_below_zero_is_kept_by_sync_and_import_alike(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    synced, imported = [await make_artist(world.database, member.org_id, name) for name in ("Synced", "Imported")]
    values = (120, -100, 80)
    days = [Observation("consumption.views", DAY + timedelta(days=n), value) for n, value in enumerate(values)]
    await store_observations(worker_context, member.org_id, synced, days)
    rows = "".join(f"{DAY + timedelta(days=n)},{value}\n" for n, value in enumerate(values))
    [preview] = await upload_file(member, imported, "Totals.csv", f"Date,Views\n{rows}".encode())
    [result] = [result for result in preview["row_results"] if result["status"] != "accepted"]
    assert (result["row"], result["status"]) == (2, "warning")
    assert result["reason"] == "column 2: -100 is below zero, and kept"
    await commit_import(member, preview)
    for artist in (synced, imported):
        found = await list_rows(member, artist, "consumption.views")
        assert [(row["value"], row["state"]) for row in found] == [(120, None), (-100, "negative"), (80, None)]
        assert found[1]["remark"].startswith("Below zero")


async def test_people_below_zero_are_refused(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "a.csv", f"date,listeners,streams\n{DAY},-1,5\n".encode())
    assert preview["row_results"][0]["reason"] == "column 2: -1 is below zero"


@pytest.mark.parametrize(
    ("cell", "state"),
    [("—", "not_reported"), ("n/a", "not_reported"), ("<5", "too_few"), ("< 10", "too_few"), ("Hidden", "hidden")],
)
async def test_a_file_says_why_there_is_no_number(world: World, cell: str, state: str) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    content = f"date,listeners,streams\n{DAY},{cell},50\n{DAY + timedelta(days=1)},0,60\n"
    [preview] = await upload_file(member, artist, "a.csv", content.encode())
    assert (preview["summary"]["accepted"], preview["summary"]["observations"]) == (2, 4)
    await commit_import(member, preview)
    rows = await list_rows(member, artist, "audience.listeners")
    assert [(row["value"], row["state"]) for row in rows] == [(None, state), (0, None)]


async def test_reasons_of_former_versions_become_codes(cluster: postgres.Cluster, tmp_path: Path) -> None:
    this = next(MIGRATIONS.glob("*_states.sql"))
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, names in ((old, {}), (new, {this.name})):
        folder.mkdir()
        for file in MIGRATIONS.glob("*.sql"):
            if file.name < this.name or file.name in names:
                shutil.copy(file, folder)
    database = Database(cluster, f"old_{uuid4().hex[:8]}")
    await postgres.prepare_database(cluster, database.name)
    await apply_migrations(database.dsn("postgres"), old)
    org, artist, series = uuid4(), uuid4(), uuid4()
    await database.as_owner("insert into orgs (id, name) values ($1, 'Org')", org)
    await database.as_owner("insert into artists (org_id, id, name) values ($1, $2, 'Artist')", org, artist)
    await database.as_owner(
        """insert into series (org_id, id, artist_id, provider, metric)
           values ($1, $2, $3, 'instagram', 'consumption.views')""",
        *(org, series, artist),
    )
    reasons = ["The cell is empty in the export.", "hidden", "no_data", "not_reported", "unsupported_metric"]
    await database.as_owner(
        """insert into observations (org_id, series_id, observed_on, provider, null_reason, sync_run_id)
           select $1, $2, date '2026-03-01' + place::int, 'instagram', reason, $1
           from unnest($3::text[]) with ordinality as given (reason, place)""",
        *(org, series, reasons),
    )
    await apply_migrations(database.dsn("postgres"), new)
    rows = await database.as_owner("select null_reason from observations where org_id = $1 order by observed_on", org)
    assert [row["null_reason"] for row in rows] == [
        "not_reported",
        "hidden",
        "not_reported",
        "not_reported",
        "unsupported",
    ]
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{database.name}" with (force)')
    await admin.close()
