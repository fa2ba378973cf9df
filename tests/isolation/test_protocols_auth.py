"""/auth/v1 reveals nothing of another person: neither by ids, nor whether an e-mail is known, nor by mail limits."""

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from arti_core.database import open_transaction
from supabase_local.auth import store
from supabase_local.auth.admin import endpoints as admin_endpoints
from supabase_local.auth.context import AuthContext
from supabase_local.auth.errors import AuthError
from supabase_local.auth.mail import endpoints as mail_endpoints
from supabase_local.auth.mail import requests
from supabase_local.auth.mfa import endpoints as factor_endpoints
from tests.isolation.auth_requests import generated_requests
from tests.isolation.auth_trial import open_auth_comparison
from tests.isolation.conftest import TrialFixture
from tests.isolation.trial import LONG, ComparedRequest

# So many mails that no limit is reached between two requests that are compared.
UNLIMITED = {
    "enable_email_autoconfirm": False,
    "rate_limit_email_sent": 1_000_000,
    "mail_limit_per_installation": 1_000_000,
    "mail_limit_per_address": 1_000_000,
    "mail_limit_per_network": 1_000_000,
}
_BATCH = 10
_BATCHES = 300 if LONG else 15


@pytest.mark.timeout(3600 if LONG else 180)
@pytest.mark.parametrize("trial_fixture", [UNLIMITED], indirect=True)
def test_no_request_reveals_another_person(trial_fixture: TrialFixture) -> None:
    trial = trial_fixture.runner.run(open_auth_comparison(trial_fixture.trial))

    async def send(batch: list[ComparedRequest]) -> None:
        await trial.compare(batch)
        await trial.alternate(batch)
        response = await trial.send(trial.full, ComparedRequest("GET", "/auth/v1/user"), trial.words["own"])
        if response.status_code != 200 or response.json()["id"] != trial.words["own"]:
            trial.record_violation(
                batch[-1], f"or one before it broke the connection: {response.status_code} {response.text}"
            )

    @hypothesis.settings(
        max_examples=_BATCHES,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.lists(generated_requests(), min_size=_BATCH, max_size=_BATCH, unique_by=repr))
    def generated(batch: list[ComparedRequest]) -> None:
        trial_fixture.runner.run(send(batch))

    generated()
    assert trial.wrong == [], f"{len(trial.wrong)} wrong:\n" + "\n".join(trial.wrong[:20])
    assert trial.requests["compared"] + trial.requests["alternated"] >= (6_000 if LONG else 300)


def request_of_every_part(method: str, path: str) -> ComparedRequest:
    """Return a request of a member as the trial makes it. Raises hypothesis.errors.NoSuchExample."""
    return hypothesis.find(
        generated_requests(),
        lambda generated_request: (
            (generated_request.method, generated_request.path, generated_request.principal, generated_request.headers)
            == (method, f"/auth/v1{path}", "member", ())
        ),
        settings=hypothesis.settings(max_examples=20_000, phases=(hypothesis.Phase.generate,)),
    )


@pytest.mark.parametrize("trial_fixture", [UNLIMITED], indirect=True)
def test_the_trial_detects_open_access(trial_fixture: TrialFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verify the test itself: anybody may administer, and a request for a mail reveals whether the address is known."""
    trial = trial_fixture.runner.run(open_auth_comparison(trial_fixture.trial))
    request_mail = requests.request_mail

    async def reveal(context: AuthContext, *, address: str, **options: Any) -> None:
        async with open_transaction(context.pool) as connection:
            if await store.find_user_by_email(connection, address) is None:
                raise AuthError(422, "otp_disabled", "Signups not allowed for otp")
        await request_mail(context, address=address, **options)

    listing = request_of_every_part("GET", "/admin/users")
    recovery = ComparedRequest("POST", "/auth/v1/recover", body={"email": "<foreign_email>"})
    deletion = request_of_every_part("DELETE", "/admin/users/<foreign>")
    trial_fixture.runner.run(trial.compare([listing, recovery, deletion]))
    trial_fixture.runner.run(trial.alternate([listing, recovery]))
    assert trial.wrong == []

    for module in (admin_endpoints, mail_endpoints, factor_endpoints):
        monkeypatch.setattr(module, "need_admin", lambda request: None)
    monkeypatch.setattr(requests, "request_mail", reveal)
    trial_fixture.runner.run(trial.compare([recovery]))
    assert any("with a foreign org (200" in line and "otp_disabled" in line for line in trial.wrong)
    trial_fixture.runner.run(trial.alternate([listing]))
    assert any("returns rows that are not the caller's" in line for line in trial.wrong)
    trial_fixture.runner.run(trial.compare([deletion]))
    assert any("changed foreign rows" in line for line in trial.wrong)
