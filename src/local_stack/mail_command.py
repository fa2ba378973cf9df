"""`./arti mail`: read what auth mailed. Without a mail server that is the only way to its links and codes."""

import os

import asyncpg

from arti_core.errors import NotFound, Unavailable
from local_stack.data_directory import find_data_directory
from local_stack.environment import compose_environment
from local_stack.secrets import load_or_create_secrets

_LATEST = 50


async def list_mails(dsn: str = "") -> str:
    """Return a table of the latest mails, the newest last."""
    rows = await _fetch(
        dsn,
        """select * from (select left(id::text, 8) as id, created_at, state, kind, recipient, subject from auth.mails
                          order by auth.mails.created_at desc, auth.mails.id limit $1) as latest
           order by created_at, id""",
        _LATEST,
    )
    if not rows:
        return "No mails yet."
    lines = [
        f"{row['id']}  {row['created_at']:%Y-%m-%d %H:%M}  {row['state']:<6}  {row['recipient']}  {row['subject']}"
        for row in rows
    ]
    return "\n".join([*lines, "", "./arti mail show ID prints one."])


async def show_mail(mail_id: str | None, dsn: str = "") -> str:
    """Return the text of one mail, of the latest without an id. Raises NotFound."""
    rows = await _fetch(
        dsn,
        """select recipient, subject, body_text, state, last_error from auth.mails
           where $1::text is null or starts_with(id::text, lower($1)) order by created_at desc limit 1""",
        mail_id,
    )
    if not rows:
        raise NotFound("There is no such mail. ./arti mail lists those that there are.")
    row = rows[0]
    lines = [f"To: {row['recipient']}", f"Subject: {row['subject']}", f"State: {row['state']}"]
    if row["last_error"]:
        lines.append(f"Error: {row['last_error']}")
    return "\n".join([*lines, "", row["body_text"] or "(Sent; its text is not kept.)"])


async def _fetch(dsn: str, sql: str, *values: object) -> list[asyncpg.Record]:
    url = dsn or os.environ.get("OWNER_DATABASE_URL") or _own_database()
    try:
        connection = await asyncpg.connect(url, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"The database does not answer ({type(error).__name__}). Start ./arti up, or set OWNER_DATABASE_URL."
        ) from None
    try:
        rows: list[asyncpg.Record] = await connection.fetch(sql, *values)
        return rows
    except asyncpg.UndefinedTableError:
        raise NotFound("This database's auth is not ARTi's, so its mails are elsewhere.") from None
    finally:
        await connection.close()


def _own_database() -> str:
    folder = find_data_directory()
    return compose_environment(folder, load_or_create_secrets(folder.secrets)).values.get("OWNER_DATABASE_URL", "")
