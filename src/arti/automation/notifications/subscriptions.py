"""The link in a mail that ends or changes its subscription without a sign-in: sealed, expiring, for this one only."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, cast
from uuid import UUID

from arti.automation.notifications import store
from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Connection, Row
from arti_core.errors import Invalid, Misconfigured, NotFound

SubscriptionPart = Literal["digest", "at_once", "copy", "channel"]
SubscriptionFrequency = Literal["off", "on", "daily", "weekly", "important", "all"]
_KIND: Final = "subscription"
_REF: Final = "link"
_VALID: Final = timedelta(days=90)  # a mail is read late, and forwarded later still
_CHOICES: Final[dict[SubscriptionPart, tuple[SubscriptionFrequency, ...]]] = {
    "digest": ("daily", "weekly", "off"),
    "at_once": ("all", "important", "off"),
    "copy": ("off",),  # the member decides who gets one
    "channel": ("on", "off"),
}
UNSUBSCRIBED: Final = "The recipient unsubscribed by the link in a mail."


@dataclass(frozen=True, slots=True)
class SubscriptionLink:
    """`subject_id`: of the settings, or of a channel. `address`: who gets a copy."""

    org_id: UUID
    part: SubscriptionPart
    subject_id: UUID
    address: str = ""

    @property
    def choices(self) -> tuple[SubscriptionFrequency, ...]:
        return _CHOICES[self.part]

    def seal(self, vault: Vault) -> str:
        """Return the token of the link."""
        expires = int((clock.now() + _VALID).timestamp())
        sealed = vault.seal(
            [self.part, str(self.subject_id), self.address, expires], owner_id=self.org_id, kind=_KIND, ref=_REF
        )
        return urlsafe_b64encode(self.org_id.bytes + sealed).decode().rstrip("=")


def open_link(vault: Vault, token: str) -> SubscriptionLink:
    """Return what a token is for. Raises NotFound, the same for one that is forged, cut or expired."""
    try:
        content = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        org_id = UUID(bytes=content[:16])
        opened = vault.open(content[16:], owner_id=org_id, kind=_KIND, ref=_REF)
    except (ValueError, IndexError, Misconfigured):
        raise _unknown() from None
    part, subject_id, address, expires = cast(list[Any], opened)
    if expires < clock.timestamp():
        raise _unknown()
    return SubscriptionLink(org_id, part, UUID(subject_id), address)


async def find_subscription(connection: Connection, link: SubscriptionLink) -> Row:
    """Return how a subscription is now. Raises NotFound when it is gone."""
    row = await store.read_subscription(connection, link.org_id, link.part, link.subject_id, link.address)
    if row is None:
        raise _unknown()
    return row


async def change_subscription(connection: Connection, link: SubscriptionLink, frequency: SubscriptionFrequency) -> None:
    """Set how often it comes. Raises Invalid for another choice, NotFound when it is gone."""
    if frequency not in link.choices:
        raise Invalid(f"Choose one of: {', '.join(link.choices)}.", field="frequency")
    if not await store.change_subscription(
        connection, link.org_id, link.part, link.subject_id, link.address, frequency, UNSUBSCRIBED
    ):
        raise _unknown()


def _unknown() -> NotFound:
    return NotFound("subscription", "The link has expired, or what it was for is gone. Sign in to change what you get.")
