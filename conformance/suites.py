"""The official suites: their folders, the servers and schema that they expect, and how they are started.

The ports, secrets and switches are those of the suites' own docker-compose.yml and supabase/config.toml.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson

_GOTRUE_SECRET: Final = "37c304f8-51aa-419a-a1af-06154e63707a"
_CLI_SECRET: Final = "super-secret-jwt-token-with-at-least-32-characters-long"


@dataclass(frozen=True, slots=True)
class Server:
    """One gateway: `prefix` is added to each path where the suite calls the service without a gateway."""

    port: int
    prefix: str = ""
    secret: str = _CLI_SECRET  # HS256; signs the suite's own keys
    keys_file: str = ""  # of the checkout: a JSON array of JWKs, or a compose file with one; signs instead of ES256
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """One official suite. `homes`: folders inside a checkout, newest layout first; `mark`: a file that it must have."""

    name: str
    homes: tuple[str, ...]
    mark: str
    program: Literal["pytest", "jest", "vitest", "bun"]
    servers: tuple[Server, ...] = ()
    schema: tuple[str, ...] = ()
    config: str = ""
    maker: str = ""  # a program of the checkout that creates files which are not committed


_COMPOSE: Final = "infra/docker-compose.yml"
_MAILS: Final = (("site_url", "http://localhost:9999"), ("additional_redirect_urls", "https://supabase.io/docs"))
_GOOGLE: Final = (
    ("gotrue_external_google_enabled", True),
    ("gotrue_external_google_client_id", "example.apps.googleusercontent.com"),
    ("gotrue_external_google_secret", "example"),
)
_BY_MAIL: Final = (("enable_email_autoconfirm", False), ("enable_phone_signup", True))
_CONFIRMED: Final = (*_MAILS, ("enable_phone_signup", True), ("enable_phone_autoconfirm", True))
_GOTRUES: Final = (
    Server(9999, "/auth/v1", _GOTRUE_SECRET, settings=(*_BY_MAIL, *_MAILS, *_GOOGLE)),
    Server(9998, "/auth/v1", _GOTRUE_SECRET, settings=(*_CONFIRMED, ("enable_anonymous_users", True))),
    Server(9997, "/auth/v1", _GOTRUE_SECRET, settings=(("disable_signup", True), ("enable_email_autoconfirm", False))),
    Server(9996, "/auth/v1", _GOTRUE_SECRET, keys_file=_COMPOSE, settings=_CONFIRMED),
)
_LOCAL: Final = (
    ("site_url", "http://127.0.0.1:3000"),
    ("additional_redirect_urls", "https://127.0.0.1:3000"),
    ("realtime_allow_public", True),
    ("smtp_max_frequency", 1),
    ("rate_limit_email_sent", 100),
    ("pgrst_db_schemas", "public,personal"),
    ("pgrst_db_tx_end", "commit-allow-override"),
    ("pgrst_db_plan_enabled", True),
    ("pgrst_db_planned_counts", True),
    ("jwt_valid_until_expiry", True),  # the server's end-to-end check goes on after a global sign-out
)

SUITES: Final = (
    Suite("supabase-auth", ("src/auth", "."), "src/supabase_auth", "pytest", _GOTRUES),
    Suite("gotrue (older auth-py)", (".",), "gotrue", "pytest", _GOTRUES),
    Suite(
        "postgrest",
        ("src/postgrest", "."),
        "src/postgrest",
        "pytest",
        (Server(3000, "/rest/v1", settings=_LOCAL),),
        ("infra/init.sql",),
    ),
    Suite(
        "realtime",
        ("src/realtime", "."),
        "src/realtime",
        "pytest",
        (Server(54321, settings=_LOCAL),),
        ("infra/supabase/migrations/*.sql", "supabase/migrations/*.sql"),
    ),
    Suite("supabase", ("src/supabase", "."), "src/supabase", "pytest", (Server(54321, settings=_LOCAL),)),
    Suite(
        "auth-js",
        ("packages/core/auth-js", "."),
        "src/GoTrueClient.ts",
        "jest",
        (
            Server(
                54321,
                keys_file="test/supabase/signing_keys.json",
                settings=(*_LOCAL, ("enable_anonymous_users", True), ("enable_phone_signup", True), *_GOOGLE),
            ),
            *_GOTRUES,
        ),
        maker="test/generate-signing-keys.js",
    ),
    Suite(
        "postgrest-js",
        ("packages/core/postgrest-js", "."),
        "src/PostgrestClient.ts",
        "jest",
        (
            Server(54321, settings=_LOCAL),
            Server(3000, "/rest/v1", settings=_LOCAL),
            Server(3001, "/rest/v1", settings=_LOCAL),
        ),
        (
            "test/supabase/migrations/*.sql",
            "test/supabase/seed.sql",
            "test/db/00-schema.sql",
            "test/db/01-dummy-data.sql",
        ),
    ),
    Suite("realtime-js", ("packages/core/realtime-js", "."), "src/RealtimeClient.ts", "vitest"),
    Suite(
        "supabase-js",
        ("packages/core/supabase-js", "."),
        "src/SupabaseClient.ts",
        "jest",
        (Server(54321, settings=(*_LOCAL, ("enable_anonymous_users", True))),),
        ("supabase/migrations/*.sql",),
        config="test/integration",
    ),
    # Of the server, supabase/realtime; it creates its tables itself.
    Suite("realtime-check", ("test/e2e", "."), "realtime-check.ts", "bun", (Server(54321, settings=_LOCAL),)),
)


def find_suites(checkout: Path) -> Iterator[tuple[Suite, Path]]:
    """Yield each suite in `checkout`, with its folder there."""
    for suite in SUITES:
        for home in suite.homes:
            if (checkout / home / suite.mark).exists():
                yield suite, checkout / home
                break


def read_keys(server: Server, home: Path) -> list[dict[str, Any]]:
    """Return the private JWKs that the suite configures for its server; empty: any keys will do."""
    path = home / server.keys_file
    if not server.keys_file or not path.is_file():
        return []
    text = path.read_text()
    if path.suffix == ".json":
        document = orjson.loads(text)
        keys = document if isinstance(document, list) else document["keys"]
        return [{"key_ops": ["sign", "verify"], **key} for key in keys]
    service = text.split(f"'{server.port}:{server.port}'", 1)[-1]
    line = next((line for line in service.splitlines() if "GOTRUE_JWT_KEYS:" in line), "")
    return list(orjson.loads(line.split(":", 1)[1].strip().strip("'"))) if line else []
