"""Tell the operator what is wrong, and when it is over: by mail, by a webhook, and in the log."""

from datetime import datetime
from html import escape
from uuid import uuid4

import structlog

from arti.settings import Settings
from arti_core import mail
from arti_core.clock import now
from arti_core.errors import ArtiError
from arti_core.http_client import OutboundClient

log = structlog.get_logger()

_SECONDS = 20.0


async def notify(
    settings: Settings, http_client: OutboundClient, *, name: str, detail: str, since: datetime, ended: bool
) -> bool:
    """Send one alert, or its end, to everybody who is named. Returns whether each of them got it."""
    where = settings.site_url.partition("//")[2]
    minutes = int((now() - since).total_seconds() // 60)
    text = f"Over after {minutes} min: {detail}" if ended else detail
    log.warning("alert", alert=name, ended=ended, detail=detail)
    addresses = [address for address in settings.alert_mail.split(",") if address]
    sent = [await _mail(settings, address, f"[{where}] {name}", text) for address in addresses]
    if url := settings.alert_webhook.get_secret_value():
        body = {
            "text": f"ARTi {where}: {text}",
            "alert": name,
            "state": "ended" if ended else "firing",
            "since": since.isoformat(),
        }
        sent.append(await _post(http_client, url, body))
    return all(sent)


async def _mail(settings: Settings, address: str, subject: str, text: str) -> bool:
    message = mail.compose(
        sender=settings.mail_from,
        recipient=address,
        subject=subject,
        text=text,
        html=f"<p>{escape(text)}</p>",
        message_id=f"{uuid4()}@arti",
    )
    result = await mail.send(settings.smtp_url.get_secret_value(), message, timeout_seconds=_SECONDS)
    if result.state in ("sent", "unknown"):
        return True
    log.error("an alert was not sent by mail", error=result.error)
    return result.state == "refused"  # a retry would be refused again


async def _post(http_client: OutboundClient, url: str, body: dict[str, str]) -> bool:
    try:
        answer = await http_client.call("POST", url, json=body, timeout_seconds=_SECONDS)
    except ArtiError as error:
        log.error("an alert was not sent to the webhook", error=error.message)
        return False
    if answer.status >= 300:
        log.error("an alert was refused by the webhook", status=answer.status)
    return answer.status < 500
