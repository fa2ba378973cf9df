"""GoTrue's routes of MFA: /factors, and /admin/users/{id}/factors."""

from starlette.requests import Request
from starlette.responses import Response

from arti.supabase.auth import limits
from arti.supabase.auth.doors import Visit
from arti.supabase.auth.factors import service
from arti.supabase.auth.routes import asker_of, doors_of, need_admin, path_id, route
from arti.supabase.wire import json_answer, read_json


async def enroll(request: Request) -> Response:
    asker, body = asker_of(request), await read_json(request)
    return json_answer(await service.enroll(doors_of(request), asker, body, visit=Visit.of(request)))


async def challenge(request: Request) -> Response:
    asker, factor_id = asker_of(request), path_id(request, "factor_id")
    await limits.take(request, limits.FACTOR)
    return json_answer(await service.challenge(doors_of(request), asker, factor_id, visit=Visit.of(request)))


async def verify(request: Request) -> Response:
    asker, factor_id, body = asker_of(request), path_id(request, "factor_id"), await read_json(request)
    await limits.take(request, limits.FACTOR)
    answer = await service.verify(doors_of(request), asker, factor_id, body, visit=Visit.of(request))
    return json_answer(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


async def unenroll(request: Request) -> Response:
    asker, factor_id = asker_of(request), path_id(request, "factor_id")
    return json_answer(await service.unenroll(doors_of(request), asker, factor_id, visit=Visit.of(request)))


async def admin_list_factors(request: Request) -> Response:
    need_admin(request)
    return json_answer(await service.list_factors_of(doors_of(request), path_id(request, "user_id")))


async def admin_delete_factor(request: Request) -> Response:
    need_admin(request)
    user_id, factor_id = path_id(request, "user_id"), path_id(request, "factor_id")
    return json_answer(await service.delete_factor_of(doors_of(request), user_id, factor_id, visit=Visit.of(request)))


async def admin_update_factor(request: Request) -> Response:
    need_admin(request)
    user_id, factor_id, body = path_id(request, "user_id"), path_id(request, "factor_id"), await read_json(request)
    return json_answer(
        await service.update_factor_of(doors_of(request), user_id, factor_id, body, visit=Visit.of(request))
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
