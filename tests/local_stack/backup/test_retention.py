"""Which backups are kept, and what goes with those that are not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arti_core import clock
from arti_core.errors import Misconfigured
from arti_core.object_store import open_object_store
from local_stack.backup.repository import Manifest, Repository, next_segment, segment_of, write_manifest
from local_stack.backup.retention import BackupRetention, choose_kept, parse_retention, prune
from tests.local_stack.backup.conftest import KEY

NEW_YEAR = datetime(2027, 1, 1, 3, tzinfo=UTC)


def made_at(at: datetime, *, stream: str = "s", first: str = "000000010000000000000001") -> Manifest:
    return Manifest(f"{at:%Y%m%dT%H%M%S}", "physical", at, at, 1, "18", "0", "1", stream, first, 1)


def test_days_weeks_and_months_keep_their_newest() -> None:
    backups = [made_at(NEW_YEAR - timedelta(days=days, hours=hours)) for days in range(500) for hours in (0, 6)]
    kept = choose_kept(backups, BackupRetention(7, 4, 12))
    days = sorted((NEW_YEAR.date() - one.restores_from.date()).days for one in backups if one.id in kept)
    assert days[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert days[7:] == [12, 19, 32, 62, 93, 123, 154, 185, 215, 246, 276, 307]
    assert kept == choose_kept(list(reversed(backups)), BackupRetention(7, 4, 12))


def test_the_newest_is_kept_whatever_its_age() -> None:
    assert choose_kept([made_at(NEW_YEAR - timedelta(days=900))], BackupRetention(1, 0, 0)) != set()
    assert choose_kept([], BackupRetention()) == set()


@pytest.mark.parametrize("text", ["", "7", "7,4", "0,4,12", "7,4,-1", "a,b,c", "7,4,12,1"])
def test_three_numbers_are_needed(text: str) -> None:
    with pytest.raises(Misconfigured, match="7,4,0"):
        parse_retention(text)


async def test_what_no_kept_backup_needs_is_deleted(tmp_path: Path) -> None:
    repository = Repository(open_object_store(str(tmp_path)), [KEY])
    now = clock.now().replace(hour=12)  # two hours earlier is the same day
    names = ["000000010000000000000001"]
    while len(names) < 6:
        names.append(next_segment(names[-1]))
    backups = [
        made_at(now - timedelta(days=90), first=names[0]),
        made_at(now - timedelta(days=8), first=names[1]),
        made_at(now - timedelta(days=1, hours=2), first=names[3]),
        made_at(now - timedelta(days=1), first=names[4]),
    ]
    for manifest in backups:
        await repository.put(manifest.data_path, b"files")
        await repository.put(f"backups/{manifest.id}/manifest", write_manifest(manifest))
    for name in names:
        await repository.put_segment("s", name, b"log")
    await repository.put("deletions/1", b"[]")
    deleted = await prune(repository, BackupRetention(2, 0, 1), now=now)
    assert deleted == [backups[0].id, backups[2].id]
    assert [one.id for one in await repository.list_backups()] == [backups[1].id, backups[3].id]
    assert [one.path for one in await repository.list_objects("wal")] == [f"wal/s/{name}" for name in names[4:]]
    assert len(await repository.list_objects("deletions")) == 1
    assert await prune(repository, BackupRetention(2, 0, 1), now=now) == []


def test_segments_are_counted_as_the_server_does() -> None:
    size = 16 * 1024 * 1024
    assert segment_of("0/2000028", 1, size) == "000000010000000000000002"
    assert segment_of("1A/FF000000", 3, size) == "000000030000001A000000FF"
    assert next_segment("000000030000001A000000FF") == "000000030000001B00000000"


async def test_a_gap_ends_the_log(tmp_path: Path) -> None:
    repository = Repository(open_object_store(str(tmp_path)), [KEY])
    for number in ("1", "2", "4"):
        await repository.put_segment("s", f"00000001000000000000000{number}", b"log")
    await repository.put_segment("s", "000000010000000000000003.partial", b"log")
    assert [name[-9:] for name in await repository.list_segments("s", "000000010000000000000001")] == [
        "000000001",
        "000000002",
        "3.partial",
    ]
