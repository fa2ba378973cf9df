"""The counters of this process, and their text in Prometheus' format. docs/monitoring.md lists every metric.

Each process counts for itself and says which it is in the label `process`, so that several of one service behind one
address never look like one counter that jumps. Labels are of closed lists: routes as templates, names of jobs.
"""

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
REGISTRY = CollectorRegistry()
ProcessCollector(namespace="arti", registry=REGISTRY)

REQUESTS = Counter(
    "arti_http_requests",
    "Answered requests, by route as a template.",
    ("service", "method", "route", "status"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "arti_http_request_duration_seconds",
    "From the request to the end of its answer.",
    ("service", "method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=REGISTRY,
)
OPEN_SOCKETS = Gauge("arti_websockets_open", "Open WebSockets.", ("service",), registry=REGISTRY)
JOB_RUNS = Counter(
    "arti_job_runs", "Attempts at jobs: done, queued again, dead, lost, skipped.", ("name", "result"), registry=REGISTRY
)
JOB_SECONDS = Histogram(
    "arti_job_duration_seconds",
    "From the lease of a job to its result.",
    ("name",),
    buckets=(0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0),
    registry=REGISTRY,
)
SECURITY_EVENTS = Counter(
    "arti_security_events",
    "What was refused: failed_sign_in, refused_token, refused_signature, rate_limited.",
    ("service", "kind"),
    registry=REGISTRY,
)


def render(figures: Iterable[Metric] = ()) -> bytes:
    """Return this process's metrics, and `figures` of the whole installation, as text."""
    return generate_latest(_Collected([*_own_metrics(), *figures]))


def _own_metrics() -> Iterator[Metric]:
    process = _process_name()
    for metric in REGISTRY.collect():
        metric.samples = [sample._replace(labels={**sample.labels, "process": process}) for sample in metric.samples]
        yield metric


def _process_name() -> str:
    return f"{os.uname().nodename}:{os.getpid()}"


class _Collected(Collector):
    """Metrics that were collected already, in the place of a registry."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics
