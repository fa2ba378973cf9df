"""Files as people, spreadsheets and programs spoil them: the right number, a question, or a reason; never silence."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import FileRejected, Hints, Known, ParsedFile

TODAY = date(2026, 11, 20)
PERIOD = {"period": "28day", "period_to": "2026-11-10"}
AUDIENCE = ["date", "listeners", "streams", "followers"]
SONGS = ["song", "listeners", "streams", "saves", "release_date"]
HOURS = ["Geography", "Views", "Watch time (hours)"]
Rows = Sequence[Sequence[str]]


def write(rows: Rows, delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def read(
    content: bytes | Rows,
    answers: Mapping[str, str] = PERIOD,
    *,
    name: str = "file.csv",
    known: Known = Known(),
    asks: set[str] | None = None,
) -> ParsedFile:
    """Read a file; `asks`: the questions that it has to ask besides its period."""
    if not isinstance(content, bytes):
        content = write(content)
    [member] = unpack(name, content)
    hints = Hints(member.name, TODAY, known=known)
    file = recognise_file(member.content, hints)
    if asks is not None:
        assert {question.key for question in file.questions} - PERIOD.keys() == asks
    return parse_file(file, provisional_answers(file.questions) | dict(answers), hints)


def values(parsed: ParsedFile, metric: str) -> list[float | None]:
    return [one.value for one in parsed.observations if one.metric == metric]


def reasons(parsed: ParsedFile) -> list[str]:
    return [result.reason for result in parsed.row_results if result.reason]


def days(count: int) -> list[date]:
    return [date(2026, 3, 1) + timedelta(at) for at in range(count)]


def audience(first: Sequence[str], streams: Sequence[str] = ()) -> list[list[str]]:
    rows = [[day, "5", streams[at] if streams else "9", "1"] for at, day in enumerate(first)]
    return [AUDIENCE, *rows]


MONTHS = ("01-01-24", "01-02-24", "01-01-25")
REPORT = ["Month", "Store", "Title", "Country", "Units", "Amount (EUR)"]

# Numbers


def test_whole_numbers_with_both_marks_are_grouped_by_both() -> None:
    parsed = read(audience([*map(str, days(3))], ["2.992", "1,137", "48.493"]), asks=set())
    assert values(parsed, "consumption.streams") == [2992, 1137, 48493]


def test_a_grouped_count_among_counts_without_groups_is_refused() -> None:
    parsed = read([HOURS, ["DE", "7700", "1.5"], ["US", "5.000", "2.5"], ["FR", "1600", "3.5"]], asks=set())
    assert values(parsed, "consumption.views") == [7700, 1600]
    assert reasons(parsed) == ["column 2: '5.000' has two readings: 5.000 and 5000"]


@pytest.mark.parametrize("odd", ["88,782", "1,625"])
def test_a_number_with_two_readings_is_refused_where_both_marks_have_three_digits(odd: str) -> None:
    rows = [HOURS, ["DE", "77", "0.345"], ["US", "50", "12.125"], ["FR", "16", odd]]
    parsed = read(rows)
    assert values(parsed, "consumption.watch_hours") == [0.345, 12.125]
    assert "two readings" in reasons(parsed)[0]


def test_a_column_of_which_half_is_german_gives_no_number_with_two_readings() -> None:
    rows = [HOURS, ["DE", "77", "1.5"], ["US", "50", "2,5"], ["FR", "16", "3,125"], ["SE", "17", "4.125"]]
    parsed = read(rows)
    assert 3125 not in values(parsed, "consumption.watch_hours")
    assert 4.125 not in values(parsed, "consumption.watch_hours")
    assert len(reasons(parsed)) == 3


def test_a_number_that_a_spreadsheet_has_rounded_is_refused() -> None:
    parsed = read(audience([*map(str, days(3))], ["1.23E+06", "1e+05", "200"]))
    assert values(parsed, "consumption.streams") == [100000, 200]
    assert reasons(parsed) == ["column 3: a spreadsheet has rounded '1.23E+06'; export the file again"]


def test_marks_of_the_direction_of_writing_are_no_part_of_a_number() -> None:
    parsed = read(audience([*map(str, days(1))], ["\u200f\u202b1234\u202c"]))
    assert values(parsed, "consumption.streams") == [1234]


def test_a_count_that_is_not_whole_is_named() -> None:
    parsed = read(audience([*map(str, days(1))], ["1137.5"]))
    assert reasons(parsed) == ["column 3: 1137.5 is no whole number, and kept"]


def test_shares_that_are_nowhere_above_one_raise_a_question() -> None:
    rows = [["age", "listeners (%)"], ["0-17", "0.055"], ["18-22", "0.2"], ["23-27", "0.745"]]
    answers = {**PERIOD, "platform": "Spotify"}
    percent = read(rows, {**answers, "shares": "0.055 %"}, asks={"platform", "shares"})
    assert values(percent, "audience.listeners_share") == [0.055, 0.2, 0.745]
    fractions = read(rows, {**answers, "shares": "5.500 %"})
    assert values(fractions, "audience.listeners_share") == [5.5, 20, 74.5]
    large = [[rows[0][0], rows[0][1]], *rows[1:], ["28-34", "1.5"]]
    assert values(read(large, answers, asks={"platform"}), "audience.listeners_share") == [0.055, 0.2, 0.745, 1.5]


# Days


def test_days_with_both_orders_in_one_column_are_refused_unless_certain() -> None:
    parsed = read(audience(["13/03/2026", "03/14/2026", "05/04/2026"]), asks=set())
    assert [one.observed_on for one in parsed.observations if one.metric == "consumption.streams"] == [
        date(2026, 3, 13),
        date(2026, 3, 14),
    ]
    assert reasons(parsed) == ["'05/04/2026' has two readings: 2026-04-05 and 2026-05-04"]


@pytest.mark.parametrize("form", ["%y-%m-%d", "%Y-%d-%m", "%a, %d %b %Y", "%a %b %d %Y 00:00:00 GMT+0100 (CET)"])
def test_days_in_unusual_order_are_read(form: str) -> None:
    written = [f"{day:{form}}" for day in days(20)]
    found = [one.observed_on for one in read(audience(written), asks=set()).observations]
    assert sorted(set(found)) == days(20)


def test_years_of_two_digits_that_come_first_are_read_or_raise_a_question() -> None:
    first = audience(["26.03.01", "26.03.02", "26.03.03"])
    assert [one.observed_on for one in read(first, asks=set()).observations][::3] == days(3)
    # Each is a day in both readings: in 2011, 2012 and 2013, or in 2014.
    both = audience(["14.03.11", "14.03.12", "14.03.13"])
    with pytest.raises(FileRejected, match="year_first must be 2011-03-14 or 2014-03-11"):
        read(both, {"year_first": "2026-03-01"})
    found = read(both, {"year_first": "2014-03-11"}, asks={"year_first"}).observations
    assert [one.observed_on for one in found][::3] == [date(2014, 3, 11), date(2014, 3, 12), date(2014, 3, 13)]
    # The first day of months is no year, and a day of tomorrow does not make the others years.
    months = [[REPORT[0], *REPORT[1:]], *([day, "Spotify", "A", "DE", "1", "0.1"] for day in MONTHS)]
    read_months = read(months, {"month_first": "2024-02-01"}, asks={"month_first"}).money.month
    assert read_months == [date(2024, 1, 1), date(2024, 2, 1), date(2025, 1, 1)]
    future = read(audience(["18.11.26", "19.11.26", "21.11.26"]), asks=set())
    assert [one.observed_on for one in future.observations][::3] == [date(2026, 11, 18), date(2026, 11, 19)]


def test_midnights_of_europe_that_are_written_in_utc_are_of_the_next_day() -> None:
    # Over the change of the clocks: 23:00 in winter, 22:00 in summer.
    written = ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]
    found = [one.observed_on for one in read(audience(written)).observations if one.metric == "audience.listeners"]
    assert found == [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]


def test_a_release_in_the_far_future_is_no_release() -> None:
    parsed = read([SONGS, ["A", "1", "2", "3", "2036-01-01"]])
    assert [asset.released_on for asset in parsed.assets.values()] == [None]
    assert reasons(parsed) == ["release date: 2036-01-01 is in the future"]


# Tables


def test_two_exports_one_below_the_other_are_refused_where_their_columns_differ() -> None:
    rows = audience([*map(str, days(2))])
    swapped = ["date", "streams", "listeners", "followers"]
    with pytest.raises(FileRejected, match="Row 3 is the header of another table"):
        read([*rows, swapped, ["2026-03-05", "9", "5", "1"]])


def test_no_row_above_a_repeated_header_is_lost() -> None:
    rows = audience([*map(str, days(2))])
    parsed = read([*rows, [], AUDIENCE, ["2026-03-05", "6", "7", "8"]])
    assert values(parsed, "consumption.streams") == [9, 9, 7]
    with pytest.raises(FileRejected, match="header of another table"):
        read([*rows, [], SONGS, ["A", "1", "2", "3", "2024-01-01"]])
    unknown = [["One", "Two", "Three"], ["1", "2", "3"], ["4", "5", "6"], [], *rows]
    with pytest.raises(FileRejected, match="two tables, one below the other"):
        read(unknown)


def test_a_row_that_is_rejected_leaves_no_song_behind() -> None:
    parsed = read([SONGS, ["A", "1", "2", "3", "2024-01-01"], SONGS])
    assert [asset.title for asset in parsed.assets.values()] == ["A"]


def test_no_row_of_sums_becomes_a_song_whatever_their_number() -> None:
    songs = [["A", "1", "20", "3", "2024-01-01"], ["B", "1", "30", "3", "2024-01-02"], ["C", "1", "40", "3", ""]]
    total = ["2", "90", "9", ""]
    parsed = read([SONGS, ["Total", *total], *songs, ["Grand total", *total]], asks=set())
    assert sorted(asset.title for asset in parsed.assets.values()) == ["A", "B", "C"]
    grouped = [SONGS, *songs[:2], ["Zwischensumme", "2", "50", "6", ""], songs[2], ["Gesamt", *total]]
    parsed = read(grouped, {**PERIOD, "sum_row": "the sum of the rows"}, asks={"sum_row"})
    assert sorted(asset.title for asset in parsed.assets.values()) == ["A", "B", "C"]


def test_a_sum_of_cities_or_videos_is_none_of_them() -> None:
    cities = read([["country", "city", "count"], ["DE", "Berlin", "7"], ["", "Total", "7"], ["DE", "Berlin", "7"]])
    assert [one.dimension for one in cities.observations] == ["city=~Berlin|DE,period=28day"]
    assert reasons(cities) == ["the sum of the other rows, used as a check only", "the same is already in row 1"]
    header = ["Content", "Video title", "Views"]
    # "Gesamtsumme" has the eleven letters of an id.
    videos = read([header, ["Total", "", "9"], ["abcDEF12345", "A", "9"], ["Gesamtsumme", "", "9"]])
    assert list(videos.assets) == ["abcDEF12345"]
    chart = [["Date", "Cities", "City name", "Views"], ["2026-03-01", "0x1", "Berlin", "7"]]
    parsed = read([*chart, ["2026-03-01", "Total", "", "7"], ["2026-03-02", "Total", "Total", "7"]])
    assert [one.dimension for one in parsed.observations] == ["city=~Berlin"]
    assert len(reasons(parsed)) == 2


def test_an_audience_of_meta_with_a_row_twice_or_cut_says_so() -> None:
    rows = [["Age", "Women", "Men"], ["18-24", "5.5", "10.25"], ["18-24", "5.5", "10.25"], ["25-34", "30.25"]]
    parsed = read(rows, {"network": "Instagram", "period_to": "2026-11-10"})
    assert values(parsed, "audience.followers_share") == [5.5, 10.25, 30.25]
    assert reasons(parsed) == ["the same is already in row 1; the same is already in row 1",
                               "the row ends before its column 3"]  # fmt: skip


def test_columns_with_underscores_are_known() -> None:
    header = ["geography", "views", "watch_time_(hours)", "estimated_revenue_(usd)"]
    parsed = read([header, ["DE", "7", "1.5", "0.5"]])
    assert parsed.notes == []
    assert values(parsed, "money.estimated_revenue") == [0.5]


def test_a_table_that_names_other_artists_asks() -> None:
    known = Known(artists=("Mira Sol",))
    rows = [[*SONGS, "artist"], ["A", "1", "2", "3", "2024-01-01", "Mira Sol"], ["B", "1", "2", "3", "", "Other Act"]]
    with pytest.raises(FileRejected, match="of another artist"):
        read(rows, {**PERIOD, "artist": "no"}, known=known, asks={"artist"})
    own = [rows[0], rows[1], ["B", "1", "2", "3", "", "Guest feat. Mira Sol"]]
    assert len(read(own, known=known, asks=set()).assets) == 2


# Encodings


def test_a_text_that_is_not_all_utf8_is_refused_and_not_garbled() -> None:
    content = write([SONGS, ["Été", "1", "2", "3", ""], ["Ünder", "1", "2", "3", ""]])
    with pytest.raises(FileRejected, match="Most of the file is written in UTF-8"):
        read(content + b"\xe9t\xe9"[:1] + b"A,1,2,3,\n")
    assert {asset.title for asset in read(content.decode().encode("cp1252")).assets.values()} == {"Été", "Ünder"}


def test_bytes_of_a_mac_that_look_like_one_sign_of_utf8_are_no_damage() -> None:
    content = write([SONGS, ["Night \u00ff\u00ed\u00f3", "1", "2", "3", ""]]).decode().encode("mac_roman")
    assert b"\xd8\x92\x97" in content  # \xd8\x92 is a mark of the Arabic script
    assert len(read(content).assets) == 1


def test_the_mark_of_a_second_file_is_no_part_of_its_first_cell() -> None:
    content = b"\xef\xbb\xbf" + write([SONGS, ["A", "1", "2", "3", ""]])
    parsed = read(content + '\ufeff"B, C",1,2,3,\n'.encode())
    assert [asset.title for asset in parsed.assets.values()] == ["A", "B, C"]


def test_a_swallowed_first_line_is_found() -> None:
    content = write([SONGS, ["A", "1", "2", "3", ""]]) + b'"B,4,5,6,2024-02-01\nC",7,8,9,2024-02-02\n'
    with pytest.raises(FileRejected, match="A quote in line 3 does not close"):
        read(content)


@pytest.mark.parametrize("cut", ['"Night, D', '"Night, Drive",1,2,3,"2024-0', '"Night\nB,1,2,3,\nC,1,2,3,\n'])
def test_a_file_that_ends_within_a_quote_is_refused(cut: str) -> None:
    with pytest.raises(FileRejected, match="A quote in line 2"):
        read(write([SONGS]) + cut.encode())


def test_lines_that_are_one_quoted_cell_are_divided_by_semicolons_too() -> None:
    content = "\n".join(f'"{";".join(row)}"' for row in audience([*map(str, days(2))])).encode()
    assert values(read(content, asks=set()), "consumption.streams") == [9, 9]


def test_a_web_page_says_so() -> None:
    page = b"<html><table><tr><td>date</td><td>streams</td></tr></table></html>"
    with pytest.raises(FileRejected, match="save it as xlsx or CSV"):
        read(page, name="export.xls")


# Reports of money

DISTROKID = ["Sale Month", "Store", "Artist", "Title", "ISRC", "Quantity", "Team Percentage", "Earnings (USD)"]


def test_a_month_as_a_spreadsheet_writes_it_and_one_in_the_future() -> None:
    rows = [DISTROKID, ["Jan-26", "Spotify", "A", "B", "DEAB12600001", "1", "100", "0.5"],
            ["2027-01", "Spotify", "A", "B", "DEAB12600001", "1", "100", "0.5"]]  # fmt: skip
    parsed = read(rows)
    assert parsed.money.month == [date(2026, 1, 1)]
    assert reasons(parsed) == ["2027-01 is in the future"]


def test_an_isrc_that_a_spreadsheet_has_broken_is_named() -> None:
    parsed = read([DISTROKID, ["2026-01", "Spotify", "A", "B", "1.23E+11", "1", "100", "0.5"]])
    assert parsed.money.isrc == [None]
    assert reasons(parsed) == ["'1.23E+11' is no ISRC, so it was left out"]


def test_numbers_of_ads_below_zero_are_named() -> None:
    rows = [["Campaign name", "Day", "Impressions", "Amount spent (EUR)"], ["A", "2026-03-01", "-5", "1.5"]]
    assert reasons(read(rows, {"covers": "all"})) == ["column 3: -5 is below zero, and kept"]


@pytest.mark.parametrize(
    "odd",
    [
        ["2026-01 Total", "", "", "", "150", "2.25"],
        ["Jan 2026 Ergebnis", "", "", "", "150", "2.25"],
        ["2026-01", "Spotify Ergebnis", "", "", "150", "2.25"],
        ["2026-01", "All stores", "", "", "150", "2.25"],
        ["2026-01", "", "Total Night", "", "150", "2.25"],
        ["2026-01", "", "Subtotal: Night", "", "150", "2.25"],
        ["", "Spotify Total", "", "", "150", "2.25"],
    ],
)
def test_a_sum_of_a_group_of_lines_is_no_line(odd: list[str]) -> None:
    lines = [["2026-01", "Spotify", "Night", "DE", "100", "1.50"], ["2026-01", "Spotify", "Day", "DE", "50", "0.75"]]
    parsed = read([REPORT, *lines, odd], {})
    assert [str(amount) for amount in parsed.money.amount] == ["1.50", "0.75"]
    assert reasons(parsed) == ["the sum of the other rows, used as a check only"]


def test_a_line_that_names_nothing_is_refused_and_songs_named_like_sums_are_lines() -> None:
    odd = ["2026-01", "", "", "", "150", "2.25"]
    songs = [["2026-01", "Spotify", title, "DE", "1", "0.10"] for title in ("Total Eclipse", "All Night", "Sum")]
    parsed = read([REPORT, *songs, ["2026-01", "", "All Night", "", "1", "0.10"], odd], {})
    assert parsed.money.title == ["Total Eclipse", "All Night", "Sum", "All Night"]
    assert reasons(parsed) == ["the row names no store, title, code or country; it may be a sum of others"]


def test_months_of_brazilian_spreadsheets_are_read() -> None:
    rows = [["mar/26", "Spotify", "Night", "BR", "1", "0.10"], ["abr/26", "Deezer", "Night", "BR", "1", "0.20"]]
    assert read([REPORT, *rows], {}).money.month == [date(2026, 3, 1), date(2026, 4, 1)]


def test_an_average_is_no_song_and_no_city() -> None:
    songs = [["Night", "1204", "13410", "55", "2024-05-17"], ["Day", "980", "2977", "12", "2023-01-02"]]
    sums = [["Summe:", "2184", "16387", "67", ""], ["Durchschnitt", "1092", "8193.5", "33.5", ""]]
    parsed = read([SONGS, *songs, *sums], asks=set())
    assert values(parsed, "consumption.streams") == [13410, 2977]
    assert "the average of the other rows, so it was left out" in reasons(parsed)
    named = read([SONGS, *songs, ["Average", "7", "9", "1", "2022-01-01"]], asks=set())
    assert values(named, "consumption.streams") == [13410, 2977, 9]  # a song may be called so
    cities = [["city", "country", "listeners"], ["Berlin", "DE", "300"], ["Paris", "FR", "200"]]
    for odd in (["Average", "", "250"], ["2 cities", "", "500"]):
        assert values(read([*cities, odd]), "audience.listeners") == [300, 200]


def test_numbers_of_half_hours_are_no_numbers_of_days() -> None:
    hours = ["2026-03-01 00:00", "2026-03-01 00:30", "2026-03-02 00:00"]
    with pytest.raises(FileRejected, match="are parts of one day"):
        read(audience(hours))
    assert len(read(audience(["2026-03-01 00:30", "2026-03-02 00:30"])).observations) == 6
    twice = read(audience(["2026-03-01 00:30", "2026-03-01 00:30"]))
    assert reasons(twice) == ["2026-03-01 is already in row 1"]


def test_a_day_that_a_spreadsheet_keeps_as_text_is_a_day() -> None:
    parsed = read([SONGS, ["Night", "'1204", "'13410", "'55", "'2024-05-17"]])
    assert {one.asset_external_id for one in parsed.observations} == {"Night|2024-05-17"}
    assert not reasons(parsed)


# Files of a third round: two things in one cell, other signs of currencies, sums without a word


@pytest.mark.parametrize("odd", ["12 34", "1 2345", "12 13", "3'25"])
def test_digits_with_a_blank_among_them_are_one_number_only_where_it_divides_groups(odd: str) -> None:
    """12 13 was read as 1213."""
    parsed = read(audience([*map(str, days(2))], [odd, "1 234 567"]))
    assert values(parsed, "consumption.streams") == [1234567]
    assert reasons(parsed) == [f"column 3: {odd!r} is not a number"]


def test_amounts_of_another_currency_than_the_stated_one_are_in_their_own_or_refused() -> None:
    """$1.50 and £3.00 were stored as euros where a person had said EUR; a dollar is that of many."""
    header = ["Month", "Store", "Title", "Country", "Units", "Amount"]
    rows = [["2026-01", "Spotify", "A", "DE", "1", amount] for amount in ("€2.50", "$1.50", "3.00 GBP", "kr 5", "4.10")]
    parsed = read([header, *rows], {"currency": "EUR"}, asks={"currency"})
    said = list(zip(map(str, parsed.money.amount), parsed.money.currency, strict=True))
    assert said == [("2.50", "EUR"), ("3.00", "GBP"), ("4.10", "EUR")]
    assert reasons(parsed)[0] == "the amount '$1.50' is not in EUR"
    own = read([[*header, "Currency"], *([*row, "USD"] for row in rows[:2])])
    assert [(str(a), c) for a, c in zip(own.money.amount, own.money.currency, strict=True)] == [("1.50", "USD")]


def test_amounts_in_the_form_for_accounts_are_read() -> None:
    rows = [["2026-01", "Spotify", "A", "US", "1", amount] for amount in (" $ 1,200.50 ", " $ -   ", " $ (0.50)")]
    parsed = read([[*REPORT[:-1], "Amount (USD)"], *rows])
    assert [str(amount) for amount in parsed.money.amount] == ["1200.50", "0", "-0.50"]


@pytest.mark.parametrize("error", ["#NAME?", "#NOM ?", "#NAMN?", "#¿NOMBRE?", "#WERT!", "#VÄRDEFEL!"])
def test_what_a_spreadsheet_writes_for_a_broken_formula_is_no_title(error: str) -> None:
    """All songs whose titles begin with a sign were one song, called #NAME?."""
    rows = [SONGS, [error, "5", "50", "1", "2024-01-01"], ["#SELFIE", "6", "60", "2", "2024-01-02"]]
    parsed = read(rows)
    assert [asset.title for asset in parsed.assets.values()] == ["#SELFIE"]
    line = ["2026-01", "Spotify", error, "DE", "1", "2.50"]
    assert read([REPORT, line]).money.title == [None]


def test_a_sum_that_names_its_store_only_is_no_line() -> None:
    """The amount of such a report was stored twice."""
    rows = [
        ["2026-01", "Spotify", "A", "FR", "10", "1.50"],
        ["2026-01", "Spotify", "B", "FR", "10", "1.004"],
        ["2026-01", "Spotify", "", "", "20", "2.50"],
        ["2026-01", "Deezer", "A", "FR", "2", "0.50"],
        ["2026-01", "Deezer", "", "", "2", "0.50"],
        ["2026-01", "Deezer", "", "", "", "-0.10"],
    ]
    parsed = read([REPORT, *rows])
    assert [str(amount) for amount in parsed.money.amount] == ["1.50", "1.004", "0.50", "-0.10"]
    assert len(reasons(parsed)) == 2


@pytest.mark.parametrize(
    ("header", "month"),
    [
        ("Mês;Loja;Título;País;Quantidade;Valor líquido (BRL)", "01/2026"),
        ("Trimestre;Boutique;Titre;Pays;Quantité;Montant net (EUR)", "T1 2026"),
        ("Kvartal;Butik;Titel;Land;Antal;Utbetalning (SEK)", "Q1 2026"),
        ("Monat;Shop;Titel;Land;Menge;Auszahlung (EUR)", "2026-01"),
    ],
)
def test_net_amounts_of_reports_in_four_languages(header: str, month: str) -> None:
    """The Portuguese one was taken for listeners by country."""
    parsed = read(f"{header}\n{month};Spotify;A;DE;1 200;12,50\n".encode())
    assert (parsed.money.quantity, parsed.money.amount) == ([Decimal(1200)], [Decimal("12.50")])
    assert not parsed.observations


def test_a_table_with_amounts_is_no_table_of_listeners() -> None:
    with pytest.raises(FileRejected, match="does not recognise"):
        read([["Country", "Streams", "Net revenue (EUR)"], ["DE", "5", "0.10"]])


@pytest.mark.parametrize("end", ["2026-03-03,7", "2026-03-0", "2026-03-03,7,70"])
def test_a_file_that_ends_within_a_row_says_so_with_its_line(end: str) -> None:
    whole = write(audience([*map(str, days(3))], ["50", "60", "70"]))
    [note] = read(whole + end.encode()).notes[:1]
    assert note.startswith("The file ends within a row, in line 5,")
    assert read(whole).notes == read(whole + b"\n").notes == []
    assert read(whole + b"Total,3").notes == []
