"""E-mails of an org count against its mail budgets, and wait above them."""

from tests.automation.conftest import Scenario
from tests.automation.fake_receivers import FakeMailServer


async def test_above_the_budget_of_its_org_a_mail_waits(scenario: Scenario, mail_sink: FakeMailServer) -> None:
    secret = type(scenario.worker_context.settings.smtp_url)
    scenario.change_settings(smtp_url=secret(f"smtp://127.0.0.1:{mail_sink.port}"), mail_limit_per_org=1)
    for address in ("team@example.test", "boss@example.test"):
        await scenario.create_rule(await scenario.create_channel("email", target={"address": address}))
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    deliveries = {delivery["status"]: delivery for delivery in await scenario.list_deliveries()}
    assert deliveries.keys() == {"sent", "failed"}
    assert "MAIL_LIMIT_" in deliveries["failed"]["last_error"]
    assert len(mail_sink.mails) == 1
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert len(mail_sink.mails) == 1, "asking again helps nothing"
    await scenario.world.database.as_owner("update private.mail_budgets set at = at - interval '1 day'")
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert {delivery["status"] for delivery in await scenario.list_deliveries()} == {"sent"}
    assert len(mail_sink.mails) == 2
