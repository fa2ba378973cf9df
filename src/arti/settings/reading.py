"""Read the settings of one service from the environment, once. Ends with a sentence that never contains a value."""

import os

from pydantic import SecretStr, ValidationError

from arti.settings.core import Settings
from arti.settings.refusals import list_refusals
from arti_core import clock
from arti_core.errors import Misconfigured


def read_settings(
    *,
    needs: tuple[str, ...] = (
        "database_url",
        "arti_master_key",
        "arti_webhook_secret",
        "claims_signing_key",
    ),
) -> Settings:
    """Read the environment. Exits with a message when a value that this service needs is missing, or any is unsafe."""
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
        if field == "arti_master_key" and settings.has_master_key:
            continue
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            name = field.upper()
            raise SystemExit(f"arti: {name} is not set. Start with ./arti up, or set {name} in the environment.")
    for sentence in list_refusals(settings):
        raise SystemExit(f"arti: {sentence}")
    if "arti_master_key" in needs:
        try:
            settings.master_keys()
        except Misconfigured as error:
            raise SystemExit(f"arti: {error.message}") from None
    if settings.is_production and clock.ENVIRONMENT_VARIABLE in os.environ:
        raise SystemExit(f"arti: {clock.ENVIRONMENT_VARIABLE} moves a demo's clock. Unset it in production.")
    return settings
