"""Decisions about logos: what one may be, and that an org has one at most."""

from io import BytesIO
from typing import Final
from uuid import UUID

from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.orgs.logo import store
from arti.orgs.logo.image import read_picture
from arti.orgs.logo.metadata import strip_metadata
from arti_core.errors import Invalid, NotFound, TooLarge
from arti_core.files.file_store import StoredFile, read_row

MOST_BYTES: Final = 256 * 1024


async def put_logo(access: Access, content: bytes) -> UUID:
    """Store the logo of the active org in place of its last one. Returns its id. Raises TooLarge, Invalid."""
    if len(content) > MOST_BYTES:
        raise TooLarge(f"The file is larger than {MOST_BYTES // 1024} KB. Make it smaller.")
    picture = read_picture(content)
    content = strip_metadata(content)
    await _delete(access)
    file_id = await access.context.file_store.add(
        access.connection,
        access.org_id,
        BytesIO(content),
        kind=store.KIND,
        name=f"logo.{picture.media_type.partition('/')[2]}",
        media_type=picture.media_type,
        created_by=access.principal.user_id,
    )
    details = {"media_type": picture.media_type, "width": picture.width, "height": picture.height}
    await audit(access, "org.logo_changed", access.org_id, details)
    return file_id


async def delete_logo(access: Access) -> None:
    """Raises NotFound when there is none."""
    if not await _delete(access):
        raise NotFound("logo")
    await audit(access, "org.logo_removed", access.org_id)


async def get_logo(access: Access) -> tuple[StoredFile, bytes]:
    """Return the logo of the active org. Raises NotFound, Damaged, Unavailable."""
    row = await store.read_logo(access.connection, access.org_id)
    if row is None:
        raise NotFound("logo")
    file = read_row(access.org_id, row)
    content = row["content"]
    if content is None:
        content = await access.context.file_store.read(access.connection, file, at_most=MOST_BYTES)
    try:
        return file, strip_metadata(content)  # also of those that were stored with it
    except Invalid:
        raise NotFound("logo") from None


async def _delete(access: Access) -> bool:
    file_id = await store.find_logo_id(access.connection, access.org_id)
    if file_id is not None:
        await access.context.file_store.delete(access.connection, access.org_id, file_id)
    return file_id is not None
