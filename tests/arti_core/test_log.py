"""Log lines say what failed and where, and hold no value that somebody sent."""

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from arti_core.errors import NotFound
from arti_core.log import format_exception
from tests.conftest import Database

SECRET = "nora@example.test"


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as caught:
        return caught


def test_messages_of_values_are_left_out_and_classes_and_frames_kept() -> None:
    text = format_exception(raised(ValueError(SECRET), raised(KeyError(SECRET))))
    assert SECRET not in text
    assert "builtins.KeyError\nThen:" in text
    assert text.endswith("builtins.ValueError")
    assert "test_log.py" in text


def test_messages_of_the_program_and_its_surroundings_are_kept() -> None:
    assert "There is no such artist here" in format_exception(raised(NotFound("artist")))
    assert "No such file" in format_exception(raised(FileNotFoundError(2, "No such file")))


async def test_errors_of_the_database_are_logged_by_their_code(database: Database) -> None:
    for sql in (f"select '{SECRET}'::uuid", f"insert into orgs (name, id) values ('a', '{SECRET}')"):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await database.as_owner(sql)
        text = format_exception(refused.value)
        assert SECRET not in text
        assert "(SQLSTATE 22P02)" in text


@pytest.mark.parametrize("json", [True, False])
def test_every_way_to_log_an_error_is_free_of_values(json: bool) -> None:
    """structlog, the logging of libraries, and asyncio's report of a task that nobody awaited."""
    program = f"""
import asyncio, gc, logging, structlog
from arti_core.log import configure_log
configure_log(service="test", json={json})
async def fail(): raise ValueError({SECRET!r})
async def main():
    asyncio.ensure_future(fail())
    await asyncio.sleep(0.01)
    gc.collect()
    try: await fail()
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=error)
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
asyncio.run(main())
"""
    src = str(Path(__file__).parents[2] / "src")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": src})
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stderr
    assert done.stderr.count("builtins.ValueError") == 3
