"""Import from a terminal: output, questions and stored values."""

from pathlib import Path

import pytest

from arti.imports.cli import ImportResult, import_files
from arti.imports.types import FileQuestion
from arti.orgs.authorization import Actor
from arti.settings import open_files
from arti_core.crypto import Vault
from arti_core.database import Principal, member_transaction, open_pool
from arti_core.errors import Invalid
from tests.conftest import MASTER_KEY, Member, World
from tests.factories.imports import count_stored

FILES = Path(__file__).parent / "files"
FILE = FILES / "Mira Sol-audience-timeline.csv"


async def run(
    world: World,
    member: Member,
    *paths: Path,
    answers: dict[str, str] | None = None,
    questions: list[str] | None = None,
) -> tuple[ImportResult, str]:
    """Import files as `member`. Returns the result and the output."""
    printed: list[str] = []

    async def ask(question: FileQuestion, guess: str | None) -> str:
        assert questions is not None
        questions.append(question.key)
        return guess or "28day"

    pool = await open_pool(
        world.settings.database_url.get_secret_value(), size=1, claims_key=world.settings.claims_signing_key
    )
    try:
        async with member_transaction(pool, Principal(member.user_id, None)) as connection:
            result = await import_files(
                Actor(connection, member.org_id, Principal(member.user_id, None), Vault(MASTER_KEY)),
                open_files(world.settings),
                paths=paths,
                artist="Mira Sol",
                answers=answers,
                ask=None if questions is None else ask,
                print_line=printed.append,
            )
    finally:
        await pool.close()
    return result, "\n".join(printed)


async def test_file_is_imported_and_its_artist_created(world: World) -> None:
    member = await world.member()
    result, printed = await run(world, member, FILE)
    assert result == ImportResult(committed=1, refused=0, open=0)
    assert "Mira Sol was added to the roster." in printed
    assert "2026-03-01 to 2026-03-04; missing days: 1." in printed
    assert "imported: 24 new, 0 restated, 0 unchanged." in printed
    result, printed = await run(world, member, FILE)
    assert result == ImportResult(committed=1, refused=0, open=0)
    assert "nothing changes" in printed
    artists = (await member.http.get("/api/artists")).json()["items"]
    assert [artist["name"] for artist in artists] == ["Mira Sol"]
    assert await count_stored(world, member.org_id, "consumption.streams") == (3, 943)


async def test_files_of_one_folder_are_previewed_together(world: World) -> None:
    member = await world.member()
    files = [FILES / name for name in ("Table data.csv", "Totals.csv", "Chart data.csv")]
    result, printed = await run(world, member, *files)
    assert result == ImportResult(committed=3, refused=0, open=0)
    assert "Using 2day;" in printed
    assert await count_stored(world, member.org_id, "consumption.views", "period=2day") == (3, 2520)


async def test_question_without_a_guess_stays_open_until_answered(world: World, tmp_path: Path) -> None:
    member = await world.member()
    songs = tmp_path / "songs.csv"
    songs.write_bytes((FILES / "Mira Sol-songs-28day.csv").read_bytes())
    result, printed = await run(world, member, songs)
    assert result == ImportResult(committed=0, refused=0, open=1)
    assert "--option period=..." in printed
    questions: list[str] = []
    result, printed = await run(world, member, songs, questions=questions)
    assert (result.committed, questions) == (1, ["period", "period_to"])
    result, printed = await run(world, member, songs, answers={"period": "7day", "period_to": "2026-03-04"})
    assert result.committed == 1
    assert await count_stored(world, member.org_id, "consumption.streams", "period=7day") == (3, 2793)


async def test_refused_file_is_printed_and_counted(world: World, tmp_path: Path) -> None:
    member = await world.member()
    statement = tmp_path / "statement.csv"
    statement.write_text("Views\nReels,Photos,Links\n1,2,3\n")
    result, printed = await run(world, member, statement, FILE)
    assert result == ImportResult(committed=1, refused=1, open=0)
    assert "refused: This is a Meta Business Suite summary of content formats." in printed


async def test_path_that_is_not_a_file_is_refused(world: World, tmp_path: Path) -> None:
    member = await world.member()
    with pytest.raises(Invalid, match=r"nowhere\.csv"):
        await run(world, member, tmp_path / "nowhere.csv")


async def test_values_that_differ_are_printed_before_they_are_replaced(world: World, tmp_path: Path) -> None:
    member = await world.member()
    file = tmp_path / "timeline.csv"
    file.write_text("date,listeners,streams\n2026-03-01,5,50\n2026-03-02,6,60\n")
    await run(world, member, file)
    file.write_text("date,listeners,streams\n2026-03-01,5,50\n2026-03-02,6,61\n")
    result, printed = await run(world, member, file, answers={"replace": "no"})
    assert result == ImportResult(committed=0, refused=0, open=1)
    assert "1 value differs from what is stored: 1 will be replaced, 0 stay as they are." in printed
    assert "2026-03-02 Streams: stored 60, in the file 61; the file's stays." in printed
    questions: list[str] = []
    result, _ = await run(world, member, file, questions=questions)
    assert (result.committed, "replace" in questions) == (1, True)
    assert await count_stored(world, member.org_id, "consumption.streams") == (2, 111)
