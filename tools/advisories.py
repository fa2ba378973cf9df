"""Check of known advisories: every locked package, Python and npm, is asked of OSV. What was not asked is not clean.

Where OSV cannot be reached, a dated snapshot answers, made elsewhere by `PYTHONPATH=src python -m tools.advisories
--write`; packages that it does not know, or all of them when it is old or missing, count as skipped, with the reason.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import orjson

from arti_core import clock
from arti_core.errors import ArtiError, Unavailable
from arti_core.http_client import OutboundClient
from local_stack.data_directory import CHECKOUT
from tools.locked_packages import LockedPackage, list_locked_packages
from tools.report import Report

OSV: Final = "https://api.osv.dev"
SNAPSHOT: Final = CHECKOUT / "tools" / "advisories.json"
MAX_SNAPSHOT_DAYS: Final = 30
# Advisories that do not concern us, each with the reason and the day on which it is looked at again.
ACCEPTED: Mapping[str, str] = {}
_BATCH = 1000  # the most that OSV takes in one request
_SECONDS = 15.0

Findings = dict[str, list[str]]  # the ids of advisories by package, for every package that was asked


def check_advisories(
    report: Report, *, osv: str = OSV, snapshot: Path = SNAPSHOT, packages: Sequence[LockedPackage] | None = None
) -> str | None:
    """Return what is known against locked packages, or None. Adds one skip for each ecosystem not wholly asked."""
    checked = list_locked_packages() if packages is None else packages
    findings: Findings = {}
    try:
        findings = asyncio.run(ask_osv(checked, osv))
    except ArtiError as error:
        findings, source = _read_snapshot(snapshot)
        print(f"Advisories: {error.message} {source}")
    for ecosystem in sorted({package.ecosystem for package in checked}):
        missing = [p for p in checked if p.ecosystem == ecosystem and _key(p) not in findings]
        if missing:
            report.skipped += 1
            print(f"Skipped: {len(missing)} {ecosystem} packages were not checked for known advisories.")
    known = [
        f"{_key(package)} has {advisory}: https://osv.dev/vulnerability/{advisory}"
        for package in checked
        for advisory in findings.get(_key(package), [])
        if advisory not in ACCEPTED
    ]
    if not known:
        return None
    report.failed += 1
    return "\n".join([*known, "Update the pin and its locks (docs/adr/0007-dependencies.md)."])


async def ask_osv(packages: Sequence[LockedPackage], osv: str = OSV) -> Findings:
    """Return the advisories of each package. Raises Unavailable unless OSV answers for every one of them."""
    client = OutboundClient(allowed_hosts=frozenset({osv.rpartition("/")[2]}) if osv != OSV else frozenset())
    findings: Findings = {}
    try:
        for start in range(0, len(packages), _BATCH):
            findings |= await _ask(client, packages[start : start + _BATCH], osv)
    finally:
        await client.close()
    return findings


async def _ask(client: OutboundClient, batch: Sequence[LockedPackage], osv: str) -> Findings:
    queries = [{"package": {"name": p.name, "ecosystem": p.ecosystem}, "version": p.version} for p in batch]
    response = await client.call("POST", f"{osv}/v1/querybatch", json={"queries": queries}, timeout_seconds=_SECONDS)
    try:
        results = orjson.loads(response.body)["results"]
        found = [[str(each["id"]) for each in (result or {}).get("vulns", [])] for result in results]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        found = []
    if response.status != 200 or len(found) != len(batch):
        raise Unavailable(f"OSV did not answer for all packages ({response.status}).")
    return {_key(package): ids for package, ids in zip(batch, found, strict=True)}


def write_snapshot(snapshot: Path = SNAPSHOT, *, osv: str = OSV) -> int:
    """Ask OSV and store its answer with the day. Returns the number of packages. Raises Unavailable."""
    findings = asyncio.run(ask_osv(list_locked_packages(), osv))
    content = {"retrieved_on": clock.now().date().isoformat(), "source": osv, "packages": findings}
    snapshot.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return len(findings)


def _read_snapshot(snapshot: Path) -> tuple[Findings, str]:
    """Return the stored findings and a sentence about them. An old snapshot tells what is bad, never what is clean."""
    if not snapshot.exists():
        command = "PYTHONPATH=src python -m tools.advisories --write"
        return {}, f"There is no snapshot either: {command} makes one where OSV can be reached."
    stored = orjson.loads(snapshot.read_bytes())
    age = (clock.now().date() - date.fromisoformat(stored["retrieved_on"])).days
    findings: Findings = stored["packages"]
    if age > MAX_SNAPSHOT_DAYS:
        return {key: ids for key, ids in findings.items() if ids}, f"The snapshot is {age} days old: make a new one."
    return findings, f"Checked with the snapshot of {stored['retrieved_on']}."


def _key(package: LockedPackage) -> str:
    return f"{package.ecosystem} {package.name}=={package.version}"


def main() -> int:
    """Check, or with --write renew the snapshot. Returns the exit code."""
    if "--write" in sys.argv[1:]:
        try:
            print(f"Wrote {SNAPSHOT} for {write_snapshot()} packages.")
        except ArtiError as error:
            print(error.message, file=sys.stderr)
            return 1
        return 0
    report = Report()
    wrong = check_advisories(report)
    print(wrong or ("Not all packages were checked." if report.skipped else "No advisory is known of any package."))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
