"""Amounts of several currencies in one report: each line has its own, or it is asked; they are never added up."""

from collections.abc import Sequence
from datetime import date

import pytest

from arti.imports.parsers.royalties.formats import FORMATS
from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.types import FileQuestion, Hints, ParsedFile

HINTS = Hints("file.csv", date(2026, 11, 20))
BOTH = "The lines are in several currencies, which are never added up: EUR (1), USD (1)."
DISTROKID = "Reporting Date,Sale Month,Store,Artist,Title,ISRC,UPC,Quantity,Team Percentage,Source Type,"


def read(text: str, **answers: str) -> ParsedFile:
    recognised = recognise_file(text.encode(), HINTS)
    return parse_file(recognised, provisional_answers(recognised.questions) | answers, HINTS)


def questions_of(text: str) -> list[FileQuestion]:
    return recognise_file(text.encode(), HINTS).questions


def amounts(parsed: ParsedFile) -> list[tuple[str, str]]:
    return [(str(amount), code) for amount, code in zip(parsed.money.amount, parsed.money.currency, strict=True)]


def rejected(parsed: ParsedFile) -> dict[int, str | None]:
    return {result.row: result.reason for result in parsed.row_results if result.status == "rejected"}


def test_a_report_in_two_currencies_says_so() -> None:
    text = "Sale month,Store,Title,Amount,Currency\n2026-03,Spotify,A,1.00,USD\n2026-03,Spotify,B,2.00,EUR\n"
    parsed = read(text)
    assert (questions_of(text), parsed.notes, amounts(parsed)) == ([], [BOTH], [("1.00", "USD"), ("2.00", "EUR")])
    assert read(text.replace("EUR", "USD")).notes == []


def test_of_two_columns_of_amounts_each_line_has_one() -> None:
    text = (
        "Sale month,Store,Title,Amount (USD),Amount (EUR)\n2026-03,Spotify,A,1.00,\n2026-03,Spotify,B,,2.00\n"
        "Total,,,1.00,2.00\n"
    )
    parsed = read(text)
    assert (questions_of(text), parsed.notes, rejected(parsed)) == ([], [BOTH], {})
    assert amounts(parsed) == [("1.00", "USD"), ("2.00", "EUR")]


@pytest.mark.parametrize(
    ("head", "rows", "choices", "codes"),
    [
        (
            "Sale month,Store,Title,",
            ["2026-03,Spotify,A,3.00,2.50", "2026-03,Spotify,B,,1.00"],
            ("Amount (USD)", "Amount (EUR)"),
            ("USD", "EUR"),
        ),
        (
            DISTROKID + "Country of Sale,",
            ["2026-05,2026-03,Spotify,X,A,,,5,100,Song,US,3.00,2.50"],
            ("Earnings (USD)", "Earnings (EUR)"),
            ("USD", "EUR"),
        ),
        ("Sale month,Store,Title,", ["2026-03,Spotify,A,3.00,2.50"], ("Amount", "Net revenue"), ("GBP", "GBP")),
    ],
)
def test_of_two_amounts_in_one_line_the_user_says_which(
    head: str, rows: Sequence[str], choices: tuple[str, str], codes: tuple[str, str]
) -> None:
    text = f"{head}{','.join(choices)}\n" + "\n".join(rows) + "\n"
    questions = {question.key: question for question in questions_of(text)}
    assert (questions["amount"].choices, questions["amount"].default) == (choices, None)
    first, second = (read(text, amount=choice, currency="GBP") for choice in choices)
    assert amounts(first) == [("3.00", codes[0])]
    assert amounts(second)[0] == ("2.50", codes[1])
    # What the other column alone has is named, not lost.
    assert len(rejected(first)) == len(rows) - 1


def test_below_the_lines_that_were_looked_at_two_amounts_are_refused() -> None:
    text = "Sale month,Store,Title,Amount (USD),Amount (EUR)\n" + "2026-03,Spotify,A,1.00,\n"
    recognised = recognise_file(text.encode(), HINTS)
    assert recognised.parser.open_lines is not None
    parsed = ParsedFile()
    reader = recognised.parser.open_lines(recognised.formats.known, {}, HINTS, parsed)
    rows = [["2026-03", "Spotify", "A", "1", ""], ["2026-03", "Spotify", "B", "1", "2"], ["2026-03", "S", "C", "", "3"]]
    lines = reader.read(7, rows)
    assert (lines.row, lines.currency) == ([7, 9], ["USD", "EUR"])
    assert rejected(parsed) == {8: "the row has more than one amount"}


def test_a_header_and_a_column_that_disagree_are_a_question() -> None:
    text = "Sale month,Store,Title,Amount (EUR),Currency\n2026-03,Spotify,A,1.00,USD\n2026-03,Spotify,B,2.00,EUR\n"
    [question] = questions_of(text)
    assert (question.key, question.choices) == ("currency_from", ("Currency", "Amount (EUR)"))
    assert amounts(read(text, currency_from="Amount (EUR)")) == [("1.00", "EUR"), ("2.00", "EUR")]
    assert amounts(read(text, currency_from="Currency")) == [("1.00", "USD"), ("2.00", "EUR")]
    same = text.replace("USD", "EUR")
    assert (questions_of(same), read(same).notes) == ([], [])


def test_a_line_of_another_currency_than_its_header_is_refused_far_below() -> None:
    text = "Sale month,Store,Title,Amount (EUR),Currency\n2026-03,Spotify,A,1.00,EUR\n"
    recognised = recognise_file(text.encode(), HINTS)
    assert recognised.parser.open_lines is not None
    parsed = ParsedFile()
    reader = recognised.parser.open_lines(recognised.formats.known, {}, HINTS, parsed)
    lines = reader.read(500, [["2026-03", "Spotify", "A", "1", "USD"], ["2026-03", "Spotify", "B", "2", ""]])
    assert (lines.row, lines.currency) == ([501], ["EUR"])
    assert rejected(parsed) == {500: "the amount is in EUR by its column and in USD by its row"}


@pytest.mark.parametrize("form", [form for form in FORMATS if form.currency.isupper()], ids=lambda form: form.source)
def test_a_report_of_one_currency_with_a_column_of_codes_follows_the_column(form: object) -> None:
    assert isinstance(form, type(FORMATS[0]))
    plain = form.amount[0].removesuffix(" (*)")
    names = list(dict.fromkeys([*sorted(form.required), *form.months[:1], *form.store[:1], *form.titles[:1], plain]))
    row = {name: "2026-03" if name in form.months else "x" for name in names} | {plain: "1.50"}
    text = ",".join([*names, "currency"]) + "\n" + ",".join([*row.values(), "SEK"]) + "\n"
    assert amounts(read(text, month="2026-03")) == [("1.50", "SEK")]
    blank = text.replace("SEK", "")
    assert amounts(read(blank, month="2026-03")) == [("1.50", form.currency)]


def test_a_sign_beside_an_amount_says_its_currency() -> None:
    text = "Sale month,Store,Title,Amount\n2026-03,Spotify,A,€1.00\n2026-03,Spotify,B,$2.00\n2026-03,S,C,USD 3.00\n"
    parsed = read(text, currency="USD")
    assert amounts(parsed) == [("1.00", "EUR"), ("2.00", "USD"), ("3.00", "USD")]
    assert rejected(read(text, currency="EUR")) == {2: "the amount '$2.00' is not in EUR"}


@pytest.mark.parametrize("title", ["All tracks", "Total", "Alle Titel", "Summe"])
def test_a_title_of_a_sum_with_the_sum_of_the_lines_is_one(title: str) -> None:
    text = "Sale month,Store,Title,Amount (EUR)\n2026-03,Spotify,A,1.00\n2026-03,Spotify,B,2.00\n"
    parsed = read(f"{text}2026-03,Spotify,{title},3.00\n2026-03,Deezer,{title},1.50\n")
    assert [str(amount) for amount in parsed.money.amount] == ["1.00", "2.00", "1.50"]
    assert [(result.row, result.status) for result in parsed.row_results if result.reason] == [(3, "warning")]


def test_a_song_whose_title_begins_like_that_of_a_sum_is_a_line() -> None:
    text = "Sale month,Store,Title,Amount (EUR)\n2026-03,Spotify,A,0.01\n2026-03,Spotify,B,0.01\n"
    parsed = read(f"{text}2026-03,Spotify,All I Want,0.02\n2026-03,Spotify,Total Eclipse,0.04\n")
    assert (len(parsed.money), parsed.row_results.count()) == (4, {"accepted": 4})


def test_a_share_is_no_amount() -> None:
    text = (
        "Sale month,Store,Title,Quantity,Amount (EUR)\n2026-03,S,A,1,50%\n2026-03,S,B,50 %,1.00\n2026-03,S,C,1,2.00\n"
    )
    parsed = read(text)
    assert amounts(parsed) == [("2.00", "EUR")]
    assert rejected(parsed) == {1: "'50%' is a share in percent", 2: "'50 %' is a share in percent"}


def test_a_sum_of_lines_is_one_of_their_own_currency() -> None:
    text = (
        "Sale month,Store,Title,Amount,Currency\n2026-03,Spotify,A,1.00,USD\n2026-03,Spotify,B,2.00,EUR\n"
        "2026-03,Apple Music,,3.00,EUR\n2026-03,Apple Music,C,1.00,USD\n2026-03,Apple Music,,2.00,USD\n"
    )
    parsed = read(text)
    assert len(parsed.money) == 4
    assert [result.row for result in parsed.row_results if result.status == "warning"] == [5]
