"""`./arti mail`: read the mail queue, where sign-in links and codes are while no mail server is set."""

import os

import asyncpg

from arti_core.crypto import Vault
from arti_core.errors import Invalid, NotFound, Unavailable
from arti_core.mail_queue import MailContent, open_content
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment

_LATEST = 50


async def list_mails(dsn: str = "") -> str:
    """Return a table of the latest mails, the newest last."""
    rows = await _fetch(
        dsn,
        """select * from (select left(id::text, 8) as id, created_at, state, recipient, title from mail.queue
                          order by mail.queue.created_at desc, mail.queue.id limit $1) as latest
           order by created_at, id""",
        _LATEST,
    )
    if not rows:
        return "No mails yet."
    lines = [
        f"{row['id']}  {row['created_at']:%Y-%m-%d %H:%M}  {row['state']:<6}  {row['recipient']}  {row['title']}"
        for row in rows
    ]
    return "\n".join([*lines, "", "./arti mail show ID prints one."])


async def show_mail(mail_id: str | None, dsn: str = "", master_key: str = "") -> str:
    """Return the text of one mail, of the latest without an id. Raises NotFound, and Misconfigured with another key."""
    rows = await _fetch(
        dsn,
        """select id, recipient, title, sealed, unsealed_text, state, last_error from mail.queue
           where $1::text is null or starts_with(id::text, lower($1)) order by created_at desc limit 1""",
        mail_id,
    )
    if not rows:
        raise NotFound("mail", "./arti mail lists them.")
    row = rows[0]
    content = MailContent(row["title"], row["unsealed_text"] or "", "")
    if row["sealed"] is not None:
        vault = Vault(master_key or load_environment(find_data_directory()).settings().master_keys())
        content = open_content(vault, row["id"], row["sealed"])
    lines = [f"To: {row['recipient']}", f"Subject: {content.subject}", f"State: {row['state']}"]
    if row["last_error"]:
        lines.append(f"Error: {row['last_error']}")
    return "\n".join([*lines, "", content.text or "(Sent; its text is not stored.)"])


async def _fetch(dsn: str, sql: str, *values: object) -> list[asyncpg.Record]:
    url = dsn or os.environ.get("OWNER_DATABASE_URL") or _own_setting("OWNER_DATABASE_URL")
    try:
        connection = await asyncpg.connect(url, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"The database does not answer ({type(error).__name__}). Start ./arti up, or set OWNER_DATABASE_URL."
        ) from None
    try:
        rows: list[asyncpg.Record] = await connection.fetch(sql, *values)
        return rows
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        raise Invalid("This database belongs to another Supabase, which sends its own mails.") from None
    finally:
        await connection.close()


def _own_setting(name: str) -> str:
    folder = find_data_directory()
    return load_environment(folder).values.get(name, "")
