"""Where backups go and what opens them, from the settings."""

from arti.settings import Settings, s3_access
from arti_core.errors import Misconfigured
from arti_core.object_store import open_object_store
from arti_core.sealed_stream import StreamKey
from local_stack.backup.repository import Repository
from local_stack.backup.wal_archive import Spool
from local_stack.data_directory import DataDirectory
from local_stack.environment import NO_BACKUPS


def open_repository(settings: Settings) -> Repository:
    """Open the backups of ARTI_BACKUP_URL with ARTI_BACKUP_KEY. Raises Misconfigured."""
    url = settings.arti_backup_url
    if not url or url in NO_BACKUPS:
        raise Misconfigured("There are no backups here: set ARTI_BACKUP_URL to s3://bucket/prefix or to a folder.")
    texts = [text.strip() for text in settings.arti_backup_key.get_secret_value().split(",") if text.strip()]
    if not texts:
        raise Misconfigured("ARTI_BACKUP_KEY is not set, so no backup can be sealed or opened. Set the key.")
    return Repository(open_object_store(url, s3_access(settings)), [StreamKey(text) for text in texts])


def spool_of(folder: DataDirectory) -> Spool:
    return Spool(folder.root / "backup-spool")
