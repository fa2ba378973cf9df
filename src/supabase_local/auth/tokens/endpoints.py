"""POST /token: one function for each grant (GoTrue's token.go)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from supabase_local.auth import rate_limits
from supabase_local.auth.errors import bad_request, unprocessable
from supabase_local.auth.middleware import route
from supabase_local.auth.tokens.id_token_grant import id_token_grant
from supabase_local.auth.tokens.password_grant import password_grant
from supabase_local.auth.tokens.pkce import pkce_grant
from supabase_local.auth.tokens.refresh_token_grant import refresh_token_grant
from supabase_local.gateway.json_io import json_answer, read_json

Grant: TypeAlias = Callable[[Request, Mapping[str, Any]], Awaitable[dict[str, Any]]]


async def web3_grant(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse, as upstream does where the provider is off."""
    raise unprocessable("web3_provider_disabled", "Web3 provider is disabled")


_GRANTS: Mapping[str, Grant] = {
    "password": password_grant,
    "refresh_token": refresh_token_grant,
    "pkce": pkce_grant,
    "id_token": id_token_grant,
    "web3": web3_grant,
}


async def token(request: Request) -> Response:
    body = await read_json(request)
    await rate_limits.take(request, rate_limits.TOKEN)
    grant = _GRANTS.get(request.query_params.get("grant_type", ""))
    if grant is None:
        raise bad_request("invalid_credentials", "unsupported_grant_type")
    return json_answer(await grant(request, body), headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


ROUTES = [route("/token", "POST", token)]
