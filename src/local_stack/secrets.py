"""The secrets of a local installation: generated once, stored in a file that only its owner can read."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from arti.settings import SETTING_NAMES
from arti_core.errors import Misconfigured
from supabase_local.keys.signing_keys import make_keys


@dataclass(frozen=True, slots=True)
class LocalSecrets:
    """What `./arti up` makes for itself. A field that is a setting has its name."""

    database_password: str
    redis_password: str
    arti_master_key: str
    arti_webhook_secret: str
    jwt_keys: str
    supabase_jwks: str
    supabase_publishable_key: str
    supabase_secret_key: str
    demo_password: str
    console_password: str = ""
    arti_backup_key: str = ""

    def __repr__(self) -> str:
        return "LocalSecrets(...)"


def generate_secrets() -> LocalSecrets:
    """Make a new set; nothing is stored."""
    keys = make_keys()
    return LocalSecrets(
        database_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        arti_master_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        arti_webhook_secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        jwt_keys=keys.jwt_keys,
        supabase_jwks=keys.jwks,
        supabase_publishable_key=keys.publishable_key,
        supabase_secret_key=keys.secret_key,
        demo_password=f"demo-{secrets.token_hex(6)}",
        console_password=secrets.token_urlsafe(12),
        arti_backup_key=base64.b64encode(secrets.token_bytes(32)).decode(),
    )


def load_or_create_secrets(path: Path) -> LocalSecrets:
    """Return the secrets in `path`, generated and written there (mode 0600) when the file does not exist.

    Raises Misconfigured when the file can be read by others, or is not whole.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = _read(path)
        missing = _missing(found)
        if not missing:
            return found
        save_secrets(path, **missing)  # of a file that is older than these secrets
        return _read(path)
    generated = generate_secrets()
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(generated), file, indent=1)
    return generated


def _missing(found: LocalSecrets) -> dict[str, str]:
    generated = asdict(generate_secrets()) if "" in asdict(found).values() else {}
    return {name: generated[name] for name, value in asdict(found).items() if not value}


def save_secrets(path: Path, **changes: str) -> None:
    """Change some of the secrets in `path`, all at once."""
    write_private_file(path, json.dumps(asdict(replace(_read(path), **changes)), indent=1))


def write_private_file(path: Path, text: str) -> None:
    """Write a file that only its owner reads, all at once: after a crash it is the old one or the new one."""
    draft = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(path: Path) -> LocalSecrets:
    if path.stat().st_mode & 0o077:
        raise Misconfigured(
            f"Others can read the secrets in {path}: run 'chmod 600 {path}', or delete it to make new ones."
        )
    try:
        return LocalSecrets(**json.loads(path.read_text()))
    except (ValueError, TypeError):
        raise Misconfigured(
            f"The secrets file {path} is damaged. Restore it from a backup: without it, sealed tokens cannot be opened."
        ) from None


# Whose passwords deploy/containers/compose.yaml needs besides the settings.
_CONTAINER_PASSWORDS = (
    *("POSTGRES", "REDIS", "ARTI_API", "ARTI_WORKER", "AUTH", "REST", "SERVICE", "REALTIME", "CONSOLE", "BACKUP"),
)


def print_container_environment(domain: str) -> None:
    """Print the file .env of deploy/containers/compose.yaml, with new secrets. Nothing is stored."""
    for name in _CONTAINER_PASSWORDS:
        print(f"{name}_PASSWORD='{secrets.token_urlsafe(24)}'")
    print_generated_secrets()
    print(f"ARTI_CONSOLE_PASSWORD='{secrets.token_urlsafe(24)}'")
    print(f"N8N_ENCRYPTION_KEY='{secrets.token_urlsafe(32)}'")
    print(f"ARTI_DOMAIN='{domain}'\nACME_EMAIL='hostmaster@{domain}'\nMAIL_FROM='ARTi <arti@{domain}>'")
    print("# Fill in: the networks that may open the console, as 203.0.113.0/24, and your mail server.")
    print("ARTI_CONSOLE_ALLOW=\nSMTP_URL=")


def print_generated_secrets() -> None:
    """Print a new set in the form NAME='value', one a line. Nothing is stored."""
    for name, value in asdict(generate_secrets()).items():
        if name.upper() in SETTING_NAMES:
            print(f"{name.upper()}='{value}'")
    print(f"CLAIMS_SIGNING_KEY='{base64.b64encode(secrets.token_bytes(32)).decode()}'")
