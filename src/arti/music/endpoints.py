"""HTTP of the genres; the packages below have theirs."""

from typing import Annotated

from arti.music import schemas
from arti.music.calendar.endpoints import router as calendar
from arti.music.genres import GENRES
from arti.music.groups.endpoints import router as groups
from arti.music.matching.endpoints import router as matching
from arti.music.playlists.endpoints import router as playlists
from arti.music.recordings.endpoints import router as recordings
from arti.music.releases.endpoints import router as releases
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(tags=["artists"])
for _part in (groups, recordings, releases, matching, playlists, calendar):
    router.include_router(_part)


@router.get("/api/genres")
async def list_genres(access: Annotated[Access, needs(Permission.ROSTER_READ)]) -> schemas.Genres:
    """List the genres that an artist may have. Anything else is a tag."""
    return schemas.Genres(items=list(GENRES))
