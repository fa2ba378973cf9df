"""Make and revoke upload links; take the files of one, whoever has it."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from arti.imports.batches.store import insert_batch
from arti.imports.upload_links import store
from arti.imports.upload_links.schemas import NewUploadLink
from arti.music.store import find_artist_name
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti_core import clock
from arti_core.database import Pool, Row, anonymous_transaction
from arti_core.errors import Conflict, Invalid, NotFound

READ_JOB: Final = "imports.read_upload"
_PIECE_BYTES: Final = 1024 * 1024
_GONE: Final = "Ask whoever sent it to you for a new one."


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def create_link(access: Access, new: NewUploadLink) -> tuple[Row, str]:
    """Make a link for one artist. Returns it and its token, which is stored nowhere. Raises NotFound."""
    connection, org_id, maker = access.connection, access.org_id, access.principal.user_id
    if await find_artist_name(connection, org_id, new.artist_id) is None:
        raise NotFound("artist")
    token = secrets.token_urlsafe(32)
    id = await store.insert_link(
        connection,
        org_id,
        artist_id=new.artist_id,
        batch_id=await insert_batch(connection, org_id, maker),
        note=new.note.strip(),
        token_hash=hash_token(token),
        max_files=new.max_files,
        max_bytes=new.max_bytes,
        created_by=maker,
        expires_at=clock.now() + timedelta(days=new.days),
    )
    details = {"artist_id": str(new.artist_id), "days": new.days, "max_files": new.max_files, "note": new.note}
    await audit(access, "upload_link.created", id, details)
    row = await store.find_link(connection, org_id, id)
    assert row is not None  # inserted in this transaction
    return row, token


async def revoke_link(access: Access, link_id: UUID) -> None:
    """Make a link useless at once. Raises NotFound."""
    row = await store.find_link(access.connection, access.org_id, link_id)
    if row is None:
        raise NotFound("upload link")
    if row["revoked_at"] is None:
        await store.revoke_link(access.connection, access.org_id, link_id)
        await audit(access, "upload_link.revoked", link_id, {"artist_id": str(row["artist_id"])})


async def open_link(pool: Pool, token: str) -> Row:
    """Return the link of a token. Raises NotFound, the same for one that never was, is over or was revoked."""
    async with anonymous_transaction(pool) as connection:
        row = await store.open_link(connection, hash_token(token))
    if row is None:
        raise NotFound("upload link", _GONE)
    return row


async def take_file(pool: Pool, token: str, *, name: str, content: bytes) -> UUID:
    """Store a file for the worker that reads it. Raises Invalid for an empty one, NotFound, Conflict."""
    if not content:
        raise Invalid("The file is empty. Export it again.", field="file")
    pieces = [content[at : at + _PIECE_BYTES] for at in range(0, len(content), _PIECE_BYTES)]
    clean = "".join(character for character in name if character.isprintable())[-300:] or "file"
    async with anonymous_transaction(pool) as connection:
        id = await store.add_upload(
            connection, hash_token(token), name=clean, pieces=pieces, sha256=hashlib.sha256(content).digest()
        )
    if id is None:
        await open_link(pool, token)
        raise Conflict(f"This link has taken all files that it was made for. {_GONE}")
    return id


async def list_uploads(pool: Pool, token: str, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return what became of files of a link. Raises NotFound."""
    await open_link(pool, token)
    async with anonymous_transaction(pool) as connection:
        return [dict(row) for row in await store.list_uploads(connection, hash_token(token), ids)]
