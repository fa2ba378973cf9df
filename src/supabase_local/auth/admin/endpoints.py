"""GoTrue's routes for administrators: /admin/users and /admin/audit (admin.go, audit.go)."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from supabase_local.auth.admin import service
from supabase_local.auth.context import ClientInfo
from supabase_local.auth.errors import bad_request
from supabase_local.auth.middleware import context_of, need_admin, path_id, route
from supabase_local.gateway.json_io import json_answer, read_json


async def list_users(request: Request) -> Response:
    need_admin(request)
    page, per_page = _number(request, "page", 1), min(_number(request, "per_page", 50), 1000)
    users, total = await service.list_users(
        context_of(request), text=request.query_params.get("filter", "")[:255], page=page, per_page=per_page
    )
    headers = _paging_headers(request, page=page, per_page=per_page, total=total)
    return json_answer({"users": users, "aud": "authenticated"}, headers=headers)


async def list_audit(request: Request) -> Response:
    need_admin(request)
    page, per_page = _number(request, "page", 1), min(_number(request, "per_page", 50), 1000)
    entries, total = await service.list_audit(context_of(request), page=page, per_page=per_page)
    return json_answer(entries, headers=_paging_headers(request, page=page, per_page=per_page, total=total))


async def create_user(request: Request) -> Response:
    need_admin(request)
    return json_answer(
        await service.create_user(context_of(request), await read_json(request), client_info=ClientInfo.of(request))
    )


async def get_user(request: Request) -> Response:
    need_admin(request)
    return json_answer(await service.get_user(context_of(request), path_id(request, "user_id")))


async def update_user(request: Request) -> Response:
    need_admin(request)
    body = await read_json(request)
    return json_answer(
        await service.update_user(
            context_of(request), path_id(request, "user_id"), body, client_info=ClientInfo.of(request)
        )
    )


async def delete_user(request: Request) -> Response:
    need_admin(request)
    soft = (await read_json(request)).get("should_soft_delete") is True
    await service.delete_user(
        context_of(request), path_id(request, "user_id"), soft=soft, client_info=ClientInfo.of(request)
    )
    return json_answer({})


def _paging_headers(request: Request, *, page: int, per_page: int, total: int) -> dict[str, str]:
    """Return upstream's. `page` comes first: clients read the number behind the first equals sign of a link."""
    last = -(-total // per_page)
    rels = ([(page + 1, "next")] if page < last else []) + [(last, "last")]
    parameters = sorted((name, value) for name, value in request.query_params.items() if name != "page")
    links = [f'<{request.url.path}?{urlencode([("page", number), *parameters])}>; rel="{rel}"' for number, rel in rels]
    return {"X-Total-Count": str(total), "Link": ", ".join(links)}


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 7 or not 1 <= int(text) <= 1_000_000:
        raise bad_request("validation_failed", f"Bad Pagination Parameters: {name} must be a positive number")
    return int(text)


ROUTES = [
    route("/admin/users", "GET", list_users),
    route("/admin/users", "POST", create_user),
    route("/admin/users/{user_id}", "GET", get_user),
    route("/admin/users/{user_id}", "PUT", update_user),
    route("/admin/users/{user_id}", "DELETE", delete_user),
    route("/admin/audit", "GET", list_audit),
]
