"""What the queue runs for automation."""

from typing import Final

from arti.automation.inbound.service import take_webhook
from arti.automation.planning import plan_deliveries, plan_test
from arti.automation.sending import deliver
from arti.base.jobs import Handler

HANDLERS: Final[dict[str, Handler]] = {
    "automation.plan_deliveries": plan_deliveries,
    "automation.test_channel": plan_test,
    "automation.deliver": deliver,
    "automation.take_webhook": take_webhook,
}
