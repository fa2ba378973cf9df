"""Public schemas of upload links."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.orgs.schemas import Body

MAX_DAYS = 28


class NewUploadLink(Body):
    artist_id: UUID
    days: int = Field(default=14, ge=1, le=MAX_DAYS, description="How long it works.")
    note: str = Field(default="", max_length=200, description="For whom it is.")
    max_files: int = Field(default=100, ge=1, le=500)
    max_bytes: int = Field(default=200 * 1024 * 1024, ge=1024, le=1024 * 1024 * 1024)


class UploadLink(BaseModel):
    """A link with which somebody without an account hands in files for one artist."""

    id: UUID
    artist_id: UUID
    artist_name: str
    batch_id: UUID = Field(description="Where its files are reviewed: GET /api/import-batches/{id}.")
    note: str
    status: Literal["open", "expired", "revoked"]
    max_files: int
    max_bytes: int
    used_files: int
    used_bytes: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class CreatedUploadLink(UploadLink):
    url: str = Field(description="With the token, which is shown this once.")


class OpenedUploadLink(BaseModel):
    """What whoever has the link sees."""

    org_name: str
    artist_name: str
    expires_at: datetime
    files_left: int
    bytes_left: int
    max_file_bytes: int


class ReceivedUpload(BaseModel):
    id: UUID


class HandedInTable(BaseModel):
    """One table of a file: what it is, or why it is refused."""

    name: str
    title: ReaderText | None
    rows: int | None
    refusal: ReaderText | None
    imported: bool = Field(description="Whether the org has committed it.")


class Upload(BaseModel):
    """What became of a file. `read`: the people of the org have it for review."""

    id: UUID
    name: str
    byte_size: int
    received_at: datetime
    status: Literal["waiting", "read", "failed"]
    reason: ReaderText | None
    tables: list[HandedInTable]
