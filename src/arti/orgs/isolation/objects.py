"""Rules over tables, views, functions, policies and what is published."""

from typing import Final

from arti.orgs.isolation.rule import CatalogueRule

_EXPRESSIONS: Final = "coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), '')"

RULES: Final = (
    CatalogueRule(
        "view_of_owner",
        "A view that callers reach and that reads as its owner, past every policy.",
        "Set security_invoker = true on it, or revoke it.",
        """select name || ' (' || callers || ')' as name from relations
           where relkind = 'v' and callers is not null
             and not coalesce(reloptions, '{}') && array['security_invoker=on', 'security_invoker=true',
                                                         'security_invoker=1', 'security_invoker=yes']""",
    ),
    CatalogueRule(
        "without_policies",
        "A materialized view, foreign table or foreign server that callers reach; no policy holds there.",
        "Revoke it from them.",
        """select name || ' (' || callers || ')' as name from relations
           where relkind in ('m', 'f') and callers is not null
           union all
           select s.srvname || ' ' || r.name from pg_foreign_server s, callers r
           where has_server_privilege(r.oid, s.oid, 'usage')""",
    ),
    CatalogueRule(
        "row_security_off",
        "A table without row-level security, or not forced on its owner.",
        "Call private.isolate for it, or revoke it from callers.",
        """select name from relations
           where relkind in ('r', 'p') and (tenant and not (relrowsecurity and relforcerowsecurity)
                                            or callers is not null and not relrowsecurity)""",
    ),
    CatalogueRule(
        "platform_table",
        "A table of the services auth or realtime that callers reach.",
        "Revoke it from them.",
        """select n.nspname || '.' || c.relname || ' ' || r.name as name
           from pg_class c join pg_namespace n on n.oid = c.relnamespace, callers r
           where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname in ('auth', 'realtime')
             and has_any_column_privilege(r.oid, c.oid, 'select, insert, update, references')
             and not (n.nspname = 'realtime' and (c.relname = 'messages' and c.relrowsecurity
                                                  or c.relname in ('subscription', 'schema_migrations')))""",
    ),
    CatalogueRule(
        "granted_to_public",
        "A grant to PUBLIC, so to every role that logs in.",
        "Revoke it, and grant it to a role by name.",
        """select n.nspname || '.' || c.relname as name from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           where (n.oid in (select oid from schemas) or n.nspname in ('auth', 'realtime'))
             and (exists (select from aclexplode(c.relacl) a where a.grantee = 0)
                  or exists (select from pg_attribute t, aclexplode(t.attacl) a
                             where t.attrelid = c.oid and a.grantee = 0))""",
    ),
    CatalogueRule(
        "granted_to_anon",
        "A table or view that is granted to people who are not signed in.",
        "Revoke it from anon.",
        """select name from relations
           where has_any_column_privilege('anon', oid, 'select, insert, update, references')
              or has_table_privilege('anon', oid, 'delete, truncate, trigger')""",
    ),
    CatalogueRule(
        "closed_column",
        "Secrets, or what belongs to the installation, granted to a caller.",
        "Revoke the columns from that role.",
        """select distinct c.relation || '.' || a.attname || ' ' || r.name as name
           from closed c join relations t on t.name = c.relation join pg_attribute a on a.attrelid = t.oid
             and a.attnum > 0 and not a.attisdropped and c.field in ('*', a.attname), callers r
           where r.name <> all (string_to_array(c.allowed, ','))
             and has_column_privilege(r.oid, a.attrelid, a.attnum,
               case c.field when '*' then 'select, insert, update' else 'select' end)""",
    ),
    CatalogueRule(
        "excess_privilege",
        "A privilege that no caller needs: truncate, trigger, references, a sequence, or the right to grant.",
        "Revoke it.",
        """select s.name || '.' || c.relname || ' ' || g.name || ' ' || a.privilege_type as name
           from pg_class c join schemas s on s.oid = c.relnamespace
           cross join lateral (select (aclexplode(c.relacl)).* union all
             select (aclexplode(t.attacl)).* from pg_attribute t where t.attrelid = c.oid and t.attacl is not null) a
           join grantees g on g.oid = a.grantee
           where a.is_grantable or c.relkind = 'S'
              or a.privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES', 'MAINTAIN')""",
    ),
    CatalogueRule(
        "shared_table_writable",
        "A table that is the same for every org, and that a caller may write.",
        "Revoke insert, update and delete on it.",
        """select t.name || ' ' || r.name as name from relations t join shared_tables s on s.name = t.name, callers r
           where has_any_column_privilege(r.oid, t.oid, 'insert, update')
              or has_table_privilege(r.oid, t.oid, 'delete')""",
    ),
    CatalogueRule(
        "open_policy",
        "A policy that lets every row pass, on a table of no org.",
        "Drop the policy, or revoke the table from callers.",
        f"""select t.name || ' ' || p.polname as name from relations t join pg_policy p on p.polrelid = t.oid
            where not t.tenant and t.callers is not null and p.polpermissive and t.name not in (table shared_tables)
              and {_EXPRESSIONS} !~ 'SELECT'
            union all
            select 'realtime.messages ' || p.polname
            from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
            where (n.nspname, c.relname) = ('realtime', 'messages') and p.polpermissive
              and ({_EXPRESSIONS} !~ 'private\\.(member_org_ids|org_ids_with)\\(' or {_EXPRESSIONS} ~ '\\mOR\\M')""",  # noqa: S608
    ),
    CatalogueRule(
        "policy_missing",
        "A verb that is granted without a policy, or a table without the policy that keeps everybody to their orgs.",
        "Call private.isolate for the table.",
        """select t.name || ' ' || r.name || ' ' || v.verb as name
           from relations t, callers r,
             (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) v (verb, code)
           where t.relkind in ('r', 'p') and t.relrowsecurity
             and (has_table_privilege(r.oid, t.oid, v.verb)
                  or v.code in ('a', 'w') and has_any_column_privilege(r.oid, t.oid, v.verb))
             and not exists (select from pg_policy p where p.polrelid = t.oid and p.polpermissive
                             and p.polcmd::text in (v.code, '*') and (r.oid = any (p.polroles) or 0 = any (p.polroles)))
           union all
           select t.name || ' members_only' from relations t
           where t.relkind in ('r', 'p') and t.tenant and t.name <> 'public.users'
             and has_any_column_privilege('authenticated', t.oid, 'select, insert, update')
             and not exists (
               select from pg_policy p where p.polrelid = t.oid and not p.polpermissive and p.polcmd = '*'
                 and 'authenticated'::regrole = any (p.polroles)
                 and pg_get_expr(p.polqual, p.polrelid)
                   ~ '^\\(\\w+ = ANY \\(\\( SELECT private.member_org_ids\\(\\)')""",
    ),
    CatalogueRule(
        "unlisted_definer",
        "A function that runs as its owner and is not one of ARTi's.",
        "Drop it, or make it security invoker.",
        """select name from definers where name not in (table allowed_definers)
           union all select name || ' (more than one)' from definers group by name having count(*) > 1""",
    ),
    CatalogueRule(
        "unsafe_definer",
        "A function that runs as its owner with another owner or search path than the migrations gave it.",
        "Put the owner and `set search_path = ''` back.",
        """select name from definers
           where case when name in (table readers) then proowner::regrole::text <> 'arti_reader'
                   else proowner <> (select relowner from pg_class where oid = to_regclass('public.orgs')) end
              or not parsed and not coalesce(proconfig, '{}') && array['search_path=""']""",
    ),
    CatalogueRule(
        "definer_granted",
        "A function that runs as its owner, executable by a role that is not meant to call it.",
        "Revoke execute from that role, and from PUBLIC.",
        """select d.name || ' ' || r.rolname as name from definers d, pg_roles r
           where (r.rolname in (select name from callers) or r.rolname in (
               'service_role', 'authenticator', 'supabase_auth_admin', 'supabase_replication_admin'))
             and has_function_privilege(r.oid, d.oid, 'execute')
             and d.name in (table allowed_definers) and d.name || ' ' || r.rolname not in (table allowed_execution)""",
    ),
    CatalogueRule(
        "server_function_granted",
        "A table or function of the server itself, granted beyond what PostgreSQL grants.",
        "Revoke it.",
        """select p.oid::regprocedure || ' ' || g.name as name from pg_proc p
           cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a join grantees g on g.oid = a.grantee
           join pg_init_privs i on i.classoid = 'pg_proc'::regclass and i.objoid = p.oid and i.objsubid = 0
           where p.pronamespace = 'pg_catalog'::regnamespace
             and not exists (select from aclexplode(i.initprivs) was where was.grantee = a.grantee)
           union all
           select c.oid::regclass || ' ' || g.name from pg_class c
           cross join aclexplode(c.relacl) a join grantees g on g.oid = a.grantee
           join pg_init_privs i on i.classoid = 'pg_class'::regclass and i.objoid = c.oid and i.objsubid = 0
           where c.relnamespace = 'pg_catalog'::regnamespace and not exists (
             select from aclexplode(i.initprivs) was where was.grantee = a.grantee
               and was.privilege_type = a.privilege_type)""",
    ),
    CatalogueRule(
        "published",
        "Something that Realtime sends to everybody who may select it, beyond the tables of orgs.",
        "Take it out of the publication supabase_realtime.",
        """select 'all tables' as name from pg_publication where pubname = 'supabase_realtime' and puballtables
           union all
           select n.pnnspid::regnamespace::text from pg_publication_namespace n
           join pg_publication p on p.oid = n.pnpubid and p.pubname = 'supabase_realtime'
           union all
           select r.prrelid::regclass::text from pg_publication_rel r
           join pg_publication p on p.oid = r.prpubid and p.pubname = 'supabase_realtime'
           where r.prrelid not in (
             select oid from relations where name ~ '^public\\.' and tenant and relrowsecurity)""",
    ),
    CatalogueRule(
        "trigger_off",
        "A trigger that is disabled, or a rule that rewrites statements, on a table of orgs.",
        "Enable the trigger, or drop the rule.",
        """select t.name || ' ' || g.tgname as name from relations t join pg_trigger g on g.tgrelid = t.oid
           where g.tgenabled in ('D', 'R') and t.tenant
           union all
           select t.name || ' ' || w.rulename from relations t join pg_rewrite w on w.ev_class = t.oid
           where t.relkind in ('r', 'p') and t.tenant""",
    ),
    CatalogueRule(
        "event_trigger",
        "An event trigger that is not the platform's: it runs with the rights of whoever changes the schema.",
        "Drop it.",
        """select e.evtname as name from pg_event_trigger e join pg_proc p on p.oid = e.evtfoid
           join schemas s on s.oid = p.pronamespace where e.evtenabled <> 'D'""",
    ),
)
