"""`python -m supabase_local`: Supabase's auth, REST and Realtime on one PostgreSQL. See README.md."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from arti_core.errors import ArtiError
from arti_core.log import configure_log
from supabase_local.app import create_gateway, serve_gateway
from supabase_local.settings import list_gateway_refusals, list_refusals
from supabase_local.standalone import compose_settings, load_or_create_keys, prepare_database

_EX_CONFIG = 78


def main() -> None:
    """Prepare the database and serve until stopped. Exits with one sentence when that cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m supabase_local", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--public-url", help="the URL under which clients reach the gateway")
    parser.add_argument("--keys", type=Path, default=Path("supabase-local.json"), help="created if it does not exist")
    arguments = parser.parse_args()
    superuser_url = os.environ.get("SUPABASE_DB_URL", "")
    if not superuser_url:
        _exit_with("SUPABASE_DB_URL is not set. Set it to the URL of a PostgreSQL, that logs in as a superuser.")
    configure_log(service="supabase_local", json=False)
    public_url = arguments.public_url or f"http://127.0.0.1:{arguments.port}"
    try:
        keys = load_or_create_keys(arguments.keys)
        asyncio.run(prepare_database(superuser_url, keys["database_password"]))
        settings = compose_settings(superuser_url, keys, public_url=public_url)
        for refusal in (*list_refusals(settings), *list_gateway_refusals(settings)):
            _exit_with(refusal)
        app = create_gateway(settings)
    except ArtiError as error:
        _exit_with(error.message)
    print(f"SUPABASE_URL={public_url}\nSUPABASE_PUBLISHABLE_KEY={settings.supabase_publishable_key}", flush=True)
    serve_gateway(app, host=arguments.host, port=arguments.port)


def _exit_with(message: str) -> None:
    print(f"supabase_local: {message}", file=sys.stderr, flush=True)
    sys.exit(_EX_CONFIG)


if __name__ == "__main__":
    main()
