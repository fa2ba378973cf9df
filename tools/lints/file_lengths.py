"""The lint of file lengths and file names: a file does one thing, and its name says which."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from local_stack.data_directory import CHECKOUT

# folder, endings, most lines
_LIMITS = (
    ("src", (".py",), 300),
    ("bench", (".py", ""), 500),
    ("conformance", (".py", ""), 300),
    ("tests", (".py",), 500),
    ("web", (".ts", ".tsx", ".mjs", ".css"), 250),
)
_VAGUE_NAMES = re.compile(r"(^|[_-])(utils?|helpers?|managers?|misc|commons?)([_-]|$)", re.IGNORECASE)
_GENERATED = ("web/lib/api/schema.d.ts",)
_NOT_SOURCE = {"node_modules", ".next", "out", "__pycache__", "files"}


def find_violations(checkout: Path = CHECKOUT) -> list[str]:
    """Return one sentence for each file that is too long or whose name says nothing."""
    violations = []
    for folder, endings, most in _LIMITS:
        for path in _files(checkout / folder):
            name = path.relative_to(checkout).as_posix()
            if path.suffix not in endings or name in _GENERATED:
                continue
            lines = len(path.read_bytes().splitlines())
            if lines > most:
                violations.append(f"{name} has {lines} lines, {most} are allowed: split it by noun.")
            violations += [
                f"{name}: '{part}' says nothing about what is inside: name it by its noun."
                for part in (*path.relative_to(checkout).parts[1:-1], path.stem.split(".")[0])
                if _VAGUE_NAMES.search(part)
            ]
    return violations


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - _NOT_SOURCE)
        yield from (Path(place, name) for name in sorted(files))
