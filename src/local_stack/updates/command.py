"""`./arti update`: build a new version beside, back up, migrate, switch, and go back when it does not become ready.

Up to the switch nothing of the running version is touched, and a run that is killed is gone on with by the next one.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping

import asyncpg

from arti_core.errors import Conflict, Misconfigured, Unavailable
from local_stack.data_directory import CHECKOUT, DataDirectory, find_data_directory
from local_stack.environment import NO_BACKUPS, Environment, compose_environment
from local_stack.run_state import running_pid, try_lock
from local_stack.secrets import load_or_create_secrets
from local_stack.services import reachable_host
from local_stack.terminal import print_status, progress
from local_stack.updates.checkout import Checkout, CodeVersion
from local_stack.updates.downtime import Downtime, list_urls
from local_stack.updates.preparation import Preparation, run_step, with_sources
from local_stack.updates.running import RunningStack
from local_stack.updates.switch import Journal, UpdateFolder

_SHOWN_LINES = 40


def run(*, to: str | None, check_only: bool, wait_seconds: float) -> int:
    """Update this checkout. Returns the exit code: 1 when the new version was left again."""
    folder = find_data_directory()
    folder.prepare()
    lock = try_lock(folder.update_lock)
    if lock is None:
        raise Conflict("Another ./arti update is at work on this data folder. Wait for its end.")
    with lock:
        return asyncio.run(_Update(folder, wait_seconds).run(to, check_only=check_only))


class _Update:
    def __init__(self, folder: DataDirectory, wait_seconds: float) -> None:
        self._folder, self._wait_seconds = folder, wait_seconds
        self._checkout, self._updates = Checkout(CHECKOUT), UpdateFolder(CHECKOUT)
        self._log = folder.log_path("update")
        pid = running_pid(folder)
        self._running = RunningStack(folder, CHECKOUT, pid) if pid is not None else None
        self._environ: Mapping[str, str] = self._running.environ if self._running is not None else os.environ
        self._environ = {**self._environ, "ARTI_DATA": str(folder.root)}

    async def run(self, to: str | None, *, check_only: bool) -> int:
        self._checkout.require_git()
        journal = self._updates.read_journal()
        if journal is not None and not check_only and not await self._end_interrupted(journal):
            return 1
        with progress("fetching"):
            target = await asyncio.to_thread(self._checkout.find_target, to)
        current = self._checkout.current()
        if target.commit == current.commit:
            print_status(f"ARTi {current} is what {to or 'the upstream branch'} is now: there is nothing to update.")
            return 0
        environment = compose_environment(self._folder, load_or_create_secrets(self._folder.secrets), self._environ)
        applied = await self._list_applied(environment)
        preparation = Preparation(self._checkout, self._updates, target, self._environ)
        self._show(current, target, applied)
        self._refuse(target, applied, preparation)
        if check_only:
            print_status("Nothing was changed: ./arti update does it.")
            return 0
        await asyncio.to_thread(preparation.build, self._log)
        backup = await asyncio.to_thread(self._back_up, environment)
        if self._running is not None or environment.cluster is None:
            print_status(await asyncio.to_thread(preparation.migrate, self._log))
        self._checkout.refuse_changes(target)
        self._updates.copy_compiled(target.commit)
        if self._running is None:
            self._updates.switch(to=target.commit, leaving=current.commit)
            self._updates.clean([])
            print_status(f"ARTi {target} is in place. It does not run here: ./arti up starts it, and migrates.")
            return 0
        self._updates.write_journal(Journal(current.commit, target.commit, backup))
        return await self._switch(self._running, current, target, backup)

    async def _switch(self, running: RunningStack, current: CodeVersion, target: CodeVersion, backup: str) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, print_status, "Wait: the versions are switched.")
        downtime = self._downtime(running)
        downtime.start()
        try:
            await asyncio.sleep(0.5)  # so that it is seen answering first
            with progress("switching"):
                await running.change(lambda: self._updates.switch(to=target.commit, leaving=current.commit))
                problem = await running.wait_until_ready(downtime, self._wait_seconds)
            if not problem:
                print_status(f"ARTi {target} runs. {downtime.describe()}")
                self._finish(running)
                return 0
            return await self._go_back(running, downtime, current, target, problem, backup)
        finally:
            await downtime.stop()

    async def _go_back(
        self,
        running: RunningStack,
        downtime: Downtime,
        before: CodeVersion,
        left: CodeVersion,
        problem: str,
        backup: str,
    ) -> int:
        running.copy_logs(self._log)
        print_status(f"ARTi {left} is not ready: {problem} Going back to {before}.")
        with progress("going back"):
            await running.change(lambda: self._updates.switch(to=before.commit, leaving=left.commit))
            still = await running.wait_until_ready(downtime, self._wait_seconds)
        self._updates.forget_journal()
        print_status(
            f"ARTi {before} runs again. {downtime.describe()}"
            if not still
            else f"ARTi {before} is in place again and is not ready either: {still} See ./arti status."
        )
        print_status(f"What the new version wrote is in {self._log}.")
        print_status("The database keeps the new migrations: the version before works with them.")
        if backup:
            print_status(f"The backup from before: {backup} (./arti restore, only if data is wrong).")
        print_status("Next: repair what the log says and run ./arti update again, or name another version with --to.")
        return 1

    async def _end_interrupted(self, journal: Journal) -> bool:
        """End an update that was killed after its switch had begun. Returns whether the new version stayed."""
        current = self._checkout.current()
        if current.commit != journal.after:
            print_status("The last update was killed before it changed the code: it begins again.")
            self._updates.forget_journal()
            return True
        if self._running is None:
            print_status(f"The last update was killed. Its version {current} is in place: ./arti up starts it.")
            self._updates.forget_journal()
            return True
        downtime = self._downtime(self._running)
        downtime.start()
        try:
            with progress("waiting for the version of the last update, which was killed"):
                problem = await self._running.wait_until_ready(downtime, self._wait_seconds)
            if problem:
                before = self._checkout.version(journal.before)
                await self._go_back(self._running, downtime, before, current, problem, journal.backup)
                return False
        finally:
            await downtime.stop()
        print_status(f"The last update was killed; its version {current} runs.")
        self._finish(self._running)
        return True

    def _finish(self, running: RunningStack) -> None:
        self._updates.forget_journal()
        self._updates.clean(running.list_programs())

    def _downtime(self, running: RunningStack) -> Downtime:
        return Downtime(list_urls(running.services, reachable_host(self._environ.get("ARTI_BIND", "127.0.0.1"))))

    def _show(self, current: CodeVersion, target: CodeVersion, applied: set[str]) -> None:
        print_status(f"ARTi {current} -> {target}")
        changes = self._checkout.list_changes(target)
        for line in changes[:_SHOWN_LINES]:
            print_status(f"  {line}")
        if len(changes) > _SHOWN_LINES:
            print_status(f"  ... and {len(changes) - _SHOWN_LINES} more lines: CHANGELOG.md of the new version.")
        missing = {
            version: name
            for version, name in self._checkout.list_migrations(target.commit).items()
            if version not in applied
        }
        print_status(f"Migrations: {', '.join(missing.values()) or 'none'}.")

    def _refuse(self, target: CodeVersion, applied: set[str], preparation: Preparation) -> None:
        """Raise Conflict, Misconfigured or Unavailable with what speaks against the update."""
        self._checkout.refuse_changes(target)
        known = self._checkout.list_migrations(target.commit)
        if newer := sorted(applied - known.keys()):
            raise Conflict(
                f"The database has {len(newer)} migrations that {target} does not know (from {newer[0]} on): it is "
                "older than the data. Name a newer version, or go back to a backup of that time: ./arti restore."
            )
        if not os.access(CHECKOUT / ".git", os.W_OK) or not os.access(CHECKOUT, os.W_OK):
            raise Misconfigured(f"{CHECKOUT} belongs to {CHECKOUT.owner()}: run ./arti update as that user.")
        free = shutil.disk_usage(CHECKOUT).free // 1024**2
        needed = preparation.needed_megabytes()
        if free < needed:
            raise Unavailable(
                f"The disk of {CHECKOUT} has {free} MB left, and building beside takes up to {needed} MB. Free some."
            )
        if self._running is not None:
            self._running.require_handover()

    async def _list_applied(self, environment: Environment) -> set[str]:
        """Return the versions of the migrations that the database has; those of the checkout where it does not run."""
        if self._running is None and environment.cluster is not None:
            return set(self._checkout.list_migrations("HEAD"))
        dsn = environment.values.get("OWNER_DATABASE_URL") or environment.values["DATABASE_URL"]
        try:
            connection = await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
            try:
                rows = await connection.fetch("select version from private.applied_migrations()")
            finally:
                await connection.close()
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise Unavailable(
                f"The database does not say what is applied ({type(error).__name__}). See ./arti status."
            ) from None
        return {row["version"] for row in rows}

    def _back_up(self, environment: Environment) -> str:
        """Make a backup with the version that runs. Returns what it is called, nothing without one."""
        place = environment.values["ARTI_BACKUP_URL"]
        if place in NO_BACKUPS:
            print_status(f"No backup is made: ARTI_BACKUP_URL is {place}.")
            return ""
        if self._running is None and environment.cluster is not None:
            print_status("No backup is made: ARTi does not run here.")
            return ""
        with progress("backing up"):
            words, env = [sys.executable, "-m", "arti", "backup"], with_sources(self._environ, CHECKOUT)
            lines = run_step(words, env, cwd=CHECKOUT, log=self._log, what="The backup")
        print_status(lines[-1])
        return lines[-1].removeprefix("Backup ").split()[0]
