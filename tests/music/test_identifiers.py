"""ISRC and UPC are checked and written in one form; country and genres come from lists that the database checks too."""

import pytest

from arti.dimensions.countries import ISO_COUNTRIES
from arti.music.genres import GENRES
from arti.music.identifiers import parse_isrc, parse_upc
from tests.conftest import Database


@pytest.mark.parametrize(
    ("text", "isrc"),
    [
        ("USRC17607839", "USRC17607839"),
        ("us-rc1-76-07839", "USRC17607839"),
        ("ISRC US RC1 76 07839", "USRC17607839"),
        ("USRC1760783", None),
        ("12RC17607839", None),
        ("", None),
        (None, None),
    ],
)
def test_an_isrc_has_12_characters(text: str | None, isrc: str | None) -> None:
    assert parse_isrc(text) == isrc


@pytest.mark.parametrize(
    ("text", "upc"),
    [
        ("196922000010", "196922000010"),
        ("196922000011", None),
        ("036000291452", "036000291452"),
        ("0036000291452", "036000291452"),  # the same as an EAN-13
        ("36000291452", "036000291452"),  # without the zero that a spreadsheet took
        ("4006381333931", "4006381333931"),
        ("0 36000-29145 2", "036000291452"),
        ("4006381333932", None),
        ("1.96922E+11", None),
        ("000000000000", None),
        (None, None),
    ],
)
def test_a_upc_has_a_valid_check_digit(text: str | None, upc: str | None) -> None:
    assert parse_upc(text) == upc


async def test_the_database_checks_the_same(database: Database) -> None:
    codes = ["036000291452", "4006381333931", "4006381333932", "0036000291452", "36000291452", ""]
    [row] = await database.as_owner("select array(select private.is_upc(c) from unnest($1::text[]) c) as valid", codes)
    assert row["valid"] == [True, True, False, False, False, False]


async def test_the_lists_are_the_same_in_the_database(database: Database) -> None:
    [row] = await database.as_owner(
        """select pg_get_functiondef('private.is_country'::regproc) as countries,
             pg_get_functiondef('private.are_genres'::regproc) as genres"""
    )

    def items(definition: str) -> list[str]:
        inner = definition[definition.index("'{") + 2 : definition.index("}'")]
        return [item.strip().replace("''", "'") for item in inner.split(",")]

    assert frozenset(items(row["countries"])) == ISO_COUNTRIES
    assert tuple(items(row["genres"])) == GENRES
