"""`./arti up` and `./arti update`: their options."""

import argparse

from arti.cli_privacy import AddCommand


def add_up_command(add: AddCommand) -> None:
    """Add the command to the parser."""
    up = add("up", _up, "start every service and stay; Ctrl-C stops them")
    up.add_argument("--demo", action="store_true", help="also make a demo org with a year of history")
    up.add_argument("--at", metavar="INSTANT", help="move a demo's clock, as 2027-02-28; for a fresh data folder")
    up.add_argument("--detach", action="store_true", help="return when everything is up")
    up.add_argument(
        "--with-caddy", action="store_true", help="also start a proxy on :8080, and with ARTI_DOMAIN on :443"
    )
    up.add_argument("--with-n8n", action="store_true", help="also start n8n on :5678; see ./arti n8n install")
    up.add_argument("--scale", metavar="NAME=N,...", default="", help="how many processes, as api=2,worker=3,gateway=2")
    up.add_argument(
        "--service",
        action="append",
        default=[],
        choices=("auth", "rest", "realtime"),
        help="also start this part of the gateway at a port of its own; may be given several times",
    )
    up.add_argument("--no-build", action="store_true", help="do not build the web app")


def _up(options: argparse.Namespace) -> int:
    from local_stack.data_directory import find_data_directory
    from local_stack.processes.selection import ServiceSelection, parse_scale
    from local_stack.up import run_detached, run_up

    start = run_detached if options.detach else run_up
    services = tuple(dict.fromkeys(options.service))
    scale, more = parse_scale(options.scale), {"with_caddy": options.with_caddy, "with_n8n": options.with_n8n}
    selection = ServiceSelection(scale, services, **more)
    chosen = {"demo": options.demo, "at": options.at, "build": not options.no_build, "selection": selection}
    return 0 if start(find_data_directory(), **chosen) else 1


def add_update_command(add: AddCommand) -> None:
    """Add the command to the parser."""
    update = add("update", _update, "update to a newer version, with seconds of downtime; back if it is not ready")
    update.add_argument("--to", metavar="TAG|COMMIT", help="without it, to the newest of the upstream branch")
    update.add_argument("--check", action="store_true", help="show what would change, and change nothing")
    update.add_argument(
        "--wait", type=float, default=90, metavar="SECONDS", help="how long the new version may take to be ready"
    )


def _update(options: argparse.Namespace) -> int:
    from local_stack.updates import command

    return command.run(to=options.to, check_only=options.check, wait_seconds=options.wait)
