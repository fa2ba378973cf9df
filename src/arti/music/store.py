"""SQL of artists, annotations and assets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider
from arti_core.database import Connection, Row

_ARTIST = "a.id, a.name, a.genres, a.country, a.image_url, a.created_at"


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


async def find_artist_by_name(connection: Connection, org_id: UUID, name: str) -> UUID | None:
    id: UUID | None = await connection.fetchval(
        "select id from artists where org_id = $1 and lower(name) = lower($2) and archived_at is null", org_id, name
    )
    return id


async def insert_artist(
    connection: Connection,
    org_id: UUID,
    *,
    name: str,
    genres: Sequence[str],
    country: str | None,
    image_url: str | None,
) -> UUID | None:
    """Return the new artist's id, or None if the name is taken."""
    id: UUID | None = await connection.fetchval(
        """insert into artists (org_id, name, genres, country, image_url) values ($1, $2, $3, $4, $5)
           on conflict do nothing returning id""",
        org_id,
        name,
        genres,
        country,
        image_url,
    )
    return id


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


async def list_annotations(
    connection: Connection, org_id: UUID, artist_id: UUID, *, from_on: date | None, to_on: date | None, limit: int
) -> list[Row]:
    """Return the newest annotations of the period, oldest first."""
    return await connection.fetch(
        """select * from (
             select id, occurred_on, kind, title, url from annotations
             where org_id = $1 and artist_id = $2
               and ($3::date is null or occurred_on >= $3) and ($4::date is null or occurred_on <= $4)
             order by occurred_on desc, id limit $5) newest
           order by occurred_on, id""",
        org_id,
        artist_id,
        from_on,
        to_on,
        limit,
    )


async def insert_annotation(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    occurred_on: date,
    kind: str,
    title: str,
    url: str | None,
    created_by: UUID | None,
) -> UUID:
    id: UUID = await connection.fetchval(
        """insert into annotations (org_id, artist_id, occurred_on, kind, title, url, created_by)
           values ($1, $2, $3, $4, $5, $6, $7) returning id""",
        org_id,
        artist_id,
        occurred_on,
        kind,
        title,
        url,
        created_by,
    )
    return id


async def delete_annotation(connection: Connection, org_id: UUID, annotation_id: UUID) -> bool:
    status = await connection.execute("delete from annotations where org_id = $1 and id = $2", org_id, annotation_id)
    return status.endswith(" 1")


async def upsert_assets(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider, assets: Sequence[AssetRecord]
) -> None:
    """Insert or update assets. A field that the provider no longer reports is kept."""
    await connection.execute(
        """insert into assets as a
             (org_id, artist_id, provider, external_id, kind, title, url, released_on, isrc, details)
           select $1, $2, $3::text::provider, external_id, kind, title, url, released_on, isrc, details::jsonb
           from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::text[], $10::text[])
             as asset (external_id, kind, title, url, released_on, isrc, details)
           on conflict (org_id, artist_id, provider, external_id) do update
           set kind = excluded.kind, title = excluded.title, url = coalesce(excluded.url, a.url),
             released_on = coalesce(excluded.released_on, a.released_on), isrc = coalesce(excluded.isrc, a.isrc),
             details = a.details || excluded.details, updated_at = clock.now()
           where (a.kind, a.title, a.url, a.released_on, a.isrc, a.details) is distinct from
             (excluded.kind, excluded.title, coalesce(excluded.url, a.url),
              coalesce(excluded.released_on, a.released_on), coalesce(excluded.isrc, a.isrc),
              a.details || excluded.details)""",
        org_id,
        artist_id,
        provider,
        [asset.external_id for asset in assets],
        [asset.kind for asset in assets],
        [asset.title for asset in assets],
        [asset.url for asset in assets],
        [asset.released_on for asset in assets],
        [asset.isrc for asset in assets],
        [orjson.dumps(dict(asset.details)).decode() for asset in assets],
    )


async def find_asset_ids(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider, external_ids: Sequence[str]
) -> dict[str, UUID]:
    rows = await connection.fetch(
        """select external_id, id from assets
           where org_id = $1 and artist_id = $2 and provider = $3::text::provider and external_id = any ($4)""",
        org_id,
        artist_id,
        provider,
        external_ids,
    )
    return {row["external_id"]: row["id"] for row in rows}


async def list_tracks(connection: Connection, org_id: UUID, artist_id: UUID, provider: Provider) -> list[Row]:
    """Return the stored tracks of an artist on a platform."""
    return await connection.fetch(
        """select external_id, title, released_on from assets
           where org_id = $1 and artist_id = $2 and provider = $3::text::provider and kind = 'track'
           order by title limit 5000""",
        org_id,
        artist_id,
        provider,
    )


async def delete_assets(
    connection: Connection, org_id: UUID, asset_ids: Sequence[UUID], *, unchanged_since: datetime | None = None
) -> None:
    """Delete assets; with `unchanged_since`, only those created at that time and never updated."""
    await connection.execute(
        """delete from assets where org_id = $1 and id = any ($2)
             and ($3::timestamptz is null or (created_at = $3 and updated_at = $3))""",
        org_id,
        asset_ids,
        unchanged_since,
    )
