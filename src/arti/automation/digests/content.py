"""What a digest holds: read at the moment of sending, as the member whose access counts sees it then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from arti.automation.digests import panel_store, store
from arti.automation.digests.store import SettingsRow
from arti.automation.messages.figures import MessageFigure, read_figures
from arti.insights.narration.reading import ReadableText, read_row
from arti.insights.store import list_chart_values, shows_gains
from arti.language.catalogue import LanguageCode
from arti.language.reader_locale import ReaderLocale, locale_of
from arti.orgs.authorization import Access, read_membership
from arti.orgs.locale_store import read_locale
from arti.vocabulary import Permission
from arti_core import clock
from arti_core.database import Connection, Row

MAX_STORIES: Final = 10
_MAX_ROWS: Final = 20
_MAX_ARTISTS: Final = 10
_AHEAD: Final = timedelta(days=14)
ROSTER_DAYS: Final = 7  # of a daily digest too: one day against the day before says little


@dataclass(frozen=True, slots=True)
class DigestStory:
    """One story with its numbers and the values of its chart; `mark`: the place of its day among them."""

    row: Row
    text: ReadableText
    figures: Sequence[MessageFigure]
    values: Sequence[float | None]
    mark: int
    of_gains: bool

    @property
    def is_fall(self) -> bool:
        return bool(self.row["direction"] < 0)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader gets of one period. `total`: all stories, of which `stories` are the first."""

    org_id: UUID
    org_name: str
    has_logo: bool
    locale: ReaderLocale
    settings: SettingsRow
    period_from: datetime
    period_until: datetime
    stories: Sequence[DigestStory] = ()
    total: int = 0
    arrivals: Sequence[tuple[Row, ReadableText]] = ()
    silent: Sequence[tuple[Row, ReadableText]] = ()
    accounts: Sequence[Row] = field(default=())
    releases: Sequence[Row] = field(default=())
    roster: Sequence[Row] = ()
    reader_name: str = ""

    @property
    def language(self) -> LanguageCode:
        return self.locale.language

    @property
    def has_news(self) -> bool:
        """Whether anything happened: what waits since earlier, or is only planned, is no news."""
        return bool(self.stories or self.arrivals or self.silent or any(row["is_new"] for row in self.accounts))

    @property
    def insight_ids(self) -> list[str]:
        rows = [story.row for story in self.stories] + [row for row, _ in (*self.arrivals, *self.silent)]
        return [str(row["id"]) for row in rows]


async def read_digest(
    connection: Connection,
    org_id: UUID,
    settings: SettingsRow,
    *,
    after: datetime,
    until: datetime,
    arrivals_only: bool = False,
) -> Digest | None:
    """Return the digest of a period, as the member `run_as` sees it now. None when nothing happened, or no member.

    `settings`: a row of notification_settings. It is in the member's language, or of a channel in the org's.
    """
    member: UUID = settings["run_as"]
    reader = await store.find_reader(connection, org_id, member)
    if reader is None:
        return None
    membership, is_channel = read_membership(reader), settings["user_id"] is None
    locale = locale_of(reader, "org_" if is_channel else "")
    artist_ids = list(settings["artist_ids"])
    period: dict[str, Any] = {"member": member, "artist_ids": artist_ids, "after": after, "until": until}

    panels: dict[str, Any] = {}
    if not arrivals_only:
        panels = await _read_panels(connection, org_id, settings, membership.permissions, locale, period, clock.now())
    digest = Digest(
        org_id=org_id,
        org_name=reader["org_name"],
        has_logo=reader["has_logo"],
        locale=locale,
        settings=settings,
        period_from=after,
        period_until=until,
        arrivals=await _list_notes(connection, org_id, "past_numbers", locale, period),
        reader_name=reader["display_name"] or reader["email"],
        **panels,
    )
    return digest if digest.has_news else None


async def read_own_digest(access: Access, settings: SettingsRow, *, after: datetime, until: datetime) -> Digest:
    """Return what a digest of the caller holds: what they see of its period now, with the changes up to its end."""
    connection, org_id = access.connection, access.org_id
    locale = await read_locale(connection, org_id, access.principal.user_id)
    period = {"member": None, "artist_ids": list(settings["artist_ids"]), "after": after, "until": until}
    return Digest(
        org_id=org_id,
        org_name="",
        has_logo=False,
        locale=locale,
        settings=settings,
        period_from=after,
        period_until=until,
        arrivals=await _list_notes(connection, org_id, "past_numbers", locale, period),
        **await _read_panels(connection, org_id, settings, access.permissions, locale, period, until),
    )


async def _list_notes(
    connection: Connection, org_id: UUID, detector: str, locale: ReaderLocale, period: Mapping[str, Any]
) -> list[tuple[Row, ReadableText]]:
    rows = await panel_store.list_notes(connection, org_id, detector=detector, limit=_MAX_ROWS, **period)
    return [(row, read_row(dict(row), locale)) for row in rows]


async def _read_panels(
    connection: Connection,
    org_id: UUID,
    settings: SettingsRow,
    permissions: Collection[Permission],
    locale: ReaderLocale,
    period: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    is_channel = settings["user_id"] is None
    rows = await panel_store.list_stories(
        connection,
        org_id,
        with_money=not is_channel and Permission.MONEY_READ in permissions,
        min_severity=settings["min_severity"],
        limit=MAX_STORIES,
        **period,
    )
    charts = await list_chart_values(connection, org_id, rows) if rows else {}
    accounts: Sequence[Row] = ()
    if Permission.CONNECTIONS_READ in permissions:
        accounts = await panel_store.list_accounts_to_reconnect(connection, org_id, **period)
    today = now.astimezone(ZoneInfo(settings["time_zone"])).date()
    return {
        "stories": [_story(row, charts[row["id"]], locale) for row in rows],
        "total": rows[0]["total"] if rows else 0,
        "accounts": accounts,
        "silent": await _list_notes(connection, org_id, "stale_data", locale, period),
        "roster": await panel_store.list_roster_changes(
            connection,
            org_id,
            member=period["member"],
            artist_ids=period["artist_ids"],
            today=now.date(),  # numbers are of days in UTC
            days=ROSTER_DAYS,
            limit=_MAX_ARTISTS,
        ),
        "releases": await panel_store.list_releases_ahead(
            connection,
            org_id,
            member=period["member"],
            artist_ids=period["artist_ids"],
            first=today,
            last=today + _AHEAD,
        ),
    }


def _story(row: Row, chart: Mapping[str, Any], locale: ReaderLocale) -> DigestStory:
    values = list(chart["values"])
    while values and values[-1] is None:
        values.pop()
    return DigestStory(
        row=row,
        text=read_row(dict(row), locale),
        figures=read_figures(row, locale),
        values=values,
        mark=(row["happened_on"] - chart["from_on"]).days // row["step_days"],
        of_gains=shows_gains(row),
    )
