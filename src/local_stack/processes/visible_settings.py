"""Which settings each service may read: a secret goes to those that need it and to no other."""

import os

from pydantic import SecretStr

from arti.settings import SETTING_NAMES, Settings
from arti_core import clock
from local_stack.data_directory import CHECKOUT
from local_stack.environment import Environment

# Parts of the gateway, which may be started by themselves and then read what it reads.
GATEWAY_SERVICES = {"auth": "Auth", "rest": "REST", "realtime": "Realtime"}

# Who gets what. A secret that is not named here goes to no service, any other setting to all.
VISIBLE_TO: dict[str, set[str]] = {
    "DATABASE_URL": {"api"},
    "WORKER_DATABASE_URL": {"worker"},
    "AUTH_DATABASE_URL": {"gateway"},
    "REST_DATABASE_URL": {"gateway"},
    "SERVICE_DATABASE_URL": {"gateway"},
    "REALTIME_DATABASE_URL": {"gateway"},
    "CONSOLE_DATABASE_URL": {"console"},
    "OWNER_DATABASE_URL": set(),  # migrations and commands use it for their run
    "BACKUP_DATABASE_URL": {"backup"},
    "ARTI_BACKUP_KEY": {"backup"},
    "AWS_SECRET_ACCESS_KEY": {"api", "worker", "backup"},
    "AWS_SESSION_TOKEN": {"api", "worker", "backup"},
    "REDIS_URL": {"api", "worker", "gateway"},
    "SUPABASE_SECRET_KEY": {"api", "gateway", "worker"},
    "JWT_KEYS": {"gateway"},
    "JWT_KEYS_FILE": {"gateway"},
    "JWT_SECRET": {"gateway"},
    "ARTI_MASTER_KEY": {"api", "worker", "gateway", "console"},
    "ARTI_MASTER_KEY_FILE": {"api", "worker", "gateway", "console"},
    "ARTI_MASTER_KEY_COMMAND": {"api", "worker", "gateway", "console"},
    "ARTI_MASTER_KEY_UNWRAP_COMMAND": {"api", "worker", "gateway", "console"},
    "ARTI_MASTER_KEY_WRAP_COMMAND": set(),
    "ARTI_WEBHOOK_SECRET": {"api", "worker"},
    "CLAIMS_SIGNING_KEY": {"api", "worker", "gateway", "console"},
    "ARTI_CONSOLE_PASSWORD": {"console"},
    "OPENAI_API_KEY": {"api", "worker"},
    "SIMULATOR_CLIENT_SECRET": {"api", "worker", "simulators"},
    "SMTP_URL": {"api", "worker", "gateway"},
    "ALERT_MAIL": {"api", "worker"},
    "ALERT_WEBHOOK": {"api", "worker"},
    "TWILIO_AUTH_TOKEN": {"worker"},
    "N8N_API_KEY": {"api", "worker"},
    "METRICS_TOKEN": {"api", "worker", "gateway", "web"},
    "OTEL_EXPORTER_OTLP_HEADERS": {"api", "worker", "gateway"},
    "GOTRUE_EXTERNAL_GOOGLE_SECRET": {"gateway"},
    "GOTRUE_EXTERNAL_GITHUB_SECRET": {"gateway"},
    "GOTRUE_EXTERNAL_SPOTIFY_SECRET": {"gateway"},
}

_BUCKET_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_SECRET_NAMES = frozenset(
    name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr
)


def environment_without_settings() -> dict[str, str]:
    """Return the environment without any of our settings."""
    return {name: value for name, value in os.environ.items() if name not in SETTING_NAMES}


def environment_of_service(service: str, environment: Environment) -> dict[str, str]:
    """Return the environment of a service: what it may see, and nothing else of the settings."""
    service = "gateway" if service in GATEWAY_SERVICES else service
    moved = {} if environment.ahead is None else {clock.ENVIRONMENT_VARIABLE: str(environment.ahead.total_seconds())}
    visible = {name: value for name, value in environment.values.items() if service in _visible_to(name, service)}
    if service != "backup" and "s3://" not in environment.values.get("ARTI_FILES_URL", ""):
        # The bucket is that of the backups alone.
        visible = {name: value for name, value in visible.items() if name not in _BUCKET_SECRETS}
    if service == "api" and not environment.values.get("ALERT_MAIL"):
        visible.pop("SMTP_URL", None)  # it mails alerts and nothing else
    return (
        environment_without_settings()
        | visible
        | moved
        | {"PYTHONPATH": str(CHECKOUT / "src"), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
    )


def _visible_to(name: str, service: str) -> set[str]:
    return VISIBLE_TO.get(name, set() if name in _SECRET_NAMES else {service})
