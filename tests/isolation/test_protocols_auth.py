"""/auth/v1 tells nobody of another person: neither by ids, nor whether an e-mail is known, nor by mail limits."""

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.isolation.auth_asks import asks
from tests.isolation.conftest import Held
from tests.isolation.people import people_of
from tests.isolation.sides import LONG, Ask

_BATCH = 10
_BATCHES = 300 if LONG else 15


@pytest.mark.timeout(3600 if LONG else 180)
@pytest.mark.parametrize("held", [{"enable_email_autoconfirm": False}], indirect=True)
def test_no_request_tells_of_another_person(held: Held) -> None:
    trial = held.runner.run(people_of(held.trial))

    async def send(batch: list[Ask]) -> None:
        await trial.compare(batch)
        await trial.alternate(batch)
        fresh = await trial.send(trial.full, Ask("GET", "/auth/v1/user"), trial.words["own"])
        if fresh.status_code != 200 or fresh.json()["id"] != trial.words["own"]:
            trial.complain(batch[-1], f"or one before it spoilt the connection: {fresh.status_code} {fresh.text}")

    @hypothesis.settings(
        max_examples=_BATCHES,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.lists(asks(), min_size=_BATCH, max_size=_BATCH, unique_by=repr))
    def generated(batch: list[Ask]) -> None:
        held.runner.run(send(batch))

    generated()
    assert trial.wrong == [], f"{len(trial.wrong)} wrong:\n" + "\n".join(trial.wrong[:20])
    assert trial.asked["compared"] + trial.asked["alternated"] >= (6_000 if LONG else 300)
