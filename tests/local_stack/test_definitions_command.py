"""`./arti definitions`: an operator applies a feed from a file or a URL, corrects it, and sees what is stored."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from arti.metrics.definitions.feed import PACKAGED
from tests.arti_command import run_command
from tests.conftest import Database, World

STREAMS_CHANGE = {
    "id": "spotify-streams-2026-03-01",
    "revision": 1,
    "provider": "spotify",
    "metric": "consumption.streams",
    "since_on": "2026-03-01",
    "scope": ["all"],
    "note": "From here a stream counts after ten seconds.",
    "old_meaning": "A stream counted after thirty seconds.",
    "new_meaning": "A stream counts after ten seconds.",
    "continued_as": None,
    "announced_on": "2026-02-20",
    "source_url": "https://example.test/streams",
}


@pytest.fixture(autouse=True)
def installation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    for name in ("SUPABASE_URL", "DATABASE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)


def feed_file(folder: Path, *entries: dict[str, Any], name: str = "feed.json") -> str:
    file = folder / name
    file.write_text(json.dumps({"format": 1, "entries": list(entries)}))
    return str(file)


async def definitions(world: World, metric: str, **query: str) -> list[dict[str, Any]]:
    answer = await (await world.member()).http.get("/api/metrics", params=query)
    [entry] = [entry for entry in answer.json()["items"] if entry["slug"] == metric]
    found: list[dict[str, Any]] = entry["definitions"]
    return found


async def test_a_feed_is_applied_once_and_audited(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = await world.member()
    file = feed_file(tmp_path, STREAMS_CHANGE)
    assert await run_command(capsys, "definitions", "update", file) == (0, "Changed: spotify-streams-2026-03-01.\n")
    [entry] = await definitions(world, "consumption.streams")
    assert (entry["version"], entry["since_on"], entry["new_meaning"], entry["source_url"]) == (
        2,
        "2026-03-01",
        "A stream counts after ten seconds.",
        "https://example.test/streams",
    )
    assert await run_command(capsys, "definitions", "update", file) == (0, "Nothing is new.\n")
    audited = [
        entry for entry in (await admin.http.get("/api/audit")).json()["items"] if "definition" in entry["action"]
    ]
    assert [(entry["action"], entry["details"]["ids"], entry["actor"]) for entry in audited] == [
        ("definition.updated", ["spotify-streams-2026-03-01"], None)
    ]
    code, listed = await run_command(capsys, "definitions", "list")
    assert code == 0
    assert "consumption.streams of spotify, all; known since" in listed
    assert "day not known  instagram-reach-viewers" in listed


async def test_a_correction_is_kept_as_known_and_never_taken_back(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = feed_file(tmp_path, STREAMS_CHANGE)
    await run_command(capsys, "definitions", "update", old)
    await world.database.as_owner(
        "update metric_definitions set known_at = '2026-03-05' where id = 'spotify-streams-2026-03-01'"
    )
    corrected = STREAMS_CHANGE | {"revision": 2, "since_on": "2026-03-03"}
    code, said = await run_command(
        capsys, "definitions", "update", feed_file(tmp_path, STREAMS_CHANGE | {"note": "Other."}, name="b.json")
    )
    assert (code, said) == (
        1,
        "arti: Entry spotify-streams-2026-03-01 differs from the stored revision 1. "
        "Give the correction the revision 2.\n",
    )
    await run_command(capsys, "definitions", "update", feed_file(tmp_path, corrected, name="c.json"))
    assert [entry["since_on"] for entry in await definitions(world, "consumption.streams")] == ["2026-03-03"]
    then = await definitions(world, "consumption.streams", known_on="2026-03-10")
    assert [entry["since_on"] for entry in then] == ["2026-03-01"]
    assert await definitions(world, "consumption.streams", known_on="2026-03-04") == []
    assert await run_command(capsys, "definitions", "update", old) == (
        0,
        "Nothing is new. Stored in a newer revision: spotify-streams-2026-03-01.\n",
    )
    # The packaged feed, which each update of the software applies, takes nothing back either.
    own = json.loads(PACKAGED.read_text())["entries"][0]
    await run_command(
        capsys, "definitions", "update", feed_file(tmp_path, own | {"revision": 2, "withdrawn": True}, name="d.json")
    )
    assert (await run_command(capsys, "definitions", "update"))[0] == 0
    views = await definitions(world, "consumption.views")
    assert [(d["since_on"], d["version"]) for d in views if d["provider"] == "youtube"] == [("2026-08-24", 2)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "The feed is not JSON"),
        ("[]", "The feed is not valid: the file:"),
        ({"format": 2, "entries": [STREAMS_CHANGE]}, "The feed is not valid: format:"),
        (
            {"format": 1, "entries": [STREAMS_CHANGE | {"since_on": "soon"}]},
            "entry spotify-streams-2026-03-01, field since_on:",
        ),
        (
            {"format": 1, "entries": [STREAMS_CHANGE | {"colour": "red"}]},
            "entry spotify-streams-2026-03-01, field colour:",
        ),
        ({"format": 1, "entries": [STREAMS_CHANGE | {"source_url": "ftp://x"}]}, "field source_url:"),
        ({"format": 1, "entries": [{"id": 5}]}, "entry 5, field id:"),
        (
            {"format": 1, "entries": [STREAMS_CHANGE, STREAMS_CHANGE]},
            "two entries with the id spotify-streams-2026-03-01",
        ),
        ({"format": 1, "entries": [STREAMS_CHANGE | {"metric": "no.such"}]}, "there is no metric no.such"),
        ({"format": 1, "entries": [STREAMS_CHANGE | {"provider": "myspace"}]}, "there is no provider myspace"),
        ({"format": 1, "entries": [STREAMS_CHANGE | {"scope": ["opera"]}]}, "no kind of asset with opera"),
        (
            {"format": 1, "entries": [STREAMS_CHANGE | {"continued_as": "consumption.streams"}]},
            "must be another metric",
        ),
        (
            {"format": 1, "entries": [STREAMS_CHANGE, STREAMS_CHANGE | {"id": "another"}]},
            "on the same day. Merge them.",
        ),
    ],
)
async def test_a_wrong_feed_changes_nothing_and_says_what_is_wrong(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, says: str
) -> None:
    file = tmp_path / "feed.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    code, said = await run_command(capsys, "definitions", "update", str(file))
    assert (code, says in said) == (1, True), said
    assert await definitions(world, "consumption.streams") == []
    code, said = await run_command(capsys, "definitions", "update", str(tmp_path / "missing.json"))
    assert (code, "cannot be read" in said) == (1, True)


@pytest.fixture
def feed_server(tmp_path: Path) -> Iterator[str]:
    """Serves a feed at /feed.json and nothing else. Its host is a private address."""
    body = Path(feed_file(tmp_path, STREAMS_CHANGE)).read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/feed.json" else 404)
            self.end_headers()
            self.wfile.write(body if self.path == "/feed.json" else b"")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_url_obeys_the_operators_policy(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, feed_server: str
) -> None:
    code, said = await run_command(capsys, "definitions", "update", f"http://{feed_server}/feed.json")
    assert (code, said.startswith("arti: ")) == (1, True), said
    assert await definitions(world, "consumption.streams") == []
    monkeypatch.setenv("ALLOWED_HOSTS", feed_server)
    code, said = await run_command(capsys, "definitions", "update", f"http://{feed_server}/other")
    assert (code, "answers 404" in said) == (1, True), said
    assert (await run_command(capsys, "definitions", "update", f"http://{feed_server}/feed.json"))[0] == 0
    assert len(await definitions(world, "consumption.streams")) == 1
