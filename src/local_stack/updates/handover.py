"""An update in place, as the process of `./arti up` sees it: its services stop, its program is replaced.

`./arti update` sends SIGNAL, waits until the state file says STOPPED, changes the code, and sends SIGNAL again. The
process then runs `./arti up` of the new version itself, with the same number: whoever started it, systemd or a
terminal, notices nothing. The stores run on as its children, and the new version goes on with those that it would
start with the same program and command. What one version hands to the next is `VARIABLE`: a version may add to it, and
must go on with what an earlier one gives.
"""

import asyncio
import json
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.run_state import holder_of
from local_stack.supervision.child_processes import InheritedProcess
from local_stack.supervision.service_spec import Service

SIGNAL: Final = signal.SIGUSR1
POSSIBLE, STOPPED = "possible", "stopped"
VARIABLE: Final = "ARTI_HANDOVER"
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Handover:
    """What the version before left: its lock of the data folder, and by service what runs on and how it was started."""

    lock: IO[str]
    processes: Mapping[str, int]
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    async def keep(self, services: Sequence[Service]) -> dict[str, int]:
        """Return the processes that `services` would start the same way. Stops the others, and waits for their end."""
        wanted = {service.name: service for service in services}
        kept = {}
        for name, pid in self.processes.items():
            service = wanted.get(name)
            if service is not None and fingerprint(service) == self.fingerprints.get(name):
                kept[name] = pid
                continue
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT if service is None else service.stop_signal)
            await InheritedProcess(pid).wait()
        return kept


class HandoverRequest:
    """The two signals of `./arti update`."""

    def __init__(self) -> None:
        self.requested, self._code_changed = asyncio.Event(), asyncio.Event()

    def handle_signal(self) -> None:
        (self._code_changed if self.requested.is_set() else self.requested).set()

    async def wait_for_code(self, folder: DataDirectory, stop_requested: asyncio.Event) -> None:
        """Wait for the second signal, or for the end of the update, which may be killed before it sends that."""
        while not self._code_changed.is_set() and not stop_requested.is_set():
            if holder_of(folder.update_lock) is None:
                return
            await asyncio.sleep(_POLL_SECONDS)


def fingerprint(service: Service) -> str:
    """Return a digest of the program that a service runs and of how it is started."""
    program = Path(service.command[0])
    digest = sha256(program.read_bytes() if program.is_file() else b"")
    digest.update("\0".join(service.command[1:]).encode())
    return digest.hexdigest()


def receive_handover() -> Handover | None:
    """Return what the version before left to this process; None when it was started anew."""
    text = os.environ.pop(VARIABLE, "")
    if not text:
        return None
    left = json.loads(text)
    return Handover(os.fdopen(left["lock"], "a+"), left["processes"], left["fingerprints"])


def replace_program(lock: IO[str], processes: Mapping[str, int], services: Sequence[Service], words: list[str]) -> None:
    """Run `./arti up` of the code that is in the checkout now, in this process. Does not return."""
    os.set_inheritable(lock.fileno(), True)
    left = {
        "lock": lock.fileno(),
        "processes": dict(processes),
        "fingerprints": {service.name: fingerprint(service) for service in services if service.name in processes},
    }
    os.execve(  # noqa: S606
        "/bin/sh", ["sh", str(CHECKOUT / "arti"), "up", *words], os.environ | {VARIABLE: json.dumps(left)}
    )
