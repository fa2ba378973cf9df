"""SQL of auth.flow_state: the flows of PKCE and OAuth (GoTrue's models/flow_state.go)."""

# ruff: noqa: S608  # only the list of columns below is put into statements

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from arti_core import clock
from arti_core.database import Connection, Row

FLOW_LIFE = timedelta(seconds=300)
_FLOW = """id, user_id, auth_code, code_challenge, code_challenge_method::text as code_challenge_method, provider_type,
  coalesce(provider_access_token, '') as provider_access_token,
  coalesce(provider_refresh_token, '') as provider_refresh_token, created_at, authentication_method,
  auth_code_issued_at, referrer, linking_target_id"""


@dataclass(frozen=True, slots=True)
class CodeChallenge:
    """The hash of a secret that only the client that started the flow has (RFC 7636)."""

    text: str
    method: str  # "s256" or "plain"


@dataclass(frozen=True, slots=True)
class Flow:
    """A row of auth.flow_state."""

    id: UUID
    user_id: UUID | None
    auth_code: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    provider_type: str
    provider_access_token: str
    provider_refresh_token: str
    created_at: datetime
    authentication_method: str
    auth_code_issued_at: datetime | None
    referrer: str | None
    linking_target_id: UUID | None

    @property
    def is_expired(self) -> bool:
        """Whether the code has expired. A magic link may be opened late: its time starts when the code is issued."""
        started = self.created_at
        if self.auth_code_issued_at is not None and self.authentication_method == "magiclink":
            started = self.auth_code_issued_at
        return clock.now() > started + FLOW_LIFE


async def create_flow(
    connection: Connection,
    *,
    provider_type: str,
    authentication_method: str,
    challenge: CodeChallenge | None,
    user_id: UUID | None = None,
    referrer: str | None = None,
    linking_target_id: UUID | None = None,
) -> Flow:
    """Insert a flow. `authentication_method` is the `amr` of the later session, e.g. "magiclink", "oauth".

    Without a challenge (OAuth's implicit flow) it has no code and only stores `referrer` for the callback.
    """
    row = await connection.fetchrow(
        f"""insert into auth.flow_state (id, user_id, auth_code, code_challenge, code_challenge_method, provider_type,
              provider_access_token, provider_refresh_token, created_at, updated_at, authentication_method, referrer,
              linking_target_id)
            values ($1, $2, $3, $4, $5::text::auth.code_challenge_method, $6, '', '', $7, $7, $8, $9, $10)
            returning {_FLOW}""",
        uuid4(),
        user_id,
        str(uuid4()) if challenge else None,
        challenge.text if challenge else None,
        challenge.method if challenge else None,
        provider_type,
        clock.now(),
        authentication_method,
        referrer,
        linking_target_id,
    )
    flow = _flow(row)
    assert flow is not None  # an insert returns its row
    return flow


async def lock_flow(connection: Connection, flow_id: UUID) -> Flow | None:
    """Return a flow, locked; None when it does not exist or another request has locked it."""
    return _flow(
        await connection.fetchrow(f"select {_FLOW} from auth.flow_state where id = $1 for update skip locked", flow_id)
    )


async def lock_flow_by_code(connection: Connection, auth_code: str) -> Flow | None:
    """Return the flow of a code, locked: of two requests with the same code the second finds none."""
    return _flow(
        await connection.fetchrow(f"select {_FLOW} from auth.flow_state where auth_code = $1 for update", auth_code)
    )


async def update_flow(
    connection: Connection,
    flow_id: UUID,
    *,
    user_id: UUID,
    provider_access_token: str,
    provider_refresh_token: str,
) -> None:
    """Store the user that a provider authenticated, and the provider's sealed tokens."""
    await connection.execute(
        """update auth.flow_state set user_id = $2, provider_access_token = $3, provider_refresh_token = $4,
             auth_code_issued_at = $5, updated_at = $5 where id = $1""",
        flow_id,
        user_id,
        provider_access_token,
        provider_refresh_token,
        clock.now(),
    )


async def issue_code(connection: Connection, user_id: UUID, *, authentication_method: str) -> str | None:
    """Return the code of the user's latest flow of this kind and record when it was issued; None without a flow."""
    row = await connection.fetchrow(
        """update auth.flow_state set auth_code_issued_at = $3, updated_at = $3
           where id = (select id from auth.flow_state where user_id = $1 and authentication_method = $2
                       order by created_at desc limit 1) and auth_code is not null
           returning auth_code""",
        user_id,
        authentication_method,
        clock.now(),
    )
    return str(row["auth_code"]) if row else None


async def delete_flow(connection: Connection, flow_id: UUID) -> None:
    await connection.execute("delete from auth.flow_state where id = $1", flow_id)


def _flow(row: Row | None) -> Flow | None:
    return Flow(**dict(row)) if row else None
