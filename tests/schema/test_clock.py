"""The clock of SQL: everything asks it, and no login role can move it."""

import time
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from arti_core import clock
from arti_core.errors import Misconfigured
from local_stack import postgres
from tests.conftest import Database

# The owner of the database may, and the console, which works as the owner.
ROLES = [role for role in postgres.LOGIN_ROLES if role not in ("postgres", postgres.CONSOLE_ROLE)]
SERVER_TIME = (
    r"(?<![\w.])(pg_catalog\.)?(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|current_date"
)

ATTEMPTS = (
    "call clock.move('demo', interval '1 year')",
    "create or replace function clock.ahead() returns interval language sql immutable return interval '1 year'",
    "create or replace function clock.now() returns timestamptz language sql stable return pg_catalog.now() + '1 year'",
    "drop function clock.today()",
    "alter function clock.now() rename to other",
    "alter schema clock rename to stopped",
    "create table clock.installation (ahead interval)",
    "create function clock.now(text) returns timestamptz language sql return pg_catalog.now()",
    "grant execute on procedure clock.move(text, interval) to public",
    "set role postgres",
)


async def _ahead_seconds(connection: asyncpg.Connection) -> float:
    values = await connection.fetchrow(
        """select extract(epoch from clock.now() - pg_catalog.now())::float8 as ahead,
             extract(epoch from clock.wall_now() - pg_catalog.clock_timestamp())::float8 as wall,
             clock.today() = (clock.now() at time zone 'UTC')::date as same_day"""
    )
    assert values is not None
    assert values["same_day"]
    assert values["wall"] == pytest.approx(values["ahead"], abs=0.1)
    return float(values["ahead"])


@pytest.mark.parametrize("marked", [False, True])
async def test_no_login_role_can_move_the_clock(database: Database, marked: bool) -> None:
    if marked:
        await database.run_script("call clock.move('test', interval '3 days')")
    for role in ROLES:
        connection = await asyncpg.connect(database.dsn(role))
        try:
            before = await _ahead_seconds(connection)
            for role_of_request in (None, "anon", "authenticated", "service_role"):
                if role_of_request is not None:
                    try:
                        await connection.execute(f"set role {role_of_request}")
                    except asyncpg.InsufficientPrivilegeError:
                        continue
                for attempt in ATTEMPTS:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(attempt)
                for setting in ("clock.ahead", "clock.now", "arti.today", "arti.clock", "request.jwt.claims"):
                    await connection.execute("select set_config($1, '1 year', false)", setting)
                # A schema of one's own that comes before pg_catalog changes nothing either: the bodies are bound.
                await connection.execute(
                    """create or replace function pg_temp.now() returns timestamptz language sql
                         return timestamptz '2000-01-01';
                       set search_path = pg_temp, pg_catalog, public"""
                )
                assert await _ahead_seconds(connection) == pytest.approx(before, abs=0.001)
                await connection.execute("reset search_path")
                await connection.execute("reset role; discard temp")
        finally:
            await connection.close()


async def test_its_owner_moves_the_clock_of_a_test_or_demo_only(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn("postgres"))
    reader = await asyncpg.connect(database.dsn("arti_api"))
    try:
        with pytest.raises(asyncpg.InvalidParameterValueError, match="test or demo"):
            await owner.execute("call clock.move('ordinary', interval '1 day')")
        days = int((datetime(2027, 3, 1, tzinfo=UTC) - datetime.fromtimestamp(time.time(), UTC)).days) + 1
        await owner.execute("call clock.move('demo', $1::interval)", timedelta(days=days))
        moved = await reader.fetchrow(
            "select clock.installation() as kind, clock.today() as day, clock.today_in('Pacific/Kiritimati') as there"
        )
        assert moved is not None
        assert moved["kind"] == "demo"
        assert moved["day"] in (date(2027, 3, 1), date(2027, 3, 2))
        assert moved["there"] - moved["day"] in (timedelta(0), timedelta(days=1))
    finally:
        await owner.close()
        await reader.close()


async def test_an_unmoved_clock_is_inlined(database: Database) -> None:
    rows = await database.as_owner("explain (verbose, costs off) select clock.now(), clock.today()")
    if (await database.as_owner("select clock.installation() as kind"))[0]["kind"] == "ordinary":
        assert "Output: now(), ((now() AT TIME ZONE 'UTC'::text))::date" in rows[1][0]


async def test_the_server_has_utc_whatever_zone_it_was_made_in(database: Database) -> None:
    rows = await database.as_owner("select setting, source from pg_settings where name = 'TimeZone'")
    assert dict(rows[0]) == {"setting": "UTC", "source": "command line"}


async def test_a_process_refuses_a_database_whose_clock_is_moved_otherwise(database: Database) -> None:
    before = clock.ahead()
    try:
        clock.move(before + timedelta(days=30))
        with pytest.raises(Misconfigured, match="clock"):
            await database.pool("arti_api")
        await database.run_script(f"call clock.move('test', interval '{clock.ahead().total_seconds()} s')")
        await (await database.pool("arti_api")).close()
        clock.move(before)
        with pytest.raises(Misconfigured, match="clock"):
            await database.pool("arti_api")
    finally:
        clock.move(before)


async def test_no_own_code_reads_the_server_clock(database: Database) -> None:
    rows = await database.as_owner(
        """select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname in ('public', 'private', 'auth', 'realtime') and p.prosrc ~* $1
             and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
           union all
           select c.oid::regclass || '.' || a.attname from pg_attrdef d join pg_class c on c.oid = d.adrelid
             join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
           where n.nspname in ('public', 'private', 'auth', 'realtime') and pg_get_expr(d.adbin, d.adrelid) ~* $1
           union all
           select p.polrelid::regclass || ' ' || p.polname from pg_policy p
           where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~* $1""",
        SERVER_TIME,
    )
    assert [row["name"] for row in rows] == []
