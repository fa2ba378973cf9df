"""The firewall, loaded in a network namespace, and the ports that a scan from another one finds open."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_stack.data_directory import CHECKOUT
from tests.local_stack.installation import wait_until

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not (shutil.which("nft") and shutil.which("ip")), reason="needs nft, ip and root"
)
RULES = CHECKOUT / "deploy" / "nftables.conf"
MACHINE, ANYBODY, COLLEAGUE, CLOUDFLARE = "198.51.100.2", "198.51.100.1", "203.0.113.7", "173.245.48.9"
# Services of ARTi and of its machine, all of which listen on every address in this test.
PORTS = [22, 25, 53, 80, 443, 3000, 3002, 3003, 4000, 5432, 5678, 6379, 8000, 8080, 9090, 9999, 54323]
LISTEN = """
import socket, sys, time
kept = [socket.create_server(("", int(port)), backlog=64) for port in sys.argv[1:]]
print("ready", flush=True)
time.sleep(600)
"""
SCAN = """
import socket, sys
source, target, *ports = sys.argv[1:]
for port in map(int, ports):
    with socket.socket() as probe:
        probe.settimeout(0.4)
        probe.bind((source, 0))
        if probe.connect_ex((target, port)) == 0:
            print(port)
"""


@dataclass(frozen=True)
class Networks:
    """The machine's network namespace, and the world's, joined by a cable."""

    machine: str
    world: str
    folder: Path

    def load(self, *choices: str) -> None:
        """Load the firewall, with files of /etc/nftables.d."""
        chosen = self.folder / "nftables.d"
        shutil.rmtree(chosen, ignore_errors=True)
        chosen.mkdir()
        for number, text in enumerate(choices):
            (chosen / f"{number}.nft").write_text(text)
        (self.folder / "rules").write_text(RULES.read_text().replace("/etc/nftables.d", str(chosen)))
        done = enter(self.machine, "nft", "-f", str(self.folder / "rules"))
        assert done.returncode == 0, done.stderr

    def scan(self, source: str) -> list[int]:
        """Return the ports of the machine that are open to an address."""
        found = enter(self.world, sys.executable, "-c", SCAN, source, MACHINE, *map(str, PORTS))
        assert found.returncode == 0, found.stderr
        return [int(line) for line in found.stdout.split()]


def enter(namespace: str, *command: str) -> "subprocess.CompletedProcess[str]":
    words = ["ip", "netns", "exec", namespace, *command]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Networks]:
    names = f"arti-fw{os.getpid()}", f"arti-fo{os.getpid()}"
    made = Networks(*names, tmp_path_factory.mktemp("firewall"))
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("link", "add", "cable", "netns", made.machine, "type", "veth", "peer", "name", "cable", "netns", made.world)
        ip("-n", made.machine, "addr", "add", f"{MACHINE}/24", "dev", "cable")
        for address in (ANYBODY, COLLEAGUE, CLOUDFLARE):
            ip("-n", made.world, "addr", "add", f"{address}/24", "dev", "cable")
        for name in names:
            ip("-n", name, "link", "set", "cable", "up")
        ip("-n", made.machine, "route", "add", "default", "dev", "cable")
        words = ["ip", "netns", "exec", made.machine, sys.executable, "-c", LISTEN, *map(str, PORTS)]
        listener = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            assert listener.stdout is not None
            assert listener.stdout.readline() == "ready\n"
            wait_until(lambda: made.scan(ANYBODY) == PORTS)  # without the firewall
            yield made
        finally:
            listener.kill()
            listener.wait()
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False)


def test_ssh_and_the_web_are_open_and_nothing_else(networks: Networks) -> None:
    networks.load()
    assert networks.scan(ANYBODY) == [22, 80, 443]


def test_with_ssh_for_a_network_of_ones_own_others_see_the_web_alone(networks: Networks) -> None:
    networks.load("redefine ssh_from = { 203.0.113.0/24 }\nredefine ssh_from6 = { 2001:db8::/32 }\n")
    assert networks.scan(ANYBODY) == [80, 443]
    assert networks.scan(COLLEAGUE) == [22, 80, 443]


def test_behind_cloudflare_the_origin_answers_its_addresses_alone(networks: Networks) -> None:
    networks.load((CHECKOUT / "deploy" / "cloudflare.nft").read_text(), "redefine ssh_from = { 203.0.113.0/24 }\n")
    assert networks.scan(ANYBODY) == []
    assert networks.scan(COLLEAGUE) == [22]
    assert networks.scan(CLOUDFLARE) == [80, 443]
