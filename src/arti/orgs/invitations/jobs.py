"""The mail of an invitation: the same for an address with and without an account."""

import re
import secrets
from functools import partial
from html import escape
from typing import Final
from uuid import UUID

from arti.jobs import Handler, JobRun
from arti.language.messages.catalogue import translate
from arti.language.pieces import clean_name
from arti.language.reader_locale import ReaderLocale
from arti.orgs.invitations import store
from arti.orgs.invitations.service import MAIL_JOB, hash_token
from arti.settings import Settings
from arti_core.database import Row
from arti_core.jobs import RetryLater
from arti_core.mail_budget import MailLimitReached, MailLimits, find_wait, take_mail_budget
from arti_core.mail_queue import MailContent, seal_content
from arti_core.mail_queue_store import insert_mail_of_worker

_TITLE: Final = "You are invited to an organisation on ARTi"
# What mail programs make a link of. Names are chosen by whoever makes an account or an org.
_LINKED = re.compile(r"(?<=\w)[.@](?=\w)|://")


async def mail_invitation(job: JobRun) -> None:
    """Mail one invitation with a new link, if it waits. Waits itself while a mail budget is used up."""
    settings, invitation_id = job.worker_context.settings, UUID(job.args["invitation_id"])
    async with job.transaction() as connection:
        row = await store.lock_unmailed(connection, job.org_id, invitation_id)
        if row is None:  # mailed, withdrawn, answered or expired
            return
        limits = settings.mail_limits()
        for budget in MailLimits.invitation_mail(row["email"]):
            if await find_wait(connection, budget) > 0:
                # Mailed within the day, by this org or another one: which of them is nobody's business.
                await store.record_mailed(connection, job.org_id, invitation_id, None)
                return
        try:
            await take_mail_budget(connection, limits.org_mail(job.org_id, row["email"]))
        except MailLimitReached as reached:
            raise RetryLater(
                "The mail waits for a mail budget.", after_seconds=reached.retry_after_seconds or 60
            ) from None
        token = secrets.token_urlsafe(32)
        content = _compose(settings, row, token)
        mail_id = UUID(bytes=secrets.token_bytes(16), version=4)
        await insert_mail_of_worker(
            connection,
            mail_id,
            recipient=row["email"],
            kind="invitation",
            title=content.subject,
            sealed=seal_content(job.worker_context.vault, mail_id, content),
            state="queued" if settings.smtp_url.get_secret_value() else "kept",
        )
        await store.record_mailed(connection, job.org_id, invitation_id, hash_token(token))


def _compose(settings: Settings, row: Row, token: str) -> MailContent:
    """Return the mail in the language of the org: whoever is invited may have no account that says theirs."""
    # In the fragment, which no server and no log sees.
    link = f"{settings.site_url}/invitation/#token={token}"
    say = partial(translate, reader=ReaderLocale(row["language"]))
    name, address = _plain(row["inviter_name"] or ""), row["inviter_email"] or say("A former member")
    inviter = f"{name} ({address})" if name else address
    role = f"{'an' if row['role'][0] in 'aeiou' else 'a'} {row['role']}"
    title = say(_TITLE)
    sentence = say(f"{inviter} invites you to join the organisation “{_plain(row['org_name'])}” on ARTi, as {role}.")
    until = say(f"The link is valid until {row['expires_at']:%-d %B %Y}.")
    note = say(
        "You become a member only if you accept. Until then they see nothing of you. If you do not know them, decline, "
        "or ignore this mail."
    )
    text = "\n".join([title, "", sentence, "", link, "", until, note, ""])
    html = "\n".join(
        [
            f"<h2>{escape(title)}</h2>",
            f"<p>{escape(sentence)}</p>",
            f'<p><a href="{escape(link)}">{say("See the invitation")}</a></p>',
            f"<p>{escape(until)} {escape(note)}</p>",
        ]
    )
    return MailContent(title, text, html)


def _plain(name: str) -> str:
    """Return a name that no mail program shows as a link, over several lines or backwards."""
    return clean_name(_LINKED.sub(lambda sign: f"{sign[0][0]} ", name))


HANDLERS: Final[dict[str, Handler]] = {MAIL_JOB: mail_invitation}
