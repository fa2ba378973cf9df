"""Every `./arti` command of the documents exists, with the options that it is shown with."""

import re
import shlex
from pathlib import Path

import pytest

from arti.cli import parse_arguments
from local_stack.data_directory import CHECKOUT

_FENCED = re.compile(r"```(?:sh|bash)\n(.*?)```", re.DOTALL)
_INLINE = re.compile(r"`([^`\n]*\./arti [^`\n]*)`")
_DOCUMENTS = sorted([*(CHECKOUT / "docs").glob("*.md"), CHECKOUT / "README.md", CHECKOUT / "deploy" / "README.md"])


def list_commands(text: str) -> list[str]:
    """Return what stands after `./arti` in blocks and in code within sentences."""
    indented = re.sub(r"^ {1,4}(?=\S)", "", text, flags=re.MULTILINE)
    lines = [line for block in _FENCED.findall(indented) for line in block.splitlines()]
    return [found.partition("./arti ")[2] for found in lines + _INLINE.findall(text) if "./arti " in found]


def words_of(command: str) -> list[str]:
    """Return the words of one command: without comment, what it is piped to, and the dots of a shortened one."""
    words = shlex.split(command.replace("...", ""), comments=True)
    end = next((place for place, word in enumerate(words) if word in ("|", "&&", ">", ";")), len(words))
    return words[:end]


def refusal_of(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return why the command line refuses them, empty when it does not, or when a sentence left something out."""
    try:
        parse_arguments(words)
    except SystemExit as end:
        if end.code:
            refusal = capsys.readouterr().err.strip().splitlines()[-1]
            return "" if re.search(r"arguments are required|expected one argument", refusal) else refusal
    return ""


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_of_a_document_are_understood(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = {
        command: refusal
        for command in list_commands(document.read_text())
        if not re.search(r"[\[\]|]", command.partition("#")[0])  # a form, not a command
        and (refusal := refusal_of(words_of(command), capsys))
    }
    assert refused == {}


def test_the_commands_are_found_and_a_wrong_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Run `./arti up --scale ...`, then\n\n   ```sh\n   FOO=1 ./arti update --check   # shows\n   ```\n"
    assert list_commands(text) == ["update --check   # shows", "up --scale ..."]
    assert words_of("update --check   # shows") == ["update", "--check"]
    assert "update" in " ".join(list_commands((CHECKOUT / "docs" / "operating.md").read_text()))
    assert "invalid choice" in refusal_of(["upgrade"], capsys)
    assert "unrecognized arguments: --force" in refusal_of(["update", "--force"], capsys)
