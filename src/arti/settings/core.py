"""Settings, read from the environment once. Unsafe values are refused by a message that never contains the value.

`./arti up` generates the local values (see local_stack.secrets) and passes them to each service in its environment;
in production the operator sets them. A service is replaced by another one through its URL here.
"""

import base64
import os
from collections.abc import Iterator
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator

from arti.vocabulary import Provider
from arti_core import clock
from arti_core.errors import Misconfigured
from arti_core.mail_budget import MailLimits
from arti_core.master_keys import MasterKeys, parse_master_keys
from arti_core.setting_checks import check_https, is_example_secret, is_private_host
from supabase_local import settings as supabase_local
from supabase_local.settings import SupabaseLocalSettings, strip_trailing_slash


class Settings(SupabaseLocalSettings):
    DATABASE_ROLES: ClassVar[dict[str, str]] = SupabaseLocalSettings.DATABASE_ROLES | {
        "database_url": "arti_api",
        "worker_database_url": "arti_worker",
        "rest_database_url": "arti_rest",
    }

    KEY_REMEDY: ClassVar[str] = "Make your own with ./arti keys."
    RESERVED_ROLES: ClassVar[tuple[str, ...]] = (*SupabaseLocalSettings.RESERVED_ROLES, "arti_")

    password_context_words: str = Field(
        default="arti,spotify,instagram,youtube,soundcloud,tiktok",
        description="Words that add no security to a password, separated by commas: names of your company and artists.",
    )

    arti_environment: Literal["local", "production"] = "local"

    database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_api.")
    worker_database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_worker.")
    owner_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as postgres; migrations and commands, no service."
    )
    console_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as arti_console, which may become postgres; console only."
    )
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")

    arti_own_gateway: bool = Field(default=True, description="False where SUPABASE_URL is another Supabase.")
    gotrue_hook_custom_access_token_uri: str = Field(
        default="pg-functions://postgres/private/add_orgs_to_token",
        description="The function that completes the claims of access tokens; empty: none.",
    )

    arti_master_key: SecretStr = Field(
        default=SecretStr(""),
        description="32 bytes, base64: seals tokens and secrets. Several as 2:KEY,1:KEY: the first seals, each opens.",
    )
    arti_master_key_file: str = Field(
        default="", description="A file in place of ARTI_MASTER_KEY, read when it changes."
    )
    arti_master_key_command: str = Field(
        default="",
        description="A command in place of ARTI_MASTER_KEY that prints it, as that of a KMS; run each minute.",
    )
    arti_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="whsec_...: signs /webhooks/insight-created."
    )
    arti_console_password: SecretStr = Field(default=SecretStr(""), description="Opens the database console.")
    api_url: str = "http://127.0.0.1:3002"
    arti_upload_max_bytes: int = Field(
        default=1280 * 1024 * 1024, ge=1024 * 1024, le=2047 * 1024 * 1024, description="The largest file of one upload."
    )

    arti_files_url: str = Field(
        default="database", description="Where files are: database, a folder, s3://bucket/prefix; commas: more to read."
    )
    arti_backup_url: str = Field(
        default="", description="s3://bucket/prefix or a folder; off: none, external: somebody else makes them."
    )
    arti_backup_key: SecretStr = Field(
        default=SecretStr(""), description="32 bytes, base64: seals backups; older keys after it, by commas."
    )
    arti_backup_keep: str = Field(default="7,4,0", description="Days, weeks and months that keep a backup.")
    arti_backup_physical: bool = Field(default=False, description="Set by ./arti up for its own database.")
    backup_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as arti_backup, or another role that bypasses RLS and reads all."
    )
    aws_endpoint_url: str = Field(default="", description="Of an S3-compatible service; empty: Amazon's own.")
    aws_region: str = ""
    aws_access_key_id: str = ""
    aws_secret_access_key: SecretStr = SecretStr("")
    aws_session_token: SecretStr = SecretStr("")

    simulators_url: str = Field(default="", description="Base URL of provider simulators; empty: the real providers.")
    simulator_client_id: str = Field(default="arti-local", description="OAuth app that the simulators accept.")
    simulator_client_secret: SecretStr = SecretStr("not-a-secret-of-a-real-provider")
    openai_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    openai_model: str = "gpt-4.1-mini"
    openai_embedding_model: str = ""
    mail_from: str = "ARTi <arti@localhost>"
    slack_base_url: str = "https://hooks.slack.com"
    twilio_base_url: str = "https://api.twilio.com"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    n8n_url: str = ""
    mail_limit_per_address: int = Field(
        default=50, ge=1, description="Mails a day to one address, for its account; and as many from orgs."
    )
    mail_limit_per_org: int = Field(
        default=200, ge=1, description="Mails a day from one org; as many invitations of an org, and of a person."
    )
    mail_limit_per_installation: int = Field(
        default=5000,
        ge=1,
        description="Mails a day for accounts, half of them at most to addresses that nobody has confirmed; and as "
        "many from orgs.",
    )
    mail_limit_per_network: int = Field(
        default=50, ge=1, description="Mails a day that strangers of one network (/24, /48) may ask for."
    )

    arti_api_port: int = 3002
    arti_web_port: int = 3000
    arti_gateway_port: int = 8000
    arti_console_port: int = 54323
    arti_simulators_port: int = 3010
    arti_bind: str = "127.0.0.1"
    arti_console_bind: str = Field(
        default="127.0.0.1", description="Where the database console listens: one address, never all of them."
    )

    @field_validator("api_url", "simulators_url", "openai_base_url")
    @classmethod
    def _strip_slash(cls, url: str) -> str:
        return strip_trailing_slash(url)

    @property
    def has_master_key(self) -> bool:
        """Whether any setting says where the master keys are."""
        return bool(
            self.arti_master_key.get_secret_value() or self.arti_master_key_file or self.arti_master_key_command
        )

    def master_keys(self) -> MasterKeys:
        """Return the installation's master keys, from a command, a file or the setting. Raises Misconfigured.

        A file that is not there yet leaves the setting in use: ./arti keys rotate-master makes it.
        """
        return MasterKeys(
            self.arti_master_key.get_secret_value(),
            file=self.arti_master_key_file,
            command=self.arti_master_key_command,
        )

    @property
    def is_production(self) -> bool:
        """Whether unsafe settings are refused."""
        return self.arti_environment == "production"

    @classmethod
    def outbound_url_settings(cls) -> tuple[str, ...]:
        """Return the names of the settings whose URLs this installation requests."""
        own = ("simulators_url", "openai_base_url", "n8n_url", "slack_base_url", "twilio_base_url")
        return (*super().outbound_url_settings(), *own)

    def operator_hosts(self) -> frozenset[str]:
        """Return the hosts of every URL in the settings: the installation's own systems, which no tenant may name."""
        values = (getattr(self, name) for name in type(self).model_fields)
        texts = (value.get_secret_value() if isinstance(value, SecretStr) else value for value in values)
        urls = (urlsplit(text) for text in texts if isinstance(text, str) and "://" in text)
        named = (urlsplit(f"//{host.strip()}") for host in self.allowed_hosts.split(","))
        return frozenset(url.hostname for url in (*urls, *named) if url.hostname)

    def mail_limits(self) -> MailLimits:
        """Return how many mails may be written within a day."""
        return MailLimits(
            self.mail_limit_per_address,
            self.mail_limit_per_org,
            self.mail_limit_per_installation,
            self.mail_limit_per_network,
        )

    def cors_origins(self) -> list[str]:
        """Return the exact origins from which a browser may call."""
        site = self.site_url
        local = {site, site.replace("127.0.0.1", "localhost"), site.replace("localhost", "127.0.0.1")}
        return sorted(local) if self.arti_environment == "local" else [site]

    def provider_url(self, provider: Provider, real: str) -> str:
        """Return `real`, or the same URL on the simulator of `provider`: <simulators_url>/<provider>/<host>/<path>."""
        if not self.simulators_url:
            return real
        return f"{self.simulators_url}/{provider}/{real.removeprefix('https://')}"


SETTING_NAMES = frozenset(name.upper() for name in Settings.model_fields)


def read_settings(*, needs: tuple[str, ...] = ("database_url", "arti_master_key", "claims_signing_key")) -> Settings:
    """Read the environment. Exits with a message when a value that this service needs is missing, or any is unsafe."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "the settings"
        raise SystemExit(
            f"arti: {name}: {first['msg']}. Start with ./arti up, or set {name} in the environment."
        ) from None
    for field in needs:
        value = getattr(settings, field)
        if field == "arti_master_key" and settings.has_master_key:
            continue
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            name = field.upper()
            raise SystemExit(f"arti: {name} is not set. Start with ./arti up, or set {name} in the environment.")
    for sentence in list_refusals(settings):
        raise SystemExit(f"arti: {sentence}")
    if "arti_master_key" in needs:
        try:
            settings.master_keys()
        except Misconfigured as error:
            raise SystemExit(f"arti: {error.message}") from None
    if settings.is_production and clock.ENVIRONMENT_VARIABLE in os.environ:
        raise SystemExit(f"arti: {clock.ENVIRONMENT_VARIABLE} moves a demo's clock. Unset it in production.")
    return settings


def list_refusals(settings: Settings) -> list[str]:
    """Return what is unsafe in `settings`: each message names the setting and the remedy, never the value."""
    found = [*_secret_refusals(settings), *supabase_local.list_refusals(settings), *_url_refusals(settings)]
    return [*found, *_production_refusals(settings)] if settings.is_production else found


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
    if bool(settings.twilio_account_sid) != bool(settings.twilio_auth_token.get_secret_value()):
        yield "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN belong together. Set both, or neither."


def _url_refusals(settings: Settings) -> Iterator[str]:
    if settings.arti_console_bind in ("", "*", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        yield "ARTI_CONSOLE_BIND must be one address: the database console has full access. Use 127.0.0.1."
    if not settings.redis_url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        yield "REDIS_URL must start with redis:// or rediss://."


def _production_refusals(settings: Settings) -> Iterator[str]:
    if settings.simulators_url:
        yield "SIMULATORS_URL points to simulated providers, which are not for production. Unset it."
    if settings.has_master_key and not settings.arti_webhook_secret.get_secret_value():
        yield "ARTI_WEBHOOK_SECRET is not set, so no webhook can be authenticated. Make one with ./arti keys."
    console_password = settings.arti_console_password.get_secret_value()
    if console_password and len(console_password) < _MIN_CONSOLE_PASSWORD:
        yield f"ARTI_CONSOLE_PASSWORD opens the whole database. Use {_MIN_CONSOLE_PASSWORD} random characters or more."
    for name in ("api_url", "openai_base_url", "slack_base_url", "twilio_base_url", "aws_endpoint_url"):
        yield from check_https(name, getattr(settings, name))
    redis = urlsplit(settings.redis_url.get_secret_value())
    if redis.hostname and not is_private_host(redis.hostname) and not redis.password:
        yield "REDIS_URL has no password. Set one: whoever can write to the queue controls the workers."


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
