"""`./arti songs`: an artist's songs with what each is on every platform, as the page of the artist shows them."""

import os
from uuid import UUID

from arti.metrics.songs.schemas import Song, SongFigure
from arti.metrics.songs.service import list_songs
from arti.music.store import find_artist_by_name
from arti_core.database import member_transaction, open_pool
from arti_core.errors import Invalid, Unavailable
from arti_core.paging import read_text_cursor
from local_stack.commands.orgs import find_admin, find_org
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment
from local_stack.run_state import running_pid

_BASES = {"sum": "", "gain": "+"}


async def print_songs(*, artist: str, org: str | None) -> None:
    """Print one line for each song and one for each of its numbers. Raises Invalid for an unknown artist."""
    folder = find_data_directory()
    if running_pid(folder) is None and not os.environ.get("DATABASE_URL"):
        raise Unavailable("ARTi is not running here, so there are no songs to show. Start ./arti up first.")
    folder.prepare()
    settings = load_environment(folder).settings()
    workers = await open_pool(
        settings.worker_database_url.get_secret_value(), size=1, claims_key=settings.claims_signing_key
    )
    members = await open_pool(settings.database_url.get_secret_value(), size=1, claims_key=settings.claims_signing_key)
    try:
        org_id = await find_org(workers, org)
        caller = await find_admin(workers, org_id, command="songs")
        async with member_transaction(members, caller, read_only=True) as connection:
            artist_id = await find_artist_by_name(connection, org_id, artist)
            if artist_id is None:
                raise Invalid(f"There is no artist called {artist} on the roster.", field="artist")
            after: tuple[str, UUID] | None = None
            while True:
                page = await list_songs(
                    connection,
                    org_id,
                    artist_id=artist_id,
                    release_id=None,
                    q=None,
                    sort="title",
                    after=after,
                    limit=100,
                )
                for song in page.items:
                    print("\n".join(_lines(song)))
                after = read_text_cursor(page.next_cursor)
                if after is None:
                    break
    finally:
        await members.close()
        await workers.close()


def _lines(song: Song) -> list[str]:
    title = f"{song.title} ({song.version_title})" if song.version_title else song.title
    names = ", ".join(credit.name for credit in song.credits if credit.role in ("main", "featured"))
    facts = ", ".join(filter(None, (song.isrc, str(song.released_on or ""))))
    platforms = ", ".join(sorted({asset.provider for asset in song.assets})) or "on no platform yet"
    return [f"{title} - {names} [{facts or 'no ISRC'}] {platforms}", *(_figure(figure) for figure in song.figures)]


def _figure(figure: SongFigure) -> str:
    period = f"{figure.period.from_} to {figure.period.to}"
    if figure.value is None:
        why = figure.refused[0].sentence if figure.refused else "No number."
        return f"  {figure.provider}: {figure.name.lower()} unknown, {period}. {why}"
    return f"  {figure.provider}: {_BASES[figure.basis]}{figure.value:,.0f} {figure.unit}, {period}"
