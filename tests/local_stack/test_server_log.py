"""The server's log says what the server does, and holds no value of a statement."""

import secrets
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from local_stack import postgres
from tests.conftest import free_port, make_world_executable, run_in_thread
from tests.tmp_dirs import make_tmp_dir

VALUE = "nora@example.test"


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[tuple[postgres.Cluster, Path]]:
    """A server that is started as ./arti up starts it, and its log."""
    with make_tmp_dir(tmp_path) as home:
        make_world_executable(home)
        cluster = postgres.Cluster(home / "data", free_port(), secrets.token_hex(16))
        postgres.init_cluster(cluster)
        log = tmp_path / "postgres.log"
        uid = postgres.unprivileged_user()
        with log.open("wb") as output:
            server = subprocess.Popen(
                postgres.server_command(cluster, fast_and_unsafe=True),
                stdout=output,
                stderr=output,
                user=uid,
                group=uid,
                extra_groups=[] if uid is not None else None,
                cwd="/",
            )
        try:
            run_in_thread(postgres.wait_for_server(cluster))
            run_in_thread(postgres.prepare_database(cluster))
            run_in_thread(postgres.set_passwords(cluster))
            yield cluster, log
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


async def test_no_value_of_a_statement_is_logged(logged: tuple[postgres.Cluster, Path]) -> None:
    cluster, log = logged
    connection = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER))
    await connection.execute("create table people (email text primary key, born date)")
    await connection.execute("insert into people values ($1, null)", VALUE)
    refused = 0
    for sql, values in (
        (f"insert into people values ('{VALUE}')", ()),  # DETAIL: Key (email)=(…) already exists
        ("insert into people values ($1)", (VALUE,)),
        (f"select '{VALUE}'::uuid", ()),
        ("select $1::text::uuid", (VALUE,)),
        (f"select {VALUE}", ()),
        (f"do $$ begin raise warning '%', '{VALUE}'; end $$", ()),
        (f"do $$ begin raise exception '%', '{VALUE}'; end $$", ()),
    ):
        try:
            await connection.execute(sql, *values)
        except asyncpg.PostgresError:
            refused += 1
    assert refused == 6
    await connection.close()
    text = log.read_text()
    assert "ready to accept connections" in text
    assert VALUE not in text
    assert "STATEMENT" not in text


async def test_reading_changes_writes_no_line_each_time(logged: tuple[postgres.Cluster, Path]) -> None:
    cluster, log = logged
    reader = await asyncpg.connect(cluster.dsn("supabase_replication_admin"))
    await reader.execute("select pg_create_logical_replication_slot('probe', 'pgoutput', true)")
    options = "'proto_version', '1', 'publication_names', 'supabase_realtime'"
    for _ in range(5):
        await reader.fetch(f"select * from pg_logical_slot_get_binary_changes('probe', null, null, {options})")
    await reader.close()
    assert "logical decoding" not in log.read_text()
