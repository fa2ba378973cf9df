"""What must not come back to life in a restored database: sessions, tokens that work once, messages, deletions."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from arti_core.database import Connection
from local_stack.backup.recovery.ledger import Entry, apply_ledger

# What, the table without which the statement is left out (a hosted or an older database), and the statement.
_STATEMENTS: Final = (
    ("sessions ended", "auth.sessions", "delete from auth.sessions"),
    ("refresh tokens ended", "auth.refresh_tokens", "delete from auth.refresh_tokens"),
    ("one-time codes and links ended", "auth.one_time_tokens", "delete from auth.one_time_tokens"),
    (
        "codes and links of older kinds ended",
        "auth.users",
        """update auth.users set confirmation_token = '', recovery_token = '', email_change_token_new = '',
             email_change_token_current = '', phone_change_token = '', reauthentication_token = ''
           where concat(confirmation_token, recovery_token, email_change_token_new, email_change_token_current,
                        phone_change_token, reauthentication_token) <> ''""",
    ),
    ("sign-ins under way ended", "auth.flow_state", "delete from auth.flow_state"),
    ("sign-ins under way ended", "auth.oauth_client_states", "delete from auth.oauth_client_states"),
    ("challenges of second factors ended", "auth.mfa_challenges", "delete from auth.mfa_challenges"),
    (
        "consents under way ended",
        "public.oauth_states",
        "delete from public.oauth_states where org_id <> private.canary_org_id()",
    ),
    (
        "invitations ended",
        "public.invitations",
        """update public.invitations set expires_at = clock.now(), token_hash = null
           where expires_at > clock.now() and org_id <> private.canary_org_id()""",
    ),
    ("requests for mails dropped", "auth.mail_requests", "delete from auth.mail_requests where sealed is not null"),
    (
        "mails held back, since they may have been sent",
        "mail.queue",
        """update mail.queue set state = 'failed', sealed = null,
             last_error = 'The database was restored from a backup: this may have been sent before.'
           where state = 'queued'""",
    ),
    (
        "deliveries held back, since they may have been sent",
        "public.deliveries",
        """update public.deliveries set status = 'unknown',
             last_error = 'The database was restored from a backup: this may have been sent before.'
           where status in ('pending', 'sending', 'failed')""",
    ),
    (
        "accounts whose tokens are renewed before they are used",
        "public.accounts",
        """update public.accounts a set tokens_restored_at = clock.now()
           where exists (select from private.vault v where v.org_id = a.org_id and v.ref = a.id::text)""",
    ),
)


@dataclass(slots=True)
class Cleared:
    """What was ended, by its name; the deletions that were applied again; what could not be."""

    counts: dict[str, int] = field(default_factory=dict)
    deletions: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


async def clear_restored(connection: Connection, ledger: list[Entry], *, undelete: Collection[UUID] = ()) -> Cleared:
    """Make a restored database safe to open, as its superuser or owner, in one transaction. May run twice."""
    cleared = Cleared()
    async with connection.transaction():
        for name, table, statement in _STATEMENTS:
            if await connection.fetchval("select to_regclass($1) is null", table):
                continue
            done = await connection.execute(statement)
            cleared.counts[name] = cleared.counts.get(name, 0) + int(done.rpartition(" ")[2])
        cleared.deletions, cleared.problems = await apply_ledger(connection, ledger, undelete=undelete)
    return cleared
