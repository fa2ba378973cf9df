"""YouTube Studio: revenue in any currency, and columns that are new. All values here are invented."""

from datetime import date

import pytest

from arti.imports.preview import parse_file, recognise_file
from arti.imports.types import Hints, ParsedFile
from arti.metrics.catalogue import METRICS
from tests.conftest import World
from tests.factories.imports import commit_import, count_stored, upload_file
from tests.factories.observations import make_artist

TOTALS = "Date,Views,{}\n2026-03-01,700,1.50\n2026-03-02,800,-0.25\n"


def parse(text: str) -> ParsedFile:
    hints = Hints("Totals.csv", date(2026, 4, 30))
    return parse_file(recognise_file(text.encode(), hints), {}, hints)


@pytest.mark.parametrize(
    ("column", "metric", "unit"),
    [
        ("Estimated revenue (USD)", "money.estimated_revenue", "USD"),
        ("Estimated revenue (EUR)", "money.estimated_revenue_eur", "EUR"),
        ("Your estimated revenue (SEK)", "money.estimated_revenue_sek", "SEK"),
        ("Geschätzter Umsatz (EUR)", "money.estimated_revenue_eur", "EUR"),
        ("Receita estimada (BRL)", "money.estimated_revenue_brl", "BRL"),
        ("Ingresos estimados (MXN)", "money.estimated_revenue_mxn", "MXN"),
    ],
)
def test_revenue_is_kept_in_its_currency(column: str, metric: str, unit: str) -> None:
    parsed = parse(TOTALS.format(column))
    assert [one.value for one in parsed.observations if one.metric == metric] == [1.5, -0.25]
    assert {one.metric for one in parsed.observations} == {metric, "consumption.views"}
    assert METRICS[metric].unit == unit


async def test_revenue_of_two_currencies_is_two_series_and_money(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(
        member,
        artist,
        "Totals.csv",
        b"Date,Views,Estimated revenue (EUR),Estimated revenue (GBP)\n2026-03-01,7,1.5,2\n",
    )
    await commit_import(member, preview)
    assert await count_stored(world, member.org_id, "money.estimated_revenue_eur", "") == (1, 1.5)
    assert await count_stored(world, member.org_id, "money.estimated_revenue_gbp", "") == (1, 2.0)
    assert await count_stored(world, member.org_id, "money.estimated_revenue", "") == (0, None)
    money = await world.database.as_owner("select bool_and(is_money) as all from series where metric like 'money.%'")
    assert money[0]["all"]


def test_a_new_column_is_named_and_changes_nothing_else() -> None:
    parsed = parse("Date,Views,Shown in feed,Viewed (vs. swiped away) (%)\n2026-03-01,700,9000,61.5\n")
    assert [(one.metric, one.value) for one in parsed.observations] == [("consumption.views", 700)]
    assert parsed.notes == [
        "These columns are not known, so no numbers are stored of them; they stay in the file and in its rows: "
        "Shown in feed, Viewed (vs. swiped away) (%)."
    ]
