"""Say what takes longer than a second, and for how long."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY_SECONDS = 10.0  # where the output is no terminal


def print_status(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show `what` with the seconds it takes, once it takes more than one."""
    done = threading.Event()
    started = time.monotonic()
    terminal = sys.stderr.isatty()

    def report() -> None:
        said = started
        while not done.wait(1):
            seconds = time.monotonic() - started
            if terminal:
                sys.stderr.write(f"\r  {seconds:3.0f} s  {what}\033[K")
                sys.stderr.flush()
            elif said == started or time.monotonic() - said >= _EVERY_SECONDS:
                print_status(f"  {seconds:3.0f} s  {what}")
                said = time.monotonic()

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        done.set()
        reporter.join()
        seconds = time.monotonic() - started
        if seconds > 1:
            if terminal:
                sys.stderr.write("\r\033[K")
            print_status(
                f"  {seconds:3.0f} s  {what}: done"
                if sys.exc_info()[0] is None
                else f"  {seconds:3.0f} s  {what}: failed"
            )
