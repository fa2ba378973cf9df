"""The org's logo in a mail."""

from uuid import UUID

from arti.automation.messages.mail_page import LOGO_ID
from arti.automation.messages.store import find_logo_file
from arti.orgs.logo.service import MOST_BYTES
from arti_core.database import Connection
from arti_core.errors import ArtiError
from arti_core.files.file_store import FileStore, read_row
from arti_core.mail import InlineImage


async def find_logo(connection: Connection, files: FileStore, org_id: UUID) -> InlineImage | None:
    """Return the logo for a worker; None without one, or while it cannot be read: then its name stands there."""
    row = await find_logo_file(connection, org_id)
    if row is None:
        return None
    try:
        content = await files.read(connection, read_row(org_id, row), at_most=MOST_BYTES)
    except ArtiError:
        return None
    return InlineImage(LOGO_ID, row["media_type"], content)
