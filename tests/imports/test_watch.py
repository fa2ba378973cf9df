"""A watched folder, and files of many artists from a terminal."""

import json
import os
from pathlib import Path

import pytest

from arti.imports.batches import watch
from arti.imports.batches.terminal import SortedImport, import_sorted
from arti.imports.batches.watch import RECORD, WatchedFolder
from arti.imports.cli import import_large
from arti.imports.large import unpacking
from arti.imports.types import FileQuestion
from arti.orgs.authorization import Actor
from arti.settings import open_files
from arti_core.crypto import Vault
from arti_core.database import Principal, member_transaction
from arti_core.errors import Invalid
from tests.conftest import MASTER_KEY, Member, World
from tests.factories.imports import count_stored, list_all_rows, make_zip
from tests.factories.observations import make_artist
from tests.imports.test_batches import timeline
from tests.imports.test_large_again import open_actor
from tests.imports.test_large_imports import REPORT, report_lines

SONGS = (Path(__file__).parent / "files" / "Mira Sol-songs-28day.csv").read_bytes()


class Terminal:
    """What a person sees and answers."""

    def __init__(self, world: World, member: Member, answers: dict[str, str] | None = None) -> None:
        self.world, self.member, self.answers = world, member, answers
        self.lines: list[str] = []
        self.questions: list[str] = []

    async def _ask(self, question: FileQuestion, guess: str | None) -> str:
        self.questions.append(question.key)
        return (self.answers or {})[question.key]

    async def run(self, files: list[tuple[str, bytes]]) -> SortedImport:
        pool = await self.world.database.pool("arti_api")
        principal = Principal(self.member.user_id, None)
        try:
            async with member_transaction(pool, principal) as connection:
                return await import_sorted(
                    Actor(connection, self.member.org_id, principal, Vault(MASTER_KEY)),
                    open_files(self.world.settings),
                    files,
                    ask=None if self.answers is None else self._ask,
                    print_line=self.lines.append,
                )
        finally:
            await pool.close()

    async def watch(self, folder: WatchedFolder) -> int:
        async def import_files(files: list[tuple[str, bytes]]) -> list[str]:
            return (await self.run(files)).unplaced

        async def import_one(path: Path, name: str) -> bool:
            async with open_actor(self.world, self.member) as actor:
                files = open_files(self.world.settings)
                done = await import_large(actor, files, path, name, answers={}, ask=None, print_line=self.lines.append)
            return not done.unplaced

        return await folder.run_round(import_files, import_one)


async def test_the_terminal_asks_what_the_page_asks(world: World) -> None:
    member = await world.member()
    await make_artist(world.database, member.org_id, "Mira Sol")
    await make_artist(world.database, member.org_id, "Vera Lumen")
    files = [("x/Mira Sol-songs.csv", SONGS), ("x/somebody.csv", timeline(1)), ("x/notes.csv", b"who,what\nAda,x\n")]
    silent = Terminal(world, member)
    assert await silent.run(files) == SortedImport(committed=0, refused=1, open=1, unplaced=["x/somebody.csv"])
    assert any("Which period" in line for line in silent.lines)
    assert await list_all_rows(world, member.org_id) == []
    person = Terminal(world, member, {"artist": "Vera Lumen", "period": "28day", "period_to": "2026-03-04"})
    assert await person.run(files) == SortedImport(committed=2, refused=1, open=0)
    assert person.questions == ["artist", "period", "period_to"]
    assert (await count_stored(world, member.org_id, "consumption.streams", ""))[0] == 2


async def test_a_finished_file_is_imported_once_whatever_it_is_called(world: World, tmp_path: Path) -> None:
    member = await world.member()
    await make_artist(world.database, member.org_id, "Mira Sol")
    (tmp_path / "Mira Sol").mkdir()
    file = tmp_path / "Mira Sol" / "audience.csv"
    file.write_bytes(timeline(1)[:40])
    terminal, folder = Terminal(world, member), WatchedFolder.open(tmp_path)
    assert await terminal.watch(folder) == 0  # seen for the first time
    file.write_bytes(timeline(1))
    assert await terminal.watch(folder) == 0  # it has grown
    assert await terminal.watch(folder) == 1
    stored = await list_all_rows(world, member.org_id)
    assert len(stored) == 6
    (tmp_path / "Mira Sol" / "audience (1).csv").write_bytes(timeline(1))
    os.utime(file)
    for again in (folder, WatchedFolder.open(tmp_path)):  # also after a restart
        assert [await terminal.watch(again) for _ in range(3)] == [0, 0, 0]
    assert await list_all_rows(world, member.org_id) == stored
    recorded = [json.loads(line) for line in (tmp_path / RECORD).read_text().splitlines()]
    assert [one["name"] for one in recorded] == ["Mira Sol/audience.csv"]


async def test_a_refused_or_questioned_file_is_reported_once_and_an_unplaced_one_tried_again(
    world: World, tmp_path: Path
) -> None:
    member = await world.member()
    await make_artist(world.database, member.org_id, "Mira Sol")
    await make_artist(world.database, member.org_id, "Bo")
    for name, content in {
        "Mira Sol-songs.csv": SONGS,
        "Mira Sol-broken.csv": b"who,what\nAda,x\n",
        "Vera Lumen.csv": timeline(1),
        "Mira Sol-loading.csv": timeline(2),
        "Mira Sol-loading.csv.part": b"",
        ".hidden.csv": timeline(3),
        "Mira Sol.txt.exe": timeline(4),
    }.items():
        (tmp_path / name).write_bytes(content)
    os.symlink("/etc/passwd", tmp_path / "Mira Sol-link.csv")
    terminal, folder = Terminal(world, member), WatchedFolder.open(tmp_path)
    assert [await terminal.watch(folder) for _ in range(3)] == [0, 3, 0]
    text = "\n".join(terminal.lines)
    assert all(words in text for words in ("It waits as a preview", "refused:", "Choose the artist"))
    statuses = sorted(item["status"] for item in (await member.http.get("/api/imports")).json()["items"])
    assert statuses == ["previewed", "refused"]
    # The artist is added: after a restart the file finds them, and the others are not read again.
    await make_artist(world.database, member.org_id, "Vera Lumen")
    restarted = WatchedFolder.open(tmp_path)
    assert [await terminal.watch(restarted) for _ in range(3)] == [0, 1, 0]
    assert len((await member.http.get("/api/imports")).json()["items"]) == 3


async def test_a_file_too_large_for_a_request_is_imported_too(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file above 20 MB was left out, with a hint to another command."""
    monkeypatch.setattr(unpacking, "SMALL_BYTES", 4000)
    monkeypatch.setattr(watch, "MAX_BYTES", 4000, raising=False)
    member = await world.member()
    await make_artist(world.database, member.org_id, "Mira Sol")
    await make_artist(world.database, member.org_id, "Bo")
    (tmp_path / "Mira Sol").mkdir()
    (tmp_path / "Mira Sol" / "report.tsv").write_text(REPORT)
    (tmp_path / "zipped.zip").write_bytes(make_zip({"Mira Sol/audience.csv": timeline(1)}))
    (tmp_path / "nobody.tsv").write_text(report_lines(900).replace("Mira Sol", "Somebody"))
    terminal, folder = Terminal(world, member), WatchedFolder.open(tmp_path)
    assert [await terminal.watch(folder) for _ in range(3)] == [0, 3, 0], terminal.lines
    shown = [(item["file_name"], item["status"]) for item in (await member.http.get("/api/imports")).json()["items"]]
    assert ("Mira Sol/report.tsv", "committed") in shown, terminal.lines
    assert [await terminal.watch(WatchedFolder.open(tmp_path)) for _ in range(2)] == [0, 0]
    restarted = WatchedFolder.open(tmp_path)
    assert [await terminal.watch(restarted) for _ in range(2)] == [0, 1]  # only that of nobody is tried again


def test_what_cannot_be_watched_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no folder"):
        WatchedFolder.open(tmp_path / "nowhere")
    (tmp_path / RECORD).mkdir()
    with pytest.raises(Invalid, match="cannot be written"):
        WatchedFolder.open(tmp_path)


async def test_the_terminal_says_what_differs_from_what_is_stored_and_asks_before_it_is_replaced(world: World) -> None:
    member = await world.member()
    await make_artist(world.database, member.org_id, "Mira Sol")
    first = await Terminal(world, member).run([("Mira Sol 2026-03-03.csv", timeline(1))])
    assert first.committed == 1
    before = await list_all_rows(world, member.org_id)
    newer = [("Mira Sol 2026-03-05.csv", timeline(4))]
    careful = Terminal(world, member, {"replace": "no"})
    assert await careful.run(newer) == SortedImport(open=1)
    assert careful.questions == ["replace"]
    assert "  2 values differ from what is stored: 2 will be replaced, 0 stay as they are." in careful.lines
    assert "    2026-03-02 Streams: stored 2, in the file 5; the file's stays." in careful.lines
    assert await list_all_rows(world, member.org_id) == before
    older = Terminal(world, member, {})
    assert await older.run([("Mira Sol 2026-03-02.csv", timeline(9).replace(b"2026-03-02", b"2026-02-28"))]) is not None
    assert "    2026-03-01 Streams: stored 1, in the file 9; the stored one stays." in older.lines
    assert older.questions == []
    assert (await Terminal(world, member, {"replace": "yes"}).run(newer)).committed == 1
    assert await count_stored(world, member.org_id, "consumption.streams", "") == (3, 19)
