"""What the program can write for people, read from its source: each sentence as a pattern, with `ANY` in its places."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
# Read by operators, programs that call, or in a terminal; or by nobody. `arti_core` is read by people where it answers.
LEFT_OUT = (
    "arti/cli",
    "arti/ops/console",
    "arti/ops/monitoring",
    "arti/ops/backup_health.py",
    "arti/orgs/isolation",
    "arti/orgs/audit/chain.py",
    "arti/settings",
    "arti/imports/cli.py",
    "arti/imports/batches/terminal.py",
    "arti/imports/batches/overlap_terminal.py",
    "arti/imports/batches/watch.py",
    "arti/imports/rereading/terminal.py",
    "arti/imports/parsers/ready/definitions.py",  # what its metrics count, which an org may rewrite
    "arti/metrics/catalogue.py",
    "arti/metrics/definitions/feed.py",
    "arti/metrics/money/reconciliation/query.py",  # a letter to a distributor
    "arti/dimensions/catalogue.py",
    "arti/automation/webhooks/verification.py",
    "arti/automation/webhooks/endpoints.py",
    "arti/insights/narration/narrator.py",
    "arti/privacy/exports.py",
    "arti/providers/terms.py",
    "arti/language",
    "arti/counters.py",
)
OF_CORE = ("errors.py", "paging.py", "request_body.py", "request_rates.py", "large_bodies.py", "mail_budget.py")
OF_SIGN_IN = ("mailer.py", "notices.py")
_NOT_READ = ("description", "summary", "pattern")
_RAISED = {"FileRejected", "ValueError"}
_NOT_SHOWN = {"debug", "info", "warning", "error", "exception", "execute", "fetch", "fetchval", "fetchrow", "fetch_one"}
ANY = "\0"
_FIRST = "ABCDEFGHIJKLMNOPQRSTUVWXYZ“"


@cache
def read_sources() -> dict[str, ast.Module]:
    files = [
        *SOURCE.glob("arti/**/*.py"),
        *(SOURCE / "arti_core" / name for name in OF_CORE),
        *(SOURCE / "supabase_local" / "auth" / "mail" / name for name in OF_SIGN_IN),
    ]
    return {
        name: ast.parse(file.read_text())
        for file in files
        if not (name := file.relative_to(SOURCE).as_posix()).startswith(LEFT_OUT)
    }


@cache
def error_classes() -> frozenset[str]:
    """Return the names of ArtiError and all that comes from it."""
    found, size = {"ArtiError"}, 0
    classes = [
        node
        for file in SOURCE.glob("arti*/**/*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    while len(found) > size:
        size = len(found)
        found |= {one.name for one in classes if any(isinstance(b, ast.Name) and b.id in found for b in one.bases)}
    return frozenset(found)


def list_written() -> Iterator[tuple[str, str]]:
    """Yield the place and the pattern of each sentence: what is raised in words, and what looks like a sentence."""
    for name, tree in read_sources().items():
        raised, hidden = set[int](), set[int]()
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
                hidden.add(id(body[0].value))
            if isinstance(node, ast.JoinedStr):
                hidden |= {id(part) for one in node.values for part in ast.walk(one)}
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called in error_classes() | _RAISED and node.args:
                    raised |= {id(part) for part in ast.walk(node.args[0])}
                hidden_parts = list(node.args) if called in _NOT_SHOWN else []
                hidden_parts += [one.value for one in node.keywords if one.arg in _NOT_READ]
                hidden |= {id(part) for argument in hidden_parts for part in ast.walk(argument)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.JoinedStr | ast.Constant) or id(node) in hidden:
                continue
            for pattern in patterns_of(node):
                if (id(node) in raised and " " in pattern.strip()) or _is_sentence(pattern):
                    yield f"{name}:{node.lineno}", pattern.strip()


def _is_sentence(pattern: str) -> bool:
    text = pattern.strip()
    return text.count(" ") > 1 and text[-1] in ".?" and text[0] in _FIRST + ANY


def patterns_of(node: ast.expr) -> Iterator[str]:
    """Yield what an expression gives, once for each choice that it makes itself."""
    if isinstance(node, ast.Constant):
        yield node.value if isinstance(node.value, str) else ANY
    elif isinstance(node, ast.IfExp):
        yield from patterns_of(node.body)
        yield from patterns_of(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield from map("".join, product(*(list(patterns_of(part)) for part in node.values)))
    elif isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.IfExp):
        yield from patterns_of(node.value)
    else:
        yield ANY


def split_pattern(pattern: str) -> list[str]:
    """Return the sentences of a pattern."""
    return [
        part
        for one in re.split(r"(?<=[.?!:])(?: (?=[A-Z“\0])|(?=\0))", pattern)
        if (part := one.strip()) not in ("", ANY)
    ]


def overlaps(one: str, other: str) -> bool:
    """Return whether some text is of both patterns."""
    reached = {(0, 0)}
    ahead = list(reached)
    while ahead:
        i, j = ahead.pop()
        if i == len(one) and j == len(other):
            return True
        left, right = one[i : i + 1], other[j : j + 1]
        for step in [(i + 1, j), (i, j + 1)] if ANY in (left, right) else [(i + 1, j + 1)] if left == right else []:
            if step[0] <= len(one) and step[1] <= len(other) and step not in reached:
                reached.add(step)
                ahead.append(step)
    return False
