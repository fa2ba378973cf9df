"""Rules over roles: what they are, what they may become, and what they are given by default."""

from typing import Final

from arti.orgs.isolation.rule import CatalogueRule

RULES: Final = (
    CatalogueRule(
        "role_attribute",
        "A role of requests or services with a right that passes policies.",
        "Take the attribute away with alter role.",
        """select r.rolname as name from pg_roles r
           where r.rolname in (select name from callers)
             and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolinherit)
           union all
           select r.rolname from pg_roles r
           where r.rolname in ('authenticator', 'supabase_auth_admin', 'supabase_replication_admin')
             and (r.rolsuper or r.rolbypassrls)
           union all
           select r.rolname from pg_roles r where r.rolname = 'service_role' and (r.rolsuper or r.rolcanlogin)
           union all
           select r.rolname from pg_roles r where r.rolname = 'arti_reader'
             and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
                  or r.rolcanlogin)""",
    ),
    CatalogueRule(
        "reader_open",
        "What only the functions of arti_reader may do, whose policies believe what those functions noted.",
        "Revoke the membership, drop the function, or revoke what was granted.",
        """select m.member::regrole::text as name from pg_auth_members m
           where m.roleid = to_regrole('arti_reader')
             and m.member <> (select relowner from pg_class where oid = to_regclass('public.orgs'))
             -- Roles are the server's: the owner of another database of ARTi's is a member too. Who passes policies and
             -- reads every table without arti_reader, as Supabase's postgres, gains nothing by it.
             and not exists (select from pg_roles r where r.oid = m.member and (
               r.rolsuper or r.rolbypassrls and pg_has_role(r.oid, 'pg_read_all_data', 'usage')))
           union all
           select 'in ' || m.roleid::regrole from pg_auth_members m where m.member = to_regrole('arti_reader')
           union all
           select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where p.proowner = to_regrole('arti_reader') and n.nspname || '.' || p.proname not in (table readers)
           union all
           select t.name || ' writable' from relations t
           where to_regrole('arti_reader') is not null
             and (has_any_column_privilege('arti_reader', t.oid, 'insert, update, references')
                  or has_table_privilege('arti_reader', t.oid, 'delete, truncate, trigger'))""",
    ),
    CatalogueRule(
        "role_membership",
        "A role of requests or services that is a member of another one.",
        "Revoke the membership.",
        """with recursive reached as (
             select r.rolname::text as role, m.roleid from pg_auth_members m join pg_roles r on r.oid = m.member
             where r.rolname in (select name from callers) or r.rolname = 'authenticator'
             union
             select e.role, m.roleid from reached e join pg_auth_members m on m.member = e.roleid)
           select e.role || ' in ' || o.rolname as name from reached e join pg_roles o on o.oid = e.roleid
           where case when e.role = 'authenticator' then o.rolsuper or o.rolname ~ '^pg_' or o.rolcreaterole
                        or o.rolbypassrls and o.rolname <> 'service_role'
                      else e.role || ' ' || o.rolname not in (table allowed_memberships) end""",
    ),
    CatalogueRule(
        "role_setting",
        "A setting of a role or of the database from which policies or names take their meaning.",
        "Reset it with alter role or alter database.",
        """select coalesce(r.rolname, 'database') || ' ' || split_part(c.setting, '=', 1) as name
           from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole
           cross join unnest(s.setconfig) as c (setting)
           where (r.rolname in (select name from callers) or r.rolname = 'authenticator'
                  or s.setrole = 0 and s.setdatabase = (select oid from pg_database where datname = current_database()))
             and c.setting ~ ('^(role|session_authorization|row_security|search_path|session_replication_role|'
                              'request\\..*|app\\.(?!settings\\.).*|.*_preload_libraries)=')
             and not (s.setrole = 0 and c.setting ~ '^(search_path|.*_preload_libraries)=')""",
    ),
    CatalogueRule(
        "parameter_granted",
        "A parameter of the server that a caller may set although PostgreSQL keeps it for superusers.",
        "Revoke set on the parameter.",
        """select p.parname || ' ' || g.name as name from pg_parameter_acl p
           cross join aclexplode(p.paracl) a join grantees g on g.oid = a.grantee""",
    ),
    CatalogueRule(
        "may_create",
        "A caller may create objects in a schema or the database, and so put its own in the place of ours.",
        "Revoke create.",
        """select n.nspname || ' ' || r.name as name from pg_namespace n, callers r
           where n.nspname !~ '^pg_(temp|toast)' and has_schema_privilege(r.oid, n.oid, 'create')
           union all
           select 'database ' || r.name from callers r
           where has_database_privilege(r.oid, current_database(), 'create')""",
    ),
    CatalogueRule(
        "owned_by_caller",
        "Something that a caller owns, where policies do not hold for it.",
        "Give it to the owner of the tables.",
        """select c.oid::regclass || ' ' || r.name as name from pg_class c
           join callers r on r.oid = c.relowner join schemas s on s.oid = c.relnamespace
           union all
           select p.oid::regprocedure || ' ' || r.name from pg_proc p
           join callers r on r.oid = p.proowner join schemas s on s.oid = p.pronamespace
           union all
           select n.nspname || ' ' || r.name from pg_namespace n
           join callers r on r.oid = n.nspowner where n.nspname !~ '^pg_(temp|toast)'""",
    ),
    CatalogueRule(
        "default_privilege",
        "What is made later is granted to callers by itself.",
        "Revoke it with alter default privileges.",
        """select d.defaclrole::regrole || ' ' || d.defaclobjtype::text || ' ' || g.name as name
           from pg_default_acl d cross join aclexplode(d.defaclacl) a join grantees g on g.oid = a.grantee
           where (d.defaclnamespace = 0 or d.defaclnamespace in (select oid from schemas))
             and d.defaclrole::regrole::text <> 'supabase_admin'
           union all
           select 'functions of ' || c.relowner::regrole::text || ' are executable by PUBLIC' from pg_class c
           where c.oid = to_regclass('public.orgs') and not exists (
             select from pg_default_acl d where d.defaclrole = c.relowner and d.defaclnamespace = 0
               and d.defaclobjtype = 'f' and not exists (select from aclexplode(d.defaclacl) a where a.grantee = 0))""",
    ),
)
