"""Statements of societies, distributors and labels, one line of each kind. All values here are invented.

No published file was found of most of them: the columns are those of specifications and published parsers.
"""

from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile

import pytest

from arti.imports.large.report import stage_report
from arti.imports.large.staged_lines import iterate_lines
from arti.imports.large.text_rows import TextTable
from arti.imports.parsers import registry
from arti.imports.parsers.royalties.months import read_month
from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.types import FileRejected, Hints
from tests.conftest import World
from tests.factories.imports import commit_import, upload_file
from tests.factories.observations import make_artist

Line = tuple[str, str, str | None, str, str, str, str | None, str | None]

PRS = "Record Number,CAE Number,Work Title,Amount (performance revenue),IP1\n1,123456789,Night Drive,0.016,M. Sol\n"
ASCAP = (
    "Work Title,Number of Plays,Dollars,Performance Quarter,Music User,Territory,Statement Recipient Name\n"
    'Night Drive,"1,200",0000001.23,2Q2025,SPOTIFY,US,Mira Sol\n'
)
ASCAP_INTERNATIONAL = (
    'Work Title,Licensor," $ Amount",Revenue Class Description,Territory,Performance End Date\n'
    "Night Drive,GEMA,-0000004.50,Radio,DE,06-30-2025\n"
)
CLICKNCLEAR = (
    "T,M,2026-01-01T00:00:00.000Z,2026-03-31T23:59:59.999Z,1,USD,100.0000,7.2916,107.29\n"
    'S,M,2026-02-03T00:00:00.000Z,A Team,Night Drive,"Mira Sol, Other Act",DEAB12600001,00123456789012,A Label,US,USD,'
    "25.0000,0.0000,4.1666,20.8333,10.4166,70.00,7.2916\n"
    'S,P,2026-02-04T00:00:00.000Z,A Team,Dawn,"P1, P2","W1, W2",T3452468001,GB,GBP,25.0000,0.0000,4.1666,20.8333,'
    "10.4166,50.00,5.2083,70.00,3.6458\n"
)
SEMICOLONS_REPORT = (
    "Reporting month;Sales Month;Platform;Country / Region;Label Name;Artist Name;Release title;Track title;UPC;ISRC;"
    "Release Catalog nb;Release type;Sales Type;Quantity;Client Payment Currency;Gross Revenue;Client share rate;"
    "Net Revenue\n2025-03;2025-01;Spotify;DE;L;Mira Sol;R;Night Drive;123456789012;DEAB12600001;X;Single;Stream;5;EUR;"
    "0,0125;0,8;0,0100\n"
)
ORCHARD = (
    "Period;Activity Period;DMS;Territory;Orchard UPC;Artist Name;Track Name;ISRC;Trans Type;Quantity;"
    "Label Share Net Receipts;Preferred Currency\n"
    "2017M10;2017M9;YouTube;Spain;191774000000;Mira Sol;Night Drive;DEAB12600001;Stream;7;0,258066;EUR\n"
)
FUGA = (
    "Reporting Month,Digital Service Provider,Territory,Track Artist,Track Title,ISRC,UPC,Units,Net Amount,Currency\n"
    "Oct 2025,Spotify,DE,Mira Sol,Night Drive,,,7,0.5,SEK\n"
)
FRENCH_REPORT = (
    "Mois de reporting;Mois de vente;Plateforme;Pays / Région;Nom du label;Nom de l'artiste;Titre de la sortie;"
    "Titre de la piste;UPC;ISRC;Type de sortie;Type de vente;Quantite;Devise de paiement du client;Revenu brut;"
    "Taux de revenu client;Revenu net\n2025-03;2025-01;Spotify;France;L;Mira Sol;EP;Night Drive;123456789012;"
    "DEAB12600001;Single;Streaming;5;EUR;0,0125;0,8;0,0100\n"
)
AMUSE = (
    "Transaction date,Type,Source,Royalty Date,Service,UPC,ISRC,Artist,Release,Track,Quantity,Amount,Split,Total\n"
    "2026-03-31,Credit,Royalties,2026-01-31,Spotify,,DEAB12600001,Mira Sol,EP,Night Drive,900,4.00,50%,2.00\n"
    "2026-04-02,Debit,Withdrawal,,,,,,,,,-2.00,,-2.00\n"
)
LABEL = (
    "Monat;Plattform;Land;Künstler;Titel;Menge;Betrag (EUR)\n"
    "2026-01;Spotify;Deutschland;Mira Sol;Night Drive;1.200;1,5\n"
)
LABEL_BY_PERIOD = (
    "Statement period,Store,Artist,Track,Units,Earnings,Currency\nQ3 2025,Deezer,Mira Sol,Night Drive,3,2.25,CHF\n"
)


def parse(text: str, **answers: str) -> tuple[str, list[str], list[Line]]:
    hints = Hints("statement_2025-10.csv", date(2026, 4, 30))
    recognised = recognise_file(text.encode(), hints)
    parsed = parse_file(recognised, provisional_answers(recognised.questions) | answers, hints)
    money = parsed.money
    quantities = [None if quantity is None else str(quantity) for quantity in money.quantity]
    lines = zip(
        *(money.store, [f"{month:%Y-%m}" for month in money.month], money.country, money.type),
        *([f"{amount} {code}" for amount, code in zip(money.amount, money.currency, strict=True)], money.title),
        *(money.artist, quantities),
        strict=True,
    )
    return recognised.parser.source, [question.key for question in recognised.questions], list(lines)


@pytest.mark.parametrize(
    ("text", "source", "questions", "line"),
    [
        (PRS, "prs", ["month"], ("PRS for Music", "2025-10", None, "other", "0.016 GBP", "Night Drive", None, None)),
        (ASCAP, "ascap", [], ("SPOTIFY", "2025-04", "US", "other", "1.23 USD", "Night Drive", "Mira Sol", "1200")),
        (ASCAP_INTERNATIONAL, "ascap_international", [],
         ("GEMA", "2025-06", "DE", "other", "-4.50 USD", "Night Drive", None, None)),
        (SEMICOLONS_REPORT, "believe", [],
         ("Spotify", "2025-01", "DE", "stream", "0.0100 EUR", "Night Drive", "Mira Sol", "5")),
        (ORCHARD, "the_orchard", [],
         ("YouTube", "2017-09", "ES", "stream", "0.258066 EUR", "Night Drive", "Mira Sol", "7")),
        (FUGA, "fuga", [], ("Spotify", "2025-10", "DE", "stream", "0.5 SEK", "Night Drive", "Mira Sol", "7")),
        (FRENCH_REPORT, "believe", [],
         ("Spotify", "2025-01", "FR", "stream", "0.0100 EUR", "Night Drive", "Mira Sol", "5")),
        (AMUSE, "amuse", [], ("Spotify", "2026-01", None, "stream", "2.00 USD", "Night Drive", "Mira Sol", "900")),
        (LABEL, "label_report", [],
         ("Spotify", "2026-01", "DE", "stream", "1.5 EUR", "Night Drive", "Mira Sol", "1200")),
        (LABEL_BY_PERIOD, "label_report", [],
         ("Deezer", "2025-07", None, "stream", "2.25 CHF", "Night Drive", "Mira Sol", "3")),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)  # fmt: skip
def test_a_statement_is_read_as_money(text: str, source: str, questions: list[str], line: Line) -> None:
    assert parse(text) == (f"royalties.{source}", questions, [line])


def test_a_report_without_a_header_is_arranged() -> None:
    assert parse(CLICKNCLEAR) == (
        "royalties.clicknclear",
        [],
        [
            ("ClicknClear", "2026-02", "US", "sync", "7.2916 USD", "Night Drive", "Mira Sol, Other Act", None),
            ("ClicknClear", "2026-02", "GB", "sync", "3.6458 GBP", "Dawn", "P1, P2", None),
        ],
    )
    hints = Hints("a.csv", date(2026, 4, 30))
    parsed = parse_file(recognise_file(CLICKNCLEAR.encode(), hints), {}, hints)
    assert (parsed.money.isrc, parsed.money.upc) == (["DEAB12600001", None], ["0123456789012", None])
    assert [(result.row, result.status) for result in parsed.row_results if result.reason] == [(1, "warning")]
    # Totals whose numbers repeat are no columns of one name.
    assert parse(CLICKNCLEAR.replace("100.0000,7.2916", "7.2916,7.2916"))[0] == "royalties.clicknclear"


def test_a_statement_without_months_wants_one() -> None:
    with pytest.raises(FileRejected, match="must be a month like 2026-03"):
        parse(PRS, month="soon")
    assert parse(PRS, month="2Q2025")[2][0][1] == "2025-04"


@pytest.mark.parametrize(
    ("text", "month"),
    [
        *(("2026-03", 3), ("202603", 3), ("2026M3", 3), ("03/2026", 3), ("3.2026", 3), ("March 2026", 3)),
        *(("Mär. 2026", 3), ("März 2026", 3), ("mars 2026", 3), ("1Q2026", 1), ("Q4 2026", 10), ("2026", None)),
        ("31/03/2026", 3),
    ],
)
def test_months_as_statements_write_them(text: str, month: int | None) -> None:
    assert read_month(text, None) == (month and date(2026, month, 1))


PERIODS = (
    *("Jan 2026 - Mar 2026", "January–March 2026", "enero a marzo 2026", "2026-01 - 2026-03", "202601-202603"),
    *("01/2026-03/2026", "2026-01-01 - 2026-03-31", "1 Jan 2026 to 31 Mar 2026", "Q1 2026", "1Q2026", "2026-Q1"),
)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("period", PERIODS)
def test_a_period_of_several_months_is_named(period: str, *, large: bool) -> None:
    """It was stored as its first month without a word."""
    text = f"Sale period,Store,Title,Amount (EUR)\n{period},Spotify,A,1.00\n2026-02,Spotify,C,4.00\n"
    text += f"{period},Spotify,B,2.00\nTotal,,,7.00\n"
    months, notes = read_both(text, large=large)
    assert months == [1, 2, 1]
    assert notes == [f"Periods of more than one month, like {period} (2 lines): each is stored in its first month."]


@pytest.mark.parametrize("period", ["2026-01-01 - 2026-01-31", "Jan 2026", "2026-01 (final)", "15 Jan 2026"])
def test_a_period_within_one_month_is_that_month(period: str) -> None:
    assert read_both(f"Sale period,Store,Title,Amount (EUR)\n{period},Spotify,A,1.00\n", large=False) == ([1], [])


@pytest.mark.parametrize("period", ["2026-03 - 2026-01", "2026.01.-2026.03."])
def test_a_period_that_cannot_be_read_is_refused(period: str) -> None:
    """Its beginning was taken for the month."""
    assert read_month(period, None) is None


def test_a_sale_that_ends_in_another_month_than_it_begins_is_named() -> None:
    text = (
        "Royalty ID,Asset ISRC,Reported Royalty,Sale Start date,Sale End date,Territory,DSP,Quantity,Currency\n"
        "r1,,1.50,2026-01-01,2026-03-31,DE,Spotify,1,GBP\nr2,,2.50,2026-02-01,2026-02-28,DE,Spotify,1,GBP\n"
    )
    assert read_both(text, large=False) == (
        [1, 2],
        ["Periods of more than one month, like 2026-01-01 – 2026-03-31 (1 lines): each is stored in its first month."],
    )


def read_both(text: str, *, large: bool) -> tuple[list[int], list[str]]:
    """Return the months of the lines of a report, and its notes, as a small or a large file."""
    hints = Hints("a.csv", date(2026, 4, 30))
    recognised = recognise_file(text.encode(), hints)
    answers = provisional_answers(recognised.questions)
    if not large:
        parsed = parse_file(recognised, answers, hints)
        return [month.month for month in parsed.money.month], parsed.notes
    with TemporaryFile() as source, TemporaryFile() as target:
        source.write(text.encode())
        table = TextTable(source)
        parser, head = registry.recognise(table.head, ())
        staged = stage_report(table, parser, head, hints, answers, target, lambda _: None)
        lines = [month for each in iterate_lines(target, staged.blocks) for month in each.month]
        return [month.month for month in lines], staged.notes


def test_amounts_keep_every_digit() -> None:
    hints = Hints("a.csv", date(2026, 4, 30))
    text = "sale_month,store,quantity,earnings_usd\n2025-02,Spotify,5,0.009068999999999999\n2025-03,Spotify,1,-1e-05\n"
    parsed = parse_file(recognise_file(text.encode(), hints), {}, hints)
    assert parsed.money.amount == [Decimal("0.009068999999999999"), Decimal("-0.00001")]
    assert parsed.money.currency == ["USD", "USD"]


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (PRS, {"month": "2025-10"}),
        ("Month,Store,Title,Amount\n2026-01,Spotify,Night Drive,1.50\n", {"currency": "NOK"}),
    ],
)
async def test_a_statement_waits_for_what_it_does_not_say(world: World, text: str, answers: dict[str, str]) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "statement.csv", text.encode())
    assert (preview["status"], [question["key"] for question in preview["questions"]]) == ("previewed", [*answers])
    refused = await member.http.post(f"/api/imports/{preview['id']}/commit", json={"options": {}})
    assert refused.status_code == 422
    done = await commit_import(member, preview, answers)
    assert done["summary"]["recorded"]["new"] == 1
