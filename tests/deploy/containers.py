"""The services of compose.yaml, each started from the root of the image as Compose starts it.

They share a network namespace: each name of the containers' network leads to it, at the ports of the file.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.deploy.compose_file import environment_of, put_in, read_compose
from tests.deploy.image import Image
from tests.operator.machine import inside_network

_NAMES = "postgres redis gateway web api worker n8n"
STOP_SECONDS = 10  # what Docker gives a container


@dataclass
class Container:
    """A running container. `process` is systemd-nspawn, its only child the service."""

    service: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def pid(self) -> int:
        """Return the number of the service's process on this machine."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            children = psutil.Process(self.process.pid).children() if self.process.poll() is None else []
            started = [child for child in children if child.uids().real == 10001]
            if started:
                return int(started[0].pid)
            assert self.process.poll() is None, f"{self.service} ended with {self.process.returncode}:\n{self.output}"
            time.sleep(0.1)
        raise AssertionError(f"{self.service} does not start:\n{self.output}")

    def stop(self) -> tuple[int, float]:
        """Stop it as Docker does. Returns its exit code and the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS), time.monotonic() - begun
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(), time.monotonic() - begun


@dataclass
class Compose:
    """Compose, as far as the image goes: commands, environments, users, volumes, health checks of the file."""

    image: Image
    folder: Path
    network: str
    env: dict[str, str] = field(default_factory=dict)
    running: dict[str, Container] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = read_compose()
        (self.folder / "hosts").write_text(f"127.0.0.1 localhost {_NAMES}\n")

    def start(self, service: str, *words: str, environment: bool = True) -> Container:
        """Start a service, or a command in its place."""
        log = self.folder / f"{service}-{len(list(self.folder.glob(f'{service}-*.log')))}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._command(service, words, environment),
                env={"PATH": os.environ["PATH"]},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.running[service] = Container(service, process, log)
        return self.running[service]

    def run(self, service: str, *words: str, environment: bool = True, seconds: float = 300) -> tuple[int, str]:
        """Run a service to its end. Returns the exit code and what it printed."""
        container = self.start(service, *words, environment=environment)
        return container.process.wait(seconds), container.output

    def is_healthy(self, service: str) -> bool:
        """Run the health check of the file in the running container."""
        words = self.file["services"][service]["healthcheck"]["test"]
        assert words[0] == "CMD"
        return self.enter(service, *(put_in(word, self.env) for word in words[1:])).returncode == 0

    def enter(self, service: str, *words: str, as_root: bool = False) -> "subprocess.CompletedProcess[str]":
        """Run a command in a running container, as `docker exec`."""
        pid = self.running[service].pid()
        user, group = ("0", "0") if as_root else (read_status(pid)[name].split()[0] for name in ("Uid", "Gid"))
        enter = ["nsenter", "-t", str(pid), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "-S", user, "-G", group, "--"]
        return subprocess.run(
            [*enter, *words],
            env=self.image.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def wait_healthy(self, service: str, seconds: float = 180) -> float:
        """Wait until the health check passes. Returns the seconds."""
        begun = time.monotonic()
        while not self.is_healthy(service):
            container = self.running[service]
            assert container.process.poll() is None, container.output[-4000:]
            assert time.monotonic() - begun < seconds, f"{service} is not healthy:\n{container.output[-4000:]}"
            time.sleep(0.5)
        return time.monotonic() - begun

    def _command(self, service: str, words: tuple[str, ...], environment: bool) -> list[str]:
        found: dict[str, Any] = self.file["services"][service]
        # Another user than root and no new privileges: so no capability is left, as with cap_drop.
        assert found["cap_drop"] == ["ALL"]
        assert found["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in found  # that of the image
        own = self.image.environment
        own |= environment_of(self.file, service, self.env) if environment else {}
        options = [
            *("systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--settings=no", "--console=pipe"),
            *("--link-journal=no", "--resolv-conf=off", "--timezone=off", "--kill-signal=SIGTERM"),
            *("--no-new-privileges=yes", f"--user={self.image.user}", f"--chdir={self.image.config['WorkingDir']}"),
            *(f"--directory={self.image.root}", f"--machine=arti-{service}-{os.getpid()}"),
            f"--bind-ro={self.folder}/hosts:/etc/hosts",
            "--private-network" if found.get("network_mode") == "none" else f"--network-namespace-path={self._network}",
            *(["--read-only"] if found["read_only"] else []),
            *(f"--tmpfs={place}:mode=1777,noexec,nosuid,nodev" for place in found["tmpfs"]),  # as Docker mounts them
            *self._volumes(service, found.get("volumes", [])),
            *(f"--setenv={name}={value}" for name, value in own.items()),
        ]
        return [*options, "--", *self.image.config["Entrypoint"], *(words or found["command"])]

    @property
    def _network(self) -> str:
        return f"/run/netns/{self.network}"

    def _volumes(self, service: str, named: list[str]) -> Iterator[str]:
        mounted = {}
        for text in named:
            name, place, *mode = text.split(":")
            mounted[place] = (self.volume(name, place), mode == ["ro"])
        for place in self.image.config["Volumes"]:
            mounted.setdefault(place, (self.volume(f"of-{service}", place), False))
        for place, (folder, read_only) in mounted.items():
            yield f"--bind{'-ro' if read_only else ''}={folder}:{place}"

    def volume(self, name: str, place: str) -> Path:
        """Return the folder of a volume; a new one gets owner and mode of its place in the image."""
        folder = self.folder / "volumes" / name
        if not folder.exists():
            folder.mkdir(parents=True)
            like = (self.image.root / place.lstrip("/")).stat()
            os.chown(folder, like.st_uid, like.st_gid)
            folder.chmod(like.st_mode & 0o7777)
        return folder

    def stop_all(self) -> dict[str, tuple[int, float]]:
        """Stop what runs. Returns exit code and seconds of each."""
        return {name: one.stop() for name, one in self.running.items() if one.process.poll() is None}


@contextmanager
def containers(image: Image, folder: Path, addresses: Mapping[str, str]) -> Iterator[Compose]:
    """Give Compose in a network namespace of its own, which the block is in too, with its stores and its calls."""
    network = f"arti-c{os.getpid()}"
    if not (hosts := image.root / "etc" / "hosts").exists():
        hosts.touch()  # Docker makes it too

    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True)

    with ExitStack() as stack:
        ip("netns", "add", network)
        stack.callback(subprocess.run, ["ip", "netns", "del", network], check=False)
        ip("-n", network, "link", "set", "lo", "up")
        for address in addresses.values():
            ip("-n", network, "addr", "add", f"{address}/32", "dev", "lo")
        stack.enter_context(inside_network(network))
        compose = Compose(image, folder, network)
        stack.callback(compose.stop_all)
        yield compose


def read_status(pid: int) -> dict[str, str]:
    """Return what the kernel says of a process: its users, its capabilities."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def is_read_only(pid: int, place: str) -> bool:
    """Return whether a mount of a process is read-only."""
    rows = [line.split() for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    options = [row[5] for row in rows if row[4] == place]
    return bool(options) and "ro" in options[-1].split(",")
