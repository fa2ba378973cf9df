"""SMS over Twilio's API, which takes no idempotency key: a message that may have left is never sent again by itself."""

from http import HTTPStatus

from arti.automation.channels.contract import Letter, Outcome, judge
from arti.base.http import Outside
from arti.settings import Settings

# Twilio took nothing in: too many requests, our credentials, or it says so itself.
_SURELY_NOT_SENT = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.UNAUTHORIZED)


async def send(outside: Outside, settings: Settings, letter: Letter, *, timeout_seconds: float) -> Outcome:
    """Create one Message resource: POST /2010-04-01/Accounts/{sid}/Messages.json, a form, basic auth."""
    sid = settings.twilio_account_sid
    answer = await outside.call(
        "POST",
        f"{settings.twilio_base_url.rstrip('/')}/2010-04-01/Accounts/{sid}/Messages.json",
        form={"To": letter.address, "From": settings.twilio_from, "Body": letter.body},
        auth=(sid, settings.twilio_auth_token.get_secret_value()),
        timeout_seconds=timeout_seconds,
    )
    outcome = judge(answer)
    if outcome.state == "sent" or answer.status in _SURELY_NOT_SENT:
        return outcome
    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome("refused", answer.status, f"Twilio refused the message ({answer.status}). Check the number.")
    return Outcome("unknown", answer.status, f"Twilio answered {answer.status}: it may have sent the message.")
