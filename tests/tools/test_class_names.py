from pathlib import Path

from tools.lints.class_names import find_violations


def checkout(folder: Path, files: dict[str, str]) -> Path:
    """Write a checkout with source files."""
    for name, text in files.items():
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


TWICE = {"a/one.py": "class Gap:\n    pass\n", "b/two.py": "import a\n\nclass Gap(int): ...\n"}


def test_a_name_of_two_classes_is_found(tmp_path: Path) -> None:
    assert find_violations(checkout(tmp_path, TWICE)) == [
        "Gap stands for several things (src/a/one.py:1, src/b/two.py:3): name each by what it is."
    ]


def test_private_and_nested_classes_may_repeat(tmp_path: Path) -> None:
    text = "class _Row: ...\n\ndef f():\n    class Local: ...\n"
    assert find_violations(checkout(tmp_path, {"a.py": text, "b.py": text})) == []
