"""ARTi's gateway on :8000: supabase_local with the API keys of ARTi's database.

Runs only when ARTi itself stands for Supabase. With a hosted Supabase, SUPABASE_URL leads there and it is off.
"""

from starlette.applications import Starlette

from arti.orgs.api_keys.store import use_key
from arti.settings import Settings, read_settings
from arti_core.log import configure_log
from supabase_local.gateway import app


def create_gateway(settings: Settings) -> Starlette:
    """Build the gateway of an installation. Raises Misconfigured when a setting is missing or unsafe."""
    return app.create_gateway(settings, use_key=use_key)


def run() -> None:
    """Serve until stopped. The entry of the process `gateway`."""
    settings = read_settings(
        needs=("auth_database_url", "rest_database_url", "service_database_url", "arti_master_key")
    )
    configure_log(service="gateway", json=settings.is_production)
    app.serve_gateway(create_gateway(settings), host=settings.arti_bind, port=settings.arti_gateway_port)
