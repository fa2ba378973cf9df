"""The two logins behind /rest/v1 and /realtime/v1: a user's request never runs on one that can become service_role."""

from dataclasses import dataclass

from arti_core.database import Pool


@dataclass(frozen=True, slots=True)
class DatabasePools:
    """Kept on `app.state.pools` of the gateway."""

    user: Pool  # its login can become anon and authenticated
    service: Pool  # logs in as authenticator, used for service_role alone

    def of(self, role: str) -> Pool:
        """Return the pool whose login may become `role`."""
        return self.service if role == "service_role" else self.user
