"""HTTP of automation: the routers of its packages."""

from arti.automation.channels.endpoints import router as channels
from arti.automation.deliveries.endpoints import router as deliveries
from arti.automation.digests.endpoints import router as digests
from arti.automation.messages.endpoints import router as messages
from arti.automation.n8n_workflows.endpoints import router as n8n_workflows
from arti.automation.notifications.endpoints import router as notifications
from arti.automation.rules.endpoints import router as rules
from arti.automation.sms_limits.endpoints import router as sms_limits
from arti.automation.webhooks.endpoints import router as webhooks
from arti.orgs.api_route import ApiRouter

router = ApiRouter()
for _router in (webhooks, channels, n8n_workflows, rules, deliveries, messages, notifications, digests, sms_limits):
    router.include_router(_router)
