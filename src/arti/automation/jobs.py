"""What the queue runs for automation."""

from typing import Final

from arti.automation.deliveries.delivery_worker import deliver
from arti.automation.deliveries.fan_out import plan_deliveries, plan_test
from arti.automation.webhooks.service import process_webhook
from arti.jobs import Handler

HANDLERS: Final[dict[str, Handler]] = {
    "automation.plan_deliveries": plan_deliveries,
    "automation.test_channel": plan_test,
    "automation.deliver": deliver,
    "automation.take_webhook": process_webhook,
}
