"""Every command of ./arti, thin: reads the arguments and calls the function that does the work."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from arti import __version__
from arti.cli_privacy import add_privacy_commands
from arti.cli_up import add_up_command, add_update_command
from arti_core.errors import ArtiError
from local_stack.commands.keys.arguments import add_actions


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. An expected error is one sentence and exit code 1."""
    options = parse_arguments(arguments)
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


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command and its options. Raises SystemExit after a sentence for what does not exist."""
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./arti", description="The platform for people who work for music artists.")
    parser.add_argument("--version", action="version", version=f"ARTi {__version__}")
    parser.set_defaults(run=lambda options: parser.print_help())
    commands = parser.add_subparsers(title="commands", metavar="")

    def add(name: str, run: Callable[[argparse.Namespace], int | None], summary: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(run=run)
        return command

    add_up_command(add)
    add("down", _down, "stop what ./arti up started")
    add_update_command(add)
    doctor = add("doctor", _doctor, "check settings, machine, addresses and services, and say what to do")
    doctor.add_argument("--mail-to", metavar="ADDRESS", help="also send a mail there")
    add("status", _status, "show each service, its URL and its state")
    logs = add("logs", _logs, "show the logs of all services, or of one")
    logs.add_argument("service", nargs="?", help="postgres, valkey, gateway, api, worker, web, ...")
    logs.add_argument("-n", "--lines", type=int, default=40)
    logs.add_argument("-f", "--follow", action="store_true", help="go on printing until Ctrl-C")
    migrate = add("migrate", _migrate, "apply the migrations that are missing")
    migrate.add_argument("--export", metavar="FOLDER", help="write them for `supabase db push`, and apply nothing")
    definitions = add("definitions", _definitions, "list the changes of metrics' definitions, or apply a newer feed")
    steps = definitions.add_subparsers(dest="action", metavar="ACTION", required=True)
    steps.add_parser("list", help="show the changes that are stored")
    newer = steps.add_parser("update", help="apply a feed; entries of a higher revision replace stored ones")
    newer.add_argument("source", nargs="?", metavar="FILE|URL", help="without it, the feed of this release")
    keys = add("keys", _keys, "print new keys and secrets, or manage those of this installation")
    add_actions(keys)
    n8n = add("n8n", _n8n, "say which workflows of your n8n an org's channels may start")
    n8n_actions = n8n.add_subparsers(dest="action", metavar="ACTION", required=True)
    register = n8n_actions.add_parser("add", help="register a workflow for an org")
    register.add_argument("path", help="of its webhook node, as arti/events")
    register.add_argument("--name", required=True, help="under which members choose it")
    register.add_argument("--org", metavar="NAME", help="name or id; needed when there is more than one org")
    setup = n8n_actions.add_parser("install", help="install n8n on this machine, for ./arti up --with-n8n")
    setup.add_argument("--accept-licence", action="store_true", help="without the question")
    n8n_actions.add_parser("list", help="show the registered workflows of all orgs")
    n8n_actions.add_parser("remove", help="remove a workflow; its channels stay").add_argument("id")
    backup = add("backup", _backup, "back up now, or list and check the backups")
    backups = backup.add_subparsers(dest="action", metavar="ACTION")
    backups.add_parser("list", help="show the backups and which moments can be restored")
    backups.add_parser("verify", help="read a backup to its end; the newest without ID").add_argument("id", nargs="?")
    backups.add_parser("serve", help="back up on a schedule and stay; ./arti up does so by itself")
    restore = add("restore", _restore, "go back to a moment; what was there is moved aside")
    restore.add_argument("--to", metavar="MOMENT", help="as 2026-11-29T14:03:00Z; without it, the last one")
    restore.add_argument("--into", metavar="FOLDER|URL", help="another data folder; for a dump, an empty database")
    restore.add_argument("--backup", metavar="ID", help="from this backup")
    restore.add_argument("--undelete", metavar="ID", action="append", default=[], help="leave out this deletion")
    files = add("files", _files, "move files to the first place of ARTI_FILES_URL, or read and check all of them")
    files.add_argument("action", choices=("move", "check"))
    quotas = add("quotas", _quotas, "show or change how much of the installation an org may take")
    quota_actions = quotas.add_subparsers(dest="action", metavar="ACTION", required=True)
    shown = quota_actions.add_parser("list", help="show the quotas of every org, or of one")
    changed = quota_actions.add_parser("set", help="change a quota of every org, or of one")
    changed.add_argument("resource", help="as list shows it")
    changed.add_argument("allowed", type=int)
    for action in (shown, changed):
        action.add_argument("--org", metavar="NAME", help="name or id; without it, of every org")
    reset = quota_actions.add_parser("reset", help="let the quota of every org hold for an org again")
    reset.add_argument("resource")
    reset.add_argument("--org", metavar="NAME", required=True, help="name or id")
    mail = add("mail", _mail, "read the local mailbox: mails of auth while no mail server is set")
    mail.add_argument("action", nargs="?", choices=("list", "show"), default="list")
    mail.add_argument("id", nargs="?", help="of the mail to show, or its beginning; the latest without it")
    load = add("import", _import, "import export files, of one artist or each of the artist that it finds")
    load.add_argument("files", nargs="*", metavar="FILE")
    load.add_argument("--artist", metavar="NAME", help="whose files all are; without it each file finds its own")
    load.add_argument("--watch", metavar="DIR", help="import what comes into a folder")
    load.add_argument("--reread", action="store_true", help="read committed FILEs again, or all of an older parser")
    load.add_argument("--once", action="store_true", help="with --watch: end when nothing new is left")
    load.add_argument("--org", metavar="NAME", help="needed when there is more than one org")
    load.add_argument("--yes", action="store_true", help="commit, or store what is read again, without questions")
    load.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="answer a question")
    songs = add("songs", _songs, "show an artist's songs with their numbers on each platform")
    songs.add_argument("--artist", required=True, metavar="NAME")
    songs.add_argument("--org", metavar="NAME", help="needed when there is more than one org")
    log = add("audit", _audit, "verify the audit logs, or print the heads of their chains to keep elsewhere")
    acts = log.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = acts.add_parser("verify", help="find every change, deletion and other order of entries")
    verify.add_argument("--heads", metavar="FILE", help="also find entries cut off since these heads were printed")
    acts.add_parser("heads", help="print the last link of each org, a JSON object a line")
    add_privacy_commands(add)
    add("isolation", _isolation, "try to read and write a foreign org, and say what is open")
    add("dump-openapi", _dump_openapi, "write web/openapi.json")
    test = add("test", _test, "run every check and every test")
    test.add_argument("--fast", action="store_true", help="without the browser tests")
    test.add_argument("--only", choices=("lint", "types", "python", "web", "browser"))
    test.add_argument("--long", nargs="*", metavar="NAME", help="run whole matrices, record them; all without NAME")
    test.add_argument("--minutes", type=float, metavar="N", help="with --long: begin no further part after N minutes")
    test.add_argument("--anew", action="store_true", help="with --long: also the parts that passed before")
    test.add_argument("paths", nargs="*", metavar="PATH[::name]", help="only these; pytest's options follow after --")
    add("help", lambda options: parser.print_help(), "show this page")
    return parser


def _down(options: argparse.Namespace) -> None:
    from local_stack.data_directory import find_data_directory
    from local_stack.run_state import stop_running

    print("ARTi has stopped." if stop_running(find_data_directory()) else "ARTi is not running here.")


def _doctor(options: argparse.Namespace) -> int:
    from local_stack.doctor import command

    return command.run(mail_to=options.mail_to or "")


def _status(options: argparse.Namespace) -> int:
    from local_stack.data_directory import find_data_directory
    from local_stack.up import show_status

    return 0 if show_status(find_data_directory()) else 1


def _logs(options: argparse.Namespace) -> None:
    from local_stack.data_directory import find_data_directory
    from local_stack.logs import show_logs

    show_logs(find_data_directory(), options.service, lines=options.lines, following=options.follow)


def _migrate(options: argparse.Namespace) -> None:
    from arti import MIGRATIONS
    from arti_core.migrations import export_migrations
    from local_stack.database_setup import migrate_now

    if options.export:
        print(f"Wrote {export_migrations(MIGRATIONS, Path(options.export))} files. supabase db push applies them.")
        return
    applied = asyncio.run(migrate_now())
    print(f"Applied: {', '.join(applied)}." if applied else "The schema is up to date.")


def _definitions(options: argparse.Namespace) -> None:
    from local_stack.commands import definitions

    if options.action == "list":
        print("\n".join(asyncio.run(definitions.list_lines())) or "No change of definition is stored.")
    else:
        print(asyncio.run(definitions.update(options.source)))


def _keys(options: argparse.Namespace) -> None:
    from local_stack.commands.keys.command import run_keys_command

    run_keys_command(options)


def _n8n(options: argparse.Namespace) -> None:
    from local_stack.commands import n8n

    if options.action == "add":
        print(asyncio.run(n8n.add(org=options.org, name=options.name, path=options.path)))
    elif options.action == "install":
        print(n8n.install(accept_licence=options.accept_licence))
    elif options.action == "list":
        print("\n".join(asyncio.run(n8n.list_lines())) or "No workflow is registered.")
    else:
        asyncio.run(n8n.remove(options.id))
        print("The workflow is removed. Channels that named it deliver to the mailbox.")


def _backup(options: argparse.Namespace) -> None:
    from local_stack.commands import backup

    match options.action:
        case "list":
            print("\n".join(asyncio.run(backup.list_lines())))
        case "verify":
            print(asyncio.run(backup.verify(options.id)))
        case "serve":
            backup.serve()
        case _:
            print(asyncio.run(backup.backup_now()))


def _restore(options: argparse.Namespace) -> None:
    from local_stack.commands.backup import restore

    print(
        "\n".join(asyncio.run(restore(options.to, options.into, backup_id=options.backup, undelete=options.undelete)))
    )


def _files(options: argparse.Namespace) -> int:
    from local_stack.commands.files import run

    return asyncio.run(run(options.action))


def _quotas(options: argparse.Namespace) -> None:
    from local_stack.commands import quotas

    if options.action == "list":
        print("\n".join(asyncio.run(quotas.list_lines(options.org))))
    elif options.action == "set":
        asyncio.run(quotas.set_quota(options.resource, options.allowed, org=options.org))
    else:
        asyncio.run(quotas.reset_quota(options.resource, org=options.org))


def _mail(options: argparse.Namespace) -> None:
    from local_stack.commands.mail import list_mails, show_mail

    print(asyncio.run(show_mail(options.id) if options.action == "show" else list_mails()))


def _import(options: argparse.Namespace) -> int:
    from local_stack.commands.imports import run

    return asyncio.run(run(options))


def _songs(options: argparse.Namespace) -> None:
    from local_stack.commands.songs import print_songs

    asyncio.run(print_songs(artist=options.artist, org=options.org))


def _audit(options: argparse.Namespace) -> int:
    from local_stack.commands.checks import audit

    if options.action == "heads":
        print("\n".join(asyncio.run(audit.list_heads())))
        return 0
    reports = asyncio.run(audit.verify(options.heads))
    print("\n".join(map(audit.describe, reports)) or "No org has an audit log yet.")
    return 1 if any(report.problems for report in reports) else 0


def _isolation(options: argparse.Namespace) -> int:
    from local_stack.commands.checks import isolation

    findings = asyncio.run(isolation.run_probe())
    print(isolation.describe(findings))
    return 0 if findings.report.passed else 1


def _dump_openapi(options: argparse.Namespace) -> None:
    from tools.openapi import OPENAPI, dump_openapi

    OPENAPI.write_text(dump_openapi())
    print(f"Wrote {OPENAPI}.")


def _test(options: argparse.Namespace) -> int:
    from tools.checks import run_checks, run_paths
    from tools.long_runs import run_long

    if options.long is not None:
        return run_long(options.long, options.paths, minutes=options.minutes, anew=options.anew)
    if options.paths:
        return run_paths(options.paths)
    return run_checks(fast=options.fast, only=options.only)
