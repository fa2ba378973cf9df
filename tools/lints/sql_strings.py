"""Reads SQL out of Python files: which tables a string reads and writes, and which strings are statements."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# {…} stands for what an f-string inserts
_NAME = r'"?[a-z_][\w$]*"?'
_TABLE = rf"(?:only\s+)?(?:{_NAME}\.)?{_NAME}"
_WITH_ALIAS = rf"{_TABLE}(?:\s+(?:as\s+)?(?!(?:join|left|right|full|cross|inner|on|where|using|set)\b){_NAME})?"
_READ = re.compile(rf"\b(?:from|join|using)\s+(?:lateral\s+)?({_WITH_ALIAS}(?:\s*,\s*{_WITH_ALIAS})*)", re.IGNORECASE)
_WRITES = tuple(
    re.compile(pattern.replace("TABLE", rf"({_TABLE})"), re.IGNORECASE)
    for pattern in (
        r"\binsert\s+into\s+TABLE",
        r"\bupdate\s+TABLE(?:\s+(?:as\s+)?\w+)?\s+set\b",
        r"\bdelete\s+from\s+TABLE",
        r"\bmerge\s+into\s+TABLE",
        r"\bcopy\s+TABLE\s*(?:\([^)]*\)\s*)?from\b",
        r"\btruncate\s+(?:table\s+)?TABLE",
    )
)
_LOCAL = re.compile(
    rf"(?:\bwith\s+(?:recursive\s+)?|,\s*)({_NAME})\s*(?:\([^()]*\)\s*)?as\s+(?:not\s+)?(?:materialized\s+)?\(",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"\s*(?:select\s+[^.]|insert\s+into\s|update\s+\S+(?:\s+(?:as\s+)?\w+)?\s+set\s|delete\s+from\s|merge\s+into\s"
    r"|copy\s+\S+.*\b(?:from|to)\s|with\s+(?:recursive\s+)?\S+\s*(?:\([^()]*\)\s*)?as\s|call\s+[\w.]+\(|truncate\s|lock\s+table\s|listen\s|notify\s|set\s+local\s)",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_COPY_CALLS = {"copy_records_to_table", "copy_to_table"}


@dataclass(frozen=True, slots=True)
class SqlString:
    """A string of a Python file. `reads` and `writes` are table names as written, without quotes."""

    line: int
    is_statement: bool
    reads: frozenset[str]
    writes: frozenset[str]


def read_sql(path: Path) -> Iterator[SqlString]:
    """Yield each string that is a statement or names a table like SQL does. Docstrings are left out."""
    tree = ast.parse(path.read_text())
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and _text_of(node.value)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in documentation or id(node) in parts:
            continue
        text = _text_of(node)
        if text is not None:
            found = parse_sql(text, node.lineno)  # type: ignore[attr-defined]
            if found.is_statement or found.reads or found.writes:
                yield found
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _COPY_CALLS:
            table = _text_of(node.args[0]) if node.args else None
            if table:
                yield SqlString(node.lineno, True, frozenset(), frozenset({table}))


def parse_sql(text: str, line: int = 1) -> SqlString:
    """Return what `text` reads and writes. Names of common table expressions are no tables."""
    sql = _LITERAL.sub("''", _COMMENT.sub(" ", text))
    local = {name.strip('"').lower() for name in _LOCAL.findall(sql)}
    writes = {_clean(match[1]) for pattern in _WRITES for match in pattern.finditer(sql)}
    without_deletes = re.sub(r"\bdelete\s+from\s+\S+", "delete", sql, flags=re.IGNORECASE)
    reads = {_clean(part) for match in _READ.finditer(without_deletes) for part in match[1].split(",")}
    is_statement = _STATEMENT.match(sql) is not None and not sql.strip()[:6].istitle()  # no sentence: "Select a file."
    return SqlString(line, is_statement, frozenset(reads - local), frozenset(writes - local))


def _clean(table: str) -> str:
    words = table.replace('"', "").lower().split()
    return words[1] if words[0] == "only" and len(words) > 1 else words[0]


def _text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
    return None
