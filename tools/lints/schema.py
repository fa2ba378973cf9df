"""Rules of the schema, each one query of the catalogue that returns what breaks it."""

from dataclasses import dataclass

# Owner-run functions: the whole list. Each is here because no policy can express it, with who may call it.
DEFINERS = {
    "private.member_org_ids": {"authenticated"},
    "private.org_ids_with": {"authenticated"},
    "private.platforms_with": {"authenticated"},
    "private.allowed_requests": {"authenticated"},
    "private.visible_user_ids": {"authenticated"},
    "public.create_org": {"authenticated"},
    "public.add_member": {"authenticated"},
    "private.accept_invitations": {"authenticated"},
    "private.prevent_last_admin_removal": set[str](),
    "private.put_secret": {"authenticated"},
    "private.delete_secret": {"authenticated"},
    "private.sealed_secret": {"arti_api", "arti_worker"},
    "private.due_jobs": {"arti_worker"},
    "private.pending_events": {"arti_worker"},
    "private.all_org_ids": {"arti_worker"},
    "private.consume_oauth_state": {"arti_api"},
    "private.receive_webhook": {"arti_api"},
    "private.tables_without_canary": {"authenticated"},
    "private.applied_migrations": {"arti_api"},
    "private.oldest_due_seconds": {"arti_api"},
    "private.session_state": {"anon", "authenticated", "service_role"},
    "private.use_key": {"supabase_auth_admin"},
    "private.restrict_key_membership": set[str](),
    "private.record_artist": set[str](),
    "private.add_orgs_to_token": {"supabase_auth_admin"},
}

# Tables without an org: the same for everybody, written by migrations only.
SHARED_TABLES = {"public.metrics", "public.metric_definitions", "private.role_permissions"}
SHARED_TABLES |= {"private.request_permissions"}
SHARED_TABLES |= {"private.console_audit"}  # of the installation: no role but the owner has any right to it
SHARED_TABLES |= {"private.installation_keys"}  # of the installation: read by the gateway alone, through a definer

# The same for everybody, so their policies may say yes to every row.
OPEN_BY_DESIGN = {"public.metrics", "public.metric_definitions"}

# Unique keys that do not start with the org, and why that reveals nothing.
FREE_UNIQUES = {
    "orgs_pkey": "is the org",
    "users_pkey": "a person belongs to several orgs; the id is random",
    "metrics_pkey": "shared",
    "metric_definitions_pkey": "shared",
    "private.role_permissions_pkey": "shared",
    "private.request_permissions_pkey": "shared",
    "private.console_audit_pkey": "of the installation",
    "private.installation_keys_pkey": "of the installation",
    "private.installation_keys_hash_key": "of the installation; hashes of random keys",
}

_TABLES = """
  select c.oid, n.nspname || '.' || c.relname as name, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id') or
      c.oid in ('public.orgs'::regclass, 'public.users'::regclass) as tenant
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname in ('public', 'private')
"""

_POLICIES = f"""
  select t.name || ' ' || p.polname as name, t.name as on_table, t.tenant, p.*,
    pg_get_expr(p.polqual, p.polrelid) as condition, pg_get_expr(p.polwithcheck, p.polrelid) as checked
  from pg_policy p join ({_TABLES}) t on t.oid = p.polrelid
"""


@dataclass(frozen=True)
class Rule:
    """`finds` returns a column `name` of what breaks the rule; `seed` makes one thing that does."""

    says: str
    finds: str
    seed: str
    allowed: frozenset[str] = frozenset()


RULES = [
    Rule(
        "a table holds an org's data, or is on the list of shared ones",
        f"select name from ({_TABLES}) t where not tenant",
        "create table public.bad (id uuid primary key)",
        frozenset(SHARED_TABLES),
    ),
    Rule(
        "row-level security is on",
        f"select name from ({_TABLES}) t where not relrowsecurity",
        "create table public.bad (org_id uuid not null)",
        frozenset({"private.role_permissions", "private.request_permissions"}),
    ),
    Rule(
        "row-level security is forced on the owner too",
        f"select name from ({_TABLES}) t where not relforcerowsecurity",
        "alter table public.artists no force row level security",
        frozenset({"private.role_permissions", "private.request_permissions"}),
    ),
    Rule(
        "each verb that is granted has a policy for that role",
        f"""select distinct t.name || ' ' || g.role || ' ' || v.verb as name
            from ({_TABLES}) t, (values ('anon'), ('authenticated'), ('arti_worker'), ('arti_api')) g (role),
              (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) v (verb, code)
            where t.relrowsecurity
              and (has_table_privilege(g.role, t.oid, v.verb)
                   or v.code in ('a', 'w') and has_any_column_privilege(g.role, t.oid, v.verb))
              and not exists (select from pg_policy p where p.polrelid = t.oid and p.polpermissive
                              and p.polcmd::text in (v.code, '*') and g.role::regrole = any (p.polroles))""",
        "drop policy remove on public.artists",
    ),
    Rule(
        "each tenant table keeps everybody to their orgs by a restrictive policy",
        f"""select name from ({_TABLES}) t where tenant and name <> 'public.users'
            and has_any_column_privilege('authenticated', oid, 'select, insert, update')
            and not exists (select from pg_policy p where p.polrelid = t.oid and not p.polpermissive
              and p.polcmd = '*' and 'authenticated'::regrole = any (p.polroles)
              and pg_get_expr(p.polqual, p.polrelid) ~ '^\\(\\w+ = ANY \\(\\( SELECT private.member_org_ids\\(\\)'
              and pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))""",
        "drop policy members_only on public.artists",
    ),
    Rule(
        "policies name their roles",
        f"select name from ({_POLICIES}) p where 0 = any (polroles)",
        "create policy bad on public.artists for select using (org_id = (select private.job_org_id()))",
    ),
    Rule(
        "no policy lets everything pass",
        f"""select on_table as name from ({_POLICIES}) p
            where 'true' in (condition, checked) or condition !~ 'SELECT' or checked !~ 'SELECT'""",
        "create policy bad on public.artists for select to authenticated using (true)",
        frozenset(OPEN_BY_DESIGN),
    ),
    Rule(
        "updates are checked before and after",
        f"select name from ({_POLICIES}) p where polcmd in ('w', '*') and (condition is null or checked is null)",
        """create policy bad on public.artists for update to authenticated
           using (org_id = (select private.job_org_id()))""",
    ),
    Rule(
        "functions in policies are called once a statement, inside (select ...)",
        f"""select name from ({_POLICIES}) p
            where regexp_replace(coalesce(condition, '') || ' ' || coalesce(checked, ''),
              '(SELECT|FROM) (auth|private)\\.\\w+\\(', '', 'g') ~ '(auth|private)\\.\\w+\\('""",
        """create policy bad on public.artists for select to authenticated
           using (org_id = any (private.member_org_ids()))""",
    ),
    Rule(
        "no policy reads what people can edit about themselves",
        f"""select name from ({_POLICIES}) p
            where coalesce(condition, '') || coalesce(checked, '') ~ 'user_meta|auth.jwt'""",
        """create policy bad on public.artists for select to authenticated
           using ((select auth.jwt() -> 'user_metadata' ->> 'admin') = 'yes')""",
    ),
    Rule(
        "foreign keys between tenant tables carry the org",
        f"""select con.conname as name from pg_constraint con
            join ({_TABLES}) t on t.oid = con.conrelid and t.tenant
            join ({_TABLES}) f on f.oid = con.confrelid and f.tenant
            where con.contype = 'f' and f.name not in ('public.orgs', 'public.users')
              and not exists (select from unnest(con.conkey, con.confkey) k (own, other)
                join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.own and a.attname = 'org_id'
                join pg_attribute b on b.attrelid = con.confrelid and b.attnum = k.other and b.attname = 'org_id')""",
        """alter table public.artists add unique (id);
           create table public.bad (org_id uuid not null, artist_id uuid references public.artists (id))""",
    ),
    Rule(
        "every tenant table hangs on its org, directly or through its parents",
        f"""with recursive held as (
              select 'public.orgs'::regclass::oid as oid
              union
              select con.conrelid from pg_constraint con join held h on h.oid = con.confrelid
              join pg_attribute a on a.attrelid = con.conrelid and a.attname = 'org_id' and a.attnum = any (con.conkey)
              where con.contype = 'f' and con.confdeltype = 'c')
            select name from ({_TABLES}) t
            where tenant and name <> 'public.users' and oid not in (select oid from held)""",
        "create table public.bad (org_id uuid not null)",
    ),
    Rule(
        "unique keys start with the org",
        f"""select i.indexrelid::regclass::text as name from pg_index i
            join ({_TABLES}) t on t.oid = i.indrelid
            left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
            where i.indisunique and a.attname is distinct from 'org_id'""",
        "create unique index bad on public.artists (name)",
        frozenset(FREE_UNIQUES),
    ),
    Rule(
        "every tenant table has an index that starts with the org",
        f"""select t.name from ({_TABLES}) t where tenant and name not in ('public.orgs', 'public.users')
            and not exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid
              and a.attnum = i.indkey[0] where i.indrelid = t.oid and i.indpred is null and a.attname = 'org_id')""",
        "create table public.bad (org_id uuid not null references public.orgs (id) on delete cascade)",
    ),
    Rule(
        "org_id is never null",
        f"""select t.name from ({_TABLES}) t join pg_attribute a on a.attrelid = t.oid
            where a.attname = 'org_id' and not a.attnotnull""",
        "create table public.bad (org_id uuid)",
    ),
    Rule(
        "ids are random, not counted",
        f"""select t.name || ' ' || a.attname as name from ({_TABLES}) t join pg_attribute a on a.attrelid = t.oid
            where a.attidentity <> '' or pg_get_serial_sequence(t.name, a.attname) is not null""",
        "create table public.bad (org_id uuid not null, id bigserial)",
    ),
    Rule(
        "views ask as the one who looks",
        """select c.oid::regclass::text as name from pg_class c
           where c.relkind = 'v' and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
             and not coalesce(c.reloptions, '{}') && array['security_invoker=on', 'security_invoker=true']""",
        "create view public.bad as select * from public.artists",
    ),
    Rule(
        "no materialized views and no foreign tables: they carry no policies",
        """select c.oid::regclass::text as name from pg_class c
           where c.relkind in ('m', 'f') and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)""",
        "create materialized view public.bad as select * from public.artists",
    ),
    Rule(
        "functions look up nothing by search path",
        """select p.oid::regproc::text as name from pg_proc p
           where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
             and not coalesce(p.proconfig, '{}') && array['search_path=""']""",
        "create function public.bad() returns integer language sql as 'select 1'",
    ),
    Rule(
        "functions that run as their owner are a closed list",
        """select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where p.prosecdef and n.nspname in ('public', 'private')""",
        "create function public.bad() returns integer language sql security definer set search_path = '' as 'select 1'",
        frozenset(DEFINERS),
    ),
    Rule(
        "functions that run as their owner are for those on the list only",
        """select n.nspname || '.' || p.proname || ' ' || r.rolname as name
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
             (select rolname from pg_roles where rolname in
               ('anon', 'authenticated', 'service_role', 'authenticator', 'arti_api', 'arti_worker', 'arti_rest',
                'supabase_auth_admin')) r
           where p.prosecdef and n.nspname in ('public', 'private')
             and has_function_privilege(r.rolname, p.oid, 'execute')""",
        "grant execute on function private.all_org_ids() to authenticated",
        frozenset(f"{name} {role}" for name, roles in DEFINERS.items() for role in roles),
    ),
    Rule(
        "no function is declared leakproof",
        """select p.oid::regproc::text as name from pg_proc p
           where p.proleakproof and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)""",
        "alter function private.job_org_id() leakproof",
    ),
    Rule(
        "functions are executable by no role by default",
        """select p.oid::regproc::text as name from pg_proc p
           where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
             and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))""",
        """create function public.bad() returns integer language sql set search_path = '' as 'select 1';
           grant execute on function public.bad() to public""",
    ),
    Rule(
        "people who are not signed in get nothing",
        """select c.oid::regclass::text as name from pg_class c
           where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
             and c.relkind in ('r', 'p', 'v', 'm', 'S')
             and (has_any_column_privilege('anon', c.oid, 'select, insert, update, references')
                  or c.relkind <> 'S' and has_table_privilege('anon', c.oid, 'delete, truncate, trigger'))""",
        "grant select on public.artists to anon",
    ),
    Rule(
        "nothing that is made later is granted by itself",
        """select d.defaclrole::regrole || ' ' || d.defaclobjtype::text || ' ' || a.grantee::regrole as name
           from pg_default_acl d, aclexplode(d.defaclacl) a
           where d.defaclnamespace in (0, 'public'::regnamespace, 'private'::regnamespace)
             and a.grantee in (0, 'anon'::regrole, 'authenticated'::regrole)""",
        "alter default privileges in schema public grant select on tables to anon",
    ),
    Rule(
        "no role may truncate, and sequences are closed",
        """select c.oid::regclass || ' ' || r.role as name from pg_class c,
             (values ('anon'), ('authenticated'), ('arti_api'), ('arti_worker')) r (role)
           where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
             and (c.relkind in ('r', 'p') and has_table_privilege(r.role, c.oid, 'truncate')
                  or c.relkind = 'S' and has_sequence_privilege(r.role, c.oid, 'usage, select, update'))""",
        "grant truncate on public.artists to authenticated",
    ),
    Rule(
        "the vault is for workers only",
        """select r.role as name from (values ('anon'), ('authenticated'), ('arti_api'), ('service_role')) r (role)
           where has_any_column_privilege(r.role, 'private.vault', 'select')""",
        "grant select on private.vault to arti_api",
    ),
    Rule(
        "login roles of the product bypass nothing and own nothing",
        """select rolname as name from pg_roles r
           where rolname in ('arti_api', 'arti_worker', 'arti_rest', 'authenticator')
           and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit
                or exists (select from pg_class c where c.relowner = r.oid)
                or exists (select from pg_proc p where p.proowner = r.oid)
                or exists (select from pg_namespace n where n.nspowner = r.oid))""",
        "alter table public.artists owner to arti_api",
    ),
    Rule(
        "login roles of the product become no one who bypasses",
        """select m.rolname || ' ' || r.rolname as name from pg_roles m, pg_roles r
           where m.rolname in ('arti_api', 'arti_worker', 'arti_rest') and (r.rolbypassrls or r.rolsuper)
             and pg_has_role(m.oid, r.oid, 'member')""",
        "grant service_role to arti_api",
    ),
]
