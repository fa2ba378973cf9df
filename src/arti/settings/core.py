"""One Settings object, read from the environment once. Unsafe values are refused with a reason, never with the value.

`./arti up` makes the local values (see local_stack.secrets) and hands them to each box as environment variables;
in production they are set by hand. Each box is swapped for its real counterpart by its URL here.
"""

import base64
import ipaddress
from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import SettingsConfigDict

from arti.settings.external_sign_in import URLS, ExternalSignIn, list_sign_in_refusals
from arti.vocabulary import Provider


class Settings(ExternalSignIn):
    model_config = SettingsConfigDict(env_prefix="", case_sensitive=False, extra="ignore", frozen=True)

    arti_environment: Literal["local", "production"] = "local"

    database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_api.")
    worker_database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_worker.")
    auth_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as supabase_auth_admin; gateway only."
    )
    rest_database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_rest; gateway only.")
    service_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as authenticator, for service_role alone; gateway only."
    )
    realtime_database_url: SecretStr = Field(
        default=SecretStr(""),
        description="Logs in as supabase_replication_admin; gateway only. Empty: Realtime tells no changes of tables.",
    )
    owner_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as postgres; migrations, console."
    )
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")

    supabase_url: str = "http://127.0.0.1:8000"
    supabase_publishable_key: str = ""
    supabase_secret_key: SecretStr = SecretStr("")
    arti_own_gateway: bool = Field(default=True, description="False where SUPABASE_URL is another Supabase.")
    supabase_jwks: str = Field(default="", description="Public keys as JSON; empty: fetched from supabase_url.")
    supabase_jwks_file: str = Field(default="", description="A file in place of SUPABASE_JWKS, read when it changes.")
    jwt_keys: SecretStr = Field(default=SecretStr(""), description="Private JWKs as JSON; gateway only.")
    jwt_keys_file: str = Field(default="", description="A file in place of JWT_KEYS, read when it changes.")
    jwt_secret: SecretStr = Field(default=SecretStr(""), description="HS256 secret of legacy API keys; gateway only.")
    gotrue_hook_custom_access_token_uri: str = Field(
        default="pg-functions://postgres/private/add_orgs_to_token",
        description="The function that completes the claims of access tokens; empty: none.",
    )

    # REST, gateway only; the names are those of self-hosted Supabase and of PostgREST.
    pgrst_db_schemas: str = Field(default="public", description="Exposed schemas; the first answers by default.")
    pgrst_db_extra_search_path: str = "public,extensions"
    pgrst_db_max_rows: int = Field(default=1000, ge=1)
    pgrst_db_plan_enabled: bool = Field(default=False, description="Answer EXPLAIN to whoever asks for a plan.")
    pgrst_db_tx_end: Literal["commit", "commit-allow-override"] = "commit"
    pgrst_db_planned_counts: bool = Field(default=False, description="Tells of rows that RLS hides.")

    # Sign-in, gateway only; the names are those of self-hosted Supabase.
    disable_signup: bool = False
    enable_email_autoconfirm: bool = True
    enable_anonymous_users: bool = False
    enable_phone_signup: bool = Field(default=False, description="By telephone number and password; sends no SMS.")
    enable_phone_autoconfirm: bool = False
    password_min_length: int = Field(default=6, ge=6, le=72)
    realtime_allow_public: bool = Field(
        default=False, description="Let anyone with a key use public channels: no policy guards their topics."
    )
    jwt_expiry: int = Field(default=3600, ge=60, le=86_400, description="Life of an access token, in seconds.")
    additional_redirect_urls: str = Field(
        default="", description="Where links may lead besides SITE_URL: globs, by comma."
    )
    mailer_otp_exp: int = Field(
        default=86_400, ge=60, le=86_400, description="Life of a mailed link and code, in seconds."
    )
    mailer_otp_length: int = Field(default=6, ge=6, le=10)
    mailer_secure_email_change_enabled: bool = Field(default=True, description="Both addresses confirm a change.")
    smtp_max_frequency: int = Field(default=60, ge=0, description="Seconds between two mails of a kind to an address.")
    rate_limit_email_sent: int = Field(
        default=30, ge=0, description="Mails an hour, when sign-ups are confirmed by mail."
    )
    rate_limit_header: str = Field(default="", description="Header with the client's address, set by your proxy.")
    security_update_password_require_reauthentication: bool = False
    security_update_password_require_current_password: bool = False

    arti_master_key: SecretStr = Field(
        default=SecretStr(""), description="32 bytes, base64: seals tokens and secrets; API and workers only."
    )
    arti_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="whsec_...: signs /webhooks/insight-created."
    )
    arti_console_password: SecretStr = Field(default=SecretStr(""), description="Opens the database console.")
    site_url: str = "http://127.0.0.1:3000"
    api_url: str = "http://127.0.0.1:3002"
    allowed_hosts: str = Field(default="", description="Hosts on private addresses that outside calls may reach.")

    simulators_url: str = Field(default="", description="Base URL of the provider twins; empty: the real providers.")
    openai_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    openai_model: str = "gpt-4.1-mini"
    openai_embedding_model: str = ""
    smtp_url: SecretStr = Field(
        default=SecretStr(""), description="smtp[s]://user:password@host:port[?starttls=always|never]"
    )
    mail_from: str = "ARTi <arti@localhost>"
    slack_base_url: str = "https://hooks.slack.com"
    twilio_base_url: str = "https://api.twilio.com"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    n8n_url: str = ""

    arti_api_port: int = 3002
    arti_web_port: int = 3000
    arti_gateway_port: int = 8000
    arti_console_port: int = 54323
    arti_simulators_port: int = 3010
    arti_bind: str = "127.0.0.1"
    arti_console_bind: str = Field(
        default="127.0.0.1", description="Where the database console listens: one address, never all of them."
    )

    @field_validator("supabase_url", "site_url", "api_url", "simulators_url", "openai_base_url", *URLS)
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

    def private_hosts(self) -> frozenset[str]:
        """Return the hosts that outside calls may reach although they are private: what the operator configured."""
        named = [part.strip() for part in self.allowed_hosts.split(",") if part.strip()]
        urls = (
            self.supabase_url,
            self.simulators_url,
            self.openai_base_url,
            self.n8n_url,
            self.slack_base_url,
            self.twilio_base_url,
            *(getattr(self, name) for name in URLS),
        )
        return frozenset(named + [urlsplit(url).netloc for url in urls if url])

    def cors_origins(self) -> list[str]:
        """Return the exact origins from which a browser may call."""
        site = self.site_url
        twins = {site, site.replace("127.0.0.1", "localhost"), site.replace("localhost", "127.0.0.1")}
        return sorted(twins) if self.arti_environment == "local" else [site]

    def provider_url(self, provider: Provider, real: str) -> str:
        """Return `real`, or the same place on the twin of `provider`: <simulators_url>/<provider>/<host>/<path>."""
        if not self.simulators_url:
            return real
        return f"{self.simulators_url}/{provider}/{real.removeprefix('https://')}"


SETTING_NAMES = frozenset(name.upper() for name in Settings.model_fields)


def read_settings(*, needs: tuple[str, ...] = ("database_url", "arti_master_key")) -> Settings:
    """Read the environment. Exits with one sentence when a value that this box needs is missing, or any is unsafe."""
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
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            name = field.upper()
            raise SystemExit(f"arti: {name} is not set. Start with ./arti up, or set {name} in the environment.")
    for sentence in list_refusals(settings):
        raise SystemExit(f"arti: {sentence}")
    return settings


def list_refusals(settings: Settings) -> list[str]:
    """Return what is unsafe in `settings`: each sentence names the setting and the way out, never the value."""
    found = [*_secret_refusals(settings), *_database_refusals(settings), *_place_refusals(settings)]
    production = settings.arti_environment == "production"
    found += list_sign_in_refusals(settings, production=production, believes_all=settings.enable_email_autoconfirm)
    if production:
        found += _production_refusals(settings)
    return found


_DATABASE_SETTINGS = {
    "database_url": "arti_api",
    "worker_database_url": "arti_worker",
    "auth_database_url": "supabase_auth_admin",
    "rest_database_url": "arti_rest",
    "service_database_url": "authenticator",
}
# In every copy of self-hosted Supabase's example file, and in half of the world's first deployments.
_KNOWN_SECRETS = ("super-secret-jwt-token", "your-super-secret", "c3VwYWJhc2UtZGVtby", "changeme", "change-me")
_LEAST_DISTINCT_BYTES = 12  # 32 random bytes hold fewer than 20 distinct values about never
_LEAST_WEBHOOK_BYTES = 24
_WEAK_PASSWORDS = frozenset(
    {"", "postgres", "password", "admin", "arti", "root", "123456", "your-super-secret-password"}
)


def _secret_refusals(settings: Settings) -> Iterator[str]:
    key = settings.arti_master_key.get_secret_value()
    if key and len(_bytes_of(key)) != 32:
        yield "ARTI_MASTER_KEY must be 32 bytes in base64. Make one with ./arti keys."
    elif key and len(set(_bytes_of(key))) < _LEAST_DISTINCT_BYTES:
        yield "ARTI_MASTER_KEY is not random. Make one with ./arti keys."
    signing = settings.arti_webhook_secret.get_secret_value()
    if signing and (
        not signing.startswith("whsec_") or len(_bytes_of(signing.removeprefix("whsec_"))) < _LEAST_WEBHOOK_BYTES
    ):
        yield "ARTI_WEBHOOK_SECRET must be whsec_ and at least 24 bytes in base64. Make one with ./arti keys."
    if settings.supabase_publishable_key.startswith("sb_secret_"):
        yield "SUPABASE_PUBLISHABLE_KEY holds the secret key, which every visitor would see. Swap the two keys."
    if settings.supabase_secret_key.get_secret_value().startswith("sb_publishable_"):
        yield "SUPABASE_SECRET_KEY holds the publishable key. Set the secret one."
    for name in ("supabase_secret_key", "supabase_publishable_key", "jwt_keys", "arti_webhook_secret"):
        value = getattr(settings, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if any(known in text for known in _KNOWN_SECRETS):
            yield f"{name.upper()} is an example that everybody knows. Make your own with ./arti keys."
    if bool(settings.twilio_account_sid) != bool(settings.twilio_auth_token.get_secret_value()):
        yield "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN belong together. Set both, or neither."


def _database_refusals(settings: Settings) -> Iterator[str]:
    for name, role in _DATABASE_SETTINGS.items():
        dsn = getattr(settings, name).get_secret_value()
        if not dsn:
            continue
        parts = urlsplit(dsn)
        if parts.scheme not in ("postgres", "postgresql") or not parts.hostname:
            yield f"{name.upper()} must look like postgresql://{role}:password@host:5432/database."
            continue
        if (parts.username or "").split(".")[0] in ("postgres", "supabase_admin", "root", ""):
            yield f"{name.upper()} logs in as an owner or superuser, who may read every org. Log in as {role}."


def _place_refusals(settings: Settings) -> Iterator[str]:
    if "*" in settings.site_url or "," in settings.site_url:
        yield "SITE_URL must be one exact address: it decides which pages may call the API."
    if any(part.strip() in ("*", "0.0.0.0", "0.0.0.0/0", "::/0") for part in settings.allowed_hosts.split(",")):  # noqa: S104
        yield "ALLOWED_HOSTS must name hosts one by one: it opens private addresses to outside calls."
    if settings.arti_console_bind in ("", "*", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        yield "ARTI_CONSOLE_BIND must be one address: the database console may do everything. Use 127.0.0.1."
    if not settings.redis_url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        yield "REDIS_URL must start with redis:// or rediss://."


def _production_refusals(settings: Settings) -> Iterator[str]:
    if settings.simulators_url:
        yield "SIMULATORS_URL points to simulated providers, which have no place in production. Unset it."
    if settings.arti_master_key.get_secret_value() and not settings.arti_webhook_secret.get_secret_value():
        yield "ARTI_WEBHOOK_SECRET is not set, so no webhook could prove its sender. Make one with ./arti keys."
    mail = urlsplit(settings.smtp_url.get_secret_value())
    if mail.query == "starttls=never" and not _is_near(mail.hostname or ""):
        yield "SMTP_URL sends mails that sign people in over the network in clear. Drop ?starttls=never."
    for name in ("site_url", "api_url", "supabase_url", "openai_base_url", "slack_base_url", "twilio_base_url"):
        parts = urlsplit(getattr(settings, name))
        if parts.scheme == "http" and not _is_near(parts.hostname or ""):
            yield f"{name.upper()} must be https in production: tokens travel there."
    for name in _DATABASE_SETTINGS:
        parts = urlsplit(getattr(settings, name).get_secret_value())
        if not parts.hostname:
            continue
        mode = parse_qs(parts.query).get("sslmode", [""])[0]
        if not _is_near(parts.hostname) and mode not in ("require", "verify-ca", "verify-full"):
            yield f"{name.upper()} goes over the network without TLS. Add ?sslmode=verify-full."
        if (parts.password or "") in _WEAK_PASSWORDS:
            yield f"{name.upper()} has a password that everybody tries first. Set a random one."
    redis = urlsplit(settings.redis_url.get_secret_value())
    if redis.hostname and not _is_near(redis.hostname) and not redis.password:
        yield "REDIS_URL has no password. Set one: the queue takes orders from whoever can write to it."


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _is_near(host: str) -> bool:
    """Return whether `host` is this machine, a private address, or a name inside a container network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host
