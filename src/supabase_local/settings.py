"""Settings of the gateway, under the names of self-hosted Supabase, GoTrue and PostgREST.

A mix-in: the program that runs the gateway inherits it and provides its encryption key.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from arti_core.claims_signature import parse_keys
from arti_core.errors import Misconfigured
from arti_core.master_keys import MasterKeys
from arti_core.setting_checks import check_database_url, check_https, is_example_secret, is_private_host
from supabase_local.external_settings import EXTERNAL_URLS, ExternalProviderSettings, list_external_refusals


class SupabaseLocalSettings(ExternalProviderSettings, BaseSettings):
    """What auth, REST and Realtime read. Only the gateway needs the private keys and database URLs."""

    model_config = SettingsConfigDict(env_prefix="", case_sensitive=False, extra="ignore", frozen=True)

    DATABASE_ROLES: ClassVar[dict[str, str]] = {
        "auth_database_url": "supabase_auth_admin",
        "rest_database_url": "authenticator",
        "service_database_url": "authenticator",
    }

    KEY_REMEDY: ClassVar[str] = "Make a new one."
    # Prefixes of roles that no user may have, since they mean something in the database.
    RESERVED_ROLES: ClassVar[tuple[str, ...]] = (
        *("anon", "service_role", "authenticator", "postgres", "pg_", "supabase_", "dashboard_user"),
    )

    auth_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as supabase_auth_admin; gateway only."
    )
    rest_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as a role that may become anon and authenticated; gateway only."
    )
    service_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as authenticator, for service_role alone; gateway only."
    )
    realtime_database_url: SecretStr = Field(
        default=SecretStr(""),
        description="Logs in as supabase_replication_admin; gateway only. Empty: Realtime sends no postgres_changes.",
    )

    database_direct_host: str = Field(
        default="",
        description="host:port of PostgreSQL itself where database URLs with ?pgbouncer=true lead through a pooler.",
    )
    claims_signing_key: SecretStr = Field(
        default=SecretStr(""),
        description="32 bytes, base64: signs claims for the database. Several with commas: the first signs.",
    )

    supabase_url: str = Field(
        default="http://127.0.0.1:8000", description="Where the installation's own processes reach the gateway."
    )
    api_external_url: str = Field(
        default="",
        description="Where browsers and others reach the gateway, with or without /auth/v1; empty: at SUPABASE_URL.",
    )
    supabase_publishable_key: str = Field(default="", description="The key of browsers.")
    supabase_secret_key: SecretStr = Field(
        default=SecretStr(""), description="The key of servers, which may do everything."
    )
    supabase_jwks: str = Field(default="", description="Public keys as JSON; empty: fetched from SUPABASE_URL.")
    supabase_jwks_file: str = Field(default="", description="A file in place of SUPABASE_JWKS, read when it changes.")
    jwt_keys: SecretStr = Field(default=SecretStr(""), description="Private JWKs as JSON; gateway only.")
    jwt_keys_file: str = Field(default="", description="A file in place of JWT_KEYS, read when it changes.")
    jwt_secret: SecretStr = Field(
        default=SecretStr(""), description="HS256 secret of legacy API keys, refused in production; gateway only."
    )
    jwt_expiry: int = Field(default=3600, ge=60, le=86_400, description="Life of an access token, in seconds.")
    jwt_valid_until_expiry: bool = Field(
        default=False,
        description="REST and Realtime accept a token until it expires, as upstream, also after sign-out.",
    )
    gotrue_hook_custom_access_token_uri: str = Field(
        default="", description="The function that may change the claims of access tokens; empty: none."
    )

    pgrst_db_schemas: str = Field(default="public", description="Exposed schemas; the first one is the default.")
    pgrst_db_extra_search_path: str = Field(
        default="public,extensions", description="Schemas where functions and types are found besides."
    )
    pgrst_db_max_rows: int = Field(default=1000, ge=1, description="The most rows of one answer.")
    pgrst_db_plan_enabled: bool = Field(default=False, description="Return execution plans on request.")
    pgrst_db_tx_end: Literal["commit", "commit-allow-override"] = Field(
        default="commit", description="Whether a request may ask to be rolled back (Prefer: tx=rollback)."
    )
    pgrst_db_planned_counts: bool = Field(
        default=False, description="Allow count=planned and estimated, which count rows that RLS hides."
    )

    disable_signup: bool = Field(default=False, description="Nobody makes an account without an invitation.")
    enable_email_autoconfirm: bool = Field(
        default=True, description="Addresses count as confirmed without a mail; refused in production with sign-ups."
    )
    enable_anonymous_users: bool = Field(default=False, description="Accounts without an address.")
    enable_phone_signup: bool = Field(default=False, description="By telephone number and password; sends no SMS.")
    enable_phone_autoconfirm: bool = Field(default=False, description="Numbers count as confirmed without an SMS.")
    password_min_length: int = Field(
        default=12,
        ge=6,
        le=72,
        validation_alias=AliasChoices("password_min_length", "gotrue_password_min_length"),
        description="Characters of a password, at least.",
    )
    password_refuse_common: bool = Field(
        default=True, description="Refuse passwords that are known from breaches or easily guessed."
    )
    password_context_words: str = Field(
        default="", description="Words that add no security to a password, separated by commas: names of your company."
    )
    realtime_allow_public: bool = Field(
        default=False, description="Allow broadcast and presence on public channels, which no policy restricts."
    )
    redis_url: SecretStr = Field(
        default=SecretStr(""),
        description="Redis or Valkey, through which several gateways share broadcasts and presence; empty: one alone.",
    )
    site_url: str = Field(
        default="http://127.0.0.1:3000",
        description="The web app's public address: links in mails lead there, and its pages may call the API.",
    )
    additional_redirect_urls: str = Field(
        default="", description="Allowed redirect URLs besides SITE_URL: globs, separated by commas."
    )
    mailer_otp_exp: int = Field(
        default=86_400, ge=60, le=86_400, description="Life of a mailed link and code, in seconds."
    )
    mailer_otp_length: int = Field(default=6, ge=6, le=10, description="Digits of a mailed code.")
    mailer_secure_email_change_enabled: bool = Field(default=True, description="Both addresses confirm a change.")
    mailer_notifications_password_changed_enabled: bool = Field(
        default=True, description="Mail users that their password was changed."
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""), description="smtp[s]://user:password@host:port[?starttls=always|never]"
    )
    mail_from: str = Field(default="Supabase <auth@localhost>", description="Whom mails are from.")
    smtp_max_frequency: int = Field(default=60, ge=0, description="Seconds between two mails of a kind to an address.")
    rate_limit_email_sent: int = Field(
        default=30, ge=0, description="Mails an hour, when sign-ups are confirmed by mail."
    )
    rate_limit_header: str = Field(default="", description="Header with the client's address, set by your proxy.")
    sign_in_backoff: bool = Field(
        default=True, description="Delay attempts to guess a password or code, by account and by client address."
    )
    security_update_password_require_reauthentication: bool = Field(
        default=False, description="A new password needs a code by mail."
    )
    security_update_password_require_current_password: bool = Field(
        default=False, description="A new password needs the present one."
    )

    allowed_hosts: str = Field(default="", description="Hosts on private addresses that outbound requests may reach.")

    @field_validator("supabase_url", "api_external_url", "site_url", *EXTERNAL_URLS)
    @classmethod
    def _strip_trailing_slash(cls, url: str) -> str:
        return strip_trailing_slash(url)

    @property
    def public_supabase_url(self) -> str:
        """The gateway's address for everybody else: in tokens, mails, callbacks and the web app."""
        return self.api_external_url.removesuffix("/auth/v1") or self.supabase_url

    @property
    def issuer(self) -> str:
        """Who issues access tokens."""
        return f"{self.public_supabase_url}/auth/v1"

    @abstractmethod
    def master_keys(self) -> MasterKeys:
        """Return the keys that seal what auth stores. Raises Misconfigured."""

    @property
    def is_production(self) -> bool:
        """Whether unsafe settings are refused."""
        return False

    def private_hosts(self) -> frozenset[str]:
        """Return the hosts that outbound requests may reach although they are private: what the operator configured."""
        named = [part.strip() for part in self.allowed_hosts.split(",") if part.strip()]
        urls = (getattr(self, name) for name in self.outbound_url_settings())
        return frozenset(named + [urlsplit(url).netloc for url in urls if url])

    @classmethod
    def outbound_url_settings(cls) -> tuple[str, ...]:
        """Return the names of the settings whose URLs this program requests."""
        return ("supabase_url", *EXTERNAL_URLS)


_MIN_PRODUCTION_PASSWORD = 8


def strip_trailing_slash(url: str) -> str:
    """Return an http(s) URL without the slash at its end. Raises ValueError for another scheme."""
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return url.rstrip("/")


def list_refusals(settings: SupabaseLocalSettings) -> list[str]:
    """Return what is unsafe in `settings`: each sentence names the setting and the remedy, never the value."""
    return [
        *_key_refusals(settings),
        *(
            refusal
            for name, role in settings.DATABASE_ROLES.items()
            for refusal in check_database_url(
                name, getattr(settings, name).get_secret_value(), role=role, production=settings.is_production
            )
        ),
        *_url_refusals(settings),
    ]


def list_gateway_refusals(settings: SupabaseLocalSettings) -> list[str]:
    """Return what the gateway needs and does not have, or what is unsafe where it runs. Only there all is seen."""
    needed = ["auth_database_url", "rest_database_url", "service_database_url", "supabase_secret_key"]
    needed += ["supabase_publishable_key", *(() if settings.jwt_keys_file else ("jwt_keys",))]
    values = {name: getattr(settings, name) for name in needed}
    return [
        *(
            f"{name.upper()} is not set, and the gateway needs it."
            for name, value in values.items()
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value)
        ),
        *_sign_up_refusals(settings),
        *list_external_refusals(
            settings, production=settings.is_production, autoconfirm=settings.enable_email_autoconfirm
        ),
    ]


def _sign_up_refusals(settings: SupabaseLocalSettings) -> Iterator[str]:
    if settings.is_production and settings.enable_email_autoconfirm and not settings.disable_signup:
        yield (
            "ENABLE_EMAIL_AUTOCONFIRM confirms every address without a mail: who signs up first with one gets its "
            "owner's invitation. Set it to false, with an SMTP_URL, or set DISABLE_SIGNUP=true."
        )


def _key_refusals(settings: SupabaseLocalSettings) -> Iterator[str]:
    if claims_keys := settings.claims_signing_key.get_secret_value():
        try:
            parse_keys(claims_keys)
        except Misconfigured as error:
            yield error.message
    if settings.supabase_publishable_key.startswith("sb_secret_"):
        yield "SUPABASE_PUBLISHABLE_KEY contains the secret key, which every visitor would see. Swap the two keys."
    if settings.supabase_secret_key.get_secret_value().startswith("sb_publishable_"):
        yield "SUPABASE_SECRET_KEY contains the publishable key. Set the secret one."
    for name in ("supabase_secret_key", "supabase_publishable_key", "jwt_keys"):
        value = getattr(settings, name)
        if is_example_secret(value.get_secret_value() if isinstance(value, SecretStr) else value):
            yield f"{name.upper()} is a published example. {settings.KEY_REMEDY}"
    if settings.is_production and settings.jwt_secret.get_secret_value():
        yield (
            "JWT_SECRET makes everybody who knows it service_role, with keys that cannot be revoked. Unset it, and "
            "give programs an sb_secret_ key."
        )


def _url_refusals(settings: SupabaseLocalSettings) -> Iterator[str]:
    if "*" in settings.site_url or "," in settings.site_url:
        yield "SITE_URL must be one exact address: it decides which pages may call the API."
    if any(part.strip() in ("*", "0.0.0.0", "0.0.0.0/0", "::/0") for part in settings.allowed_hosts.split(",")):  # noqa: S104
        yield "ALLOWED_HOSTS must name hosts one by one: it opens private addresses to outbound requests."
    if not settings.is_production:
        return
    if not settings.sign_in_backoff:
        yield "SIGN_IN_BACKOFF=false lets anybody guess passwords without end. Unset it in production."
    if settings.password_min_length < _MIN_PRODUCTION_PASSWORD:
        yield f"PASSWORD_MIN_LENGTH must be at least {_MIN_PRODUCTION_PASSWORD} in production. 12 is the default."
    mail = urlsplit(settings.smtp_url.get_secret_value())
    if mail.query == "starttls=never" and not is_private_host(mail.hostname or ""):
        yield "SMTP_URL sends mails with sign-in links over the network in clear. Drop ?starttls=never."
    for name in ("site_url", "supabase_url", "api_external_url"):
        yield from check_https(name, getattr(settings, name))
