"""What an org may send by SMS in a month: by number and by money, refused in words, and nothing is lost."""

from typing import Any

import pytest
from pydantic import SecretStr

from arti.automation.sms_limits.service import count_parts
from arti.vocabulary import Role
from tests.automation.conftest import Scenario
from tests.automation.fake_receivers import Receiver


@pytest.fixture
def texting(scenario: Scenario, receiver: Receiver) -> Scenario:
    """A scenario whose operator has configured Twilio."""
    receiver.answers = [(201, {})]
    twilio: dict[str, Any] = {
        "twilio_base_url": receiver.url,
        "twilio_account_sid": "AC1",
        "twilio_auth_token": SecretStr("secret"),
        "twilio_from": "+15005550006",
    }
    scenario.change_settings(**twilio)
    return scenario


async def send(scenario: Scenario, count: int = 1) -> None:
    for _ in range(count):
        await scenario.create_insight_with_event(title="Followers up")
    await scenario.run_due_jobs()


async def test_a_message_over_the_number_is_held_in_words_and_can_be_sent_later(
    texting: Scenario, receiver: Receiver
) -> None:
    texting.change_settings(sms_messages_per_org=2, sms_price=0.08)
    await texting.create_rule(await texting.create_channel("sms", target={"phone": "+491701234567"}))
    await send(texting, 3)
    assert len(receiver.calls) == 2
    by_status = {delivery["status"]: delivery for delivery in await texting.list_deliveries()}
    assert set(by_status) == {"sent", "held"}
    held = by_status["held"]
    assert held["last_error"].startswith("Not sent: The org may send 2 SMS a month, and has sent 2 in ")
    assert held["last_error"].endswith("Send it again next month, or after an admin has raised the limit.")
    assert held["next_attempt_at"] is None
    # It is refused again while there is no room, and sent once there is.
    await texting.manager.http.post(f"/api/deliveries/{held['id']}/retry")
    await texting.run_due_jobs()
    assert len(receiver.calls) == 2
    texting.change_settings(sms_messages_per_org=3)
    await texting.manager.http.post(f"/api/deliveries/{held['id']}/retry")
    await texting.run_due_jobs()
    assert len(receiver.calls) == 3
    assert {delivery["status"] for delivery in await texting.list_deliveries()} == {"sent"}


async def test_money_is_limited_and_what_was_not_sent_costs_nothing(texting: Scenario, receiver: Receiver) -> None:
    texting.change_settings(sms_price=0.1, sms_limit_per_org=0.25)
    await texting.create_rule(await texting.create_channel("sms", target={"phone": "+491701234567"}))
    receiver.answers = [(429, {}), (201, {})]
    await send(texting)
    assert (await texting.get_only_delivery())["status"] == "failed"
    used = (await texting.manager.http.get("/api/sms-use")).json()
    assert (used["messages"], used["spent"]) == (0, 0)
    await texting.make_everything_due()
    await send(texting, 2)
    used = (await texting.manager.http.get("/api/sms-use")).json()
    assert (used["messages"], used["parts"], round(used["spent"], 2), used["refused"]) == (2, 2, 0.2, 1)
    [held] = [one for one in await texting.list_deliveries() if one["status"] == "held"]
    assert "The org may spend $0.25 a month on SMS, and has spent $0.20" in held["last_error"]
    assert "this one costs $0.10" in held["last_error"]


async def test_an_admin_lowers_the_limits_and_raises_them_no_higher_than_the_operator(texting: Scenario) -> None:
    admin = texting.manager
    answer = await admin.http.put("/api/sms-use/limits", json={"message_limit": 0, "monthly_limit": 1.5})
    assert (answer.json()["message_limit"], answer.json()["monthly_limit"], answer.json()["at_limit"]) == (0, 1.5, True)
    for limits, field in (
        ({"message_limit": 501, "monthly_limit": None}, "message_limit"),
        ({"message_limit": None, "monthly_limit": 20.01}, "monthly_limit"),
    ):
        refused = await admin.http.put("/api/sms-use/limits", json=limits)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    manager = await texting.world.member(texting.org_id, Role.MANAGER)
    assert (await manager.http.get("/api/sms-use")).status_code == 200
    denied = await manager.http.put("/api/sms-use/limits", json={"message_limit": 1, "monthly_limit": None})
    assert denied.status_code == 403


async def test_a_new_month_begins_at_nothing(texting: Scenario, receiver: Receiver) -> None:
    texting.change_settings(sms_messages_per_org=1)
    await texting.create_rule(await texting.create_channel("sms", target={"phone": "+491701234567"}))
    await send(texting)
    await texting.world.database.as_owner(
        "update sms_use set month = month - interval '1 month' where org_id = $1", texting.org_id
    )
    await send(texting)
    assert len(receiver.calls) == 2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_operators_charge_them(text: str, parts: int) -> None:
    assert count_parts(text) == parts
