"""`./arti keys`: what each of its actions does and prints."""

import asyncio
from argparse import Namespace

from arti.stack import installation_keys, signing_keys
from arti.stack.folder import find_data_folder
from arti.stack.secrets import print_new_keys
from arti.stack.signing_keys import SigningKeyStore


def run_keys(options: Namespace) -> None:
    """Run one action. Raises ArtiError with a sentence."""
    match options.action:
        case "list":
            _print_lists()
        case "create":
            print(asyncio.run(installation_keys.create("secret" if options.secret else "publishable", options.name)))
        case "revoke":
            asyncio.run(installation_keys.revoke(options.id))
            print("The key is revoked.")
        case "rotate":
            kid = signing_keys.rotate(SigningKeyStore(find_data_folder()))
            print(f"{kid} signs from now on. Remove the old key when the tokens that it signed have expired.")
        case "remove":
            signing_keys.remove(SigningKeyStore(find_data_folder()), options.id)
            print("The key is removed. What it signed is refused.")
        case _:
            print_new_keys()


def _print_lists() -> None:
    folder = find_data_folder()
    for title, lines in (
        ("Signing keys", signing_keys.list_lines(SigningKeyStore(folder))),
        ("API keys, besides the two of the settings", asyncio.run(installation_keys.list_lines()) or ["none"]),
    ):
        print(title, *(f"  {line}" for line in lines), sep="\n")
