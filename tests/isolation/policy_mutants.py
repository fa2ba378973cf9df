"""Every way to weaken one policy, grant, table, function or role of the schema by one statement, and who notices."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import asyncpg

from arti.orgs.isolation.baseline import CALLERS, CLOSED_COLUMNS
from arti.orgs.isolation.policies import NARROWER
from arti.orgs.isolation.probe import examine
from arti_core.database import Connection
from tests.claims import claim
from tools.lints.schema import RULES

# The functions from which policies learn whose rows a caller may have, replaced by one that names every org.
_OPEN_FUNCTIONS: Final = ("member_org_ids", "org_ids_with", "job_org_id")
_PERMISSION: Final = re.compile(r"private\.org_ids_with\('[a-z]+:[a-z]+'::text\) AS org_ids_with")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One weakened thing: its kind, its name, and the statement that weakens it."""

    kind: str
    name: str
    sql: str


async def list_mutants(owner: Connection) -> list[Mutant]:
    """Return every mutant of the schema."""
    return [
        *_policies(
            await owner.fetch(
                """select p.polname as name, p.polrelid::regclass::text as on_table, p.polpermissive as permissive,
                     pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
                   from pg_policy p where p.polrelid in (select name from private.tenant_tables()) order by 2, 1"""
            )
        ),
        *_tables([row[0] for row in await owner.fetch("select name::text from private.tenant_tables() order by 1")]),
        *_functions(
            await owner.fetch(
                """select p.oid::regprocedure::text as signature, p.proname as name, p.prosecdef as definer,
                     pg_get_functiondef(p.oid) as definition, p.proretset as is_set
                   from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                   where n.nspname in ('public', 'private') and p.prokind = 'f'
                     and (p.prosecdef or p.proname = any ($1)) order by 1""",
                list(_OPEN_FUNCTIONS),
            )
        ),
        *_roles(),
    ]


def _policies(rows: list[asyncpg.Record]) -> Iterator[Mutant]:
    for row in rows:
        policy = f'"{row["name"]}" on {row["on_table"]}'
        if not row["permissive"]:
            yield Mutant("restrictive policy dropped", policy, f"drop policy {policy}")
        yield Mutant("policy of everybody", policy, f"alter policy {policy} to public")
        for part, text in (("using", row["using"]), ("with check", row["check"])):
            if text is None:
                continue
            yield Mutant(f"{part} true", policy, f"alter policy {policy} {part} (true)")
            weaker = _PERMISSION.sub("private.member_org_ids() AS member_org_ids", text)
            if weaker != text:
                yield Mutant(f"{part} without permission", policy, f"alter policy {policy} {part} ({weaker})")
            for form in NARROWER:
                shorter = re.sub(form, "true", text)
                if shorter != text:
                    yield Mutant(f"{part} one condition less", policy, f"alter policy {policy} {part} ({shorter})")


def _tables(names: list[str]) -> Iterator[Mutant]:
    for name in names:
        yield Mutant("row security off", name, f"alter table {name} disable row level security")
        yield Mutant("row security not forced", name, f"alter table {name} no force row level security")
        for verb in ("select", "insert", "update", "delete"):
            for grantee in ("anon", "public"):
                yield Mutant(f"{verb} granted to {grantee}", name, f"grant {verb} on {name} to {grantee}")
    for name, allowed in CLOSED_COLUMNS.items():
        table, column = name.rsplit(".", 1)
        for caller in sorted({*CALLERS, "service_role"} - {"service_role"} - allowed):
            columns = "" if column == "*" else f" ({column})"
            yield Mutant(
                "closed column granted", f"{name} to {caller}", f"grant select{columns} on {table} to {caller}"
            )


def _functions(rows: list[asyncpg.Record]) -> Iterator[Mutant]:
    for row in rows:
        signature, definition = row["signature"], row["definition"]
        if row["definer"]:
            yield Mutant("definer granted to public", signature, f"grant execute on function {signature} to public")
            yield Mutant("definer without search path", signature, f"alter function {signature} reset search_path")
        if row["name"] in _OPEN_FUNCTIONS:
            every = "private.canary_org_id()"
            if "uuid[]" in definition.split("AS $", 1)[0].split("\n AS ", 1)[0]:
                every = "(select array_agg(id) from public.orgs)"
            opened = re.sub(r"(?s)\n LANGUAGE.*", "", definition)
            body = f"{opened} language sql stable security definer set search_path = '' as 'select {every}'"
            yield Mutant("function names every org", signature, body)


def _roles() -> Iterator[Mutant]:
    for caller in CALLERS:
        for power in ("bypassrls", "superuser", "createrole"):
            yield Mutant("power of a role", f"{caller} {power}", f"alter role {caller} {power}")
        for other in ("postgres", "service_role", "supabase_auth_admin", "arti_worker"):
            if other != caller:
                yield Mutant("role becomes another", f"{caller} {other}", f"grant {other} to {caller}")


async def find_witness(owner: Connection, mutant: Mutant, claims: str, signature: str) -> str:
    """Return who notices a mutant: the lint of the schema, the probe of a running system, or nobody ("").

    `owner` is a superuser's connection; nothing stays of the mutant.
    """
    transaction = owner.transaction()
    await transaction.start()
    try:
        try:
            await owner.execute(mutant.sql)
        except asyncpg.PostgresError as error:
            return f"refused: {type(error).__name__}"
        for rule in RULES:
            if {row["name"] for row in await owner.fetch(rule.finds)} - rule.allowed:
                return f"lint: {rule.says}"
        await claim(owner, claims, signature=signature)
        findings = await examine(owner)
        return "" if findings.report.passed else "probe"
    finally:
        await transaction.rollback()
