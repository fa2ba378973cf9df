"""Public shapes of a person's own sign-ins."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field


class SignInResult(StrEnum):
    SIGNED_IN = "signed_in"
    FAILED = "failed"
    FACTOR_FAILED = "factor_failed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a result and no password
    SESSION_ENDED = "session_ended"


class SignIn(BaseModel):
    """A sign-in of the caller's account, or what else tells whether somebody else tried."""

    id: UUID
    happened_at: datetime
    result: SignInResult
    method: str = Field(description="password, otp (a mailed link or code), a provider, or empty where it is unknown.")
    address: str = Field(description="The client's address, empty where it is unknown.")
    user_agent: str = Field(description="What the browser calls itself, empty where it is unknown.")
