"""The version stands in `arti.__version__` alone; what cannot read it there is compared with it."""

import json
import re
import tomllib

import pytest

from arti import __version__, cli
from local_stack.data_directory import CHECKOUT


def test_the_version_is_a_semantic_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_web_app_has_the_same_version() -> None:
    package = json.loads((CHECKOUT / "web" / "package.json").read_text())
    lock = json.loads((CHECKOUT / "web" / "package-lock.json").read_text())
    assert {package["version"], lock["version"], lock["packages"][""]["version"]} == {__version__}


def test_the_api_description_has_the_same_version() -> None:
    assert json.loads((CHECKOUT / "web" / "openapi.json").read_text())["info"]["version"] == __version__


def test_the_changelog_has_a_dated_section_for_the_version_and_one_for_what_is_to_come() -> None:
    sections = re.findall(r"^## \[(.+?)\](?: - (\S+))?$", (CHECKOUT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert sections[0] == ("Unreleased", "")
    assert sections[1][0] == __version__
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for _, day in sections[1:])


def test_pyproject_reads_the_version_and_repeats_it_nowhere() -> None:
    document = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    assert "version" not in document["project"]
    assert document["project"]["dynamic"] == ["version"]
    assert document["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "arti.__version__"}


def test_the_command_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"ARTi {__version__}\n"
