"""The gateway and orgs of the Realtime tests."""

from tests.supabase_local.realtime.conftest import database, gateway, gateway_changes, served, settings, stage

__all__ = ["database", "gateway", "gateway_changes", "served", "settings", "stage"]
