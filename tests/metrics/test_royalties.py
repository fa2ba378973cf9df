"""Royalties and exchange rates over HTTP: exact amounts, no sum across currencies, and where each line comes from."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import make_artist


def line(**fields: Any) -> dict[str, Any]:
    return {"month": "2026-03", "store": "Spotify", "quantity": 1000, "amount": "3.21", "currency": "EUR"} | fields


async def push(member: Member, *lines: dict[str, Any], source: str = "distrokid", **more: Any) -> dict[str, Any]:
    answer = await member.http.post("/api/royalties", json={"source": source, "lines": lines} | more)
    assert answer.status_code == 201, answer.text
    recorded: dict[str, Any] = answer.json()
    return recorded


async def read_totals(member: Member, **query: Any) -> dict[str, Any]:
    answer = await member.http.get("/api/royalties/totals", params=query)
    assert answer.status_code == 200, answer.text
    totals: dict[str, Any] = answer.json()
    return totals


def amounts(totals: dict[str, Any]) -> list[tuple[str | None, str, Decimal]]:
    return [(item["key"], item["currency"], Decimal(item["amount"])) for item in totals["items"]]


async def state_rate(
    member: Member, rate: str, valid_from: str = "2026-01-01", pair: str = "USD EUR"
) -> dict[str, Any]:
    one, other = pair.split()
    body = {"from_currency": one, "to_currency": other, "valid_from": valid_from, "rate": rate, "note": "ECB"}
    answer = await member.http.put("/api/exchange-rates", json=body)
    assert answer.status_code == 200, answer.text
    stated: dict[str, Any] = answer.json()
    return stated


async def test_lines_keep_what_was_reported_to_the_last_digit(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    recorded = await push(
        manager,
        line(artist_id=str(artist), country="DE", amount="0.009068999999999999", quantity=5),
        line(artist_id=str(artist), type="adjustment", amount=-12.5, quantity=None, title="Taken back"),
        title="March",
    )
    assert (recorded["added"], recorded["known"], recorded["without_artist"]) == (2, 0, 0)
    items = (await manager.http.get("/api/royalties", params={"artist_id": str(artist)})).json()["items"]
    stream, taken = sorted(items, key=lambda item: item["source_row"])
    assert (stream["amount"], stream["quantity"], stream["currency"]) == ("0.009068999999999999", "5", "EUR")
    assert (stream["month"], stream["country"], stream["type"], stream["source_row"]) == ("2026-03", "DE", "stream", 1)
    assert (taken["amount"], taken["quantity"], taken["source_row"]) == ("-12.5", None, 2)
    # Lineage: who pushed it, in which statement, at which place.
    assert (stream["entered_by"], stream["import_id"]) == (str(manager.user_id), None)
    [statement] = (await manager.http.get("/api/royalties/statements")).json()["items"]
    assert (statement["id"], statement["title"], statement["lines"]) == (recorded["statement_id"], "March", 2)
    assert stream["statement_id"] == statement["id"]
    [total] = (await read_totals(manager))["overall"]
    assert (Decimal(total["amount"]), total["currency"]) == (Decimal("-12.490931000000000001"), "EUR")


async def test_a_number_that_a_float_cannot_hold_is_refused(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    body = {"source": "distrokid", "lines": [line(amount=12345678901234567.89)]}
    refused = await manager.http.post("/api/royalties", json=body)
    assert refused.status_code == 422
    assert "15 digits" in refused.json()["message"]


async def test_a_month_is_not_a_day(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    for month in ("2026-03-01", "2026-13", "March"):
        body = {"source": "distrokid", "lines": [line(month=month)]}
        refused = await manager.http.post("/api/royalties", json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, "lines.0.month")
        assert (await manager.http.get("/api/royalties", params={"from": month})).status_code == 422


async def test_the_same_batch_twice_is_recorded_once(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    same = line(title="Tidelight")
    batch = [same, same, line(external_id="l-1"), line(external_id="l-2", amount="-1")]
    first = await push(manager, *batch)
    again = await push(manager, *batch)
    assert (first["added"], again["added"], again["known"], again["statement_id"]) == (4, 0, 4, None)
    more = await push(manager, *batch, line(store="Deezer"))
    assert (more["added"], more["known"]) == (1, 4)
    other = await push(manager, line(external_id="l-1"), source="tunecore")
    assert other["added"] == 1
    # Equal lines of one batch are as many lines.
    total = sum(int(item["lines"]) for item in (await read_totals(manager, source="distrokid"))["items"])
    assert total == 5


async def test_totals_are_never_summed_across_currencies(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    await push(
        manager,
        line(amount="10", currency="EUR"),
        line(amount="20.5", currency="USD"),
        line(amount="1", currency="EUR", month="2026-04", type="download", quantity=2),
        line(amount="-0.5", currency="EUR", month="2026-04", store="Deezer"),
    )
    by_month = await read_totals(manager, group_by="month")
    assert amounts(by_month) == [
        ("2026-03", "EUR", Decimal(10)),
        ("2026-03", "USD", Decimal("20.5")),
        ("2026-04", "EUR", Decimal("0.5")),
    ]
    overall = {item["currency"]: item for item in by_month["overall"]}
    assert Decimal(overall["EUR"]["amount"]) == Decimal("10.5")
    assert (overall["EUR"]["first_month"], overall["EUR"]["last_month"]) == ("2026-03", "2026-04")
    # Streams and downloads are not one number.
    assert overall["EUR"]["quantities"] == {"stream": "2000", "download": "2"}
    assert (by_month["sources"], by_month["rates"]) == (["distrokid"], [])
    assert amounts(await read_totals(manager, group_by="store", currency="EUR")) == [
        ("Spotify", "EUR", Decimal(11)),
        ("Deezer", "EUR", Decimal("-0.5")),
    ]
    assert amounts(await read_totals(manager, group_by="country", to="2026-03", currency="USD")) == [
        (None, "USD", Decimal("20.5"))
    ]


async def test_conversion_needs_a_rate_that_the_org_states(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    await push(
        manager,
        line(amount="10", currency="EUR"),
        line(amount="20", currency="USD", month="2026-02"),
        line(amount="40", currency="USD", month="2026-03"),
    )
    stated = await state_rate(manager, "0.5", "2026-03-15")
    refused = await manager.http.get("/api/royalties/totals", params={"in": "EUR"})
    assert (refused.status_code, refused.json()["field"]) == (422, "in")
    assert "USD to EUR for 2026-02. State it with PUT /api/exchange-rates" in refused.json()["message"]
    # Where no month lacks a rate it is converted; 2026-03 has the one that was stated in its course.
    march = await read_totals(manager, **{"in": "EUR", "from": "2026-03"})
    assert amounts(march) == [("2026-03", "EUR", Decimal(30))]
    assert march["rates"] == [{"from_currency": "USD", "to_currency": "EUR", "valid_from": "2026-03-15", "rate": "0.5"}]
    await state_rate(manager, "0.25", "2026-02-01")
    assert amounts(await read_totals(manager, **{"in": "EUR"})) == [
        ("2026-02", "EUR", Decimal(5)),
        ("2026-03", "EUR", Decimal(30)),
    ]
    # A rate is not turned around, and none is derived from two others.
    assert (await manager.http.get("/api/royalties/totals", params={"in": "USD"})).status_code == 422
    assert (await state_rate(manager, "0.75", "2026-03-15"))["id"] == stated["id"]
    assert amounts(await read_totals(manager, **{"in": "EUR", "from": "2026-03"})) == [("2026-03", "EUR", Decimal(40))]
    rates = (await manager.http.get("/api/exchange-rates")).json()["items"]
    assert [(rate["valid_from"], rate["rate"], rate["stated_by"]) for rate in rates] == [
        ("2026-03-15", "0.75", str(manager.user_id)),
        ("2026-02-01", "0.25", str(manager.user_id)),
    ]
    assert (await manager.http.delete(f"/api/exchange-rates/{stated['id']}")).status_code == 204
    assert (await manager.http.delete(f"/api/exchange-rates/{stated['id']}")).status_code == 404
    body = {"from_currency": "EUR", "to_currency": "EUR", "valid_from": "2026-01-01", "rate": "1"}
    assert (await manager.http.put("/api/exchange-rates", json=body)).status_code == 422


async def make_song(world: World, org: UUID, artist: UUID, isrc: str | None, title: str = "Tidelight") -> UUID:
    rows = await world.database.as_owner(
        "insert into recordings (org_id, title, isrc) values ($1, $2, $3) returning id", org, title, isrc
    )
    recording: UUID = rows[0]["id"]
    await world.database.as_owner(
        "insert into credits (org_id, recording_id, artist_id, name, role) values ($1, $2, $3, 'x', 'main')",
        org,
        recording,
        artist,
    )
    return recording


async def test_lines_find_their_song_by_isrc_and_its_artist(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    org = manager.org_id
    artist = await make_artist(world.database, org)
    song = await make_song(world, org, artist, "DEABC2600001")
    recorded = await push(
        manager,
        line(isrc="DEABC2600001", amount="2"),
        line(isrc="DEABC2600002", amount="3"),
        line(recording_id=str(song), amount="4", month="2026-01"),
    )
    assert (recorded["without_recording"], recorded["without_artist"]) == (1, 1)
    assert amounts(await read_totals(manager, group_by="recording")) == [
        (str(song), "EUR", Decimal(6)),
        (None, "EUR", Decimal(3)),
    ]
    named = await read_totals(manager, group_by="artist")
    assert [item["name"] for item in named["items"]] == ["Mira Sol", None]
    # The song becomes known later: the line is matched then.
    later = await make_song(world, org, artist, "DEABC2600002", "Ebb")
    assert (await manager.http.post("/api/royalties/match")).json() == {"matched": 1}
    assert (await manager.http.post("/api/royalties/match")).json() == {"matched": 0}
    # Two recordings turn out to be one: their lines count as its.
    await world.database.as_owner("update recordings set merged_into = $1 where id = $2", song, later)
    assert amounts(await read_totals(manager, group_by="recording")) == [(str(song), "EUR", Decimal(9))]
    assert amounts(await read_totals(manager, group_by="month", recording_id=str(song))) == [
        ("2026-01", "EUR", Decimal(4)),
        ("2026-03", "EUR", Decimal(5)),
    ]
    for field in ("recording_id", "release_id", "artist_id"):
        body = {"source": "distrokid", "lines": [line(**{field: str(uuid4())})]}
        assert (await manager.http.post("/api/royalties", json=body)).status_code == 404


async def test_pages_statements_and_what_was_known(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    months = [f"2026-0{month}" for month in range(1, 6)]
    await push(manager, *[line(month=month) for month in months])
    page = (await manager.http.get("/api/royalties", params={"limit": 3})).json()
    rest = (await manager.http.get("/api/royalties", params={"cursor": page["next_cursor"]})).json()
    assert [item["month"] for item in page["items"] + rest["items"]] == months[::-1]
    wrong = await push(manager, line(amount="99"), title="pushed by mistake")
    assert (await manager.http.delete(f"/api/royalties/statements/{wrong['statement_id']}")).status_code == 204
    assert (await manager.http.delete(f"/api/royalties/statements/{wrong['statement_id']}")).status_code == 404
    assert len((await manager.http.get("/api/royalties")).json()["items"]) == 5
    known = {"known_on": str(today())}
    assert len((await manager.http.get("/api/royalties", params=known)).json()["items"]) == 5
    known = {"known_on": "2026-01-01"}
    assert (await manager.http.get("/api/royalties", params=known)).json()["items"] == []
    assert (await read_totals(manager, **known))["overall"] == []


async def test_who_sees_some_artists_sees_their_royalties_only(world: World) -> None:
    admin = await world.member()
    own, other = [await make_artist(world.database, admin.org_id, name) for name in ("Own", "Other")]
    await push(admin, line(artist_id=str(own)), line(artist_id=str(other)), line(amount="7"))
    member = await world.member(admin.org_id, Role.MANAGER)
    await world.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", member.user_id)
    await world.database.as_owner(
        "insert into member_artists (org_id, user_id, artist_id) values ($1, $2, $3)", admin.org_id, member.user_id, own
    )
    assert [item[0] for item in amounts(await read_totals(member, group_by="artist"))] == [str(own)]
    [statement] = (await member.http.get("/api/royalties/statements")).json()["items"]
    assert statement["lines"] == 1
    # Lines of others would go with it.
    assert (await member.http.delete(f"/api/royalties/statements/{statement['id']}")).status_code == 404
    foreign = {"source": "distrokid", "lines": [line(artist_id=str(other))]}
    assert (await member.http.post("/api/royalties", json=foreign)).status_code == 404
    added = await push(member, line(artist_id=str(own), store="Deezer"))
    assert (await member.http.delete(f"/api/royalties/statements/{added['statement_id']}")).status_code == 204


async def test_seven_years_of_a_real_artist(world: World, shared: Path) -> None:
    manager = await world.member(role=Role.MANAGER)
    with (shared / "data/series-royalties-by-store-month/store_month.csv").open() as file:
        rows = list(csv.DictReader(file))
    await push(
        manager,
        *[
            line(
                month=row["sale_month"],
                store=row["store"],
                quantity=row["quantity"],
                amount=row["earnings_usd"],
                currency="USD",
                type="stream" if row["is_music_streaming"] == "True" else "other",
            )
            for row in rows
        ],
    )
    totals = await read_totals(manager, group_by="store")
    [overall] = totals["overall"]
    assert Decimal(overall["amount"]) == sum(Decimal(row["earnings_usd"]) for row in rows)
    assert (overall["lines"], overall["first_month"], overall["last_month"]) == (339, "2017-02", "2022-06")
    spotify = next(item for item in totals["items"] if item["key"] == "Spotify")
    assert Decimal(spotify["amount"]) == sum(Decimal(r["earnings_usd"]) for r in rows if r["store"] == "Spotify")
