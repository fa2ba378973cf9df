"""The specification of a service: what the supervisor runs, when it is ready, how it stops."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Service:
    """One process to keep running.

    Ready when `health_url` answers below 500, when `ready_port` takes a connection, or when `ready_line` appears in
    the log; whichever is set. `stage` orders the start; the stop goes in reverse. `probe` is what a server at `port`
    without a `health_url` answers with any byte, so that a frozen one is noticed.
    """

    name: str
    title: str
    command: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(repr=False)
    stage: int = 0
    display_url: str = ""
    port: int | None = None
    port_setting: str = ""
    health_url: str = ""
    ready_port: int | None = None
    ready_line: str = ""
    probe: bytes = b""
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 10
    uid: int | None = None
    essential: bool = False
