"""Saved views: a page with its period, metric and filters, under a name."""

from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from arti.home.views import store
from arti.home.views.schemas import SavedView, SavedViewContent
from arti.music.store import has_artists
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.vocabulary import Permission
from arti_core.database import Row
from arti_core.errors import Conflict, Forbidden, Invalid, NotFound

# What each page's query names: artists by the first parameter, songs by the second.
_NAMED: Final[dict[str, tuple[str, str]]] = {"/": ("", ""), "/artist/": ("id", ""), "/compare/": ("artist", "song")}
_MOST_NAMED: Final = 50
MOST_OF_A_MEMBER: Final = 200
MOST_LISTED: Final = 1000  # own ones first


async def list_views(access: Access) -> list[SavedView]:
    """Return the caller's own views and the shared ones of artists whom the caller sees, by name."""
    rows = await store.list_views(access.connection, access.org_id, access.principal.user_id, limit=MOST_LISTED)
    return [SavedView.model_validate(dict(row)) for row in rows]


async def create_view(access: Access, view: SavedViewContent) -> SavedView:
    """Save a view. Raises NotFound for an artist or song, Conflict for a name already used and for one too many."""
    artists, recordings = await _list_named(access, view)
    user_id = access.principal.user_id
    if await store.count_own_views(access.connection, access.org_id, user_id) >= MOST_OF_A_MEMBER:
        raise Conflict(f"A member has at most {MOST_OF_A_MEMBER} views. Delete one of yours first.")
    id = await store.insert_view(access.connection, access.org_id, user_id, view, artists, recordings)
    if id is None:
        raise Conflict(f"You already have a view called {view.name}.", field="name")
    await audit(access, "saved_view.created", id, {"name": view.name, "is_shared": view.is_shared})
    return SavedView.model_validate(dict(await _get_row(access, id)))


async def replace_view(access: Access, view_id: UUID, view: SavedViewContent) -> SavedView:
    """Give a view another name, content or readers. Raises NotFound, Forbidden for somebody else's, Conflict."""
    before = await _get_row(access, view_id)
    if not before["is_own"]:
        raise Forbidden("Only who saved a view can change it. Save it as one of your own.")
    artists, recordings = await _list_named(access, view)
    user_id = access.principal.user_id
    if not await store.update_view(access.connection, access.org_id, user_id, view_id, view, artists, recordings):
        raise Conflict(f"You already have a view called {view.name}.", field="name")
    after = view.model_dump()
    if fields := [name for name in after if after[name] != before[name]]:
        names = {"from": before["name"], "to": view.name} if "name" in fields else {"name": view.name}
        about = names | {"fields": fields, "is_shared": view.is_shared}
        await audit(access, "saved_view.changed", view_id, about)
    return SavedView.model_validate(dict(await _get_row(access, view_id)))


async def delete_view(access: Access, view_id: UUID) -> None:
    """Delete an own view, or as an admin a shared one. Raises NotFound, Forbidden."""
    view = await _get_row(access, view_id)
    if not view["is_own"] and Permission.MEMBERS_MANAGE not in access.permissions:
        raise Forbidden("Only who saved a view, or an admin, can delete it.")
    await store.delete_view(access.connection, access.org_id, view_id)
    await audit(access, "saved_view.deleted", view_id, {"name": view["name"], "is_shared": view["is_shared"]})


async def _get_row(access: Access, view_id: UUID) -> Row:
    row = await store.find_view(access.connection, access.org_id, access.principal.user_id, view_id)
    if row is None:
        raise NotFound("view")
    return row


async def _list_named(access: Access, view: SavedViewContent) -> tuple[list[UUID], list[UUID]]:
    """Return the artists and the songs that the query names, all of which the caller sees. Raises NotFound, Invalid."""
    of_artists, of_songs = _NAMED[view.path]
    named = parse_qsl(view.query)
    try:
        artists = sorted({UUID(value) for name, value in named if name == of_artists})
        recordings = sorted({UUID(value) for name, value in named if name == of_songs})
    except ValueError:
        raise Invalid("An id in the query of this view is malformed.", field="query") from None
    if len(artists) > _MOST_NAMED or len(recordings) > _MOST_NAMED:
        raise Invalid(f"A view names at most {_MOST_NAMED} artists or songs.", field="query")
    if not await has_artists(access.connection, access.org_id, artists):
        raise NotFound("artist")
    if not await store.has_recordings(access.connection, access.org_id, recordings):
        raise NotFound("song")
    return artists, recordings
