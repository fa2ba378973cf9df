"""The glossary has one row a word, and names tables that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
GLOSSARY = (CHECKOUT / "docs" / "glossary.md").read_text()


def rows(heading: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the table below a heading."""
    section = GLOSSARY.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    for line in [line for line in section.splitlines() if line.startswith("|")][2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def tables() -> set[str]:
    """Return the tables that the migrations leave, by name without schema."""
    names: set[str] = set()
    for path in sorted((CHECKOUT / "supabase" / "migrations").glob("*.sql")):
        sql = path.read_text().lower()
        names.update(re.findall(r"create table (?:if not exists )?(?:\w+\.)?(\w+)", sql))
        for old, new in re.findall(r"alter table (?:if exists )?(?:\w+\.)?(\w+)\s+rename to (\w+)", sql):
            names = (names - {old}) | {new}
        names.difference_update(re.findall(r"drop table (?:if exists )?(?:\w+\.)?(\w+)", sql))
    return names


def test_a_noun_stands_once() -> None:
    nouns = [noun for noun, *_ in rows("Product nouns")]
    assert len(nouns) == len(set(nouns)) > 40


def views() -> set[str]:
    sql = "".join(path.read_text().lower() for path in (CHECKOUT / "supabase" / "migrations").glob("*.sql"))
    return set(re.findall(r"create (?:or replace )?view public\.(\w+)", sql))


def test_tables_exist() -> None:
    named = {table for _, _, cell, _ in rows("Product nouns") for table in re.findall(r"`(\w+)`", cell)}
    assert named <= tables() | views()


def test_every_public_table_has_a_noun() -> None:
    named = set(re.findall(r"`(\w+)`", GLOSSARY))
    internal = {"request_permissions", "vault", "oauth_states", "console_audit"}
    public = {
        name
        for path in (CHECKOUT / "supabase" / "migrations").glob("*.sql")
        for name in re.findall(r"create table public\.(\w+)", path.read_text().lower())
    }
    assert (public & tables()) - internal <= named


def test_a_word_that_is_not_used_has_a_standard_term_and_one_row() -> None:
    words: list[str] = []
    for cell, term, refused, _ in rows("Words that are not used"):
        assert term
        assert refused in ("identifier", "review")
        words += re.findall(r"`([^`]+)`", cell)
    assert len(words) == len(set(words)) > 60
