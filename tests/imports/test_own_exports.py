"""Exports of ads, smart links, tickets, mails and campaigns: recognised, and read into sources of the org's own."""

from pathlib import Path
from typing import Any

import pytest

from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.imports import commit_import, count_stored, list_all_rows, undo_import, upload_file
from tests.factories.observations import make_artist
from tests.imports.test_batches import commit, drop, roster

FILES = Path(__file__).parent / "files" / "own_sources"
SALE = {"date_is": "the day of the sale"}


async def bring(world: World, member: Member, name: str, answers: dict[str, str] | None = None) -> dict[str, Any]:
    artist = await make_artist(world.database, member.org_id, f"Mira Sol {name}")
    [preview] = await upload_file(member, artist, name, (FILES / name).read_bytes())
    assert preview["status"] == "previewed", preview
    return await commit_import(member, preview, answers)


# Each file: the answers that it cannot give itself, its source, and of metrics and dimensions the rows and their sum.
CASES: dict[str, tuple[dict[str, str], str, dict[tuple[str, str], tuple[int, float]]]] = {
    "Linkfire Mira Sol.csv": (
        {},
        "own.linkfire",
        {
            ("own.link_visits", ""): (2, 245),
            ("own.link_visits", "store=spotify"): (2, 205),
            ("own.link_visits", "channel=TikTok"): (2, 95),
            ("own.link_visits", "country=DE"): (2, 215),
            ("own.link_clickthroughs", ""): (2, 143),
            ("own.link_presaves", "link=Night Drive"): (2, 8),
        },
    ),
    "featurefm insights.csv": (
        {},
        "own.feature_fm",
        {("own.link_visits", ""): (3, 2440), ("own.link_clickthroughs", "country=DE"): (2, 1590)},
    ),
    "meta ads.csv": (
        {},
        "own.meta_ads",
        {
            ("own.ad_spend_eur", ""): (1, 60.5),
            ("own.ad_spend_eur", "campaign=Night Drive"): (1, 50.5),
            ("own.ad_impressions", "country=DE"): (1, 4000),
            # Leads and clicks are not one number, and the people of two ads are not added.
            ("own.ad_results", "%"): (2, 63),
            ("own.ad_reach", "%"): (1, 400),
        },
    ),
    "Google Ads Kampagnenbericht.csv": (
        {},
        "own.google_ads",
        {
            ("own.ad_spend_eur", ""): (2, 1334.46),
            ("own.ad_spend_chf", ""): (1, 20.44),
            ("own.ad_impressions", ""): (2, 13900),
            ("own.ad_conversions", "campaign=Night Drive Suche"): (2, 3.5),
        },
    ),
    "tiktok ads.csv": (
        {},
        "own.tiktok_ads",
        {("own.ad_spend_usd", ""): (2, 1242.5), ("own.ad_link_clicks", "campaign=Night Drive"): (2, 1870)},
    ),
    "showcase results.csv": (
        {},
        "own.spotify_campaigns",
        {
            ("own.campaign_reach", "campaign=Night Drive,country=DE,period=10day"): (1, 10000),
            ("own.campaign_spend_eur", "%"): (2, 344.6),
            ("own.campaign_intent_rate", "campaign=Night Drive,country=FR,period=10day"): (1, 19),
            ("own.campaign_clicks", ""): (0, None),  # type: ignore[dict-item]
        },
    ),
    "DICE sales.csv": (
        SALE,
        "own.dice",
        {
            ("own.tickets_sold", ""): (2, 23),
            ("own.tickets_sold", "event=Mira Sol at Lido"): (2, 20),
            ("own.ticket_gross_eur", ""): (2, 416),
        },
    ),
    "Eventim Stand.csv": (
        {"period_to": "2026-04-30"},
        "own.eventim",
        {
            ("own.tickets_sold_total", ""): (1, 1540),
            ("own.tickets_sold_total", "event=Mira Sol%2C Paris"): (1, 310),
            ("own.ticket_gross_total_eur", ""): (1, 31420.5),
        },
    ),
    "mailchimp campaigns.csv": (
        {},
        "own.mailchimp",
        {
            ("own.mail_sends", ""): (1, 1500),
            ("own.mail_opens", "campaign=Tour dates"): (1, 300),
            ("own.mail_clicks_all", ""): (1, 190),
        },
    ),
    "list growth.csv": (
        {"service": "Brevo"},
        "own.brevo",
        {("own.mail_subscribers", ""): (2, 24707), ("own.mail_subscribers_gained", ""): (2, 39)},
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_an_export_is_read_into_a_source_and_metrics_that_its_commit_defines(world: World, name: str) -> None:
    member = await world.member()
    answers, source, expected = CASES[name]
    assert [each for each in (await member.http.get("/api/sources")).json()["items"] if each["own"]] == []
    done = await bring(world, member, name, answers)
    assert (done["status"], done["provider"]) == ("committed", source)
    [defined] = [each for each in (await member.http.get("/api/sources")).json()["items"] if each["own"]]
    assert (defined["slug"], defined["how"], defined["cadence"]) == (source, "file", "day")
    found = {key: await count_stored(world, member.org_id, *key) for key in expected}
    assert found == expected
    before = await list_all_rows(world, member.org_id)
    metrics = {each["slug"] for each in (await member.http.get("/api/metrics")).json()["items"]}
    assert {row[0] for row in before} <= metrics
    await undo_import(member, done["id"])
    assert await list_all_rows(world, member.org_id) == []


async def test_the_second_file_uses_what_the_first_defined_and_changes_nothing_else(world: World) -> None:
    member = await world.member()
    await bring(world, member, "tiktok ads.csv")
    await member.http.patch("/api/metrics/own.ad_spend_usd", json={"name": "Werbung"})
    await bring(world, member, "Google Ads Kampagnenbericht.csv")
    names = {each["slug"]: each["name"] for each in (await member.http.get("/api/metrics")).json()["items"]}
    assert (names["own.ad_spend_usd"], names["own.ad_spend_eur"]) == ("Werbung", "Ad spend (EUR)")


async def test_a_metric_that_means_something_else_here_is_not_written_into(world: World) -> None:
    member = await world.member()
    other = {"name": "Visits", "slug": "own.link_visits", "unit": "people", "kind": "rolling"}
    assert (await member.http.post("/api/metrics", json=other)).status_code == 201
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    [preview] = await upload_file(member, artist, "Linkfire.csv", (FILES / "Linkfire Mira Sol.csv").read_bytes())
    answer = await member.http.post(f"/api/imports/{preview['id']}/commit", json={"options": {}})
    assert answer.status_code == 409
    assert "Visits (own.link_visits) is a rolling of people here" in answer.text
    assert await list_all_rows(world, member.org_id) == []


async def test_who_defines_no_sources_imports_what_is_defined(world: World) -> None:
    manager = await world.member()
    analyst = await world.member(manager.org_id, Role.ANALYST)
    await roster(world, manager, "Mira Sol")
    content = (FILES / "Linkfire Mira Sol.csv").read_bytes()
    batch = await drop(analyst, [("Linkfire Mira Sol.csv", content)])
    [failed] = (await commit(analyst, batch))["results"]
    assert failed["result"] == "failed"
    assert "defines a source and metrics: Linkfire, Link click-throughs" in failed["reason"]
    [done] = (await commit(manager, batch))["results"]
    assert done["result"] == "committed"
    later = await drop(analyst, [("Linkfire Mira Sol.csv", content.replace(b"2026-03-0", b"2026-04-0"))])
    assert [result["result"] for result in (await commit(analyst, later))["results"]] == ["committed"]
    assert await count_stored(world, manager.org_id, "own.link_visits", "") == (4, 490)


async def test_amounts_are_for_who_may_see_money(world: World) -> None:
    manager = await world.member()
    analyst = await world.member(manager.org_id, Role.ANALYST)
    artists = await roster(world, manager, "Mira Sol")
    content = (FILES / "tiktok ads.csv").read_bytes()
    refused = await drop(analyst, [("tiktok ads Mira Sol.csv", content)])
    assert refused["items"] == []
    assert "holds amounts of money, which you may not import" in refused["unplaced"][0]["reason"]
    [preview] = await upload_file(manager, artists["Mira Sol"], "tiktok ads.csv", content)
    done = await commit_import(manager, preview)
    assert (await analyst.http.get(f"/api/imports/{done['id']}")).status_code == 404
    assert (await analyst.http.post(f"/api/imports/{done['id']}/reread", json={})).status_code == 404
    path = f"/api/artists/{artists['Mira Sol']}/breakdowns"
    by_campaign = {each["metric"] for each in (await manager.http.get(path)).json()["items"]}
    assert by_campaign == {"own.ad_impressions", "own.ad_link_clicks", "own.ad_spend_usd"}
    seen = {each["metric"] for each in (await analyst.http.get(path)).json()["items"]}
    assert seen == {"own.ad_impressions", "own.ad_link_clicks"}
    # Without amounts the same export is no money.
    plain = b"\n".join(
        b",".join(cell for at, cell in enumerate(line.replace(b'"1,234.50"', b"0").split(b",")) if at not in (3, 4, 7))
        for line in content.splitlines()[:3]
    )
    batch = await drop(analyst, [("tiktok ads Mira Sol.csv", plain.replace(b"2026-03", b"2026-05"))])
    assert [result["result"] for result in (await commit(analyst, batch))["results"]] == ["committed"]


async def test_a_header_that_a_person_mapped_is_read_as_mapped(world: World) -> None:
    member = await world.member()
    artists = await roster(world, member, "Mira Sol")
    assert (await member.http.post("/api/sources", json={"name": "Links", "how": "file"})).status_code == 201
    metric = {"name": "Visits", "unit": "visits", "kind": "flow"}
    assert (await member.http.post("/api/metrics", json=metric)).status_code == 201
    content = b"Date,Country,Visits,Pre-saves\n2026-03-01,DE,3,1\n2026-03-02,DE,4,0\n"
    answer = await member.http.post(
        "/api/imports",
        data={
            "artist_id": str(artists["Mira Sol"]),
            "source": "own.links",
            "mapping": '{"day": "Date", "column_3": "own.visits"}',
        },
        files={"file": ("links.csv", content)},
    )
    assert (await commit_import(member, answer.json()["imports"][0]))["summary"]["recorded"]["new"] == 2
    batch = await drop(member, [("Mira Sol.csv", content.replace(b"2026-03", b"2026-04"))])
    assert [(item["provider"], item["open"]) for item in batch["items"]] == [("own.links", [])]
    assert (await commit(member, batch))["new"] == 2
    assert await count_stored(world, member.org_id, "own.visits", "country=DE") == (4, 14)


async def test_some_campaigns_are_not_the_whole(world: World) -> None:
    member = await world.member()
    await bring(world, member, "meta ads.csv", {"covers": "some of them"})
    assert await count_stored(world, member.org_id, "own.ad_spend_eur", "campaign=%") == (2, 60.5)
    assert await count_stored(world, member.org_id, "own.ad_spend_eur") == (2, 60.5)


async def test_a_day_of_the_event_makes_counts_and_not_sales(world: World) -> None:
    member = await world.member()
    await bring(world, member, "DICE sales.csv", {"date_is": "the day of the event", "period_to": "2026-02-20"})
    assert await count_stored(world, member.org_id, "own.tickets_sold_total", "event=Mira Sol at Lido") == (1, 20)
    assert await count_stored(world, member.org_id, "own.tickets_sold") == (0, None)


async def test_a_number_that_is_missing_leaves_its_sum_out_and_is_no_zero(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    text = (
        "Day,Campaign,Currency code,Cost,Impr.,Clicks\n"
        "2026-03-01,A,EUR,1.50,100,--\n2026-03-01,B,EUR,2.50,200,3\n2026-03-02,A,EUR,x,100,4\n2026-03-02,B,EUR,1,50,5\n"
    )
    [preview] = await upload_file(member, artist, "ads.csv", text.encode())
    notes = preview["summary"]["notes"]
    assert "Ad clicks of a day or period is left out once: one of its rows has no number." in notes
    assert "Ad spend (EUR) of a day or period is left out 2 times: one of its rows could not be read." in notes
    await commit_import(member, preview)
    assert await count_stored(world, member.org_id, "own.ad_clicks", "") == (1, 9)
    assert await count_stored(world, member.org_id, "own.ad_spend_eur", "") == (1, 4)
    assert await count_stored(world, member.org_id, "own.ad_impressions", "") == (2, 450)


async def test_a_line_of_sums_without_a_name_is_never_added(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    text = (FILES / "meta ads.csv").read_bytes().replace(b",4000,60.5,", b",4100,60.5,")
    [preview] = await upload_file(member, artist, "meta.csv", text)
    assert [row["reason"] for row in preview["row_results"] if row["status"] == "rejected"] == [
        "it names none of the campaigns"
    ]
    await commit_import(member, preview)
    assert await count_stored(world, member.org_id, "own.ad_impressions", "") == (1, 4000)


@pytest.mark.parametrize(
    "header",
    [
        b"Week,Campaign,Currency code,Cost,Impr.,Clicks\n2026-03-01,A,EUR,1,2,3\n",
        b"Day,Link,Country,Visits,Cost\n2026-03-01,a,Germany,3,1\n",
        b"Event,Venue,Capacity\nMira Sol,Lido,500\n",
    ],
)
async def test_a_table_that_is_only_like_one_is_left_to_the_mapping(world: World, header: bytes) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    [refused] = await upload_file(member, artist, "table.csv", header)
    assert refused["status"] == "refused"


async def test_a_preview_of_an_own_source_shows_what_differs(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    content = (FILES / "tiktok ads.csv").read_bytes()
    [preview] = await upload_file(member, artist, "a.csv", content)
    await commit_import(member, preview)
    [again] = await upload_file(member, artist, "b.csv", content.replace(b"8.00,", b"9.50,"))
    overlap = (await member.http.get(f"/api/imports/{again['id']}/overlap")).json()
    assert {(each["metric"], each["stored"], each["in_file"]) for each in overlap["differing"]} == {
        ("own.ad_spend_usd", 8, 9.5)
    }
    assert (overlap["replaced"], overlap["new"]) == (2, 0)
