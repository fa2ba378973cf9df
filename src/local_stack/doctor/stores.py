"""The database, the queue, the files and the backups."""

from collections.abc import AsyncIterator

from redis.exceptions import RedisError

from arti import MIGRATIONS
from arti.settings import open_files
from arti_core import clock
from arti_core.errors import ArtiError
from arti_core.migrations import list_migrations
from arti_core.queue import open_queue
from local_stack.backup.setup import open_repository
from local_stack.commands.owner import connect
from local_stack.doctor.diagnosis import Diagnosis, ok, problem, skipped, warning
from local_stack.environment import NO_BACKUPS, Environment

_OLDEST_POSTGRES = 150_000
_OLDEST_REDIS = (6, 2)
_MOST_SECONDS_APART = 2.0
_LATE_HOURS = 26


async def check_database(environment: Environment) -> AsyncIterator[Diagnosis]:
    """Yield the state of the database, as the API sees it."""
    try:
        connection = await connect(environment, "DATABASE_URL")
    except ArtiError as error:
        yield problem("database", error.message, "Its log and its URL say why.")
        return
    try:
        version = int(await connection.fetchval("show server_version_num"))
        text = f"PostgreSQL {version // 10_000}.{version % 10_000}."
        if version < _OLDEST_POSTGRES:
            yield problem("database", text, "ARTi needs PostgreSQL 15 or newer.")
        else:
            yield ok("database", text)
        applied = {row[0] for row in await connection.fetch("select version from private.applied_migrations()")}
        missing = [one for one in list_migrations(MIGRATIONS) if one.version not in applied]
        if missing:
            yield problem("database", f"{len(missing)} migrations are not applied.", "Run ./arti migrate.")
        else:
            yield ok("database", "All migrations are applied.")
        server = await connection.fetchval("select clock.wall_now()")
        apart = abs((server - clock.now()).total_seconds())
        if environment.ahead is None and apart > _MOST_SECONDS_APART:
            text = f"The clocks of this machine and of the database are {apart:.0f} s apart."
            yield problem("clock", text, "Synchronise both: timedatectl set-ntp true.")
    except Exception as error:  # a database of anything else
        yield problem("database", f"It holds no ARTi ({type(error).__name__}).", "Run ./arti migrate.")
    finally:
        await connection.close()


async def check_queue(environment: Environment) -> AsyncIterator[Diagnosis]:
    """Yield the state of Redis or Valkey."""
    queue = open_queue(environment.values["REDIS_URL"])
    try:
        found = await queue.client.info()
    except (RedisError, OSError) as error:
        yield problem("queue", f"Redis does not answer ({type(error).__name__}).", "Check REDIS_URL and its server.")
        return
    finally:
        await queue.close()
    version = str(found.get("redis_version", "0"))
    if tuple(map(int, version.split(".")[:2])) < _OLDEST_REDIS:
        yield problem("queue", f"Redis {version}.", "BullMQ needs Redis 6.2 or newer, or Valkey.")
    elif found.get("maxmemory_policy", "noeviction") != "noeviction":
        yield problem("queue", f"maxmemory-policy is {found['maxmemory_policy']}.", "Set it to noeviction.")
    else:
        yield ok("queue", f"Redis {version}, which evicts nothing.")


async def check_files(environment: Environment) -> AsyncIterator[Diagnosis]:
    """Yield whether files and backups can be reached, and how old the newest backup is."""
    settings = environment.settings()
    try:
        open_files(settings)
        yield ok("files", f"Files are in {settings.arti_files_url.split(',')[0]}.")
    except ArtiError as error:
        yield problem("files", error.message, "Set ARTI_FILES_URL to a place that can be reached.")
    if environment.values["ARTI_BACKUP_URL"] in NO_BACKUPS:
        if environment.values["ARTI_BACKUP_URL"] == "off":
            yield warning("backups", "No backups are made.", "Set ARTI_BACKUP_URL to a bucket: docs/backups.md.")
        else:
            yield skipped("backups", "Somebody else makes the backups of this database.")
        return
    try:
        backups = await open_repository(settings).list_backups()
    except ArtiError as error:
        yield problem("backups", error.message, "See docs/backups.md.")
        return
    if not backups:
        yield warning("backups", "There is no backup yet.", "Start ./arti up, or make one with ./arti backup.")
        return
    hours = (clock.now() - backups[-1].restores_from).total_seconds() / 3600
    text = f"The newest of {len(backups)} backups is {hours:.0f} hours old."
    if hours > _LATE_HOURS:
        yield problem("backups", text, "See ./arti logs backup.")
    else:
        yield ok("backups", text)
