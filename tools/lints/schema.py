"""Rules of the schema, each one query of the catalogue that returns what breaks it."""

from dataclasses import dataclass

from arti.orgs.isolation.baseline import CATALOGUES, DEFINERS, PLATFORM_SCHEMAS

SHARED_TABLES = CATALOGUES | {"private.role_permissions", "private.request_permissions"}
SHARED_TABLES |= {"private.quotas"}  # of the installation: read by the functions that enforce them
SHARED_TABLES |= {"private.console_audit"}  # of the installation: no role but the owner has any right to it
SHARED_TABLES |= {"private.member_access"}  # of persons across orgs: read by session_state() alone, a definer
SHARED_TABLES |= {"private.deletions", "private.backup_state"}  # of the installation: through definers alone
SHARED_TABLES |= {"private.file_place"}  # of the installation: through a definer alone
SHARED_TABLES |= {"private.mail_budgets"}  # of the installation: counted by a definer, read by nobody
SHARED_TABLES |= {"private.worker_heartbeats"}  # of the installation: when each worker last reported
SHARED_TABLES |= {"private.security_events", "private.alerts", "private.watch"}  # of the installation: by definers
SHARED_TABLES |= {"claims.signing_keys", "claims.unsigned_logins"}  # of the installation: through definers alone
SHARED_TABLES |= {"private.function_digests"}  # of the schema: what each function was when it was migrated
SHARED_TABLES |= {"private.retentions"}  # of the schema: how long rows are kept
SHARED_TABLES |= {"private.installation_keys"}  # of the installation: read by the gateway alone, through a definer
SHARED_TABLES |= {"private.subject_tables", "private.subject_columns"}  # what the schema itself holds of whom

# The same for everybody, so their policies may say yes to every row.
OPEN_BY_DESIGN = CATALOGUES

# Tables that name an artist, or hang on a table of one, and are not kept to the artists that a member sees; and why.
OPEN_TO_EVERY_ARTIST: dict[str, str] = {}

# Policies of members that ask for no permission of a role, and why.
WITHOUT_PERMISSION = {
    "public.users add_self": "one's own row",
    "public.users change_self": "one's own row",
    "public.users read": "persons that share an org, and what a list of artists leaves of them",
    "public.memberships read_own": "one's own row",
    "public.user_permissions read_own": "one's own row",
    "public.orgs read_own": "every member sees the name of the org",
    "public.events record": "what a member does is recorded; the types are those of their permissions",
    "public.jobs request": "the names are those of their permissions",
    "public.audit_log record": "every act of a member is recorded, in their own name",
    "private.audit_details record": "every act of a member is recorded",
}

# Policies that restrict members, by the tables that have them: those that no rule below finds missing.
RESTRICTIONS = {
    "change_of_all_artists": ("tags",),
    "delete_of_visible": ("credits", "release_tracks"),
    "delete_on_platform": ("observation_months",),
    "delete_own_artists": ("assets", "series"),
    "insert_of_visible": ("credits", "release_tracks"),
    "insert_on_platform": ("observation_months",),
    "insert_own_artists": ("assets", "series"),
    "members_only": (
        *("private.audit_chain", "private.audit_checks", "private.audit_keys", "private.file_keys"),
        *("private.idempotency_keys", "private.org_quotas"),
    ),
    "money_only": ("campaign_targets", "deliveries", "events", "insights", "series"),
    "on_platform": ("deliveries", "events", "jobs", "sync_runs"),
    "own_or_unrestricted": ("deliveries",),
    "own_or_of_members": ("insight_comments", "insight_feedback"),
    "read_on_platform": (
        *("accounts", "assets", "insights", "oauth_states", "observation_batches", "playlist_entries"),
        *("playlist_snapshots", "playlists", "series"),
    ),
    "removal_of_all_artists": ("tags",),
    "removes_own_only": ("royalty_statements",),
    "update_of_visible": ("credits", "release_tracks"),
    "update_on_platform": ("observation_months",),
    "update_own_artists": ("assets", "series"),
    "visible_artists_only": (
        *("artist_groups", "notifications", "playlists", "recordings", "releases", "rules", "saved_views"),
        "webhook_events",
    ),
    "visible_songs_only": ("match_candidates",),
    "with_its_series": ("insight_parts",),
}
_RESTRICTED = ", ".join(
    f"('{table if '.' in table else f'public.{table}'} {name}')"
    for name, tables in RESTRICTIONS.items()
    for table in tables
)
# Unique keys that do not start with the org, and why that reveals nothing.
FREE_UNIQUES = {
    "orgs_pkey": "is the org",
    "users_pkey": "a person belongs to several orgs; the id is random",
    "metrics_pkey": "shared",
    "providers_pkey": "shared",
    "dimensions_pkey": "shared",
    "dimension_values_pkey": "shared",
    "dimension_rules_pkey": "shared",
    "metric_definitions_pkey": "shared",
    "metric_definitions_metric_provider_version_key": "shared",
    "metric_definition_revisions_pkey": "shared",
    "private.role_permissions_pkey": "shared",
    "private.request_permissions_pkey": "shared",
    "private.quotas_pkey": "shared",
    "private.console_audit_pkey": "of the installation",
    "private.member_access_pkey": "of persons across orgs",
    "private.mail_budgets_pkey": "of the installation; read by nobody",
    "private.worker_heartbeats_pkey": "of the installation",
    "private.security_events_pkey": "of the installation",
    "private.alerts_pkey": "of the installation",
    "private.watch_pkey": "of the installation",
    "private.retentions_pkey": "of the schema",
    "private.function_digests_pkey": "of the schema",
    "private.installation_keys_pkey": "of the installation",
    "private.deletions_pkey": "of the installation",
    "private.backup_state_pkey": "of the installation",
    "private.subject_tables_pkey": "of the schema",
    "private.subject_columns_pkey": "of the schema",
    "private.file_place_pkey": "of the installation",
    "private.installation_keys_hash_key": "of the installation; hashes of random keys",
}

_TABLES = """
  select c.oid, n.nspname || '.' || c.relname as name, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id') or
      c.oid in ('public.orgs'::regclass, 'public.users'::regclass) as tenant
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname in ('public', 'private', 'claims')
"""

_POLICIES = f"""
  select t.name || ' ' || p.polname as name, t.name as on_table, t.tenant, p.*,
    pg_get_expr(p.polqual, p.polrelid) as condition, pg_get_expr(p.polwithcheck, p.polrelid) as checked
  from pg_policy p join ({_TABLES}) t on t.oid = p.polrelid
"""

# All columns of all tables, of every schema but those that are PostgreSQL's or a hosted project's own.
_FOREIGN_SCHEMAS = ", ".join(
    f"'{name}'" for name in PLATFORM_SCHEMAS if name not in ("auth", "realtime", "supabase_migrations")
)
_COLUMNS = f"""
  select n.nspname || '.' || c.relname as name, a.attname
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname not in ('pg_catalog', {_FOREIGN_SCHEMAS}) and n.nspname !~ '^pg_t'
"""

# The condition asks for the caller's artists or songs, for a parent row, or for members who see all artists.
_BY_ARTIST = """'all_artist_org_ids|unrestricted_org_ids|visible_artists|EXISTS'"""


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
        "what is about an artist is kept to those that a member sees, by a restrictive policy for every verb",
        f"""with kept as (
              select p.polrelid as oid from pg_policy p
              where p.polname = 'visible_artists_only' and not p.polpermissive and p.polcmd = '*'
                and 'authenticated'::regrole = any (p.polroles)
                and coalesce(pg_get_expr(p.polqual, p.polrelid), '') ~ {_BY_ARTIST}
                and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') ~ {_BY_ARTIST})
            select name from ({_TABLES}) t
            where tenant and oid not in (select oid from kept)
              and has_any_column_privilege('authenticated', oid, 'select, insert, update')
              and (oid = 'public.artists'::regclass
                or exists (select from pg_attribute a
                           where a.attrelid = t.oid and a.attname = 'artist_id' and not a.attisdropped)
                or exists (select from pg_constraint con join kept on kept.oid = con.confrelid
                           where con.conrelid = t.oid and con.contype = 'f'))""",
        "alter policy visible_artists_only on public.campaign_costs using (org_id = (select private.job_org_id()))",
        frozenset(OPEN_TO_EVERY_ARTIST),
    ),
    Rule(
        "policies name their roles",
        f"select name from ({_POLICIES}) p where 0 = any (polroles)",
        "create policy bad on public.artists for select using (org_id = (select private.job_org_id()))",
    ),
    Rule(
        "no policy lets everything pass",
        f"""select on_table as name from ({_POLICIES}) p
            where 'true' in (condition, checked) or condition !~ 'SELECT' or checked !~ 'SELECT'
              or coalesce(condition, '') || ' ' || coalesce(checked, '') ~ '(OR|AND) true|true (OR|AND)'""",
        "create policy bad on public.artists for select to authenticated using (true)",
        frozenset(OPEN_BY_DESIGN),
    ),
    Rule(
        "what members may do needs a permission, or is about themselves",
        f"""select name from ({_POLICIES}) p
            where tenant and polpermissive and 'authenticated'::regrole = any (polroles)
              and (condition !~ 'org_ids_with' or checked !~ 'org_ids_with')""",
        """create policy bad on public.artists for select to authenticated
           using (org_id = any ((select private.member_org_ids())::uuid[]))""",
        frozenset(WITHOUT_PERMISSION),
    ),
    Rule(
        "what restricts members is in place",
        f"""select name from (values {_RESTRICTED}) wanted (name)
            where name not in (select name from ({_POLICIES}) p
              where not polpermissive and 'authenticated'::regrole = any (polroles))""",
        "drop policy money_only on public.insights",
    ),
    Rule(
        "what restricts members by a permission asks for it",
        f"""select distinct p.name from ({_POLICIES}) p cross join lateral (values (condition), (checked)) part (text)
            where not polpermissive and 'authenticated'::regrole = any (polroles)
              and ((polname = 'money_only' or text ~ 'is_money') and text !~ 'org_ids_with\\(''money:'
                or polname = 'own_or_of_members' and text !~ 'org_ids_with\\(''members:read')""",
        """alter policy money_only on public.insights using (not is_money and (select true))
           with check (not is_money and (select true))""",
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
              '(SELECT|FROM) (auth|claims|private)\\.\\w+\\(', '', 'g') ~ '(auth|claims|private)\\.\\w+\\('""",
        """create policy bad on public.artists for select to authenticated
           using (id = claims.uid())""",
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
            where not a.attisdropped
              and (a.attidentity <> '' or pg_get_serial_sequence(t.name, a.attname) is not null)""",
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
             and p.prokind <> 'a'  -- an aggregate names its functions by identity
             and p.prosqlbody is null  -- such a body was looked up once, when the function was made
             and not coalesce(p.proconfig, '{}') && array['search_path=""']""",
        "create function public.bad() returns integer language sql as 'select 1'",
    ),
    Rule(
        "functions that run as their owner are a closed list",
        """select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where p.prosecdef and n.nspname in ('public', 'private', 'claims')""",
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
           where p.prosecdef and n.nspname in ('public', 'private', 'claims')
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
    Rule(
        "each column stands in the subject map: call private.map_org_table or map_subject in its migration",
        f"""select c.name || '.' || c.attname as name from ({_COLUMNS}) c
            where not exists (
              select from private.subject_columns m where m.relation = c.name and m.name = c.attname)""",
        "alter table public.artists add column nickname text",
    ),
    Rule(
        "the subject map names no column that is gone",
        f"""select m.relation || '.' || m.name as name from private.subject_columns m
            where not exists (select from ({_COLUMNS}) c where c.name = m.relation and c.attname = m.name)
            union all select t.relation from private.subject_tables t
            where not exists (select from private.subject_columns m where m.relation = t.relation)""",
        "alter table public.artists drop column image_url",
    ),
    Rule(
        "an org's own table is found, and deleted, by its org_id",
        f"""select t.name from ({_TABLES}) t join private.subject_tables s on s.relation = t.name
            where t.tenant and s.of_org is null""",
        "update private.subject_tables set of_org = null, with_org = 'none' where relation = 'public.artists'",
    ),
]
