"""A machine of an operator: a fresh Debian 12 booted by systemd in namespaces of its own, and its transcript.

systemd-nspawn boots it; slirp4netns is its way to the package registries; a second network namespace is the rest of the
world (`external_network`), joined to it by a cable. Nothing of the surrounding machine's network is changed.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local_stack.data_directory import CHECKOUT

PROGRAMS = ("mmdebstrap", "systemd-nspawn", "slirp4netns", "ip", "nsenter")
EXTERNAL, MACHINE = "198.51.100.1", "198.51.100.2"
_DEBIAN = CHECKOUT / ".arti" / "operator" / "debian12.tar"
_CLEAN = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/root",
    "TERM": "dumb",
}
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET


def missing_programs() -> list[str]:
    """Return what this machine lacks to run another one."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    return missing if os.geteuid() == 0 else [*missing, "root"]


@dataclass
class Machine:
    """A booted machine. `root` is its file system, `init` the process number of its systemd."""

    root: Path
    init: int
    names: tuple[str, str]
    lines: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """Add to the transcript."""
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        for place, line in enumerate(text.rstrip().splitlines()):
            shown = f"{minutes:2d}:{seconds:02d}  {line}" if place == 0 else f"       {line}"
            self.lines.append(shown.rstrip())
            print(shown, flush=True)

    def run(
        self, script: str, *, seconds: float = 600, show: int = 3, codes: tuple[int, ...] = (0,), quiet: bool = False
    ) -> str:
        """Run a shell script as root in the machine, with its last `show` lines in the transcript."""
        if not quiet:
            self.say("\n".join(f"# {line}" for line in script.strip().splitlines()))
        enter = ["nsenter", "-t", str(self.init), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "--"]
        done = subprocess.run(
            [*enter, "/bin/sh", "-ec", script],
            env=_CLEAN,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode in codes, f"{script}\nended with {done.returncode}:\n{done.stdout[-4000:]}"
        if show and not quiet and done.stdout.strip():
            self.say("\n".join(line[:160] for line in done.stdout.strip().splitlines()[-show:]))
        return done.stdout

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)


def make_debian() -> Path:
    """Return an archive of a fresh Debian 12, made once."""
    if not _DEBIAN.exists():
        _DEBIAN.parent.mkdir(parents=True, exist_ok=True)
        draft = _DEBIAN.with_name("draft.tar")
        words = ["mmdebstrap", "--variant=important", "--mode=root", "bookworm", str(draft)]
        subprocess.run(words, check=True, capture_output=True)
        draft.replace(_DEBIAN)
    return _DEBIAN


@contextmanager
def boot_machine(folder: Path, log: Path) -> Iterator[Machine]:
    """Boot a fresh Debian in `folder`, and end it with all that it started."""
    names = (f"arti-m{os.getpid()}", f"arti-o{os.getpid()}")
    root = folder / "root"
    root.mkdir(parents=True)
    with ExitStack() as stack:
        subprocess.run(["tar", "-C", str(root), "-xf", str(make_debian())], check=True)
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        _make_networks(stack, names)
        (root / "etc/resolv.conf").write_text("nameserver 10.0.2.3\n")
        with log.open("wb") as output:
            nspawn = subprocess.Popen(
                [
                    *("systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--boot", "--resolv-conf=off"),
                    *("--console=read-only", "--capability=CAP_NET_ADMIN", f"--directory={root}"),
                    f"--network-namespace-path=/run/netns/{names[0]}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        stack.callback(end_process, nspawn)
        machine = Machine(root, _find_init(nspawn), names)
        until = time.monotonic() + 120
        while machine.run("systemctl is-system-running || true", quiet=True).strip() not in ("running", "degraded"):
            assert time.monotonic() < until, log.read_text(errors="replace")[-2000:]
            time.sleep(0.5)
        yield machine


@contextmanager
def external_network(machine: Machine) -> Iterator[None]:
    """Run the block, and the processes that it starts, in the network outside of the machine."""
    with inside_network(machine.names[1]):
        yield


@contextmanager
def inside_network(name: str) -> Iterator[None]:
    """Run the block in this thread, and the processes that it starts, in a network namespace."""
    with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{name}") as there:
        _enter(there.fileno())
        try:
            yield
        finally:
            _enter(home.fileno())


def _enter(network: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(network, _NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "cannot enter the network")


def _make_networks(stack: ExitStack, names: tuple[str, str]) -> None:
    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True)

    for name in names:
        ip("netns", "add", name)
        stack.callback(subprocess.run, ["ip", "netns", "del", name], check=False)
        ip("-n", name, "link", "set", "lo", "up")
    ip("link", "add", "cable", "netns", names[0], "type", "veth", "peer", "name", "cable", "netns", names[1])
    for name, address in zip(names, (MACHINE, EXTERNAL), strict=True):
        ip("-n", name, "addr", "add", f"{address}/24", "dev", "cable")
        ip("-n", name, "link", "set", "cable", "up")
    words = ["--configure", "--mtu=1400", "--disable-host-loopback", "--netns-type=path", f"/run/netns/{names[0]}"]
    way_out = subprocess.Popen(["slirp4netns", *words, "tap0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(end_process, way_out)


def _find_init(nspawn: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for child in psutil.Process(nspawn.pid).children():
            if child.name() == "systemd":
                return int(child.pid)
        time.sleep(0.2)
    raise AssertionError("the machine does not boot")


def end_process(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
