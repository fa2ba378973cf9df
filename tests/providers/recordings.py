"""Reads bodies: hand-made ones beside the tests, and recorded ones of ../shared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

FILES = Path(__file__).parent / "files"


def own(name: str) -> Any:
    """Return a hand-made body."""
    return orjson.loads((FILES / name).read_bytes())


def body(folder: Path, name: str) -> Any:
    """Return a recorded body."""
    return orjson.loads((folder / name).read_bytes())


def answers(folder: Path, pattern: str = "*.json") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (file, uri, body) of every recorded good answer that is a JSON object."""
    for file in sorted(folder.glob(pattern)):
        for interaction in orjson.loads(file.read_bytes()):
            response = interaction["response"]
            if response["status"] == 200 and isinstance(response["body"], dict):
                yield file.name, interaction["request"]["uri"], response["body"]
