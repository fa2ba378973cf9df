"""The first message of a transaction: role, claims and job, signed, and the check that they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from arti_core.claims_signature import ClaimsSigner

# The command tag of the preamble's last statement instead of SELECT 1, see private.session_state().
SESSION_ENDED: Final = "SELECT 0"
MFA_REQUIRED: Final = "SELECT 2"
CLAIMS_REFUSED: Final = "SELECT 3"
_STATE: Final = "private.session_state()"
_VALIDITY: Final = "case when claims.is_valid() then 1 else 3 end"


def _literal(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a claim must not contain a NUL byte")
    return " E'{}'".format(text.replace("\\", "\\\\").replace("'", "''"))


@dataclass(frozen=True, slots=True)
class Preamble:
    """What a transaction begins with.

    Sets everything that a policy may read, empty values too, so that nothing left on the session applies.
    """

    role: str = "none"
    claims: str = ""
    job_org_id: str = ""
    read_only: bool = False
    check_session: bool = True
    extra: Mapping[str, str] | None = None

    def sql(self, signer: ClaimsSigner | None) -> str:
        """Return the SQL for the connection of `signer`."""
        claimed = bool(self.claims or self.job_org_id)
        signature = signer.sign(self.claims, role=self.role, job_org_id=self.job_org_id) if signer and claimed else ""
        settings = {
            "app.job_lease": "",
            **(self.extra or {}),
            "role": self.role,
            "request.jwt.claims": self.claims,
            "request.jwt.claim.sub": "",  # read for unsigned claims
            "app.job_org_id": self.job_org_id,
            "app.claims_signature": signature,
        }
        assignments = ", ".join(f"set_config('{name}',{_literal(value)}, true)" for name, value in settings.items())
        state = _STATE if self.claims and self.check_session else _VALIDITY
        # In a select of its own: the planner would run a stable argument of generate_series too.
        check = f"; select from generate_series(1, (select {state}))" if claimed else ""
        return f"begin{' read only' if self.read_only else ''}; select {assignments}{check}"
