"""All settings of an installation, composed from what each package needs."""

from arti.settings.core import SETTING_NAMES, Settings, list_refusals, read_settings
from arti.settings.places import open_files, s3_access

__all__ = ["SETTING_NAMES", "Settings", "list_refusals", "open_files", "read_settings", "s3_access"]
