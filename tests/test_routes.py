"""Every route says who may use it: a permission, or `@public`."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from arti.orgs.authorization import current_caller
from arti.vocabulary import Permission

# Routes that nobody needs to be signed in for. A new one is added here on purpose, with its reason.
OPEN_TO_ALL = {
    "/healthz": "a load balancer asks",
    "/readyz": "a load balancer asks",
    "/api/health": "the status page; details only for people who are signed in",
    "/api/invitations/lookup": "the token of the mailed link proves who",
    "/api/invitations/sign-up": "the token of the mailed link proves who",
    "/api/invitations/{invitation_id}/decline": "the token of the mailed link proves who, or the address of the caller",
    "/api/subscription": "the sealed link of a mail proves who",
    "/api/message-charts/{token}": "the sealed address in a message is the chart itself",
    "/api/uploads": "the token of the upload link proves who",
    "/api/uploads/link": "the token of the upload link proves who",
    "/api/accounts/callback": "a provider sends the browser back; the state proves who",
    "/webhooks/insight-created": "a machine calls; the signature proves who",
    "/webhooks/{source}": "a machine calls; the signature proves who",
    "/webhooks/meta": "Meta asks whether the address is ours; the verify token proves who",
}

# Not GET, but nothing that belongs to the org is changed by them beyond the caller's own marks.
QUESTIONS = {"ask_permission", "ask_question", "update_mailbox_message"} | {
    *("put_insight_reads", "put_home_session", "star_artist", "unstar_artist"),
    *("put_notification_reads", "put_notification_settings"),
    *("create_view", "replace_view", "delete_view"),
}


@dataclass(frozen=True)
class Known:
    """One route of the running app, wherever its router hangs."""

    path: str
    name: str
    methods: frozenset[str]
    public: bool
    permission: Permission | None
    asks_who: bool


def routes(api: FastAPI) -> list[Known]:
    found = [_known(route) for route in iter_route_contexts(api.routes) if route.path != "/openapi.json"]
    assert len(found) > 40
    return found


def _known(route: RouteContext) -> Known:
    # A plain Starlette route has no dependencies: it carries the mark on its endpoint.
    calls = [route.endpoint, *(dependant.call for dependant in _walk(getattr(route, "dependant", None)))]
    named = (getattr(call, "permission", None) for call in calls)
    permissions = {Permission(name) for name in named if name is not None}
    assert len(permissions) <= 1, route.path
    return Known(
        path=str(route.path),
        name=str(route.name),
        methods=frozenset(route.methods or ()),
        public=getattr(route.endpoint, "public", False),
        permission=permissions.pop() if permissions else None,
        asks_who=current_caller in calls,
    )


def _walk(dependant: Dependant | None) -> Iterator[Dependant]:
    if dependant is None:
        return
    yield dependant
    for inner in dependant.dependencies:
        yield from _walk(inner)


def test_every_route_declares_a_permission_or_is_public(api: FastAPI) -> None:
    assert [route.path for route in routes(api) if route.permission is None and not route.public] == []


def test_no_route_declares_both(api: FastAPI) -> None:
    assert [route.path for route in routes(api) if route.permission and route.public] == []


def test_public_routes_authenticate_or_are_listed(api: FastAPI) -> None:
    anonymous = {route.path for route in routes(api) if route.public and not route.asks_who}
    assert anonymous - OPEN_TO_ALL.keys() == set()


def test_reading_permissions_do_not_write(api: FastAPI) -> None:
    """A route that changes things for a reading permission is a mistake, unless it only answers a question."""
    wrong = [
        (route.path, route.name)
        for route in routes(api)
        if route.permission
        and route.permission.endswith(":read")
        and not route.methods <= {"GET", "HEAD"}
        and route.name not in QUESTIONS
    ]
    assert wrong == []


def test_operation_ids_are_unique_and_every_response_has_a_schema(api: FastAPI) -> None:
    seen: dict[str, str] = {}
    for path, operations in api.openapi()["paths"].items():
        for verb, operation in operations.items():
            assert operation["operationId"] not in seen, f"{verb} {path} and {seen[operation['operationId']]}"
            seen[operation["operationId"]] = f"{verb} {path}"
