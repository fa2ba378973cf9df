"""Lint of class names: one name for one thing, so no public class name is defined twice in `src`."""

import ast
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
# Names that may stand twice, each with the reason.
ALLOWED: Mapping[str, str] = {}


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each class name that is defined more than once."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((checkout / "src").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{path.relative_to(checkout).as_posix()}:{node.lineno}")
    return [
        f"{name} stands for several things ({', '.join(found)}): name each by what it is."
        for name, found in sorted(places.items())
        if len(found) > 1 and name not in ALLOWED
    ]


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
