"""SQL of what is known of an artist beside the name: aliases, external ids, tags."""

from collections.abc import Sequence
from uuid import UUID

from arti_core.database import Connection


async def replace_aliases(connection: Connection, org_id: UUID, artist_id: UUID, names: Sequence[str]) -> None:
    await connection.execute(
        "delete from artist_aliases where org_id = $1 and artist_id = $2 and not name = any ($3)",
        org_id,
        artist_id,
        names,
    )
    await connection.execute(
        """insert into artist_aliases (org_id, artist_id, name) select $1, $2, name from unnest($3::text[]) name
           on conflict do nothing""",
        org_id,
        artist_id,
        names,
    )


async def replace_external_ids(
    connection: Connection, org_id: UUID, artist_id: UUID, ids: Sequence[tuple[str, str, str | None]]
) -> None:
    """Make these the external ids of an artist: (provider or registry, id, url)."""
    await connection.execute("delete from artist_external_ids where org_id = $1 and artist_id = $2", org_id, artist_id)
    await connection.execute(
        """insert into artist_external_ids (org_id, artist_id, provider, external_id, url)
           select $1, $2, p, e, u from unnest($3::text[], $4::text[], $5::text[]) as new (p, e, u)
           on conflict do nothing""",
        org_id,
        artist_id,
        [provider for provider, _, _ in ids],
        [id for _, id, _ in ids],
        [url for _, _, url in ids],
    )


async def replace_artist_tags(connection: Connection, org_id: UUID, artist_id: UUID, names: Sequence[str]) -> None:
    """Make these the tags of an artist. A tag that the org does not have yet is made."""
    await connection.execute(
        "insert into tags (org_id, name) select $1, name from unnest($2::text[]) name on conflict do nothing",
        org_id,
        names,
    )
    await connection.execute(
        """delete from artist_tags t where t.org_id = $1 and t.artist_id = $2
             and t.tag_id not in (select g.id from tags g where g.org_id = $1 and lower(g.name) = any ($3))""",
        org_id,
        artist_id,
        [name.lower() for name in names],
    )
    await connection.execute(
        """insert into artist_tags (org_id, artist_id, tag_id)
           select $1, $2, g.id from tags g where g.org_id = $1 and lower(g.name) = any ($3) on conflict do nothing""",
        org_id,
        artist_id,
        [name.lower() for name in names],
    )


async def delete_songs_of_artist(connection: Connection, org_id: UUID, artist_id: UUID) -> None:
    """Delete the recordings and releases on which no other artist of the roster is credited."""
    await connection.execute(
        """with songs as (
             select c.recording_id, c.release_id from credits c where c.org_id = $1 and c.artist_id = $2
           ), gone as (
             delete from releases r where r.org_id = $1 and r.id in (select release_id from songs)
               and not exists (select from credits c where c.org_id = $1 and c.release_id = r.id
                               and c.artist_id <> $2)
           )
           delete from recordings r where r.org_id = $1 and r.id in (select recording_id from songs)
             and not exists (select from credits c where c.org_id = $1 and c.recording_id = r.id
                             and c.artist_id <> $2)""",
        org_id,
        artist_id,
    )
