"""What a manager of an org can have called: public hosts, Slack, and the workflows that the operator registered.

The operator's systems lie on private addresses, as they do in a real installation: none of them gets a single call.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from arti_core import tenant_client
from arti_core.tenant_client import TenantClient, TenantUrl
from tests.automation.conftest import SLACK_PATH, SLACK_URL, Scenario
from tests.automation.fake_receivers import Receiver
from tests.fake_internet import PUBLIC, FakeInternet, open_internet

HOST = "n8n.label.test"
# Names of the operator's systems; their resolver is the operator's too.
INSIDE = ("ollama.operator.test", "n8n.operator.test", "mail.operator.test", "gateway.operator.test")


@pytest.fixture
def public_receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def internet(
    scenario: Scenario,
    receiver: Receiver,
    public_receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> AsyncIterator[FakeInternet]:
    """`receiver` plays every system of the operator, `public_receiver` is HOST on the internet."""
    monkeypatch.setattr(tenant_client, "TENANT_SECONDS", 0.2)
    port = receiver.port
    scenario.change_settings(
        openai_base_url=f"http://{INSIDE[0]}:{port}/v1",
        n8n_url=receiver.url,
        smtp_url=SecretStr(f"smtp://{INSIDE[2]}:{port}"),
        supabase_url=f"https://{INSIDE[3]}:{port}",
        slack_base_url=receiver.url,
    )
    async with open_internet(monkeypatch, tmp_path, public_receiver.serve, HOST, *INSIDE) as made:
        made.add(HOST, PUBLIC)
        for name in INSIDE:
            made.add(name, "127.0.0.1")
        made.servers["127.0.0.1"] = port
        tenants = TenantClient(operator_hosts=scenario.worker_context.settings.operator_hosts())
        scenario.worker_context = replace(scenario.worker_context, tenant_client=tenants)
        yield made
        await tenants.close()


async def _try(scenario: Scenario, **channel: Any) -> tuple[str, str]:
    """Create a channel and send its test message. Returns the delivery's state and error, or `refused`."""
    answer = await scenario.manager.http.post("/api/channels", json={"name": "Attack", **channel})
    if answer.status_code == 422:
        return "refused", answer.json()["message"]
    assert answer.status_code == 201, answer.text
    await scenario.manager.http.post(f"/api/channels/{answer.json()['id']}/test")
    await scenario.run_due_jobs()
    delivery = (await scenario.list_deliveries())[0]
    (attempt,) = delivery["attempts"]
    assert attempt["response_status"] is None
    return delivery["status"], delivery["last_error"]


async def test_no_url_of_a_tenant_reaches_the_operators_systems(
    scenario: Scenario, internet: FakeInternet, receiver: Receiver
) -> None:
    port = receiver.port
    urls = [
        f"{scheme}://{host}{path}"
        for scheme in ("http", "https")
        for host in (
            f"127.0.0.1:{port}",
            f"2130706433:{port}",
            f"0177.0.0.1:{port}",
            f"[::1]:{port}",
            f"[::ffff:127.0.0.1]:{port}",
            f"localhost:{port}",
            f"user@127.0.0.1:{port}",
            *(f"{name}:{port}" for name in INSIDE),
        )
        for path in ("/rest/v1/rpc/create_org?apikey=x", "/v1/chat/completions")
    ]
    for kind, target in (("n8n", "url"), ("slack", "secret")):
        for url in urls:
            given = {"target": {"url": url}} if target == "url" else {"secret": url}
            assert (await _try(scenario, kind=kind, **given))[0] == "refused", url
    assert internet.looked_up == []
    # Names pass at first: only a look-up could tell, and what it says would be told to whoever asks.
    assert {await _try(scenario, kind="n8n", target={"url": f"https://{name}/webhook/x"}) for name in INSIDE} == {
        ("failed", tenant_client.ReceiverFailed().message)
    }
    assert receiver.calls == []
    assert internet.connected == []


async def test_open_and_closed_and_answering_hosts_look_the_same(
    scenario: Scenario, internet: FakeInternet, public_receiver: Receiver
) -> None:
    internet.add("closed.test", "93.184.216.35")
    results = {
        await _try(scenario, kind="n8n", target={"url": f"https://{name}/"}) for name in ("closed.test", "no.test")
    }
    for status in (302, 401, 404, 500, 0):
        public_receiver.answers = [(status, {"Location": "https://127.0.0.1/"})]
        results.add(await _try(scenario, kind="n8n", target={"url": f"https://{HOST}/{status}"}))
    assert len(results) == 1
    assert len(public_receiver.calls) == 5


async def test_a_tenants_own_n8n_on_a_public_host_is_called(
    scenario: Scenario, internet: FakeInternet, public_receiver: Receiver
) -> None:
    channel = await scenario.create_channel("n8n", target={"url": f"https://{HOST}/webhook/x?key=y"})
    assert (channel["delivers_to"], channel["problem"], channel["target"]["host"]) == ("external", None, HOST)
    await scenario.create_rule(channel)
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    (call,) = public_receiver.calls
    assert call.path == "/webhook/x?key=y"
    assert (await scenario.get_only_delivery())["status"] == "sent"
    public_receiver.answers = [(410, {})]
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    (shown,) = (await scenario.manager.http.get("/api/channels")).json()["items"]
    assert (shown["enabled"], "410" in shown["disabled_reason"]) == (False, True)


async def test_a_registered_workflow_is_called_at_its_own_path(
    scenario: Scenario, internet: FakeInternet, receiver: Receiver
) -> None:
    workflow_id = await scenario.register_workflow("label/new-insight")
    assert (await scenario.manager.http.get("/api/n8n-workflows")).json() == [
        {"id": workflow_id, "name": "Tell the team"}
    ]
    channel = await scenario.create_channel("n8n", target={"workflow_id": workflow_id})
    assert (channel["target"]["workflow_id"], channel["target"]["label"]) == (workflow_id, "Tell the team")
    await scenario.create_rule(channel)
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    assert [call.path for call in receiver.calls] == ["/webhook/label/new-insight"]
    both = {"workflow_id": workflow_id, "url": f"https://{HOST}/"}
    answer = await scenario.manager.http.patch(f"/api/channels/{channel['id']}", json={"target": both})
    assert (answer.status_code, answer.json()["field"]) == (422, "target.url")

    path = f"/api/channels/{channel['id']}"
    changed = await scenario.manager.http.patch(path, json={"target": {"url": f"https://{HOST}/webhook/y"}})
    assert (changed.json()["target"]["host"], changed.json()["target"]["workflow_id"]) == (HOST, None)
    back = await scenario.manager.http.patch(path, json={"target": {"workflow_id": workflow_id}})
    assert (back.json()["target"]["host"], back.json()["target"]["workflow_id"]) == (None, workflow_id)
    renamed = await scenario.manager.http.patch(path, json={"name": "Other"})
    assert renamed.json()["target"] == back.json()["target"]


async def test_no_workflow_of_another_org_can_be_named(
    scenario: Scenario, internet: FakeInternet, receiver: Receiver
) -> None:
    neighbour = await scenario.world.member()
    foreign = await scenario.register_workflow(org_id=neighbour.org_id)
    given = {"kind": "n8n", "name": "Ours", "target": {"workflow_id": foreign}}
    answer = await scenario.manager.http.post("/api/channels", json=given)
    unknown = await scenario.manager.http.post(
        "/api/channels", json={**given, "target": {"workflow_id": "00000000-0000-4000-8000-000000000000"}}
    )
    assert (answer.status_code, answer.json()["message"]) == (404, unknown.json()["message"])
    assert (await scenario.manager.http.get("/api/n8n-workflows")).json() == []
    assert receiver.calls == []


async def test_a_channel_without_a_workflow_says_what_to_do(scenario: Scenario) -> None:
    """Before workflows were registered, such a channel called the operator's n8n, whoever's it was."""
    channel = await scenario.create_channel("n8n")
    assert channel["delivers_to"] == "mailbox"
    assert "choose a workflow" in channel["problem"]
    workflow_id = await scenario.register_workflow()
    channel = await scenario.create_channel("n8n", target={"workflow_id": workflow_id})
    assert (channel["delivers_to"], "N8N_URL" in channel["problem"]) == ("mailbox", True)
    await scenario.world.database.as_owner("delete from n8n_workflows where id = $1::uuid", workflow_id)
    listed = (await scenario.manager.http.get("/api/channels")).json()["items"]
    assert {"choose a workflow" in one["problem"] for one in listed} == {True}


async def test_a_stored_url_of_an_earlier_version_is_not_called_and_says_why(
    scenario: Scenario, internet: FakeInternet, receiver: Receiver
) -> None:
    for kind, address in (("n8n", f"{receiver.url}/webhook/arti/events"), ("slack", f"{receiver.url}{SLACK_PATH}")):
        given = {"target": {"url": f"https://{HOST}/"}} if kind == "n8n" else {"secret": SLACK_URL}
        channel = await scenario.create_channel(kind, **given)
        vault, ref = scenario.worker_context.vault, f"{channel['id']}/address"
        await scenario.world.database.as_owner(
            "update private.vault set sealed = $3 where org_id = $1 and ref = $2",
            scenario.org_id,
            ref,
            vault.seal(address, owner_id=scenario.org_id, kind="channel", ref=ref),
        )
        await scenario.create_rule(channel)
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    assert receiver.calls == []
    assert {delivery["status"] for delivery in await scenario.list_deliveries()} == {"dead"}
    shown = (await scenario.manager.http.get("/api/channels")).json()["items"]
    assert {one["enabled"] for one in shown} == {False}
    reasons = {one["kind"]: one["disabled_reason"] for one in shown}
    assert reasons["n8n"] == TenantUrl.FORM
    assert "Slack" in reasons["slack"]


async def test_slack_is_called_at_the_operators_address_only(
    scenario: Scenario, internet: FakeInternet, receiver: Receiver
) -> None:
    await scenario.create_rule(await scenario.create_channel("slack", secret=SLACK_URL))
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    (call,) = receiver.calls
    assert call.path == SLACK_PATH
    assert "Followers jumped" in orjson.loads(call.body)["text"]


async def test_every_url_of_the_settings_is_the_operators(scenario: Scenario) -> None:
    scenario.change_settings(
        redis_url=SecretStr("rediss://:word@queue.operator.test:6380/0"),
        database_url=SecretStr("postgresql://arti_api:word@db.operator.test/arti"),
        allowed_hosts="build.operator.test:8080, 10.1.2.3",
        openai_base_url="https://Models.operator.test/v1",
    )
    hosts = scenario.worker_context.settings.operator_hosts()
    expected = {"queue.operator.test", "db.operator.test", "build.operator.test", "10.1.2.3", "models.operator.test"}
    assert expected | {"hooks.slack.com", "api.twilio.com", "127.0.0.1"} <= hosts
