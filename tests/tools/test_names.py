"""The lint of names: what it refuses, and what it leaves alone."""

from pathlib import Path

import pytest

from tools.lints.names import find_violations, refused_words

GLOSSARY = """# Glossary

## Words that are not used

| Not used | Standard term | Refused as | Allowed |
| --- | --- | --- | --- |
| `wish`, `wishes` | preference | identifier | |
| `letter`, `letters` | message | identifier | dead letter |
| `visit` | client info | identifier | `visit_*` of `ast.NodeVisitor` |
| `box` | service | identifier | `viewBox` |
| `say` | return | review | |
"""


def checkout(folder: Path, name: str, text: str) -> Path:
    for path, content in (("docs/glossary.md", GLOSSARY), (name, text)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    return folder


def test_the_glossary_gives_the_words() -> None:
    assert refused_words(GLOSSARY)["wishes"] == "preference"
    assert "say" not in refused_words(GLOSSARY)
    with pytest.raises(ValueError, match="no table of refused words"):
        refused_words("# Glossary")


@pytest.mark.parametrize(
    "code",
    [
        "def list_wishes(): ...",
        "async def f():\n    async def wish(): ...",
        "class RestWish: ...",
        "def f(wish): ...",
        "wish = 1",
        "wish: int = 1",
        "self.wish = 1",
        "f = lambda wish: 0",
        "[0 for wish in ()]",
        "import json as wish",
        "try: ...\nexcept ValueError as wish: ...",
        "match 1:\n    case wish: ...",
        "for first, *wish in (): ...",
    ],
)
def test_a_python_name_is_refused(tmp_path: Path, code: str) -> None:
    (violation,) = find_violations(checkout(tmp_path, "src/arti/x.py", code))
    assert violation.startswith("src/arti/x.py:")
    assert violation.endswith(": preference.")


@pytest.mark.parametrize(
    "code",
    [
        "const wish = 1;",
        "export function useWish() {}",
        "interface AssetWish {}",
        "type X = { wish?: string };",
        "function f({ wish = 1 }: X) {}",
        "const x = (wish: string) => 1;",
        "<Field wish={1} />",
    ],
)
def test_a_name_of_the_web_app_is_refused(tmp_path: Path, code: str) -> None:
    (violation,) = find_violations(checkout(tmp_path, "web/lib/x.tsx", code))
    assert violation.startswith("web/lib/x.tsx:1: ")


@pytest.mark.parametrize("name", ["src/arti/wishes.py", "web/lib/rest-wish.ts", "tests/test_wish.py", "bench/wish"])
def test_a_file_name_is_refused(tmp_path: Path, name: str) -> None:
    assert len(find_violations(checkout(tmp_path, name, ""))) == 1


def test_each_name_is_reported_once_a_file(tmp_path: Path) -> None:
    assert len(find_violations(checkout(tmp_path, "src/x.py", "wish = 1\nwish = 2\n"))) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("src/x.py", "'a wish'  # wish\nf(wish)\nx.wish()\nf(wish=1)"),
        ("src/x.py", "class V:\n    def visit_Call(self, node): ..."),
        ("src/x.py", "dead_letters = wishful = mailbox = 1"),
        ("web/x.tsx", "// const wish = 1\nconst x = 'wish: 1'; const y = <svg viewBox={b}>wish</svg>;"),
        ("web/node_modules/x.ts", "const wish = 1;"),
        ("tests/imports/files/wish.py", "wish = 1"),
        ("docs/wish.py", "wish = 1"),
    ],
)
def test_prose_library_names_and_allowed_names_pass(tmp_path: Path, name: str, code: str) -> None:
    assert find_violations(checkout(tmp_path, name, code)) == []
