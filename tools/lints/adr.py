"""Lint of architecture decision records: a full header, links in both directions, and checks that exist.

A record says under "Held by" which checks keep it. A name in backticks there is a path from the root of the
repository, a test module (`test_jobs.py`, or `orgs/test_keys.py` where the name alone is not unique), a test
function, a lint (`tools.lints.adr`) or an import contract of pyproject.toml.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
_FILE_NAME = re.compile(r"(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
_FIELD = re.compile(r"- (Status|Date|Supersedes|Superseded by): (.+)")
_FIELDS = ["Status", "Date", "Supersedes", "Superseded by"]
_STATUSES = {"proposed", "accepted", "rejected", "superseded"}
_LINK = re.compile(r"\[(\d{4})\]\(([^)]+)\)")
_CHECK = re.compile(r"`([^`]+)`")
_LINT_MODULE = re.compile(r"tools(?:\.\w+)+")


@dataclass(slots=True)
class Record:
    """One decision as its file states it. `violations` holds what the file alone shows to be wrong."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    held_by: str = ""
    violations: list[str] = field(default_factory=list)

    def links(self, name: str) -> set[str]:
        """Return the file names that a header field links."""
        return {target for _, target in _LINK.findall(self.fields.get(name, ""))}


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each fault of a record in docs/adr."""
    paths = sorted((checkout / "docs" / "adr").glob("*.md"))
    records = {path.name: parse_record(path.name, path.read_text()) for path in paths}
    violations = [f"{name}: {each}" for name, record in records.items() for each in record.violations]
    numbers = [name[:4] for name in records]
    if numbers != [f"{number:04}" for number in range(1, len(numbers) + 1)]:
        violations.append("docs/adr: the numbers of the records have a gap or a duplicate.")
    known = _KnownChecks(checkout)
    for name, record in records.items():
        violations += [f"{name}: {each}" for each in _link_violations(name, records)]
        for check in _CHECK.findall(record.held_by):
            if not known.has(check):
                violations.append(f"{name}: 'Held by' names `{check}`, which does not exist.")
    return violations


def parse_record(name: str, text: str) -> Record:
    """Read title, header and "Held by" of one record."""
    record = Record(name)
    match = _FILE_NAME.fullmatch(name)
    number = int(match[1]) if match else 0
    if not match:
        record.violations.append("the file name is not NNNN-words-with-hyphens.md.")
    head, *sections = re.split(r"^(?=\*\*)", text, flags=re.MULTILINE)
    title, *lines = [line for line in head.splitlines() if line.strip()]
    if not title.startswith(f"# {number}. "):
        record.violations.append(f"the title does not begin with '# {number}. '.")
    fields = [(found[1], found[2]) for line in lines if (found := _FIELD.fullmatch(line))]
    record.fields = dict(fields)
    if [key for key, _ in fields] != _FIELDS:
        record.violations.append(f"the header is not the four lines {', '.join(_FIELDS)}, in this order.")
        return record
    record.violations += _header_violations(record.fields)
    held = [section for section in sections if section.startswith("**Held by**")]
    record.held_by = held[-1] if held else ""
    if record.fields["Status"] == "accepted" and not _CHECK.search(record.held_by):
        record.violations.append("an accepted record names no check in backticks under '**Held by**'.")
    return record


def _header_violations(fields: dict[str, str]) -> Iterator[str]:
    if fields["Status"] not in _STATUSES:
        yield f"the status '{fields['Status']}' is none of {', '.join(sorted(_STATUSES))}."
    try:
        date.fromisoformat(fields["Date"])
    except ValueError:
        yield f"the date '{fields['Date']}' is not YYYY-MM-DD."
    for name in ("Supersedes", "Superseded by"):
        if fields[name] != "none" and not _LINK.search(fields[name]):
            yield f"'{name}' is neither 'none' nor a link like [0001](0001-title.md)."
    if (fields["Status"] == "superseded") != (fields["Superseded by"] != "none"):
        yield "the status is 'superseded' exactly where 'Superseded by' names a record."


def _link_violations(name: str, records: dict[str, Record]) -> Iterator[str]:
    for there, back in (("Supersedes", "Superseded by"), ("Superseded by", "Supersedes")):
        for target in sorted(records[name].links(there)):
            if target not in records:
                yield f"'{there}' links {target}, which does not exist."
            elif name not in records[target].links(back):
                yield f"'{there}' links {target}, whose '{back}' does not link back."


class _KnownChecks:
    def __init__(self, checkout: Path) -> None:
        self._checkout = checkout
        self._modules = sorted((checkout / "tests").rglob("test_*.py"))
        self._functions = {
            function
            for module in self._modules
            for function in re.findall(r"^(?:async )?def (test_\w+)", module.read_text(), re.MULTILINE)
        }
        project = checkout / "pyproject.toml"
        document = tomllib.loads(project.read_text()) if project.exists() else {}
        contracts = document.get("tool", {}).get("importlinter", {}).get("contracts", [])
        self._contracts = {contract["name"] for contract in contracts}

    def has(self, check: str) -> bool:
        if check in self._functions or check in self._contracts:
            return True
        if _LINT_MODULE.fullmatch(check):
            return self._checkout.joinpath(*check.split(".")).with_suffix(".py").is_file()
        if (self._checkout / check).exists():
            return True
        suffix = tuple(check.split("/"))
        same = [module for module in self._modules if module.parts[-len(suffix) :] == suffix]
        return len(same) == 1  # a name that stands for two modules holds nothing


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
