"""The home page: what was found since the last session or week, and what waits for a person."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from arti.home import store
from arti.home.schemas import FirstStep, FirstStepKind, Home, Need, NeedKind, Since
from arti.imports.desk.service import count_due_again
from arti.insights.service import list_news
from arti.language.reader_locale import begin_of_last_week
from arti.music.schemas import ArtistName
from arti.orgs.authorization import Access
from arti.orgs.locale_store import read_week_start
from arti.vocabulary import Permission
from arti_core import clock
from arti_core.database import Row
from arti_core.errors import NotFound

_STORIES = 5
_NAMES = 3
# Nobody looks into a message that failed longer ago.
_DELIVERY_DAYS = timedelta(days=14)
# Whoever was away for longer is not shown everything at once.
_LONGEST_ABSENCE = timedelta(days=28)
# Later a missing step is a choice.
_YOUNG = timedelta(days=30)
_STEPS: Final[dict[FirstStepKind, Permission]] = {
    "artist": Permission.ROSTER_WRITE,
    "numbers": Permission.IMPORTS_WRITE,
    "story": Permission.INSIGHTS_READ,
    "channel": Permission.AUTOMATION_MANAGE,
    "invitation": Permission.MEMBERS_MANAGE,
}


async def read_home(access: Access, *, since: Since | None, known_on: date | None) -> Home:
    """Return the caller's home page. Without `since`: since the last session when that is before
    the last first day of the caller's week.

    With `known_on` since the last such day before that day, and the stories as its end (UTC) knew them.
    """
    user_id = access.principal.user_id
    await store.keep_plans(access.connection)
    session = await store.find_last_session(access.connection, access.org_id, user_id)
    week_start = await read_week_start(access.connection, access.org_id, user_id)
    begin = begin_of_last_week(min(known_on or date.max, clock.today()), week_start)
    week = datetime.combine(begin, time(), tzinfo=UTC)
    if since is None:
        since = "session" if known_on is None and session is not None and session < week else "week"
    moment = max(session or week, clock.now() - _LONGEST_ABSENCE) if since == "session" else week
    stories = []
    if Permission.INSIGHTS_READ in access.permissions:
        stories = await list_news(
            access.connection,
            access.org_id,
            user_id=user_id,
            since=moment,
            limit=_STORIES,
            known_on=known_on,
        )
    return Home(
        since=moment,
        since_kind=since,
        last_session_at=session,
        stories=stories,
        needs=await _list_needs(access),
        first_steps=await _list_first_steps(access),
    )


async def put_session(access: Access) -> None:
    await store.put_session(access.connection, access.org_id, access.principal.user_id)


async def star(access: Access, artist_id: UUID) -> None:
    """Make an artist one of the caller's own. Raises NotFound."""
    if not await store.add_star(access.connection, access.org_id, access.principal.user_id, artist_id):
        raise NotFound("artist")


async def unstar(access: Access, artist_id: UUID) -> None:
    await store.delete_star(access.connection, access.org_id, access.principal.user_id, artist_id)


async def _list_first_steps(access: Access) -> list[FirstStep]:
    """Return the steps that the caller may take, unless all are done or the caller may not add artists."""
    if Permission.ROSTER_WRITE not in access.permissions:
        return []
    done = await store.read_first_steps(access.connection, access.org_id, access.principal.user_id, young=_YOUNG)
    steps = [
        FirstStep(kind=kind, done=done[kind])
        for kind, permission in _STEPS.items()
        if done is not None and permission in access.permissions
    ]
    return [] if all(step.done for step in steps) else steps


async def _list_needs(access: Access) -> list[Need]:
    """Return what waits, as far as the caller may deal with it."""
    connection, org_id, may = access.connection, access.org_id, access.permissions
    needs = []
    if Permission.CONNECTIONS_READ in may:
        needs.append(_need("reconnect", await store.list_accounts_to_reconnect(connection, org_id)))
    if Permission.IMPORTS_READ in may:
        needs.append(_need("import_questions", await store.list_imports_with_questions(connection, org_id)))
        needs.append(await _exports_due(access))
    if Permission.AUTOMATION_READ in may:
        failed = await store.count_failed_deliveries(connection, org_id, since=clock.now() - _DELIVERY_DAYS)
        needs.append(Need(kind="failed_deliveries", count=failed, artists=[], artist_count=0))
    return [need for need in needs if need.count]


def _need(kind: NeedKind, rows: Sequence[Row]) -> Need:
    artists = [ArtistName(id=row["artist_id"], name=row["artist_name"]) for row in rows]
    return Need(kind=kind, count=sum(row["count"] for row in rows), artists=artists[:_NAMES], artist_count=len(artists))


async def _exports_due(access: Access) -> Need:
    counts = await count_due_again(access.connection, access.org_id)
    rows = await store.list_present(access.connection, access.org_id, list(counts)) if counts else []
    names = [ArtistName(id=row["id"], name=row["name"]) for row in rows]
    return Need(
        kind="exports_due",
        count=sum(counts[artist.id] for artist in names),
        artists=names[:_NAMES],
        artist_count=len(names),
    )
