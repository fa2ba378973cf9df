"""A shared cache in front of the gateway keeps no answer."""

from tests.shared_cache import SharedCache
from tests.supabase_local.conftest import Gateway


async def test_answers_of_the_gateway_are_never_kept(gateway: Gateway) -> None:
    first = await gateway.sign_up("nora@example.test", "correct horse battery")
    second = await gateway.sign_up("ola@example.test", "correct horse battery")
    cache = SharedCache()
    for path in ("/auth/v1/user", "/auth/v1/settings", "/rest/v1/", "/rest/v1/orgs?select=*", "/rest/v1/artists"):
        for session in (first, second):
            headers = {"Authorization": f"Bearer {session['access_token']}"}
            answer = await cache.get(gateway.http, path, headers=headers)
            assert answer.status_code == 200, path
    assert cache.hits == []
