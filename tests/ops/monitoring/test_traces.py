"""Traces: one from the client's request through the API and its jobs to the delivery, at a collector of OTLP."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from arti_core.telemetry.traces import configure_traces, end_traces
from tests.automation.conftest import SLACK_URL, Scenario, receiver, scenario
from tests.automation.fake_receivers import Receiver, run_server

__all__ = ["receiver", "scenario"]
TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
REQUEST_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def collector() -> AsyncIterator[Receiver]:
    """A receiver of OTLP over HTTP, to which this process exports."""
    made = Receiver()
    async with run_server(made.serve) as port:
        made.port = port
        configure_traces("api", version="9", endpoint=made.url, headers="authorization=Bearer of-the-collector")
        try:
            yield made
        finally:
            await asyncio.to_thread(end_traces)


async def exported_spans(collector: Receiver) -> list[Any]:
    await asyncio.to_thread(end_traces)
    spans = []
    for call in collector.calls:
        assert (call.method, call.path) == ("POST", "/v1/traces")
        assert call.headers["authorization"] == "Bearer of-the-collector"
        for resource in ExportTraceServiceRequest.FromString(call.body).resource_spans:
            named = {item.key: item.value.string_value for item in resource.resource.attributes}
            assert (named["service.name"], named["service.version"]) == ("arti-api", "9")
            spans += [span for scope in resource.scope_spans for span in scope.spans]
    return spans


def attributes_of(span: Any) -> dict[str, Any]:
    return {item.key: item.value.string_value or item.value.int_value for item in span.attributes}


def texts_of(message: Any) -> Iterator[str]:
    """Every string of a protobuf message or a list of them, however deep."""
    if isinstance(message, str):
        yield message
    elif hasattr(message, "ListFields"):
        for _, value in message.ListFields():
            yield from texts_of(value)
    elif hasattr(message, "__iter__") and not isinstance(message, bytes):
        for value in message:
            yield from texts_of(value)


async def deliver_a_test(scenario: Scenario, receiver: Receiver, headers: dict[str, str]) -> None:
    scenario.slack_is(receiver.url)
    scenario.change_settings(allowed_hosts="127.0.0.1")
    channel = await scenario.create_channel("slack", secret=SLACK_URL)
    started = await scenario.manager.http.post(
        f"/api/channels/{channel['id']}/test?why=secret-of-query", headers=headers
    )
    assert started.status_code == 202, started.text
    await scenario.run_due_jobs()
    assert len(receiver.calls) == 1


async def test_a_clients_trace_holds_request_jobs_and_delivery(
    scenario: Scenario, receiver: Receiver, collector: Receiver
) -> None:
    sent = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01", "X-Request-Id": REQUEST_ID}
    await deliver_a_test(scenario, receiver, sent)
    spans = [span for span in await exported_spans(collector) if span.trace_id.hex() == TRACE_ID]
    by_name = {span.name: span for span in spans}
    request = by_name["POST /api/channels/{channel_id}/test"]
    first, second = by_name["job automation.test_channel"], by_name["job automation.deliver"]
    calls = [span for span in spans if span.name == "POST"]
    assert request.parent_span_id.hex() == SPAN_ID
    assert (first.parent_span_id, second.parent_span_id) == (request.span_id, first.span_id)
    assert [call.parent_span_id for call in calls] == [second.span_id]
    assert attributes_of(request) == {
        "arti.request_id": REQUEST_ID,
        "http.request.method": "POST",
        "http.route": "/api/channels/{channel_id}/test",
        "http.response.status_code": 202,
    }
    assert attributes_of(second)["arti.request_id"] == REQUEST_ID
    assert attributes_of(second)["arti.job.result"] == "done"
    # Of the text alone: ids and times are random bytes, among which any single character comes up now and then.
    everything = " ".join(texts_of(ExportTraceServiceRequest.FromString(call.body) for call in collector.calls))
    private = ("secret-of-query", "hooks.slack.com", "very-secret", "Our slack", "Vera", "@")
    ids = (str(scenario.manager.user_id), str(scenario.org_id))
    assert [text for text in (*private, *ids) if text in everything] == []


async def test_a_trace_that_begins_at_the_api_has_the_id_of_its_request(
    scenario: Scenario, receiver: Receiver, collector: Receiver
) -> None:
    await deliver_a_test(scenario, receiver, {"X-Request-Id": REQUEST_ID, "traceparent": "00-of-somebody-else"})
    named = {span.name for span in await exported_spans(collector) if span.trace_id.hex() == REQUEST_ID}
    assert named == {
        "POST /api/channels/{channel_id}/test",
        "job automation.test_channel",
        "job automation.deliver",
        "POST",
    }


async def test_without_a_collector_nothing_of_it_is_kept(scenario: Scenario, receiver: Receiver) -> None:
    await deliver_a_test(scenario, receiver, {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01"})
    rows = await scenario.world.database.as_owner("select 1 from jobs where traceparent is not null")
    assert rows == []


def run_python(program: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)


def test_without_the_setting_nothing_of_the_extra_is_imported() -> None:
    program = """
import sys, arti.api, arti.gateway, arti.worker
from arti_core.telemetry.traces import configure_traces, current_traceparent, open_span
configure_traces("api", version="9", endpoint="")
with open_span("x", "server"):
    assert current_traceparent() is None
extra = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "requests")
print([name for name in sys.modules if name.startswith(extra)])
"""
    assert run_python(program).stdout == "[]\n"


def test_without_the_extra_a_process_says_so_and_works() -> None:
    program = """
import sys
sys.modules["opentelemetry.sdk"] = None
from arti_core.log import configure_log
from arti_core.telemetry.traces import configure_traces, is_tracing
configure_log(service="api", json=True)
configure_traces("api", version="9", endpoint="http://127.0.0.1:4318")
print(is_tracing())
"""
    done = run_python(program)
    assert done.stdout == "False\n"
    assert "no traces: OpenTelemetry is not installed" in done.stderr
