"""Traces by OpenTelemetry: spans of requests, jobs and outbound calls, from the browser's request to the delivery.

An extra: without OTEL_EXPORTER_OTLP_ENDPOINT nothing of it is imported, and every function here returns at once. Spans
hold names, ids, numbers and templates of routes; no address, header, body or text of an error, which may be somebody's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from arti_core.telemetry.request_ids import current_request_id

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, SpanKind, Tracer

TRACEPARENT: Final = "traceparent"
_EXPORT_SECONDS = 5.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Tracing:
    """What an exporting process keeps."""

    tracer: "Tracer"
    kinds: "type[SpanKind]"
    provider: "TracerProvider"


_tracing: _Tracing | None = None


def configure_traces(service: str, *, version: str, endpoint: str, headers: str = "") -> None:
    """Let this process export its spans to `endpoint`, an OTLP receiver over HTTP; nothing when it is empty.

    `headers`: name=value pairs for the receiver, separated by commas. Other variables of OpenTelemetry's, as
    OTEL_TRACES_SAMPLER, are read by its SDK. Without the extra a line says so, and the process works without traces.
    """
    if not endpoint:
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    except ImportError:
        log.error("no traces: OpenTelemetry is not installed; requirements-otel.lock has it, see docs/monitoring.md")
        return

    class IdsOfRequests(RandomIdGenerator):
        """A trace that begins here has the id of its request, so that logs and traces are found by one id."""

        def generate_trace_id(self) -> int:
            return int(current_request_id() or "0", 16) or super().generate_trace_id()

    sent = dict(pair.strip().split("=", 1) for pair in headers.split(",") if "=" in pair)
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", headers=sent, timeout=_EXPORT_SECONDS)
    resource = Resource.create({"service.name": f"arti-{service}", "service.version": version})
    provider = TracerProvider(resource=resource, id_generator=IdsOfRequests())
    provider.add_span_processor(BatchSpanProcessor(exporter))
    global _tracing
    _tracing = _Tracing(provider.get_tracer("arti", version), trace.SpanKind, provider)


def end_traces() -> None:
    """Send what is not sent yet, and export nothing more. A process that ends does so by itself."""
    global _tracing
    ended, _tracing = _tracing, None
    if ended is not None:
        ended.provider.shutdown()


class SpanOfWork:
    """A span that is told how its work ended, before it does. Nothing when no traces are exported."""

    def __init__(self, span: "Span | None" = None) -> None:
        self._span = span

    def describe(self, *, name: str = "", failed: bool = False, **attributes: str | int) -> None:
        """Set the name, and attributes, in whose names `__` stands for a dot."""
        if self._span is None:
            return
        from opentelemetry.trace import Status, StatusCode

        if name:
            self._span.update_name(name)
        self._span.set_attributes({key.replace("__", "."): value for key, value in attributes.items()})
        if failed:
            self._span.set_status(Status(StatusCode.ERROR))


_NO_SPAN = SpanOfWork()


@contextmanager
def open_span(
    name: str, kind: str, *, traceparent: str | None = None, attributes: Mapping[str, str | int] | None = None
) -> Iterator[SpanOfWork]:
    """Open a span in the current trace, or in that of `traceparent`. `kind`: server, client, consumer or internal."""
    if _tracing is None:
        yield _NO_SPAN
        return
    with _tracing.tracer.start_as_current_span(
        name,
        context=_read(traceparent) if traceparent else None,
        kind=_tracing.kinds[kind.upper()],
        attributes=_with_request(attributes or {}),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        made = SpanOfWork(span)
        try:
            yield made
        except BaseException:
            made.describe(failed=True)
            raise


def is_tracing() -> bool:
    """Return whether this process exports spans."""
    return _tracing is not None


def current_traceparent() -> str | None:
    """Return the current span as W3C's traceparent, None when no traces are exported or no span is open."""
    if _tracing is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get(TRACEPARENT)


def current_cause() -> tuple[str | None, str | None]:
    """Return what events and jobs keep of the work that causes them: (request_id, traceparent)."""
    return current_request_id(), current_traceparent()


def continue_trace(traceparent: str | None) -> None:
    """Let what this task causes from now on belong to another span, or to none."""
    if _tracing is None:
        return
    from opentelemetry import context

    context.attach(_read(traceparent) if traceparent else context.Context())


def _read(traceparent: str) -> Any:
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({TRACEPARENT: traceparent}, context=Context())


def _with_request(attributes: Mapping[str, str | int]) -> dict[str, str | int]:
    request_id = current_request_id()
    return {**attributes, **({"arti.request_id": request_id} if request_id else {})}
