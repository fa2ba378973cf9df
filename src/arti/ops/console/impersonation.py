"""As whom a query runs: the owner, who sees all, or another user with exactly their role and claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import orjson

from arti.ops.console.transactions import OWNER_ROLE, read_only_transaction
from arti_core.clock import now
from arti_core.database import Connection, Pool, Row
from arti_core.errors import Invalid
from supabase_local.auth.errors import AuthError
from supabase_local.auth.hooks import run_access_token_hook

SUGGESTION_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Impersonation:
    """`word` finds the same user again, `claims` is the JSON that policies read."""

    word: str
    name: str
    role: str = OWNER_ROLE
    claims: str = ""

    @property
    def is_owner(self) -> bool:
        return self.role == OWNER_ROLE


OWNER = Impersonation("", "the owner")
ANON = Impersonation("anon", "anon", "anon", '{"role":"anon"}')


async def list_people(pool: Pool, word: str = "", *, limit: int = SUGGESTION_LIMIT) -> list[Row]:
    """Return people by e-mail with their orgs and roles; `word` is a part of e-mail or name, or a whole id."""
    async with read_only_transaction(pool) as connection:
        return await _people(connection, word.strip(), limit)


async def find_impersonation(pool: Pool, word: str, *, hook: str) -> Impersonation:
    """Return who is meant: nothing (the owner), "anon", an id, an e-mail, or a part of one. Raises Invalid.

    `hook` completes the claims as it completes those of a real access token.
    """
    word = word.strip()
    if word in ("", "owner", OWNER.name):
        return OWNER
    if word == ANON.word:
        return ANON
    async with read_only_transaction(pool) as connection:
        found = await _people(connection, word, 6)
        exact = [user for user in found if word.lower() in (str(user["id"]), (user["email"] or "").lower())]
        if len(exact) == 1:
            found = exact
        if not found:
            raise Invalid(f"Nobody here is called “{word}”. Pick a person from the list, or anon.", field="as")
        if len(found) > 1:
            names = ", ".join(f"{user['email']} ({user['id']})" for user in found[:5])
            raise Invalid(f"“{word}” fits several people: {names}. Write the e-mail or the id.", field="as")
        return await _as_user(connection, found[0], hook)


async def _people(connection: Connection, word: str, limit: int) -> list[Row]:
    return await connection.fetch(
        """select u.id, coalesce(u.email, '') as email, coalesce(p.display_name, '') as name,
             coalesce(string_agg(format('%s (%s)', o.name, m.role), ', ' order by o.name)
                      filter (where m.status = 'active'), '') as orgs
           from auth.users u
           left join public.users p on p.id = u.id
           left join public.memberships m on m.user_id = u.id
           left join public.orgs o on o.id = m.org_id
           where $1 = '' or u.id::text = lower($1)
              or position(lower($1) in lower(coalesce(u.email, '') || ' ' || coalesce(p.display_name, ''))) > 0
           group by u.id, u.email, p.display_name
           order by lower(u.email) = lower($1) desc nulls last, u.email limit $2""",
        word,
        limit,
    )


async def _as_user(connection: Connection, person: Row, hook: str) -> Impersonation:
    """Return the claims of upstream's access token, without a session: this is no sign-in."""
    row = await connection.fetchrow(
        """select email, phone, raw_app_meta_data, raw_user_meta_data, is_anonymous
           from auth.users where id = $1""",
        person["id"],
    )
    assert row is not None  # the same transaction has just found it
    id: UUID = person["id"]
    issued_at = int(now().timestamp())
    claims = {
        "aud": "authenticated",
        "sub": str(id),
        "role": "authenticated",
        "email": row["email"] or "",
        "phone": row["phone"] or "",
        "app_metadata": row["raw_app_meta_data"] or {},
        "user_metadata": row["raw_user_meta_data"] or {},
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": issued_at}],
        "session_id": str(uuid4()),
        "is_anonymous": row["is_anonymous"],
        "iat": issued_at,
        "exp": issued_at + 3600,
    }
    try:
        completed = dict(await run_access_token_hook(connection, hook, user_id=id, claims=claims, method="password"))
    except AuthError as error:
        raise Invalid(f"The hook refuses this person's claims: {error}", field="as") from None
    completed.pop("session_id", None)  # there is no sign-in, so no session
    name = person["email"] or str(id)
    word = name if person["email"] else str(id)
    return Impersonation(word, name, "authenticated", orjson.dumps(completed).decode())


def suggestions(people: Sequence[Row]) -> list[tuple[str, str]]:
    """Return (what to type, what it means) for a list to pick from."""
    known = [(user["email"] or str(user["id"]), user["orgs"] or user["name"] or "in no org") for user in people]
    return [(ANON.word, "anonymous"), *known]
