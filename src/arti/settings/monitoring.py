"""Settings of metrics and alerts: docs/monitoring.md."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from arti import __version__
from arti_core.contact_addresses import parse_email
from supabase_local.settings import SupabaseLocalSettings


class MonitoringSettings(SupabaseLocalSettings):
    """What the services show of themselves, and whom they tell when something is wrong."""

    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token of GET /metrics; empty: from this machine only."
    )
    arti_worker_port: int = Field(default=3003, description="Where a worker answers /healthz and /metrics.")
    alert_mail: str = Field(
        default="", description="Addresses that are told what is wrong, separated by commas; needs SMTP_URL."
    )
    alert_webhook: SecretStr = Field(
        default=SecretStr(""), description="A URL that is told what is wrong, as JSON with `text`: Slack and others."
    )
    expected_ports: str = Field(
        default="22,80,443", description="Ports that may be open to other machines; others are an alert in production."
    )
    otel_exporter_otlp_endpoint: str = Field(
        default="", description="Where traces are sent by OTLP over HTTP, as http://collector:4318; empty: nowhere."
    )
    otel_exporter_otlp_headers: SecretStr = Field(
        default=SecretStr(""), description="Headers for that receiver: name=value, separated by commas."
    )

    @field_validator("alert_mail")
    @classmethod
    def _check_addresses(cls, addresses: str) -> str:
        return ",".join(parse_email(address.strip()) for address in addresses.split(",") if address.strip())

    @field_validator("expected_ports")
    @classmethod
    def _check_ports(cls, ports: str) -> str:
        if not all(port.strip().isdigit() for port in ports.split(",") if port.strip()):
            raise ValueError("must be port numbers, separated by commas")
        return ports

    def private_hosts(self) -> frozenset[str]:
        """Return the hosts that may be private, with that of the operator's own webhook."""
        webhook = urlsplit(self.alert_webhook.get_secret_value()).netloc
        return super().private_hosts() | ({webhook} if webhook else frozenset())

    def trace_export(self) -> dict[str, str]:
        """Return the arguments of `configure_traces`."""
        headers = self.otel_exporter_otlp_headers.get_secret_value()
        return {"version": __version__, "endpoint": self.otel_exporter_otlp_endpoint, "headers": headers}


def list_monitoring_refusals(settings: MonitoringSettings) -> Iterator[str]:
    """Yield what cannot work: each sentence names the setting and the remedy."""
    if settings.alert_mail and not settings.smtp_url.get_secret_value():
        yield "ALERT_MAIL needs a mail server. Set SMTP_URL too, or use ALERT_WEBHOOK."
    if not (settings.otel_exporter_otlp_endpoint or "https://").startswith(("https://", "http://")):
        yield "OTEL_EXPORTER_OTLP_ENDPOINT must be a URL. Use http://host:4318 or https://host."
    webhook = settings.alert_webhook.get_secret_value()
    if webhook and not webhook.startswith(("https://", "http://")):
        yield "ALERT_WEBHOOK must be a URL. Use https://host/path."
