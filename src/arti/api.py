"""The HTTP API on :3002, composed of the packages' routers."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arti import __version__
from arti.automation.endpoints import router as automation
from arti.campaigns.calendar.endpoints import router as calendar
from arti.campaigns.endpoints import router as campaigns
from arti.connections.endpoints import router as connections
from arti.home.endpoints import router as home
from arti.imports.batches.endpoints import router as import_batches
from arti.imports.desk.endpoints import router as update_desk
from arti.imports.endpoints import router as imports
from arti.imports.mappings.endpoints import router as import_mappings
from arti.imports.overlaps.endpoints import router as overlaps
from arti.imports.provenance import router as provenance
from arti.imports.rereading.endpoints import router as rereading
from arti.imports.upload_links.endpoints import router as upload_links
from arti.imports.upload_links.endpoints import upload_router as uploads
from arti.insights.endpoints import router as insights
from arti.language.messages.reader import for_reader, set_reader_by_header
from arti.metrics.endpoints import router as metrics
from arti.metrics.money.endpoints import router as money
from arti.metrics.money.reconciliation.endpoints import router as reconciliation
from arti.metrics.series.endpoint import SeriesRoute
from arti.music.endpoints import router as music
from arti.ops.endpoints import router as ops
from arti.ops.health import Health
from arti.ops.monitoring.collection import collect_figures
from arti.ops.monitoring.watch import ApiWatch
from arti.orgs.api_keys.endpoints import router as keys
from arti.orgs.audit.refusals import record_refusal
from arti.orgs.authorization import ApiContext
from arti.orgs.endpoints import router as orgs
from arti.orgs.invitations.endpoints import router as invitations
from arti.orgs.logo.endpoints import router as logo
from arti.orgs.sign_ins.endpoints import router as sign_ins
from arti.privacy.endpoints import router as privacy
from arti.roster.endpoints import router as roster
from arti.settings import Settings, open_files, read_settings
from arti_core.crypto import Vault
from arti_core.database import NO_ANSWER, open_pool
from arti_core.edge import Edge
from arti_core.errors import ArtiError, Forbidden
from arti_core.garbage import keep_returning_memory
from arti_core.http_client import OutboundClient
from arti_core.log import configure_log
from arti_core.request_body import RequestBodyMiddleware
from arti_core.single_statements import SingleStatements, count_connections
from arti_core.telemetry.refusals import keep_flushing
from arti_core.telemetry.requests import ObservedRequests
from arti_core.telemetry.traces import configure_traces
from arti_core.validation_messages import describe_validation_error
from supabase_local.keys.token_verifier import TokenVerifier

log = structlog.get_logger()


def create_app(settings: Settings) -> FastAPI:
    """Build the API. Its lifespan opens the pool and refuses an unsafe database role."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings: Settings = app.state.settings
        http_client = OutboundClient(allowed_hosts=settings.private_hosts())
        dsn = settings.database_url.get_secret_value()
        pool = await open_pool(dsn, size=32, claims_key=settings.claims_signing_key)
        statements = SingleStatements(pool, count_connections(dsn))
        vault = Vault(settings.master_keys())
        app.state.context = context = ApiContext(
            settings=settings,
            pool=pool,
            statements=statements,
            http_client=http_client,
            vault=vault,
            tokens=TokenVerifier(settings, http_client),
            file_store=open_files(settings, vault),
        )
        app.state.health = Health(context)
        app.state.watch = watch = ApiWatch(pool, settings, http_client, app.state.health)
        beside = [asyncio.create_task(work) for work in (watch.run(), keep_flushing(pool), keep_returning_memory())]
        yield
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await http_client.close()
        await statements.close()
        await pool.close()

    app = _Api(
        settings,
        title="ARTi",
        version=__version__,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        docs_url=None,
        redoc_url=None,
    )
    for router in (
        ops,
        orgs,
        invitations,
        keys,
        logo,
        sign_ins,
        roster,
        home,
        music,
        metrics,
        money,
        reconciliation,
        imports,
        import_batches,
        import_mappings,
        update_desk,
        upload_links,
        uploads,
        overlaps,
        provenance,
        rereading,
        connections,
        campaigns,
        calendar,
        insights,
        automation,
        privacy,
    ):
        app.include_router(router)
    app.add_middleware(RequestBodyMiddleware, respond=_on_refused_body)
    app.add_middleware(UnexpectedErrorMiddleware)
    app.add_exception_handler(ArtiError, _on_arti_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(asyncpg.PostgresError, _on_database_error)
    app.add_exception_handler(ConnectionError, _on_database_error)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


class _Api(FastAPI):
    """FastAPI behind the route of series and the edge: its own layers cost as much as an answer from the database."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self.state.settings = settings
        edge = Edge(
            SeriesRoute(super().__call__, answer_error=_on_series_error),
            _on_unexpected_error,
            cors=partial(
                CORSMiddleware,
                allow_origins=settings.cors_origins(),
                allow_methods=["*"],
                allow_headers=["Authorization", "Content-Type", "X-ARTi-Org", "X-Request-Id", "Idempotency-Key"],
                expose_headers=["X-Request-Id", "Content-Disposition", "Idempotent-Replayed", "Retry-After"],
                max_age=600,
            ),
        )
        self._observed = ObservedRequests(edge, service="api", token=settings.metrics_token, figures=collect_figures)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        set_reader_by_header(scope)
        await self._observed(scope, receive, send)


class UnexpectedErrorMiddleware:
    """Answers an unexpected error before FastAPI does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as error:
            if started:
                raise
            response = await _on_unexpected_error(Request(scope), error)
            await response(scope, receive, send)


def _error_response(request: Request, status: int, code: str, message: str, **fields: Any) -> JSONResponse:
    body = {
        "error": code,
        "message": for_reader(message),
        "request_id": getattr(request.state, "request_id", ""),
        **fields,
    }
    return JSONResponse(body, status_code=status)


async def _on_arti_error(request: Request, error: Any) -> JSONResponse:
    if isinstance(error, Forbidden):
        await record_refusal(request, error)
    fields = {"field": error.field} if error.field else {}
    response = _error_response(request, error.status, error.code, error.message, **fields)
    if error.retry_after_seconds:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _on_refused_body(scope: Scope, error: ArtiError) -> JSONResponse:
    return _error_response(Request(scope), error.status, error.code, error.message)


async def _on_validation_error(request: Request, error: Any) -> JSONResponse:
    problems = [
        {
            "field": ".".join(str(part) for part in problem["loc"][1:]) or str(problem["loc"][0]),
            "message": for_reader(describe_validation_error(problem)),
        }
        for problem in error.errors()
    ]
    first = problems[0]
    return _error_response(request, 422, "invalid", first["message"], field=first["field"], problems=problems)


async def _on_http_error(request: Request, error: Any) -> JSONResponse:
    codes = {404: "not_found", 405: "method_not_allowed"}
    return _error_response(request, error.status_code, codes.get(error.status_code, "http_error"), str(error.detail))


async def _on_database_error(request: Request, error: Any) -> JSONResponse:
    """Map expected errors to messages without constraint names or SQL; any other is an unexpected error."""
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return _error_response(request, 403, "forbidden", "You may not do this here. Ask an admin of the org.")
    if isinstance(error, asyncpg.UniqueViolationError):
        return _error_response(request, 409, "conflict", "The same thing exists already.")
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return _error_response(request, 404, "not_found", "Something that this refers to is not here.")
    if isinstance(error, asyncpg.CharacterNotInRepertoireError | asyncpg.UntranslatableCharacterError):
        return _error_response(request, 422, "invalid", "The text contains a NUL character, which cannot be stored.")
    if isinstance(error, asyncpg.NumericValueOutOfRangeError):
        return _error_response(request, 422, "invalid", "A number is too large to be stored.")
    state = getattr(error, "sqlstate", None)
    if state in ("PT403", "PT429"):  # a quota of the org is full; the sentence is ours
        code, wait = ("quota_exceeded", {}) if state == "PT403" else ("rate_limited", {"Retry-After": "60"})
        response = _error_response(request, int(state[2:]), code, f"{error.message} {error.hint or ''}".strip())
        response.headers.update(wait)
        return response
    if isinstance(error, NO_ANSWER):
        log.warning("the database is not available", path=request.url.path, error=type(error).__name__)
        return _error_response(request, 503, "unavailable", "The database is busy. Try again in a moment.")
    return await _on_unexpected_error(request, error)


async def _on_series_error(request: Request, error: Exception) -> JSONResponse:
    on_error = _on_arti_error if isinstance(error, ArtiError) else _on_database_error
    return await on_error(request, error)


async def _on_unexpected_error(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", path=request.url.path, exc_info=error)
    return _error_response(
        request, 500, "internal", "Something went wrong on our side. Quote the request id when you report it."
    )


def run() -> None:
    """Serve until stopped. The entry point of the service `api`."""
    from arti_core.http_server import serve

    settings = read_settings()
    configure_log(service="api", json=settings.is_production)
    configure_traces("api", **settings.trace_export())
    app = create_app(settings)
    # The garbage collector causes the slowest responses, and what is loaded at the start is never freed.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    serve(app, host=settings.arti_bind, port=settings.arti_api_port)
