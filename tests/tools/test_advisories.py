"""Known advisories fail the run; what could not be asked is counted and never called clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest

from arti_core import clock
from local_stack.data_directory import CHECKOUT
from tools.advisories import MAX_SNAPSHOT_DAYS, check_advisories
from tools.locked_packages import LockedPackage, list_locked_packages
from tools.report import Report

GOOD = LockedPackage("PyPI", "good", "1.0", True)
BAD = LockedPackage("npm", "bad", "2.0", True)
NOWHERE = "http://127.0.0.1:1"

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


@contextmanager
def run_osv(answer: Answer) -> Iterator[str]:
    """Serve OSV's querybatch on loopback. Gives the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = answer(orjson.loads(body)) if self.path == "/v1/querybatch" else (404, b"")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def bad_is_known(request: dict[str, Any]) -> tuple[int, bytes]:
    results = [
        {"vulns": [{"id": "GHSA-test"}]} if query["package"] == {"name": "bad", "ecosystem": "npm"} else {}
        for query in request["queries"]
    ]
    return 200, orjson.dumps({"results": results})


def test_a_known_advisory_fails_the_run(tmp_path: Path) -> None:
    report = Report()
    with run_osv(bad_is_known) as osv:
        wrong = check_advisories(report, osv=osv, snapshot=tmp_path / "none", packages=[BAD, GOOD])
    assert (report.failed, report.skipped) == (1, 0)
    assert wrong is not None
    assert "npm bad==2.0 has GHSA-test" in wrong
    assert "good" not in wrong
    with run_osv(bad_is_known) as osv:
        assert check_advisories(report, osv=osv, snapshot=tmp_path / "none", packages=[GOOD]) is None


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: (500, b""),
        lambda _: (200, b"<html>sign in</html>"),
        lambda _: (200, b"{}"),
        lambda _: (200, b'{"results": []}'),
        lambda _: (200, b'{"results": [{}]}'),
        lambda _: (200, b'{"results": "ok"}'),
        lambda _: (403, b'{"results": [{}, {}]}'),
        lambda _: (200, b'{"results": [{"vulns": "none"}, {}]}'),
    ],
)
def test_an_answer_that_is_not_whole_is_a_skip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: Answer
) -> None:
    report = Report()
    with run_osv(answer) as osv:
        assert check_advisories(report, osv=osv, snapshot=tmp_path / "none", packages=[BAD, GOOD]) is None
    assert (report.failed, report.skipped) == (0, 2)
    assert "1 npm packages were not checked" in capsys.readouterr().out


def test_without_osv_and_snapshot_everything_is_skipped_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    assert check_advisories(report, osv=NOWHERE, snapshot=tmp_path / "none") is None
    printed = capsys.readouterr().out
    assert (report.passed, report.skipped) == (0, 2)
    assert "127.0.0.1 cannot be reached" in printed
    locked = list_locked_packages()
    for ecosystem in ("PyPI", "npm"):
        count = sum(package.ecosystem == ecosystem for package in locked)
        assert f"{count} {ecosystem} packages were not checked" in printed


@pytest.mark.parametrize(("days", "skipped"), [(0, 1), (MAX_SNAPSHOT_DAYS, 1), (MAX_SNAPSHOT_DAYS + 1, 2)])
def test_a_snapshot_answers_for_what_it_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], days: int, skipped: int
) -> None:
    """An old one still tells what is bad, and no longer what is clean."""
    snapshot, report = tmp_path / "advisories.json", Report()
    stored = {"npm bad==2.0": ["GHSA-test"], "PyPI good==1.0": []}
    retrieved_on = (clock.now().date() - timedelta(days=days)).isoformat()
    snapshot.write_bytes(orjson.dumps({"retrieved_on": retrieved_on, "packages": stored}))
    other = LockedPackage("npm", "other", "1.0", False)
    wrong = check_advisories(report, osv=NOWHERE, snapshot=snapshot, packages=[BAD, GOOD, other])
    assert wrong is not None
    assert "GHSA-test" in wrong
    assert (report.failed, report.skipped) == (1, skipped)
    assert "1 npm packages were not checked" in capsys.readouterr().out


def test_every_line_of_the_lock_files_is_checked() -> None:
    locked = list_locked_packages()
    lines = (CHECKOUT / "requirements-dev.lock").read_text().splitlines()
    pins = {line.split("==")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}
    assert pins <= {package.name for package in locked if package.ecosystem == "PyPI"}
    entries = orjson.loads((CHECKOUT / "web" / "package-lock.json").read_bytes())["packages"]
    names = {path.rpartition("node_modules/")[2] for path in entries if path}
    assert names == {package.name for package in locked if package.ecosystem == "npm"}
    assert all(package.version for package in locked)
