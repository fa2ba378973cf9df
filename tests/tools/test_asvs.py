"""`docs/asvs.md` maps every requirement of ASVS 5.0.0, levels 1 and 2, to tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/asvs.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (yes|no) \| (.+) \|$", TEXT, re.MULTILINE)
# Requirements of levels 1 and 2 of each chapter.
_OF_CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
_GAP = re.compile(r"Not (yet|tested)|not testable|No test")


def test_every_requirement_is_mapped_once() -> None:
    ids = [number for number, *_ in ROWS]
    assert len(ids) == len(set(ids)) == sum(_OF_CHAPTERS.values()) == 253
    chapters = [int(number.partition(".")[0]) for number in ids]
    assert {chapter: chapters.count(chapter) for chapter in _OF_CHAPTERS} == _OF_CHAPTERS
    assert sum(level == "1" for _, level, *_ in ROWS) == 70


def test_the_counts_are_those_of_the_rows() -> None:
    without = sum(applies == "no" for _, _, applies, _ in ROWS)
    gaps = sum(applies == "yes" and bool(_GAP.search(text)) for _, _, applies, text in ROWS)
    assert f"{without} do not apply, {len(ROWS) - without - gaps} have a test" in TEXT
    assert f"{gaps} are gaps" in TEXT


def test_every_test_that_it_names_exists() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", TEXT))
    assert len(named) > 60
    assert [name for name in sorted(named) if not ((ROOT / "tests" / name).exists() or (ROOT / name).exists())] == []
