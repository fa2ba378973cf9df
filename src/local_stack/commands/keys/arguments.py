"""The actions of `./arti keys`."""

import argparse


def add_actions(keys: argparse.ArgumentParser) -> None:
    actions = keys.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("new", help="print new keys and secrets, for the environment of a production installation")
    containers = actions.add_parser("env", help="print them as the file .env of deploy/containers/compose.yaml")
    containers.add_argument("domain", help="as example.com")
    stores = actions.add_parser("certificates", help="make certificates for PostgreSQL and Redis of that file")
    stores.add_argument("folder")
    actions.add_parser("list", help="show the signing keys and the API keys of the installation")
    create = actions.add_parser("create", help="make an API key of the installation; it is shown once")
    create.add_argument("name")
    create.add_argument("--secret", action="store_true", help="unrestricted, for servers only")
    actions.add_parser("revoke", help="revoke an API key of the installation").add_argument("id")
    actions.add_parser("rotate", help="sign tokens with a new key; sessions stay valid")
    actions.add_parser("remove", help="remove an old signing key; its tokens are refused").add_argument("id")
    actions.add_parser("rotate-master", help="seal all stored secrets with a new master key, while everything runs")
    actions.add_parser("wrap-master", help="wrap the master key in ARTI_MASTER_KEY_FILE by a key management service")
    actions.add_parser("status", help="show the versions of the master key and how many values each one seals")
    old = actions.add_parser("remove-master", help="remove an old version of the master key, when nothing needs it")
    old.add_argument("version", type=int)
    old.add_argument("--sign-out", action="store_true", help="end the sessions that still need it")
