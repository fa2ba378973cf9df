"""One Settings object, read from the environment once. Unsafe values are refused with a reason, never with the value.

`./arti up` makes the local values (see arti.stack.secrets) and hands them to each box as environment variables;
in production they are set by hand. Each box is swapped for its real counterpart by its URL here.
"""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from arti.vocabulary import Provider


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="", case_sensitive=False, extra="ignore", frozen=True)

    arti_environment: Literal["local", "production"] = "local"

    database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_api.")
    worker_database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_worker.")
    auth_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as supabase_auth_admin; gateway only."
    )
    rest_database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as authenticator; gateway only.")
    owner_database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as postgres; migrations only.")
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")

    supabase_url: str = "http://127.0.0.1:8000"
    supabase_publishable_key: str = ""
    supabase_secret_key: SecretStr = SecretStr("")
    supabase_jwks: str = Field(default="", description="Public keys as JSON; empty: fetched from supabase_url.")
    jwt_keys: SecretStr = Field(default=SecretStr(""), description="Private JWKs as JSON; gateway only.")

    # Sign-in, gateway only; the names are those of self-hosted Supabase.
    disable_signup: bool = False
    enable_email_autoconfirm: bool = True
    enable_anonymous_users: bool = False
    password_min_length: int = Field(default=6, ge=6, le=72)
    jwt_expiry: int = Field(default=3600, ge=60, le=86_400, description="Life of an access token, in seconds.")

    arti_master_key: SecretStr = Field(
        default=SecretStr(""), description="32 bytes, base64: seals tokens and secrets; API and workers only."
    )
    arti_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="whsec_...: signs /webhooks/insight-created."
    )
    site_url: str = "http://127.0.0.1:3000"
    api_url: str = "http://127.0.0.1:3002"
    allowed_hosts: str = Field(default="", description="Hosts on private addresses that outside calls may reach.")

    twins_url: str = Field(default="", description="Base URL of the provider twins; empty: the real providers.")
    openai_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    openai_model: str = "gpt-4.1-mini"
    openai_embedding_model: str = ""
    smtp_url: SecretStr = Field(default=SecretStr(""), description="smtp[s]://user:password@host:port")
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
    arti_twins_port: int = 3010
    arti_bind: str = "127.0.0.1"

    @field_validator("supabase_url", "site_url", "api_url", "twins_url", "openai_base_url")
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
            self.twins_url,
            self.openai_base_url,
            self.n8n_url,
            self.slack_base_url,
            self.twilio_base_url,
        )
        return frozenset(named + [urlsplit(url).netloc for url in urls if url])

    def cors_origins(self) -> list[str]:
        """Return the exact origins from which a browser may call."""
        site = self.site_url
        twins = {site, site.replace("127.0.0.1", "localhost"), site.replace("localhost", "127.0.0.1")}
        return sorted(twins) if self.arti_environment == "local" else [site]

    def provider_url(self, provider: Provider, real: str) -> str:
        """Return `real`, or the same place on the twin of `provider`: <twins_url>/<provider>/<host>/<path>."""
        if not self.twins_url:
            return real
        return f"{self.twins_url}/{provider}/{real.removeprefix('https://')}"


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
    return settings
