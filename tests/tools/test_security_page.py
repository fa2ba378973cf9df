"""`docs/security.md` names tests and benchmarks that exist, and has each of the thirty figures once."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text()


def _path(name: str) -> Path:
    return next((path for path in (ROOT / name, ROOT / "tests" / name) if path.exists()), ROOT / name)


def test_every_file_that_it_names_exists() -> None:
    named = set(re.findall(r"\b((?:tests|bench|web)/[\w/.-]*\w)|`([\w/]+\.py)", TEXT))
    paths = {name or other for name, other in named}
    assert len(paths) > 80
    assert [name for name in sorted(paths) if not _path(name).exists()] == []


def test_every_test_that_it_names_exists() -> None:
    found, file = 0, ""
    for in_file, name in re.findall(r"`([\w/]+\.py)?(?:::(\w+))?`", TEXT):
        file = in_file or file
        if name:
            found += 1
            assert f"def {name}(" in _path(file).read_text(), (file, name)
    assert found >= 40


def test_each_figure_stands_once_with_what_shows_it() -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| (.+) \| ([^|]*) \|$", TEXT, re.MULTILINE)
    assert [int(number) for number, *_ in rows] == list(range(1, 31))
    for number, figure, shown_by in rows:
        assert shown_by.strip() or "above" in figure or "asvs.md" in figure, number
