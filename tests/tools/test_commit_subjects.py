"""The lint of commit subjects, on a repository of its own."""

import subprocess
from pathlib import Path

import pytest

from tools.lints.commit_subjects import find_violations


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.test", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "An old subject without a scope.")
    git(tmp_path, "tag", "v0.1.0")
    return tmp_path


@pytest.mark.parametrize(
    "subject",
    [
        "rest: rename wishes to preferences",
        "supabase_local: x2",
        "docs/adr: decide",
        "rest, realtime: rename tests",
        'Revert "x"',
        "Merge branch 'x'",
        "a: " + 69 * "x",
    ],
)
def test_a_subject_with_a_scope_passes(repository: Path, subject: str) -> None:
    git(repository, "commit", "--quiet", "--allow-empty", "-m", subject, "-m", "A body may say anything.")
    assert find_violations(repository) == []


@pytest.mark.parametrize(
    ("subject", "complaint"),
    [
        ("Rename wishes", "not of the form"),
        ("rest: rename wishes.", "not of the form"),
        ("Rest: rename wishes", "not of the form"),
        ("rest:rename", "not of the form"),
        ("a: " + 70 * "x", "has 73 characters, 72 are allowed"),
    ],
)
def test_another_subject_is_refused(repository: Path, subject: str, complaint: str) -> None:
    git(repository, "commit", "--quiet", "--allow-empty", "-m", subject)
    (violation,) = find_violations(repository)
    assert complaint in violation


def test_a_copy_without_history_or_tag_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert find_violations(tmp_path / "empty") == []
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "No scope")
    assert find_violations(tmp_path) == []
