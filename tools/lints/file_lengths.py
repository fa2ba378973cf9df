"""Lint of files and folders: their length, their name, how many stand side by side, and whether they do anything.

Small modules that only pass on are a warning: whether one is worth its file is a matter of review.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from local_stack.data_directory import CHECKOUT

# folder, endings, most lines
_LIMITS = (
    ("src", (".py",), 300),
    ("tools", (".py",), 500),
    ("bench", (".py", ""), 500),
    ("conformance", (".py", ""), 300),
    ("tests", (".py",), 500),
    ("web", (".ts", ".tsx", ".mjs", ".css"), 250),
)
_MAX_MODULES = 12  # of one folder below src and tools, besides __init__.py
_MORE_MODULES = {
    "src/arti_core": "each is the only place that does its thing",
}
_SMALL_LINES = 25
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
    for folder in ("src", "tools"):
        for place, modules in _modules(checkout / folder):
            name = place.relative_to(checkout).as_posix()
            if len(modules) > _MAX_MODULES and name not in _MORE_MODULES:
                violations.append(
                    f"{name} has {len(modules)} modules side by side, {_MAX_MODULES} are allowed: make sub-packages."
                )
    return violations


def find_warnings(checkout: Path = CHECKOUT) -> list[str]:
    """Return one sentence for each small module whose functions only call one other."""
    warnings = []
    for place, modules in _modules(checkout / "src"):
        for path in (place / module for module in modules):
            text = path.read_text()
            if len(text.splitlines()) < _SMALL_LINES and _only_passes_on(ast.parse(text)):
                warnings.append(f"{path.relative_to(checkout).as_posix()} only passes on: can its callers do without?")
    return warnings


def _only_passes_on(tree: ast.Module) -> bool:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    others = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.Assign | ast.AnnAssign)]
    return bool(functions) and not others and all(_calls_one(function) for function in functions)


def _calls_one(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Return | ast.Expr):
        return False
    value = body[0].value
    return isinstance(value.value if isinstance(value, ast.Await) else value, ast.Call)


def _modules(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - _NOT_SOURCE)
        yield Path(place), sorted(name for name in files if name.endswith(".py") and name != "__init__.py")


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - _NOT_SOURCE)
        yield from (Path(place, name) for name in sorted(files))


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found + [f"Warning: {warning}" for warning in find_warnings()]))
    sys.exit(bool(found))
