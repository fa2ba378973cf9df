"""`./arti update` without a running stack: what it refuses, and the step that changes the code."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_stack.updates.switch import UpdateFolder
from tests.local_stack.clone import MIGRATION, Clone, clone_of_checkout, git


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    yield from clone_of_checkout(tmp_path_factory.mktemp("update"))


def test_what_speaks_against_an_update_is_said_before_anything_changes(clone: Clone) -> None:
    first = clone.head
    assert f"ARTi 0.1.0 ({first[:10]}) is what the upstream branch is now" in clone.arti("update").stderr

    changelog = (clone.origin / "CHANGELOG.md").read_text()
    second = clone.commit({MIGRATION: "select 1;\n", "CHANGELOG.md": f"{changelog}\n- A line of the new version.\n"})
    checked = clone.arti("update", "--check")
    assert checked.returncode == 0, checked.stderr
    for part in (
        f"ARTi 0.1.0 ({first[:10]}) -> 0.1.0 ({second[:10]})",
        "  - A line of the new version.",
        "Migrations: of_the_new_version.",
        "Nothing was changed",
    ):
        assert part in checked.stderr

    (clone.folder / "README.md").write_text("changed by hand")
    assert "1 file differs from the commit: README.md." in clone.arti("update").stderr
    git(clone.folder, "checkout", "--quiet", "README.md")
    (clone.folder / MIGRATION).write_text("of somebody")
    assert f"The new version has files of these names: {MIGRATION}." in clone.arti("update").stderr
    (clone.folder / MIGRATION).unlink()
    assert "There is no such version as v9.9.9 here." in clone.arti("update", "--to", "v9.9.9").stderr
    git(clone.folder, "branch", "--unset-upstream")
    assert "This checkout follows no branch of a remote" in clone.arti("update").stderr
    git(clone.folder, "branch", "--set-upstream-to=origin/main")

    (clone.folder / "CHANGELOG.md").write_text("a commit of our own")
    git(clone.folder, "commit", "--quiet", "--all", "--message", "a commit of our own")
    assert "This checkout has commits that are in no branch of a remote" in clone.arti("update").stderr
    git(clone.folder, "reset", "--quiet", "--hard", second)
    older = clone.arti("update", "--to", first)
    assert older.returncode == 1
    assert "The database has 1 migrations that" in older.stderr
    git(clone.folder, "reset", "--quiet", "--hard", first)
    assert clone.head == first


def test_a_stopped_installation_is_updated_without_a_start(clone: Clone) -> None:
    target = clone.commit({"README.md": "of the newer version\n"})
    updated = clone.arti("update")
    assert updated.returncode == 0, updated.stderr
    assert "No backup is made: ARTi does not run here." in updated.stderr
    assert "It does not run here: ./arti up starts it, and migrates." in updated.stderr
    assert clone.head == target
    assert (clone.folder / "README.md").read_text() == "of the newer version\n"
    assert git(clone.folder, "status", "--porcelain") == ""
    assert not list((clone.folder / ".arti" / "update").glob("*/"))


def test_a_switch_that_was_killed_is_ended_by_the_next_command(clone: Clone) -> None:
    before = clone.head
    after = clone.commit({"README.md": "of a version after that\n"})
    git(clone.folder, "fetch", "--quiet")
    updates = UpdateFolder(clone.folder)
    new = updates.of(after)
    packages = clone.folder / ".arti" / "venvs" / "other"
    packages.mkdir(parents=True)
    (packages / "bin").symlink_to(Path(sys.prefix) / "bin")
    shutil.copy2(Path(sys.prefix) / "pyvenv.cfg", packages)
    for name in ("lib", "dev.lock"):
        (packages / name).symlink_to(Path(sys.prefix) / name)
    (new / ".arti").mkdir(parents=True)
    (new / ".arti" / "venv").symlink_to(packages)
    (new / "web" / "out").mkdir(parents=True)
    (new / "web" / "out" / "index.html").write_text("new pages")
    # The first half has run: a lock of git is left, and the pages of before are away.
    program = updates.write_switch(to=after, leaving=before)
    (updates.of(before) / "web").mkdir(parents=True)
    (clone.folder / "web" / "out").rename(updates.of(before) / "web" / "out")
    (clone.folder / ".git" / "index.lock").touch()
    assert clone.arti("--version").stdout == "ARTi 0.1.0\n"
    assert not program.exists()
    assert clone.head == after
    assert git(clone.folder, "status", "--porcelain") == ""
    assert (clone.folder / "web" / "out" / "index.html").read_text() == "new pages"
    assert updates.venv.readlink() == packages

    updates.switch(to=before, leaving=after)
    assert clone.head == before
    assert "<title>ARTi</title>" in (clone.folder / "web" / "out" / "index.html").read_text()
    assert updates.venv.readlink() == Path(sys.prefix)
    git(clone.folder, "reset", "--quiet", "--hard", after)
