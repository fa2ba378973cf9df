"""All settings of an installation, composed from what each package needs."""

from arti.settings.core import SETTING_NAMES, Settings
from arti.settings.places import open_files, s3_access
from arti.settings.reading import read_settings
from arti.settings.refusals import list_installation_refusals, list_refusals

__all__ = [
    "SETTING_NAMES",
    "Settings",
    "list_installation_refusals",
    "list_refusals",
    "open_files",
    "read_settings",
    "s3_access",
]
