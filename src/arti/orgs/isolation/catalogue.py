"""Holes that the catalogue of a running database shows: everything by which a caller could pass the policies.

Each rule is a query that returns the names of what breaks it. What is allowed on purpose is in `baseline.py`. All
queries run as any role: the catalogue is readable by everybody.
"""

from dataclasses import dataclass
from typing import Final

from arti.orgs.isolation import objects, roles
from arti.orgs.isolation.baseline import (
    CALLERS,
    CATALOGUES,
    CLOSED_COLUMNS,
    DEFINERS,
    MEMBERSHIPS,
    PLATFORM_SCHEMAS,
    READERS,
)
from arti_core.database import Connection

# What the rules share, as common table expressions. Parameters are bound by `list_holes`.
_SHARED: Final = """
  schemas as materialized (
    select n.oid, n.nspname::text as name from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> all ($1)),
  callers as materialized (select r.oid, r.rolname::text as name from pg_roles r where r.rolname = any ($2)),
  grantees as (select oid, name from callers union all select 0, 'PUBLIC'),
  relations as materialized (
    select c.oid, s.name || '.' || c.relname as name, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
      c.relowner, c.relacl,
      c.oid in (to_regclass('public.orgs'), to_regclass('public.users')) or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped) as tenant,
      (select string_agg(r.name, ', ' order by r.name) from callers r
       where has_any_column_privilege(r.oid, c.oid, 'select, insert, update, references')
          or has_table_privilege(r.oid, c.oid, 'delete, truncate, trigger')) as callers
    from pg_class c join schemas s on s.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f')),
  definers as materialized (
    select p.oid, s.name || '.' || p.proname as name, p.proowner, p.proconfig, p.prosqlbody is not null as parsed
    from pg_proc p join schemas s on s.oid = p.pronamespace where p.prosecdef),
  allowed_definers as (select unnest($3::text[]) as name),
  allowed_execution as (select unnest($4::text[]) as name),
  shared_tables as (select unnest($5::text[]) as name),
  closed as (select * from unnest($6::text[], $7::text[], $8::text[]) as c (relation, field, allowed)),
  allowed_memberships as (select unnest($9::text[]) as name),
  readers as (select unnest($10::text[]) as name)
"""

RULES: Final = objects.RULES + roles.RULES

_PARTS: Final = [
    f"select '{rule.kind}' as kind, name::text from ({rule.finds}) found"  # noqa: S608  constants
    for rule in RULES
]
_HOLES: Final = f"with {_SHARED} {' union all '.join(_PARTS)}"


@dataclass(frozen=True, slots=True, order=True)
class Hole:
    """One thing in the catalogue that lets rows of an org out, or could."""

    kind: str
    name: str

    def __str__(self) -> str:
        rule = next(rule for rule in RULES if rule.kind == self.kind)
        return f"{self.name}: {rule.problem} {rule.remedy}"


async def list_holes(connection: Connection) -> list[Hole]:
    """Return every hole that the catalogue shows, by kind and name. Reads no table of the product."""
    closed = [(*name.rsplit(".", 1), ",".join(sorted(who))) for name, who in CLOSED_COLUMNS.items()]
    rows = await connection.fetch(
        _HOLES,
        list(PLATFORM_SCHEMAS),
        list(CALLERS),
        list(DEFINERS),
        [f"{name} {role}" for name, allowed in DEFINERS.items() for role in allowed],
        sorted(CATALOGUES),
        [relation for relation, _, _ in closed],
        [field for _, field, _ in closed],
        [allowed for _, _, allowed in closed],
        [f"{role} {other}" for role, others in MEMBERSHIPS.items() for other in others],
        list(READERS),
    )
    return sorted({Hole(row["kind"], row["name"]) for row in rows})


async def digest_catalogue(connection: Connection) -> str:
    """Return a text that differs after every change of what the rules read. A few milliseconds.

    The sum of the transactions that wrote the rows of a catalogue, with their number, changes with every insert, update
    and delete; what ANALYZE and VACUUM write in place leaves it as it is.
    """
    digest: str = await connection.fetchval(_DIGEST)
    return digest


_CATALOGUES: Final = {
    "pg_class": "relnamespace in (select oid from pg_namespace where nspname !~ '^pg_(toast|temp)')",
    "pg_attribute": "attrelid >= 16384 or attacl is not null",
    "pg_proc": "true",
    "pg_policy": "true",
    "pg_namespace": "nspname !~ '^pg_(toast|temp)'",
    "pg_trigger": "not tgisinternal",
    "pg_rewrite": "true",
    "pg_default_acl": "true",
    "pg_auth_members": "true",
    "pg_db_role_setting": "true",
    "pg_publication": "true",
    "pg_publication_rel": "true",
    "pg_publication_namespace": "true",
    "pg_event_trigger": "true",
    "pg_foreign_server": "true",
    "pg_parameter_acl": "true",
    "pg_database": "datname = current_database()",
}
_COUNTS: Final = [
    f"(select count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) from {table} where {rows})"  # noqa: S608
    for table, rows in _CATALOGUES.items()
]
_ROLES: Final = "(select md5(string_agg(r::text, ',' order by r.oid)) from pg_roles r)"
_DIGEST: Final = f"select concat_ws(' ', {_ROLES}, {', '.join(_COUNTS)})"
