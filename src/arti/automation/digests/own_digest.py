"""A member's digest as the app shows it: its stories and panels, in their language."""

from datetime import timedelta
from uuid import UUID

from arti.automation.digests import pages
from arti.automation.digests.content import DigestStory, read_own_digest
from arti.automation.digests.schemas import (
    ReadableDigest,
    ReadableDigestPanel,
    ReadableDigestRow,
    ReadableDigestStory,
)
from arti.automation.notifications import store
from arti.automation.notifications.service import read_own_settings
from arti.language.pieces import as_plain
from arti.orgs.authorization import Access
from arti_core.errors import NotFound


async def get_digest(access: Access, notification_id: UUID) -> ReadableDigest:
    """Return what a digest holds that the caller was notified of. Raises NotFound for any other notification."""
    row = await store.find_digest(access.connection, access.org_id, access.principal.user_id, notification_id)
    if row is None:
        raise NotFound("digest")
    settings = await read_own_settings(access)
    values = settings.model_dump() | {"user_id": access.principal.user_id}
    digest = await read_own_digest(access, values, after=row["period_from"], until=row["period_until"])
    return ReadableDigest(
        period_from=row["period_from"],
        period_until=row["period_until"],
        head=[as_plain(line) for line in pages.head_of(digest)],
        stories=[_story(story) for story in digest.stories],
        story_count=digest.total,
        panels=[
            ReadableDigestPanel(
                kind=kind,
                heading=as_plain(heading),
                rows=[
                    ReadableDigestRow(name=as_plain(name), value=as_plain(value), remark=as_plain(remark), path=path)
                    for name, value, remark, path in rows
                ],
            )
            for kind, heading, rows in pages.list_panels(digest, "")
        ],
    )


def _story(story: DigestStory) -> ReadableDigestStory:
    row = story.row
    first = row["happened_on"] - timedelta(days=story.mark * row["step_days"])
    chart = {"from": first, "step_days": row["step_days"], "of_gains": story.of_gains, "values": story.values}
    texts = {"title": as_plain(story.text.title), "body": as_plain(story.text.body)}
    return ReadableDigestStory.model_validate(
        dict(row) | texts | {"chart": chart, "path": f"/insights/?id={row['id']}"}
    )
