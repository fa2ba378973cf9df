"""Preview, commit and undo of imports over HTTP."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from arti.imports import preview as import_preview
from arti.vocabulary import Role
from arti_core import clock
from tests.conftest import World
from tests.factories.imports import commit_import, count_stored, list_all_rows, make_zip, undo_import, upload_file
from tests.factories.observations import make_artist

FILES = Path(__file__).parent / "files"
TIMELINE = (FILES / "Mira Sol-audience-timeline.csv").read_bytes()


async def test_preview_summarises_the_file_and_stores_no_observation(world: World) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "anything.csv", TIMELINE)
    assert (preview["source"], preview["status"]) == ("spotify_for_artists.audience_timeline", "previewed")
    assert [(question["key"], question["default"]) for question in preview["questions"]] == [("scope", "artist")]
    summary = preview["summary"]
    assert (summary["rows"], summary["accepted"], summary["observations"]) == (3, 3, 24)
    assert summary["days"] == {
        "first": "2026-03-01",
        "last": "2026-03-04",
        "missing": ["2026-03-03"],
        "missing_count": 1,
    }
    assert preview["row_results"][1]["values"]["playlist adds"] == ""
    assert await list_all_rows(world, member.org_id) == []


async def test_commit_is_idempotent_and_an_empty_cell_is_null(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "a.csv", TIMELINE)
    done = await commit_import(member, preview)
    assert (done["status"], done["summary"]["recorded"]) == ("committed", {"new": 24, "restated": 0, "unchanged": 0})
    assert await commit_import(member, preview) == done
    stored = await list_all_rows(world, member.org_id)
    blank = [row for row in stored if row[0] == "discovery.playlist_adds" and row[4] is None]
    assert [(str(row[3]), row[5]) for row in blank] == [("2026-03-02", "not_reported")]
    # The same bytes under another name return the existing import.
    [again] = await upload_file(member, artist, "copy (1).csv", TIMELINE)
    assert (again["id"], again["status"]) == (done["id"], "committed")
    assert await list_all_rows(world, member.org_id) == stored
    rows = await member.http.get(f"/api/artists/{artist}/series", params={"metric": "consumption.streams"})
    [series] = rows.json()["series"]
    assert (series["total"], series["gaps"]) == (943, [{"from": "2026-03-03", "to": "2026-03-03"}])
    observations = await member.http.get("/api/observations", params={"series_id": series["series_id"]})
    assert observations.json()["items"][2]["source"] == {
        "kind": "import",
        "id": done["id"],
        "file_name": "a.csv",
        "row": 3,
    }


async def test_a_day_that_is_not_over_is_left_out(world: World) -> None:
    """Half a day would look like a fall."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    today = clock.today()
    content = f"date,listeners,streams\n{today - timedelta(days=1)},5,50\n{today},1,7\n"
    [preview] = await upload_file(member, artist, "a.csv", content.encode())
    assert (preview["summary"]["accepted"], preview["summary"]["rejected"]) == (1, 1)
    done = await commit_import(member, preview)
    assert {str(row[3]) for row in await list_all_rows(world, member.org_id)} == {str(today - timedelta(days=1))}
    assert done["row_results"][1]["reason"] == f"{today} is not over yet, so its numbers are left out"


async def test_overlap_restates_and_undo_restores(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [first] = await upload_file(member, artist, "a.csv", b"date,listeners,streams\n2026-03-01,5,50\n2026-03-02,6,60\n")
    await commit_import(member, first)
    before = await list_all_rows(world, member.org_id)
    later = b"date,listeners,streams\n2026-03-02,6,66\n2026-03-03,7,70\n"
    [second] = await upload_file(member, artist, "b.csv", later)
    done = await commit_import(member, second)
    assert done["summary"]["recorded"] == {"new": 2, "restated": 1, "unchanged": 1}
    undone = await undo_import(member, second["id"])
    assert undone["status"] == "undone"
    assert await list_all_rows(world, member.org_id) == before
    assert (await undo_import(member, second["id"]))["status"] == "undone"
    # The same file can be imported again after an undo.
    [third] = await upload_file(member, artist, "b.csv", later)
    assert (await commit_import(member, third))["summary"]["recorded"] == {"new": 2, "restated": 1, "unchanged": 1}


async def test_undo_keeps_values_that_a_later_import_also_contains(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    imports = []
    for name, rows in (
        ("a.csv", "2026-03-01,50\n2026-03-02,60\n"),
        ("b.csv", "2026-03-02,60\n2026-03-03,70\n"),
        ("c.csv", "2026-03-03,71\n"),
    ):
        [preview] = await upload_file(member, artist, name, f"date,monthly listeners\n{rows}".encode())
        imports.append(await commit_import(member, preview))
    await undo_import(member, imports[0]["id"])
    stored = [(str(row[3]), row[4], str(row[6])) for row in await list_all_rows(world, member.org_id)]
    assert stored == [("2026-03-02", 60, imports[1]["id"]), ("2026-03-03", 71, imports[2]["id"])]
    await undo_import(member, imports[2]["id"])
    await undo_import(member, imports[1]["id"])
    assert await list_all_rows(world, member.org_id) == []


async def test_undo_deletes_its_songs_and_keeps_those_of_other_imports(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [songs] = await upload_file(member, artist, "s-28day.csv", (FILES / "Mira Sol-songs-28day.csv").read_bytes())
    songs = await commit_import(member, songs, {"period_to": "2026-03-04"})
    name = "Night Drive-timeline_20260304_081500.csv"
    [timeline] = await upload_file(member, artist, name, (FILES / name).read_bytes())
    assert [(q["key"], q["default"], q["choices"]) for q in timeline["questions"]] == [
        ("song", "Night Drive", ["Harbour, Lights", "Night Drive"])
    ]
    await commit_import(member, timeline, {"song": "night drive"})
    # The timeline is matched to the song of the list, although it has no release date.
    assert await count_stored(world, member.org_id, "consumption.streams", "") == (3, 123)
    titles = (await member.http.get(f"/api/artists/{artist}/assets")).json()["items"]
    assert [(item["title"], item["released_on"]) for item in titles] == [
        ("Night Drive", "2025-11-07"),
        ("Harbour, Lights", "2024-05-17"),
        ("Harbour, Lights", "2026-01-16"),
    ]
    await undo_import(member, songs["id"])
    remaining = (await member.http.get(f"/api/artists/{artist}/assets")).json()["items"]
    assert [item["title"] for item in remaining] == ["Night Drive"]


async def test_file_without_a_period_has_questions_for_it(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    content = (FILES / "Mira Sol-songs-28day.csv").read_bytes()
    [unnamed] = await upload_file(member, artist, "songs.csv", content)
    assert [(q["key"], q["default"] is None) for q in unnamed["questions"]] == [("period", True), ("period_to", False)]
    for answers in (
        {},
        {"period": "a while"},
        {"period": "28day", "period_to": "soon"},
        {"period": "7day", "period_to": "2999-01-01"},
    ):
        answer = await member.http.post(f"/api/imports/{unnamed['id']}/commit", json={"options": answers})
        assert (answer.status_code, answer.json()["field"]) == (422, "options")
    done = await commit_import(member, unnamed, {"period": "28day", "period_to": "2026-03-04"})
    assert (done["summary"]["accepted"], done["summary"]["rejected"]) == (3, 1)
    rejected = await member.http.get(f"/api/imports/{done['id']}/rows", params={"status": "rejected"})
    assert [(row["row"], row["reason"]) for row in rejected.json()["items"]] == [(4, "the song has no title")]
    # A period total is not part of a daily series.
    series = await member.http.get(f"/api/artists/{artist}/series")
    assert series.json()["series"] == []
    [again] = await upload_file(member, artist, "songs.csv", content)
    assert {q["key"]: q["default"] for q in again["questions"]} == {"period": "28day", "period_to": "2026-03-04"}
    assert (await commit_import(member, again))["id"] == done["id"]


async def test_a_zip_of_youtube_studio(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    folder = "Content 2026-03-01_2026-03-02 Mira Sol"
    names = ("Table data.csv", "Chart data.csv", "Totals.csv")
    packed = make_zip({f"{folder}/{name}": (FILES / name).read_bytes() for name in names})
    previews = {preview["source"]: preview for preview in await upload_file(member, artist, "export.zip", packed)}
    table = previews["youtube_studio.table"]
    assert {q["key"]: q["default"] for q in table["questions"]} == {"period": "2day", "period_to": "2026-03-02"}
    assert [status["status"] for status in table["row_results"]] == [
        "accepted",
        "accepted",
        "accepted",
        "rejected",
        "warning",
    ]
    assert "Glow points" in table["summary"]["notes"][0]
    checks = [(c["column"], c["total"], c["sum"], c["matches"]) for c in table["summary"]["totals_check"]]
    assert checks == [
        ("Views", 1260, 1260, True),
        ("Watch time (hours)", 52.5, 52.5, True),
        ("Subscribers", 4, 4, True),
        ("Impressions", 18_400, 18_400, True),
    ]
    for preview in previews.values():
        await commit_import(member, preview)
    assert await count_stored(world, member.org_id, "consumption.views", "") == (6, 2520)
    assert await count_stored(world, member.org_id, "consumption.views", "period=2day") == (3, 2520)
    assert await count_stored(world, member.org_id, "consumption.average_view_seconds") == (3, 150 + 163 + 100)
    videos = (await member.http.get(f"/api/artists/{artist}/assets")).json()["items"]
    assert [(video["external_id"], video["kind"], video["released_on"]) for video in videos] == [
        ("abcDEF12345", "video", "2025-11-07"),
        ("-bcDEF12345", "short", None),
    ]
    # A file without lengths does not make a Short a video.
    [short] = await upload_file(
        member, artist, "b.csv", b"Content,Video title,Views\n -bcDEF12345,Harbour Lights,270\n"
    )
    await commit_import(member, short, {"period": "7day", "period_to": "2026-03-04"})
    shorts = (await member.http.get(f"/api/artists/{artist}/assets", params={"kind": "short"})).json()["items"]
    assert [(video["external_id"], video["title"]) for video in shorts] == [("-bcDEF12345", "Harbour Lights")]
    assert [video["kind_guessed"] for video in (*videos, *shorts)] == [False, False, False]


async def test_preview_can_be_deleted_and_committed_import_cannot(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "a.csv", TIMELINE)
    assert (await member.http.post(f"/api/imports/{preview['id']}/undo")).status_code == 409
    assert (await member.http.delete(f"/api/imports/{preview['id']}")).status_code == 204
    assert (await member.http.get(f"/api/imports/{preview['id']}")).status_code == 404
    [preview] = await upload_file(member, artist, "a.csv", TIMELINE)
    await commit_import(member, preview)
    assert (await member.http.delete(f"/api/imports/{preview['id']}")).status_code == 409
    [refused] = await upload_file(member, artist, "a.csv", b"hello")
    answer = await member.http.post(f"/api/imports/{refused['id']}/commit", json={})
    assert answer.status_code == 409
    listed = (await member.http.get("/api/imports", params={"artist_id": str(artist), "limit": 1})).json()
    assert listed["items"][0]["id"] == refused["id"]
    rest = await member.http.get("/api/imports", params={"limit": 1, "cursor": listed["next_cursor"]})
    assert [item["id"] for item in rest.json()["items"]] == [preview["id"]]


async def test_commit_and_undo_record_events(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "a.csv", TIMELINE)
    await commit_import(member, preview)
    await undo_import(member, preview["id"])
    events = await world.database.as_owner(
        "select type, payload from events where org_id = $1 order by created_at", member.org_id
    )
    payload = {"artist_id": str(artist), "import_id": preview["id"]}
    assert [(event["type"], event["payload"]) for event in events] == [
        ("import.committed", payload),
        ("import.undone", payload),
    ]


@pytest.mark.parametrize(("role", "status"), [(Role.CREATOR, 403), (Role.ANALYST, 201)])
async def test_import_requires_a_role(world: World, role: Role, status: int) -> None:
    member = await world.member(role=role)
    artist = await make_artist(world.database, member.org_id)
    answer = await member.http.post("/api/imports", data={"artist_id": str(artist)}, files={"file": ("a", TIMELINE)})
    assert answer.status_code == status


async def test_member_without_write_permission_on_a_platform_cannot_commit(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    await world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_write) values ($1, $2, 'spotify', false)",
        member.org_id,
        member.user_id,
    )
    [preview] = await upload_file(member, artist, "a.csv", TIMELINE)
    answer = await member.http.post(f"/api/imports/{preview['id']}/commit", json={})
    assert answer.status_code == 403
    assert await list_all_rows(world, member.org_id) == []


async def test_imports_of_other_orgs_are_not_found(world: World) -> None:
    member, other_member = await world.member(), await world.member()
    other_artist = await make_artist(world.database, other_member.org_id)
    [preview] = await upload_file(other_member, other_artist, "a.csv", TIMELINE)
    path = f"/api/imports/{preview['id']}"
    answers = [
        await member.http.get(path),
        await member.http.get(f"{path}/rows"),
        await member.http.post(f"{path}/commit", json={}),
        await member.http.post(f"{path}/undo"),
        await member.http.delete(path),
        await member.http.get(f"/api/imports/{uuid4()}"),
    ]
    assert {(answer.status_code, answer.json()["message"]) for answer in answers} == {
        (404, answers[-1].json()["message"])
    }
    into_other_org = await member.http.post(
        "/api/imports", data={"artist_id": str(other_artist)}, files={"file": ("a.csv", TIMELINE)}
    )
    assert into_other_org.status_code == 404
    assert (await member.http.get("/api/imports")).json()["items"] == []


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the calls that recognise and parse a file."""
    calls: Counter[str] = Counter()

    def count(name: str) -> None:
        original = getattr(import_preview, name)

        def counting(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(import_preview, name, counting)

    count("recognise_file")
    count("parse_file")
    return calls


async def test_each_request_recognises_and_parses_a_file_once(world: World, calls: Counter[str]) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [first] = await upload_file(member, artist, "a.csv", TIMELINE)
    assert calls == {"recognise_file": 1, "parse_file": 1}
    calls.clear()
    await commit_import(member, first)
    assert calls == {"recognise_file": 1, "parse_file": 1}
    calls.clear()
    later = make_zip(
        {"b.csv": TIMELINE + b"2026-03-05,1,1,1,1,1,1,1,1\n", "c.csv": TIMELINE.replace(b"2026-03", b"2026-04")}
    )
    for later_preview in await upload_file(member, artist, "later.zip", later):
        assert later_preview["status"] == "previewed"
        await commit_import(member, later_preview)
    assert calls == {"recognise_file": 4, "parse_file": 4}
    calls.clear()
    await undo_import(member, first["id"])  # the import that holds the same days, and the one in the response
    assert calls == {"recognise_file": 2, "parse_file": 2}
