"""HTTP of the update desk."""

from typing import Annotated

from fastapi import Query

from arti.imports.desk import schemas, service, store
from arti.imports.desk.exports import BY_KEY, EXPORTS, MONTH
from arti.music.store import list_artists
from arti.orgs.api_route import ApiRouter
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.errors import NotFound
from arti_core.paging import MAX_PAGE, Page, make_page, read_text_cursor, write_text_cursor

router = ApiRouter(tags=["imports"])

Reads = Annotated[Access, needs(Permission.IMPORTS_READ)]
Writes = Annotated[Access, needs(Permission.IMPORTS_WRITE)]
ROYALTIES = "royalties"


@router.get("/api/update-desk")
async def get_update_desk(
    access: Reads,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> Page[schemas.DeskArtist]:
    """List the exports of each artist: how old each is, when it is due, where it is downloaded."""
    artists = await list_artists(
        access.connection, access.org_id, q=None, after=read_text_cursor(cursor), limit=limit + 1
    )
    page = make_page(artists, limit, cursor_of=lambda row: write_text_cursor(row["sort_key"], row["id"]))
    items = await service.list_desk(access.connection, access.org_id, page.items)
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/api/update-desk/cadences")
async def list_export_cadences(access: Reads) -> list[schemas.ExportCadence]:
    """List how often each export is due."""
    set_days = await store.list_cadences(access.connection, access.org_id)
    usual = [(export.key, export.provider, export.title, export.days) for export in EXPORTS]
    return [
        schemas.ExportCadence(
            export=key, provider=provider, title=title, every_days=set_days.get(key, days), usual_days=days
        )
        for key, provider, title, days in [*usual, (ROYALTIES, "", "Royalty statements", MONTH)]
    ]


@router.put("/api/update-desk/cadences/{export}", status_code=204)
async def put_export_cadence(export: str, body: schemas.NewCadence, access: Writes) -> None:
    """Set how often an export is due in this org."""
    if export not in BY_KEY and export != ROYALTIES:
        raise NotFound("export", f"It is one of {', '.join([*BY_KEY, ROYALTIES])}.")
    await store.put_cadence(access.connection, access.org_id, export, body.every_days)
    await audit(access, "export_cadence.changed", export, {"export": export, "every_days": body.every_days})
