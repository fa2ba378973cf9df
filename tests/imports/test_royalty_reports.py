"""Royalty reports: exact amounts, negative lines, currencies apart, nothing twice, and money as a permission."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.types import Hints
from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import World
from tests.factories.imports import commit_import, undo_import, upload_file
from tests.factories.observations import make_artist

DISTROKID = (
    "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\t"
    "Country of Sale\tSongwriter Royalties Withheld\tEarnings (USD)\n"
    "2026-03-02\t2026-01\tSpotify\tMira Sol\tNight Drive\tDEAB12600001\t111111111111\t1,200\t100\tSong\tDE\t0\t"
    "3.00789993123456\n"
    "2026-03-02\t2026-01\tSpotify\tMira Sol\tNight Drive\tDEAB12600001\t111111111111\t-20\t100\tSong\tDE\t0\t-0.05\n"
    "2026-03-02\t2026-02\tApple Music\tOther Act\tElsewhere\t\t\t7\t100\tSong\tOU\t0\t0.01\n"
)
TUNECORE = (
    "Sales Period,Posted Date,Store Name,Country Of Sale,Artist,Release Title,Song Title,UPC,Optional ISRC,Sales Type,"
    "# Units Sold,Total Earned,Currency\n"
    '2026-01-01,2026-03-01,Google Play,GB,Mira Sol,Album,Night Drive,"",DE-AB1-26-00001,Streaming,"1,500",1.25,GBP\n'
    "2026-01-01,2026-03-01,Google Play,GB,Mira Sol,Album,Night Drive,,,Download,1,0.70,EUR\n"
)


async def lines(world: World, org_id: UUID) -> list[tuple[Any, ...]]:
    rows = await world.database.as_owner(
        """select source_row, to_char(month, 'YYYY-MM'), store, country, quantity, amount, currency,
             artist_id is not null
           from royalty_lines where org_id = $1 order by source_row""",
        org_id,
    )
    return [tuple(row) for row in rows]


async def test_a_report_is_stored_exactly_and_once(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "report.tsv", DISTROKID.encode())
    assert (preview["source"], preview["questions"], preview["summary"]["money_lines"]) == (
        "royalties.distrokid",
        [],
        3,
    )
    assert preview["money"] == [{"currency": "USD", "amount": "2.96789993123456", "lines": 3}]
    done = await commit_import(member, preview)
    stored = await lines(world, member.org_id)
    assert stored == [
        (1, "2026-01", "Spotify", "DE", 1200, Decimal("3.00789993123456"), "USD", True),
        (2, "2026-01", "Spotify", "DE", -20, Decimal("-0.05"), "USD", True),
        (3, "2026-02", "Apple Music", None, 7, Decimal("0.01"), "USD", False),
    ]
    assert any("Lines of no artist of the roster: 1, of no" in note for note in done["summary"]["notes"])
    assert [row["reason"] for row in done["row_results"]] == [None, None, "'OU' is no known country"]
    # The next month's report holds the lines again; undoing the first leaves what the second holds.
    more = (
        DISTROKID + "2026-04-02\t2026-03\tSpotify\tMira Sol\tNight Drive\tDEAB12600001\t\t5\t100\tSong\tDE\t0\t0.02\n"
    )
    [second] = await upload_file(member, artist, "next.tsv", more.encode())
    assert (await commit_import(member, second))["summary"]["recorded"] == {"new": 1, "restated": 0, "unchanged": 3}
    await undo_import(member, done["id"])
    assert len(await lines(world, member.org_id)) == 4
    await undo_import(member, second["id"])
    assert await lines(world, member.org_id) == []


async def test_currencies_stay_apart(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "tunecore.csv", TUNECORE.encode())
    assert preview["money"] == [
        {"currency": "EUR", "amount": "0.70", "lines": 1},
        {"currency": "GBP", "amount": "1.25", "lines": 1},
    ]
    await commit_import(member, preview)
    assert [row[4:7] for row in await lines(world, member.org_id)] == [
        (1500, Decimal("1.25"), "GBP"),
        (1, Decimal("0.70"), "EUR"),
    ]


async def test_who_may_not_see_amounts_sees_no_report(world: World) -> None:
    admin = await world.member()
    artist = await make_artist(world.database, admin.org_id)
    [preview] = await upload_file(admin, artist, "report.tsv", DISTROKID.encode())
    other = await world.member(admin.org_id, Role.MANAGER)
    await world.database.as_owner("update memberships set money_access = false where user_id = $1", other.user_id)
    assert (await other.http.get(f"/api/imports/{preview['id']}")).status_code == 404
    assert (await other.http.get(f"/api/imports/{preview['id']}/rows")).status_code == 404
    assert (await other.http.post(f"/api/imports/{preview['id']}/commit", json={"options": {}})).status_code == 404
    assert preview["id"] not in (await other.http.get("/api/imports")).text
    refused = await other.http.post(
        "/api/imports", data={"artist_id": str(artist)}, files={"file": ("a.tsv", DISTROKID.encode())}
    )
    assert (refused.status_code, "3.00789993" in refused.text) == (403, False)


@pytest.mark.parametrize(
    ("path", "source", "rows", "total"),
    [
        ("royaltyapp-fixtures/bandcamp_utf16.csv", "bandcamp", 2, "100"),
        ("royaltyapp-fixtures/sddigital.csv", "label_distributor", 5, None),
        ("royaltyapp-fixtures/sdphysical.csv", "label_distributor", 5, None),
        ("trackshift-fixtures/CdBaby_Test.txt", "cdbaby", 2, "0.1596539948"),
        ("trackshift-fixtures/DistroKid_Test.tsv", "distrokid", 4, None),
        ("trackshift-fixtures/Tunecore_Test.csv", "tunecore", 4, None),
        ("trackshift-fixtures/bandcamp-simple-3-songs.csv", "bandcamp", 8, None),
        ("trackshift-fixtures/cargo-simple-3-songs.csv", "cargo", 8, None),
    ],
)
def test_published_reports_are_read(shared: Path, path: str, source: str, rows: int, total: str | None) -> None:
    content = (shared / "data" / "exports-distributors" / path).read_bytes()
    hints = Hints(path, today())
    recognised = recognise_file(content, hints)
    parsed = parse_file(recognised, provisional_answers(recognised.questions), hints)
    assert (recognised.parser.source, len(parsed.money)) == (f"royalties.{source}", rows)
    assert parsed.money.row == list(range(1, rows + 1))
    assert total is None or sum(parsed.money.amount) == Decimal(total)
