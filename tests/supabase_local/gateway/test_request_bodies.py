"""What the gateway reads of a body, of whom, and what each service answers otherwise."""

from typing import Any
from uuid import uuid4

from arti_core.request_body import ANONYMOUS_BYTES, JSON_BYTES
from tests.supabase_local.conftest import Gateway


async def test_the_gateway_reads_little_of_whoever_is_not_signed_in(gateway: Gateway) -> None:
    """Each service answers in its own format."""
    large: dict[str, Any] = {"email": "a@b.example", "password": "correct horse", "data": {"a": "a" * ANONYMOUS_BYTES}}
    answer = await gateway.http.post("/auth/v1/signup", json=large)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "request_too_large")
    answer = await gateway.http.post("/rest/v1/artists", json=large)
    assert (answer.status_code, answer.json()["code"]) == (413, "PGRST102")
    answer = await gateway.http.post("/realtime/v1/api/broadcast", json=large)
    assert (answer.status_code, list(answer.json())) == (413, ["message"])
    session = await gateway.sign_up("nora@example.test")
    signed_in = {"Authorization": f"Bearer {session['access_token']}"}
    updated = await gateway.http.put("/auth/v1/user", json={"data": large["data"]}, headers=signed_in)
    assert (updated.status_code, updated.json()["error_code"]) == (422, "validation_failed")  # it was read
    for size, status in ((JSON_BYTES // 2, 201), (JSON_BYTES, 413)):
        rows = [{"name": "a", "org_id": str(uuid4()), "notes": "a" * size}]
        answer = await gateway.http.post("/rest/v1/artists", json=rows, headers=signed_in)
        assert (answer.status_code == 413) is (status == 413), answer.text
