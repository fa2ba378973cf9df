"""Read PostgreSQL's catalogue into a SchemaCache."""

# ruff: noqa: S608  # assembled from constants of this module

from collections.abc import Mapping, Sequence
from typing import Any

from arti_core.database import Connection
from supabase_local.rest.schema_cache.relationships import ForeignKey, Relation, derive_relationships, view_columns
from supabase_local.rest.schema_cache.schema_cache import (
    Column,
    QualifiedIdentifier,
    Routine,
    RoutineParam,
    SchemaCache,
    Table,
)
from supabase_local.rest.schema_cache.view_columns import Origin, trace_views

# The name of a cast in `select=` and the type it stands for; enums of the exposed schemas join them.
_CASTS = {
    **{name: name for name in ("bool", "bytea", "date", "float4", "float8", "inet", "int2", "int4", "int8", "json")},
    **{name: name for name in ("jsonb", "name", "numeric", "text", "time", "timestamp", "timestamptz", "timetz")},
    **{name: name for name in ("uuid", "varchar", "citext", "interval", "money", "cidr", "macaddr", "xml")},
    **{name: name for name in ("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "tsvector")},
    "boolean": "bool",
    "smallint": "int2",
    "int": "int4",
    "integer": "int4",
    "bigint": "int8",
    "real": "float4",
    "float": "float8",
    "double precision": "float8",
    "decimal": "numeric",
    "character varying": "varchar",
    "char": "bpchar",
    "character": "bpchar",
    "bpchar": "bpchar",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "regclass": "regclass",
}

_BASES = """
  with recursive walked (oid, base) as (
    select oid, oid from pg_type where typtype <> 'd'
    union all select t.oid, w.base from pg_type t join walked w on w.oid = t.typbasetype where t.typtype = 'd'
  )
"""

_COLUMNS = """
  select coalesce(json_agg(json_build_object(
    'name', a.attname, 'sql_name', quote_ident(a.attname),
    'sql_type', quote_ident(tn.nspname) || '.' || quote_ident(t.typname), 'is_array', b.typcategory = 'A',
    'base_name', b.typname, 'base_type', quote_ident(bn.nspname) || '.' || quote_ident(b.typname),
    'data_type', format_type(case when t.typtype = 'd' and bn.nspname = 'pg_catalog' then b.oid else a.atttypid end,
                             case when bn.nspname = 'pg_catalog' then null else a.atttypmod end),
    'nullable', not (a.attnotnull or t.typtype = 'd' and t.typnotnull), 'generated', a.attgenerated <> '',
    'default', case when a.attidentity <> '' then (
        select 'nextval(' || quote_literal(quote_ident(sn.nspname) || '.' || quote_ident(s.relname)) || ')'
        from pg_depend by_column join pg_class s on s.oid = by_column.objid and s.relkind = 'S'
        join pg_namespace sn on sn.oid = s.relnamespace
        where by_column.refobjid = a.attrelid and by_column.refobjsubid = a.attnum and by_column.deptype = 'i')
      when a.attgenerated = '' then coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(t.typdefaultbin, 0)) end,
    'max_length', case when b.typname in ('varchar', 'bpchar') and a.atttypmod > 4 then a.atttypmod - 4 end,
    'enum', (select coalesce(json_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_enum e
             where e.enumtypid = b.oid),
    'description', col_description(a.attrelid, a.attnum)
  ) order by a.attnum), '[]')
  from pg_attribute a join pg_type t on t.oid = a.atttypid join pg_namespace tn on tn.oid = t.typnamespace
  join walked w on w.oid = t.oid join pg_type b on b.oid = w.base join pg_namespace bn on bn.oid = b.typnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped and a.attrelid = {}
"""

_TABLES = f"""{_BASES}
  select c.oid::int8 as oid, n.nspname as schema, c.relname as name, c.relkind = 'v' as is_view,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) as sql_name,
    obj_description(c.oid, 'pg_class') as description, pg_relation_is_updatable(c.oid, true) as verbs,
    ({_COLUMNS.format("c.oid")}) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
"""

_FUNCTIONS = f"""{_BASES}
  select p.oid::int8 as oid, n.nspname as schema, p.proname as name, p.provolatile = 'v' as volatile,
    quote_ident(n.nspname) || '.' || quote_ident(p.proname) as sql_name, p.proretset as returns_set,
    obj_description(p.oid, 'pg_proc') as description, r.typname as return_name, rn.nspname as return_schema,
    r.typtype = 'c' as returns_row, rel.relname as row_name, rel.relkind <> 'c' as row_is_table,
    coalesce(p.proargmodes::text[] && '{{t,b,o}}', false) as has_out_arguments,
    case when r.typtype = 'c' then ({_COLUMNS.format("r.typrelid")}) end as row_columns,
    (select coalesce(json_agg(json_build_object(
       'name', coalesce(g.name, ''), 'sql_name', quote_ident(coalesce(g.name, '')),
       'sql_type', quote_ident(gn.nspname) || '.' || quote_ident(gt.typname),
       'base_name', gb.typname, 'base_type', quote_ident(gbn.nspname) || '.' || quote_ident(gb.typname),
       'is_array', gb.typcategory = 'A', 'data_type', format_type(gt.oid, null),
       'mode', coalesce(g.mode, 'i'), 'row_of', (select json_build_array(cn.nspname, c.relname) from pg_class c
         join pg_namespace cn on cn.oid = c.relnamespace where c.oid = gt.typrelid)) order by g.place), '[]')
     from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargnames, p.proargmodes)
       with ordinality g (type, name, mode, place)
     join pg_type gt on gt.oid = g.type join pg_namespace gn on gn.oid = gt.typnamespace
     join walked gw on gw.oid = gt.oid join pg_type gb on gb.oid = gw.base
     join pg_namespace gbn on gbn.oid = gb.typnamespace) as arguments,
    p.pronargs - p.pronargdefaults as required
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join walked w on w.oid = p.prorettype
  join pg_type r on r.oid = w.base join pg_namespace rn on rn.oid = r.typnamespace
  left join pg_class rel on rel.oid = r.typrelid
  where n.nspname = any ($1) and p.prokind = 'f' and r.typname not in ('trigger', 'event_trigger')
  order by p.proname, p.pronargs, p.proargnames,
    array(select format_type(a.type, null) from unnest(p.proargtypes) with ordinality a (type, place) order by place)
"""

_KEYS = """
  select con.conname as name, con.contype::text as kind, con.conrelid::int8 as table, con.confrelid::int8 as foreign,
    con.conkey::int[] as columns, coalesce(con.confkey, '{}')::int[] as foreign_columns
  from pg_constraint con join pg_namespace n on n.oid = con.connamespace
  where con.contype in ('p', 'u', 'f') and con.conparentid = 0
    and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
"""

_RELATIONS = """
  select c.oid::int8 as oid, n.nspname as schema, c.relname as name, r.ev_action::text as rule,
    (select json_object_agg(a.attnum, a.attname) from pg_attribute a
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  left join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN' and c.relkind in ('v', 'm')
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
"""

_TYPES = """
  select t.typname as name,
    quote_ident(n.nspname) || '.' || quote_ident(t.typname) as sql_type, n.nspname = 'pg_catalog' as builtin
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = 'pg_catalog' and t.typname = any ($2) or t.typname = 'citext'
    or t.typtype = 'e' and n.nspname = any ($1)
"""

_ROLES = """
  select r.rolname as role, s.setting[1] as name, s.setting[2] as value
  from pg_roles r, unnest(r.rolconfig) config,
    regexp_match(config, '^(statement_timeout|lock_timeout)=(.*)$') s (setting)
  where r.rolname in ('anon', 'authenticated', 'service_role') and s.setting is not null
"""


async def read_schema(connection: Connection, schemas: Sequence[str], *, version: int) -> SchemaCache:
    """Load the schemas. Run with an empty search path, so that every expression is schema-qualified."""
    names = list(schemas)
    tables = await connection.fetch(_TABLES, names)
    routines = await connection.fetch(_FUNCTIONS, names)
    keys = await connection.fetch(_KEYS)
    relations = await connection.fetch(_RELATIONS)
    types = await connection.fetch(_TYPES, names, sorted(set(_CASTS.values())))
    settings: dict[str, dict[str, str]] = {}
    for row in await connection.fetch(_ROLES):
        settings.setdefault(row["role"], {})[row["name"]] = row["value"]

    relations_by_oid = {
        row["oid"]: Relation(row["oid"], (row["schema"], row["name"]), {int(n): c for n, c in row["columns"].items()})
        for row in relations
        if row["columns"]
    }
    origins = trace_views({row["oid"]: row["rule"] for row in relations if row["rule"]})
    primary = _primary_keys(keys, relations_by_oid, origins)
    unique = {(row["table"], frozenset(row["columns"])) for row in keys if row["kind"] in ("p", "u")}
    foreign_keys = [
        ForeignKey(
            row["name"],
            row["table"],
            row["foreign"],
            tuple(row["columns"]),
            tuple(row["foreign_columns"]),
            (row["table"], frozenset(row["columns"])) in unique,
        )
        for row in keys
        if row["kind"] == "f"
    ]
    return SchemaCache(
        version=version,
        tables={(row["schema"], row["name"]): _table(row, primary) for row in tables},
        routines=_functions(routines),
        relationships=derive_relationships(relations_by_oid, foreign_keys, origins, primary, frozenset(names)),
        role_settings=settings,
        computed=_computed(routines),
        types=_casts(types),
    )


def _primary_keys(
    keys: Sequence[Any], relations_by_oid: Mapping[int, Relation], origins: Mapping[int, Mapping[int, Origin]]
) -> dict[QualifiedIdentifier, tuple[str, ...]]:
    """Return the primary keys of tables, and of views with all columns of one."""
    result: dict[QualifiedIdentifier, tuple[str, ...]] = {}
    for row in keys:
        if row["kind"] != "p" or row["table"] not in relations_by_oid:
            continue
        table = relations_by_oid[row["table"]]
        result[table.key] = tuple(table.columns[number] for number in row["columns"])
        for view, view_origins in origins.items():
            for key_columns in (
                view_columns(row["columns"], row["table"], relations_by_oid[view], view_origins)
                if view in relations_by_oid
                else ()
            ):
                result.setdefault(relations_by_oid[view].key, tuple(key_columns))
    return result


def _table(row: Any, primary: Mapping[QualifiedIdentifier, tuple[str, ...]]) -> Table:
    key = (row["schema"], row["name"])
    return Table(
        schema=row["schema"],
        name=row["name"],
        sql_name=row["sql_name"],
        columns={raw["name"]: _column(raw) for raw in row["columns"]},
        oid=row["oid"],
        primary_key=primary.get(key, ()),
        is_view=row["is_view"],
        updatable=bool(row["verbs"] & 4),  # 1 << the number of the command in PostgreSQL's CmdType
        insertable=bool(row["verbs"] & 8),
        deletable=bool(row["verbs"] & 16),
        description=row["description"],
    )


def _column(raw: Mapping[str, Any]) -> Column:
    values = {name: raw[name] for name in Column.__slots__ if name in raw}
    return Column(**values | {"enum": tuple(raw.get("enum", ()))})


def _functions(rows: Sequence[Any]) -> dict[QualifiedIdentifier, tuple[Routine, ...]]:
    result: dict[QualifiedIdentifier, list[Routine]] = {}
    for row in rows:
        function = _function(row)
        if function is not None:
            result.setdefault((function.schema, function.name), []).append(function)
    return {key: tuple(all_of_name) for key, all_of_name in result.items()}


def _computed(rows: Sequence[Any]) -> dict[QualifiedIdentifier, frozenset[str]]:
    """Return the functions that take a row of a table alone: PostgREST's computed columns and relationships."""
    result: dict[QualifiedIdentifier, frozenset[str]] = {}
    for row in rows:
        inputs = [raw for raw in row["arguments"] if raw["mode"] in ("i", "b", "v")]
        if len(inputs) == 1 and inputs[0]["row_of"]:
            schema, table = inputs[0]["row_of"]
            result[schema, table] = result.get((schema, table), frozenset()) | {row["name"]}
    return result


_UNNAMED = frozenset({"json", "jsonb", "text", "xml", "bytea"})


def _function(row: Any) -> Routine | None:
    """Return the function, or None when it has unnamed arguments, so that it cannot be called by names."""
    inputs = [raw for raw in row["arguments"] if raw["mode"] in ("i", "b", "v")]
    unnamed = [raw for raw in inputs if not raw["name"]]
    if unnamed and (len(inputs) > 1 or unnamed[0]["base_name"] not in _UNNAMED):
        return None
    out = [raw for raw in row["arguments"] if raw["mode"] in ("o", "b", "t")]
    composite = row["returns_row"] or row["has_out_arguments"]
    columns = row["row_columns"] if row["returns_row"] else out if row["has_out_arguments"] else []
    return Routine(
        schema=row["schema"],
        name=row["name"],
        sql_name=row["sql_name"],
        oid=row["oid"],
        parameters=tuple(
            RoutineParam(
                raw["name"],
                raw["sql_name"],
                raw["sql_type"],
                raw["base_name"],
                raw["data_type"],
                position < row["required"],
                raw["mode"] == "v",
            )
            for position, raw in enumerate(inputs)
        ),
        returns="composite" if composite else "void" if row["return_name"] == "void" else "scalar",
        returns_set=row["returns_set"],
        volatile=row["volatile"],
        return_table=(row["return_schema"], row["row_name"]) if row["returns_row"] and row["row_is_table"] else None,
        columns={raw["name"]: _column(raw) for raw in columns},
        description=row["description"],
    )


def _casts(rows: Sequence[Any]) -> dict[str, str]:
    """Return the types that a cast may name."""
    builtin = {row["name"]: row["sql_type"] for row in rows if row["builtin"] or row["name"] == "citext"}
    result = {name: builtin[stands_for] for name, stands_for in _CASTS.items() if stands_for in builtin}
    for row in rows:
        if not row["builtin"] and row["name"] != "citext":
            result.setdefault(row["name"], row["sql_type"])
    return result
