"""The database of this installation as its owner, for the operator's commands."""

import asyncpg

from arti_core.database import Connection
from arti_core.errors import Misconfigured, Unavailable
from local_stack.data_directory import find_data_directory
from local_stack.environment import Environment, load_environment


async def connect_as_owner() -> tuple[Connection, Environment]:
    """Connect as the owner of the schema, who reads every org. Close it. Raises Misconfigured or Unavailable."""
    folder = find_data_directory()
    folder.prepare()
    environment = load_environment(folder)
    return await connect(environment, "OWNER_DATABASE_URL"), environment


async def connect(environment: Environment, setting: str) -> Connection:
    """Connect with the URL in a setting. Close it. Raises Misconfigured or Unavailable."""
    dsn = environment.values.get(setting, "")
    if not dsn:
        raise Misconfigured(f"This command works as an owner of tables. Set {setting} to the owner's URL.")
    try:
        connection: Connection = await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"The database does not answer ({type(error).__name__}). Start ./arti up, or set {setting}."
        ) from None
    return connection
