"""A database as hosted Supabase hands it over, and a Supabase that serves it.

What differs from the one that ARTi prepares for itself: the schemas auth and realtime belong to supabase_admin, auth
is upstream's own (its migrations are recorded there), everything made in `public` is granted to everybody by default,
roles have time limits, and `postgres` owns the database but is no superuser. As in dumps of hosted projects of 2026.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg

from local_stack.postgres import SUPERUSER, Cluster
from supabase_local.bootstrap import list_steps
from tests.clock import move_database
from tests.conftest import Database

_AS_HOSTED = """
  create table auth.schema_migrations (version varchar(255) primary key);
  insert into auth.schema_migrations values ('20171026211738'), ('20240612123726'), ('20260115000000');
  alter table auth.schema_migrations owner to supabase_auth_admin;
  alter schema auth owner to supabase_admin;
  grant all on schema auth to supabase_auth_admin;
  grant usage on schema auth to postgres, anon, authenticated, service_role;
  grant insert, update, delete, references, trigger, truncate on all tables in schema auth to postgres;
  grant select on all tables in schema auth to postgres with grant option;
  grant execute on all functions in schema auth to postgres, anon, authenticated, service_role;

  create or replace function auth.uid() returns uuid language sql stable as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim.sub', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
    )::uuid
  $$;
  create or replace function auth.role() returns text language sql stable as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim.role', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
    )::text
  $$;
  create or replace function auth.email() returns text language sql stable as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim.email', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')
    )::text
  $$;
  create or replace function auth.jwt() returns jsonb language sql stable as $$
    select nullif(current_setting('request.jwt.claims', true), '')::jsonb
  $$;
  drop schema claims cascade;

  drop function realtime.evaluate_as(text[], text[], text[], text, jsonb);
  alter schema realtime owner to supabase_admin;
  grant usage on schema realtime to postgres, anon, authenticated, service_role;
  grant all on schema realtime to supabase_realtime_admin;

  create schema graphql_public;
  create schema vault;
  create schema storage;
  create table storage.buckets (id text primary key, name text not null, owner uuid);
  grant usage on schema storage, graphql_public to postgres, anon, authenticated, service_role;
  grant all on storage.buckets to postgres, anon, authenticated, service_role;

  grant usage on schema public to postgres, anon, authenticated, service_role;
"""
_DEFAULT_GRANTS = """
  alter default privileges for role {owner} in schema public
    grant all on tables to postgres, anon, authenticated, service_role;
  alter default privileges for role {owner} in schema public
    grant all on sequences to postgres, anon, authenticated, service_role;
  alter default privileges for role {owner} in schema public
    grant all on functions to postgres, anon, authenticated, service_role;
"""
_TIME_LIMITS = {"anon": "3s", "authenticated": "8s", "authenticator": "8s"}


@asynccontextmanager
async def hosted_database(cluster: Cluster) -> AsyncIterator[Database]:
    """Make one, with nothing of ARTi in it."""
    name = f"hosted_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}" owner postgres')
    connection = await asyncpg.connect(cluster.dsn(SUPERUSER, name))
    try:
        for sql in list_steps().values():
            async with connection.transaction():
                await connection.execute(sql)
        await connection.execute(_AS_HOSTED)
        for owner in ("postgres", SUPERUSER):
            await connection.execute(_DEFAULT_GRANTS.format(owner=owner))
        for role, limit in _TIME_LIMITS.items():
            await connection.execute(f"alter role {role} in database \"{name}\" set statement_timeout = '{limit}'")
    finally:
        await connection.close()
    await move_database(cluster.dsn(SUPERUSER, name))
    try:
        yield Database(cluster, name)
    finally:
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()
