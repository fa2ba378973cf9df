"""The gain of a counter has one definition: nothing else takes the difference of two stored values of a counter."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import World

SOURCE = Path(__file__).parents[2] / "src" / "arti"
VALUE = re.compile(r"\b(?:value|values|level|levels|latest|counter|total)\b")
# A difference in SQL: of a value and the one before it in a window, or of two columns that hold values.
SQL_DIFFERENCE = re.compile(
    r"\blag\s*\([^)]*value|\bvalue\s*-\s*(?:\w+\.)?(?:before|earlier|previous|first|value)\b", re.IGNORECASE
)
# Differences that are none of a counter, and why.
ALLOWED = {
    ("campaigns/goal.py", "during.value - before.value"): "two windows of equal length, each with its own gain or sum",
    ("insights/detectors/milestone.py", "values[at] - values[since]"): "of a monthly figure; a counter takes its gains",
    ("insights/detectors/signal/steps.py", "values - np.polyval(np.polyfit(days, values, 1), days)"): "from a line",
    ("insights/detectors/month.py", "np.diff(known)"): "days between two values",
    ("insights/revalidation.py", "value - before.value"): "of a mean, of gains where it is a counter's",
    ("insights/revalidation.py", "after.value - before.value"): "of two means, of gains where they are a counter's",
    ("insights/detectors/growth.py", "np.diff(level[~np.isnan(level)][-3 * size:])"): "noise of a rolling figure",
    ("insights/detectors/series.py", "values - np.median(values)"): "a spread around the median",
    ("insights/revalidation.py", "value - fact.value"): "a number of an insight before and after a restatement",
    ("campaigns/service.py", "values['ends_on'] - values['starts_on']"): "days",
    ("insights/detectors/series.py", "np.diff(meaning[at_known])"): "versions of a definition",
    ("campaigns/lift/synthetic_control.py", "np.diff(gaps, axis=0)"): "of the errors of blocks of days",
}

ALLOWED_SQL = {
    "insights/ask/store.py": "of a day's own numbers or a level, and no question spans two definitions",
}


def differences() -> Iterator[tuple[str, str]]:
    """Yield (file, expression) of each difference of two values in Python, and each np.diff."""
    for path in sorted(SOURCE.rglob("*.py")):
        file = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
                if all(VALUE.search(ast.unparse(side)) for side in (node.left, node.right)):
                    yield file, ast.unparse(node)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "np.diff":
                yield file, ast.unparse(node)


def sql_texts() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "select" in node.value.lower():
                yield path.relative_to(SOURCE).as_posix(), node.value


def test_python_takes_no_difference_of_a_counter() -> None:
    found = set(differences())
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set(), "no longer there: remove it from the list"


async def test_sql_takes_no_difference_of_a_counter(world: World) -> None:
    rows = await world.database.as_owner(
        """select p.oid::regproc::text as name, pg_get_functiondef(p.oid) as text from pg_proc p
           where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and p.prokind = 'f'"""
    )
    texts = [(row["name"], row["text"]) for row in rows] + list(sql_texts())
    differing = {name for name, text in texts if SQL_DIFFERENCE.search(text)}
    without = {name for name, text in texts if SQL_DIFFERENCE.search(text) and "counter_gain(" not in text}
    assert "private.daily_gains" in differing, "the search finds nothing at all"
    assert without - {"private.counter_gain"} == set(ALLOWED_SQL)
