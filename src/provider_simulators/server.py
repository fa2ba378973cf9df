"""All simulators in one HTTP application: /<provider>/<real host>/<real path>, and /_simulator/ to control them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from time import time
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from arti.settings import read_settings
from arti.vocabulary import Provider
from provider_simulators import instagram, soundcloud, spotify, youtube
from provider_simulators.consent_page import consent
from provider_simulators.faults import FAULT_KINDS, fault_response
from provider_simulators.state import Fault, SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import SEED

TokenRoute = Callable[[Request, SimulatorState], Awaitable[Response]]
DataRoute = Callable[[Request, SimulatorState, Grant], Response]
Reader = Callable[[Request, SimulatorState], Grant | Response]

_AUTHORIZE: Final = {
    Provider.SPOTIFY: spotify.AUTHORIZE,
    Provider.INSTAGRAM: instagram.AUTHORIZE,
    Provider.YOUTUBE: youtube.AUTHORIZE,
    Provider.SOUNDCLOUD: soundcloud.AUTHORIZE,
}


async def _long_token(request: Request, state: SimulatorState) -> Response:
    return instagram.long_token(request, state)


_TOKENS: Final[tuple[tuple[Provider, str, str, TokenRoute], ...]] = (
    (Provider.SPOTIFY, "POST", "accounts.spotify.com/api/token", spotify.token),
    (Provider.INSTAGRAM, "POST", "api.instagram.com/oauth/access_token", instagram.short_token),
    (Provider.INSTAGRAM, "GET", "graph.instagram.com/access_token", _long_token),
    (Provider.INSTAGRAM, "GET", "graph.instagram.com/refresh_access_token", _long_token),
    (Provider.YOUTUBE, "POST", "oauth2.googleapis.com/token", youtube.token),
    (Provider.SOUNDCLOUD, "POST", "secure.soundcloud.com/oauth/token", soundcloud.token),
)
_READERS: Final[dict[Provider, Reader]] = {
    Provider.SPOTIFY: spotify.read_access,
    Provider.INSTAGRAM: instagram.read_access,
    Provider.YOUTUBE: youtube.read_access,
    Provider.SOUNDCLOUD: soundcloud.read_access,
}
_DATA: Final[tuple[tuple[Provider, str, DataRoute], ...]] = (
    (Provider.SPOTIFY, "api.spotify.com/v1/me", spotify.me),
    (Provider.SPOTIFY, "api.spotify.com/v1/search", spotify.search),
    (Provider.SPOTIFY, "api.spotify.com/v1/artists/{id}", spotify.artist),
    (Provider.SPOTIFY, "api.spotify.com/v1/artists/{id}/albums", spotify.artist_albums),
    (Provider.SPOTIFY, "api.spotify.com/v1/albums/{id}/tracks", spotify.album_tracks),
    (Provider.SPOTIFY, "api.spotify.com/v1/tracks/{id}", spotify.track),
    (Provider.INSTAGRAM, "graph.instagram.com/v26.0/me", instagram.me),
    (Provider.INSTAGRAM, "graph.instagram.com/v26.0/{id}/media", instagram.media),
    (Provider.INSTAGRAM, "graph.instagram.com/v26.0/{id}/insights", instagram.insights),
    (Provider.YOUTUBE, "www.googleapis.com/youtube/v3/channels", youtube.channels),
    (Provider.YOUTUBE, "www.googleapis.com/youtube/v3/playlistItems", youtube.playlist_items),
    (Provider.YOUTUBE, "www.googleapis.com/youtube/v3/videos", youtube.videos),
    (Provider.YOUTUBE, "youtubeanalytics.googleapis.com/v2/reports", youtube.reports),
    (Provider.SOUNDCLOUD, "api.soundcloud.com/me", soundcloud.me),
    (Provider.SOUNDCLOUD, "api.soundcloud.com/me/tracks", soundcloud.tracks),
)


def create_simulators(*, seed: int = SEED) -> Starlette:
    """Build the application. Its memory is `app.state.simulators`; what is not in it follows from the seed."""
    state = SimulatorState(seed=seed)

    def with_fault_injection(provider: Provider, handle: Callable[[Request], Awaitable[Response]]) -> Any:
        async def route(request: Request) -> Response:
            state.calls[f"{provider} {request.url.path.split('/', 2)[-1]}"] += 1
            fault = state.take_fault(provider, request.url.path)
            if fault is not None:
                if fault.kind == "slow":
                    await asyncio.sleep(fault.seconds)
                refusal = fault_response(provider, fault.kind, fault.seconds)
                if refusal is not None:
                    return refusal
            return await handle(request)

        return route

    def consent_route(provider: Provider) -> Any:
        async def route(request: Request) -> Response:
            return await consent(request, state, provider)

        return route

    def token_route(provider: Provider, handle: TokenRoute) -> Any:
        return with_fault_injection(provider, lambda request: handle(request, state))

    def data_route(provider: Provider, handle: DataRoute) -> Any:
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
    app = Starlette(routes=[*routes, *_control_routes(state)])
    app.state.simulators = state
    return app


def _control_routes(state: SimulatorState) -> list[Route]:
    async def show_state(request: Request) -> Response:
        waiting = [f"{each.provider} {each.kind} x{each.times}" for each in state.faults if each.times]
        day = state.day.isoformat() if state.day else None
        return JSONResponse({"day": day, "calls": dict(state.calls), "faults": waiting})

    async def inject_fault(request: Request) -> Response:
        body = await request.json()
        if body["kind"] not in FAULT_KINDS:
            return JSONResponse({"error": f"kind must be one of {', '.join(FAULT_KINDS)}"}, status_code=422)
        state.faults.append(
            Fault(
                Provider(body["provider"]),
                body["kind"],
                int(body.get("times", 1)),
                float(body.get("seconds", 1)),
                body.get("path", ""),
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
        state.revoked[body["provider"], body["account"]] = time()
        return await show_state(request)

    async def reset(request: Request) -> Response:
        state.faults.clear()
        state.calls.clear()
        state.day, state.page_size = None, 0
        return await show_state(request)

    settings_routes = (("fault", inject_fault), ("today", set_day), ("page-size", set_page_size))
    action_routes = (("revoke", revoke), ("reset", reset))
    return [
        Route("/_simulator/state", show_state),
        *(
            Route(f"/_simulator/{name}", handle, methods=["POST"])
            for name, handle in (*settings_routes, *action_routes)
        ),
    ]


def run() -> None:
    """Serve until stopped. The entry of the service `simulators`."""
    import uvicorn

    settings = read_settings(needs=())
    uvicorn.run(
        create_simulators(),
        host=settings.arti_bind,
        port=settings.arti_simulators_port,
        log_config=None,
        access_log=False,
        server_header=False,
    )
