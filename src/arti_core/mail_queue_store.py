"""SQL of the mail queue (mail.queue). Times are passed by the caller, so that they come from one clock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from arti_core.database import Connection, Row


async def insert_mail(
    connection: Connection,
    mail_id: UUID,
    *,
    recipient: str,
    kind: str,
    title: str,
    sealed: bytes,
    state: str,
    created_at: datetime,
    budget: str,
) -> None:
    await connection.execute(
        """insert into mail.queue (id, recipient, kind, title, sealed, state, due_at, created_at, budget)
           values ($1, $2, $3, $4, $5, $6, $7, $7, $8)""",
        mail_id,
        recipient,
        kind,
        title,
        sealed,
        state,
        created_at,
        budget,
    )


async def insert_mail_of_worker(
    connection: Connection, mail_id: UUID, *, recipient: str, kind: str, title: str, sealed: bytes, state: str
) -> None:
    """Write a mail in a worker's transaction, which may not write the table itself."""
    await connection.execute(
        "select private.enqueue_mail($1, $2, $3, $4, $5, $6)", mail_id, recipient, kind, title, sealed, state
    )


async def claim_due_mail(connection: Connection, *, now: datetime, until: datetime) -> Row | None:
    """Count an attempt at the mail that has been due longest, and keep it from other processes until `until`."""
    return await connection.fetchrow(
        """update mail.queue set attempts = attempts + 1, due_at = $2
           where id = (select id from mail.queue where state = 'queued' and due_at <= $1 and sealed is not null
                       order by due_at limit 1 for update skip locked)
           returning id, recipient, sealed, attempts""",
        now,
        until,
    )


async def mark_sent(connection: Connection, mail_id: UUID) -> None:
    """Record that a mail was sent, and keep nothing of its content."""
    await connection.execute(
        "update mail.queue set state = 'sent', last_error = null, sealed = null where id = $1", mail_id
    )


async def record_failure(
    connection: Connection, mail_id: UUID, *, state: str, error: str | None, due_at: datetime
) -> None:
    await connection.execute(
        "update mail.queue set state = $2, last_error = $3, due_at = $4 where id = $1", mail_id, state, error, due_at
    )


async def delete_mails_before(connection: Connection, moment: datetime) -> None:
    await connection.execute("delete from mail.queue where created_at < $1", moment)


async def count_mails_since(connection: Connection, moment: datetime, budgets: Sequence[str]) -> int:
    """Return how many mails of these budgets were written after `moment`, whatever their state is."""
    count: int = await connection.fetchval(
        "select count(*) from mail.queue where created_at > $1 and budget = any ($2)", moment, budgets
    )
    return count


async def lock_unsealed(connection: Connection, limit: int) -> Sequence[Row]:
    return await connection.fetch(
        """select id, unsealed_subject, unsealed_text, unsealed_html from mail.queue
           where unsealed_subject is not null limit $1 for update skip locked""",
        limit,
    )


async def store_sealed(connection: Connection, mail_id: UUID, sealed: bytes) -> None:
    await connection.execute(
        """update mail.queue set sealed = $2, unsealed_subject = null, unsealed_text = null, unsealed_html = null
           where id = $1""",
        mail_id,
        sealed,
    )
