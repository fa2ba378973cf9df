"""REST returns a tenant nothing of another: generated requests, two tenants in turn, one connection, some cut short.

The tenants are members of two orgs, and then of one org, each with a list of artists.
"""

import asyncio

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.isolation.artist_trial import open_artist_comparison
from tests.isolation.conftest import TrialFixture
from tests.isolation.rest_requests import generated_requests, read_shape
from tests.isolation.trial import LONG, ComparedRequest, Comparison

_BATCH = 10
_BATCHES = 1_050 if LONG else 52  # each batch is sent twice: compared, then alternated
_ARTIST_BATCHES = 525 if LONG else 30


def run_batches(
    trial: Comparison, runner: asyncio.Runner, batches: int, *, tables: list[str] | None = None
) -> Comparison:
    """Send generated batches, each both ways, and check in between that the one connection still serves its owner."""
    shape = runner.run(read_shape(trial.full.seeded_database.connection))

    async def send(batch: list[ComparedRequest]) -> None:
        await trial.compare(batch)
        await trial.alternate(batch)
        for principal in ("member", "key"):
            plain = ComparedRequest("GET", "/rest/v1/artists", (("select", "name"),), principal=principal)
            response = await trial.send(trial.full, plain, trial.words["own"])
            if tables is None and (response.status_code != 200 or response.json() != [{"name": trial.words["mark"]}]):
                trial.record_violation(
                    batch[-1], f"or one before it broke the connection: {response.status_code} {response.text}"
                )

    @hypothesis.settings(
        max_examples=batches,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(
        st.lists(generated_requests(shape, tables=tables), min_size=_BATCH, max_size=_BATCH, unique_by=repr)
    )
    def generated(batch: list[ComparedRequest]) -> None:
        runner.run(send(batch))

    generated()
    return trial


async def open_policies(trial: Comparison, table: str, name: str = "%") -> None:
    """Let everyone pass the select policies of a table, on the full side."""
    connection = trial.full.seeded_database.connection
    for policy in await connection.fetch(
        """select policyname from pg_policies
           where tablename = $1 and cmd in ('SELECT', 'ALL') and policyname like $2""",
        table,
        name,
    ):
        await connection.execute(f'alter policy "{policy["policyname"]}" on {table} using (true)')


@pytest.mark.timeout(3600 if LONG else 180)
def test_no_request_returns_or_changes_foreign_rows(trial_fixture: TrialFixture) -> None:
    trial = run_batches(trial_fixture.trial, trial_fixture.runner, _BATCHES)
    assert trial.wrong == [], f"{len(trial.wrong)} wrong:\n" + "\n".join(trial.wrong[:20])
    assert trial.requests["compared"] + trial.requests["alternated"] >= (20_000 if LONG else 1_000)
    assert trial.requests["cancelled"] >= trial.requests["alternated"] / 8


def test_the_trial_detects_an_open_policy(trial_fixture: TrialFixture) -> None:
    """Verify the test itself: one table whose policies allow everyone, on one of the scratch databases."""
    trial_fixture.runner.run(open_policies(trial_fixture.trial, "artists"))
    trial = run_batches(trial_fixture.trial, trial_fixture.runner, 10, tables=["artists"])
    assert any("with a foreign org" in line for line in trial.wrong)
    assert any("returns rows that are not the caller's" in line for line in trial.wrong)


@pytest.mark.timeout(3600 if LONG else 180)
def test_no_request_returns_or_changes_an_artist_off_the_list(trial_fixture: TrialFixture) -> None:
    artists = trial_fixture.runner.run(open_artist_comparison(trial_fixture.trial))
    trial = run_batches(artists, trial_fixture.runner, _ARTIST_BATCHES)
    assert trial.wrong == [], f"{len(trial.wrong)} wrong:\n" + "\n".join(trial.wrong[:20])
    assert trial.requests["compared"] + trial.requests["alternated"] >= (10_000 if LONG else 500)


@pytest.mark.parametrize("table", ["artists", "campaign_costs", "deliveries"])
def test_the_trial_detects_an_artist_policy_that_is_open(trial_fixture: TrialFixture, table: str) -> None:
    """Verify the test itself, for a table of artists, one that hangs on another, one where it may be null."""
    artists = trial_fixture.runner.run(open_artist_comparison(trial_fixture.trial))
    trial_fixture.runner.run(open_policies(artists, table, "visible_artists_only"))
    trial = run_batches(artists, trial_fixture.runner, 6, tables=[table])
    assert any("with a hidden artist" in line for line in trial.wrong)
