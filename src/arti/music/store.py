"""SQL of artists and assets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from arti.music.identifiers import parse_isrc, parse_upc
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider
from arti_core.database import Connection, Row

_ARTIST = """a.id, a.name, a.genres, a.country, a.image_url, a.created_at,
  array(select l.name from artist_aliases l
        where l.org_id = a.org_id and l.artist_id = a.id order by l.name) as aliases,
  array(select jsonb_build_object('provider', e.provider, 'external_id', e.external_id, 'url', e.url)
        from artist_external_ids e where e.org_id = a.org_id and e.artist_id = a.id
        order by e.provider, e.external_id) as external_ids,
  array(select g.name from artist_tags t join tags g on g.org_id = t.org_id and g.id = t.tag_id
        where t.org_id = a.org_id and t.artist_id = a.id order by lower(g.name)) as tags,
  array(select m.group_id from artist_group_members m
        where m.org_id = a.org_id and m.artist_id = a.id order by m.group_id) as group_ids"""


async def list_artists(
    connection: Connection, org_id: UUID, *, q: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[Row]:
    """Return the artists whose name contains `q`, sorted by name, after the row `after` (lower-case name, id)."""
    name, id = after or (None, None)
    return await connection.fetch(
        f"""select {_ARTIST}, lower(a.name) as sort_key from artists a
            where a.org_id = $1 and a.archived_at is null
              and ($2::text is null or strpos(lower(a.name), lower($2)) > 0)
              and ($3::text is null or (lower(a.name), a.id) > ($3, $4::uuid))
            order by lower(a.name), a.id limit $5""",  # noqa: S608 - a constant of this module
        org_id,
        q,
        name,
        id,
        limit,
    )


async def find_artist(connection: Connection, org_id: UUID, artist_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_ARTIST} from artists a where a.org_id = $1 and a.id = $2",  # noqa: S608
        org_id,
        artist_id,
    )


async def has_artists(connection: Connection, org_id: UUID, artist_ids: Collection[UUID]) -> bool:
    """Return whether all of these are artists of the org, archived ones too."""
    missing = await connection.fetchval(
        """select 1 from unnest($2::uuid[]) as requested (id)
           where not exists (select from artists a where a.org_id = $1 and a.id = requested.id) limit 1""",
        org_id,
        list(artist_ids),
    )
    return missing is None


async def find_artist_name(connection: Connection, org_id: UUID, artist_id: UUID) -> str | None:
    """Return the name of an artist who is not archived."""
    name: str | None = await connection.fetchval(
        "select name from artists where org_id = $1 and id = $2 and archived_at is null", org_id, artist_id
    )
    return name


async def find_artist_names(connection: Connection, org_id: UUID, artist_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of those artists that the caller sees, by id."""
    rows = await connection.fetch(
        "select id, name from artists where org_id = $1 and id = any ($2)", org_id, list(artist_ids)
    )
    return {row["id"]: row["name"] for row in rows}


async def find_artist_by_name(connection: Connection, org_id: UUID, name: str) -> UUID | None:
    id: UUID | None = await connection.fetchval(
        "select id from artists where org_id = $1 and lower(name) = lower($2) and archived_at is null", org_id, name
    )
    return id


async def insert_artist(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    name: str,
    genres: Sequence[str],
    country: str | None,
    image_url: str | None,
) -> bool:
    """Return whether the artist was added; not when the name is taken."""
    status = await connection.execute(
        """insert into artists (org_id, id, name, genres, country, image_url) values ($1, $2, $3, $4, $5, $6)
           on conflict do nothing""",
        org_id,
        artist_id,
        name,
        genres,
        country,
        image_url,
    )
    return status.endswith(" 1")


async def update_artist(connection: Connection, org_id: UUID, artist_id: UUID, changes: Mapping[str, Any]) -> bool:
    """Set the fields in `changes`: name, genres, country, image_url. Returns False if the artist does not exist."""
    status = await connection.execute(
        """update artists set updated_at = clock.now(),
             name = case when $3::jsonb ? 'name' then $3 ->> 'name' else name end,
             genres = case when $3 ? 'genres'
               then array(select jsonb_array_elements_text($3 -> 'genres')) else genres end,
             country = case when $3 ? 'country' then $3 ->> 'country' else country end,
             image_url = case when $3 ? 'image_url' then $3 ->> 'image_url' else image_url end
           where org_id = $1 and id = $2""",
        org_id,
        artist_id,
        dict(changes),
    )
    return status.endswith(" 1")


async def delete_artist(connection: Connection, org_id: UUID, artist_id: UUID) -> bool:
    status = await connection.execute("delete from artists where org_id = $1 and id = $2", org_id, artist_id)
    return status.endswith(" 1")


# The details of a source, without how the kind is known where it knows less than what is stored.
_NEWER = """(case when excluded.duration_ms is null and a.details ? 'kind_guessed'
               then excluded.details - 'kind_guessed' else excluded.details end)"""


async def upsert_assets(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, assets: Sequence[AssetRecord]
) -> None:
    """Insert or update assets. A field that the provider no longer reports is kept.

    For a source that tells no length a Short stays one, and how its kind is known stays as it was.
    """
    await connection.execute(
        f"""insert into assets as a (org_id, artist_id, provider, external_id, kind, title, url, released_on, isrc, upc,
             duration_ms, version, details, credits)
           select $1, $2, $3::text, external_id, kind, title, url, released_on, isrc, upc, duration_ms, version,
             details::jsonb, credits::jsonb
           from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::text[], $10::text[], $11::int[],
               $12::text[], $13::text[], $14::text[])
             as asset (external_id, kind, title, url, released_on, isrc, upc, duration_ms, version, details, credits)
           on conflict (org_id, artist_id, provider, external_id) do update
           set kind = case when excluded.duration_ms is null and a.kind = 'short' then a.kind else excluded.kind end,
             title = excluded.title, url = coalesce(excluded.url, a.url),
             released_on = coalesce(excluded.released_on, a.released_on), isrc = coalesce(excluded.isrc, a.isrc),
             upc = coalesce(excluded.upc, a.upc), duration_ms = coalesce(excluded.duration_ms, a.duration_ms),
             version = coalesce(excluded.version, a.version), details = a.details || {_NEWER},
             credits = case excluded.credits when '[]' then a.credits else excluded.credits end,
             updated_at = clock.now()
           where (a.kind, a.title, a.url, a.released_on, a.isrc, a.upc, a.duration_ms, a.version, a.details, a.credits)
             is distinct from
             (case when excluded.duration_ms is null and a.kind = 'short' then a.kind else excluded.kind end,
              excluded.title, coalesce(excluded.url, a.url),
              coalesce(excluded.released_on, a.released_on), coalesce(excluded.isrc, a.isrc),
              coalesce(excluded.upc, a.upc), coalesce(excluded.duration_ms, a.duration_ms),
              coalesce(excluded.version, a.version), a.details || {_NEWER},
              case excluded.credits when '[]' then a.credits else excluded.credits end)""",  # noqa: S608 - a constant
        org_id,
        artist_id,
        provider,
        [asset.external_id for asset in assets],
        [asset.kind for asset in assets],
        [asset.title for asset in assets],
        [asset.url for asset in assets],
        [asset.released_on for asset in assets],
        [parse_isrc(asset.isrc) for asset in assets],
        [parse_upc(asset.upc) for asset in assets],
        [asset.duration_ms or None for asset in assets],
        [asset.version for asset in assets],
        [orjson.dumps(dict(asset.details)).decode() for asset in assets],
        [orjson.dumps(list(asset.artists)).decode() for asset in assets],
    )


async def find_asset_ids(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, external_ids: Sequence[str]
) -> dict[str, UUID]:
    rows = await connection.fetch(
        """select external_id, id from assets
           where org_id = $1 and artist_id = $2 and provider = $3::text and external_id = any ($4)""",
        org_id,
        artist_id,
        provider,
        external_ids,
    )
    return {row["external_id"]: row["id"] for row in rows}


async def list_titles(
    connection: Connection, org_id: UUID, artist_id: UUID, provider: Provider, kinds: Sequence[str]
) -> list[Row]:
    """Return the stored tracks, or videos and so on, of an artist on a platform."""
    return await connection.fetch(
        """select external_id, title, released_on from assets
           where org_id = $1 and artist_id = $2 and provider = $3::text and kind = any ($4)
           order by title limit 5000""",
        org_id,
        artist_id,
        provider,
        list(kinds),
    )


async def delete_assets(
    connection: Connection, org_id: UUID, asset_ids: Sequence[UUID], *, unchanged_since: datetime | None = None
) -> None:
    """Delete assets; with `unchanged_since`, only those created at that time, never updated, and on no playlist."""
    await connection.execute(
        """delete from assets a where a.org_id = $1 and a.id = any ($2)
             and ($3::timestamptz is null
                  or (a.created_at = $3 and a.updated_at = $3
                      and not exists (select from playlist_entries e where e.org_id = $1 and e.asset_id = a.id)
                      and not exists (select from playlist_snapshots s where s.org_id = $1 and s.asset_id = a.id)))""",
        org_id,
        asset_ids,
        unchanged_since,
    )
