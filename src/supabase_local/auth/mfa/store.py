"""SQL of auth.mfa_factors and auth.mfa_challenges."""

# ruff: noqa: S608  # only the list of columns below is put into statements

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from arti_core.database import Connection, Row

_FACTOR = """id, user_id, friendly_name, factor_type::text as factor_type, status::text as status, created_at,
  updated_at, secret, phone, last_challenged_at, last_used_step"""


@dataclass(frozen=True, slots=True)
class Factor:
    id: UUID
    user_id: UUID
    friendly_name: str | None
    factor_type: str
    status: str
    created_at: datetime
    updated_at: datetime
    secret: str | None  # sealed
    phone: str | None
    last_challenged_at: datetime | None
    last_used_step: int | None

    @property
    def is_verified(self) -> bool:
        return self.status == "verified"


@dataclass(frozen=True, slots=True)
class Challenge:
    id: UUID
    created_at: datetime
    verified_at: datetime | None
    ip_address: str


async def list_factors(connection: Connection, user_ids: Sequence[UUID]) -> list[Factor]:
    rows = await connection.fetch(
        f"select {_FACTOR} from auth.mfa_factors where user_id = any ($1) order by created_at, id", user_ids
    )
    return [Factor(**dict(row)) for row in rows]


async def find_factor(connection: Connection, factor_id: UUID, *, user_id: UUID) -> Factor | None:
    return _factor(
        await connection.fetchrow(
            f"select {_FACTOR} from auth.mfa_factors where id = $1 and user_id = $2", factor_id, user_id
        )
    )


async def lock_factor(connection: Connection, factor_id: UUID, *, user_id: UUID) -> Factor | None:
    """Return a factor of `user_id`, locked until the transaction ends."""
    return _factor(
        await connection.fetchrow(
            f"select {_FACTOR} from auth.mfa_factors where id = $1 and user_id = $2 for update", factor_id, user_id
        )
    )


async def insert_totp_factor(
    connection: Connection, factor_id: UUID, *, user_id: UUID, friendly_name: str, secret: str, at: datetime
) -> None:
    await connection.execute(
        """insert into auth.mfa_factors
             (id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret)
           values ($1, $2, $3, 'totp', 'unverified', $4, $4, $5)""",
        factor_id,
        user_id,
        friendly_name,
        at,
        secret,
    )


async def rename_factor(connection: Connection, factor_id: UUID, *, friendly_name: str, at: datetime) -> None:
    """Rename a factor. Raises asyncpg.UniqueViolationError when the user has one of that name."""
    await connection.execute(
        "update auth.mfa_factors set friendly_name = $2, updated_at = $3 where id = $1", factor_id, friendly_name, at
    )


async def delete_factor(connection: Connection, factor_id: UUID) -> None:
    await connection.execute("delete from auth.mfa_factors where id = $1", factor_id)


async def delete_unverified_factors(connection: Connection, user_id: UUID) -> None:
    await connection.execute("delete from auth.mfa_factors where user_id = $1 and status = 'unverified'", user_id)


async def delete_abandoned_factors(connection: Connection, user_id: UUID, *, before: datetime) -> None:
    """Delete the user's factors enrolled before `before` that never had a challenge."""
    await connection.execute(
        """delete from auth.mfa_factors as factor
           where user_id = $1 and status = 'unverified' and created_at < $2
             and not exists (select from auth.mfa_challenges where factor_id = factor.id)""",
        user_id,
        before,
    )


async def record_success(connection: Connection, factor_id: UUID, *, step: int, at: datetime) -> None:
    """Record that the code of `step` was used: neither it nor an older one works again."""
    await connection.execute(
        "update auth.mfa_factors set status = 'verified', last_used_step = $2, updated_at = $3 where id = $1",
        factor_id,
        step,
        at,
    )


async def insert_challenge(connection: Connection, factor_id: UUID, *, ip: str, at: datetime) -> UUID:
    """Insert a challenge of `factor_id`, and delete expired ones."""
    row = await connection.fetchrow(
        """with old as (
             delete from auth.mfa_challenges where factor_id = $2 and created_at < $3::timestamptz - interval '1 day'
           ), challenged as (
             update auth.mfa_factors set last_challenged_at = clock.wall_now() where id = $2
           )
           insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
           values ($1, $2, $3, $4::text::inet) returning id""",
        uuid4(),
        factor_id,
        at,
        ip,
    )
    assert row is not None  # an insert returns its row
    return UUID(str(row["id"]))


async def find_challenge(connection: Connection, challenge_id: UUID, *, factor_id: UUID) -> Challenge | None:
    row = await connection.fetchrow(
        """select id, created_at, verified_at, host(ip_address) as ip_address from auth.mfa_challenges
           where id = $1 and factor_id = $2""",
        challenge_id,
        factor_id,
    )
    return Challenge(**dict(row)) if row else None


async def record_verified(connection: Connection, challenge_id: UUID, *, at: datetime) -> None:
    await connection.execute("update auth.mfa_challenges set verified_at = $2 where id = $1", challenge_id, at)


async def delete_challenge(connection: Connection, challenge_id: UUID) -> None:
    await connection.execute("delete from auth.mfa_challenges where id = $1", challenge_id)


async def upgrade_session(
    connection: Connection, session_id: UUID, *, factor_id: UUID, counter: int, at: datetime
) -> None:
    """Upgrade a session to aal2. Refresh tokens with a smaller counter than `counter` stay at aal1."""
    await connection.execute(
        """update auth.sessions set aal = 'aal2', factor_id = $2, refresh_token_counter = $3, aal2_since_counter = $3,
             updated_at = $4 where id = $1""",
        session_id,
        factor_id,
        counter,
        at,
    )


async def record_method(connection: Connection, session_id: UUID, *, method: str, at: datetime) -> None:
    """Record an authentication method of a session."""
    await connection.execute(
        """insert into auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method, id)
           values ($1, $2, $2, $3, $4)
           on conflict (session_id, authentication_method) do update set updated_at = excluded.updated_at""",
        session_id,
        at,
        method,
        uuid4(),
    )


async def delete_aal1_sessions(connection: Connection, user_id: UUID) -> None:
    """Delete the user's sessions of aal1."""
    await connection.execute("delete from auth.sessions where user_id = $1 and coalesce(aal, 'aal1') < 'aal2'", user_id)


async def downgrade_sessions(connection: Connection, factor: Factor) -> None:
    """Reset the sessions that a factor upgraded to aal1."""
    await connection.execute(
        """with downgraded as (
             update auth.sessions set aal = 'aal1', factor_id = null
             where user_id = $1 and factor_id = $2 returning id
           )
           delete from auth.mfa_amr_claims
           where session_id in (select id from downgraded) and authentication_method = $3""",
        factor.user_id,
        factor.id,
        factor.factor_type,
    )


def _factor(row: Row | None) -> Factor | None:
    return Factor(**dict(row)) if row else None
