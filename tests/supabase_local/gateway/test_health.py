"""What /api/health says of the gateway's services while they run."""

import httpx2 as httpx

from arti.api import create_app
from tests.supabase_local.conftest import Gateway


async def test_health_of_auth_rest_and_realtime(gateway: Gateway) -> None:
    app = create_app(gateway.settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://api.test") as client,
    ):
        parts = {part["name"]: part["state"] for part in (await client.get("/api/health")).json()["parts"]}
    assert (parts["sign-in"], parts["rest"], parts["realtime"]) == ("ok", "ok", "ok")
    key = {"apikey": gateway.settings.supabase_publishable_key}
    # Each service refuses the check's request itself; without it the gateway would respond differently.
    response = await gateway.http.post("/realtime/v1/api/broadcast", json={"messages": []}, headers=key)
    assert response.status_code == 422
    assert (await gateway.http.get("/rest/v1/arti_health", headers=key)).json()["code"] == "PGRST205"
