"""SQL of auth.one_time_tokens: a link token and a code for one purpose (GoTrue's models/one_time_token.go)."""

# ruff: noqa: S608  # only one of the two conditions below is put into the statement

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from arti_core import clock
from arti_core.database import Connection
from supabase_local.settings import SupabaseLocalSettings

# A code has few digits. After so many wrong ones only the link works.
MAX_WRONG_GUESSES = 15
# A new code resets one wrong guess for each of these seconds, so that requesting codes does not reset all.
_GUESS_REFILL_SECONDS = 240.0


class Purpose(StrEnum):
    """The types of upstream's enum auth.one_time_token_type."""

    CONFIRMATION = "confirmation_token"
    RECOVERY = "recovery_token"
    EMAIL_CHANGE_CURRENT = "email_change_token_current"
    EMAIL_CHANGE_NEW = "email_change_token_new"
    REAUTHENTICATION = "reauthentication_token"


@dataclass(frozen=True, slots=True)
class Issued:
    """`link_token` is part of the link, `code` is typed in."""

    link_token: str
    code: str


@dataclass(frozen=True, slots=True)
class Used:
    """A token that was just used, and deleted."""

    user_id: UUID
    purpose: Purpose


def hash_code(address: str, code: str) -> str:
    return hashlib.sha224(f"{address}{code}".encode()).hexdigest()


async def issue(
    connection: Connection,
    settings: SupabaseLocalSettings,
    user_id: UUID,
    purpose: Purpose,
    *,
    address: str,
    prefix: str = "",
) -> Issued:
    """Create a token that replaces the user's former one of this purpose."""
    code = "".join(secrets.choice("0123456789") for _ in range(settings.mailer_otp_length))
    link_token = prefix + hashlib.sha224(secrets.token_bytes(32)).hexdigest()
    at = clock.now()
    await connection.execute(
        """insert into auth.one_time_tokens as t (id, user_id, token_type, token_hash, code_hash, relates_to,
             created_at, updated_at, expires_at)
           values ($1, $2, $3::text::auth.one_time_token_type, $4, $5, $6, $7::timestamptz at time zone 'UTC',
             $7::timestamptz at time zone 'UTC', $8)
           on conflict (user_id, token_type) do update
           set token_hash = excluded.token_hash, code_hash = excluded.code_hash, relates_to = excluded.relates_to,
               created_at = excluded.created_at, updated_at = excluded.updated_at, expires_at = excluded.expires_at,
               wrong_guesses = greatest(
                 0, t.wrong_guesses - extract(epoch from excluded.created_at - t.created_at) / $9::float)::integer""",
        uuid4(),
        user_id,
        purpose,
        link_token,
        hash_code(address, code),
        address,
        at,
        at + timedelta(seconds=settings.mailer_otp_exp),
        _GUESS_REFILL_SECONDS,
    )
    return Issued(link_token, code)


async def use_link(connection: Connection, link_token: str, purposes: Sequence[Purpose]) -> Used | None:
    """Delete the token of a link and return it; None when none is valid."""
    return await _use(connection, "token_hash = $2", purposes, link_token)


async def use_code(connection: Connection, address: str, code: str, purposes: Sequence[Purpose]) -> Used | None:
    """Delete the token of a mailed code and return it; None when none is valid."""
    condition = "code_hash = $2 and relates_to = $3 and wrong_guesses < $4"
    return await _use(connection, condition, purposes, hash_code(address, code), address, MAX_WRONG_GUESSES)


async def _use(connection: Connection, condition: str, purposes: Sequence[Purpose], *values: object) -> Used | None:
    # One statement, so that only one of two concurrent requests finds the token.
    row = await connection.fetchrow(
        f"""delete from auth.one_time_tokens
            where token_type = any ($1::text[]::auth.one_time_token_type[]) and expires_at > clock.now() and {condition}
            returning user_id, token_type::text as purpose""",
        list(purposes),
        *values,
    )
    return Used(row["user_id"], Purpose(row["purpose"])) if row else None


async def count_wrong_guess(connection: Connection, address: str, purposes: Sequence[Purpose]) -> None:
    await connection.execute(
        """update auth.one_time_tokens set wrong_guesses = wrong_guesses + 1
           where relates_to = $1 and token_type = any ($2::text[]::auth.one_time_token_type[])""",
        address,
        list(purposes),
    )


async def delete_tokens(connection: Connection, user_id: UUID) -> None:
    """Delete all link tokens and codes of a user."""
    await connection.execute("delete from auth.one_time_tokens where user_id = $1", user_id)
