"""The settings of an installation, by the names of the environment.

`./arti up` generates the local values (see local_stack.secrets) and passes them to each service in its environment;
in production the operator sets them. A service is replaced by another one through its URL here.
"""

from ipaddress import ip_network
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from arti.settings.monitoring import MonitoringSettings
from arti.vocabulary import Provider
from arti_core.mail_budget import MailLimits
from arti_core.master_keys import MasterKeys
from arti_core.pooler import direct_dsn
from supabase_local.settings import SupabaseLocalSettings, strip_trailing_slash


class Settings(MonitoringSettings):
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

    arti_environment: Literal["local", "production"] = Field(
        default="local", description="production refuses what is unsafe on a network, and simulates no provider."
    )
    arti_domain: str = Field(
        default="",
        description="Your domain: ./arti up then answers as app., api. and db. of it, unless a URL is set by itself.",
    )

    database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_api.")
    worker_database_url: SecretStr = Field(default=SecretStr(""), description="Logs in as arti_worker.")
    owner_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as postgres; migrations and commands, no service."
    )
    console_database_url: SecretStr = Field(
        default=SecretStr(""), description="Logs in as arti_console, which may become postgres; console only."
    )
    redis_url: SecretStr = Field(
        default=SecretStr("redis://127.0.0.1:6379/0"),
        description="The queue, and Realtime of several gateways: redis://:password@host:6379/0; rediss:// with TLS.",
    )

    arti_own_gateway: bool = Field(
        default=True,
        description="False where SUPABASE_URL is another Supabase; true with a SUPABASE_URL: it is ARTi's own gateway.",
    )
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
    arti_master_key_unwrap_command: str = Field(
        default="",
        description="A command that unwraps what ARTI_MASTER_KEY_FILE holds, as that of a KMS: docs/keys.md.",
    )
    arti_master_key_wrap_command: str = Field(
        default="", description="The other way round: ./arti keys rotate-master and wrap-master run it."
    )
    arti_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="whsec_...: signs /webhooks/insight-created."
    )
    arti_console_password: SecretStr = Field(default=SecretStr(""), description="Opens the database console.")
    api_url: str = Field(
        default="http://127.0.0.1:3002",
        description="The API's public address: callbacks of providers and webhooks lead there.",
    )
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
    aws_region: str = Field(default="", description="Of the bucket.")
    aws_access_key_id: str = Field(default="", description="Who may read and write the bucket.")
    aws_secret_access_key: SecretStr = Field(default=SecretStr(""), description="Belongs to AWS_ACCESS_KEY_ID.")
    aws_session_token: SecretStr = Field(default=SecretStr(""), description="Of temporary credentials.")

    simulators_url: str = Field(default="", description="Base URL of provider simulators; empty: the real providers.")
    simulator_client_id: str = Field(default="arti-local", description="OAuth app that the simulators accept.")
    simulator_client_secret: SecretStr = Field(
        default=SecretStr("not-a-secret-of-a-real-provider"), description="Belongs to SIMULATOR_CLIENT_ID."
    )
    openai_base_url: str = Field(
        default="", description="An OpenAI-compatible model, as https://api.openai.com/v1; empty: templates."
    )
    openai_api_key: SecretStr = Field(default=SecretStr(""), description="For the model.")
    openai_model: str = Field(default="gpt-4.1-mini", description="Which model orders the sentences of insights.")
    openai_embedding_model: str = Field(
        default="", description="Its model for embeddings; empty: the one that ARTi brings."
    )
    openai_input_price: float = Field(
        default=0.4, ge=0, description="US dollars for a million tokens that OPENAI_MODEL reads; 0: it is free."
    )
    openai_output_price: float = Field(default=1.6, ge=0, description="The same for tokens that it writes.")
    openai_limit_per_org: float = Field(
        default=5, ge=0, le=1_000_000, description="US dollars that OPENAI_MODEL may cost an org in a month; 0: none."
    )
    mail_from: str = Field(default="ARTi <arti@localhost>", description="Whom mails are from.")
    arti_mail_configured: bool = Field(
        default=False, description="Says to services that may not see SMTP_URL that it is set; ./arti up does so."
    )
    arti_sms_configured: bool = Field(
        default=False,
        description="Says to services that may not see TWILIO_AUTH_TOKEN that it is set; ./arti up does so.",
    )
    slack_base_url: str = Field(default="https://hooks.slack.com", description="Where webhooks of Slack are.")
    twilio_base_url: str = Field(default="https://api.twilio.com", description="Where Twilio's API is.")
    twilio_account_sid: str = Field(default="", description="Of the account that sends SMS.")
    twilio_auth_token: SecretStr = Field(default=SecretStr(""), description="Belongs to TWILIO_ACCOUNT_SID.")
    twilio_from: str = Field(default="", description="The number, or the sender, of SMS.")
    sms_price: float = Field(
        default=0.08, ge=0, le=100, description="US dollars that one part of an SMS (160 characters) costs you."
    )
    sms_messages_per_org: int = Field(default=500, ge=0, description="SMS that an org may send in a month.")
    sms_limit_per_org: float = Field(
        default=20, ge=0, le=1_000_000, description="US dollars that an org's SMS may cost in a month; 0: none."
    )
    n8n_url: str = Field(default="", description="Your n8n, where registered workflows are; empty: none.")
    n8n_api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Of the n8n at N8N_URL: with it managers connect workflows by a button.",
    )
    n8n_editor_base_url: str = Field(
        default="", description="Where n8n's editor is for those who manage channels; empty: nobody is sent there."
    )
    n8n_api_key_file: str = Field(default="", description="A file in place of N8N_API_KEY.")
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

    arti_api_port: int = Field(default=3002, description="Where the API listens.")
    arti_web_port: int = Field(default=3000, description="Where the web app listens.")
    arti_gateway_port: int = Field(default=8000, description="Where the gateway listens.")
    arti_auth_port: int = Field(default=9999, description="Where auth listens, when it is started by itself.")
    arti_rest_port: int = Field(default=3001, description="Where REST listens, when it is started by itself.")
    arti_realtime_port: int = Field(default=4000, description="Where Realtime listens, when it is started by itself.")
    arti_console_port: int = Field(default=54323, description="Where the database console listens.")
    arti_simulators_port: int = Field(default=3010, description="Where the simulators listen.")
    arti_bind: str = Field(default="127.0.0.1", description="On which address the services listen.")
    arti_console_bind: str = Field(
        default="127.0.0.1", description="Where the database console listens: one address, never all of them."
    )
    arti_console_url: str = Field(default="", description="Under which the database console is behind your proxy.")
    arti_console_allow: str = Field(
        default="",
        description="Networks whose browsers may open the console at ARTI_CONSOLE_URL, as 203.0.113.0/24; commas.",
    )

    @field_validator("arti_mail_configured", "arti_sms_configured", mode="before")
    @classmethod
    def _read_nothing(cls, value: object) -> object:
        return value or False  # a compose file has no other way to say no

    @field_validator("arti_console_allow")
    @classmethod
    def _read_networks(cls, text: str) -> str:
        for network in text.split(",") if text else ():
            ip_network(network.strip())
        return text

    @field_validator("api_url", "simulators_url", "openai_base_url", "arti_console_url")
    @classmethod
    def _strip_slash(cls, url: str) -> str:
        return strip_trailing_slash(url)

    @property
    def worker_listen_url(self) -> str:
        """Where workers listen for notifications: at PostgreSQL itself, not at a pooler."""
        return direct_dsn(self.worker_database_url.get_secret_value(), self.database_direct_host)

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
            unwrap=self.arti_master_key_unwrap_command,
        )

    @property
    def is_production(self) -> bool:
        """Whether unsafe settings are refused."""
        return self.arti_environment == "production"

    @classmethod
    def outbound_url_settings(cls) -> tuple[str, ...]:
        """Return the names of the settings whose URLs this installation requests."""
        own = ("api_url", "simulators_url", "openai_base_url", "n8n_url", "slack_base_url", "twilio_base_url")
        return (*super().outbound_url_settings(), *own)

    @property
    def sends_mail(self) -> bool:
        """Whether a mail server is configured, as far as this service may know."""
        return self.arti_mail_configured or bool(self.smtp_url.get_secret_value())

    @property
    def sends_sms(self) -> bool:
        """Whether SMS are sent, as far as this service may know."""
        return self.arti_sms_configured or bool(self.twilio_account_sid and self.twilio_auth_token.get_secret_value())

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
