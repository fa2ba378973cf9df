"""Statements that contain each gap once, and clean ones that contain none, reconciled with known streams over HTTP."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from arti.metrics.money.reconciliation.gaps import missing_runs
from arti.metrics.money.reconciliation.groups import month_after, units_lag
from arti.metrics.money.reconciliation.query import safe_cell
from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.imports import commit_import, upload_file
from tests.factories.observations import backdate, make_artist

NIGHT, HARBOUR = "DEAB12600001", "DEAB12600002"
MONTHS = [f"2025-{month:02d}" for month in range(1, 9)]
RATES = {"Spotify": "0.003", "Deezer": "0.005"}


def line(month: str, store: str = "Spotify", **fields: Any) -> dict[str, Any]:
    """Return a line of 1,500 streams at the store's usual rate."""
    quantity = fields.pop("quantity", 1500)
    amount = fields.pop("amount", f"{float(RATES[store]) * (quantity or 0):.4f}")
    return {
        "month": month,
        "store": store,
        "country": "DE",
        "quantity": quantity,
        "amount": amount,
        "currency": "EUR",
        "isrc": NIGHT,
        "title": "Night Drive",
    } | fields


def clean() -> Iterator[dict[str, Any]]:
    """Yield lines of two stores and two countries for eight months; Deezer reports a month later."""
    for month in MONTHS:
        yield line(month)
        yield line(month, country="FR", quantity=1200)
    for month in MONTHS[:-1]:
        yield line(month, "Deezer")


async def push(member: Member, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    answer = await member.http.post("/api/royalties", json={"source": "distrokid", "lines": lines} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def gaps(member: Member, **query: Any) -> list[dict[str, Any]]:
    answer = await member.http.get("/api/royalties/reconciliation", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["gaps"])


async def make_songs(world: World, org_id: UUID) -> tuple[UUID, list[UUID]]:
    artist = await make_artist(world.database, org_id)
    ids = []
    for title, isrc in (("Night Drive", NIGHT), ("Harbour Lights", HARBOUR)):
        [row] = await world.database.as_owner(
            "insert into recordings (org_id, title, isrc) values ($1, $2, $3) returning id", org_id, title, isrc
        )
        ids.append(row["id"])
    return artist, ids


async def test_clean_statements_have_no_gap(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    await make_songs(world, manager.org_id)
    await push(manager, [*clean(), line("2025-09", country=None)])
    answer = (await manager.http.get("/api/royalties/reconciliation")).json()
    assert answer["gaps"] == []
    assert {(lag["store"], lag["lines"]) for lag in answer["lags"]} == {("Spotify", 0), ("Deezer", 2)}
    assert all(each["reason"] for each in answer["thresholds"])


async def test_nothing_stored_is_no_error(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    assert await gaps(manager) == []
    compared = (await manager.http.get("/api/royalties/reconciliation/units")).json()
    assert compared == {"items": [], "more": False, "units_lag": {}}


async def test_each_gap_is_named_once(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    await make_songs(world, manager.org_id)
    lines = [each for each in clean() if each["month"] != "2025-05"]  # no statement of May
    lines = [each for each in lines if (each["store"], each["month"]) != ("Deezer", "2025-06")]
    lines = [each for each in lines if (each["country"], each["month"]) != ("FR", "2025-07")]
    lines = [each for each in lines if (each["country"], each["month"], each["store"]) != ("DE", "2025-04", "Spotify")]
    lines += [
        line("2025-04", amount="12.00"),  # 8 instead of 3 for 1,000 streams
        line("2025-03", quantity=-20, amount="-0.06"),
        line("2025-02", quantity=None, amount="-25.00", title="Artificial streaming penalty"),
        line("2025-01", quantity=10, amount="0.03", isrc="DEZZ99999999", title="Unknown"),
        line("2025-01", quantity=1, amount="0.01", currency="USD", isrc=None, title="Unknown too"),
    ]
    await push(manager, lines, title="All of it")
    found = await gaps(manager)
    assert [(gap["kind"], gap["store"], gap["country"], gap["month"], gap["lines"]) for gap in found] == [
        ("missing_month", None, None, "2025-05", 0),
        ("missing_store", "deezer", None, "2025-06", 0),
        ("missing_territory", "spotify", "FR", "2025-07", 0),
        ("negative_lines", "spotify", None, "2025-03", 1),
        ("penalties", "spotify", None, "2025-02", 1),
        ("unmatched_lines", None, None, None, 2),
        ("rate_far", "spotify", "DE", "2025-04", 1),
    ]
    by_kind = {gap["kind"]: gap for gap in found}
    assert by_kind["penalties"]["amounts"] == [{"currency": "EUR", "amount": "-25.00"}]
    # Currencies are never added.
    assert by_kind["unmatched_lines"]["amounts"] == [
        {"currency": "EUR", "amount": "0.03"},
        {"currency": "USD", "amount": "0.01"},
    ]
    assert "8.00 EUR for 1,000 streams in 2025-04, and 3.00" in by_kind["rate_far"]["sentence"]
    assert all(gap["sentence"] and gap["way_out"] for gap in found)
    # Each opens its rows.
    rows = {}
    for gap in found:
        answer = await manager.http.get("/api/royalties/reconciliation/rows", params={"gap": gap["id"]})
        assert answer.status_code == 200, answer.text
        rows[gap["kind"]] = answer.json()["items"]
    assert [(row["month"], row["amount"]) for row in rows["rate_far"]] == [("2025-04", "12.00")]
    assert [(row["quantity"], row["amount"]) for row in rows["negative_lines"]] == [("-20", "-0.06")]
    assert [row["title"] for row in rows["penalties"]] == ["Artificial streaming penalty"]
    assert [row["title"] for row in rows["unmatched_lines"]] == ["Unknown", "Unknown too"]
    assert {row["month"] for row in rows["missing_month"]} == {"2025-04", "2025-06"}
    assert {(row["month"], row["store"]) for row in rows["missing_store"]} == {("2025-07", "Deezer")}
    assert {(row["month"], row["country"]) for row in rows["missing_territory"]} == {
        ("2025-06", "FR"),
        ("2025-08", "FR"),
    }


async def test_a_statement_that_is_counted_twice(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    await make_songs(world, manager.org_id)
    lines = list(clean())
    first = await push(manager, lines, title="The report")
    # The label's own copy: another source, so its lines are not known yet, and one line more.
    second = await push(manager, [*lines, line("2025-08", quantity=7)], source="label_report", title="The copy")
    [gap] = [each for each in await gaps(manager) if each["kind"] == "statement_twice"]
    assert (gap["lines"], gap["source"]) == (len(lines), "label_report")
    total = sum(float(each["amount"]) for each in lines)
    assert [(each["currency"], round(float(each["amount"]), 4)) for each in gap["amounts"]] == [
        ("EUR", round(total, 4))
    ]
    assert "The copy" in gap["sentence"]
    assert "The report" in gap["sentence"]
    rows = (await manager.http.get("/api/royalties/reconciliation/rows", params={"gap": gap["id"]})).json()
    assert {row["statement"] for row in rows["items"]} == {"The copy"}
    assert len(rows["items"]) == len(lines)
    # The way out: without the copy there is no gap, and its id is none any more.
    await manager.http.delete(f"/api/royalties/statements/{second['statement_id']}")
    assert await gaps(manager) == []
    gone = await manager.http.get("/api/royalties/reconciliation/rows", params={"gap": gap["id"]})
    assert gone.status_code == 404
    assert first["added"] == len(lines)


async def add_streams(world: World, member: Member, artist: UUID, recordings: list[UUID]) -> None:
    """Import daily streams of the artist, 100 a day, and of the second recording, 50 a day."""
    days = [date(2025, 1, 1).toordinal() + number for number in range(243)]
    text = "".join(f"{date.fromordinal(day)},10,100\n" for day in days)
    [preview] = await upload_file(member, artist, "a.csv", f"date,listeners,streams\n{text}".encode())
    await commit_import(member, preview)
    text = "".join(f"{date.fromordinal(day)},50\n" for day in days)
    [preview] = await upload_file(member, artist, "Harbour Lights-timeline.csv", f"date,streams\n{text}".encode())
    await commit_import(member, preview, {"song": "Harbour Lights"})
    await world.database.as_owner(
        "update assets set recording_id = $1 where org_id = $2 and title = 'Harbour Lights'",
        *(recordings[1], member.org_id),
    )


async def test_paid_units_stand_beside_known_streams(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist, recordings = await make_songs(world, manager.org_id)
    await add_streams(world, manager, artist, recordings)
    lines = [each for each in clean() if each["store"] == "Spotify"]
    short = [each | {"quantity": 300, "amount": "0.90"} if each["month"] == "2025-06" else each for each in lines]
    await push(manager, short)
    compared = (await manager.http.get("/api/royalties/reconciliation/units")).json()
    newest = compared["items"][0]
    assert (newest["store"], newest["month"], newest["units"], newest["streams"], newest["percent"]) == (
        "Spotify",
        "2025-08",
        "2700",
        "3100",
        87.1,
    )
    by_song = (
        await manager.http.get("/api/royalties/reconciliation/units", params={"group_by": "recording", "limit": 2})
    ).json()
    assert {(each["name"], each["units"], each["streams"]) for each in by_song["items"]} == {
        ("Night Drive", "2700", None),
        ("Harbour Lights", None, "1550"),
    }
    by_country = (
        await manager.http.get("/api/royalties/reconciliation/units", params={"group_by": "country", "limit": 2})
    ).json()
    assert {(each["key"], each["units"]) for each in by_country["items"]} == {("DE", "1500"), ("FR", "1200")}
    found = await gaps(manager)
    assert [(gap["kind"], gap["month"]) for gap in found] == [
        ("recording_without_line", "2025-01"),
        ("units_far", "2025-06"),
    ]
    assert "Harbour Lights has 12,150 known streams on Spotify in 2025-01 to 2025-08" in found[0]["sentence"]
    assert "600 paid units in 2025-06 beside 3,000" in found[1]["sentence"]
    rows = (await manager.http.get("/api/royalties/reconciliation/rows", params={"gap": found[0]["id"]})).json()
    assert [(row["kind"], row["month"], row["quantity"]) for row in rows["items"]][:2] == [
        ("streams", "2025-01", "1550"),
        ("streams", "2025-02", "1400"),
    ]
    # Streams that a store pays for stay in the lines of money: the platform's own counts are as before.
    series = (
        await manager.http.get(
            f"/api/artists/{artist}/series",
            params={"metric": "consumption.streams", "from": "2025-01-01", "to": "2025-08-31"},
        )
    ).json()["series"]
    assert [(each["provider"], each["total"]) for each in series] == [("spotify", 24_300)]
    # Both can be asked for one artist; nothing is said of an artist without lines.
    assert await gaps(manager, artist_id=str(artist)) == []


async def test_units_and_streams_are_compared_as_they_were_known(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist, recordings = await make_songs(world, manager.org_id)
    await add_streams(world, manager, artist, recordings)
    await push(manager, [line("2025-08")])

    async def compare(**query: str) -> tuple[Any, ...]:
        items = (await manager.http.get("/api/royalties/reconciliation/units", params=query)).json()["items"]
        return tuple((item["month"], item["units"], item["streams"]) for item in items[:1])

    await backdate(world.database, manager.org_id, 2)
    await world.database.as_owner("update royalty_lines set known_at = known_at - interval '2 days'")
    [preview] = await upload_file(
        manager, artist, "b.csv", b"date,listeners,streams\n2025-08-01,10,1100\n2025-09-01,10,100\n"
    )
    await commit_import(manager, preview)
    await push(manager, [line("2025-08", country="FR", quantity=300)])
    yesterday = str(today() - timedelta(days=1))
    assert await compare() == (("2025-08", "1800", "4100"),)
    assert await compare(known_on=yesterday) == (("2025-08", "1500", "3100"),)
    assert await compare(known_on=str(today() - timedelta(days=3))) == ()


async def test_a_query_for_the_distributor_has_no_formulas(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    await make_songs(world, manager.org_id)
    await push(
        manager, [line("2025-01", quantity=-3, amount="-0.01", title="=cmd|' /C calc'!A0", isrc=None)], title="+1"
    )
    gap = next(each for each in await gaps(manager) if each["kind"] == "negative_lines")
    answer = await manager.http.get("/api/royalties/reconciliation/query", params={"gap": gap["id"], "form": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="royalty-query-negative_lines.csv"' in answer.headers["content-disposition"]
    [row] = list(csv.DictReader(io.StringIO(answer.text)))
    assert (row["title"], row["statement"]) == ("'=cmd|' /C calc'!A0", "'+1")
    assert (row["quantity"], row["amount"], row["month"]) == ("-3", "-0.01", "2025-01")
    text = await manager.http.get("/api/royalties/reconciliation/query", params={"gap": gap["id"], "form": "text"})
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "1 line below zero of Spotify in 2025-01, -0.01 EUR" in text.text
    assert "Sum: -0.01 EUR" in text.text


async def test_money_is_a_permission_of_its_own(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    await push(manager, [line("2025-01", quantity=-3, amount="-77.77")])
    gap = next(each for each in await gaps(manager) if each["kind"] == "negative_lines")
    analyst = await world.member(manager.org_id, Role.ANALYST)
    foreign = await world.member(role=Role.MANAGER)
    for path in ("", "/units", "/rows", "/query"):
        for person, status in ((analyst, 403), (foreign, 200)):
            answer = await person.http.get(f"/api/royalties/reconciliation{path}", params={"gap": gap["id"]})
            assert answer.status_code == (404 if person is foreign and path in ("/rows", "/query") else status)
            assert "77.77" not in answer.text
    wrong = await manager.http.get("/api/royalties/reconciliation/rows", params={"gap": "x"})
    assert wrong.status_code == 404


async def test_published_months_of_stores(world: World, shared: Path) -> None:
    """Real months of a small label: what is found is there, and nothing else is."""
    manager = await world.member(role=Role.MANAGER)
    folder = shared / "data" / "series-royalties-by-store-month"
    rows = list(csv.DictReader((folder / "store_month.csv").open()))
    lines = [
        {
            "month": row["sale_month"],
            "store": row["store"],
            "quantity": row["quantity"],
            "amount": row["earnings_usd"],
            "currency": "USD",
        }
        for row in rows
    ]
    await push(manager, lines)
    found = await gaps(manager)
    assert [gap["kind"] for gap in found if gap["kind"] != "rate_far"] == [*["missing_store"] * 2, "unmatched_lines"]
    there = {(row["store"], row["sale_month"]) for row in rows}
    for gap in found:
        if gap["kind"] == "missing_store":
            assert not any(store.lower() == gap["store"] and month == gap["month"] for store, month in there), gap
        if gap["kind"] == "rate_far":
            assert (await manager.http.get("/api/royalties/reconciliation/rows", params={"gap": gap["id"]})).json()[
                "items"
            ]
    [unmatched] = [gap for gap in found if gap["kind"] == "unmatched_lines"]
    assert unmatched["lines"] == len(rows)


def test_a_run_of_missing_months_is_one_gap() -> None:
    months = [month_after(date(2025, 1, 1), number) for number in range(9)]
    there = [month for month in months if month.month not in (4, 5, 8)]
    assert missing_runs(there, months, 3) == [(date(2025, 4, 1), date(2025, 5, 1))]
    assert missing_runs(months[:3], months, 3) == [(date(2025, 4, 1), date(2025, 9, 1))]
    assert missing_runs(months[:2], months, 3) == []


def test_the_usual_lag_is_that_under_which_units_follow_streams() -> None:
    months = [month_after(date(2025, 1, 1), number) for number in range(10)]
    streams = {month: 1000.0 * (1 + number % 4) for number, month in enumerate(months)}
    units = {month_after(month, 2): count * 0.8 for month, count in streams.items()}
    assert units_lag(units, streams) == 2
    assert units_lag({month: count * 0.8 for month, count in streams.items()}, streams) == 0
    assert units_lag({}, streams) == 0


def test_cells_are_safe() -> None:
    assert [safe_cell(text) for text in ("=1+1", "+49", "-5", "-5.25", "@x", "-x", " =1", "2025-01", "a")] == [
        *("'=1+1", "'+49", "-5", "-5.25", "'@x", "'-x", "' =1", "2025-01", "a")
    ]
