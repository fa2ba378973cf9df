"""All settings of an installation, composed from what each package needs."""

from arti.settings.core import SETTING_NAMES, Settings, list_refusals, read_settings

__all__ = ["SETTING_NAMES", "Settings", "list_refusals", "read_settings"]
