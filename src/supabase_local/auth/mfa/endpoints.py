"""GoTrue's routes of mfa.go: /factors and /admin/users/{id}/factors."""

from starlette.requests import Request
from starlette.responses import Response

from supabase_local.auth import rate_limits
from supabase_local.auth.context import ClientInfo
from supabase_local.auth.mfa import service
from supabase_local.auth.middleware import context_of, need_admin, path_id, principal_of, route
from supabase_local.gateway.json_io import json_answer, read_json


async def enroll(request: Request) -> Response:
    principal, body = principal_of(request), await read_json(request)
    return json_answer(await service.enroll(context_of(request), principal, body, client_info=ClientInfo.of(request)))


async def challenge(request: Request) -> Response:
    principal, factor_id = principal_of(request), path_id(request, "factor_id")
    await rate_limits.take(request, rate_limits.FACTOR)
    return json_answer(
        await service.challenge(context_of(request), principal, factor_id, client_info=ClientInfo.of(request))
    )


async def verify(request: Request) -> Response:
    principal, factor_id, body = principal_of(request), path_id(request, "factor_id"), await read_json(request)
    await rate_limits.take(request, rate_limits.FACTOR)
    answer = await service.verify(context_of(request), principal, factor_id, body, client_info=ClientInfo.of(request))
    return json_answer(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


async def unenroll(request: Request) -> Response:
    principal, factor_id = principal_of(request), path_id(request, "factor_id")
    return json_answer(
        await service.unenroll(context_of(request), principal, factor_id, client_info=ClientInfo.of(request))
    )


async def admin_list_factors(request: Request) -> Response:
    need_admin(request)
    return json_answer(await service.list_factors_of(context_of(request), path_id(request, "user_id")))


async def admin_delete_factor(request: Request) -> Response:
    need_admin(request)
    user_id, factor_id = path_id(request, "user_id"), path_id(request, "factor_id")
    return json_answer(
        await service.delete_factor_of(context_of(request), user_id, factor_id, client_info=ClientInfo.of(request))
    )


async def admin_update_factor(request: Request) -> Response:
    need_admin(request)
    user_id, factor_id, body = path_id(request, "user_id"), path_id(request, "factor_id"), await read_json(request)
    return json_answer(
        await service.update_factor_of(
            context_of(request), user_id, factor_id, body, client_info=ClientInfo.of(request)
        )
    )


ROUTES = [
    route("/factors", "POST", enroll),
    route("/factors/{factor_id}/challenge", "POST", challenge),
    route("/factors/{factor_id}/verify", "POST", verify),
    route("/factors/{factor_id}", "DELETE", unenroll),
    route("/admin/users/{user_id}/factors", "GET", admin_list_factors),
    route("/admin/users/{user_id}/factors/{factor_id}", "DELETE", admin_delete_factor),
    route("/admin/users/{user_id}/factors/{factor_id}", "PUT", admin_update_factor),
]
