"""The two logins behind /rest/v1 and /realtime/v1: what a person's request can reach never includes service_role."""

from dataclasses import dataclass

from arti_core.database import Pool


@dataclass(frozen=True, slots=True)
class DatabasePools:
    """Kept on `app.state.logins` of the gateway."""

    user: Pool  # logs in as arti_rest, which becomes anon or authenticated
    service: Pool  # logs in as authenticator, used for service_role alone

    def of(self, role: str) -> Pool:
        """Return the pool whose login may become `role`."""
        return self.service if role == "service_role" else self.user
