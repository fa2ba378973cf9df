"""`./arti keys`: what each of its actions does and prints."""

import asyncio
from argparse import Namespace
from pathlib import Path

from local_stack.commands.keys import installation_keys, master_key, signing_keys
from local_stack.commands.keys.signing_keys import SigningKeyStore
from local_stack.commands.keys.store_certificates import write_certificates
from local_stack.data_directory import find_data_directory
from local_stack.secrets import print_container_environment, print_generated_secrets


def run_keys_command(options: Namespace) -> None:
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
            kid = signing_keys.rotate(SigningKeyStore(find_data_directory()))
            print(f"{kid} signs from now on. Remove the old key when the tokens that it signed have expired.")
        case "remove":
            signing_keys.remove(SigningKeyStore(find_data_directory()), options.id)
            print("The key is removed. Tokens that it signed are refused.")
        case "rotate-master":
            asyncio.run(master_key.run_rotation())
        case "wrap-master":
            print(master_key.wrap())
        case "status":
            print("\n".join(asyncio.run(master_key.list_lines())))
        case "remove-master":
            print(asyncio.run(master_key.run_removal(options.version, sign_out=options.sign_out)))
        case "env":
            print_container_environment(options.domain)
        case "certificates":
            print(write_certificates(Path(options.folder)))
        case _:
            print_generated_secrets()


def _print_lists() -> None:
    folder = find_data_directory()
    for title, lines in (
        ("Signing keys", signing_keys.list_lines(SigningKeyStore(folder))),
        ("API keys, besides the two of the settings", asyncio.run(installation_keys.list_lines()) or ["none"]),
        (
            "API keys of orgs, which their admins create and revoke",
            asyncio.run(installation_keys.list_org_lines()) or ["none"],
        ),
    ):
        print(title, *(f"  {line}" for line in lines), sep="\n")
