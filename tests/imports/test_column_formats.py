"""A number is read right or a question is asked: what a column, its file, and what it holds say together."""

from datetime import date

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file, recognise_together
from arti.imports.readers.archive import UploadedTable
from arti.imports.types import FileRejected, Hints, Known, KnownTrack, ParsedFile

HINTS = Hints("file.csv", date(2026, 11, 20))
PERIOD = {"period": "28day", "period_to": "2026-11-19"}
TABLE = "Content{0}Video title{0}Views{0}Watch time (hours)\n"


def read(text: str, answers: dict[str, str] | None = None, hints: Hints = HINTS) -> ParsedFile:
    recognised = recognise_file(text.encode(), hints)
    return parse_file(recognised, provisional_answers(recognised.questions) | PERIOD | (answers or {}), hints)


def values(parsed: ParsedFile, metric: str) -> list[float | None]:
    return [observation.value for observation in parsed.observations if observation.metric == metric]


def days(parsed: ParsedFile) -> list[str]:
    return sorted({str(observation.observed_on) for observation in parsed.observations})


def question_keys(text: str, hints: Hints = HINTS) -> list[str]:
    return [question.key for question in recognise_file(text.encode(), hints).questions if question.key not in PERIOD]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (["30,625", "20,5", "10,125"], [30.625, 20.5, 10.125]),
        (["1.234,5", "1.000", "234,5"], [1234.5, 1000, 234.5]),
        (["0,123", "1,000", "1,234"], [0.123, 1, 1.234]),
        (["1.234.567", "1.234", "999"], [1234567, 1234, 999]),
    ],
)
def test_one_cell_settles_the_mark_of_its_column(hours: list[str], expected: list[float]) -> None:
    rows = "".join(f'abcdefghij{at},T{at},5,"{cell}"\n' for at, cell in enumerate(hours))
    text = TABLE.format(",") + rows
    assert question_keys(text) == []
    assert values(read(text), "consumption.watch_hours") == expected


def test_another_column_settles_it() -> None:
    text = TABLE.format(";") + "abcdefghij1;T;1.500;30.625\nabcdefghij2;U;2.001;1.000\n"
    parsed = read(text)
    assert question_keys(text) == []
    assert values(parsed, "consumption.views") == [1500, 2001]
    assert values(parsed, "consumption.watch_hours") == [30625, 1000]


@pytest.mark.parametrize("mark", ",.")
def test_a_count_is_whole(mark: str) -> None:
    text = f'date,listeners,streams\n2026-01-01,"1{mark}234","10{mark}000"\n2026-01-02,"1{mark}300",980\n'
    assert question_keys(text) == []
    assert values(read(text), "consumption.streams") == [10000, 980]


def test_two_readings_become_a_question_with_a_real_cell() -> None:
    text = TABLE.format(",") + 'abcdefghij1,T,5,"30,625"\nabcdefghij2,U,6,"20,500"\n'
    [question] = [one for one in recognise_file(text.encode(), HINTS).questions if one.key == "decimal_mark"]
    assert (question.text, question.choices) == (
        "Is '30,625' in the column 'Watch time (hours)' 30.625 or 30625?",
        ("30.625", "30625"),
    )
    assert values(read(text, {"decimal_mark": "30.625"}), "consumption.watch_hours") == [30.625, 20.5]
    assert values(read(text, {"decimal_mark": "30625"}), "consumption.watch_hours") == [30625, 20500]
    with pytest.raises(FileRejected, match="decimal_mark must be"):
        read(text, {"decimal_mark": "30"})


def test_a_cell_that_contradicts_its_column_is_refused_and_counted() -> None:
    text = TABLE.format(",") + 'abcdefghij1,T,5,"1.5"\nabcdefghij2,U,6,"2.5"\nabcdefghij3,V,6,"3,5"\n'
    parsed = read(text)
    assert values(parsed, "consumption.watch_hours") == [1.5, 2.5]
    assert [(one.row, one.reason) for one in parsed.row_results if one.reason] == [
        (3, "column 4: '3,5' has another decimal mark than its column")
    ]


@pytest.mark.parametrize(
    ("cells", "first", "last"),
    [
        (["1/10/2026", "1/12/2026", "1/13/2026"], "2026-01-10", "2026-01-13"),
        (["11-06-2026", "12-06-2026", "13-06-2026"], "2026-06-11", "2026-06-13"),
        (["10.01.2026", "11.01.2026", "12.01.2026"], "2026-01-10", "2026-01-12"),
        (["46032", "46033", "46034"], "2026-01-10", "2026-01-12"),
        (["10-Jan-26", "11-Jan-26"], "2026-01-10", "2026-01-11"),
        (["10 févr. 2026", "11 févr. 2026"], "2026-02-10", "2026-02-11"),
        (["12/11/2026", "11/11/2026"], "2026-11-11", "2026-11-12"),
    ],
)
def test_days_in_the_forms_of_spreadsheets(cells: list[str], first: str, last: str) -> None:
    text = "date;listeners;streams\n" + "".join(f"{cell};1;2\n" for cell in cells)
    assert question_keys(text) == []
    found = days(read(text))
    assert (found[0], found[-1]) == (first, last)


def test_two_readings_of_a_day_become_a_question() -> None:
    text = "date,listeners,streams\n01/02/2026,1,2\n02/02/2026,1,2\n03/02/2026,1,2\n"
    [question] = recognise_file(text.encode(), HINTS).questions
    assert (question.key, question.default, question.choices) == (
        "month_first",
        "2026-02-01",
        ("2026-02-01", "2026-01-02"),
    )
    assert "the 1 February or the 2 January 2026" in question.text
    assert days(read(text, {"month_first": "2026-02-01"})) == ["2026-02-01", "2026-02-02", "2026-02-03"]
    assert days(read(text, {"month_first": "2026-01-02"})) == ["2026-01-02", "2026-02-02", "2026-03-02"]


ROWS = "date,listeners,streams\n29 December,1,2\n30 décembre,1,2\n1. Januar,1,2\n"


def test_days_without_a_year_take_it_from_the_file_name_or_ask() -> None:
    named = Hints("Overview_2025-12-29_1767.csv", date(2026, 11, 20))
    assert question_keys(ROWS, named) == []
    assert days(read(ROWS, hints=named)) == ["2025-12-29", "2025-12-30", "2026-01-01"]
    [question] = recognise_file(ROWS.encode(), HINTS).questions
    assert (question.key, question.default) == ("first_year", "2025")
    assert days(read(ROWS, {"first_year": "2024"})) == ["2024-12-29", "2024-12-30", "2025-01-01"]
    backwards = "date,listeners,streams\n1 January,1,2\n31 December,1,2\n30 December,1,2\n"
    assert days(read(backwards, {"first_year": "2024"})) == ["2024-12-30", "2024-12-31", "2025-01-01"]


def test_a_swallowed_line_is_named() -> None:
    text = 'date,listeners,streams\n2026-01-01,1,2\n2026-01-02,"3,4\n2026-01-03,5,6\n2026-01-04,7,8\n'
    with pytest.raises(FileRejected, match="A quote in line 3 does not close, so the lines up to 5 are one cell"):
        recognise_file(text.encode(), HINTS)


def test_a_caption_of_several_lines_is_one_cell() -> None:
    text = 'song,listeners,streams,saves,release_date\n"First\nLight",5,9,2,2024-01-05\nSecond,4,6,1,2024-03-01\n'
    assert [asset.title for asset in read(text).assets.values()] == ["First Light", "Second"]


@pytest.mark.parametrize("name", ["Grand Total", "Gesamt", "Summe", "Total général", "Mira Sol", "whatever"])
def test_a_row_of_sums_is_no_song(name: str) -> None:
    text = (
        "song,listeners,streams,saves,release_date\nFirst,500,900,20,2024-01-05\nSecond,400,600,10,2024-03-01\n"
        f"Third,1,1,1,2024-03-01\n{name},901,1501,31,\n"
    )
    hints = Hints("songs-28day.csv", date(2026, 11, 20), known=Known(("Mira Sol",)))
    parsed = read(text, hints=hints)
    assert [asset.title for asset in parsed.assets.values()] == ["First", "Second", "Third"]
    assert [(check.total, check.matches) for check in parsed.totals] == [(1501, True), (31, True)]


def test_a_song_that_is_called_total_becomes_a_question() -> None:
    text = "song,listeners,streams,saves,release_date\nTotal,500,900,20,2024-01-05\nSecond,400,600,10,2024-03-01\n"
    assert question_keys(text) == ["sum_row"]
    assert len(read(text, {"sum_row": "a song"}).assets) == 2
    assert len(read(text, {"sum_row": "the sum of the rows"}).assets) == 1


@pytest.mark.parametrize("header", ["Date,Followers", "Datum,Aufrufe", "Date,Likes,Shares", "date,Vues"])
def test_a_table_that_every_platform_has_asks_for_the_platform(header: str) -> None:
    text = f"{header}\n2026-01-01,5{',6' * (header.count(',') - 1)}\n"
    assert question_keys(text) == ["platform"]


def test_the_platform_of_the_files_beside_it_settles_it() -> None:
    chart = b"Date,Geography,Views\n2026-01-01,US,5\n"
    totals = b"Date,Views\n2026-01-01,5\n"
    files = recognise_together(
        [UploadedTable("a.csv", chart), UploadedTable("b.csv", totals)],
        [Hints("a.csv", HINTS.today), Hints("b.csv", HINTS.today)],
    )
    assert [file if isinstance(file, str) else file.parser.source for file in files] == [
        "youtube_studio.chart",
        "youtube_studio.totals",
    ]


def test_columns_that_are_counters_are_no_songs() -> None:
    for header in ("Date,Video Views,Likes", "Date,Vues,Nouveaux spectateurs", "date,Primary"):
        with pytest.raises(FileRejected):
            recognise_file(f"{header}\n2026-01-01,5,6\n".encode(), HINTS)
    unknown_beside = recognise_file(b"Date,Mood,Vues\n2026-01-01,5,6\n", HINTS)
    assert [question.key for question in unknown_beside.questions] == ["platform"]


def test_a_file_of_another_artist_is_questioned() -> None:
    hints = Hints("Blue Frog-audience-timeline.csv", HINTS.today, known=Known(("Mira Sol", "Mira")))
    text = "date,listeners,streams\n2026-01-01,1,2\n"
    assert question_keys(text, hints) == ["artist"]
    assert question_keys(text, Hints("mira sol-audience-timeline.csv", HINTS.today, known=hints.known)) == []
    assert question_keys(
        "Artist,The Example Act\nExported,2026-06-01\n\n" + text, Hints("a.csv", HINTS.today, known=hints.known)
    ) == ["artist"]
    with pytest.raises(FileRejected, match="of another artist"):
        read(text, {"artist": "no"}, hints)


def test_an_id_that_a_spreadsheet_broke_keeps_its_row() -> None:
    text = (
        'Content,Video title,Video publish time,Views\nTotal,,,1510\nabcdefghij1,One,"Sep 20, 2025",1500\n'
        '#NAME?,Two,"Sep 21, 2025",10\n'
    )
    parsed = read(text)
    assert [asset.title for asset in parsed.assets.values()] == ["One", "Two"]
    assert parsed.totals[0].matches
    known = Known(videos=[KnownTrack("-bcdefghij2", "Two", date(2025, 9, 21))])
    assert "-bcdefghij2" in read(text, hints=Hints("a.csv", HINTS.today, known=known)).assets


@pytest.mark.parametrize(
    "text",
    [
        'date, listeners, streams\n2026-01-01, "1,234", "2,345"\n',
        "Artist,The Example Act\nExported,2026-06-01\n\ndate,listeners,streams\n2026-01-01,1234,2345\n",
        ",date,listeners,streams\n0,2026-01-01,1234,2345\n",
        "datum;Hörer;Streams\n01.01.2026;1.234;2.345\n",
        "fecha,Oyentes,Reproducciones\n2026-01-01,1234,2345\n",
        "data;ouvintes;streams\n2026-01-01;1 234;2 345\n",
    ],
)
def test_what_stands_around_the_numbers(text: str) -> None:
    parsed = read(text)
    assert (values(parsed, "audience.listeners"), values(parsed, "consumption.streams")) == ([1234], [2345])


def test_a_decimal_comma_beside_semicolons_is_no_delimiter() -> None:
    text = "Date;Views\n2026-02-27;16,481\n2026-02-28;17,500\n"
    assert values(read(text, {"platform": "YouTube"}), "consumption.views") == [16481, 17500]


def test_accents_of_a_mac_are_read() -> None:
    text = "song,listeners,streams,saves,release_date\nCanción de Señor é,5,9,2,2024-01-05\n"
    text += "Déjà vu ñandú,4,6,1,2024-03-01\n"
    recognised = recognise_file(text.encode("mac_roman"), HINTS)
    assert recognised.table.rows[0][0] == "Canción de Señor é"
    assert recognise_file(text.encode("cp1252"), HINTS).table.rows[1][0] == "Déjà vu ñandú"
