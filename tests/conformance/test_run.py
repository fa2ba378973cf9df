"""The runner of official suites: honest without a checkout, and a environment on which a suite's requests arrive."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx2 as httpx
import jwt
import pytest

from arti_core.errors import Unavailable
from conformance.environment import Environment, running_environment
from conformance.runners import run_program
from conformance.suites import SUITES, Server, Suite, find_suites
from conformance.summary import Result, SuiteSummary
from local_stack.data_directory import CHECKOUT
from tests.conftest import free_port

RUN = CHECKOUT / "conformance" / "run"


async def who_logs_in(environment: Environment) -> str:
    connection = await asyncpg.connect(environment.database_url)
    try:
        return str(await connection.fetchval("select current_user"))
    finally:
        await connection.close()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(RUN), *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [(), ("/nowhere/at/all",)])
def test_without_a_checkout_it_says_so_and_ends_well(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert "No checkout, so nothing was run" in done.stdout


def test_a_folder_without_a_suite_is_recognised(tmp_path: Path) -> None:
    done = run(str(tmp_path))
    assert done.returncode == 2
    assert "contains no known suite" in done.stdout


def test_suites_are_found_in_a_monorepo_and_in_a_single_repo(tmp_path: Path) -> None:
    (tmp_path / "mono" / "src" / "realtime" / "src" / "realtime").mkdir(parents=True)
    (tmp_path / "single" / "src").mkdir(parents=True)
    (tmp_path / "single" / "src" / "PostgrestClient.ts").touch()
    assert [suite.name for suite, _ in find_suites(tmp_path / "mono")] == ["realtime"]
    assert [suite.name for suite, _ in find_suites(tmp_path / "single")] == ["postgrest-js"]
    (tmp_path / "server" / "test" / "e2e").mkdir(parents=True)
    (tmp_path / "server" / "test" / "e2e" / "realtime-check.ts").touch()
    assert [suite.name for suite, _ in find_suites(tmp_path / "server")] == ["realtime-check"]
    assert len({suite.name for suite in SUITES}) == len(SUITES)


def test_a_check_gets_its_server_and_its_results_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bun = tmp_path / "bun"
    bun.write_text(
        """#!/bin/sh
        echo "PASS, for people" >&2
        case "$*" in *"realtime-check.ts --json"*"--db-url postgresql://here"*"--test presence") ;; *) exit 1 ;; esac
        echo '{"suites": {"presence": {"tests": [{"name": "a", "passed": true},
                                                  {"name": "b", "passed": false, "error": "Timed out"}]}}}'
        """
    )
    bun.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "node_modules").mkdir()
    suite = next(suite for suite in SUITES if suite.name == "realtime-check")
    results = run_program(suite, tmp_path, Environment(database_url="postgresql://here"), only="presence")
    assert results == [Result("presence: a", "passed", "no message"), Result("presence: b", "failed", "Timed out")]
    with pytest.raises(Unavailable, match="PASS, for people"):
        run_program(suite, tmp_path, Environment())


def test_failures_are_grouped_and_known_gaps_are_apart(capsys: pytest.CaptureFixture[str]) -> None:
    summary = SuiteSummary("supabase-auth")
    summary.take(
        [
            Result("a", "passed"),
            Result("b", "failed", "AuthApiError: no user mara@example.test"),
            Result("c", "failed", "AuthApiError: no user liv@example.test"),
            Result("tests._sync.test_gotrue.test_get_claims_calls_get_user_if_symmetric_jwt[httpx]", "failed", "spy"),
            Result("d", "skipped"),
        ]
    )
    summary.show()
    report = capsys.readouterr().out
    assert "FAILED 2 x AuthApiError: no user _" in report
    assert "1 passed, 2 failed, 1 skipped, 1 known gaps" in report


def test_a_suite_meets_its_schema_its_ports_and_its_keys(tmp_path: Path) -> None:
    (tmp_path / "init.sql").write_text(
        "create table users (id int primary key, name text); insert into users values (1, 'Mara')"
    )
    (tmp_path / "broken.sql").write_text(
        "create tabel x; create function body() returns int language sql as $$ select 1; $$; -- a; b"
    )
    bare, whole = free_port(), free_port()
    secret = "a secret that the suite made up for itself"
    suite = Suite(
        "tried",
        (".",),
        "init.sql",
        "pytest",
        (
            Server(bare, "/rest/v1", secret),
            Server(whole, "", secret, settings=(("disable_signup", True), ("nonsense", 1))),
        ),
        ("init.sql", "broken.sql"),
    )
    with running_environment(suite, tmp_path) as environment:
        assert asyncio.run(who_logs_in(environment)) == "postgres"
        assert httpx.get(f"http://localhost:{bare}/users?select=name").json() == [{"name": "Mara"}]
        anon = jwt.encode({"role": "anon", "exp": 4_000_000_000}, secret)
        answer = httpx.get(f"http://127.0.0.1:{whole}/auth/v1/settings", headers={"apikey": anon})
        assert answer.json()["disable_signup"] is True
        wrong = httpx.get(f"http://127.0.0.1:{whole}/auth/v1/settings", headers={"apikey": "sb_publishable_wrong"})
        assert wrong.status_code == 401
        assert httpx.get(f"http://localhost:{bare}/rpc/body").json() == 1
    assert [sentence for sentence in environment.remarks if "create tabel x" in sentence]
    assert any("no setting nonsense" in sentence for sentence in environment.remarks)
