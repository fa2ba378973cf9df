"""A web app that cannot be built: the services run, and `up` and `status` say what is wrong and where to look."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from arti_core.errors import Unavailable
from local_stack import up
from local_stack.data_directory import DataDirectory
from local_stack.environment import Environment
from local_stack.run_state import State, acquire_lock, write_state
from local_stack.services import SERVICES
from local_stack.supervision.supervisor import Supervisor
from tests.local_stack.test_supervisor import STAYS, nothing, service

REASON = "Building the web app failed: Type error: Cannot find name 'colour'."


@pytest.mark.parametrize(("built_before", "instead"), [(True, "build before"), (False, "No page is served")])
async def test_a_failed_build_is_said_and_not_called_up(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    built_before: bool,
    instead: str,
) -> None:
    async def fail(*, log: Path) -> bool:
        raise Unavailable(f"{REASON} The whole message is in {log}.")

    async def migrated(_: Environment) -> None:
        """Leave the database alone."""

    monkeypatch.setattr(up, "build_web_app", fail)
    monkeypatch.setattr(up, "has_web_app", lambda: built_before)
    monkeypatch.setattr(up, "migrate_database", migrated)
    folder = DataDirectory(tmp_path / "data")
    folder.prepare()
    supervisor = Supervisor([replace(service(tmp_path, "web", STAYS), stage=SERVICES)], nothing)
    try:
        run = SimpleNamespace(
            folder=folder, environment=SimpleNamespace(own_n8n=False), handover=None, build=True, demo=False
        )
        await up._start_all(cast(up._Run, run), supervisor)
        [status] = supervisor.statuses
        assert status.state == "up"
        with acquire_lock(folder):
            write_state(folder, State(os.getpid(), True, supervisor.statuses))
            assert await asyncio.to_thread(up.show_status, folder) is False
    finally:
        await supervisor.stop()
    printed = capsys.readouterr().out
    for part in (REASON, instead, "./arti logs build", "up (see below)"):
        assert part in printed
