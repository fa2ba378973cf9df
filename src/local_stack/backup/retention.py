"""Which backups are kept: the newest of each of the last days, weeks and months."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arti_core.errors import Misconfigured
from local_stack.backup.file_copies import prune_copies
from local_stack.backup.repository import Manifest, Repository


@dataclass(frozen=True, slots=True)
class BackupRetention:
    """How many days, weeks and months keep their newest backup."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 0

    @property
    def longest(self) -> timedelta:
        """How long any backup is kept, with a margin."""
        return timedelta(days=max(self.daily, 7 * self.weekly, 31 * self.monthly) + 31)


def parse_retention(text: str) -> BackupRetention:
    """Return the retention that ARTI_BACKUP_KEEP says, as 7,4,0. Raises Misconfigured."""
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdigit() for part in parts) or int(parts[0]) < 1:
        raise Misconfigured("ARTI_BACKUP_KEEP must be three numbers, of days, weeks and months: 7,4,0.")
    return BackupRetention(*(int(part) for part in parts))


def choose_kept(backups: Sequence[Manifest], retention: BackupRetention) -> set[str]:
    """Return the ids of the backups to keep. The newest one is always among them."""
    newest_first = sorted(backups, key=lambda manifest: manifest.restores_from, reverse=True)
    periods: list[tuple[int, Callable[[datetime], object]]] = [
        (retention.daily, lambda at: at.date()),
        (retention.weekly, lambda at: at.isocalendar()[:2]),
        (retention.monthly, lambda at: (at.year, at.month)),
    ]
    kept: set[str] = set()
    for count, period_of in periods:
        newest_of: dict[object, str] = {}
        for manifest in newest_first:
            newest_of.setdefault(period_of(manifest.restores_from), manifest.id)
        kept |= set(list(newest_of.values())[:count])
    return kept


async def prune(repository: Repository, retention: BackupRetention, *, now: datetime) -> list[str]:
    """Delete the backups that are not kept, and the log and the ledger that no kept one needs. Returns their ids.

    Every moment since the oldest daily backup can be restored; older backups hold their own moment only, so their log
    goes. What was broken off (data without a manifest) goes after two days.
    """
    backups = await repository.list_backups()
    kept = choose_kept(backups, retention)
    for manifest in backups:
        if manifest.id not in kept:
            # The manifest first: a backup without one counts for nothing, one without data would be damaged.
            await repository.delete(f"backups/{manifest.id}/manifest")
            await repository.delete(manifest.data_path)
            await repository.delete(f"backups/{manifest.id}/files")
    known = {manifest.id for manifest in backups}
    for stored in await repository.list_objects("backups"):
        backup_id = stored.path.split("/")[1]
        if backup_id not in known and stored.modified_at < now - timedelta(days=2):
            await repository.delete(stored.path)
    await _prune_log(repository, [m for m in backups if m.id in kept], retention, now)
    if kept:
        oldest = min(manifest.restores_from for manifest in backups if manifest.id in kept)
        since = min(now - timedelta(days=retention.daily), max(manifest.restores_from for manifest in backups))
        await prune_copies(repository, [m for m in backups if m.id in kept], since=since)
        for stored in await repository.list_objects("deletions"):
            if stored.modified_at < oldest - timedelta(days=1):
                await repository.delete(stored.path)
    return sorted(known - kept)


async def _prune_log(repository: Repository, kept: list[Manifest], retention: BackupRetention, now: datetime) -> None:
    since = now - timedelta(days=retention.daily)
    physical = [manifest for manifest in kept if manifest.kind == "physical"]
    first_needed: dict[str, str] = {}
    for manifest in physical:
        if manifest.restores_from >= since or manifest is physical[-1]:
            first = first_needed.get(manifest.stream, manifest.first_segment)
            first_needed[manifest.stream] = min(first, manifest.first_segment)
    for stored in await repository.list_objects("wal"):
        _, stream, name = stored.path.split("/")
        needed_from = first_needed.get(stream)
        # The log of a stream that has no backup yet is young.
        if name < needed_from if needed_from is not None else stored.modified_at < since:
            await repository.delete(stored.path)
