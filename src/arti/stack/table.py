"""The table that `up` and `status` print."""

from collections.abc import Sequence

from arti.stack.state import Shown

_CONSOLE_SIGN_IN = "Database console: console_password in secrets.json of the data folder."
_FIRST_SIGN_IN = ["Open the web app and make an account. ./arti up --demo makes a filled org besides."]


def print_table(boxes: Sequence[Shown], sign_in: Sequence[str]) -> None:
    """Print box, URL and state of each row, what is wrong with it, and how to sign in."""
    rows = [("box", "url", "state"), *((box.title, box.url or "-", _state(box)) for box in boxes)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print()
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for box in boxes:
        if box.note:
            print(f"  {box.title}: {box.note}")
    print("\n  Sign in")
    for line in (*(sign_in or _FIRST_SIGN_IN), _CONSOLE_SIGN_IN):
        print(f"    {line}")
    print(flush=True)


def _state(box: Shown) -> str:
    times = "once" if box.restarts == 1 else f"{box.restarts} times"
    return f"{box.state} (restarted {times})" if box.restarts else box.state
