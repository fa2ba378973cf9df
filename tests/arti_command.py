"""An `./arti` command, run in this process."""

import asyncio

import pytest

from arti.cli import main


async def run_command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Return the exit code of `./arti WORDS`, and everything that it printed."""
    capsys.readouterr()  # of what came before, such as the log of requests
    with pytest.raises(SystemExit) as ended:
        await asyncio.to_thread(main, [*words])
    printed = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, printed.out + printed.err
