"""All simulators in one HTTP application: /<provider>/<real host>/<real path>, and /_simulator/ to control them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from arti_core import clock
from arti_core.errors import ArtiError
from arti_core.request_body import RequestBodyMiddleware
from arti_core.security_headers import SecurityHeadersMiddleware
from provider_simulators import instagram, soundcloud, spotify, youtube
from provider_simulators.consent_page import show_consent
from provider_simulators.faults import DATA_FAULTS, FAULT_KINDS, fault_response
from provider_simulators.providers import SimulatedProvider
from provider_simulators.settings import SimulatorSettings
from provider_simulators.state import Fault, SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import SEED

TokenRoute = Callable[[Request, SimulatorState], Awaitable[Response]]
DataRoute = Callable[[Request, SimulatorState, Grant], Response]
Reader = Callable[[Request, SimulatorState], Grant | Response]

_AUTHORIZE: Final = {
    SimulatedProvider.SPOTIFY: spotify.AUTHORIZE,
    SimulatedProvider.INSTAGRAM: instagram.AUTHORIZE,
    SimulatedProvider.YOUTUBE: youtube.AUTHORIZE,
    SimulatedProvider.SOUNDCLOUD: soundcloud.AUTHORIZE,
}


async def _long_token(request: Request, state: SimulatorState) -> Response:
    return instagram.long_token(request, state)


_TOKENS: Final[tuple[tuple[SimulatedProvider, str, str, TokenRoute], ...]] = (
    (SimulatedProvider.SPOTIFY, "POST", "accounts.spotify.com/api/token", spotify.token),
    (SimulatedProvider.INSTAGRAM, "POST", "api.instagram.com/oauth/access_token", instagram.short_token),
    (SimulatedProvider.INSTAGRAM, "GET", "graph.instagram.com/access_token", _long_token),
    (SimulatedProvider.INSTAGRAM, "GET", "graph.instagram.com/refresh_access_token", _long_token),
    (SimulatedProvider.YOUTUBE, "POST", "oauth2.googleapis.com/token", youtube.token),
    (SimulatedProvider.YOUTUBE, "POST", "oauth2.googleapis.com/revoke", youtube.revoke),
    (SimulatedProvider.SOUNDCLOUD, "POST", "secure.soundcloud.com/oauth/token", soundcloud.token),
    (SimulatedProvider.SOUNDCLOUD, "POST", "secure.soundcloud.com/sign-out", soundcloud.sign_out),
)
_READERS: Final[dict[SimulatedProvider, Reader]] = {
    SimulatedProvider.SPOTIFY: spotify.read_access,
    SimulatedProvider.INSTAGRAM: instagram.read_access,
    SimulatedProvider.YOUTUBE: youtube.read_access,
    SimulatedProvider.SOUNDCLOUD: soundcloud.read_access,
}
_DATA: Final[tuple[tuple[SimulatedProvider, str, DataRoute], ...]] = (
    (SimulatedProvider.SPOTIFY, "api.spotify.com/v1/me", spotify.me),
    (SimulatedProvider.SPOTIFY, "api.spotify.com/v1/search", spotify.search),
    (SimulatedProvider.SPOTIFY, "api.spotify.com/v1/artists/{id}", spotify.artist),
    (SimulatedProvider.SPOTIFY, "api.spotify.com/v1/artists/{id}/albums", spotify.artist_albums),
    (SimulatedProvider.SPOTIFY, "api.spotify.com/v1/albums/{id}", spotify.album),
    (SimulatedProvider.SPOTIFY, "api.spotify.com/v1/albums/{id}/tracks", spotify.album_tracks),
    (SimulatedProvider.SPOTIFY, "api.spotify.com/v1/tracks/{id}", spotify.track),
    (SimulatedProvider.INSTAGRAM, "graph.instagram.com/v26.0/me", instagram.me),
    (SimulatedProvider.INSTAGRAM, "graph.instagram.com/v26.0/{id}/media", instagram.media),
    (SimulatedProvider.INSTAGRAM, "graph.instagram.com/v26.0/{id}/stories", instagram.stories),
    (SimulatedProvider.INSTAGRAM, "graph.instagram.com/v26.0/{id}/insights", instagram.insights),
    (SimulatedProvider.YOUTUBE, "www.googleapis.com/youtube/v3/channels", youtube.channels),
    (SimulatedProvider.YOUTUBE, "www.googleapis.com/youtube/v3/playlistItems", youtube.playlist_items),
    (SimulatedProvider.YOUTUBE, "www.googleapis.com/youtube/v3/videos", youtube.videos),
    (SimulatedProvider.YOUTUBE, "youtubeanalytics.googleapis.com/v2/reports", youtube.reports),
    (SimulatedProvider.SOUNDCLOUD, "api.soundcloud.com/me", soundcloud.me),
    (SimulatedProvider.SOUNDCLOUD, "api.soundcloud.com/me/tracks", soundcloud.tracks),
)


def create_simulators(settings: SimulatorSettings | None = None, *, seed: int = SEED) -> Starlette:
    """Build the application. Everything that is not in its SimulatorState follows from the seed."""
    state = SimulatorState(settings or SimulatorSettings(), seed=seed)

    def with_fault_injection(provider: SimulatedProvider, handle: Callable[[Request], Awaitable[Response]]) -> Any:
        async def route(request: Request) -> Response:
            state.calls[f"{provider} {request.url.path.split('/', 2)[-1]}"] += 1
            fault = state.take_fault(provider, request.url.path)
            if fault is not None:
                if fault.kind == "slow":
                    await asyncio.sleep(fault.seconds)
                refusal = fault_response(provider, fault.kind, fault.seconds)
                if refusal is not None:
                    return refusal
            response = await handle(request)
            if fault is not None and fault.kind == "late":
                state.calls[f"{provider} done, not answered yet"] += 1
                await asyncio.sleep(fault.seconds)
            return response

        return route

    def consent_route(provider: SimulatedProvider) -> Any:
        async def route(request: Request) -> Response:
            return await show_consent(request, state, provider)

        return route

    def token_route(provider: SimulatedProvider, handle: TokenRoute) -> Any:
        return with_fault_injection(provider, lambda request: handle(request, state))

    def data_route(provider: SimulatedProvider, handle: DataRoute) -> Any:
        async def checked(request: Request) -> Response:
            grant = _READERS[provider](request, state)
            return grant if isinstance(grant, Response) else handle(request, state, grant)

        return with_fault_injection(provider, checked)

    routes = [
        Route(f"/{provider}/{path}", consent_route(provider), methods=["GET", "POST"])
        for provider, path in _AUTHORIZE.items()
    ]
    routes += [Route(f"/{p}/{path}", token_route(p, handle), methods=[verb]) for p, verb, path, handle in _TOKENS]
    routes += [Route(f"/{p}/{path}", data_route(p, handle)) for p, path, handle in _DATA]
    middleware = [
        Middleware(SecurityHeadersMiddleware, come_again=False),
        Middleware(RequestBodyMiddleware, respond=_refuse_body),
    ]
    return Starlette(routes=[*routes, *_control_routes(state)], middleware=middleware)


def _refuse_body(_scope: Scope, error: ArtiError) -> Response:
    return JSONResponse({"error": error.code, "message": error.message}, error.status)


def _control_routes(state: SimulatorState) -> list[Route]:
    async def show_state(request: Request) -> Response:
        faults = [f"{fault.provider} {fault.kind} x{fault.times}" for fault in state.faults if fault.times]
        faults += [f"{fault.provider} {fault.kind} {fault.name}" for fault in state.data_faults]
        day = state.day.isoformat() if state.day else None
        return JSONResponse({"day": day, "calls": dict(state.calls), "faults": faults})

    async def inject_fault(request: Request) -> Response:
        body = await request.json()
        if body["kind"] not in FAULT_KINDS:
            return JSONResponse({"error": f"kind must be one of {', '.join(FAULT_KINDS)}"}, status_code=422)
        faults = state.data_faults if body["kind"] in DATA_FAULTS else state.faults
        faults.append(
            Fault(
                SimulatedProvider(body["provider"]),
                body["kind"],
                int(body.get("times", 1)),
                float(body.get("seconds", 1)),
                body.get("path", ""),
                body.get("name", ""),
            )
        )
        return await show_state(request)

    async def set_day(request: Request) -> Response:
        day = request.query_params.get("day")
        state.day = date.fromisoformat(day) if day else None
        return await show_state(request)

    async def set_page_size(request: Request) -> Response:
        state.page_size = int((await request.json())["size"])
        return await show_state(request)

    async def revoke(request: Request) -> Response:
        body = await request.json()
        state.revoked[body["provider"], body["account"]] = clock.timestamp()
        return await show_state(request)

    async def reset(request: Request) -> Response:
        state.faults.clear()
        state.data_faults.clear()
        state.calls.clear()
        state.day, state.page_size = None, 0
        return await show_state(request)

    actions = {
        "faults": inject_fault,
        "today": set_day,
        "page-size": set_page_size,
        "revoke": revoke,
        "reset": reset,
    }
    return [
        Route("/_simulator/state", show_state),
        *(Route(f"/_simulator/{name}", handle, methods=["POST"]) for name, handle in actions.items()),
    ]


def run() -> None:
    """Serve until stopped. The entry point of the simulators' service."""
    from arti_core.http_server import serve

    settings = SimulatorSettings()
    serve(create_simulators(settings), host=settings.arti_bind, port=settings.arti_simulators_port)
