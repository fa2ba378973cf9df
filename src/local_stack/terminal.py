"""What `./arti` prints: status lines, the progress of long steps, the table of services."""

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from local_stack.processes.selection import describe_copies
from local_stack.run_state import ServiceStatus

_EVERY_SECONDS = 10.0  # where the output is no terminal
_CONSOLE_SIGN_IN = "Database console: console_password in secrets.json of the data folder."
_FIRST_SIGN_IN = ["Open the web app and make an account. ./arti up --demo makes a filled org besides."]


def print_status(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show `what` with its seconds, once it takes longer than one."""
    done = threading.Event()
    started = time.monotonic()
    terminal = sys.stderr.isatty()

    def report() -> None:
        printed_at = started
        while not done.wait(1):
            seconds = time.monotonic() - started
            if terminal:
                sys.stderr.write(f"\r  {seconds:3.0f} s  {what}\033[K")
                sys.stderr.flush()
            elif printed_at == started or time.monotonic() - printed_at >= _EVERY_SECONDS:
                print_status(f"  {seconds:3.0f} s  {what}")
                printed_at = time.monotonic()

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


def print_table(services: Sequence[ServiceStatus], sign_in: Sequence[str], date: str = "") -> None:
    """Print service, URL and state of each row, its note, the date of a moved demo, and how to sign in."""
    rows = [
        ("service", "url", "state"),
        *((service.title, service.url or "-", _state(service)) for service in services),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print()
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for service in services:
        for line in (service.note, service.problem):
            if line:
                print(f"  {service.title}: {line}")
    for line in describe_copies(services):
        print(f"  {line}")
    if date:
        print(f"\n  {date}")
    print("\n  Sign in")
    for line in (*(sign_in or _FIRST_SIGN_IN), _CONSOLE_SIGN_IN):
        print(f"    {line}")
    print(flush=True)


def _state(service: ServiceStatus) -> str:
    times = "once" if service.restarts == 1 else f"{service.restarts} times"
    remarks = [*([f"restarted {times}"] if service.restarts else []), *(["see below"] if service.problem else [])]
    return f"{service.state} ({', '.join(remarks)})" if remarks else service.state
