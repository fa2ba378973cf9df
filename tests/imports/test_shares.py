"""A column of shares beside the amounts of a report: what was paid is a question, and never stored without a word."""

from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile

import pytest

from arti.imports.large.report import Staged, stage_report
from arti.imports.large.staged_lines import iterate_lines
from arti.imports.large.text_rows import TextTable
from arti.imports.parsers import registry
from arti.imports.preview import parse_file, recognise_file
from arti.imports.types import FileQuestion, FileRejected, Hints, ParsedFile

HINTS = Hints("file.csv", date(2026, 11, 20))
HEADER = "Sale month,Store,Title,Net amount (EUR)"
TWO = "2026-01,Spotify,A,1.00,{0}\n2026-01,Spotify,B,2.00,{1}\n"


def ask(text: str) -> FileQuestion | None:
    questions = recognise_file(text.encode(), HINTS).questions
    assert [question.key for question in questions] in ([], ["share"])
    return questions[0] if questions else None


def read(text: str, answer: str | None = None) -> ParsedFile:
    return parse_file(recognise_file(text.encode(), HINTS), {"share": answer} if answer else {}, HINTS)


def stage(text: str, answer: str | None = None) -> tuple[Staged, list[Decimal]]:
    with TemporaryFile() as source, TemporaryFile() as target:
        source.write(text.encode())
        table = TextTable(source)
        parser, head = registry.recognise(table.head, ())
        answers = {"share": answer} if answer else {}
        staged = stage_report(table, parser, head, HINTS, answers, target, lambda _: None)
        return staged, [amount for lines in iterate_lines(target, staged.blocks) for amount in lines.amount]


@pytest.mark.parametrize(
    "header",
    [
        *(f"{HEADER},{name}" for name in ("Share %", "Your share", "Split", "Royalty Share (%)", "Team percentage")),
        "Monat,Plattform,Titel,Betrag (EUR),Anteil in %",
        "Monat,Plattform,Titel,Betrag (EUR),Ihr Anteil",
        "Mes,Tienda,Título,Importe (EUR),Tu participación",
        "Mois,Plateforme,Titre,Montant (EUR),Quote-part",
        "Mês,Loja,Faixa,Valor (EUR),Sua participação",
        "Månad,Butik,Låt,Belopp (EUR),Din andel",
    ],
)
@pytest.mark.parametrize("cells", [("50%", "33.25%"), ("50 %", "33.25 %")])
def test_a_share_in_percent_is_a_question(header: str, cells: tuple[str, str]) -> None:
    """The amount was stored as it stands, and nothing said what became of the share."""
    text = f"{header}\n{TWO.format(*cells)}"
    amount, share = header.split(",")[3:]
    question = ask(text)
    assert question is not None
    assert question.choices == (amount, f"{share} × {amount}")
    assert question.text == (
        f"Beside the amounts stands the column {share!r}, like {cells[0]}. "
        f"Which is what was paid: {amount} or {share} × {amount}?"
    )
    assert read(text, amount).money.amount == [Decimal("1.00"), Decimal("2.00")]
    assert read(text, f"{share} × {amount}").money.amount == [Decimal("0.5"), Decimal("0.665")]
    for answer, amounts in ((amount, ["1.00", "2.00"]), (f"{share} × {amount}", ["0.5", "0.665"])):
        assert stage(text, answer)[1] == list(map(Decimal, amounts))
    with pytest.raises(FileRejected, match="share must be"):
        read(text, "all of it")


@pytest.mark.parametrize(
    ("name", "cells", "amounts"),
    [
        ("Split", ("0.5", "0.25"), ["0.5", "0.5"]),
        ("Split", ("50", "25"), ["0.5", "0.5"]),
        ("Your share", ("0.57", "1.12"), ["0.0057", "0.0224"]),
        ("Your share (EUR)", ("0.57", "1.12"), None),
        ("Your share", ("€0.57", "€1.12"), None),
        ("Your share", ("570", "112"), None),
    ],
)
def test_what_may_be_an_amount_is_one_of_the_choices(
    name: str, cells: tuple[str, str], amounts: list[str] | None
) -> None:
    text = f"{HEADER},{name}\n{TWO.format(*cells)}"
    question = ask(text)
    assert question is not None
    multiplied = f"{name} × Net amount (EUR)"
    assert question.choices == ("Net amount (EUR)", *([multiplied] if amounts else []), name)
    assert read(text, name).money.amount == [Decimal(cell.strip("€")) for cell in cells]
    if amounts:
        assert read(text, multiplied).money.amount == list(map(Decimal, amounts))


@pytest.mark.parametrize("cells", [("100", "100"), ("100%", ""), ("1", "1.0"), ("100,00 %".replace(",", "."), "100%")])
def test_the_whole_is_nothing_to_ask_about(cells: tuple[str, str]) -> None:
    text = f"{HEADER},Split\n{TWO.format(*cells)}"
    assert ask(text) is None
    parsed = read(text)
    assert (parsed.money.amount, parsed.notes, parsed.row_results.count()) == (
        [Decimal("1.00"), Decimal("2.00")],
        [],
        {"accepted": 2},
    )


def test_an_amount_that_is_called_what_was_paid_is_named() -> None:
    text = f"Sale month,Store,Title,Amount due (EUR),Split\n{TWO.format('50%', '100%')}"
    assert ask(text) is None
    note = "'Amount due (EUR)' is taken for what was paid, after the shares in 'Split'."
    assert read(text).notes == stage(text)[0].notes == [note]


@pytest.mark.parametrize("name", ["Market share", "Tax %", "Distribution fee %", "Part number", "Shared"])
def test_another_column_is_no_share(name: str) -> None:
    assert ask(f"{HEADER},{name}\n{TWO.format('50%', '25%')}") is None


def test_a_share_far_below_is_named_in_its_row() -> None:
    """Of a large file only the first rows are looked at for questions."""
    rows = "".join(f"2026-01,Spotify,Song {number},1.00,100\n" for number in range(6000))
    text = f"{HEADER},Split\n{rows}2026-01,Spotify,Last,2.00,50\n"
    staged, amounts = stage(text)
    assert (staged.file.questions, len(amounts)) == ([], 6001)
    assert staged.counts == {"accepted": 6000, "warning": 1}
    answered, halved = stage(text.replace("Song 0,1.00,100", "Song 0,1.00,50"), "Split × Net amount (EUR)")
    assert (answered.counts["accepted"], halved[0], halved[-1]) == (6001, Decimal("0.5"), Decimal("1"))


def test_a_line_without_its_share_is_refused_where_it_is_taken() -> None:
    text = f"{HEADER},Split\n{TWO.format('50%', '150%')}"
    parsed = read(text, "Split × Net amount (EUR)")
    assert parsed.money.amount == [Decimal("0.5")]
    assert [(result.row, result.reason) for result in parsed.row_results if result.status == "rejected"] == [
        (2, "'150%' is no share")
    ]
