"""POST /logout (GoTrue's logout.go)."""

from starlette.requests import Request
from starlette.responses import Response

from arti_core.database import open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import ClientInfo
from supabase_local.auth.errors import bad_request
from supabase_local.auth.middleware import context_of, principal_of
from supabase_local.auth.tokens.sessions import user_of
from supabase_local.auth.users.accounts import audit


async def logout(request: Request) -> Response:
    """End this session (scope `local`), the user's other sessions (`others`), or all of them (`global`)."""
    principal, scope = principal_of(request), request.query_params.get("scope") or "global"
    if scope not in ("global", "local", "others"):
        raise bad_request("validation_failed", f'Unsupported logout scope "{scope}"')
    async with open_transaction(context_of(request).pool, "begin") as connection:
        user, session_id = await user_of(connection, principal)
        if scope == "local":
            await store.delete_session(connection, session_id)
        else:
            await store.delete_sessions(connection, user.id, keep=session_id if scope == "others" else None)
        await audit(connection, user, "logout", ClientInfo.of(request))
    return Response(status_code=204)
