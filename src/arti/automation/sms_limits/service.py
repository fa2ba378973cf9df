"""Send SMS within what an org may send and spend in a month: reserve before an attempt, give back what was not sent."""

from typing import Final, NamedTuple
from uuid import UUID

from arti.automation.sms_limits import store
from arti.automation.sms_limits.schemas import SmsLimits, SmsUse
from arti.orgs import store as orgs
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.settings import Settings
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Invalid

_MICROS: Final = 1_000_000
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE: Final = frozenset("^{}\\[~]|€")


class SmsCaps(NamedTuple):
    """What an org may send in a month: the lower ones of its own limits and of the operator's."""

    messages: int
    micros: int


def count_parts(text: str) -> int:
    """Return into how many parts a text is cut, each of which is charged: by GSM 7 bit, or UCS-2 for other signs."""
    if all(sign in _GSM or sign in _GSM_DOUBLE for sign in text):
        size, one, several = len(text) + sum(sign in _GSM_DOUBLE for sign in text), 160, 153
    else:
        size, one, several = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= one else -(-size // several)


async def reserve_sms(connection: Connection, org_id: UUID, settings: Settings, text: str) -> str | None:
    """Take a message from the month's limits. Returns None, or the sentence that says why it may not be sent."""
    month, parts = clock.today().replace(day=1), count_parts(text)
    micros = parts * _price_micros(settings)
    caps = _caps(settings, await orgs.read_sms_limits(connection, org_id))
    used = await store.lock_use(connection, org_id, month)
    reason = None
    if used["messages"] + 1 > caps.messages:
        reason = f"The org may send {caps.messages:,} SMS a month, and has sent {used['messages']:,} in {month:%B %Y}."
    elif used["spent_micros"] + micros > caps.micros:
        reason = (
            f"The org may spend ${caps.micros / _MICROS:,.2f} a month on SMS, and has spent "
            f"${used['spent_micros'] / _MICROS:,.2f} in {month:%B %Y}; this one costs ${micros / _MICROS:,.2f}."
        )
    if reason is None:
        await store.add_use(connection, org_id, month, messages=1, parts=parts, micros=micros)
        return None
    await store.add_use(connection, org_id, month, messages=0, parts=0, micros=0, refused=1)
    return f"Not sent: {reason} Send it again next month, or after an admin has raised the limit."


async def give_back_sms(connection: Connection, org_id: UUID, settings: Settings, text: str) -> None:
    """Give back what was taken for a message that certainly was not sent."""
    month, parts = clock.today().replace(day=1), count_parts(text)
    micros = parts * _price_micros(settings)
    await store.add_use(connection, org_id, month, messages=-1, parts=-parts, micros=-micros)


async def read_use(access: Access) -> SmsUse:
    """Return what the active org sent this month."""
    settings, month = access.context.settings, clock.today().replace(day=1)
    caps = _caps(settings, await orgs.read_sms_limits(access.connection, access.org_id))
    row = await store.find_use(access.connection, access.org_id, month)
    messages, spent = (row["messages"], row["spent_micros"]) if row else (0, 0)
    return SmsUse(
        configured=settings.sends_sms,
        month=month,
        messages=messages,
        parts=row["parts"] if row else 0,
        spent=spent / _MICROS,
        price=settings.sms_price,
        refused=row["refused"] if row else 0,
        message_limit=caps.messages,
        monthly_limit=caps.micros / _MICROS,
        highest_message_limit=settings.sms_messages_per_org,
        highest_limit=settings.sms_limit_per_org,
        at_limit=messages >= caps.messages or spent + _price_micros(settings) > caps.micros,
    )


async def set_limits(access: Access, limits: SmsLimits) -> None:
    """Set what the org wants to send in a month. Raises Invalid for more than the operator allows."""
    settings = access.context.settings
    if limits.message_limit is not None and limits.message_limit > settings.sms_messages_per_org:
        raise Invalid(
            f"The operator allows {settings.sms_messages_per_org:,} SMS a month at most.", field="message_limit"
        )
    if limits.monthly_limit is not None and limits.monthly_limit > settings.sms_limit_per_org:
        raise Invalid(f"The operator allows ${settings.sms_limit_per_org:,.2f} a month at most.", field="monthly_limit")
    cents = None if limits.monthly_limit is None else round(limits.monthly_limit * 100)
    await orgs.set_sms_limits(access.connection, access.org_id, messages=limits.message_limit, cents=cents)
    await audit(access, "org.sms_limits_changed", access.org_id, {"messages": limits.message_limit, "cents": cents})


def _price_micros(settings: Settings) -> int:
    return round(settings.sms_price * _MICROS)


def _caps(settings: Settings, own: Row) -> SmsCaps:
    messages, highest = settings.sms_messages_per_org, round(settings.sms_limit_per_org * _MICROS)
    return SmsCaps(
        messages if own["sms_limit_messages"] is None else min(own["sms_limit_messages"], messages),
        highest if own["sms_limit_cents"] is None else min(own["sms_limit_cents"] * _MICROS // 100, highest),
    )
