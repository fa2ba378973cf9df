"""What is unsafe or does not fit together. Each sentence names the setting and the remedy, never the value."""

import base64
from collections.abc import Iterator
from urllib.parse import urlsplit

from arti.settings.core import Settings
from arti.settings.monitoring import list_monitoring_refusals
from arti_core.errors import Misconfigured
from arti_core.master_keys import parse_master_keys
from arti_core.pooler import is_pooled
from arti_core.setting_checks import check_https, is_example_secret, is_private_host
from supabase_local import settings as supabase_local


def list_refusals(settings: Settings) -> list[str]:
    """Return what no service accepts of the settings that it sees, each of which stands for itself."""
    found = [*_secret_refusals(settings), *supabase_local.list_refusals(settings), *_url_refusals(settings)]
    return [*found, *_production_refusals(settings)] if settings.is_production else found


def list_installation_refusals(settings: Settings) -> list[str]:
    """Return what is wrong with all settings together, where all secrets are seen: before anything starts."""
    gateway = supabase_local.list_gateway_refusals(settings) if settings.arti_own_gateway else ()
    pairs = (*_pair_refusals(settings), *list_monitoring_refusals(settings))
    return [*list_refusals(settings), *gateway, *pairs, *_master_key_refusals(settings)]


_MIN_DISTINCT_BYTES = 12  # 32 random bytes practically never have fewer than 20 distinct values
_MIN_WEBHOOK_SECRET_BYTES = 24
_MIN_CONSOLE_PASSWORD = 16


def _secret_refusals(settings: Settings) -> Iterator[str]:
    master_keys = settings.arti_master_key.get_secret_value()
    try:
        if master_keys and any(len(set(key)) < _MIN_DISTINCT_BYTES for key in parse_master_keys(master_keys).values()):
            yield "ARTI_MASTER_KEY is not random. Make one with ./arti keys."
    except Misconfigured:
        yield "ARTI_MASTER_KEY must be 32 bytes in base64, or several as 2:KEY,1:KEY. Make one with ./arti keys."
    if settings.arti_master_key_file and settings.arti_master_key_command:
        yield "ARTI_MASTER_KEY_FILE and ARTI_MASTER_KEY_COMMAND exclude each other. Unset one."
    if settings.arti_master_key_unwrap_command and not settings.arti_master_key_file:
        yield "ARTI_MASTER_KEY_UNWRAP_COMMAND unwraps ARTI_MASTER_KEY_FILE, which is not set. Set both."
    for backup_key in settings.arti_backup_key.get_secret_value().split(","):
        if backup_key and len(_bytes_of(backup_key.strip())) != 32:
            yield "ARTI_BACKUP_KEY must be 32 bytes in base64, or several with commas. Make one with ./arti keys."
    signing = settings.arti_webhook_secret.get_secret_value()
    if signing and (
        not signing.startswith("whsec_") or len(_bytes_of(signing.removeprefix("whsec_"))) < _MIN_WEBHOOK_SECRET_BYTES
    ):
        yield "ARTI_WEBHOOK_SECRET must be whsec_ and at least 24 bytes in base64. Make one with ./arti keys."
    if is_example_secret(signing):
        yield "ARTI_WEBHOOK_SECRET is a published example. Make your own with ./arti keys."


def _master_key_refusals(settings: Settings) -> Iterator[str]:
    if not settings.has_master_key:
        yield "ARTI_MASTER_KEY is not set. Make one with ./arti keys."
    elif not (settings.arti_master_key_file and settings.arti_master_key_command):
        try:
            settings.master_keys()
        except Misconfigured as error:
            yield error.message


def _pair_refusals(settings: Settings) -> Iterator[str]:
    twilio = (settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), settings.twilio_from)
    if any(twilio) and not all(twilio):
        yield "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM belong together. Set all three, or none."
    if not settings.arti_webhook_secret.get_secret_value():
        yield "ARTI_WEBHOOK_SECRET is not set, so no webhook can be authenticated. Make one with ./arti keys."
    if settings.arti_console_url and not settings.arti_console_allow:
        yield (
            "ARTI_CONSOLE_URL puts the database console on a network. Set ARTI_CONSOLE_ALLOW to the networks that "
            "may open it, as 203.0.113.0/24."
        )
    urls = (getattr(settings, name) for name in type(settings).model_fields if name.endswith("database_url"))
    if any(is_pooled(url.get_secret_value()) for url in urls) and not settings.database_direct_host:
        yield (
            "A database URL has ?pgbouncer=true. Set DATABASE_DIRECT_HOST to host:port of PostgreSQL itself too: "
            "migrations, notifications, Realtime and backups go there."
        )
    key_id, secret = settings.aws_access_key_id, settings.aws_secret_access_key.get_secret_value()
    if bool(key_id) != bool(secret):
        yield "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together. Set both, or neither."


def _url_refusals(settings: Settings) -> Iterator[str]:
    if settings.arti_console_bind in ("", "*", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        yield "ARTI_CONSOLE_BIND must be one address: the database console has full access. Use 127.0.0.1."
    if not settings.redis_url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        yield "REDIS_URL must start with redis:// or rediss://."


def _production_refusals(settings: Settings) -> Iterator[str]:
    if settings.simulators_url:
        yield "SIMULATORS_URL points to simulated providers, which are not for production. Unset it."
    console_password = settings.arti_console_password.get_secret_value()
    if console_password and len(console_password) < _MIN_CONSOLE_PASSWORD:
        yield f"ARTI_CONSOLE_PASSWORD opens the whole database. Use {_MIN_CONSOLE_PASSWORD} random characters or more."
    for name in (
        "api_url",
        "arti_console_url",
        "openai_base_url",
        "slack_base_url",
        "twilio_base_url",
        "aws_endpoint_url",
    ):
        yield from check_https(name, getattr(settings, name))
    redis = urlsplit(settings.redis_url.get_secret_value())
    if redis.hostname and not is_private_host(redis.hostname) and not redis.password:
        yield "REDIS_URL has no password. Set one: whoever can write to the queue controls the workers."


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
