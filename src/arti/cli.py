"""Every command of ./arti, thin: reads the arguments and calls the function that does the work."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence

from arti import __version__
from arti_core.errors import ArtiError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. An expected error is one sentence and exit code 1."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int | None] = options.run
    try:
        code = command(options)
    except ArtiError as error:
        print(f"arti: {error.message}", file=sys.stderr)
        code = 1
    except BrokenPipeError:
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./arti", description="The platform for people who work for music artists.")
    parser.add_argument("--version", action="version", version=f"ARTi {__version__}")
    parser.set_defaults(run=lambda options: parser.print_help())
    commands = parser.add_subparsers(title="commands", metavar="")

    def add(name: str, run: Callable[[argparse.Namespace], int | None], summary: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(run=run)
        return command

    up = add("up", _up, "start every service and stay; Ctrl-C stops them")
    up.add_argument("--demo", action="store_true", help="also make a demo org with a year of history")
    up.add_argument(
        "--at",
        metavar="INSTANT",
        help="move the clock of a demo to a day or an instant, as 2027-02-28; for a fresh data folder, and kept there",
    )
    up.add_argument("--detach", action="store_true", help="return when everything is up")
    up.add_argument("--no-build", action="store_true", help="do not build the web app")
    add("down", _down, "stop what ./arti up started")
    add("status", _status, "show each service, its URL and its state")
    logs = add("logs", _logs, "show the logs of all services, or of one")
    logs.add_argument("service", nargs="?", help="postgres, valkey, gateway, api, worker, web, ...")
    logs.add_argument("-n", "--lines", type=int, default=40)
    logs.add_argument("-f", "--follow", action="store_true", help="go on printing until Ctrl-C")
    add("migrate", _migrate, "apply the migrations that are missing")
    keys = add("keys", _keys, "print new keys and secrets, or manage those of this installation")
    actions = keys.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("new", help="print new keys and secrets, for the environment of a production installation")
    actions.add_parser("list", help="show the signing keys and the API keys of the installation")
    create = actions.add_parser("create", help="make an API key of the installation; it is shown once")
    create.add_argument("name")
    create.add_argument("--secret", action="store_true", help="unrestricted, for servers only")
    actions.add_parser("revoke", help="revoke an API key of the installation").add_argument("id")
    actions.add_parser("rotate", help="sign tokens with a new key; sessions stay valid")
    actions.add_parser("remove", help="remove an old signing key; the tokens that it signed are refused").add_argument(
        "id"
    )
    mail = add("mail", _mail, "read the local mailbox: mails of auth while no mail server is set")
    mail.add_argument("action", nargs="?", choices=("list", "show"), default="list")
    mail.add_argument("id", nargs="?", help="of the mail to show, or its beginning; the latest without it")
    load = add("import", _import, "import export files of Spotify for Artists or YouTube Studio")
    load.add_argument("files", nargs="+", metavar="FILE")
    load.add_argument("--artist", required=True, metavar="NAME")
    load.add_argument("--org", metavar="NAME", help="needed when there is more than one org")
    load.add_argument("--yes", action="store_true", help="commit without questions")
    load.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="answer a question of the file"
    )
    add("dump-openapi", _dump_openapi, "write web/openapi.json")
    test = add("test", _test, "run every check and every test")
    test.add_argument("--fast", action="store_true", help="without the browser tests")
    test.add_argument("--only", choices=("lint", "types", "python", "web", "browser"))
    test.add_argument(
        "--long",
        nargs="*",
        metavar="NAME",
        help="run whole matrices (fuzz, dates, ...) and record them; all without NAME",
    )
    test.add_argument("paths", nargs="*", metavar="PATH[::name]", help="only these; pytest's options follow after --")
    add("help", lambda options: parser.print_help(), "show this page")
    return parser


def _up(options: argparse.Namespace) -> int:
    from local_stack.data_directory import find_data_directory
    from local_stack.up import run_detached, run_up

    start = run_detached if options.detach else run_up
    return 0 if start(find_data_directory(), demo=options.demo, at=options.at, build=not options.no_build) else 1


def _down(options: argparse.Namespace) -> None:
    from local_stack.data_directory import find_data_directory
    from local_stack.run_state import stop_running

    print("ARTi has stopped." if stop_running(find_data_directory()) else "ARTi is not running here.")


def _status(options: argparse.Namespace) -> int:
    from local_stack.data_directory import find_data_directory
    from local_stack.up import show_status

    return 0 if show_status(find_data_directory()) else 1


def _logs(options: argparse.Namespace) -> None:
    from local_stack.data_directory import find_data_directory
    from local_stack.logs import show_logs

    show_logs(find_data_directory(), options.service, lines=options.lines, following=options.follow)


def _migrate(options: argparse.Namespace) -> None:
    from local_stack.database_setup import migrate_now

    applied = asyncio.run(migrate_now())
    print(f"Applied: {', '.join(applied)}." if applied else "The schema is up to date.")


def _keys(options: argparse.Namespace) -> None:
    from local_stack.commands.keys import run_keys_command

    run_keys_command(options)


def _mail(options: argparse.Namespace) -> None:
    from local_stack.commands.mail import list_mails, show_mail

    print(asyncio.run(show_mail(options.id) if options.action == "show" else list_mails()))


def _import(options: argparse.Namespace) -> int:
    from local_stack.commands.imports import import_into_org

    return asyncio.run(
        import_into_org(
            options.files, artist=options.artist, org=options.org, without_asking=options.yes, answers=options.option
        )
    )


def _dump_openapi(options: argparse.Namespace) -> None:
    from tools.openapi import OPENAPI, dump_openapi

    OPENAPI.write_text(dump_openapi())
    print(f"Wrote {OPENAPI}.")


def _test(options: argparse.Namespace) -> int:
    from tools.checks import run_checks, run_paths
    from tools.long_runs import run_long

    if options.long is not None:
        return run_long(options.long, options.paths)
    if options.paths:
        return run_paths(options.paths)
    return run_checks(fast=options.fast, only=options.only)
