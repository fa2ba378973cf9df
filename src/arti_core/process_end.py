"""The end of a process in which threads run that are not Python's.

obstore's threads hand over their results to the interpreter. One that comes while the interpreter is taken down aborts
the process: with Python 3.11 and obstore 0.12.1 a third of the commands that had read a backup ended with 134 instead
of 0, as if they had failed.
"""

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn


def end_process(code: int | str | None) -> NoReturn:
    """Do what is registered for the end, and end without taking the interpreter down. `code`: as for sys.exit."""
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code or 0)
