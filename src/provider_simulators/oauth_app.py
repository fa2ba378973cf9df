"""The OAuth app that every twin knows, so that an installation without credentials can connect to the twins."""

from typing import Final

from arti.providers.oauth import AppCredentials

SIMULATOR_APP: Final = AppCredentials("arti-local", "not-a-secret-the-twins-are-a-simulation")
