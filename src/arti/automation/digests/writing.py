"""A digest written for one recipient: Slack's payload, or a mail with its images and the link that ends it."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from arti.automation.digests import pages, store
from arti.automation.digests.content import Digest, read_digest
from arti.automation.messages.mail_page import render_html, render_text
from arti.automation.notifications.subscriptions import SubscriptionLink, SubscriptionPart
from arti.language.pieces import Pieces, as_mail_text
from arti.language.sentences import SlotWords, say
from arti.settings import Settings
from arti_core.crypto import Vault
from arti_core.database import Connection, Row
from arti_core.mail import InlineImage

_OTHER: Final = {"daily": "weekly", "weekly": "daily"}


@dataclass(frozen=True, slots=True)
class DigestMessage:
    """`link`: what ends it."""

    subject: str
    text: str
    payload: Mapping[str, Any]
    images: Sequence[InlineImage]
    link: SubscriptionLink
    insight_ids: Sequence[str]

    def kept_payload(self) -> dict[str, Any]:
        """Return what the mailbox keeps: with its charts in it, and which insights it must go with."""
        kept = dict(self.payload) | {"insight_ids": list(self.insight_ids)}
        for image in self.images if "html" in kept else ():
            inline = f"data:{image.media_type};base64,{b64encode(image.content).decode()}"
            kept["html"] = kept["html"].replace(f'cid:{image.content_id}"', f'{inline}"')
        return kept


async def write_digest(
    connection: Connection, org_id: UUID, delivery: Row, vault: Vault, settings: Settings
) -> DigestMessage | None:
    """Return what a delivery of a digest sends now; None when there is nothing (any more)."""
    own = await _find_settings(connection, org_id, delivery)
    if own is None:
        return None
    address = delivery["recipient"]
    is_wanted = address in own["cc"] if delivery["is_copy"] else True
    if delivery["settings_id"] is not None and (own["frequency"] == "off" or not is_wanted):
        return None
    digest = await read_digest(
        connection,
        org_id,
        own,
        after=delivery["period_from"],
        until=delivery["period_until"],
        arrivals_only=delivery["settings_id"] is None,
    )
    if digest is None:
        return None
    subject = " ".join(as_mail_text(pages.title_of(digest)).split())[:200]
    link = _link(org_id, delivery, address)
    page, images = await asyncio.to_thread(
        pages.mail_page,
        digest,
        site_url=settings.site_url,
        footer=[_why(digest, delivery)],
        links=_links(digest, link, vault, settings.site_url) if delivery["kind"] == "email" else (),
    )
    text = render_text(page)
    if delivery["kind"] == "slack":
        payload = pages.slack_payload(
            digest,
            site_url=settings.site_url,
            chart_url=lambda chart: chart.link(vault, org_id, settings.api_url),
        )
    else:
        payload = {"text": text, "html": render_html(page)}
    return DigestMessage(subject, text, payload, images, link, digest.insight_ids)


async def _find_settings(connection: Connection, org_id: UUID, delivery: Row) -> store.SettingsRow | None:
    if delivery["settings_id"] is not None:
        return await store.find_settings(connection, org_id, delivery["settings_id"])
    return await store.find_rule_as_settings(connection, org_id, delivery["rule_id"])


def _link(org_id: UUID, delivery: Row, address: str) -> SubscriptionLink:
    if delivery["settings_id"] is None:
        return SubscriptionLink(org_id, "channel", delivery["channel_id"])
    part: SubscriptionPart = "copy" if delivery["is_copy"] else "digest"
    return SubscriptionLink(org_id, part, delivery["settings_id"], address if delivery["is_copy"] else "")


def _why(digest: Digest, delivery: Row) -> Pieces:
    words: SlotWords = {"org": {"name": digest.org_name}, "reader": {"name": digest.reader_name}}
    if delivery["settings_id"] is None:
        return say("message.why", digest.locale, words)
    key = "why_copy" if delivery["is_copy"] else "why_digest" if delivery["user_id"] else "why_channel_digest"
    return say(f"message.{key}", digest.locale, words)


def _links(digest: Digest, link: SubscriptionLink, vault: Vault, site_url: str) -> list[tuple[Pieces, str]]:
    """Return what the reader may change: each link acts at once, without a sign-in, and can be taken back there."""
    address = f"{site_url}/subscription/#token={link.seal(vault)}"
    links = [(say("message.unsubscribe", digest.locale), f"{address}&set=off")]
    other = _OTHER.get(digest.settings["frequency"])
    if link.part == "digest" and other:
        links.append((say(f"message.{other}_instead", digest.locale), f"{address}&set={other}"))
    return [*links, (say("message.change", digest.locale), address)]
