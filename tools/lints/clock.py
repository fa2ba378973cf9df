"""Lint of the clock (ADR 0015): Python asks arti_core/clock.py for the time of day, SQL asks schema `clock`.

Refused are the calls of Python that give the real time, and PostgreSQL's now(), current_date and the like in strings of
Python and in SQL files. time.monotonic(), time.perf_counter() and the time of an event loop measure durations and stay.
Earlier migrations and bootstrap steps are frozen; what they made has been rewritten in the database, which
tests/schema/test_clock.py checks.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
_FOLDERS = ("src", "tests", "tools", "bench", "conformance")
# The first migration and the first bootstrap step that are not frozen.
_FIRST_MIGRATION = "20261128001000"
_FIRST_STEP = "81"
# Files that may ask for the real time, each with the reason.
ALLOWED: Mapping[str, str] = {
    "src/arti_core/clock.py": "is the clock",
    "src/arti_core/migrations.py": "records when a migration was applied, before the clock of SQL exists",
    "src/arti/ops/console/activity/store.py": "compares with pg_stat_activity, whose times are the server's",
    "tools/lints/clock.py": "names what it refuses",
    "tests/tools/test_clock_lint.py": "names what the lint refuses",
    "tests/arti_core/test_clock.py": "compares the clock with the real time",
    "tests/schema/test_clock.py": "compares the clock of SQL with the server's",
    "tests/supabase_local/realtime/test_permission_model.py": "reads policies that users may write",
    "tests/clock.py": "moves the clock of a test run away from the real time",
}
_PYTHON = re.compile(r"(?:^|\.)(?:date|datetime)\.(?:today|now|utcnow)$|^time\.(?:time|time_ns|localtime|ctime)$")
_FROM_TIME = {"time", "time_ns", "localtime", "ctime"}
_SQL = re.compile(
    r"(?<![\w.{])(?:pg_catalog\.)?(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)"
    r"|\b(?:current_date|current_timestamp|localtimestamp)\b",
    re.IGNORECASE,
)


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each place that asks another clock."""
    violations = []
    for name, text in _python_files(checkout):
        violations += [f"{name}:{line}: {what}" for line, what in _of_python(text)]
    for folder, first in (("supabase/migrations", _FIRST_MIGRATION), ("src/supabase_local/bootstrap_sql", _FIRST_STEP)):
        for path in sorted((checkout / folder).glob("*.sql")):
            if path.name >= first:
                violations += [f"{folder}/{path.name}:{line}: {what}" for line, what in _of_sql(path.read_text())]
    return violations


def _python_files(checkout: Path) -> Iterator[tuple[str, str]]:
    for folder in _FOLDERS:
        for path in sorted((checkout / folder).rglob("*")):
            name = path.relative_to(checkout).as_posix()
            if name in ALLOWED or not path.is_file() or path.suffix not in (".py", ""):
                continue
            text = path.read_text(errors="replace")
            if path.suffix == ".py" or "python" in text.partition("\n")[0]:
                yield name, text


def _of_python(text: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(text)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _PYTHON.search(ast.unparse(node)):
            yield node.lineno, f"{ast.unparse(node)} gives the real time. Ask arti_core.clock."
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if alias.name in _FROM_TIME:
                    yield node.lineno, f"time.{alias.name} gives the real time. Ask arti_core.clock."
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            for line, what in _of_sql(node.value):
                yield node.lineno + line - 1, what


def _of_sql(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        for found in _SQL.findall(line.partition("--")[0]):
            yield number, f"{found} gives the server's time. Ask clock.now(), clock.wall_now() or clock.today()."


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
