"""The roster: artists with their headline numbers and account states."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti.connections.store import list_account_states
from arti.metrics.summary import list_headlines
from arti.music import service as music
from arti.music import store
from arti.orgs.authorization import Actor
from arti.roster import schemas
from arti_core.database import Connection, Row
from arti_core.errors import Conflict
from arti_core.paging import Page, make_page, write_text_cursor


async def list_artists(
    connection: Connection,
    org_id: UUID,
    *,
    q: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
    known_on: date | None = None,
) -> Page[schemas.Artist]:
    """Return a page of the roster, sorted by name."""
    rows = await store.list_artists(connection, org_id, q=q, after=after, limit=limit + 1)
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["name"].lower(), row["id"]))
    items = await _with_numbers(connection, org_id, page.items, known_on)
    return Page(items=items, next_cursor=page.next_cursor)


async def get_artist(
    connection: Connection, org_id: UUID, artist_id: UUID, *, known_on: date | None = None
) -> schemas.Artist:
    """Return one artist. Raises NotFound."""
    row = await music.get_artist(connection, org_id, artist_id)
    return (await _with_numbers(connection, org_id, [row], known_on))[0]


async def delete_artist(actor: Actor, artist_id: UUID) -> None:
    """Delete an artist with all their numbers. Raises NotFound; Conflict while accounts are connected."""
    states = await list_account_states(actor.connection, actor.org_id, [artist_id])
    if states:
        names = ", ".join(sorted({state["provider"] for state in states}))
        raise Conflict(f"Disconnect this artist's accounts first ({names}), so that their tokens are deleted too.")
    await music.delete_artist(actor, artist_id)


async def _with_numbers(
    connection: Connection, org_id: UUID, rows: Sequence[Row], known_on: date | None
) -> list[schemas.Artist]:
    ids = [row["id"] for row in rows]
    headlines = await list_headlines(connection, org_id, ids, known_on=known_on)
    accounts: dict[UUID, list[schemas.AccountState]] = {id: [] for id in ids}
    for state in await list_account_states(connection, org_id, ids):
        accounts[state["artist_id"]].append(schemas.AccountState(provider=state["provider"], status=state["status"]))
    return [
        schemas.Artist.model_validate({**row, "headline": headlines[row["id"]], "accounts": accounts[row["id"]]})
        for row in rows
    ]
