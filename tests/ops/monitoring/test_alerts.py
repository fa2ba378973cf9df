"""Each alert is sent once to mail and webhook when its cause is there, and its end when the cause is gone."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from arti.api import create_app
from arti.jobs import WorkerContext
from arti.ops.monitoring import rules
from arti.ops.monitoring.watch import ApiWatch, WorkerWatch
from arti.settings import Settings
from arti.vocabulary import Role
from arti_core.clock import now
from arti_core.telemetry import refusals
from arti_core.telemetry.metrics import SECURITY_EVENTS
from tests.automation.fake_receivers import FakeMailServer, Receiver, run_server
from tests.conftest import World, free_port
from tests.factories.accounts import add_account
from tests.factories.keys import make_org_key

AUDIT_ATTACK = """alter table public.audit_log disable trigger append_only;
  update public.audit_log set action = 'artist.deleted'"""


@pytest.fixture
async def webhook() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with run_server(receiver.serve) as receiver.port:
        yield receiver


@pytest.fixture
async def smtp() -> AsyncIterator[FakeMailServer]:
    server = FakeMailServer()
    async with run_server(server.serve) as server.port:
        yield server


@pytest.fixture
def settings(settings: Settings, webhook: Receiver, smtp: FakeMailServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("arti.ops.monitoring.watch.STEP_SECONDS", 3600.0)  # the tests step themselves
    return settings.model_copy(
        update={
            "alert_webhook": SecretStr(f"{webhook.url}/hook"),
            "alert_mail": "ops@label.test,second@label.test",
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{smtp.port}"),
            "supabase_url": f"http://127.0.0.1:{free_port()}",
            "simulators_url": f"http://127.0.0.1:{free_port()}",
        }
    )


@dataclass
class Watched:
    """An API's watch, and what came to the webhook."""

    world: World
    watch: ApiWatch
    webhook: Receiver
    smtp: FakeMailServer
    worker_context: WorkerContext
    rest: set[str] = field(default_factory=set)  # what is wrong in every test: there is no gateway, no worker

    async def step(self, *, later: timedelta = timedelta(minutes=2)) -> list[dict[str, Any]]:
        """Look, wait for `later`, look again. Returns the new alerts that the webhook got."""
        before = len(self.webhook.calls)
        await refusals.flush_refusals(self.watch.pool)
        await self.watch.step()
        await self.world.database.as_owner(
            "update private.alerts set since = since - $1::interval, ended_at = ended_at - $1::interval", later
        )
        await self.watch.step()
        sent = [json.loads(call.body) for call in self.webhook.calls[before:]]
        return [alert for alert in sent if alert["alert"] not in self.rest]


@pytest.fixture
async def watched(world: World, webhook: Receiver, smtp: FakeMailServer, worker_context: WorkerContext) -> Watched:
    watch: ApiWatch = world._transport.app.state.watch  # type: ignore[attr-defined]
    made = Watched(world, watch, webhook, smtp, worker_context)
    await refusals.flush_refusals(watch.pool)  # what tests before caused in this process
    await world.database.as_owner("delete from private.security_events")
    # The template was made by the machine's clock.
    await world.database.as_owner("update private.backup_state set since = clock.now()")
    made.rest = {alert["alert"] for alert in await made.step()}
    assert made.rest == {"part:sign-in", "part:rest", "part:realtime", "part:workers"}
    return made


async def refuse_tokens(watched: Watched) -> None:
    for _ in range(100):
        assert (await watched.world.client("not.a.token").get("/auth/me")).status_code == 401


async def refuse_signatures(watched: Watched) -> None:
    for _ in range(20):
        answer = await watched.world.anonymous.post("/webhooks/insight-created", json={"id": "x"})
        assert answer.status_code == 401


async def fail_sign_ins(watched: Watched) -> None:
    SECURITY_EVENTS.labels("gateway", "failed_sign_in").inc(20)  # test_sign_in_failures counts real ones


async def limit_rates(watched: Watched) -> None:
    SECURITY_EVENTS.labels("gateway", "rate_limited").inc(200)


async def add_admin(watched: Watched) -> None:
    member = await watched.world.member(role=Role.ADMIN)  # the founder: no alert
    assert await watched.step() == []
    await watched.world.member(member.org_id, role=Role.ADMIN)


async def raise_admin(watched: Watched) -> None:
    admin = await watched.world.member(role=Role.ADMIN)
    analyst = await watched.world.member(admin.org_id, role=Role.ANALYST)
    assert await watched.step() == []
    await watched.world.database.as_owner(
        "update memberships set role = 'admin' where user_id = $1 and org_id = $2", analyst.user_id, admin.org_id
    )


async def add_key(watched: Watched) -> None:
    await make_org_key(watched.world.database, await watched.world.org(), "data")


async def add_channel(watched: Watched) -> None:
    await watched.world.database.as_owner(
        "insert into channels (org_id, kind, name) values ($1, 'slack', 'News')", await watched.world.org()
    )


async def break_audit_chain(watched: Watched) -> None:
    member = await watched.world.member(role=Role.ADMIN)
    assert (await member.http.patch("/api/orgs/current", json={"name": "Renamed"})).status_code == 200
    context = watched.worker_context
    worker = WorkerWatch(context.pool, context.settings, context.http_client)
    await worker.step()
    assert await watched.step() == []  # it is whole so far
    await watched.world.database.run_script(AUDIT_ATTACK)
    await watched.world.database.as_owner("update private.audit_checks set checked_at = checked_at - interval '2 days'")
    await worker.step()


async def open_policy(watched: Watched) -> None:
    await watched.world.database.as_owner("alter policy read on insights using (true)")
    await asyncio.sleep(5.1)  # the result of the probe is kept so long


async def lose_provider(watched: Watched) -> None:
    await add_account(watched.world.database, await watched.world.org(), provider="soundcloud")
    await asyncio.sleep(5.1)


async def miss_backups(watched: Watched) -> None:
    await watched.world.database.as_owner("update private.backup_state set since = since - interval '30 hours'")
    await asyncio.sleep(5.1)


async def stop_the_queue(watched: Watched) -> None:
    await watched.world.database.as_owner(
        "insert into jobs (org_id, name, run_at) values ($1, 'x.y', clock.now() - interval '10 minutes')",
        await watched.world.org(),
    )


async def kill_jobs(watched: Watched) -> None:
    await watched.world.database.as_owner(
        """insert into jobs (org_id, name, status, finished_at)
           select $1, 'x.y', 'dead', clock.now() from generate_series(1, 10)""",
        await watched.world.org(),
    )


async def lose_deliveries(watched: Watched) -> None:
    await watched.world.database.as_owner(
        """insert into deliveries (org_id, kind, recipient, subject, body, payload, status)
           select $1, 'slack', 'x', 'x', 'x', '{}', 'dead' from generate_series(1, 10)""",
        await watched.world.org(),
    )


async def miss_syncs(watched: Watched) -> None:
    old = now() - timedelta(days=3)
    await add_account(watched.world.database, await watched.world.org(), provider="youtube", last_success_at=old)


async def end_consent(watched: Watched) -> None:
    soon = now() + timedelta(days=3)
    await add_account(watched.world.database, await watched.world.org(), provider="instagram", consent_expires_at=soon)


@pytest.mark.parametrize(
    ("cause", "alert", "words"),
    [
        (fail_sign_ins, "failed_sign_in", "20 failed sign-ins within ten minutes"),
        (refuse_tokens, "refused_token", "100 requests with a token or key that was refused"),
        (refuse_signatures, "refused_signature", "20 webhooks whose signature was refused"),
        (limit_rates, "rate_limited", "200 requests that came too fast (429)"),
        (add_admin, "new_admin", "1 admin joined an existing org"),
        (raise_admin, "new_admin", "1 admin joined an existing org"),
        (add_key, "new_key", "1 API key was made"),
        (add_channel, "new_channel", "1 channel was added"),
        (break_audit_chain, "audit_chain", "The audit log of one org was changed"),
        (open_policy, "part:isolation", "does not keep orgs apart"),
        (lose_provider, "part:providers", "No answer from soundcloud"),
        (miss_backups, "part:backups", "No good backup for 30 hours"),
        (stop_the_queue, "queue", "Work has waited for 10 minutes"),
        (kill_jobs, "dead_jobs", "10 jobs were given up"),
        (lose_deliveries, "deliveries", "10 messages were not delivered"),
        (miss_syncs, "sync:youtube", "An account of youtube has had no sync for 3 days"),
        (end_consent, "consent:instagram", "The consent of an account of instagram ends in 2 days"),
    ],
)
async def test_an_alert_is_sent_once(
    watched: Watched, cause: Callable[[Watched], Awaitable[None]], alert: str, words: str
) -> None:
    await cause(watched)
    sent = [found for found in await watched.step() if found["alert"].startswith(alert)]
    assert len(sent) == 1, sent
    assert words in sent[0]["text"]
    assert sent[0]["state"] == "firing"
    assert [found for found in await watched.step() if found["alert"].startswith(alert)] == []
    mails = [mail for mail in watched.smtp.mails if mail["Subject"].endswith(sent[0]["alert"])]
    assert sorted(mail["To"] for mail in mails) == ["ops@label.test", "second@label.test"]
    assert words in mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_the_end_is_sent_once_too_and_a_short_fault_is_not_sent_at_all(watched: Watched) -> None:
    database = watched.world.database
    await stop_the_queue(watched)
    assert [alert["alert"] for alert in await watched.step()] == ["queue"]
    await database.as_owner("update jobs set status = 'done'")
    [ended] = await watched.step()
    assert (ended["alert"], ended["state"]) == ("queue", "ended")
    assert "Over after" in ended["text"]
    assert await watched.step() == []
    # A part may be unwell for a moment.
    await miss_backups(watched)
    await watched.watch.step()
    await database.as_owner("update private.backup_state set since = clock.now()")
    await asyncio.sleep(5.1)
    assert await watched.step() == []


async def test_every_new_admin_is_sent_also_within_ten_minutes_of_another(watched: Watched) -> None:
    admin = await watched.world.member(role=Role.ADMIN)
    for count in (1, 2):
        await watched.world.member(admin.org_id, role=Role.ADMIN)
        [sent] = await watched.step()
        assert f"{count} admin" in sent["text"]
    await watched.world.database.as_owner(
        "update private.security_events set happened_at = happened_at - interval '11 minutes'"
    )
    assert await watched.step() == []  # an event has no end


async def test_one_of_many_processes_sends_and_another_takes_over(watched: Watched) -> None:
    watch = watched.watch
    other = ApiWatch(watch.pool, watch.settings, watch.http_client, watch._health)
    await stop_the_queue(watched)
    await other.step()
    assert [alert["alert"] for alert in await watched.step()] == ["queue"]
    await kill_jobs(watched)
    before = len(watched.webhook.calls)
    await other.step()
    assert len(watched.webhook.calls) == before  # the first process has the watch
    await watched.world.database.as_owner("update private.watch set until = clock.now() - interval '1 second'")
    await other.step()
    assert [json.loads(call.body)["alert"] for call in watched.webhook.calls[before:]] == ["dead_jobs"]


async def test_what_could_not_be_sent_is_sent_later(watched: Watched) -> None:
    watched.webhook.answers = [(500, {}), (200, {})]
    await stop_the_queue(watched)
    assert [alert["alert"] for alert in await watched.step()] == ["queue", "queue"]
    assert await watched.step() == []


async def test_a_lost_database_is_reported_by_the_process_itself(
    settings: Settings, webhook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules._PART_HOLD, "database", 0.0)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        watch: ApiWatch = app.state.watch
        await app.state.context.pool.close()
        for _ in range(3):
            await watch.step()
            await asyncio.sleep(1.1)
    [call] = webhook.calls
    assert json.loads(call.body)["alert"] == "part:database"


async def test_a_worker_reports_an_api_that_does_not_answer(watched: Watched) -> None:
    context = watched.worker_context
    dead = context.settings.model_copy(update={"api_url": f"http://127.0.0.1:{free_port()}"})
    worker = WorkerWatch(context.pool, dead, context.http_client)
    before = len(watched.webhook.calls)
    await worker.step()
    assert await _names(watched) == watched.rest  # an API has the watch
    await watched.world.database.as_owner("update private.watch set until = clock.now() - interval '1 second'")
    await worker.step()
    assert await _names(watched) == watched.rest | {"api"}  # what it cannot examine stays as it was
    await watched.world.database.as_owner("update private.alerts set since = since - interval '1 minute'")
    await worker.step()
    [sent] = [json.loads(call.body) for call in watched.webhook.calls[before:]]
    assert (sent["alert"], sent["state"]) == ("api", "firing")
    await watched.world.database.as_owner("update private.watch set until = clock.now() - interval '1 second'")
    assert [(alert["alert"], alert["state"]) for alert in await watched.step()] == [("api", "ended")]


async def _names(watched: Watched) -> set[str]:
    rows = await watched.world.database.as_owner("select name from private.alerts where ended_at is null")
    return {row["name"] for row in rows}
