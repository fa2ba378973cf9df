"""`./arti export` and `./arti erase`: their arguments and their question."""

import argparse
import asyncio
import sys
from collections.abc import Callable

from arti_core.errors import Conflict, Invalid

AddCommand = Callable[[str, Callable[[argparse.Namespace], int | None], str], argparse.ArgumentParser]


def add_privacy_commands(add: AddCommand) -> None:
    """Add both commands to the parser."""
    export = add("export", _export, "write a zip of everything that is stored about an org or a person")
    erase = add("erase", _erase, "delete an org or a person with everything that is stored about them")
    for command in (export, erase):
        command.add_argument("subject", choices=("org", "person"))
        command.add_argument("name", metavar="NAME|ADDRESS", help="of the org; of the person")
    export.add_argument("--to", metavar="FILE", help="default: arti-export-….zip in this folder")
    erase.add_argument("--yes", action="store_true", help="without the question")
    erase.add_argument("--now", action="store_true", help="an org at once, not after the hours in which it may stay")
    erase.add_argument("--cancel", action="store_true", help="keep an org that would be deleted")


def _export(options: argparse.Namespace) -> None:
    from local_stack.commands.privacy.export import export

    print(asyncio.run(export(options.subject, options.name, options.to)))


def _erase(options: argparse.Namespace) -> None:
    from local_stack.commands.privacy import erase

    def confirm(what: str) -> None:
        print(what, flush=True)
        if options.yes:
            return
        if not sys.stdin.isatty():
            raise Conflict("Nothing was deleted. Add --yes where nobody can answer.")
        if input(f"This cannot be undone. Type {options.name} to delete it: ").strip() != options.name:
            raise Conflict("Nothing was deleted.")

    if options.subject == "person" and (options.now or options.cancel):
        raise Invalid("--now and --cancel are for orgs: a person is deleted at once.", field="subject")
    if options.subject == "person":
        work = erase.erase_person(options.name, confirm)
    elif options.cancel:
        work = erase.keep_org(options.name)
    else:
        work = erase.erase_org(options.name, confirm, at_once=options.now)
    print(asyncio.run(work))
