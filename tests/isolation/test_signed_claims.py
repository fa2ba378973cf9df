"""Claims that are not signed for this backend, role and job show and change nothing, whoever sets them."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from arti_core.claims_signature import ClaimsSigner, derive_key, parse_keys, store_keys
from arti_core.database import Connection, Principal, job_transaction, member_transaction
from arti_core.errors import Unavailable
from local_stack.database_setup import SUPABASE_LOGINS
from local_stack.postgres import SUPERUSER
from tests.claims import claim, claims_of, sign
from tests.conftest import Database, Member, World
from tests.factories.observations import make_artist

TABLES = ("orgs", "users", "memberships", "artists", "assets", "series", "observation_months", "insights")
OUR_LOGINS = ("arti_api", "arti_rest", "authenticator", "arti_console")
# What a forger may set besides the claims: the settings in which access was kept, and upstream's own.
_SETTINGS = ("app.access_of", "app.member_org_ids", "app.all_artist_org_ids", "app.roles", "request.jwt.claim.sub")


@asynccontextmanager
async def transaction(database: Database, login: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database.dsn(login))
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


async def visible(connection: Connection) -> dict[str, int]:
    """Return the tables with rows that the transaction sees, without the installation's own rows."""
    found = {}
    for table in TABLES:
        found[table] = await connection.fetchval(f"select count(*) from public.{table}")
    return {table: count for table, count in found.items() if count}


async def refuses_writes(connection: Connection, member: Member) -> None:
    assert await connection.execute("update public.artists set name = 'Mine'") == "UPDATE 0"
    assert await connection.execute("delete from public.artists") == "DELETE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await connection.execute(
                "insert into public.audit_log (org_id, actor_id, action, subject_kind, subject_id) "
                "values ($1, $2, 'x', 'x', 'x')",
                member.org_id,
                member.user_id,
            )


@pytest.fixture
async def victim(world: World) -> Member:
    member = await world.member()
    await make_artist(world.database, member.org_id, "Night Owl")
    return member


@pytest.mark.parametrize("login", OUR_LOGINS)
async def test_forged_claims_show_and_change_nothing(world: World, victim: Member, login: str) -> None:
    database, claims = world.database, claims_of(victim.user_id)
    async with transaction(database, login) as connection:
        signature = await sign(connection, database.cluster, claims)
        await claim(connection, claims, signature=signature)
        assert {"orgs", "memberships", "artists"} <= set(await visible(connection)), "signed, they count"
    async with transaction(database, login) as connection:
        for name in _SETTINGS:
            value = {"app.roles": "{}", "request.jwt.claim.sub": str(victim.user_id)}.get(name, f"{{{victim.org_id}}}")
            await connection.execute("select set_config($1, $2, true)", name, value)
        await claim(connection, claims)
        await connection.execute("select set_config('app.access_of', $1, true)", f"{victim.user_id} {claims}")
        assert await visible(connection) == {}
        assert await connection.fetchval("select claims.uid()") is None
        assert await connection.fetchval("select auth.uid()") is None
        assert await connection.fetchval("select auth.jwt()") is None
        assert await connection.fetchval("select private.session_state()") == 3
        await refuses_writes(connection, victim)


async def test_a_signature_counts_for_what_it_was_made_for(world: World, victim: Member) -> None:
    database, claims = world.database, claims_of(victim.user_id)
    own = claims_of(uuid4())
    async with transaction(database, "arti_api") as connection, transaction(database, "arti_api") as other:
        right = await sign(connection, database.cluster, claims)
        pid = await connection.fetchval("select pg_backend_pid()")
        at = await connection.fetchval("select extract(epoch from clock.now() - clock.ahead())::float8")
        key = parse_keys(database.cluster.claims_key)[0]
        mac, issued, user = right.split(" ")
        forged = {
            "of another backend": await sign(other, database.cluster, claims),
            "of another person": await sign(connection, database.cluster, own),
            "of another role": await sign(connection, database.cluster, claims, role="anon"),
            "of a job": await sign(connection, database.cluster, claims, job_org_id=str(victim.org_id)),
            "too old": ClaimsSigner(key, pid, at - 62).sign(claims, role="authenticated"),
            "of later": ClaimsSigner(key, pid, at + 62).sign(claims, role="authenticated"),
            "of another key": ClaimsSigner(bytes(32), pid, at).sign(claims, role="authenticated"),
            "with another time": f"{mac} {int(issued) + 1} {user}",
            "with another user": f"{mac} {issued} {uuid4()}",
            "with one character changed": f"{mac[:-1]}x {issued} {user}",
            "only a hash": f"{hmac.digest(b'', claims.encode(), 'sha256').hex()} {issued} {user}",
            "no time": f"{mac} xxxxxxxxxx {user}",
            "a word": "x",
        }
        for name, signature in forged.items():
            await claim(connection, claims, signature=signature)
            assert await visible(connection) == {}, name
            await connection.execute("reset role")
        await claim(connection, own, signature=right)
        assert await visible(connection) == {}, "for other claims"
        await claim(connection, claims, signature=right)
        assert await connection.fetchval("select claims.uid()") == victim.user_id
        await connection.execute("set local role anon")
        assert await connection.fetchval("select claims.uid()") is None, "under another role"


async def test_a_worker_signs_the_org_of_its_job(world: World, victim: Member) -> None:
    database, org_id = world.database, str(victim.org_id)
    async with transaction(database, "arti_worker") as connection:
        await claim(connection, "", role="none", job_org_id=org_id)
        assert await visible(connection) == {}
        assert await connection.fetchval("select private.job_org_id()") is None
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with connection.transaction():
                await connection.execute(
                    "insert into public.events (org_id, type, payload) values ($1, 'x.made', '{}')", victim.org_id
                )
        signature = await sign(connection, database.cluster, "", role="none", job_org_id=str(uuid4()))
        await claim(connection, "", role="none", job_org_id=org_id, signature=signature)
        assert await visible(connection) == {}, "signed for another org"
    pool = await database.pool("arti_worker")
    async with job_transaction(pool, victim.org_id) as connection:
        assert "artists" in await visible(connection)
    await pool.close()


async def test_an_org_is_open_to_the_function_that_checked_the_caller_alone(world: World, victim: Member) -> None:
    """What private.open_org notes for the functions of arti_reader can be set by everybody, and is believed by none."""
    database, other = world.database, await world.member()
    artist = await database.as_owner("select id from artists where org_id = $1", victim.org_id)
    await database.as_owner(
        "insert into series (org_id, artist_id, provider, metric) values ($1, $2, 'spotify', 'consumption.streams')",
        *(victim.org_id, artist[0]["id"]),
    )

    async def read(connection: Connection, claims: str, signature: str) -> tuple[int, str | None, bool | None]:
        [row] = await connection.fetch(
            "select state, role, is_known from private.read_open_series($1, $2, $3, $4, null, null, null, $5, 1)",
            *(claims, signature, victim.org_id, artist[0]["id"], date.max),
        )
        return row["state"], row["role"], row["is_known"]

    for login in ("arti_api", "arti_rest", "authenticator", "arti_worker"):
        async with transaction(database, login) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute("set role arti_reader")
            if login != "arti_api":
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await read(connection, claims_of(victim.user_id), "x")
    async with transaction(database, "arti_api") as connection:
        claims = {member.user_id: claims_of(member.user_id) for member in (victim, other)}
        signed = {
            user_id: await sign(connection, database.cluster, text, role="none") for user_id, text in claims.items()
        }
        as_member = await sign(connection, database.cluster, claims[victim.user_id])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(
                    "select private.open_org($1, $2, $3)",
                    *(claims[victim.user_id], signed[victim.user_id], victim.org_id),
                )
        assert await read(connection, claims[victim.user_id], signed[victim.user_id]) == (1, "admin", True)
        # The note of that read is in force: neither the login nor a member reads by it.
        assert await connection.fetchval("select current_setting('app.opened_org_id')") == str(victim.org_id)
        await connection.execute("set local role authenticated")
        assert await visible(connection) == {}
        await connection.execute("reset role")
        for user_id, signature, expected in (
            (victim.user_id, signed[other.user_id], (3, None, None)),
            (victim.user_id, as_member, (3, None, None)),
            (victim.user_id, "", (3, None, None)),
            (other.user_id, signed[other.user_id], (1, None, None)),
        ):
            await connection.execute(
                "select set_config('app.opened_org_id', $1, true), set_config('app.opened_with_money', 'true', true)",
                str(victim.org_id),
            )
            assert await read(connection, claims[user_id], signature) == expected


async def test_no_login_of_a_process_reads_the_key(database: Database) -> None:
    for login in (*OUR_LOGINS[:3], "arti_worker", "supabase_auth_admin", "supabase_replication_admin"):
        connection = await asyncpg.connect(database.dsn(login))
        for table in ("signing_keys", "unsigned_logins"):
            for statement in (f"select from claims.{table}", f"delete from claims.{table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("select claims.signed_with('\\x00', '\\x00')")
        await connection.close()


async def test_claims_of_another_supabase_count_unsigned_from_its_own_logins_alone(
    world: World, victim: Member
) -> None:
    """The second form: an installation whose REST and Realtime are another Supabase's."""
    database, claims = world.database, claims_of(victim.user_id)
    owner = await asyncpg.connect(database.dsn("postgres"))
    await store_keys(owner, database.cluster.claims_key, unsigned_logins=SUPABASE_LOGINS)
    await owner.close()
    for login in ("authenticator", SUPERUSER):
        async with transaction(database, login) as connection:
            await claim(connection, claims)
            assert {"orgs", "memberships", "artists"} <= set(await visible(connection)), login
            assert await connection.fetchval("select claims.uid()") == victim.user_id
            assert await connection.fetchval("select private.session_state()") == 1
            await claim(connection, claims, signature=f"{'0' * 64} 1234567890 {victim.user_id}")
            assert await visible(connection) == {}, "a wrong signature is worse than none"
    for login in ("arti_api", "arti_rest", "arti_console"):
        async with transaction(database, login) as connection:
            await claim(connection, claims)
            assert await visible(connection) == {}, login
            await refuses_writes(connection, victim)
    async with transaction(database, "arti_worker") as connection:
        await claim(connection, "", role="none", job_org_id=str(victim.org_id))
        assert await visible(connection) == {}
    async with transaction(database, "authenticator") as connection:
        await claim(connection, "", job_org_id=str(victim.org_id))
        assert await connection.fetchval("select claims.job_org_id()") is None
    pool = await database.pool("arti_api")
    async with member_transaction(pool, Principal(victim.user_id, None)) as connection:
        assert "artists" in await visible(connection)
    await pool.close()


async def test_every_stored_key_is_accepted_and_a_removed_one_is_not(world: World, victim: Member) -> None:
    database, new = world.database, derive_key("another secret")
    old = database.cluster.claims_key
    owner = await asyncpg.connect(database.dsn("postgres"))
    pool = await database.pool("arti_api")
    for keys in (f"{new},{old}", f"{old},{new}"):
        await store_keys(owner, keys)
        async with member_transaction(pool, Principal(victim.user_id, None)) as connection:
            assert "artists" in await visible(connection)
    await store_keys(owner, new)
    with pytest.raises(Unavailable, match="CLAIMS_SIGNING_KEY"):
        async with member_transaction(pool, Principal(victim.user_id, None)):
            raise AssertionError("the removed key was accepted")
    await pool.close()
    await owner.close()


async def test_nothing_asks_upstreams_function(database: Database) -> None:
    """It believes any claims where the schema auth is another Supabase's, and cannot be replaced there."""
    asking = await database.as_owner(
        r"""select p.oid::regproc::text as name from pg_proc p
            where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and p.proname <> 'signed'
              and p.prokind <> 'a'
              and pg_get_functiondef(p.oid)
                ~ 'auth\.(uid|jwt|role|email)\(|request\.jwt\.claims'', true\), ''''\)::jsonb'
            union all
            select polrelid::regclass || ' ' || polname from pg_policy
            where concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) ~ 'auth\.|request\.jwt'
            union all
            select adrelid::regclass::text from pg_attrdef where pg_get_expr(adbin, adrelid) ~ '\mauth\.'"""
    )
    assert [row["name"] for row in asking] == []
