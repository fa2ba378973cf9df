"""E-mail over the operator's mail server."""

from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

import aiosmtplib

from arti.automation.channels.contract import Letter, Outcome
from arti.settings import Settings

_NOTHING_SENT = (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError, aiosmtplib.SMTPAuthenticationError)
_IN_DOUBT = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError)


async def send(settings: Settings, letter: Letter, *, timeout_seconds: float) -> Outcome:
    """Send the mail. Its Message-ID is the delivery's id at every try, so that a repetition can be told."""
    url = urlsplit(settings.smtp_url.get_secret_value())
    implicit_tls = url.scheme == "smtps"
    try:
        await aiosmtplib.send(
            compose(settings, letter),
            hostname=url.hostname,
            port=url.port or (465 if implicit_tls else 587),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=implicit_tls,
            timeout=timeout_seconds,
        )
    except _NOTHING_SENT as error:
        return Outcome("later", error=f"The mail server cannot be used ({type(error).__name__}). Check SMTP_URL.")
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return _answered(refused.recipients[0].code)
    except aiosmtplib.SMTPResponseException as answered:
        return _answered(answered.code)
    except aiosmtplib.SMTPNotSupported as error:
        return Outcome("refused", error=f"The mail server cannot do what this message needs ({type(error).__name__}).")
    except _IN_DOUBT as error:
        return Outcome("unknown", error=f"The mail server broke off ({type(error).__name__}).")
    return Outcome("sent", 250)


def _answered(code: int) -> Outcome:
    """Return what a refusal means: 4xx is for now, 5xx is for good."""
    if code >= 500:
        return Outcome("refused", code, f"The mail server refused the message ({code}). Check the address.")
    return Outcome("later", code, f"The mail server cannot take the message now ({code}).")


def compose(settings: Settings, letter: Letter) -> EmailMessage:
    """Return the mail: plain text, with HTML as the alternative."""
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = letter.address
    mail["Subject"] = letter.subject
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{letter.delivery_id}@{urlsplit(settings.site_url).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    mail.add_alternative(str(letter.payload["html"]), subtype="html")
    return mail
