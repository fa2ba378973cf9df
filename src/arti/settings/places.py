"""Where files and backups are kept, from the settings."""

from arti.settings.core import Settings
from arti_core.crypto import Vault
from arti_core.files.file_store import FileStore, open_file_store
from arti_core.object_store import S3Access


def s3_access(settings: Settings) -> S3Access:
    """Return how to reach buckets, of files and of backups."""
    return S3Access(
        endpoint=settings.aws_endpoint_url,
        region=settings.aws_region,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=settings.aws_secret_access_key.get_secret_value(),
        session_token=settings.aws_session_token.get_secret_value(),
    )


def open_files(settings: Settings, vault: Vault | None = None) -> FileStore:
    """Open the places of ARTI_FILES_URL; without `vault`, to copy what lies outside of the database as it is.

    Raises Misconfigured.
    """
    return open_file_store(settings.arti_files_url, s3_access(settings), vault)
