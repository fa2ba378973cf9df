"""Functions that are no longer what they were when the migrations had run.

A policy asks functions whose rows pass, so one with another body opens what the policy closes. Digests are computed
here from the catalogue, as `private.record_functions` computed them: nothing in the database vouches for itself.
"""

from typing import Final

from arti_core.database import Connection

_CHANGED: Final = """
  with present as (
    select p.oid::regprocedure::text as name, encode(sha256(convert_to(concat_ws('|', p.prosrc,
      pg_get_function_sqlbody(p.oid), p.proconfig, p.prosecdef, p.provolatile, p.proisstrict, p.proleakproof,
      (select l.lanname from pg_language l where l.oid = p.prolang)), 'UTF8')), 'hex') as digest
    from pg_proc p where p.prokind <> 'a' and p.pronamespace <> 'pg_catalog'::regnamespace)
  select r.name from private.recorded_functions() r left join present p on p.name = r.name
  where p.digest is distinct from r.digest
  union all
  select 'private.function_digests (nothing is recorded)' where not exists (select from private.recorded_functions())
  order by 1"""


async def list_changed_functions(connection: Connection) -> list[str]:
    """Return the names of the functions that were replaced, altered or dropped since the last migration."""
    # Names and parsed bodies are printed with their schemas, as they were recorded.
    path = await connection.fetchval("select current_setting('search_path')")
    await connection.execute("select set_config('search_path', '', true)")
    rows = await connection.fetch(_CHANGED)
    await connection.execute("select set_config('search_path', $1, true)", path)
    return [row["name"] for row in rows]
