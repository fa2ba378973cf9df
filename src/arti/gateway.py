"""ARTi's gateway on :8000: supabase_local with ARTi's API keys and permissions.

Not started with a hosted Supabase, where SUPABASE_URL leads there.
"""

from collections.abc import Collection

from starlette.applications import Starlette

from arti.orgs.key_principal import use_gateway_key
from arti.orgs.locale_store import find_mail_translator
from arti.settings import Settings, read_settings
from arti_core.log import configure_log
from arti_core.telemetry.refusals import keep_flushing
from arti_core.telemetry.requests import ObservedRequests
from arti_core.telemetry.traces import configure_traces
from supabase_local import app
from supabase_local.gateway.own_port import OwnPort
from supabase_local.realtime.permission_model import PermissionModel

# Permissions depend on these tables alone, and the publication arti_permissions replicates them.
PERMISSION_MODEL = PermissionModel(
    publication="arti_permissions",
    tables={
        ("public", "memberships"): "user_id",
        ("public", "user_permissions"): "user_id",
        ("public", "member_artists"): "user_id",
        ("public", "member_groups"): "user_id",
        ("public", "artist_group_members"): None,
        ("public", "sources"): None,
        ("private", "role_permissions"): None,
    },
    functions=frozenset(
        {
            "private.member_org_ids",
            "private.org_ids_with",
            "private.platforms_with",
            "private.all_artist_org_ids",
            "private.all_platform_org_ids",
            "private.visible_artists",
            "auth.uid",
            "claims.uid",
        }
    ),
    tenant_column="org_id",
    tenant_function="private.member_org_ids",
)


def create_gateway(settings: Settings, services: Collection[str] = tuple(app.ROUTES)) -> Starlette:
    """Build the gateway of an installation, or some of its services. Raises Misconfigured for an unsafe setting."""
    return app.create_gateway(
        settings,
        use_key=use_gateway_key,
        permission_model=PERMISSION_MODEL,
        mail_limits=settings.mail_limits(),
        find_mail_translator=find_mail_translator,
        beside=keep_flushing,
        services=services,
    )


def run() -> None:
    """Serve until stopped. The entry point of the service `gateway`."""
    settings = _read_settings()
    configure_log(service="gateway", json=settings.is_production)
    configure_traces("gateway", **settings.trace_export())
    observed = ObservedRequests(create_gateway(settings), service="gateway", token=settings.metrics_token)
    app.serve_gateway(observed, host=settings.arti_bind, port=settings.arti_gateway_port)


def run_auth() -> None:
    """Serve auth alone until stopped, in GoTrue's place."""
    _run_alone("auth")


def run_rest() -> None:
    """Serve REST alone until stopped, in PostgREST's place."""
    _run_alone("rest")


def run_realtime() -> None:
    """Serve Realtime alone until stopped, in the place of Supabase's."""
    _run_alone("realtime")


def _run_alone(service: str) -> None:
    settings = _read_settings()
    configure_log(service=service, json=settings.is_production)
    configure_traces(service, **settings.trace_export())
    alone = OwnPort(create_gateway(settings, (service,)), service, settings.supabase_publishable_key)
    observed = ObservedRequests(alone, service=service, token=settings.metrics_token)
    app.serve_gateway(observed, host=settings.arti_bind, port=getattr(settings, f"arti_{service}_port"))


def _read_settings() -> Settings:
    return read_settings(
        needs=(
            "auth_database_url",
            "rest_database_url",
            "service_database_url",
            "arti_master_key",
            "claims_signing_key",
        )
    )
