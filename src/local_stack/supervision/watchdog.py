"""Outlives a supervisor that was killed, for as long as it takes to stop its services.

Run as `python -I -S watchdog.py`, fed on standard input: `+ <process> <signal>` for each service that starts,
`- <process>` for each that ended, `bye` before an orderly end. When the input ends without `bye`, every service's
process group gets its signal, and SIGKILL five seconds later. Imports little: it costs memory all the time.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 5.0


def is_alive(process: int) -> bool:
    try:
        os.killpg(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def stop_all(services: dict[int, int]) -> None:
    for process, number in services.items():
        try:
            os.killpg(process, number)
        except OSError:
            pass
    until = time.monotonic() + GRACE_SECONDS
    while any(is_alive(process) for process in services) and time.monotonic() < until:
        time.sleep(0.05)
    for process in services:
        try:
            os.killpg(process, signal.SIGKILL)
        except OSError:
            pass


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    services: dict[int, int] = {}
    for line in sys.stdin:
        words = line.split()
        if words[0] == "bye":
            return
        if words[0] == "+":
            services[int(words[1])] = int(words[2])
        else:
            services.pop(int(words[1]), None)
    stop_all(services)


if __name__ == "__main__":
    main()
