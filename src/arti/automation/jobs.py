"""The jobs of automation."""

from typing import Final

from arti.automation.deliveries.due_digests import DIGESTS_JOB as DIGESTS_JOB
from arti.automation.deliveries.due_digests import create_due_digests
from arti.automation.deliveries.fan_out import DELIVER_JOB, FAN_OUT_JOB, create_test_delivery, repeat_fan_out
from arti.automation.deliveries.worker import deliver
from arti.automation.n8n_workflows.jobs import REMOVE_WORKFLOW_JOB, remove_workflow
from arti.automation.webhooks.service import process_webhook
from arti.jobs import Handler

HANDLERS: Final[dict[str, Handler]] = {
    FAN_OUT_JOB: repeat_fan_out,
    "automation.plan_deliveries": repeat_fan_out,  # as enqueued by version 0.1
    "automation.test_channel": create_test_delivery,
    DELIVER_JOB: deliver,
    DIGESTS_JOB: create_due_digests,
    REMOVE_WORKFLOW_JOB: remove_workflow,
    "automation.process_webhook": process_webhook,
    "automation.take_webhook": process_webhook,  # as enqueued by version 0.1
}
