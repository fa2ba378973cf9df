"""What the gateway refuses is counted for the operator's alerts."""

from arti_core.telemetry.metrics import SECURITY_EVENTS
from arti_core.telemetry.refusals import flush_refusals
from tests.supabase_local.conftest import Gateway


async def test_failed_sign_ins_are_counted_and_written(gateway: Gateway) -> None:
    before = SECURITY_EVENTS.labels("gateway", "failed_sign_in")._value.get()
    await gateway.sign_up("nora@example.test", "correct horse battery")
    for _ in range(2):
        answer = await gateway.http.post(
            "/auth/v1/token?grant_type=password", json={"email": "nora@example.test", "password": "wrong"}
        )
        assert answer.status_code == 400
    assert SECURITY_EVENTS.labels("gateway", "failed_sign_in")._value.get() == before + 2
    pool = await gateway.database.pool("supabase_auth_admin")
    try:
        await flush_refusals(pool)
        await flush_refusals(pool)  # each is written once
    finally:
        await pool.close()
    [row] = await gateway.database.as_owner(
        "select sum(count) as count from private.security_events where kind = 'failed_sign_in'"
    )
    assert row["count"] >= 2
