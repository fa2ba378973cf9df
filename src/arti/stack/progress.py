"""Say what takes longer than a second, and for how long."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY_SECONDS = 10.0  # where the output is no terminal


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show `what` with the seconds it takes, once it takes more than one."""
    done = threading.Event()
    started = time.monotonic()
    terminal = sys.stderr.isatty()

    def tell() -> None:
        said = started
        while not done.wait(1):
            seconds = time.monotonic() - started
            if terminal:
                sys.stderr.write(f"\r  {seconds:3.0f} s  {what}\033[K")
                sys.stderr.flush()
            elif said == started or time.monotonic() - said >= _EVERY_SECONDS:
                say(f"  {seconds:3.0f} s  {what}")
                said = time.monotonic()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
        seconds = time.monotonic() - started
        if seconds > 1:
            if terminal:
                sys.stderr.write("\r\033[K")
            say(
                f"  {seconds:3.0f} s  {what}: done"
                if sys.exc_info()[0] is None
                else f"  {seconds:3.0f} s  {what}: failed"
            )
