"""An org's own sources and metrics: defined in words, used like built-in ones, kept while something uses them."""

from typing import Any

import pytest

from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.imports import commit_import, undo_import
from tests.factories.observations import make_artist

CLICKS = {"name": "Link clicks", "unit": "clicks", "kind": "flow"}
LINKFIRE = {"name": "Linkfire", "url": "https://linkfire.test/", "how": "file"}
WEEKLY = b"Week;Link clicks;Country\n2026-04-12;1200;Germany\n2026-04-19;1400;Germany\n2026-04-19;300;Mexico\n"


async def create(member: Member, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await member.http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_source_is_created_changed_and_removed(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    made = await create(member, "/api/sources", LINKFIRE)
    assert (made["slug"], made["own"], made["cadence"], made["series"]) == ("own.linkfire", True, "day", 0)
    again = await member.http.post("/api/sources", json=LINKFIRE)
    assert (again.status_code, again.json()["field"]) == (409, "name")
    changed = await member.http.patch("/api/sources/own.linkfire", json={"name": "Linkfire EU", "cadence": "week"})
    assert (changed.json()["name"], changed.json()["cadence"]) == ("Linkfire EU", "week")
    refused = await member.http.patch("/api/sources/own.linkfire", json={"time_zone": "Mars/Base"})
    assert (refused.status_code, refused.json()["field"]) == (422, "time_zone")
    items = (await member.http.get("/api/sources")).json()["items"]
    assert [item["slug"] for item in items if item["has_connector"]] == [
        "instagram",
        "soundcloud",
        "spotify",
        "youtube",
    ]
    assert [item["slug"] for item in items if item["own"]] == ["own.linkfire"]
    other = await world.member()
    assert (await other.http.patch("/api/sources/own.linkfire", json={"name": "x"})).status_code == 404
    assert "own.linkfire" not in [item["slug"] for item in (await other.http.get("/api/sources")).json()["items"]]
    assert (await member.http.delete("/api/sources/own.linkfire")).status_code == 204
    assert (await member.http.delete("/api/sources/own.linkfire")).status_code == 404


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"unit": "  "}, "unit", "clicks, tickets, people"),
        ({"kind": "number"}, "kind", "counter: a running total"),
        ({"aggregation": "last"}, "aggregation", "by sum (added up)"),
        ({"kind": "counter", "aggregation": "sum"}, "aggregation", "by last (the last value)"),
        ({"kind": "rolling", "aggregation": "sum"}, "aggregation", "never added up"),
        ({"unit": "percent"}, "kind", "Percentages are not added up"),
        ({"can_fall": False}, "can_fall", "Only a counter"),
        ({"name": "点击"}, "slug", "Give a slug"),
    ],
)
async def test_a_metric_that_makes_no_sense_is_refused_in_words(
    world: World, change: dict[str, Any], field: str, words: str
) -> None:
    member = await world.member(role=Role.MANAGER)
    refused = await member.http.post("/api/metrics", json=CLICKS | change)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert words in refused.json()["message"]


async def test_a_metric_is_defined_and_listed(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    made = await create(member, "/api/metrics", CLICKS)
    assert (made["slug"], made["aggregation"], made["series"]) == ("own.link_clicks", "sum", 0)
    ratio = await create(
        member, "/api/metrics", {"name": "Share of opens", "slug": "own.opens", "unit": "percent", "kind": "ratio"}
    )
    assert (ratio["slug"], ratio["aggregation"]) == ("own.opens", "none")
    entries = {entry["slug"]: entry for entry in (await member.http.get("/api/metrics")).json()["items"]}
    assert entries["own.link_clicks"]["unit"] == "clicks"
    assert list(entries)[-2:] == ["own.link_clicks", "own.opens"]
    changed = await member.http.patch("/api/metrics/own.opens", json={"kind": "counter", "unit": "opens"})
    assert (changed.json()["kind"], changed.json()["aggregation"]) == ("counter", "last")
    analyst = await world.member(member.org_id, Role.ANALYST)
    assert (await analyst.http.post("/api/metrics", json=CLICKS)).status_code == 403
    other = await world.member()
    assert "own.link_clicks" not in {e["slug"] for e in (await other.http.get("/api/metrics")).json()["items"]}


async def preview(member: Member, artist: Any, content: bytes, **form: str) -> dict[str, Any]:
    answer = await member.http.post(
        "/api/imports", data={"artist_id": str(artist)} | form, files={"file": ("clicks.csv", content)}
    )
    assert answer.status_code == 201, answer.text
    [made] = answer.json()["imports"]
    found: dict[str, Any] = made
    return found


async def test_a_file_is_mapped_previewed_committed_and_undone(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    await create(member, "/api/metrics", CLICKS)
    await create(member, "/api/sources", LINKFIRE | {"cadence": "week"})
    made = await preview(member, artist, WEEKLY, source="own.linkfire")
    assert (made["status"], made["provider"], made["summary"]["accepted"]) == ("previewed", "own.linkfire", 3)
    questions = {question["key"]: question for question in made["questions"]}
    assert (questions["day"]["default"], questions["day"]["choices"]) == ("Week", ["Week", "Link clicks", "Country"])
    assert (questions["column_2"]["default"], questions["column_3"]["default"]) == ("own.link_clicks", "by country")
    assert "own.link_clicks" in questions["column_3"]["choices"]
    committed = await commit_import(member, made)
    assert committed["summary"]["recorded"] == {"new": 3, "restated": 0, "unchanged": 0}
    query = {"metric": "own.link_clicks", "provider": "own.linkfire", "dimension": "country"}
    body = (await member.http.get(f"/api/artists/{artist}/breakdown", params=query)).json()
    assert [(part["name"], part["amount"], part["source"]) for part in body["parts"]] == [
        ("Germany", 2600, "import"),
        ("Mexico", 300, "import"),
    ]
    assert body["metric"]["unit"] == "clicks"
    again = await preview(member, artist, WEEKLY, source="own.linkfire")
    assert (await commit_import(member, again))["id"] == made["id"]
    for path, words in (("sources/own.linkfire", "2 series"), ("metrics/own.link_clicks", "2 series")):
        refused = await member.http.delete(f"/api/{path}")
        assert (refused.status_code, words in refused.json()["message"]) == (409, True)
        assert "To remove it: " in refused.json()["message"]
    meaning = await member.http.patch("/api/metrics/own.link_clicks", json={"unit": "taps"})
    assert (meaning.status_code, "Define a new metric" in meaning.json()["message"]) == (409, True)
    imported = await member.http.delete("/api/sources/own.linkfire/observations")
    assert (imported.status_code, "Undo those imports first" in imported.json()["message"]) == (409, True)
    await undo_import(member, made["id"])
    # What was known before the undo is still there to be asked for, until it is removed too.
    assert (await member.http.delete("/api/metrics/own.link_clicks")).status_code == 409
    assert (await member.http.delete("/api/sources/own.linkfire/observations")).status_code == 204
    assert (await member.http.delete("/api/metrics/own.link_clicks")).status_code == 204
    assert (await member.http.delete("/api/sources/own.linkfire")).status_code == 204


async def test_a_mapping_is_sent_with_the_file_and_checked(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    await create(member, "/api/metrics", CLICKS)
    await create(member, "/api/sources", LINKFIRE)
    content = b"When,N,Note\n2026-04-12,5,a\n2026-04-13,,b\n"
    open_one = await preview(member, artist, content, source="own.linkfire")
    assert open_one["status"] == "previewed"
    assert "Choose a metric for at least one column" in open_one["summary"]["notes"][0]
    refused = await member.http.post(f"/api/imports/{open_one['id']}/commit", json={"options": {}})
    assert (refused.status_code, refused.json()["field"]) == (422, "options")
    twice = {"column_2": "own.link_clicks", "column_3": "own.link_clicks"}
    refused = await member.http.post(f"/api/imports/{open_one['id']}/commit", json={"options": twice})
    assert "chosen for two columns" in refused.json()["message"]
    mapping = '{"day": "When", "column_2": "own.link_clicks"}'
    mapped = await preview(member, artist, content, source="own.linkfire", mapping=mapping)
    assert mapped["options"]["column_2"] == "own.link_clicks"
    assert (await commit_import(member, mapped))["summary"]["recorded"]["new"] == 2
    form = {"artist_id": str(artist), "source": "own.linkfire", "mapping": "[1]"}
    bad = await member.http.post("/api/imports", data=form, files={"file": ("c.csv", content)})
    assert (bad.status_code, bad.json()["field"]) == (422, "mapping")
    for source in ("spotify", "own.nothing"):
        form = {"artist_id": str(artist), "source": source}
        bad = await member.http.post("/api/imports", data=form, files={"file": ("c.csv", content)})
        assert (bad.status_code, bad.json()["field"]) == (422, "source")


async def test_weeks_that_share_days_are_refused(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    await create(member, "/api/metrics", CLICKS)
    await create(member, "/api/sources", LINKFIRE | {"cadence": "week"})
    content = b"Week,Link clicks\n2026-04-12,5\n2026-04-15,5\n2026-04-19,5\n"
    made = await preview(member, artist, content, source="own.linkfire")
    assert (made["summary"]["accepted"], made["summary"]["rejected"]) == (2, 1)
    assert "shares days" in made["row_results"][1]["reason"]
