"""Daily values over REST: read through the view, with what they belong to, and written by nobody."""

from datetime import date
from typing import Any

from arti.jobs import WorkerContext
from arti.vocabulary import Role
from tests.factories.observations import daily_observations, store_observations
from tests.supabase_local.conftest import Gateway

STREAMS = "consumption.streams"


async def test_values_are_read_and_not_written_over_rest(gateway: Gateway, worker_context: WorkerContext) -> None:
    session = await gateway.sign_up("ada@example.test")
    org = await gateway.org("Night Owl")
    await gateway.join(session, org, Role.ADMIN)
    artist = await gateway.artist(org, "Mira Sol")
    await store_observations(
        worker_context, org, artist, daily_observations(STREAMS, date(2026, 3, 2), [5, None, 7, 8])
    )
    person = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    backend = {"apikey": gateway.keys.secret_key}
    for headers in (person, backend):

        async def call(method: str, path: str, json: Any = None, headers: dict[str, str] = headers) -> Any:
            return await gateway.http.request(method, f"/rest/v1/{path}", json=json, headers=headers)

        query = "observations?select=observed_on,value,series(metric,artists(name))&value=gte.7&order=observed_on"
        rows = (await call("GET", query)).json()
        assert [(row["observed_on"], row["value"]) for row in rows] == [("2026-03-01", 7), ("2026-03-02", 8)]
        assert rows[0]["series"] == {"metric": STREAMS, "artists": {"name": "Mira Sol"}}
        query = f"series?select=metric,observations(value)&observations.order=observed_on&org_id=eq.{org}"
        [line] = (await call("GET", query)).json()
        assert [row["value"] for row in line["observations"]] == [5, 7, 8]
        [month] = (await call("GET", f"observation_months?month=eq.2026-03-01&org_id=eq.{org}")).json()
        del month["total"]  # generated
        for table in ("observations", "observation_months", "observation_batches", "observation_revisions"):
            row = month if table == "observation_months" else {"org_id": str(org)}
            for answer in (
                await call("POST", table, row),
                await call("PATCH", f"{table}?org_id=eq.{org}", {"org_id": str(org)}),
                await call("DELETE", f"{table}?org_id=eq.{org}"),
            ):
                refusal = (400, "55000") if table == "observations" else (403, "42501")  # no view that can be written
                assert (answer.status_code, answer.json()["code"]) == refusal, (table, answer.text)
