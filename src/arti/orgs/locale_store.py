"""SQL of how orgs and their members read: language, time zone, form of numbers."""

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from arti.language.catalogue import LanguageCode
from arti.language.messages.catalogue import translate
from arti.language.messages.reader import choose_language
from arti.language.reader_locale import ReaderLocale, WeekStart, locale_of
from arti_core.database import Connection, fetch_one

# What a person chose, else what their org did; of users u and orgs o.
LOCALE_COLUMNS: Final = ("language", "time_zone", "currency", "week_start", "number_form")
LOCALE_OF_MEMBER: Final = """coalesce(u.language, o.language) as language,
  coalesce(u.number_form, o.number_form) as number_form, coalesce(u.time_zone, o.time_zone) as time_zone"""


async def read_language(connection: Connection, org_id: UUID, user_id: UUID | None = None) -> LanguageCode:
    """Return the language of a member, who may have chosen none, else that of the org."""
    language: LanguageCode = await connection.fetchval(
        """select coalesce((select u.language from users u where u.id = $2), o.language) from orgs o where o.id = $1""",
        org_id,
        user_id,
    )
    return language


async def read_locale(connection: Connection, org_id: UUID, user_id: UUID | None = None) -> ReaderLocale:
    """Return how a member reads, or how the org does: its channels, and members who chose nothing."""
    return locale_of(
        await fetch_one(
            connection,
            f"select {LOCALE_OF_MEMBER} from orgs o left join users u on u.id = $2 where o.id = $1",  # noqa: S608
            org_id,
            user_id,
        )
    )


async def read_week_start(connection: Connection, org_id: UUID, user_id: UUID | None = None) -> WeekStart:
    """Return with which day a member's weeks begin, who may have chosen none, else those of the org."""
    week_start: WeekStart = await connection.fetchval(
        "select coalesce((select u.week_start from users u where u.id = $2), o.week_start) from orgs o where o.id = $1",
        org_id,
        user_id,
    )
    return week_start


async def find_mail_translator(connection: Connection, user_id: UUID, accept_language: str) -> Callable[[str], str]:
    """Return what translates a mail of the sign-in service: to the user's language, their org's, else the request's.

    For supabase_auth_admin, which reads nothing else of a profile.
    """
    language: LanguageCode | None = await connection.fetchval("select private.mail_language($1)", user_id)
    return partial(translate, reader=ReaderLocale(language or choose_language(accept_language)))
