"""One base class for every expected error: a stable code, an HTTP status, a safe sentence."""

from http import HTTPStatus
from typing import ClassVar


class ArtiError(Exception):
    """An expected error. `message` is for people: it names the problem and what to do."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str, *, field: str | None = None, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.retry_after_seconds = retry_after_seconds


class NotFound(ArtiError):
    """Unknown, or of another org: both get the same response."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND

    def __init__(self, thing: str, remedy: str = "Check the id, or pick another org.") -> None:
        """`thing` is a noun, `remedy` a sentence."""
        super().__init__(f"There is no such {thing} here. {remedy}")


class Unauthorized(ArtiError):
    code = "unauthorized"
    status = HTTPStatus.UNAUTHORIZED


class SessionNotFound(Unauthorized):
    """The token is valid, but its session has ended, its user is deleted or banned, or its key is revoked."""

    def __init__(self) -> None:
        super().__init__("Your sign-in has ended. Sign in again.")


class MfaRequired(ArtiError):
    """The token has aal1, and its user has a verified second factor."""

    code = "mfa_required"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("Enter the code of your authenticator app first.")


class SignInTooOld(ArtiError):
    """The act cannot be undone, and the session's sign-in was too long ago for it."""

    code = "sign_in_too_old"
    status = HTTPStatus.FORBIDDEN


class Forbidden(ArtiError):
    code = "forbidden"
    status = HTTPStatus.FORBIDDEN


class Conflict(ArtiError):
    code = "conflict"
    status = HTTPStatus.CONFLICT


class Invalid(ArtiError):
    """A value of a well-formed request cannot be accepted. `field` names it."""

    code = "invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooLarge(ArtiError):
    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class RateLimited(ArtiError):
    code = "rate_limited"
    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(ArtiError):
    """A service does not answer now; trying again later may succeed."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Misconfigured(ArtiError):
    """A setting is missing or unsafe. The message names it."""

    code = "misconfigured"
    status = HTTPStatus.SERVICE_UNAVAILABLE
