"""Lint of names: refuses the words of docs/glossary.md that are marked as refused in identifiers.

Looked at are the names that a file defines (functions, classes, parameters, variables, attributes, fields, properties
of the web app) and the names of files; a name that comes from a library is not ours to choose.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
_GLOSSARY = Path("docs/glossary.md")
_HEADING = "## Words that are not used\n"
_FOLDERS = ("src", "tests", "tools", "bench", "conformance", "web")
_NOT_SOURCE = {"node_modules", ".next", "out", "__pycache__", "files", "documents", "coverage", "test-results"}
_GENERATED = {"web/lib/api/schema.d.ts", "web/next-env.d.ts"}

# Names that contain a refused word as the glossary allows it.
_ALLOWED = re.compile(
    r"visit_[A-Z]\w*|viewBox|bounding_box|boundingBox|onInteractOutside|(?:.*_)?dead_letters?(?:_.*)?|deadLetters?"
)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TS_NOISE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL)
_TS_NAME = re.compile(
    r"\b(?:const|let|var|function\*?|class|interface|type|enum)\s+([A-Za-z_$][\w$]*)"
    r"|(?:^|[{,(;<\s])([A-Za-z_$][\w$-]*)\??\s*(?::|=(?!=))"
)


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each name that contains a refused word."""
    refused = refused_words((checkout / _GLOSSARY).read_text())
    violations = []
    for path, shown in _files(checkout):
        seen: set[str] = set()
        for line, name in [(1, path.stem), *_defined_names(path)]:
            if name in seen or _ALLOWED.fullmatch(name):
                continue
            seen.add(name)
            for word in _words(name):
                if word in refused:
                    violations.append(f"{shown}:{line}: '{name}' contains '{word}': {refused[word]}.")
    return violations


def refused_words(glossary: str) -> dict[str, str]:
    """Return each word that is refused as an identifier, with its standard term. Raises ValueError without any."""
    section = glossary.partition(_HEADING)[2].split("\n## ")[0]
    refused: dict[str, str] = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 4 and cells[2] == "identifier":
            refused |= dict.fromkeys(re.findall(r"`(\w+)`", cells[0]), cells[1])
    if not refused:
        raise ValueError(f"{_GLOSSARY} has no table of refused words.")
    return refused


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _files(checkout: Path) -> Iterator[tuple[Path, str]]:
    for folder in _FOLDERS:
        for place, folders, files in os.walk(checkout / folder):
            folders[:] = sorted(set(folders) - _NOT_SOURCE)  # node_modules has 40,000 files
            for path in (Path(place, name) for name in sorted(files)):
                shown = path.relative_to(checkout).as_posix()
                if shown not in _GENERATED:
                    yield path, shown


def _defined_names(path: Path) -> Iterator[tuple[int, str]]:
    if path.suffix in (".ts", ".tsx", ".mjs"):
        text = _TS_NOISE.sub(lambda match: "\n" * match[0].count("\n"), path.read_text())
        for match in _TS_NAME.finditer(text):
            yield text.count("\n", 0, match.end()) + 1, match[1] or match[2]
    elif path.suffix == ".py" or (not path.suffix and path.parent.name == "bench"):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in _names_of(node):
                yield getattr(node, "lineno", 1), name


def _names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.arg():
            yield node.arg
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case ast.Attribute(ctx=ast.Store()):
            yield node.attr
        case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
