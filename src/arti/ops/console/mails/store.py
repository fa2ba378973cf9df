"""The mail queue of the sign-in service: what it sent, and without a mail server what it kept."""

from uuid import UUID

from arti.ops.console.transactions import read_only_transaction
from arti_core.database import Pool, Row
from arti_core.errors import NotFound

PAGE_MAILS = 50


async def has_mail_queue(pool: Pool) -> bool:
    """Return whether this database has the queue; a hosted Supabase sends its own mails and keeps none."""
    async with read_only_transaction(pool) as connection:
        found: bool = await connection.fetchval("select to_regclass('mail.queue') is not null")
        return found


async def list_mails(pool: Pool, *, word: str, page: int) -> list[Row]:
    """Return one page of mails and one more when there are further ones, the newest first."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select id, created_at, recipient, kind, title, state from mail.queue
               where position(lower($1) in lower(recipient || ' ' || title)) > 0
               order by created_at desc, id limit $2 offset $3""",
            word,
            PAGE_MAILS + 1,
            page * PAGE_MAILS,
        )


async def get_mail(pool: Pool, id: UUID) -> Row:
    """Return one mail with its sealed content. Raises NotFound."""
    async with read_only_transaction(pool) as connection:
        row = await connection.fetchrow(
            """select id, created_at, recipient, kind, title, sealed, state, attempts, last_error
               from mail.queue where id = $1""",
            id,
        )
    if row is None:
        raise NotFound("mail")
    return row
