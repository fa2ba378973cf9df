"""/auth/v1 tells nobody of another person: neither by ids, nor whether an e-mail is known, nor by mail limits."""

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from arti.base.database import open_transaction
from arti.supabase.auth import endpoints, mail_endpoints, mail_requests, store
from arti.supabase.auth.doors import AuthDoors
from arti.supabase.auth.errors import AuthError
from arti.supabase.auth.factors import endpoints as factor_endpoints
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


def generated_ask(method: str, path: str) -> Ask:
    """Return a request of a member as the trial makes it. Raises hypothesis.errors.NoSuchExample."""
    return hypothesis.find(
        asks(),
        lambda ask: (ask.method, ask.path, ask.caller, ask.headers) == (method, f"/auth/v1{path}", "member", ()),
        settings=hypothesis.settings(max_examples=20_000, phases=(hypothesis.Phase.generate,)),
    )


@pytest.mark.parametrize("held", [{"enable_email_autoconfirm": False}], indirect=True)
def test_the_trial_notices_what_is_open(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test: anybody may administer, and who asks for a mail learns whether somebody has the address."""
    trial = held.runner.run(people_of(held.trial))
    write_down = mail_requests.request_mail

    async def tell(doors: AuthDoors, *, address: str, **more: Any) -> None:
        async with open_transaction(doors.pool) as connection:
            if await store.find_user_by_email(connection, address) is None:
                raise AuthError(422, "otp_disabled", "Signups not allowed for otp")
        await write_down(doors, address=address, **more)

    listing = generated_ask("GET", "/admin/users")
    asking = Ask("POST", "/auth/v1/recover", body={"email": "<foreign_email>"})
    deletion = generated_ask("DELETE", "/admin/users/<foreign>")
    held.runner.run(trial.compare([listing, asking, deletion]))
    held.runner.run(trial.alternate([listing, asking]))
    assert trial.wrong == []

    for module in (endpoints, mail_endpoints, factor_endpoints):
        monkeypatch.setattr(module, "need_admin", lambda request: None)
    monkeypatch.setattr(mail_requests, "request_mail", tell)
    held.runner.run(trial.compare([asking]))
    assert any("with a foreign org (200" in line and "otp_disabled" in line for line in trial.wrong)
    held.runner.run(trial.alternate([listing]))
    assert any("shows what is not the caller's" in line for line in trial.wrong)
    held.runner.run(trial.compare([deletion]))
    assert any("changed foreign rows" in line for line in trial.wrong)
