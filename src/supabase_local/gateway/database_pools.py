"""The two logins behind /rest/v1 and /realtime/v1: a user's request never runs on one that can become service_role."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from arti_core.database import Connection, Pool, open_transaction
from arti_core.preamble import Preamble
from supabase_local.keys.api_keys import AuthResult

_LIVE = "(select private.session_is_live())"


@dataclass(frozen=True, slots=True)
class DatabasePools:
    """Kept on `app.state.pools` of the gateway."""

    user: Pool  # its login can become anon and authenticated
    service: Pool  # logs in as authenticator, used for service_role alone
    # Upstream's behaviour: a user's token is valid until it expires. Keys of the database still end at once.
    tokens_outlive_sessions: bool = False

    def of(self, role: str) -> Pool:
        """Return the pool whose login may become `role`."""
        return self.service if role == "service_role" else self.user

    @asynccontextmanager
    async def transaction(
        self, principal: AuthResult, *, read_only: bool = False, settings: Mapping[str, str] | None = None
    ) -> AsyncIterator[Connection]:
        """Open one transaction of `principal`. Raises SessionNotFound, MfaRequired.

        `settings` holds further settings, whose names never come from a caller.
        """
        preamble = Preamble(
            role=principal.role,
            claims=principal.claims_json(),
            read_only=read_only,
            check_session=self.checks_session(principal),
            extra=settings,
        )
        async with open_transaction(self.of(principal.role), preamble) as connection:
            yield connection

    def checks_session(self, principal: AuthResult) -> bool:
        """Return whether a request of `principal` is refused when its session has ended or its key is revoked."""
        return not (self.tokens_outlive_sessions and "session_id" in principal.claims)

    @property
    def live_condition(self) -> str:
        """The SQL of the same check, under the claims of the transaction."""
        if not self.tokens_outlive_sessions:
            return _LIVE
        return f"(select coalesce(claims.jwt() ? 'session_id', false) or {_LIVE})"
