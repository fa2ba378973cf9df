"""The table that `up` and `status` print."""

from collections.abc import Sequence

from local_stack.run_state import ServiceStatus

_CONSOLE_SIGN_IN = "Database console: console_password in secrets.json of the data folder."
_FIRST_SIGN_IN = ["Open the web app and make an account. ./arti up --demo makes a filled org besides."]


def print_table(services: Sequence[ServiceStatus], sign_in: Sequence[str]) -> None:
    """Print box, URL and state of each row, what is wrong with it, and how to sign in."""
    rows = [("box", "url", "state"), *((service.title, service.url or "-", _state(service)) for service in services)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print()
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for service in services:
        if service.note:
            print(f"  {service.title}: {service.note}")
    print("\n  Sign in")
    for line in (*(sign_in or _FIRST_SIGN_IN), _CONSOLE_SIGN_IN):
        print(f"    {line}")
    print(flush=True)


def _state(service: ServiceStatus) -> str:
    times = "once" if service.restarts == 1 else f"{service.restarts} times"
    return f"{service.state} (restarted {times})" if service.restarts else service.state
