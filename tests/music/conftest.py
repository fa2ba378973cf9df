"""The gateway, for songs over REST."""

from tests.supabase_local.conftest import gateway, gateway_settings, local_keys

__all__ = ["gateway", "gateway_settings", "local_keys"]
