"""Public shapes of exports and deletions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class OrgExport(BaseModel):
    """An export of all data of an org: a zip, for its admins, until it expires."""

    id: UUID
    state: ExportState
    percent: int = Field(description="How much of it is made, 0 to 100.")
    byte_size: int = Field(description="Of the zip; 0 until it is ready.")
    problem: ReaderText | None = Field(description="Why it failed.")
    requested_at: datetime
    expires_at: datetime


class OrgErasure(BaseModel):
    """An org that will be deleted. Until `due_at` an admin may cancel it."""

    requested_by: UUID | None = Field(description="null: the operator of this installation.")
    requested_at: datetime
    due_at: datetime


class PendingErasure(BaseModel):
    erasure: OrgErasure | None = Field(description="null: the org is not going to be deleted.")


class OrgErasureRequest(BaseModel):
    name: str = Field(max_length=120, description="The org's name as it is, to be sure that it is this one.")


class AccountErasureRequest(BaseModel):
    email: str = Field(max_length=254, description="The caller's address, to be sure.")
