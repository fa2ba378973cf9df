"""Embedded resources: the four cardinalities, hints, joins, filters, and missing or ambiguous relationships."""

from typing import Any

from tests.supabase_local.rest.conftest import BACK, Shop

MOTH = 'Moth, "the"'

# A query and the body of the response.
EMBEDS: tuple[tuple[str, Any], ...] = (
    ("tracks?select=title,albums(title)&id=eq.1", [{"title": "Dawn", "albums": {"title": "First Light"}}]),
    ("albums?select=title,tracks(title)&id=eq.2", [{"title": "Second Light", "tracks": [{"title": "Dusk"}]}]),
    ("albums?select=id,tracks(id)&id=eq.4", [{"id": 4, "tracks": []}]),
    (
        "artists?select=id,passports(number)&id=lt.3",
        [{"id": 1, "passports": {"number": "P-1"}}, {"id": 2, "passports": None}],
    ),
    ("passports?select=number,artists(name)&artist_id=eq.3", [{"number": "P-3", "artists": {"name": "Nacre"}}]),
    ("albums?select=id,tags(name)&id=eq.1&tags.order=name", [{"id": 1, "tags": [{"name": "loud"}, {"name": "slow"}]}]),
    ("tags?select=name,albums(id)&id=eq.2&albums.order=id", [{"name": "loud", "albums": [{"id": 1}, {"id": 3}]}]),
    ("albums?select=id,album_tags(tags(name))&id=eq.3", [{"id": 3, "album_tags": [{"tags": {"name": "loud"}}]}]),
    # hints: by constraint, by column, by the other side's column; by the junction
    ("albums?select=artists!albums_producer_id_fkey(name)&id=eq.1", [{"artists": {"name": MOTH}}]),
    ("albums?select=artists!producer_id(name)&id=eq.1", [{"artists": {"name": MOTH}}]),
    ("albums?select=producer_id(name)&id=eq.1", [{"producer_id": {"name": MOTH}}]),
    ("albums?select=albums_producer_id_fkey(name)&id=eq.1", [{"albums_producer_id_fkey": {"name": MOTH}}]),
    ("artists?select=albums!artist_id(id)&id=eq.2", [{"albums": [{"id": 3}]}]),
    ("artists?select=made:albums!albums_producer_id_fkey(id)&id=eq.2", [{"made": [{"id": 1}]}]),
    ("albums?select=tags!album_tags(name)&id=eq.3", [{"tags": [{"name": "loud"}]}]),
    # self-joins
    ("labels?select=name,labels(name)&id=eq.2", [{"name": "Branch", "labels": [{"name": "Twig"}]}]),
    (
        "labels?select=name,up:parent_id(name,parent_id(name))&id=eq.3",
        [{"name": "Twig", "up": {"name": "Branch", "parent_id": {"name": "Root"}}}],
    ),
    ("labels?select=name,labels!parent_id(name)&id=eq.2", [{"name": "Branch", "labels": [{"name": "Twig"}]}]),
    # joins
    ("albums?select=id,tracks!inner(id)&tracks.seconds=gt.200", [{"id": 1, "tracks": [{"id": 2}]}]),
    (
        "albums?select=id,tracks!left(id)&tracks.seconds=gt.200&id=lt.3",
        [{"id": 1, "tracks": [{"id": 2}]}, {"id": 2, "tracks": []}],
    ),
    (
        "tracks?select=id,albums!inner(artist:artists!artist_id!inner(name))&albums.artist.name=eq.Lumen&id=gt.2",
        [{"id": 3, "albums": {"artist": {"name": "Lumen"}}}],
    ),
    ("tags?select=name,albums!inner(id)&albums.id=eq.3", [{"name": "loud", "albums": [{"id": 3}]}]),
    # order, limit, offset and logic inside
    ("albums?select=id,tracks(id)&id=eq.1&tracks.order=seconds.desc", [{"id": 1, "tracks": [{"id": 2}, {"id": 1}]}]),
    (
        "albums?select=id,tracks(id)&id=eq.1&tracks.order=id&tracks.limit=1&tracks.offset=1",
        [{"id": 1, "tracks": [{"id": 2}]}],
    ),
    ("albums?select=id,t:tracks(id)&id=eq.1&t.or=(title.eq.Noon,seconds.is.null)", [{"id": 1, "t": [{"id": 2}]}]),
    ("albums?select=id,tracks(id)&id=eq.1&tracks.not.and=(id.eq.1,seconds.eq.100)", [{"id": 1, "tracks": [{"id": 2}]}]),
    ("tracks?select=id&order=albums(title).desc,id.desc&select=id,albums(title)&limit=2", [{"id": 3}, {"id": 4}]),
    (
        "artists?select=id,albums!artist_id(tracks(id))&id=eq.1&albums.tracks.id=eq.3&albums.order=id",
        [{"id": 1, "albums": [{"tracks": []}, {"tracks": [{"id": 3}]}]}],
    ),
    # is null, not is null
    ("artists?select=id,passports()&passports=not.is.null&order=id", [{"id": 1}, {"id": 3}]),
    ("artists?select=id,passports(number)&passports=is.null", [{"id": 2, "passports": None}]),
    ("albums?select=id,tracks()&tracks=is.null", [{"id": 4}]),
    ("albums?select=id,t:tracks()&t=is.not_null&or=(id.eq.3,t.is.null)", [{"id": 3}]),
    ("artists?select=id,albums!artist_id(tags())&albums.tags=not.is.null&id=eq.3", [{"id": 3}]),
    # through views
    (
        "album_list?select=title,artists(name),tracks(id),tags(name)&id=eq.3",
        [{"title": "Night", "artists": {"name": MOTH}, "tracks": [{"id": 4}], "tags": [{"name": "loud"}]}],
    ),
    ("artists?select=id,album_list(title)&id=eq.2", [{"id": 2, "album_list": [{"title": "Night"}]}]),
    ("artists?select=id,album_sums(albums)&id=eq.1", [{"id": 1, "album_sums": [{"albums": 2}]}]),
    # JSON paths, casts and stars inside
    ("passports?select=artists(*,id::text)&artist_id=eq.9", []),
    ("passports?select=artists(data->plays->>count)&artist_id=eq.1", [{"artists": {"count": "12"}}]),
)


async def test_embeds(shop: Shop) -> None:
    for query, body in EMBEDS:
        if query.startswith("tracks?select=id&order"):
            body = [
                row | {"albums": {"title": title}} for row, title in zip(body, ("Second Light", "Night"), strict=True)
            ]
            query = query.replace("select=id&", "", 1)
        assert await shop.rows(query) == body, query


async def test_count_with_embedded_resources(shop: Shop) -> None:
    for query, span in (
        ("albums?select=id,tracks!inner(id)&tracks.seconds=gt.150&limit=1", "0-0/2"),
        ("artists?select=id,passports()&passports=is.null", "0-0/1"),
        ("albums?select=id,tracks(id)&tracks=not.is.null&tracks.seconds=is.null", "0-0/1"),
        ("tags?select=id,albums!inner(tracks!inner())&albums.tracks.id=eq.4", "0-0/1"),
    ):
        response = await shop.request("GET", query, headers={"Prefer": "count=exact"})
        assert response.headers["content-range"] == span, (query, response.text)


async def test_embeds_in_mutations(shop: Shop) -> None:
    created = await shop.request(
        "POST",
        "albums?select=title,artists!artist_id(name),tags(name)",
        json={"title": "N", "artist_id": 3},
        headers=BACK,
    )
    assert (created.status_code, created.json()) == (201, [{"title": "N", "artists": {"name": "Nacre"}, "tags": []}])
    changed = await shop.request(
        "PATCH",
        "albums?id=eq.1&select=id,tracks(title)&tracks.title=eq.Noon",
        json={"price": 1},
        headers=BACK,
    )
    assert changed.json() == [{"id": 1, "tracks": [{"title": "Noon"}]}]
    ordered = await shop.request(
        "PATCH", "albums?id=eq.1&select=tracks(title)&tracks.order=seconds.desc", json={"price": 2}, headers=BACK
    )
    assert ordered.json() == [{"tracks": [{"title": "Noon"}, {"title": "Dawn"}]}]
    gone = await shop.request("DELETE", "tracks?id=eq.4&select=title,albums(title)", headers=BACK)
    assert gone.json() == [{"title": "Moon", "albums": {"title": "Night"}}]


async def test_missing_and_ambiguous_relationships(shop: Shop) -> None:
    none = await shop.request("GET", "artists?select=track(*)")
    assert (none.status_code, none.json()) == (
        400,
        {
            "code": "PGRST200",
            "message": "Could not find a relationship between 'artists' and 'track' in the schema cache",
            "details": "Searched for a foreign key relationship between 'artists' and 'track' in the schema 'shop', "
            "but no matches were found.",
            "hint": None,
        },
    )
    near = await shop.request("GET", "tracks?select=album(*)")
    assert near.json()["hint"] == "Perhaps you meant 'albums' instead of 'album'."
    hinted = await shop.request("GET", "artists?select=albums!tracks(*)")
    assert "using the hint 'tracks'" in hinted.json()["details"]
    several = await shop.request("GET", "albums?select=artists(*)")
    assert (several.status_code, several.json()) == (
        300,
        {
            "code": "PGRST201",
            "message": "Could not embed because more than one relationship was found for 'albums' and 'artists'",
            "details": [
                {
                    "cardinality": "many-to-one",
                    "embedding": "albums with artists",
                    "relationship": f"albums_{name}_fkey using albums({name}) and artists(id)",
                }
                for name in ("artist_id", "producer_id")
            ],
            "hint": "Try changing 'artists' to one of the following: 'artists!albums_artist_id_fkey', "
            "'artists!albums_producer_id_fkey'. Find the desired relationship in the 'details' key.",
        },
    )
    for query, code in (
        ("artists?select=name&albums.id=eq.1", "PGRST108"),
        ("artists?select=name&order=passports(number)", "PGRST108"),
        ("albums?select=id,tracks(id)&order=tracks(id)", "PGRST118"),
        ("albums?select=id,tracks(id)&tracks=eq.1", "PGRST120"),
        ("artists?select=secrets(words)", "PGRST200"),
        ("albums?select=artists!artist_id(name),artists!producer_id(name)", "42712"),
    ):
        response = await shop.request("GET", query)
        assert (response.status_code, response.json()["code"]) == (400, code), query
