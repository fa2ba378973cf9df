"""The lint of released migrations, on a repository of its own."""

from pathlib import Path

import pytest

from tests.tools.test_commit_subjects import git
from tools.lints.applied_migrations import find_violations

FIRST = "supabase/migrations/20260101000000_first.sql"


def write(repository: Path, path: str, text: str) -> None:
    (repository / path).parent.mkdir(parents=True, exist_ok=True)
    (repository / path).write_text(text)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "schema: change")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, FIRST, "select 1;\n")
    return tmp_path


def test_before_the_first_tag_files_may_change(repository: Path) -> None:
    write(repository, FIRST, "select 2;\n")
    assert find_violations(repository) == []


def test_a_new_file_passes(repository: Path) -> None:
    git(repository, "tag", "v0.1.0")
    write(repository, "supabase/migrations/20260102000000_second.sql", "select 2;\n")
    assert find_violations(repository) == []


def test_an_edited_or_removed_file_is_named_with_its_tag(repository: Path) -> None:
    git(repository, "tag", "v0.1.0")
    write(repository, FIRST, "select 2;\n")
    git(repository, "tag", "v0.2.0")  # a later release makes it no better
    assert [said.split(",")[0] for said in find_violations(repository)] == [f"{FIRST} is in v0.1.0"]
    (repository / FIRST).unlink()
    assert len(find_violations(repository)) == 1
