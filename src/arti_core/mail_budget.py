"""How many mails may be written within a day, whoever asks for them: the one place that all mails pass.

A budget is a token bucket in the database, refilled within a day. Mails of accounts (sign-in, recovery, confirmation)
and mails of orgs (invitations, notifications) have budgets of their own, so that no org can use up the mails with which
people sign in. Of the mails of accounts, those to addresses that nobody has confirmed yet (newcomers) are half at most,
and few from one network, so that no stranger's sign-ups use up the mails with which known people sign in.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final, TypeAlias
from uuid import UUID

from arti_core.database import Connection
from arti_core.errors import RateLimited

Budget: TypeAlias = tuple[str, int]  # its key, and mails a day
_INVITATIONS_OF_MAILBOX: Final = 5  # a team may have several addresses of one mailbox
_WITHOUT_DOTS: Final = {"gmail.com", "googlemail.com"}


@dataclass(frozen=True, slots=True)
class MailLimits:
    """Mails a day."""

    per_address: int
    per_org: int
    per_installation: int
    per_network: int = 50

    def account_mail(self, recipient: str) -> list[Budget]:
        """Return the budgets of a mail about somebody's account."""
        return [
            (f"account {_digest(_mailbox_of(recipient))}", self.per_address),
            ("account installation", self.per_installation),
        ]

    def notice(self, recipient: str) -> list[Budget]:
        """Return the budgets of a mail that reports what happened to an account.

        Apart from the others: whoever has taken over an account could use those up to stay unnoticed.
        """
        return [
            (f"notice {_digest(_mailbox_of(recipient))}", self.per_address),
            ("notice installation", self.per_installation),
        ]

    def newcomer_mail(self, ip: str | None) -> list[Budget]:
        """Return the further budgets of a mail to an address that is nobody's yet, asked for from `ip`."""
        network = network_of(ip)
        budgets = [(f"newcomers network {_digest(network)}", self.per_network)] if network else []
        return [*budgets, ("newcomers installation", max(1, self.per_installation // 2))]

    def account_request(self, recipient: str) -> list[Budget]:
        """Return the budget of a stranger's request for such a mail, whether the address is known or not."""
        return [(f"request {_digest(_mailbox_of(recipient))}", self.per_address)]

    def org_mail(self, org_id: UUID, recipient: str) -> list[Budget]:
        """Return the budgets of a mail that an org sends."""
        return [
            (f"org-mail {_digest(_mailbox_of(recipient))}", self.per_address),
            (f"org {org_id}", self.per_org),
            ("org-mail installation", self.per_installation),
        ]

    def invitation(self, org_id: UUID, inviter_id: UUID) -> list[Budget]:
        """Return the budgets of an invitation, taken when it is made: an org's, and a person's in all their orgs."""
        return [(f"invitations org {org_id}", self.per_org), (f"invitations person {inviter_id}", self.per_org)]

    @staticmethod
    def invitation_mail(recipient: str) -> list[Budget]:
        """Return the budgets of the mail of an invitation, whoever invites: of an address, and of its mailbox."""
        return [
            (f"invitation {_digest(recipient)}", 1),
            (f"invitations mailbox {_digest(_mailbox_of(recipient))}", _INVITATIONS_OF_MAILBOX),
        ]


class MailLimitReached(RateLimited):
    """No further mail is written now."""

    def __init__(self, seconds: float) -> None:
        wait = max(1, math.ceil(seconds))
        hours, minutes = divmod(math.ceil(wait / 60), 60)
        when = f"{hours} h {minutes} min" if hours else f"{minutes} min"
        super().__init__(
            f"Too many mails were sent within a day. The next one can be sent in {when}; wait, or ask the operator to "
            "raise the MAIL_LIMIT_ settings.",
            retry_after_seconds=wait,
        )


async def take_mail_budget(connection: Connection, budgets: Sequence[Budget]) -> None:
    """Take one mail from each budget, in the caller's transaction. Raises MailLimitReached, and then takes none."""
    for key, per_day in budgets:
        seconds = await find_wait(connection, (key, per_day))
        if seconds > 0:
            raise MailLimitReached(seconds)


async def find_wait(connection: Connection, budget: Budget) -> float:
    """Take one mail from a budget. Returns 0, or the seconds until there is one; then nothing was taken."""
    seconds: float = await connection.fetchval("select private.take_mail_budget($1, $2)", *budget)
    return seconds


async def delete_full_budgets(connection: Connection) -> None:
    """Delete the budgets that are full again."""
    await connection.execute("select private.delete_full_mail_budgets()")


def network_of(ip: str | None) -> str | None:
    """Return the network that one customer of a provider has: /24 or /48. None for a proxy's or a private address."""
    if ip is None or not ip_address(ip).is_global:
        return None
    return str(ip_network(f"{ip}/{24 if ip_address(ip).version == 4 else 48}", strict=False))


_DIGEST_BYTES: Final = 16


def _mailbox_of(address: str) -> str:
    """Return the mailbox that an address leads to: of name+anything@ that of name@ (RFC 5233)."""
    name, _, domain = address.strip().lower().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '') if domain in _WITHOUT_DOTS else name}@{domain}"


def _digest(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[: 2 * _DIGEST_BYTES]
