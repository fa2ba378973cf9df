"""REST returns a tenant nothing of another: generated requests, two tenants in turn, one connection, some cut short."""

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.isolation.conftest import TrialFixture
from tests.isolation.rest_requests import generated_requests, read_shape
from tests.isolation.trial import LONG, ComparedRequest, Comparison

_BATCH = 10
_BATCHES = 1_050 if LONG else 52  # each batch is sent twice: compared, then alternated


def run_batches(trial_fixture: TrialFixture, batches: int, *, tables: list[str] | None = None) -> Comparison:
    """Send generated batches, each both ways, and check in between that the one connection still serves its owner."""
    trial = trial_fixture.trial
    shape = trial_fixture.runner.run(read_shape(trial.full.seeded_database.connection))

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
        trial_fixture.runner.run(send(batch))

    generated()
    return trial


@pytest.mark.timeout(3600 if LONG else 180)
def test_no_request_returns_or_changes_foreign_rows(trial_fixture: TrialFixture) -> None:
    trial = run_batches(trial_fixture, _BATCHES)
    assert trial.wrong == [], f"{len(trial.wrong)} wrong:\n" + "\n".join(trial.wrong[:20])
    assert trial.requests["compared"] + trial.requests["alternated"] >= (20_000 if LONG else 1_000)
    assert trial.requests["cancelled"] >= trial.requests["alternated"] / 8


def test_the_trial_detects_an_open_policy(trial_fixture: TrialFixture) -> None:
    """Verify the test itself: one table whose policies allow everyone, on one of the scratch databases."""
    connection = trial_fixture.trial.full.seeded_database.connection
    policies = "select policyname from pg_policies where tablename = 'artists' and cmd in ('SELECT', 'ALL')"
    for policy in trial_fixture.runner.run(connection.fetch(policies)):
        trial_fixture.runner.run(connection.execute(f'alter policy "{policy["policyname"]}" on artists using (true)'))
    trial = run_batches(trial_fixture, 10, tables=["artists"])
    assert any("with a foreign org" in line for line in trial.wrong)
    assert any("returns rows that are not the caller's" in line for line in trial.wrong)
