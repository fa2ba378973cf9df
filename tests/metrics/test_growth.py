"""The rule for a change in percent is the same in Python and in SQL."""

import pytest

from arti.metrics.growth import SMALLEST_BASE, growth_percent
from tests.conftest import Database

CASES = [
    (0, 0),
    (5, 0),
    (30, 3),
    (150, 99.9),
    (150, 100),
    (50, 100),
    (1, 1e9),
    (1e9, 100),
    (99, 250),
    (-5, 200),
    (9, -200),
]


@pytest.mark.parametrize(("value", "base"), CASES)
async def test_python_and_sql_agree(database: Database, value: float, base: float) -> None:
    rows = await database.as_owner("select private.growth_percent($1, $2) as percent", value, base)
    percent = growth_percent(value, base)
    assert rows[0]["percent"] == (None if percent is None else pytest.approx(percent, abs=0.051))


def test_base_of_a_mean_is_multiplied_by_its_days() -> None:
    assert growth_percent(60, 40) is None
    assert growth_percent(60, 40, base_days=7) == 50
    assert growth_percent(2 * SMALLEST_BASE, SMALLEST_BASE) == 100
